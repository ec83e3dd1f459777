// Padding of queries over encrypted transports (RFC 8467 §4.1).

import { HEADER_OCTETS, OFFSET, readU16 } from '../../wire/header.ts';
import { appendPadding, OPTION_HEADER_OCTETS } from '../../wire/message/edns.ts';
import { TYPE } from '../../wire/records/iana.ts';

const BLOCK_OCTETS = 128;
export const PADDING_OCTETS_MAX: number = BLOCK_OCTETS + OPTION_HEADER_OCTETS;

/**
 * Adds a Padding option to the OPT of a query that was built canonically: its one record, just behind the question.
 * @param query has room for PADDING_OCTETS_MAX more
 * @returns the new length; the old one when there is no OPT to carry the option
 */
export function padQuery(query: Uint8Array, length: number, questionEnd: number): number {
  if (length < HEADER_OCTETS || readU16(query, OFFSET.arcount) !== 1) return length;
  if (questionEnd + 11 > length || query[questionEnd] !== 0) return length;
  if (readU16(query, questionEnd + 1) !== TYPE.OPT) return length;
  return appendPadding(query, questionEnd, length, BLOCK_OCTETS, query.length);
}
