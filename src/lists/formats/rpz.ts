// Response policy zones (draft-vixie-dnsop-dns-rpz): QNAME, response address (`rpz-ip`) and client address
// (`rpz-client-ip`) triggers with their actions and local data; triggers on name servers are reported.

import type { Rewrite, RewriteRecord, Scope } from '../../policy/rule.ts';
import { recordFamily } from '../../wire/names/address.ts';
import { nameToText, textToName } from '../../wire/names/presentation.ts';
import { networkOfTrigger } from '../../zone/address-trigger.ts';
import { ZoneReader, type ZoneRecord } from '../../zone/master-file.ts';
import { recordData } from '../../zone/record-data.ts';
import { ANSWERS_MAX, fitting } from '../entry/rule-interner.ts';
import { ListError } from '../errors.ts';
import { type Format, type Shape, type Sink, shape } from '../format.ts';
import { LineParser } from './lines.ts';
import { Aliases, RpzLine } from './rpz-line.ts';

const NAME_SERVER_TRIGGER = /(^|\.)rpz-(nsip|nsdname)$/;
const ADDRESS_TRIGGER = /^(?:(.*)\.)?rpz-(ip|client-ip)$/;
/** Records of a zone's own housekeeping. */
const APEX_TYPES = /^(SOA|NS|DNSKEY|RRSIG|NSEC|NSEC3|NSEC3PARAM|CDS|CDNSKEY|ZONEMD|TXT)$/;
const SIGNING_TYPES = /^(RRSIG|NSEC|NSEC3)$/;
const ROOT = new Uint8Array(1);
/** Networks of one rule on clients. */
const CLIENTS_MAX = 1024;
/** Networks of all such rules of a zone: each query by a client is held against them. */
const CLIENTS_OF_ZONE_MAX = 16_384;

const actions = (scope: Scope) => ({
  nxdomain: shape(scope, { action: 'nxdomain' }),
  nodata: shape(scope, { action: 'nodata' }),
  drop: shape(scope, { action: 'drop' }),
  tcpOnly: shape(scope, { action: 'tcp-only' }),
  passthru: shape(scope, { action: 'allow' }),
});
const ACTIONS = { exact: actions('exact'), below: actions('below'), subtree: actions('subtree') } as const;

/** The trigger whose records are being gathered: one owner may hold records of several types. */
interface Trigger {
  readonly owner: string;
  /** Of the name; the root for a trigger on addresses. */
  readonly name: Uint8Array;
  readonly kind: 'name' | 'ip' | 'client-ip';
  /** What a trigger on addresses stands for, as text. */
  readonly network: string;
  readonly scope: 'exact' | 'below' | 'subtree';
  readonly line: number;
  /** Of its first local data; 0 while it has none. */
  dataLine: number;
  readonly addresses: string[];
  readonly records: RewriteRecord[];
}

/** Networks of clients with the same action. */
interface Clients {
  readonly found: Shape;
  readonly line: number;
  readonly networks: string[];
}

/** Turns records into entries, whether they come from text or from a zone transfer. */
class RpzReader {
  readonly #sink: Sink;
  readonly #zone: ZoneReader;
  readonly #usual = new RpzLine();
  readonly #aliases = new Aliases();
  /** The zone's name, absolute; empty while unknown. */
  #apex = '';
  #sawSoa = false;
  #trigger: Trigger | null = null;
  #triggers = 0;
  readonly #clients = new Map<string, Clients[]>();
  #clientCount = 0;

