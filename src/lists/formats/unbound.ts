// Unbound configuration as lists use it: local-zone kinds cover a name and all below, local-data one name.
import type { Rewrite, RewriteRecord } from '../../policy/rule.ts';
import { recordFamily } from '../../wire/names/address.ts';
import { hostToName, nameToText } from '../../wire/names/presentation.ts';
import { wordsOf } from '../../wire/records/words.ts';
import { recordData } from '../../zone/record-data.ts';
import { leadsNowhere } from '../entry/nowhere.ts';
import { EXACT, type Format, type Shape, type Sink, SUBTREE, shape } from '../format.ts';
import { asciiText, LineParser, type OnLine } from './lines.ts';

const decoder = new TextDecoder();

const QUOTE = 0x22;
const ZONE_PREFIX = new TextEncoder().encode('local-zone: "');
const KIND_OCTETS_MAX = 20;
const SUBTREE_WITH_DATA: Shape = shape('subtree');

const TCP_ONLY: Shape = shape('subtree', { action: 'tcp-only' });

/** Zone kinds that answer in Unbound's own way; `redirect` answers with the local-data that follows. */
const ZONE_KINDS: Readonly<Record<string, Shape | null | undefined>> = {
  __proto__: null,
  always_null: SUBTREE,
  redirect: SUBTREE_WITH_DATA,
  static: shape('subtree', { action: 'nxdomain' }),
  always_nxdomain: shape('subtree', { action: 'nxdomain' }),
  always_nodata: shape('subtree', { action: 'nodata' }),
  refuse: shape('subtree', { action: 'refused' }),
  always_refuse: shape('subtree', { action: 'refused' }),
  deny: shape('subtree', { action: 'drop' }),
  always_deny: shape('subtree', { action: 'drop' }),
  inform_deny: shape('subtree', { action: 'drop' }),
  inform_redirect: SUBTREE_WITH_DATA,
  block_a: shape('subtree', { action: 'nodata', types: [1] }),
  // The innermost zone decides.
  always_transparent: shape('subtree', { action: 'allow', yields: true }),
  transparent: null,
  typetransparent: null,
  inform: null,
  nodefault: null,
  noview: null,
  ipset: null,
  always_truncate: TCP_ONLY,
  truncate: TCP_ONLY,
};

/** Words of unbound.conf that may stand around a list's lines. */
const CLAUSE = /^(server|view|forward-zone|stub-zone|auth-zone|rpz|remote-control|python|dynlib):$/;
const ZONE = /^local-zone:\s*(?:"([^"]*)"|'([^']*)'|(\S+))\s+(?:"([^"]*)"|'([^']*)'|(\S+))$/;
const DATA = /^local-data:\s*(?:"([^"]*)"|'([^']*)')$/;

/** A zone or a name whose local-data may still follow. */
interface Open {
  readonly host: string;
  readonly shape: Shape;
  readonly line: number;
  readonly addresses: string[];
  /** Of other types. */
  readonly records: RewriteRecord[];
}

class UnboundReader {
  readonly #sink: Sink;
  #open: Open | null = null;

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  readonly onLine: OnLine = (bytes, start, end, line) => {
    if (bytes[start] === 0x23) return;
    if (this.#readPlainZone(bytes, start, end, line)) return;
    const text = stripComment(decoder.decode(bytes.subarray(start, end)));
    const zone = ZONE.exec(text);
    if (zone !== null)
      return this.#readZone(
        zone[1] ?? zone[2] ?? zone[3] ?? '',
        zone[4] ?? zone[5] ?? zone[6] ?? '',
        text,
        line,
      );
    const data = DATA.exec(text);
    if (data !== null) return this.#readData(data[1] ?? data[2] ?? '', text, line);
    if (text === '' || CLAUSE.test(text)) return;
    this.#sink.skipText(/^[a-z][a-z0-9-]*:(\s|$)/.test(text) ? 'option' : 'bad-syntax', line, text);
  };

