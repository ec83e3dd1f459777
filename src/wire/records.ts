// Walks resource records by offset, without objects (RFC 1035 §4.1.3).
//
// HOT. The view is reused by the caller; all offsets count from the start of the message.
import { HEADER_OCTETS, OFFSET, readU16, readU32 } from './header.ts';
import { skipName } from './name.ts';

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
