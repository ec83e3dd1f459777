// Response policy zones as text (draft-vixie-dnsop-dns-rpz): QNAME and response address triggers (`rpz-ip`) with their
// actions; other triggers are reported.
import { isIP } from 'node:net';
import type { Scope } from '../../policy/rule.ts';
import { nameToText, textToName } from '../../wire/names/presentation.ts';
import { ZoneReader, type ZoneRecord } from '../../zone/master-file.ts';
import { ListError } from '../errors.ts';
import { type Format, type Shape, type Sink, shape } from '../format.ts';
import { LineParser } from './lines.ts';

const OTHER_TRIGGER = /(^|\.)rpz-(nsip|nsdname|client-ip)$/i;
const ADDRESS_TRIGGER = /^(.*)\.rpz-ip$/i;
/** Records of a zone's own housekeeping. */
const APEX_TYPES = /^(SOA|NS|DNSKEY|RRSIG|NSEC|NSEC3|NSEC3PARAM|CDS|CDNSKEY|ZONEMD|TXT)$/;

const actions = (scope: Scope) => ({
  nxdomain: shape(scope, { action: 'nxdomain' }),
  nodata: shape(scope, { action: 'nodata' }),
  drop: shape(scope, { action: 'drop' }),
  tcpOnly: shape(scope, { action: 'tcp-only' }),
  passthru: shape(scope, { action: 'allow' }),
});
const ACTIONS = { exact: actions('exact'), below: actions('below') } as const;

/** The trigger whose records are being gathered: one owner may hold A and AAAA. */
interface Trigger {
  readonly owner: string;
  readonly name: Uint8Array;
  /** What an `rpz-ip` trigger stands for, as text; null for a name. */
  readonly network: string | null;
  readonly scope: 'exact' | 'below';
  readonly line: number;
  readonly addresses: string[];
  readonly unsupported: string[];
}

/** Turns records into entries, whether they come from text or from a zone transfer. */
class RpzReader {
  readonly #sink: Sink;
  /** The zone's name, absolute; empty while unknown. */
  #apex = '';
  #sawSoa = false;
  #trigger: Trigger | null = null;
  #triggers = 0;

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  record(record: ZoneRecord): void {
    if (record.type === 'SOA') {
      this.#sawSoa = true;
      this.#apex ||= record.owner.toLowerCase();
      return;
    }
    const owner = record.owner.toLowerCase();
    if (owner === this.#apex || owner === '' || owner === '@') {
      if (!APEX_TYPES.test(record.type)) this.#skip('unsupported-action', record);
      return;
    }
    const relative = this.#relative(owner);
    if (relative === null) {
      this.#skip('out-of-zone', record);
      return;
    }
    if (OTHER_TRIGGER.test(relative)) {
      this.#triggers += 1;
      this.#skip('unsupported-trigger', record);
      return;
    }
    this.#readTrigger(relative, record);
  }

