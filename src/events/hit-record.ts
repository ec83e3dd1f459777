// A hit as octets: what a resolver thread writes into its ring and its journal.
//
//   0 count, time, sequence (record.ts)
//   20 client address, 16 octets    36 qtype   38 qclass   40 rule-set revision   44 rule   48 pattern
//   52 group   54 worker   55 transport   56 verdict   57 name offset (an address: prefix length)   58 via kind   59 qname length   60 via length
//   61 result (result.ts)   62 RCODE + 1, 0 where no reply was sent
//   64 qname, wire form, lower case; then via
//
// HOT. Invariant: octet 63 is 0, so equal hits are equal octets from 20 on.
import type { Query } from '../wire/message/query.ts';
import { copyOctets } from '../wire/octets.ts';
import { type Draft, getNumber, getU16, getU32, putNumber, putU16, putU32, RECORD } from './record.ts';
import { RESULT, type Result } from './result.ts';

export const HIT_OCTETS_MAX = 64 + 255 + 255;
/** What matched when it was not the question's name: a CNAME target (wire name) or an answer's address (4 or 16 octets). */
export const VIA = { none: 0, name: 1, address: 2 } as const;
export type ViaKind = (typeof VIA)[keyof typeof VIA];

const NO_OFFSET = 255;
const ADDRESS_OCTETS = 16;
const NAME_OCTETS_MAX = 255;
/** Where each field lies. */
export const HIT_AT = {
  address: 20,
  qtype: 36,
  qclass: 38,
  revision: 40,
  rule: 44,
  pattern: 48,
  group: 52,
  worker: 54,
  transport: 55,
  verdict: 56,
  nameOffset: 57,
  viaKind: 58,
  qnameLength: 59,
  viaLength: 60,
  result: 61,
  rcode: 62,
  names: 64,
} as const;

/** What the walk knows of a hit beyond its query. One object is reused: set every field, then encode. */
export class HitFacts {
  /** VERDICT of policy/verdict.ts. */
  verdict = 0;
  /** What the client got. */
  result: Result = RESULT.unrecorded;
  /** −1: no reply. */
  rcode = -1;
  /** Index into RuleSet.rules of `revision`, −1 when unknown. */
  rule = -1;
  /** Index into RuleSet.patterns, −1 when it was no pattern. */
  pattern = -1;
  /** Octet of the name that matched (the question's, or `via`'s) where the rule's own name begins; −1: a pattern.
   *  Where `via` is an address: the prefix length of the network that matched. */
  nameOffset = -1;
  revision = 0;
  group = 0;
  worker = 0;
  viaKind: ViaKind = VIA.none;
  /** Wire name in lower case, or address octets. */
  via: Uint8Array = new Uint8Array(0);
  viaLength = 0;
}

/**
 * Writes a hit with count 1, time and sequence 0.
 * @param draft at least HIT_OCTETS_MAX long
 * @returns its length
 */
export function encodeHit(draft: Draft, query: Query, facts: HitFacts): number {
  const { octets, words } = draft;
  const qnameLength = query.qnameEnd - 12;
  const viaLength = facts.viaKind === VIA.none ? 0 : facts.viaLength;
  putU32(octets, RECORD.count, 1);
  putNumber(octets, RECORD.time, 0);
  putNumber(octets, RECORD.sequence, 0);
  for (let i = 0; i < 4; i += 1) words[(HIT_AT.address >>> 2) + i] = query.addressWords[i]!;
  putU16(octets, HIT_AT.qtype, query.qtype);
  putU16(octets, HIT_AT.qclass, query.qclass);
  putU32(octets, HIT_AT.revision, facts.revision);
  putU32(octets, HIT_AT.rule, facts.rule);
  putU32(octets, HIT_AT.pattern, facts.pattern);
  putU16(octets, HIT_AT.group, facts.group);
  octets[HIT_AT.worker] = facts.worker;
  octets[HIT_AT.transport] = query.transport;
  octets[HIT_AT.verdict] = facts.verdict;
  octets[HIT_AT.nameOffset] = facts.nameOffset < 0 ? NO_OFFSET : facts.nameOffset;
  octets[HIT_AT.viaKind] = facts.viaKind;
  octets[HIT_AT.qnameLength] = qnameLength;
  octets[HIT_AT.viaLength] = viaLength;
  octets[HIT_AT.result] = facts.result;
  octets[HIT_AT.rcode] = facts.rcode + 1;
  octets[63] = 0;
  const nameWords = (qnameLength + 3) >>> 2;
  for (let i = 0; i < nameWords; i += 1) words[(HIT_AT.names >>> 2) + i] = query.qnameWords[i]!;
  const viaAt = HIT_AT.names + qnameLength;
  for (let i = 0; i < viaLength; i += 1) octets[viaAt + i] = facts.via[i]!;
  const end = viaAt + viaLength;
  for (let i = end; (i & 3) !== 0; i += 1) octets[i] = 0;
  return end;
}

