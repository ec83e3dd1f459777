// Writes the records of a LabelTree as slices of the trie (drawing: layout.ts).
//
// HOT. Two passes: sizes from the leaves up, since a record holds the size of what lies below it; then octets from the
// top down. A node with a run of labels becomes a record in a record, each alone in its block. Invariant: what the second
// pass writes is as long as the first one said; `write` asserts it for each slice.
import assert from 'node:assert/strict';
import { leb128Octets, writeLeb128 } from '../code/leb128.ts';
import { bucketOf, fingerprintOf } from '../code/octet-hash.ts';
import {
  BUCKET_RECORDS,
  DEPTH_MAX,
  EXTRA_MARKS_MAX,
  FAR_SET,
  HEADER_LENGTH_MAX,
  LIST_RECORDS_MAX,
  MARK_MORE,
  MARKS,
  NEAR_SETS,
  TABLE_HEAD_OCTETS,
} from '../layout.ts';
import type { CodedLabels } from './coding.ts';
import type { LabelTree } from './label-tree.ts';
import type { SetNumbers } from './set-numbers.ts';

export class SliceWriter {
  /** Entries written. */
  names = 0;
  /** Octets of what lies below a node: its children's records, and what crowded buckets begin with. */
  #below: Int32Array = new Int32Array(0);
  #target: Uint8Array = new Uint8Array(0);
  #heads: Int32Array = new Int32Array(64);
  /** Of the node measured last, by place in its run: octets of the block below that label. */
  readonly #blocks = new Int32Array(DEPTH_MAX);
  readonly #tree: LabelTree;
  readonly #labels: CodedLabels;
  readonly #sets: SetNumbers;

  constructor(tree: LabelTree, labels: CodedLabels, sets: SetNumbers) {
    this.#tree = tree;
    this.#labels = labels;
    this.#sets = sets;
  }

  /** Octets of memory its arrays take. */
  get held(): number {
    return this.#target.length + 4 * (this.#below.length + this.#heads.length);
  }

  /**
   * Writes `count` slices, `first` and those that follow; node 0's children lie in no other.
   * @param emit told each slice in order; the view is used again
   */
  write(
    first: number,
    count: number,
    sliceBits: number,
    emit: (slice: Uint8Array, buckets: number, width: number) => void,
  ): void {
    const tree = this.#tree;
    this.#measure();
    const heads = new Int32Array(count);
    const records = new Int32Array(count);
    const octets = new Float64Array(count);
    for (let node = tree.firstChild[0]!; node !== 0; ) {
      const next = tree.next[node]!;
      // A shift by 32 is a shift by none: one slice alone takes every hash.
      const slice = sliceBits === 0 ? 0 : (tree.hash[node]! >>> (32 - sliceBits)) - first;
      tree.next[node] = heads[slice]!;
      heads[slice] = node;
      records[slice]! += 1;
      octets[slice]! += this.#recordOctets(node);
      node = next;
    }
    for (let slice = 0; slice < count; slice += 1) {
      if (records[slice] === 0) {
        emit(this.#target.subarray(0, 0), 0, 0);
        continue;
      }
      const buckets = bucketsFor(records[slice]!);
      const inBuckets = octets[slice]! + this.#extraOctets(heads[slice]!, buckets, sliceBits);
      const width = offsetWidth(inBuckets);
      const size = tableOctets(buckets, inBuckets);
      if (size > this.#target.length) this.#target = new Uint8Array(Math.ceil(size * 1.2));
      assert.equal(this.#writeBuckets(heads[slice]!, buckets, width, sliceBits, 0), size);
      emit(this.#target.subarray(0, size), buckets, width);
    }
  }

  #measure(): void {
    const tree = this.#tree;
    if (this.#below.length < tree.count) this.#below = new Int32Array(tree.parent.length);
    for (let node = tree.firstChild[0]!; node !== 0; node = tree.next[node]!) this.#measureBelow(node);
  }

  /** As deep as a name has labels. */
  #measureBelow(node: number): void {
    const tree = this.#tree;
    if (tree.set[node]! >= 0) this.names += 1;
    const children = tree.children[node]!;
    const first = tree.firstChild[node]!;
    let octets = 0;
    for (let child = first; child !== 0; child = tree.next[child]!) {
      this.#measureBelow(child);
      octets += this.#recordOctets(child);
    }
    if (children > LIST_RECORDS_MAX) octets += this.#extraOctets(first, bucketsFor(children), 0);
    this.#below[node] = octets;
  }

  /** Octets of a node's record, those of the labels of its run and of what lies below them included. */
  #recordOctets(node: number): number {
    const labels = this.#labels;
    const first = labels.first[node]!;
    let octets = this.#lastRecordOctets(node, labels.length[labels.first[node + 1]! - 1]!);
    for (let i = labels.first[node + 1]! - 2; i >= first; i -= 1) {
      this.#blocks[i - first] = octets;
      octets += labelOctets(labels.length[i]!) + leb128Octets(octets * 2);
    }
    return octets;
  }

  /** @param length coded octets of the last label of the node's run */
  #lastRecordOctets(node: number, length: number): number {
    let octets = labelOctets(length);
    const set = this.#tree.set[node]!;
    if (set >= 0) {
      const number = this.#sets.numberOf(set);
      if (number >= NEAR_SETS) octets += leb128Octets(number - NEAR_SETS);
    }
    if (this.#tree.children[node]! > 0) {
      const block = this.#blockOctets(node);
      octets += leb128Octets(block * 2) + block;
    }
    return octets;
  }

  #blockOctets(node: number): number {
    const children = this.#tree.children[node]!;
    const octets = this.#below[node]!;
    if (children <= LIST_RECORDS_MAX) return octets;
    return TABLE_HEAD_OCTETS + tableOctets(bucketsFor(children), octets);
  }

