// The only parse a query gets: header, one question, at most one OPT record, all bounded; everything else is refused here.
//
// HOT. Invariants: reads only `message[0 .. messageLength)`; allocates nothing; never throws; work is bounded by the
// message's length and EDNS_OPTIONS_MAX. Twin: test/wire/question.test.ts builds the same messages with dns2.
import { FLAG, HEADER_OCTETS, OFFSET, opcodeOf, readU16 } from '../header.ts';
import { lowerName, skipName, skipUncompressedName } from '../names/name.ts';
import { OPCODE, OPTION, TYPE } from '../records/iana.ts';
import { type Query, WANTS } from './query.ts';

/** What readQuery found. `ignore` gets no reply at all; the others name the RCODE of the reply that is owed. */
export const PARSE = { ok: 0, ignore: 1, formerr: 2, notimp: 3, badvers: 4 } as const;
export type Parse = (typeof PARSE)[keyof typeof PARSE];

/** A query with more EDNS options than this is FORMERR; real ones have at most five. */
export const EDNS_OPTIONS_MAX = 32;
/** Additional records a query may have: OPT and TSIG or SIG(0). */
const ADDITIONAL_MAX = 2;
const QNAME_OFFSET = HEADER_OCTETS;

/**
 * Reads and checks a query in place; sets the parsed fields of `query` as far as it got.
 * Trailing octets after the last record are accepted and ignored.
 */
export function readQuery(query: Query): Parse {
  const { message, messageLength: end } = query;
  query.qnameEnd = 0;
  query.optOffset = 0;
  query.udpSize = 512;
  query.dnssecOk = false;
  query.ednsVersion = 0;
  query.wants = 0;
  if (end < HEADER_OCTETS) return PARSE.ignore;
  query.id = readU16(message, OFFSET.id);
  query.flags = readU16(message, OFFSET.flags);
  if ((query.flags & FLAG.qr) !== 0) return PARSE.ignore;
  if (opcodeOf(query.flags) !== OPCODE.QUERY) return PARSE.notimp;
  if (readU16(message, OFFSET.qdcount) !== 1) return PARSE.formerr; // RFC 9619 §4
  const qnameEnd = skipUncompressedName(message, QNAME_OFFSET, end);
  if (qnameEnd < 0 || qnameEnd + 4 > end) return PARSE.formerr;
  query.qnameEnd = qnameEnd;
  query.qtype = readU16(message, qnameEnd);
  query.qclass = readU16(message, qnameEnd + 2);
  lowerName(message, QNAME_OFFSET, qnameEnd - QNAME_OFFSET, query.qname);

  const nscount = readU16(message, OFFSET.nscount);
  if (readU16(message, OFFSET.ancount) !== 0) return PARSE.formerr;
  if (nscount > (query.qtype === TYPE.IXFR ? 1 : 0)) return PARSE.formerr;
  const additional = readU16(message, OFFSET.arcount);
  if (additional > ADDITIONAL_MAX) return PARSE.formerr;
  return additional + nscount === 0 ? PARSE.ok : readRecords(query, qnameEnd + 4, additional + nscount);
}

function readRecords(query: Query, start: number, count: number): Parse {
  const { message, messageLength: end } = query;
  let at = start;
  for (let i = 0; i < count; i += 1) {
    // The SOA of an IXFR points at the question's name.
    const ownerEnd = skipName(message, at, end);
    if (ownerEnd < 0 || ownerEnd + 10 > end) return PARSE.formerr;
    const rdata = ownerEnd + 10;
    const next = rdata + readU16(message, ownerEnd + 8);
    if (next > end) return PARSE.formerr;
    if (readU16(message, ownerEnd) === TYPE.OPT) {
      if (query.optOffset !== 0 || ownerEnd !== at + 1) return PARSE.formerr; // RFC 6891 §6.1.1: one, owned by the root
      query.optOffset = at;
      query.udpSize = Math.max(512, readU16(message, ownerEnd + 2));
      query.ednsVersion = message[ownerEnd + 5]!;
      query.dnssecOk = (message[ownerEnd + 6]! & 0x80) !== 0;
      if (query.ednsVersion !== 0) return PARSE.badvers;
      if (!readOptions(query, rdata, next)) return PARSE.formerr;
    }
    at = next;
  }
  return PARSE.ok;
}

/** @returns whether they are sound */
function readOptions(query: Query, start: number, end: number): boolean {
  const { message } = query;
  let at = start;
  for (let count = 0; at < end; count += 1) {
    if (count === EDNS_OPTIONS_MAX || at + 4 > end) return false;
    const code = readU16(message, at);
    const length = readU16(message, at + 2);
    const data = at + 4;
    at = data + length;
    if (at > end) return false;
    if (code === OPTION.COOKIE) {
      // RFC 7873 §5.2.2: a client cookie alone is 8 octets, with a server cookie 16 to 40.
      if (length !== 8 && (length < 16 || length > 40)) return false;
      query.cookieOffset = data;
      query.wants |= WANTS.cookie;
    } else if (code === OPTION.NSID) query.wants |= WANTS.nsid;
    else if (code === OPTION.KEEPALIVE) query.wants |= WANTS.keepalive;
    else if (code === OPTION.STRUCTURED_ERROR) query.wants |= WANTS.structuredError;
    else if (code === OPTION.MAC || code === OPTION.CPE_MAC || code === OPTION.CPE_ID)
      query.wants |= WANTS.claim;
    if (code === OPTION.ECS && !subnetIsSound(message, data, length)) return false;
  }
  return true;
}

/** RFC 7871 §6: family, SOURCE PREFIX-LENGTH within it, scope 0 in a query, just the octets the prefix needs. */
function subnetIsSound(message: Uint8Array, at: number, length: number): boolean {
  if (length < 4) return false;
  const family = readU16(message, at);
  const prefix = message[at + 2]!;
  if (message[at + 3] !== 0) return false;
  const bits = family === 1 ? 32 : family === 2 ? 128 : 0;
  if (family > 2 || prefix > bits) return false;
  if (length - 4 !== (prefix + 7) >>> 3) return false;
  const unused = (8 - (prefix & 7)) & 7;
  return unused === 0 || (message[at + length - 1]! & ((1 << unused) - 1)) === 0;
}