  /** @throws ListError when nothing in the text was of a policy zone */
  end(): void {
    this.#flush();
    if (!this.#sawSoa && this.#triggers === 0)
      throw new ListError(
        'LIST_NOT_FORMAT',
        'no SOA and no policy record in it; give the list the format it has instead of rpz',
      );
  }

  #readTrigger(relative: string, record: ZoneRecord): void {
    if (this.#trigger?.owner !== relative) {
      this.#flush();
      const below = relative.startsWith('*.');
      const name = relative === '*' ? new Uint8Array(1) : textToName(below ? relative.slice(2) : relative);
      const encoded = ADDRESS_TRIGGER.exec(relative)?.[1];
      const network = encoded === undefined ? null : networkOf(encoded);
      if (name === null || (encoded !== undefined && network === null)) {
        this.#skip('not-a-name', record);
        return;
      }
      this.#trigger = {
        owner: relative,
        name,
        network,
        scope: below || relative === '*' ? 'below' : 'exact',
        line: record.line,
        addresses: [],
        unsupported: [],
      };
    }
    const trigger = this.#trigger;
    const rdata = record.rdata[0] ?? '';
    if (record.type === 'CNAME') this.#readCname(trigger, rdata.toLowerCase(), record);
    else if (record.type === 'A' && isIP(rdata) === 4) trigger.addresses.push(rdata);
    else if (record.type === 'AAAA' && isIP(rdata) === 6) trigger.addresses.push(rdata.toLowerCase());
    else if (/^(RRSIG|NSEC)$/.test(record.type)) return;
    else trigger.unsupported.push(textOf(record));
  }

  #readCname(trigger: Trigger, target: string, record: ZoneRecord): void {
    const shapes = ACTIONS[trigger.scope];
    if (target === '.') this.#take(trigger, shapes.nxdomain);
    else if (target === '*.') this.#take(trigger, shapes.nodata);
    else if (target === 'rpz-passthru.') this.#take(trigger, shapes.passthru);
    else if (target === 'rpz-drop.') this.#take(trigger, shapes.drop);
    else if (target === 'rpz-tcp-only.') this.#take(trigger, shapes.tcpOnly);
    else if (target.startsWith('*.')) this.#skip('unsupported-action', record);
    else {
      const name = textToName(target);
      if (name === null) {
        this.#skip('bad-syntax', record);
        return;
      }
      // The oldest way to write PASSTHRU: an alias to the name itself.
      if (nameToText(name) === nameToText(trigger.name)) {
        this.#take(trigger, shapes.passthru);
        return;
      }
      this.#take(trigger, shape(trigger.scope, { rewrite: { kind: 'cname', target: nameToText(name) } }));
    }
  }

  #take(trigger: Trigger, found: Shape): void {
    this.#triggers += 1;
    if (trigger.network === null) this.#sink.name(trigger.name, found, trigger.line);
    else this.#sink.address(trigger.network, found, trigger.line, 'list');
  }

  #flush(): void {
    const trigger = this.#trigger;
    if (trigger === null) return;
    this.#trigger = null;
    if (trigger.addresses.length > 0)
      this.#take(
        trigger,
        shape(trigger.scope, { rewrite: { kind: 'address', addresses: trigger.addresses } }),
      );
    for (const text of trigger.unsupported) this.#sink.skipText('unsupported-action', trigger.line, text);
  }

  /** The owner without the zone's name; null when it lies outside. */
  #relative(owner: string): string | null {
    if (!owner.endsWith('.')) return owner;
    if (this.#apex === '') return null;
    if (this.#apex === '.') return owner.slice(0, -1);
    return owner.endsWith(`.${this.#apex}`) ? owner.slice(0, -this.#apex.length - 1) : null;
  }

  #skip(reason: Parameters<Sink['skip']>[0], record: ZoneRecord): void {
    this.#sink.skipText(reason, record.line, textOf(record));
  }
}

/** `24.0.2.0.192` is 192.0.2.0/24, `48.zz.1.db8.2001` is 2001:db8:1::/48: the prefix length, then the address backwards. */
function networkOf(encoded: string): string | null {
  const [bits = '', ...backwards] = encoded.split('.');
  if (!/^\d{1,3}$/.test(bits)) return null;
  const parts = backwards.reverse();
  if (parts.length === 4 && !parts.includes('zz')) return `${parts.join('.')}/${bits}`;
  const address = parts.map((part) => (part === 'zz' ? '' : part)).join(':');
  return `${address.replace(/^(?=$|:(?!:))/, ':').replace(/(?<!:):$/, '::')}/${bits}`;
}

const textOf = (record: ZoneRecord): string => `${record.owner} ${record.type} ${record.rdata.join(' ')}`;

export const rpz: Format = {
  name: 'rpz',
  open(sink) {
    const reader = new RpzReader(sink);
    const zone = new ZoneReader(
      (record) => reader.record(record),
      (reason, line, text) => sink.skipText(reason, line, text),
    );
    return new LineParser({
      onLine: zone.onLine,
      onLong: (bytes, start, end, line) => sink.skip('line-too-long', line, bytes, start, end),
      onEnd: () => {
        zone.end();
        reader.end();
      },
      keepIndent: true,
    });
  },
};
