// Looks names up in a compiled trie.
//
// HOT (findAll). Drawing: layout.ts. Invariants: reads forward only and stops at the end of a bucket, a list or the name;
// allocates nothing; every yes is the whole coded label compared, and a label has one coded form. Many threads read the
// buffer and none writes it; the scratch space is the Trie's, so each thread opens its own.
// Trade: a bucket of six records is read one after another; a directory of records would cost two octets a name more.
// Twin: test/support/naive-trie.ts.
import { encodeLabel, START_BELOW, START_SECOND } from './code/label-code.ts';
import { bucketOf, fingerprintOf, hashOctets } from './code/octet-hash.ts';
import { encodeRareTop } from './code/top-labels.ts';
import { EXTRA_MARKS_MAX, MARK_MORE, MARKS, SLICE_WIDTH_SHIFT, TABLE_HEAD_OCTETS } from './layout.ts';
import type { Trie } from './open.ts';
import { blockSizeAt, findInRow, readInteger, setOf } from './record.ts';

export { openTrie, type Trie } from './open.ts';

/** Where findAll puts what it found; 128 places each suffice for any name. */
export interface Matches {
  /** Set numbers, see ruleSetsOf. */
  readonly sets: Int32Array;
  /** Where in the name the entry begins; 0 is the name itself. */
  readonly offsets: Int32Array;
}

/**
 * Finds every entry that is `name` or one of its ancestors, the shortest first.
 * @param name lower-case wire form from octet 0
 * @param length octets of the name with the root octet
 * @returns how many places of `matches` are filled
 */
export function findAll(trie: Trie, name: Uint8Array, length: number, matches: Matches): number {
  const { starts, label, tops } = trie;
  let labels = 0;
  for (let at = 0; at < length - 1; at += name[at]! + 1) {
    starts[labels] = at;
    labels += 1;
  }
  let count = 0;
  if (trie.root >= 0) {
    matches.sets[0] = trie.root;
    matches.offsets[0] = length - 1;
    count = 1;
  }
  if (labels === 0) return count;

  const topAt = starts[labels - 1]! + 1;
  const topHash = tops.hash(name, topAt, length - 1);
  const top = tops.find(name, topAt, length - 1, topHash);
  let to = 0;
  let bits = trie.rareBits;
  let pending = 0;
  let isEntry = trie.rareTopIsEntry;
  if (top >= 0) {
    pending = trie.topCodes[top]! >>> 4;
    bits = trie.topCodes[top]! & 15;
    isEntry = trie.topIsEntry[top]!;
  } else {
    to = encodeRareTop(trie.rareCode, name, topAt, length - 1, label);
    pending = label[to]! >>> (8 - bits);
  }
  if (isEntry === 1) {
    const coded = encodeLabel(trie.codes, START_SECOND, name, 0, 0, label, to, pending, bits);
    const record = findInSlice(trie, topHash, coded);
    if (record >= 0) {
      matches.sets[count] = setOf(trie.bytes, record);
      matches.offsets[count] = topAt - 1;
      count += 1;
    }
  }
  if (labels === 1) return count;

  const at = starts[labels - 2]! + 1;
  const hash = hashOctets(trie.keys, 0, name, at, topAt - 1, topHash);
  if (!sliceMayHold(trie, hash)) return count;
  const coded = encodeLabel(trie.codes, START_SECOND, name, at, topAt - 1, label, to, pending, bits);
  const record = findInSlice(trie, hash, coded);
  return record < 0 ? count : descend(trie, name, labels - 2, record, matches, count);
}

