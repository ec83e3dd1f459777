// Padding of queries over encrypted transports, so that their length tells nothing (RFC 7830, RFC 8467 §4.1).
import { HEADER_OCTETS, OFFSET, readU16, writeU16 } from '../../wire/header.ts';
import { OPTION, TYPE } from '../../wire/iana.ts';

/** Queries are padded to a multiple of this (RFC 8467 §4.1). */
const BLOCK_OCTETS = 128;
const OPTION_HEADER_OCTETS = 4;
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
  const rdataLength = readU16(query, questionEnd + 9);
  if (questionEnd + 11 + rdataLength !== length) return length;
  const over = (length + OPTION_HEADER_OCTETS) % BLOCK_OCTETS;
  const padding = over === 0 ? 0 : BLOCK_OCTETS - over;
  writeU16(query, length, OPTION.PADDING);
  writeU16(query, length + 2, padding);
  query.fill(0, length + OPTION_HEADER_OCTETS, length + OPTION_HEADER_OCTETS + padding);
  writeU16(query, questionEnd + 9, rdataLength + OPTION_HEADER_OCTETS + padding);
  return length + OPTION_HEADER_OCTETS + padding;
}
