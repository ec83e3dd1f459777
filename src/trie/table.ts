// Finds the record of a label in a table (drawing: layout.ts), by its hash.
//
// HOT. Invariant: the marks may say no; what they point at is a candidate, and only its label says yes.
import { bucketOf, fingerprintOf } from './code/octet-hash.ts';
import { EXTRA_MARKS_MAX, MARK_MORE, MARKS } from './layout.ts';
import { findInRow, pastRecord, readInteger } from './record.ts';

/**
 * The first record of the hash's bucket that has its fingerprint; settles nearly every miss before a label is coded.
 * @param directory where the table's directory begins
 * @param shift how many of the hash's top bits chose the table
 * @returns its offset, −1 when the table surely does not hold the label
 */
export function candidateIn(
  bytes: Uint8Array,
  directory: number,
  width: number,
  buckets: number,
  hash: number,
  shift: number,
): number {
  const stride = width + MARKS;
  const place = directory + bucketOf(hash, shift, buckets) * stride;
  const first = place + width;
  const last = first + MARKS;
  const fingerprint = fingerprintOf(hash);
  let mark = first;
  while (mark < last && bytes[mark] !== fingerprint) mark += 1;
  const isCrowded = bytes[last - 1] === MARK_MORE;
  if (mark === last && !isCrowded) return -1;
  let at = directory + buckets * stride + width + readInteger(bytes, place, width);
  let before = mark - first;
  if (isCrowded) {
    const extra = bytes[at]!;
    if (mark === last) {
      let i = 1;
      while (i <= extra && bytes[at + i] !== fingerprint) i += 1;
      if (i > extra && extra < EXTRA_MARKS_MAX) return -1;
      before = MARKS - 2 + Math.min(i, extra);
    }
    at += 1 + extra;
  }
  for (; before > 0; before -= 1) at = pastRecord(bytes, at);
  return at;
}

/**
 * Reads the whole bucket, for when the candidate was another label of the same fingerprint.
 * @returns where the record of the label `label[0 .. coded)` is, −1 when there is none
 */
export function findInTable(
  bytes: Uint8Array,
  directory: number,
  width: number,
  buckets: number,
  hash: number,
  shift: number,
  label: Uint8Array,
  coded: number,
): number {
  const stride = width + MARKS;
  const place = directory + bucketOf(hash, shift, buckets) * stride;
  const data = directory + buckets * stride + width;
  let start = data + readInteger(bytes, place, width);
  const end = data + readInteger(bytes, place + stride, width);
  if (bytes[place + stride - 1] === MARK_MORE) start += 1 + bytes[start]!;
  return findInRow(bytes, start, end, label, coded);
}
