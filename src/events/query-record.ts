// One answered query as octets, for the query log and the history; may be lost under load, by number.
//
//   0 count, time (record.ts)   12 how long the first of them waited for upstreams, in 10 µs, and one; 0: not at all   20 client address   36 qtype   38 qclass
//   40 transport   41 result (result.ts)   42 RCODE + 1, 0 where no reply was sent   43 answered from, OWN_NAME   44 qname length
//   45 1: a hit tells of this asking too, from bit 1 on the low bits of the rule set's revision   46 group   48 qname, wire form, lower case, and behind
//   it what it led to (led-to.ts), where an upstream said so just now, and which
//
// HOT.
import type { Query } from '../wire/message/query.ts';
import { copyOctets } from '../wire/octets.ts';
import { LED, LED_OCTETS_MAX, UPSTREAM_OCTETS_MAX } from './led-to.ts';
import { type Draft, getNumber, getU16, getU32, putNumber, putU16, putU32, RECORD } from './record.ts';
import { RESULT, type Result } from './result.ts';

/** Where the fields lie that are read without a copy. */
export const QUERY_AT = {
  address: 20,
  qtype: 36,
  qclass: 38,
  transport: 40,
  result: 41,
  rcode: 42,
  from: 43,
  qnameLength: 44,
  mark: 45,
  group: 46,
  qname: 48,
} as const;
export const QUERY_RECORD_OCTETS_MAX: number =
  QUERY_AT.qname + 255 + LED_OCTETS_MAX + 2 + UPSTREAM_OCTETS_MAX;
/** How long a query waited is counted in these. */
const WAIT_UNIT_MS = 0.01;
/** Enough to tell the rule set that was replaced a moment ago from the one in force. */
export const REVISION_MASK = 0x7f;
/** Beside ANSWERED_FROM: it was turned away, and is a name that the configuration has records of. */
export const OWN_NAME = 0x80;
/** Where an answer came from; one of the sinkhole's is told by a hit. */
export const ANSWERED_FROM = { local: 0, policy: 1, cache: 2, upstream: 3, stale: 4 } as const;

const NOTHING = new Uint8Array(0);

/** What the walk knows of an answered query beyond its bytes. One object is reused. */
export class QueryFacts {
  /** What the client got. */
  result: Result = RESULT.unrecorded;
  /** −1: no reply. */
  rcode = -1;
  /** ANSWERED_FROM, OWN_NAME. */
  from = 0;
  /** 1 where a hit tells of this asking too (a list that only watches). */
  isHit = 0;
  /** Of the rule set that it was decided by. */
  revision = 0;
  /** What the name led to, `ledLength` octets of it. */
  led: Uint8Array = NOTHING;
  ledLength = 0;
  /** How long it waited for upstreams; −1: it did not. */
  waitedMs = -1;
  /** The name of the one that answered, or failed last, at most UPSTREAM_OCTETS_MAX octets; empty: none. */
  upstream: Uint8Array = NOTHING;
}

/**
 * Writes a record with count 1, time 0.
 * @param draft at least QUERY_RECORD_OCTETS_MAX long
 * @returns its length
 */
export function encodeQuery(draft: Draft, query: Query, facts: QueryFacts): number {
  const { octets, words } = draft;
  const qnameLength = query.qnameEnd - 12;
  putU32(octets, RECORD.count, 1);
  putNumber(octets, RECORD.time, 0);
  putNumber(octets, RECORD.sequence, facts.waitedMs < 0 ? 0 : Math.round(facts.waitedMs / WAIT_UNIT_MS) + 1);
  for (let i = 0; i < 4; i += 1) words[(QUERY_AT.address >>> 2) + i] = query.addressWords[i]!;
  putU16(octets, 36, query.qtype);
  putU16(octets, 38, query.qclass);
  octets[40] = query.transport;
  octets[QUERY_AT.result] = facts.result;
  octets[42] = facts.rcode + 1;
  octets[43] = facts.from;
  octets[QUERY_AT.qnameLength] = qnameLength;
  octets[QUERY_AT.mark] = markOf(facts.isHit, facts.revision);
  putU16(octets, QUERY_AT.group, query.clientGroup);
  const nameWords = (qnameLength + 3) >>> 2;
  for (let i = 0; i < nameWords; i += 1) words[(QUERY_AT.qname >>> 2) + i] = query.qnameWords[i]!;
  const ledAt = QUERY_AT.qname + qnameLength;
  copyOctets(facts.led, 0, octets, ledAt, facts.ledLength);
  let end = ledAt + facts.ledLength;
  const { upstream } = facts;
  if (upstream.length > 0) {
    octets[end] = LED.upstream;
    octets[end + 1] = upstream.length;
    copyOctets(upstream, 0, octets, end + 2, upstream.length);
    end += 2 + upstream.length;
  }
  for (let i = end; (i & 3) !== 0; i += 1) octets[i] = 0;
  return end;
}

const markOf = (isHit: number, revision: number): number => isHit | ((revision & REVISION_MASK) << 1);

/** An answered query read back. */
export interface QueryRecord {
  readonly count: number;
  /** When it was asked. */
  readonly timeMs: number;
  /** 16 octets. */
  readonly address: Uint8Array;
  readonly qtype: number;
  readonly qclass: number;
  readonly transport: number;
  /** RESULT. */
  readonly result: number;
  /** −1: no reply. */
  readonly rcode: number;
  /** ANSWERED_FROM. */
  readonly from: number;
  readonly isHit: boolean;
  /** The REVISION_MASK bits of the rule set's number. */
  readonly revision: number;
  readonly group: number;
  readonly qname: Uint8Array;
}

/** How long it waited for upstreams, ms; null: it did not. */
export function waitedMsIn(bytes: Uint8Array, offset: number): number | null {
  const waited = getNumber(bytes, offset + RECORD.sequence);
  return waited === 0 ? null : (waited - 1) * WAIT_UNIT_MS;
}

/** When it was asked, wall clock: a record is of when it ended. */
export function askedMsIn(bytes: Uint8Array, offset: number): number {
  return Math.round(getNumber(bytes, offset + RECORD.time) - (waitedMsIn(bytes, offset) ?? 0));
}

/** Reads one record as copies; null when its length contradicts its name's. */
export function decodeQuery(bytes: Uint8Array, offset: number, length: number): QueryRecord | null {
  if (length < 48 || offset + length > bytes.length) return null;
  const qnameLength = bytes[offset + QUERY_AT.qnameLength]!;
  if (qnameLength > length - QUERY_AT.qname) return null;
  return {
    count: getU32(bytes, offset + RECORD.count),
    timeMs: askedMsIn(bytes, offset),
    address: bytes.slice(offset + 20, offset + 36),
    qtype: getU16(bytes, offset + 36),
    qclass: getU16(bytes, offset + 38),
    transport: bytes[offset + 40]!,
    result: bytes[offset + QUERY_AT.result]!,
    rcode: bytes[offset + 42]! - 1,
    from: bytes[offset + QUERY_AT.from]! & ~OWN_NAME,
    isHit: (bytes[offset + QUERY_AT.mark]! & 1) === 1,
    revision: bytes[offset + QUERY_AT.mark]! >>> 1,
    group: getU16(bytes, offset + QUERY_AT.group),
    qname: bytes.slice(offset + QUERY_AT.qname, offset + QUERY_AT.qname + qnameLength),
  };
}
