// Reads the records of a trie (drawing: layout.ts).
//
// HOT. Invariant: every loop moves forward and ends at `end`, or at an octet below 128, of which LEB128 has one.
import { FAR_SET, HEADER_LENGTH_MAX, NEAR_SETS } from './layout.ts';

/** A little-endian integer of 2, 3 or 4 octets. */
export function readInteger(bytes: Uint8Array, at: number, width: number): number {
  const low = bytes[at]! | (bytes[at + 1]! << 8);
  if (width === 2) return low;
  if (width === 3) return low | (bytes[at + 2]! << 16);
  return low | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
}

/**
 * Reads the records in `bytes[start .. end)` until one has the label `label[0 .. coded)`.
 * @returns its offset, −1 when there is none
 */
export function findInRow(
  bytes: Uint8Array,
  start: number,
  end: number,
  label: Uint8Array,
  coded: number,
): number {
  for (let at = start; at < end; at = pastRecord(bytes, at)) {
    if (hasLabel(bytes, at, bytes[at]!, label, coded)) return at;
  }
  return -1;
}

/** Whether the label of the record with this header is `label[0 .. coded)`. */
export function hasLabel(
  bytes: Uint8Array,
  record: number,
  header: number,
  label: Uint8Array,
  coded: number,
): boolean {
  let length = header & HEADER_LENGTH_MAX;
  let text = record + 1;
  if (length === HEADER_LENGTH_MAX) {
    length += bytes[text]!;
    text += 1;
  }
  if (length !== coded) return false;
  for (let i = 0; i < length; i += 1) if (bytes[text + i] !== label[i]) return false;
  return true;
}

/** Offset just past a record and what lies below it. */
export function pastRecord(bytes: Uint8Array, record: number): number {
  const header = bytes[record]!;
  let at = pastLabel(bytes, record);
  if (header < 0x70) return at;
  if ((header & 0x70) === 0x70) while (bytes[at++]! >= 0x80);
  if (header < 0x80) return at;
  let octet = bytes[at]!;
  at += 1;
  let value = octet & 0x7f;
  for (let scale = 128; octet >= 0x80; scale *= 128) {
    octet = bytes[at]!;
    at += 1;
    value += (octet & 0x7f) * scale;
  }
  return at + (value >>> 1);
}

/** Offset just past the coded label of a record. */
export function pastLabel(bytes: Uint8Array, record: number): number {
  const length = bytes[record]! & HEADER_LENGTH_MAX;
  if (length < HEADER_LENGTH_MAX) return record + 1 + length;
  return record + 2 + length + bytes[record + 1]!;
}

/** The set number of a record that is an entry. */
export function setOf(bytes: Uint8Array, record: number): number {
  const near = (bytes[record]! >>> 4) & 7;
  if (near !== FAR_SET) return near - 1;
  let at = pastLabel(bytes, record);
  let set = NEAR_SETS;
  for (let shift = 0; ; shift += 7) {
    const octet = bytes[at]!;
    at += 1;
    set += (octet & 0x7f) << shift;
    if (octet < 0x80) return set;
  }
}

/** Offset of the size of a record's block. Only for a record that has one. */
export function blockSizeAt(bytes: Uint8Array, record: number): number {
  let at = pastLabel(bytes, record);
  if ((bytes[record]! & 0x70) === 0x70) while (bytes[at++]! >= 0x80);
  return at;
}