/** A hit read back. */
export interface HitRecord {
  readonly count: number;
  readonly timeMs: number;
  readonly sequence: number;
  /** 16 octets. */
  readonly address: Uint8Array;
  readonly qtype: number;
  readonly qclass: number;
  readonly revision: number;
  readonly rule: number;
  readonly pattern: number;
  readonly group: number;
  readonly worker: number;
  readonly transport: number;
  readonly verdict: number;
  readonly nameOffset: number;
  readonly viaKind: ViaKind;
  /** RESULT. */
  readonly result: number;
  /** −1: no reply. */
  readonly rcode: number;
  readonly qname: Uint8Array;
  readonly via: Uint8Array;
}

/** Reads one hit out of `bytes[offset .. offset + length)` as copies; null when its lengths contradict each other. */
export function decodeHit(bytes: Uint8Array, offset: number, length: number): HitRecord | null {
  return new HitReader().read(bytes, offset, length);
}

/** Views of the first octets of a buffer, by their number, each made once: a view costs more than what is read through it. */
class Prefixes {
  readonly octets: Uint8Array;
  readonly #views: Uint8Array[] = [];

  constructor(length: number) {
    this.octets = new Uint8Array(length);
  }

  of(length: number): Uint8Array {
    this.#views[length] ??= this.octets.subarray(0, length);
    return this.#views[length]!;
  }
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

const noHit = (address: Uint8Array): Writable<HitRecord> => ({
  ...{
    count: 0,
    timeMs: 0,
    sequence: 0,
    address,
    qtype: 0,
    qclass: 0,
    revision: 0,
    rule: 0,
    pattern: 0,
    group: 0,
  },
  ...{ worker: 0, transport: 0, verdict: 0, nameOffset: 0, viaKind: VIA.none, result: 0, rcode: 0 },
  ...{ qname: address, via: address },
});

/** Reads one hit after another, and makes nothing that must be collected: the record holds until the next. */
export class HitReader {
  readonly #address = new Uint8Array(ADDRESS_OCTETS);
  readonly #qname = new Prefixes(NAME_OCTETS_MAX);
  readonly #via = new Prefixes(NAME_OCTETS_MAX);
  readonly #record = noHit(this.#address);

  /** Null when its lengths contradict each other. */
  read(bytes: Uint8Array, offset: number, length: number): Writable<HitRecord> | null {
    if (length < HIT_AT.names || length > HIT_OCTETS_MAX || offset + length > bytes.length) return null;
    const qnameLength = bytes[offset + HIT_AT.qnameLength]!;
    const viaLength = bytes[offset + HIT_AT.viaLength]!;
    const viaKind = bytes[offset + HIT_AT.viaKind]!;
    if (HIT_AT.names + qnameLength + viaLength !== length || viaKind > VIA.address) return null;
    const nameOffset = bytes[offset + HIT_AT.nameOffset]!;
    const qnameAt = offset + HIT_AT.names;
    copyOctets(bytes, offset + HIT_AT.address, this.#address, 0, ADDRESS_OCTETS);
    copyOctets(bytes, qnameAt, this.#qname.octets, 0, qnameLength);
    copyOctets(bytes, qnameAt + qnameLength, this.#via.octets, 0, viaLength);
    const record = this.#record;
    record.count = getU32(bytes, offset + RECORD.count);
    record.timeMs = getNumber(bytes, offset + RECORD.time);
    record.sequence = getNumber(bytes, offset + RECORD.sequence);
    record.qtype = getU16(bytes, offset + HIT_AT.qtype);
    record.qclass = getU16(bytes, offset + HIT_AT.qclass);
    record.revision = getU32(bytes, offset + HIT_AT.revision);
    record.rule = getU32(bytes, offset + HIT_AT.rule) | 0;
    record.pattern = getU32(bytes, offset + HIT_AT.pattern) | 0;
    record.group = getU16(bytes, offset + HIT_AT.group);
    record.worker = bytes[offset + HIT_AT.worker]!;
    record.transport = bytes[offset + HIT_AT.transport]!;
    record.verdict = bytes[offset + HIT_AT.verdict]!;
    record.nameOffset = nameOffset === NO_OFFSET ? -1 : nameOffset;
    record.viaKind = viaKind as ViaKind;
    record.result = bytes[offset + HIT_AT.result]!;
    record.rcode = bytes[offset + HIT_AT.rcode]! - 1;
    record.qname = this.#qname.of(qnameLength);
    record.via = this.#via.of(viaLength);
    return record;
  }
}