  #writeRecord(node: number, at: number): number {
    const target = this.#target;
    const tree = this.#tree;
    const first = this.#labels.first[node]!;
    const last = this.#labels.first[node + 1]! - 1;
    let from = this.#labels.at[node]!;
    let to = at;
    if (last > first) this.#recordOctets(node);
    for (let i = first; i < last; i += 1) {
      to = this.#writeLabel(0x80, i, from, to);
      to = writeLeb128(target, to, this.#blocks[i - first]! * 2);
      from += this.#labels.length[i]!;
    }
    const set = tree.set[node]!;
    const number = set < 0 ? -1 : this.#sets.numberOf(set);
    const children = tree.children[node]!;
    to = this.#writeLabel((children > 0 ? 0x80 : 0) | (Math.min(number + 1, FAR_SET) << 4), last, from, to);
    if (number >= NEAR_SETS) to = writeLeb128(target, to, number - NEAR_SETS);
    if (children === 0) return to;
    const isTable = children > LIST_RECORDS_MAX;
    to = writeLeb128(target, to, this.#blockOctets(node) * 2 + (isTable ? 1 : 0));
    if (isTable) return this.#writeTable(tree.firstChild[node]!, children, this.#below[node]!, to);
    for (let child = tree.firstChild[node]!; child !== 0; child = tree.next[child]!)
      to = this.#writeRecord(child, to);
    return to;
  }

  /** Writes a record's header and label `number`, whose coded octets begin at `from`; the offset just past them. */
  #writeLabel(header: number, number: number, from: number, at: number): number {
    const target = this.#target;
    const { octets } = this.#labels;
    const length = this.#labels.length[number]!;
    let to = at + 1;
    target[at] = header | Math.min(length, HEADER_LENGTH_MAX);
    if (length >= HEADER_LENGTH_MAX) {
      target[to] = length - HEADER_LENGTH_MAX;
      to += 1;
    }
    for (let i = 0; i < length; i += 1) target[to + i] = octets[from + i]!;
    return to + length;
  }