  constructor(sink: Sink) {
    this.#sink = sink;
    this.#zone = new ZoneReader(
      (record) => this.#record(record),
      (reason, line, text) => sink.skipText(reason, line, text),
    );
  }

  readonly onLine: ZoneReader['onLine'] = (bytes, start, end, line) => {
    if (this.#isUsual(bytes, start, end)) this.#addUsual(line);
    else this.#zone.onLine(bytes, start, end, line);
  };

  /** A line that says all by itself, where names are written from the zone's own. */
  #isUsual(bytes: Uint8Array, start: number, end: number): boolean {
    const zone = this.#zone;
    if (zone.isOpen || (zone.origin !== '' && zone.origin !== this.#apex)) return false;
    if (!this.#usual.read(bytes, start, end)) return false;
    zone.useOwner(bytes, start, this.#usual.ownerEnd);
    return true;
  }

  #addUsual(line: number): void {
    this.#flush();
    const { name, action, isBelow } = this.#usual;
    const scope = isBelow ? 'below' : 'exact';
    this.#triggers += 1;
    this.#sink.name(name, action === null ? this.#usualAlias(scope) : ACTIONS[scope][action], line);
  }

  #usualAlias(scope: 'below' | 'exact'): Shape {
    const { name, target } = this.#usual;
    const isSelf = name.length === target.length + 2 && nameToText(name) === target;
    return isSelf ? ACTIONS[scope].passthru : this.#aliases.of(scope, target);
  }

  #record(record: ZoneRecord): void {
    if (record.type === 'SOA') {
      this.#sawSoa = true;
      this.#useApex(record.owner.toLowerCase());
      return;
    }
    // A part of a zone, without its SOA: it says by $ORIGIN where it belongs.
    this.#useApex(this.#zone.origin);
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
    if (NAME_SERVER_TRIGGER.test(relative)) {
      this.#triggers += 1;
      this.#skip('unsupported-trigger', record);
      return;
    }
    this.#readTrigger(relative, record);
  }

  /** The first that is known stays. */
  #useApex(apex: string): void {
    if (this.#apex !== '' || apex === '') return;
    this.#apex = apex;
    this.#usual.useApex(apex);
  }

  /** @throws ListError when nothing in the text was of a policy zone */
  end(): void {
    this.#zone.end();
    this.#flush();
    for (const clients of this.#clients.values())
      for (const { found, networks, line } of clients)
        this.#sink.name(ROOT, { ...found, clients: networks }, line);
    if (!this.#sawSoa && this.#triggers === 0)
      throw new ListError(
        'LIST_NOT_FORMAT',
        'no SOA and no policy record in it; give the list the format it has instead of rpz',
      );
  }

  #readTrigger(relative: string, record: ZoneRecord): void {
    if (this.#trigger?.owner !== relative) {
      this.#flush();
      this.#trigger = triggerOf(relative, record.line);
      if (this.#trigger === null) {
        this.#skip('not-a-name', record);
        return;
      }
    }
    const trigger = this.#trigger;
    const { type, rdata } = record;
    if (type === 'CNAME' && rdata[0] !== '\\#')
      this.#readCname(trigger, this.#zone.absolute(rdata[0] ?? '').toLowerCase(), record);
    else if (SIGNING_TYPES.test(type)) return;
    else if (!this.#readData(trigger, record)) this.#skip('unsupported-action', record);
  }

  /** Local data; false when it is none. DNAME is not allowed in a policy zone, nor are types of delegation. */
  #readData(trigger: Trigger, { type, rdata, line }: ZoneRecord): boolean {
    if (/^(CNAME|DNAME|NS|DS)$/.test(type)) return false;
    if (trigger.addresses.length + trigger.records.length >= ANSWERS_MAX) return false;
    const text = rdata.length === 1 ? (rdata[0] ?? '') : '';
    if (type === 'A' && recordFamily(text) === 4) trigger.addresses.push(text);
    else if (type === 'AAAA' && recordFamily(text) === 6) trigger.addresses.push(text.toLowerCase());
    else if (type === 'A' || type === 'AAAA') return false;
    else {
      const data = recordData(type, rdata, (name) => this.#zone.absolute(name));
      if (data === null) return false;
      trigger.records.push({ type: data.type, rdata: Buffer.from(data.rdata).toString('hex') });
    }
    if (trigger.dataLine === 0) trigger.dataLine = line;
    return true;
  }

  #readCname(trigger: Trigger, target: string, record: ZoneRecord): void {
    const shapes = ACTIONS[trigger.scope];
    if (target === '.') this.#add(trigger, shapes.nxdomain, record.line);
    else if (target === '*.') this.#add(trigger, shapes.nodata, record.line);
    else if (target === 'rpz-passthru.') this.#add(trigger, shapes.passthru, record.line);
    else if (target === 'rpz-drop.') this.#add(trigger, shapes.drop, record.line);
    else if (target === 'rpz-tcp-only.') this.#add(trigger, shapes.tcpOnly, record.line);
    else {
      const name = textToName(target);
      if (name === null) {
        this.#skip('bad-syntax', record);
        return;
      }
      const text = nameToText(name);
      // The oldest way to write PASSTHRU: an alias to the trigger itself, whose type and zone are left out.
      const self =
        trigger.kind === 'name' ? nameToText(trigger.name) : trigger.owner.replace(ADDRESS_TRIGGER, '$1');
      if (text === self) this.#add(trigger, shapes.passthru, record.line);
      else
        this.#add(trigger, shape(trigger.scope, { rewrite: { kind: 'cname', target: text } }), record.line);
    }
  }

  #add(trigger: Trigger, found: Shape, line: number): void {
    this.#triggers += 1;
    if (trigger.kind === 'name') this.#sink.name(trigger.name, found, line);
    else if (trigger.kind === 'ip') this.#sink.address(trigger.network, found, line, 'list');
    else this.#addClient(trigger, found);
  }

  /** One rule for all clients with the same action: the narrowest network decides between two of them. */
  #addClient(trigger: Trigger, found: Shape): void {
    if (this.#clientCount >= CLIENTS_OF_ZONE_MAX) {
      this.#sink.skipText('too-many-addresses', trigger.line, trigger.owner);
      return;
    }
    this.#clientCount += 1;
    const key = JSON.stringify(found);
    const known = this.#clients.get(key) ?? [];
    if (known.length === 0) this.#clients.set(key, known);
    const last = known.at(-1);
    if (last !== undefined && last.networks.length < CLIENTS_MAX) last.networks.push(trigger.network);
    else known.push({ found, line: trigger.line, networks: [trigger.network] });
  }

  #flush(): void {
    const trigger = this.#trigger;
    if (trigger === null) return;
    this.#trigger = null;
    const rewrite = answerOf(trigger);
    if (rewrite !== null) this.#add(trigger, shape(trigger.scope, { rewrite }), trigger.dataLine);
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

