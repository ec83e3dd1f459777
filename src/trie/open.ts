// Opens a compiled trie: checks its header and readies what lookups need.
import { CodedLabel } from './code/coded-label.ts';
import { CONTEXT_SHIFT, CONTEXTS, codesOf, encodingTable, SYMBOLS, TABLE_SIZE } from './code/label-code.ts';
import { hashKeys } from './code/octet-hash.ts';
import { TopLabels } from './code/top-labels.ts';
import { TYPICAL_LENGTHS, TYPICAL_TABLE } from './code/typical-code.ts';
import { HEADER_OCTETS, MAGIC, SLICE_BITS_MAX, TOP_IS_ENTRY, VERSION, WORD } from './layout.ts';
import { TrieError } from './trie-error.ts';

/** A trie as one thread sees it: the shared buffer, and tables and scratch space of its own. */
export interface Trie {
  readonly buffer: SharedArrayBuffer;
  /** Distinct names held. */
  readonly names: number;
  /** Distinct sets of rules. */
  readonly sets: number;
  readonly bytes: Uint8Array;
  /** Set of the root name, −1 when it is no entry. */
  readonly root: number;
  readonly sliceBits: number;
  /** Two words a slice, see layout.ts. */
  readonly slices: Uint32Array;
  readonly dataAt: number;
  readonly setsAt: number;
  /** Code lengths by context and symbol, and the codes that follow from them. */
  readonly lengths: Uint8Array;
  readonly codes: Int32Array;
  readonly tops: TopLabels;
  /** By top label number: `code << 4 | length`. */
  readonly topCodes: Int32Array;
  /** By top label number: 1 when the label alone is an entry. */
  readonly topIsEntry: Uint8Array;
  /** 1 when a top label that is written out is an entry. */
  readonly rareTopIsEntry: number;
  /** `code << 4 | length` before a top label written out. */
  readonly rareCode: number;
  readonly keys: Uint32Array;
  /** Scratch: the coded label that is looked up. */
  readonly label: CodedLabel;
  /** Scratch: where the labels of the name begin. */
  readonly starts: Uint8Array;
}

/**
 * Opens a buffer that TrieBuilder.finish made, in this thread or another; open one in each thread.
 * @throws TrieError when it is no trie, of another version, or not whole
 */
export function openTrie(buffer: SharedArrayBuffer): Trie {
  const words = checkedHeader(buffer);
  const bytes = new Uint8Array(buffer);
  const codeAt = words[WORD.codeAt]!;
  const topsAt = words[WORD.topsAt]!;
  const sliceBits = words[WORD.sliceBits]!;
  const slicesAt = words[WORD.slicesAt]!;
  const lengths = topsAt === codeAt ? TYPICAL_LENGTHS : unpackCode(bytes.subarray(codeAt, topsAt));
  const keys = hashKeys(words[WORD.seed]!);
  return {
    buffer,
    names: words[WORD.names]!,
    sets: words[WORD.sets]!,
    bytes,
    root: words[WORD.root]! - 1,
    sliceBits,
    slices: new Uint32Array(buffer, slicesAt, 2 * 2 ** sliceBits),
    dataAt: words[WORD.dataAt]!,
    setsAt: words[WORD.setsAt]!,
    lengths,
    codes: lengths === TYPICAL_LENGTHS ? TYPICAL_TABLE : encodingTable(lengths),
    rareTopIsEntry: words[WORD.rareTops]!,
    ...openTops(bytes.slice(topsAt, slicesAt), words[WORD.tops]!, keys),
    keys,
    label: new CodedLabel(),
    starts: new Uint8Array(128),
  };
}

function checkedHeader(buffer: SharedArrayBuffer): Uint32Array {
  if (buffer.byteLength % 4 !== 0)
    throw new TrieError(
      'TRIE_MISALIGNED',
      `${buffer.byteLength} octets are no whole number of words (openTrie); give it the buffer that TrieBuilder.finish made`,
    );
  const words = new Uint32Array(buffer);
  if (buffer.byteLength < 8 || words[WORD.magic] !== MAGIC)
    throw new TrieError(
      'TRIE_NOT_A_TRIE',
      'the buffer does not begin as a trie does (openTrie); build it again',
    );
  if (words[WORD.version] !== VERSION)
    throw new TrieError(
      'TRIE_OTHER_VERSION',
      `the trie has version ${words[WORD.version]}, this program reads ${VERSION} (openTrie); build it again`,
    );
  if (buffer.byteLength < HEADER_OCTETS || words[WORD.octets] !== buffer.byteLength)
    throw new TrieError(
      'TRIE_TRUNCATED',
      `the trie has ${buffer.byteLength} octets of ${words[WORD.octets] ?? HEADER_OCTETS} (openTrie); build it again`,
    );
  const sliceBits = words[WORD.sliceBits]!;
  const slicesAt = words[WORD.slicesAt]!;
  const dataAt = words[WORD.dataAt]!;
  const setsAt = words[WORD.setsAt]!;
  const places = [HEADER_OCTETS, words[WORD.codeAt]!, words[WORD.topsAt]!, slicesAt, dataAt, setsAt];
  const inOrder = places.every((place, i) => i === 0 || place >= places[i - 1]!);
  const slicesFit = sliceBits <= SLICE_BITS_MAX && dataAt === slicesAt + 2 ** sliceBits * 8;
  if (!inOrder || setsAt > buffer.byteLength || slicesAt % 4 !== 0 || !slicesFit)
    throw new TrieError(
      'TRIE_DAMAGED',
      'the sections of the trie do not fit together (openTrie); build it again',
    );
  return words;
}

function unpackCode(packed: Uint8Array): Uint8Array {
  const lengths = new Uint8Array(TABLE_SIZE);
  for (let i = 0; i < CONTEXTS * SYMBOLS; i += 1)
    lengths[(Math.floor(i / SYMBOLS) << CONTEXT_SHIFT) | (i % SYMBOLS)] =
      (packed[i >>> 1]! >>> (4 * (i & 1))) & 15;
  return lengths;
}

type Tops = Pick<Trie, 'tops' | 'topCodes' | 'topIsEntry' | 'rareCode'>;

function openTops(packed: Uint8Array, count: number, keys: Uint32Array): Tops {
  const tops = new TopLabels(keys, count);
  const lengths = new Uint8Array(count + 1);
  const topIsEntry = new Uint8Array(count);
  lengths[count] = packed[0]!;
  let at = 1;
  for (let i = 0; i < count; i += 1) {
    const end = at + 1 + packed[at]!;
    tops.number(packed, at + 1, end, tops.hash(packed, at + 1, end));
    lengths[i] = packed[end]! & ~TOP_IS_ENTRY;
    topIsEntry[i] = packed[end]! >= TOP_IS_ENTRY ? 1 : 0;
    at = end + 1;
  }
  const topCodes = codesOf(lengths);
  const rareCode = topCodes[count]!;
  return { tops, topCodes, topIsEntry, rareCode };
}
