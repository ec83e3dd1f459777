// What this machine answers itself: records of the configuration, hosts files, special names. A route takes a name out of it.
//
// HOT (find). One small trie over all of them; the longest entry decides. Built anew with every configuration.
import type { LocalConfig, LocalRecord, Route } from '../../config/config.ts';
import { TrieBuilder } from '../../trie/builder.ts';
import { findAll, type Matches, openTrie, ruleSetsOf, type Trie } from '../../trie/reader.ts';
import { textToName } from '../../wire/names/presentation.ts';
import { TYPE } from '../../wire/records/iana.ts';
import {
  CANARIES,
  HOME_ZONE,
  LOOPBACK_NAME,
  LOOPBACK_REVERSE,
  NEVER_FORWARDED,
  PRIVATE_NAMES,
  PRIVATE_REVERSE,
  RESOLVER_NAME,
  SERVICE_ZONE,
} from './special-names.ts';

/** TTL of answers about loopback names and from hosts files (dnsmasq: 0; a minute spares a query and forgets soon). */
const OWN_TTL_SECONDS = 60;
const LOOPBACK_A = Uint8Array.of(127, 0, 0, 1);
const LOOPBACK_AAAA = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);

/** What is known here about a name. */
export type LocalEntry =
  | {
      readonly kind: 'records';
      readonly covers: 'exact' | 'below' | 'subtree';
      readonly records: readonly LocalRecord[];
      /** Ours for these types alone: what else the name has, others know. */
      readonly isOfTypes?: boolean;
    }
  /** Neither it nor anything below it exists. */
  | { readonly kind: 'nothing' }
  /** It and all below it exist, and hold nothing. */
  | { readonly kind: 'nodata' }
  /** A zone with an SOA and an NS, and nothing below it (RFC 6303 §3). */
  | { readonly kind: 'emptyZone' }
  /** Forwarded after all: it lies inside a longer special name. */
  | { readonly kind: 'forward' }
  /** Above a record of ours: where nothing else is said to exist, it does (RFC 8020), and holds nothing. */
  | { readonly kind: 'above' };

export interface LocalParts {
  readonly local: LocalConfig;
  /** Records of the hosts file. */
  readonly hosts: readonly LocalRecord[];
  /** What this resolver says of itself, each for its type alone. */
  readonly own?: readonly LocalRecord[];
  readonly routes: readonly Route[];
  /** The default upstreams stand in the local network and may know its reverse zones. */
  readonly upstreamKnowsPrivate: boolean;
  /** Names that no public server knows stay here. */
  readonly keepsPrivateNames?: boolean;
}

const NOTHING: LocalEntry = { kind: 'nothing' };
const NODATA: LocalEntry = { kind: 'nodata' };
const EMPTY_ZONE: LocalEntry = { kind: 'emptyZone' };
const FORWARD: LocalEntry = { kind: 'forward' };
const ABOVE: LocalEntry = { kind: 'above' };

export class LocalNames {
  readonly #trie: Trie;
  readonly #entries: readonly LocalEntry[];
  /** Rule numbers of each set: two entries may share a name (`*.a.test` and `a.test`). */
  readonly #sets: readonly (readonly number[])[];
  readonly #keepsPrivateNames: boolean;
  /** Octet of the name where the entry's own name begins, of what `find` found last. */
  offset = 0;
  readonly #matches: Matches = { sets: new Int32Array(128), offsets: new Int32Array(128) };

  constructor(parts: LocalParts) {
    const named = entriesOf(parts);
    const builder = new TrieBuilder();
    named.forEach(({ name }, number) => {
      builder.add(name, number);
    });
    this.#entries = named.map(({ entry }) => entry);
    this.#trie = openTrie(builder.finish());
    this.#sets = ruleSetsOf(this.#trie);
    this.#keepsPrivateNames = parts.keepsPrivateNames === true && parts.local.specialNames;
  }