  #writeTable(first: number, records: number, octets: number, at: number): number {
    const width = offsetWidth(octets);
    const buckets = bucketsFor(records);
    this.#target[at] = width;
    writeInteger(this.#target, at + 1, buckets, 4);
    return this.#writeBuckets(first, buckets, width, 0, at + TABLE_HEAD_OCTETS);
  }

  #writeBuckets(first: number, buckets: number, width: number, shift: number, directory: number): number {
    const tree = this.#tree;
    const target = this.#target;
    const stride = width + MARKS;
    const data = directory + buckets * stride + width;
    let to = data;
    let node = this.#byBucket(first, buckets, shift);
    for (let bucket = 0; bucket < buckets; bucket += 1) {
      const place = directory + bucket * stride;
      writeInteger(target, place, to - data, width);
      target.fill(0, place + width, place + stride);
      let count = 0;
      let next = node;
      for (; next !== 0 && bucketOf(tree.hash[next]!, shift, buckets) === bucket; count += 1)
        next = tree.next[next]!;
      const near = count > MARKS ? MARKS - 1 : count;
      const extra = Math.min(count - near, EXTRA_MARKS_MAX);
      if (extra > 0) {
        target[place + stride - 1] = MARK_MORE;
        target[to] = extra;
        to += 1;
      }
      let marked = node;
      for (let i = 0; i < near + extra; i += 1) {
        target[i < near ? place + width + i : to + i - near] = fingerprintOf(tree.hash[marked]!);
        marked = tree.next[marked]!;
      }
      to += extra;
      for (; node !== next; node = tree.next[node]!) to = this.#writeRecord(node, to);
    }
    writeInteger(target, directory + buckets * stride, to - data, width);
    return to;
  }

  /** Octets that crowded buckets among a chain of siblings begin with. */
  #extraOctets(first: number, buckets: number, shift: number): number {
    const tree = this.#tree;
    const counts = this.#countsOf(buckets);
    for (let node = first; node !== 0; node = tree.next[node]!)
      counts[bucketOf(tree.hash[node]!, shift, buckets)]! += 1;
    let octets = 0;
    for (let bucket = 0; bucket < buckets; bucket += 1) {
      const count = counts[bucket]!;
      if (count > MARKS) octets += 1 + Math.min(count - MARKS + 1, EXTRA_MARKS_MAX);
    }
    return octets;
  }

  #countsOf(buckets: number): Int32Array {
    if (this.#heads.length < buckets) this.#heads = new Int32Array(buckets * 2);
    return this.#heads.fill(0, 0, buckets);
  }

  /** Puts a chain of siblings into the order of their buckets; its new head. */
  #byBucket(first: number, buckets: number, shift: number): number {
    const tree = this.#tree;
    const heads = this.#countsOf(buckets);
    for (let node = first; node !== 0; ) {
      const next = tree.next[node]!;
      const bucket = bucketOf(tree.hash[node]!, shift, buckets);
      tree.next[node] = heads[bucket]!;
      heads[bucket] = node;
      node = next;
    }
    let head = 0;
    for (let bucket = buckets - 1; bucket >= 0; bucket -= 1) {
      for (let node = heads[bucket]!; node !== 0; ) {
        const next = tree.next[node]!;
        tree.next[node] = head;
        head = node;
        node = next;
      }
    }
    return head;
  }
}

/** Octets of a record's header and label. */
const labelOctets = (length: number): number => 1 + length + (length < HEADER_LENGTH_MAX ? 0 : 1);

const bucketsFor = (records: number): number => Math.ceil(records / BUCKET_RECORDS);

/** @param octets of all buckets */
const offsetWidth = (octets: number): number => (octets <= 0xffff ? 2 : octets <= 0xffffff ? 3 : 4);

/** Octets of a table without its head. */
const tableOctets = (buckets: number, octets: number): number =>
  buckets * (offsetWidth(octets) + MARKS) + offsetWidth(octets) + octets;

function writeInteger(target: Uint8Array, at: number, value: number, width: number): void {
  for (let i = 0; i < width; i += 1) target[at + i] = value >>> (8 * i);
}
