// Puts the sections of a trie together in its SharedArrayBuffer.
import { CONTEXT_SHIFT, CONTEXTS, SYMBOLS } from '../code/label-code.ts';
import { leb128Octets, writeLeb128 } from '../code/leb128.ts';
import type { TopLabels } from '../code/top-labels.ts';
import {
  HEADER_OCTETS,
  MAGIC,
  SLICE_WIDTH_SHIFT,
  TOP_IS_ENTRY,
  TRIE_OCTETS_MAX,
  VERSION,
  WORD,
} from '../layout.ts';
import { TrieError } from '../trie-error.ts';
import { CHUNK_OCTETS, type ChunkStore } from './chunk-store.ts';
import type { Coding } from './coding.ts';

/** Everything a trie is made of. */
export interface Parts {
  readonly seed: number;
  readonly names: number;
  /** Set of the root name, −1 when it is no entry. */
  readonly root: number;
  readonly coding: Coding;
  readonly tops: TopLabels;
  /** Builder's numbers of top labels that are entries; −1 stands for any that is written out. */
  readonly topEntries: ReadonlySet<number>;
  readonly sliceBits: number;
  readonly slices: SliceStore;
  readonly sets: readonly (readonly number[])[];
}

/** Slices one after another, in chunks, so that growing never copies. */
export class SliceStore {
  /** Two words a slice, see layout.ts. */
  readonly words: number[] = [];
  readonly #chunks: Uint8Array[] = [];
  readonly #store: ChunkStore;
  #octets = 0;

  constructor(store: ChunkStore) {
    this.#store = store;
  }

  get octets(): number {
    return this.#octets;
  }

  append(slice: Uint8Array, buckets: number, width: number): void {
    this.words.push(this.#octets, buckets | (width << SLICE_WIDTH_SHIFT));
    for (let from = 0; from < slice.length; ) {
      const used = this.#octets % CHUNK_OCTETS;
      if (used === 0) this.#chunks.push(this.#store.chunk());
      const part = slice.subarray(from, from + CHUNK_OCTETS - used);
      this.#chunks[this.#chunks.length - 1]!.set(part, used);
      this.#octets += part.length;
      from += part.length;
    }
  }

  /** Moves everything to `target[at ..)`. */
  drain(target: Uint8Array, at: number): void {
    let left = this.#octets;
    for (let i = 0; i < this.#chunks.length; i += 1) {
      target.set(this.#chunks[i]!.subarray(0, left), at + i * CHUNK_OCTETS);
      left -= CHUNK_OCTETS;
    }
    this.#chunks.length = 0;
  }
}

/** @throws TrieError TRIE_TOO_LARGE when the trie would pass `octetsMax` */
export function assemble(parts: Parts, octetsMax: number = TRIE_OCTETS_MAX): SharedArrayBuffer {
  const code = packCode(parts.coding.lengths);
  const tops = packTops(parts);
  const sets = packSets(parts.sets);
  const codeAt = HEADER_OCTETS;
  const topsAt = codeAt + code.length;
  const slicesAt = Math.ceil((topsAt + tops.length) / 4) * 4;
  const dataAt = slicesAt + parts.slices.words.length * 4;
  const setsAt = dataAt + parts.slices.octets;
  const octets = Math.ceil((setsAt + sets.length) / 4) * 4;
  if (octets > octetsMax)
    throw new TrieError(
      'TRIE_TOO_LARGE',
      `the trie of ${parts.names} names takes ${octets} octets, more than ${octetsMax} (TrieBuilder.finish); use fewer or smaller lists`,
    );
  const buffer = new SharedArrayBuffer(octets);
  const words = new Uint32Array(buffer);
  words[WORD.magic] = MAGIC;
  words[WORD.version] = VERSION;
  words[WORD.octets] = octets;
  words[WORD.seed] = parts.seed;
  words[WORD.names] = parts.names;
  words[WORD.root] = parts.root + 1;
  words[WORD.sliceBits] = parts.sliceBits;
  words[WORD.rareTops] = parts.topEntries.has(-1) ? 1 : 0;
  words[WORD.codeAt] = codeAt;
  words[WORD.topsAt] = topsAt;
  words[WORD.tops] = parts.coding.tops.length;
  words[WORD.slicesAt] = slicesAt;
  words[WORD.dataAt] = dataAt;
  words[WORD.setsAt] = setsAt;
  words[WORD.sets] = parts.sets.length;
  words.set(parts.slices.words, slicesAt / 4);
  const bytes = new Uint8Array(buffer);
  bytes.set(code, codeAt);
  bytes.set(tops, topsAt);
  bytes.set(sets, setsAt);
  parts.slices.drain(bytes, dataAt);
  return buffer;
}

function packCode(lengths: Uint8Array | null): Uint8Array {
  if (lengths === null) return new Uint8Array(0);
  const packed = new Uint8Array(Math.ceil((CONTEXTS * SYMBOLS) / 2));
  for (let i = 0; i < CONTEXTS * SYMBOLS; i += 1) {
    const length = lengths[(Math.floor(i / SYMBOLS) << CONTEXT_SHIFT) | (i % SYMBOLS)]!;
    packed[i >>> 1]! |= length << (4 * (i & 1));
  }
  return packed;
}

/** One octet for the escape code's length, then the labels. */
function packTops({ coding, tops, topEntries }: Parts): Uint8Array {
  const packed = [coding.topLengths[coding.tops.length]!];
  coding.tops.forEach((number, i) => {
    const octets = tops.octets(number);
    packed.push(octets.length, ...octets);
    packed.push(coding.topLengths[i]! | (topEntries.has(number) ? TOP_IS_ENTRY : 0));
  });
  return Uint8Array.from(packed);
}

function packSets(sets: readonly (readonly number[])[]): Uint8Array {
  let octets = 0;
  const each = (visit: (value: number) => void): void => {
    for (const rules of sets) {
      visit(rules.length);
      rules.forEach((rule, i) => {
        visit(rule - (i === 0 ? 0 : rules[i - 1]!));
      });
    }
  };
  each((value) => {
    octets += leb128Octets(value);
  });
  const packed = new Uint8Array(octets);
  let at = 0;
  each((value) => {
    at = writeLeb128(packed, at, value);
  });
  return packed;
}
