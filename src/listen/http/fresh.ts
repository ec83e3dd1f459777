// For how long an HTTP cache may keep an answer (RFC 8484 §5.1).
import { FLAG, HEADER_OCTETS, OFFSET, rcodeOf, readU16 } from '../../wire/header.ts';
import { RCODE } from '../../wire/records/iana.ts';
import { smallestTtl } from '../../wire/records/ttl.ts';

/** Seconds, no longer than the smallest TTL; −1: not to be kept, since it is no lasting answer. */
export function freshSeconds(reply: Uint8Array, length: number): number {
  if (length < HEADER_OCTETS) return -1;
  const flags = readU16(reply, OFFSET.flags);
  const rcode = rcodeOf(flags);
  const isLasting = (flags & FLAG.tc) === 0 && (rcode === RCODE.NOERROR || rcode === RCODE.NXDOMAIN);
  return isLasting ? smallestTtl(reply, length) : -1;
}
