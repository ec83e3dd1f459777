// Responses that say something of the server and nothing of the name: another server may do better, or the same one without EDNS.

import { OFFSET, readU16 } from '../wire/header.ts';
import { findOpt } from '../wire/message/edns.ts';
import { RCODE } from '../wire/records/iana.ts';

/** Whether another server may do better. */
export function isRetryable(response: Uint8Array, length: number): boolean {
  const rcode = response[3]! & 0x0f;
  if (rcode === RCODE.NXDOMAIN || rcode === RCODE.YXDOMAIN) return false;
  return rcode !== RCODE.NOERROR || saysBadVersion(response, length);
}

/** Whether a response blames our OPT, in one of the ways of servers that know no EDNS (RFC 6891 §6.1.3, §7). */
export function blamesEdns(response: Uint8Array, length: number): boolean {
  const rcode = response[3]! & 0x0f;
  if (rcode === RCODE.FORMERR || rcode === RCODE.NOTIMP) return findOpt(response, length) === 0;
  return rcode === RCODE.NOERROR && saysBadVersion(response, length);
}

function saysBadVersion(response: Uint8Array, length: number): boolean {
  if (readU16(response, OFFSET.ancount) > 0) return false;
  const opt = findOpt(response, length);
  return opt > 0 && response[opt + 5] === RCODE.BADVERS >>> 4;
}
