// Holds the names a builder was given, coded, in partitions by the top bits of their hash, until they are compiled.

import { writeLeb128 } from '../code/leb128.ts';
import { DEPTH_MAX } from '../layout.ts';
import { CHUNK_OCTETS, type ChunkStore } from './chunk-store.ts';
import type { LabelTree } from './label-tree.ts';

/** Octets of a record at most: 255 octets of name coded in 15 + 8 bits each, a count a label, a set number. */
export const RECORD_OCTETS_MAX = 1024;
export const PARTITION_BITS = 6;
export const PARTITIONS: number = 2 ** PARTITION_BITS;
const FIRST_CHUNK_OCTETS = 512;

interface Partition {
  readonly chunks: Uint8Array[];
  /** The last chunk. */
  chunk: Uint8Array;
  /** Octets in all chunks. */
  octets: number;
  /** Octets used of the last chunk. */
  used: number;
}

const NO_CHUNK = new Uint8Array(0);
const emptyPartition = (): Partition => ({ chunks: [], chunk: NO_CHUNK, octets: 0, used: 0 });

export class NamePool {
  readonly #partitions: Partition[] = Array.from({ length: PARTITIONS }, emptyPartition);
  readonly #store: ChunkStore;

  constructor(store: ChunkStore) {
    this.#store = store;
  }

  octetsOf(partition: number): number {
    return this.#partitions[partition]!.octets;
  }

  /** Appends `source[0 .. length)`; a record may lie across two chunks. */
  append(partition: number, source: Uint8Array, length: number): void {
    const into = this.#partitions[partition]!;
    into.octets += length;
    let chunk = into.chunk;
    let used = into.used;
    let from = 0;
    while (length - from > chunk.length - used) {
      for (; used < chunk.length; used += 1, from += 1) chunk[used] = source[from]!;
      chunk = this.#nextChunk(chunk.length);
      into.chunks.push(chunk);
      into.chunk = chunk;
      used = 0;
    }
    for (; from < length; used += 1, from += 1) chunk[used] = source[from]!;
    into.used = used;
  }

  /** Moves a partition's records to `target[at ..)` and gives back its chunks. */
  drain(partition: number, target: Uint8Array, at: number): void {
    const from = this.#partitions[partition]!;
    let to = at;
    from.chunks.forEach((chunk, i) => {
      const full = i < from.chunks.length - 1;
      target.set(full ? chunk : chunk.subarray(0, from.used), to);
      to += full ? chunk.length : from.used;
      if (chunk.length === CHUNK_OCTETS) this.#store.giveBack(chunk);
    });
    this.#partitions[partition] = emptyPartition();
  }

  /** The first chunks of a partition are smaller, for the sake of small tries. */
  #nextChunk(last: number): Uint8Array {
    const octets = last === 0 ? FIRST_CHUNK_OCTETS : last * 2;
    return octets < CHUNK_OCTETS ? new Uint8Array(octets) : this.#store.chunk();
  }
}

/** Puts the entries of a tree back into a partition, each name once. */
export function putBack(tree: LabelTree, pool: NamePool, partition: number): void {
  const { text } = tree;
  const record = new Uint8Array(RECORD_OCTETS_MAX);
  const path = new Int32Array(DEPTH_MAX);
  for (let node = 1; node < tree.count; node += 1) {
    if (tree.set[node]! < 0) continue;
    let depth = 0;
    for (let above = node; above > 0; above = tree.parent[above]!) {
      path[depth] = above;
      depth += 1;
    }
    let to = writeLeb128(record, 0, tree.set[node]!);
    for (let i = depth - 1; i >= 0; i -= 1) {
      const end = tree.end[path[i]!]!;
      for (let at = tree.label[path[i]!]!; at < end; at += 1, to += 1) record[to] = text[at]!;
    }
    record[to] = 0;
    pool.append(partition, record, to + 1);
  }
}
