// Whether a response may be kept, and for how long.
//
// HOT. A pure function of the message and the limits. The message has passed verifiedLength and is scrubbed to its
// question's chain; the offsets it holds are trusted no further than that.
import type { CacheConfig } from '../config/config.ts';
import { FLAG, HEADER_OCTETS, OFFSET, rcodeOf, readU16, readU32 } from '../wire/header.ts';
import { RCODE, TYPE } from '../wire/records/iana.ts';
import { nextRecord, RecordView, skipQuestions } from '../wire/records/records.ts';
import { SOA_NUMBERS_OCTETS, smallestTtl, soundTtl } from '../wire/records/ttl.ts';

/** How long a failure to resolve is remembered: RFC 9520 §3.2 asks for at least 1 s and at most 5 min. */
export const FAILURE_TTL_SECONDS = { default: 5, minimum: 1, maximum: 300 } as const;

export type AdmissionLimits = Pick<CacheConfig, 'minTtlSeconds' | 'maxTtlSeconds' | 'negativeTtlSeconds'>;

const record = new RecordView();

/**
 * How long to keep a response to a question of this QTYPE.
 *
 * Positive: the answer section's smallest TTL within minTtl..maxTtl; a TTL of 0 is for its asker alone (RFC 1035 §3.2.1).
 * Negative (RFC 2308 §5): the least of the SOA's TTL, its MINIMUM and a CNAME chain's TTLs, at most negativeTtl; not kept
 * without SOA. Failures: SERVFAIL and REFUSED for a few seconds (RFC 9520). All else, and truncated responses: not kept.
 * @returns seconds, 0 when it must not be kept
 */
export function ttlToKeep(
  message: Uint8Array,
  length: number,
  qtype: number,
  limits: AdmissionLimits,
): number {
  if (length < HEADER_OCTETS) return 0;
  const flags = readU16(message, OFFSET.flags);
  if ((flags & FLAG.tc) !== 0) return 0;
  switch (rcodeOf(flags)) {
    case RCODE.NOERROR:
      return answersType(message, length, qtype)
        ? positiveTtl(message, length, limits)
        : negativeTtl(message, length, limits);
    case RCODE.NXDOMAIN:
      return negativeTtl(message, length, limits);
    case RCODE.SERVFAIL:
    case RCODE.REFUSED:
      return FAILURE_TTL_SECONDS.default;
    default:
      return 0;
  }
}

/** Whether the answer section has a record of the type asked for. */
function answersType(message: Uint8Array, length: number, qtype: number): boolean {
  let at = skipQuestions(message, length);
  for (let left = readU16(message, OFFSET.ancount); left > 0 && at >= 0; left -= 1) {
    at = nextRecord(message, at, length, record);
    if (at >= 0 && record.type === qtype) return true;
  }
  return false;
}

function positiveTtl(message: Uint8Array, length: number, limits: AdmissionLimits): number {
  const ttl = smallestTtl(message, length);
  if (ttl <= 0) return 0;
  return Math.min(Math.max(ttl, limits.minTtlSeconds), limits.maxTtlSeconds);
}

function negativeTtl(message: Uint8Array, length: number, limits: AdmissionLimits): number {
  const answers = readU16(message, OFFSET.ancount);
  const records = answers + readU16(message, OFFSET.nscount);
  let ttl: number = Math.min(limits.negativeTtlSeconds, limits.maxTtlSeconds);
  let proven = false;
  let at = skipQuestions(message, length);
  for (let i = 0; i < records; i += 1) {
    if (at < 0) return 0;
    at = nextRecord(message, at, length, record);
    if (at < 0) return 0;
    if (i < answers) {
      ttl = Math.min(ttl, soundTtl(record.ttl));
    } else if (record.type === TYPE.SOA && record.rdataLength >= SOA_NUMBERS_OCTETS) {
      const minimum = soundTtl(readU32(message, record.rdata + record.rdataLength - 4));
      ttl = Math.min(ttl, soundTtl(record.ttl), minimum);
      proven = true;
    }
  }
  return proven ? ttl : 0;
}
