// Looks names up in a compiled trie.
//
// HOT (findAll). Drawing: layout.ts. Invariants: reads forward only and stops at the end of a bucket, a list or the name;
// allocates nothing; every yes is the whole coded label compared, and a label has one coded form. Many threads read the
// buffer and none writes it; the scratch space is the Trie's, so each thread opens its own.
// Trade: the records of a bucket (four on average) are read one after another; a directory of records would cost two octets
// a name more.
// Twin: test/support/naive-trie.ts.
import { encodeLabel } from './code/coded-label.ts';
import { START_BELOW, START_SECOND } from './code/label-code.ts';
import { hashOctets } from './code/octet-hash.ts';
import { putRareTop } from './code/top-labels.ts';
import { BUCKETS_MASK, SLICE_WIDTH_SHIFT, TABLE_HEAD_OCTETS } from './layout.ts';
import type { Trie } from './open.ts';
import { blockSizeAt, findInRow, hasLabel, readInteger, setOf } from './record.ts';
import { candidateIn, findInTable } from './table.ts';

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
  let bits = 0;
  let isEntry = trie.rareTopIsEntry;
  if (top >= 0) {
    const code = trie.topCodes[top]!;
    label.words[0] = code >>> 4;
    bits = code & 15;
    isEntry = trie.topIsEntry[top]!;
  } else {
    bits = putRareTop(trie.rareCode, name, topAt, length - 1, label);
  }
  if (isEntry === 1) {
    const record = findSecond(trie, name, 0, 0, topHash, bits);
    if (record >= 0) {
      matches.sets[count] = setOf(trie.bytes, record);
      matches.offsets[count] = topAt - 1;
      count += 1;
    }
  }
  if (labels === 1) return count;
  const at = starts[labels - 2]! + 1;
  const hash = hashOctets(trie.keys, 0, name, at, topAt - 1, topHash);
  const record = findSecond(trie, name, at, topAt - 1, hash, bits);
  return record < 0 ? count : descend(trie, name, labels - 2, record, matches, count);
}

/**
 * The record of a top label and the label `name[at .. end)` below it, −1 when there is none.
 * @param bits that the top label's code takes in `trie.label`
 */
function findSecond(
  trie: Trie,
  name: Uint8Array,
  at: number,
  end: number,
  hash: number,
  bits: number,
): number {
  const { bytes, slices, sliceBits, label } = trie;
  const slice = sliceBits === 0 ? 0 : (hash >>> (32 - sliceBits)) << 1;
  const word = slices[slice + 1]!;
  if (word === 0) return -1;
  const directory = trie.dataAt + slices[slice]!;
  const width = word >>> SLICE_WIDTH_SHIFT;
  const buckets = word & BUCKETS_MASK;
  const candidate = candidateIn(bytes, directory, width, buckets, hash, sliceBits);
  if (candidate < 0) return -1;
  // Read before the label is coded: memory is slow, and the two need not wait for each other.
  const header = bytes[candidate]!;
  const coded = encodeLabel(trie.codes, START_SECOND, name, at, end, label, bits);
  if (hasLabel(bytes, candidate, header, label.octets, coded)) return candidate;
  return findInTable(bytes, directory, width, buckets, hash, sliceBits, label.octets, coded);
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
  const { bytes, starts } = trie;
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
    record = findBelow(trie, name, starts[i - 1]! + 1, starts[i]!, record);
    if (record < 0) return count;
  }
}

/** The record of the label `name[from .. end)` in the block of `above`, −1 when there is none. */
function findBelow(trie: Trie, name: Uint8Array, from: number, end: number, above: number): number {
  const { bytes, label } = trie;
  let at = blockSizeAt(bytes, above);
  let octet = bytes[at]!;
  at += 1;
  let value = octet & 0x7f;
  for (let scale = 128; octet >= 0x80; scale *= 128) {
    octet = bytes[at]!;
    at += 1;
    value += (octet & 0x7f) * scale;
  }
  if ((value & 1) === 0) {
    const coded = encodeLabel(trie.codes, START_BELOW, name, from, end, label, 0);
    return findInRow(bytes, at, at + (value >>> 1), label.octets, coded);
  }
  const hash = hashOctets(trie.keys, 0, name, from, end, 0);
  const width = bytes[at]!;
  const buckets = readInteger(bytes, at + 1, 4);
  const directory = at + TABLE_HEAD_OCTETS;
  const candidate = candidateIn(bytes, directory, width, buckets, hash, 0);
  if (candidate < 0) return -1;
  const coded = encodeLabel(trie.codes, START_BELOW, name, from, end, label, 0);
  if (hasLabel(bytes, candidate, bytes[candidate]!, label.octets, coded)) return candidate;
  return findInTable(bytes, directory, width, buckets, hash, 0, label.octets, coded);
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
