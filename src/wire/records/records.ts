// Walks resource records by offset, without objects (RFC 1035 §4.1.3).
//
// HOT. The view is reused by the caller; all offsets count from the start of the message.
import { HEADER_OCTETS, OFFSET, readU16, readU32 } from '../header.ts';
import { skipName } from '../names/name.ts';
import { TYPE } from './iana.ts';

/** One resource record's places and fields. */
export class RecordView {
  /** Where its owner name begins. */
  owner = 0;
  type = 0;
  class = 0;
  /** Where its TTL field stands. */
  ttlOffset = 0;
  ttl = 0;
  rdata = 0;
  rdataLength = 0;
}

/** The offset just past the question section, −1 when it is malformed. */
export function skipQuestions(message: Uint8Array, end: number): number {
  if (end < HEADER_OCTETS) return -1;
  const count = readU16(message, OFFSET.qdcount);
  let at: number = HEADER_OCTETS;
  for (let i = 0; i < count; i += 1) {
    at = skipName(message, at, end);
    if (at < 0 || at + 4 > end) return -1;
    at += 4;
  }
  return at;
}

/** Records of all three sections together, as the header counts them. */
export function recordCount(message: Uint8Array): number {
  return (
    readU16(message, OFFSET.ancount) + readU16(message, OFFSET.nscount) + readU16(message, OFFSET.arcount)
  );
}

/**
 * Reads the record at `offset` into `record`.
 * @returns the offset just past it, −1 when it is malformed
 */
export function nextRecord(message: Uint8Array, offset: number, end: number, record: RecordView): number {
  const at = skipName(message, offset, end);
  if (at < 0 || at + 10 > end) return -1;
  record.owner = offset;
  record.type = readU16(message, at);
  record.class = readU16(message, at + 2);
  record.ttlOffset = at + 4;
  record.ttl = readU32(message, at + 4);
  record.rdataLength = readU16(message, at + 8);
  record.rdata = at + 10;
  const next = at + 10 + record.rdataLength;
  return next > end ? -1 : next;
}

/** Octets before the first name, and how many names stand there one after the other. */
export interface NamesInRdata {
  readonly before: number;
  readonly count: number;
}

const ONE: NamesInRdata = { before: 0, count: 1 };
const TWO: NamesInRdata = { before: 0, count: 2 };
const ONE_AFTER_TWO_OCTETS: NamesInRdata = { before: 2, count: 1 };
const TWO_AFTER_TWO_OCTETS: NamesInRdata = { before: 2, count: 2 };
const ONE_AFTER_SIX_OCTETS: NamesInRdata = { before: 6, count: 1 };

/** Where names stand in RDATA of a type whose names may be compressed (RFC 1035, RFC 3597 §4); null when there are none. */
export function namesInRdata(type: number): NamesInRdata | null {
  switch (type) {
    case TYPE.NS:
    case TYPE.MD:
    case TYPE.MF:
    case TYPE.CNAME:
    case TYPE.MB:
    case TYPE.MG:
    case TYPE.MR:
    case TYPE.PTR:
    case TYPE.DNAME:
      return ONE;
    case TYPE.SOA:
    case TYPE.MINFO:
    case TYPE.RP:
      return TWO;
    case TYPE.MX:
    case TYPE.AFSDB:
    case TYPE.RT:
    case TYPE.KX:
      return ONE_AFTER_TWO_OCTETS;
    case TYPE.PX:
      return TWO_AFTER_TWO_OCTETS;
    case TYPE.SRV:
      return ONE_AFTER_SIX_OCTETS;
    default:
      return null;
  }
}