  /** The longest entry that covers a lower-case wire name, null when there is none or it is to be forwarded. */
  find(name: Uint8Array, length: number, qtype: number): LocalEntry | null {
    const { sets, offsets } = this.#matches;
    let exists = false;
    for (let i = findAll(this.#trie, name, length, this.#matches) - 1; i >= 0; i -= 1) {
      const members = this.#sets[sets[i]!]!;
      const scope = offsets[i] === 0 ? 'exact' : 'below';
      for (let m = 0; m < members.length; m += 1) {
        const entry = this.#entries[members[m]!]!;
        if (entry.kind === 'forward') return null;
        if (entry.kind === 'above') {
          if (offsets[i] === 0) exists = true;
          continue;
        }
        if (entry.kind === 'records' && entry.isOfTypes === true && !holds(entry.records, qtype)) continue;
        if (entry.kind === 'records' && entry.covers !== 'subtree' && entry.covers !== scope) continue;
        // The parent says whether a zone is signed (RFC 4035 §3.1.4.1): that it is not, validators must be able to learn.
        if (entry.kind === 'emptyZone' && offsets[i] === 0 && qtype === TYPE.DS) return null;
        this.offset = offsets[i]!;
        const isThere =
          exists && (entry.kind === 'nothing' || (entry.kind === 'emptyZone' && offsets[i] !== 0));
        return isThere ? NODATA : entry;
      }
    }
    if (!this.#keepsPrivateNames || !isHostOfOneLabel(name, length, qtype)) return null;
    this.offset = 0;
    return NODATA;
  }
}

/**
 * The address of a name of one label, such as `wpad`, which a browser or printer tries: no public server has one. It is NODATA and not
 * NXDOMAIN, for top-level domains are such names too, and there is something below them (RFC 8020).
 */
function isHostOfOneLabel(name: Uint8Array, length: number, type: number): boolean {
  if (name[0] === 0 || name[0]! + 2 !== length) return false;
  return type === TYPE.A || type === TYPE.AAAA || type === TYPE.HTTPS || type === TYPE.SVCB;
}

function holds(records: readonly LocalRecord[], type: number): boolean {
  for (let i = 0; i < records.length; i += 1) if (records[i]!.type === type) return true;
  return false;
}

interface Named {
  readonly name: Uint8Array;
  readonly entry: LocalEntry;
}

/** Own records first: inside one set the lower number is looked at first. */
function entriesOf(parts: LocalParts): Named[] {
  const { local, hosts, own = [], routes, upstreamKnowsPrivate, keepsPrivateNames = false } = parts;
  const named = [
    ...groupRecords([...local.records, ...hosts]),
    ...groupRecords(own).map(({ name, entry }) => ({ name, entry: { ...entry, isOfTypes: true } })),
  ];
  const add = (text: string, entry: LocalEntry): void => {
    const name = textToName(text);
    if (name !== null) named.push({ name, entry });
  };
  for (const name of namesAbove([...local.records, ...hosts])) named.push({ name, entry: ABOVE });
  for (const route of routes) add(route.suffix.toLowerCase(), FORWARD);
  if (local.specialNames) {
    const loopback = (type: number, rdata: Uint8Array): LocalRecord => ({
      name: textToName(LOOPBACK_NAME) ?? new Uint8Array(1),
      type,
      ttlSeconds: OWN_TTL_SECONDS,
      rdata,
    });
    const records = [loopback(TYPE.A, LOOPBACK_A), loopback(TYPE.AAAA, LOOPBACK_AAAA)];
    add(LOOPBACK_NAME, { kind: 'records', covers: 'subtree', records });
    const pointer = loopback(TYPE.PTR, textToName(LOOPBACK_NAME) ?? new Uint8Array(1));
    for (const name of LOOPBACK_REVERSE)
      add(name, {
        kind: 'records',
        covers: 'exact',
        records: [{ ...pointer, name: textToName(name) ?? pointer.name }],
      });
    for (const suffix of NEVER_FORWARDED) add(suffix, NOTHING);
    add(HOME_ZONE, EMPTY_ZONE);
    add(SERVICE_ZONE, EMPTY_ZONE);
    if (keepsPrivateNames) for (const suffix of PRIVATE_NAMES) add(suffix, NOTHING);
    if (!upstreamKnowsPrivate) for (const suffix of PRIVATE_REVERSE) add(suffix, EMPTY_ZONE);
  }
  if (local.canaries) {
    for (const name of CANARIES) add(name, NOTHING);
    add(RESOLVER_NAME, NODATA);
  }
  return named;
}

/** Every name above those of records, but for the root; a wildcard's own is above what it covers. */
function namesAbove(records: readonly LocalRecord[]): Uint8Array[] {
  const above = new Map<string, Uint8Array>();
  for (const { name } of records)
    for (let at = name[0]! + 1; name[at]! > 0; at += name[at]! + 1) {
      const key = Buffer.from(name.subarray(at)).toString('latin1');
      if (above.has(key)) break;
      above.set(key, name.subarray(at));
    }
  return [...above.values()];
}

/** Records by name; `*.name` covers what is below the name. */
function groupRecords(records: readonly LocalRecord[]): Named[] {
  const groups = new Map<string, { name: Uint8Array; covers: 'exact' | 'below'; records: LocalRecord[] }>();
  for (const record of records) {
    const isWildcard = record.name[0] === 1 && record.name[1] === 0x2a;
    const name = isWildcard ? record.name.subarray(2) : record.name;
    const covers = isWildcard ? 'below' : 'exact';
    const key = `${covers} ${Buffer.from(name).toString('latin1')}`;
    const group = groups.get(key) ?? { name, covers, records: [] };
    group.records.push(record);
    groups.set(key, group);
  }
  return [...groups.values()].map((group) => ({
    name: group.name,
    entry: { kind: 'records', covers: group.covers, records: setsOf(group.records) },
  }));
}

/** Sets as RFC 2181 §5 wants them, whoever wrote the records: none twice, and of one type the lowest TTL of all. */
function setsOf(records: readonly LocalRecord[]): LocalRecord[] {
  const lowest = new Map<number, number>();
  for (const { type, ttlSeconds } of records)
    lowest.set(type, Math.min(ttlSeconds, lowest.get(type) ?? ttlSeconds));
  const sets = new Map<string, LocalRecord>();
  for (const record of records) {
    const key = `${record.type} ${Buffer.from(record.rdata).toString('latin1')}`;
    if (!sets.has(key))
      sets.set(key, { ...record, ttlSeconds: lowest.get(record.type) ?? record.ttlSeconds });
  }
  return [...sets.values()];
}