  /** `local-zone: "name" kind`, nearly every line of a list, without making its name a string. */
  #readPlainZone(bytes: Uint8Array, start: number, end: number, line: number): boolean {
    for (let i = 0; i < ZONE_PREFIX.length; i += 1) if (bytes[start + i] !== ZONE_PREFIX[i]) return false;
    const from = start + ZONE_PREFIX.length;
    let to = from;
    while (to < end && bytes[to] !== QUOTE) to += 1;
    let at = to + 1;
    while (at < end && bytes[at]! <= 0x20) at += 1;
    if (at >= end || end - at > KIND_OCTETS_MAX) return false;
    const found = ZONE_KINDS[asciiText(bytes, at, end)];
    // `redirect` waits for its data.
    if (found === undefined || found === null || found === SUBTREE_WITH_DATA) return false;
    this.flush();
    this.#sink.host(bytes, from, to, found, line);
    return true;
  }

  #readZone(host: string, kind: string, text: string, line: number): void {
    this.flush();
    const found = ZONE_KINDS[kind.toLowerCase()];
    if (found === undefined) {
      this.#sink.skipText('bad-syntax', line, text);
      return;
    }
    if (found === null) {
      this.#sink.skipText('unsupported-action', line, text);
      return;
    }
    if (found === SUBTREE_WITH_DATA) this.#open = { host, shape: found, line, addresses: [], records: [] };
    else this.#sink.hostText(host, found, line);
  }

  /** `name [ttl] [IN] type rdata` */
  #readData(record: string, text: string, line: number): void {
    const words = wordsOf(record) ?? [];
    const host = words[0] ?? '';
    const rest = words.slice(1);
    // In either order; what stands behind the type is data, digits too (`MX 10 …`).
    while (/^(?:\d+|in)$/i.test(rest[0] ?? '')) rest.shift();
    const [type = '', rdata = ''] = rest;
    if (type.toUpperCase() === 'CNAME') {
      this.#readAlias(host, rdata, text, line);
      return;
    }
    const family = type.toUpperCase() === 'A' ? 4 : type.toUpperCase() === 'AAAA' ? 6 : 0;
    const data = family === 0 ? recordData(type, rest.slice(1), (name) => name) : null;
    if (family === 0 ? data === null : recordFamily(rdata) !== family) {
      this.#sink.skipText(family === 0 ? 'unsupported-action' : 'bad-syntax', line, text);
      return;
    }
    if (this.#open === null || !sameHost(this.#open.host, host)) {
      this.flush();
      this.#open = { host, shape: EXACT, line, addresses: [], records: [] };
    }
    if (data !== null)
      this.#open.records.push({ type: data.type, rdata: Buffer.from(data.rdata).toString('hex') });
    else if (!leadsNowhere(rdata)) this.#open.addresses.push(rdata.toLowerCase());
  }

  /** As lists for safe searches use it: the name, or a redirected zone, is an alias. */
  #readAlias(host: string, target: string, text: string, line: number): void {
    const name = hostToName(target);
    if (name === null) {
      this.#sink.skipText('bad-syntax', line, text);
      return;
    }
    const isZone = this.#open !== null && sameHost(this.#open.host, host);
    const scope = isZone && this.#open !== null ? this.#open.shape.scope : 'exact';
    if (isZone) this.#open = null;
    else this.flush();
    this.#sink.hostText(host, shape(scope, { rewrite: { kind: 'cname', target: nameToText(name) } }), line);
  }

  /** Hands over the zone or name whose data are now complete. */
  flush(): void {
    const open = this.#open;
    if (open === null) return;
    this.#open = null;
    const { addresses, records } = open;
    const rewrite: Rewrite | null =
      records.length > 0
        ? { kind: 'records', addresses, records }
        : addresses.length > 0
          ? { kind: 'address', addresses }
          : null;
    const found = rewrite === null ? open.shape : shape(open.shape.scope, { rewrite });
    this.#sink.hostText(open.host, found, open.line);
  }
}

function sameHost(a: string, b: string): boolean {
  return a.replace(/\.$/, '').toLowerCase() === b.replace(/\.$/, '').toLowerCase();
}

/** Drops a `#` comment that stands outside quotes. */
function stripComment(text: string): string {
  let quote = '';
  for (let i = 0; i < text.length; i += 1) {
    const character = text[i]!;
    if (quote !== '') {
      if (character === quote) quote = '';
    } else if (character === '"' || character === "'") quote = character;
    else if (character === '#') return text.slice(0, i).trim();
  }
  return text;
}

export const unbound: Format = {
  name: 'unbound',
  open(sink) {
    const reader = new UnboundReader(sink);
    return new LineParser({
      onLine: reader.onLine,
      onLong: (bytes, start, end, line) => sink.skip('line-too-long', line, bytes, start, end),
      onEnd: () => reader.flush(),
    });
  },
};