/** Notes the record of label `first` when it is an entry, and goes on with the labels before it. */
function descend(
  trie: Trie,
  name: Uint8Array,
  first: number,
  found: number,
  matches: Matches,
  noted: number,
): number {
  const { bytes, starts, label } = trie;
  let count = noted;
  let record = found;
  for (let i = first; ; i -= 1) {
    const header = bytes[record]!;
    if ((header & 0x70) !== 0) {
      matches.sets[count] = setOf(bytes, record);
      matches.offsets[count] = starts[i]!;
      count += 1;
    }
    if (header < 0x80 || i === 0) return count;
    let at = blockSizeAt(bytes, record);
    let value = 0;
    let scale = 1;
    for (;;) {
      const octet = bytes[at]!;
      at += 1;
      value += (octet & 0x7f) * scale;
      if (octet < 0x80) break;
      scale *= 128;
    }
    const from = starts[i - 1]! + 1;
    const end = starts[i]!;
    const isTable = (value & 1) === 1;
    const hash = isTable ? hashOctets(trie.keys, 0, name, from, end, 0) : 0;
    const width = isTable ? bytes[at]! : 0;
    const buckets = isTable ? readInteger(bytes, at + 1, 4) : 0;
    at += isTable ? TABLE_HEAD_OCTETS : 0;
    if (isTable && !mayHold(bytes, at, width, buckets, hash, 0)) return count;
    const coded = encodeLabel(trie.codes, START_BELOW, name, from, end, label, 0, 0, 0);
    if (isTable) record = findInTable(bytes, at, width, buckets, hash, 0, label, coded);
    else record = findInRow(bytes, at, at + (value >>> 1), label, coded);
    if (record < 0) return count;
  }
}

/** Whether the slice of this hash has a record of its fingerprint. */
function sliceMayHold(trie: Trie, hash: number): boolean {
  const { slices, sliceBits } = trie;
  const slice = sliceBits === 0 ? 0 : (hash >>> (32 - sliceBits)) << 1;
  const word = slices[slice + 1]!;
  if (word === 0) return false;
  const directory = trie.dataAt + slices[slice]!;
  return mayHold(trie.bytes, directory, word >>> SLICE_WIDTH_SHIFT, word & BUCKETS_MASK, hash, sliceBits);
}

/** @returns where the record of the coded label is, −1 when there is none */
function findInSlice(trie: Trie, hash: number, coded: number): number {
  const { slices, sliceBits } = trie;
  const slice = sliceBits === 0 ? 0 : (hash >>> (32 - sliceBits)) << 1;
  const word = slices[slice + 1]!;
  if (word === 0) return -1;
  const width = word >>> SLICE_WIDTH_SHIFT;
  const directory = trie.dataAt + slices[slice]!;
  return findInTable(trie.bytes, directory, width, word & BUCKETS_MASK, hash, sliceBits, trie.label, coded);
}

const BUCKETS_MASK = 2 ** SLICE_WIDTH_SHIFT - 1;

/** Whether a record in the bucket has the hash's fingerprint: settles nearly every miss before a label is coded. */
function mayHold(
  bytes: Uint8Array,
  directory: number,
  width: number,
  buckets: number,
  hash: number,
  shift: number,
): boolean {
  const stride = width + MARKS;
  const place = directory + bucketOf(hash, shift, buckets) * stride;
  const marks = place + width;
  const fingerprint = fingerprintOf(hash);
  for (let i = 0; i < MARKS; i += 1) if (bytes[marks + i] === fingerprint) return true;
  if (bytes[marks + MARKS - 1] !== MARK_MORE) return false;
  const bucket = directory + buckets * stride + width + readInteger(bytes, place, width);
  const last = bucket + bytes[bucket]!;
  for (let at = bucket + 1; at <= last; at += 1) if (bytes[at] === fingerprint) return true;
  return last - bucket === EXTRA_MARKS_MAX;
}

/** @returns where the record of the coded label is, −1 when there is none */
function findInTable(
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

/** Set number → rule numbers, ascending. Cold: read it once and keep it. */
export function ruleSetsOf(trie: Trie): readonly (readonly number[])[] {
  const { bytes } = trie;
  let at = trie.setsAt;
  const next = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const octet = bytes[at]!;
      at += 1;
      value += (octet & 0x7f) * scale;
      if (octet < 0x80) return value;
    }
  };
  return Array.from({ length: trie.sets }, () => {
    let rule = 0;
    return Array.from({ length: next() }, () => {
      rule += next();
      return rule;
    });
  });
}
