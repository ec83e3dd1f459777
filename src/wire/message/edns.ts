// The OPT pseudo-record (RFC 6891) and Extended DNS Errors (RFC 8914): read from a query or response, append to a reply.
//
// HOT. Nothing is allocated; every append is given the offset to write at and returns the one just past it.
import { OFFSET, readU16, writeU16 } from '../header.ts';
import { OPTION, TYPE } from '../records/iana.ts';
import { nextRecord, RecordView, recordCount, skipQuestions } from '../records/records.ts';
import { CLIENT_COOKIE_OCTETS, SERVER_COOKIE_OCTETS } from './server-cookie.ts';

/** The UDP payload size we announce, both ways (DNS flag day 2020; RFC 9715 §3). */
export const EDNS_UDP_SIZE = 1232;
/** Octets of an OPT record without options. */
export const OPT_OCTETS = 11;
/** EXTRA-TEXT is cut after this many octets: it is for people, and one UDP answer has to hold it. */
export const EXTRA_TEXT_OCTETS_MAX = 320;

/** Code and length of an option. */
export const OPTION_HEADER_OCTETS = 4;

/** A cookie option with both cookies (RFC 9018). */
export const COOKIE_OPTION_OCTETS: number =
  OPTION_HEADER_OCTETS + CLIENT_COOKIE_OCTETS + SERVER_COOKIE_OCTETS;

const record = new RecordView();

/** Of options for local use (RFC 6891 §9). */
const LOCAL_USE = { first: 65_001, last: 65_534 } as const;

/** Options of a response that are between the upstream and us (RFC 5001, 7871, 7873, 7828, 7830, and those for local use). */
function isHopByHop(code: number): boolean {
  switch (code) {
    case OPTION.NSID:
    case OPTION.ECS:
    case OPTION.COOKIE:
    case OPTION.KEEPALIVE:
    case OPTION.PADDING:
    case OPTION.STRUCTURED_ERROR:
      return true;
    default:
      return code >= LOCAL_USE.first && code <= LOCAL_USE.last;
  }
}

/** Where a verified response's OPT record begins, 0 when it has none. */
export function findOpt(message: Uint8Array, length: number): number {
  let left = recordCount(message);
  let at = skipQuestions(message, length);
  if (at < 0) return 0;
  for (; left > 0; left -= 1) {
    const start = at;
    at = nextRecord(message, at, length, record);
    if (at < 0) return 0;
    if (record.type === TYPE.OPT) return start;
  }
  return 0;
}

/** Appends an OPT record without options and counts it in ARCOUNT. */
export function appendOpt(
  message: Uint8Array,
  at: number,
  dnssecOk: boolean,
  extendedRcode: number,
  udpSize: number = EDNS_UDP_SIZE,
): number {
  message[at] = 0;
  writeU16(message, at + 1, TYPE.OPT);
  writeU16(message, at + 3, udpSize);
  message[at + 5] = extendedRcode >>> 4;
  message[at + 6] = 0;
  message[at + 7] = dnssecOk ? 0x80 : 0;
  message[at + 8] = 0;
  writeU16(message, at + 9, 0);
  writeU16(message, OFFSET.arcount, readU16(message, OFFSET.arcount) + 1);
  return at + OPT_OCTETS;
}

/**
 * Copies the options of the OPT record at `sourceOpt` that are not hop-by-hop to the end of the OPT at `opt`.
 * @param limit the offset the reply must not pass; options that do not fit are left off
 */
export function appendOptions(
  message: Uint8Array,
  opt: number,
  end: number,
  source: Uint8Array,
  sourceOpt: number,
  limit: number,
): number {
  let at = sourceOpt + OPT_OCTETS;
  const sourceEnd = at + readU16(source, sourceOpt + 9);
  let written = end;
  while (at + 4 <= sourceEnd) {
    const size = 4 + readU16(source, at + 2);
    if (!isHopByHop(readU16(source, at)) && written + size <= limit) {
      for (let i = 0; i < size; i += 1) message[written + i] = source[at + i]!;
      written += size;
    }
    at += size;
  }
  writeU16(message, opt + 9, written - opt - OPT_OCTETS);
  return written;
}

/** Appends an Extended DNS Error to the OPT at `opt`, EXTRA-TEXT cut to what `limit` leaves; nothing when not even the code fits. */
export function appendEde(
  message: Uint8Array,
  opt: number,
  end: number,
  infoCode: number,
  text: Uint8Array,
  textLength: number,
  limit: number,
): number {
  const room = limit - end - 6;
  if (room < 0) return end;
  const length = Math.min(textLength, room, EXTRA_TEXT_OCTETS_MAX);
  writeU16(message, end, OPTION.EDE);
  writeU16(message, end + 2, 2 + length);
  writeU16(message, end + 4, infoCode);
  for (let i = 0; i < length; i += 1) message[end + 6 + i] = text[i]!;
  writeU16(message, opt + 9, end + 6 + length - opt - OPT_OCTETS);
  return end + 6 + length;
}

/**
 * Appends a Padding option to the OPT at `opt`.
 * @returns the new length, a multiple of `block`; the old one where that does not fit or another record follows
 */
export function appendPadding(
  message: Uint8Array,
  opt: number,
  length: number,
  block: number,
  limit: number,
): number {
  const rdataLength = readU16(message, opt + 9);
  if (opt + OPT_OCTETS + rdataLength !== length) return length;
  const content = length + OPTION_HEADER_OCTETS;
  const padded = Math.ceil(content / block) * block;
  if (padded > limit) return length;
  writeU16(message, length, OPTION.PADDING);
  writeU16(message, length + 2, padded - content);
  message.fill(0, content, padded);
  writeU16(message, opt + 9, rdataLength + padded - length);
  return padded;
}

/** Whether a query's OPT at `opt` carries padding. */
export function isPadded(message: Uint8Array, opt: number): boolean {
  let at = opt + OPT_OCTETS;
  const end = at + readU16(message, opt + 9);
  for (; at + OPTION_HEADER_OCTETS <= end; at += OPTION_HEADER_OCTETS + readU16(message, at + 2))
    if (readU16(message, at) === OPTION.PADDING) return true;
  return false;
}
