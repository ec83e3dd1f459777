// TTLs of a whole message: the smallest, counted down, clamped (RFC 2181 §8, RFC 8767 §4).
//
// HOT. The message has passed verifiedLength. OPT's TTL field holds flags and is never touched.
import { OFFSET, readU16, readU32, writeU32 } from '../header.ts';
import { TYPE } from './iana.ts';
import { nextRecord, RecordView, recordCount, skipQuestions } from './records.ts';

/** The last five fields of an SOA's RDATA: SERIAL, REFRESH, RETRY, EXPIRE, MINIMUM. */
export const SOA_NUMBERS_OCTETS = 20;

const record = new RecordView();

/** A TTL with its top bit set counts as 0 (RFC 2181 §8). */
export function soundTtl(ttl: number): number {
  return ttl > 0x7fff_ffff ? 0 : ttl;
}

/** The smallest TTL, in seconds, of the answer section, or of all sections when there is no answer; −1 without records. */
export function smallestTtl(message: Uint8Array, length: number): number {
  const answers = readU16(message, OFFSET.ancount);
  let left = answers > 0 ? answers : recordCount(message);
  let smallest = -1;
  let at = skipQuestions(message, length);
  for (; left > 0; left -= 1) {
    at = nextRecord(message, at, length, record);
    if (at < 0) return -1;
    if (record.type === TYPE.OPT) continue;
    const ttl = soundTtl(record.ttl);
    if (smallest < 0 || ttl < smallest) smallest = ttl;
  }
  return smallest;
}

/**
 * The SOA of a negative response lives no longer than its MINIMUM (RFC 2308 §5), nor than `maximum`: a cache that has it from a cache adds
 * nothing to the time that it was meant for.
 */
export function boundNegative(message: Uint8Array, length: number, maximum: number): void {
  const answers = readU16(message, OFFSET.ancount);
  const front = answers + readU16(message, OFFSET.nscount);
  let at = front === answers ? -1 : skipQuestions(message, length);
  for (let i = 0; i < front && at >= 0; i += 1) {
    at = nextRecord(message, at, length, record);
    if (at < 0 || i < answers || record.type !== TYPE.SOA || record.rdataLength < SOA_NUMBERS_OCTETS)
      continue;
    const most = Math.min(maximum, soundTtl(readU32(message, at - 4)));
    if (record.ttl > most) writeU32(message, record.ttlOffset, most);
  }
}

/** Counts every TTL down by `ageSeconds`, then bounds it to `minimum..maximum`. */
export function ageTtls(
  message: Uint8Array,
  length: number,
  ageSeconds: number,
  minimum: number,
  maximum: number,
): void {
  let at = skipQuestions(message, length);
  for (let left = recordCount(message); left > 0; left -= 1) {
    at = nextRecord(message, at, length, record);
    if (at < 0) return;
    if (record.type === TYPE.OPT) continue;
    const ttl = soundTtl(record.ttl) - ageSeconds;
    const bounded = Math.max(minimum, Math.min(ttl, maximum));
    if (bounded !== record.ttl) writeU32(message, record.ttlOffset, bounded);
  }
}