/** @returns null when the owner is no trigger */
function triggerOf(relative: string, line: number): Trigger | null {
  const gathered = { owner: relative, line, dataLine: 0, addresses: [], records: [] };
  const onAddress = ADDRESS_TRIGGER.exec(relative);
  if (onAddress !== null) {
    const network = networkOfTrigger(onAddress[1] ?? '');
    if (network === null) return null;
    const kind = onAddress[2] === 'ip' ? 'ip' : 'client-ip';
    return { ...gathered, name: ROOT, kind, network, scope: kind === 'ip' ? 'exact' : 'subtree' };
  }
  const below = relative.startsWith('*.');
  const name = relative === '*' ? ROOT : textToName(below ? relative.slice(2) : relative);
  if (name === null) return null;
  return {
    ...gathered,
    name,
    kind: 'name',
    network: '',
    scope: below || relative === '*' ? 'below' : 'exact',
  };
}

function answerOf({ addresses, records }: Trigger): Rewrite | null {
  if (records.length > 0) return { kind: 'records', addresses, records: fitting(records) };
  return addresses.length > 0 ? { kind: 'address', addresses } : null;
}

const textOf = (record: ZoneRecord): string => `${record.owner} ${record.type} ${record.rdata.join(' ')}`;

export const rpz: Format = {
  name: 'rpz',
  open(sink) {
    const reader = new RpzReader(sink);
    return new LineParser({
      onLine: reader.onLine,
      onLong: (bytes, start, end, line) => sink.skip('line-too-long', line, bytes, start, end),
      onEnd: () => reader.end(),
      keepIndent: true,
    });
  },
};
