// Chooses the codes of a trie from a sample of its names, and turns pool labels into them.
import { CodedLabel, encodeLabel, putBits } from '../code/coded-label.ts';
import {
  CODED_OCTETS_MAX,
  CONTEXT_SHIFT,
  codeLengths,
  codesOf,
  encodingTable,
  START_BELOW,
  START_SECOND,
  SYMBOL_OF,
  TABLE_SIZE,
  trainLengths,
} from '../code/label-code.ts';
import { LabelDecoder } from '../code/label-decoder.ts';
import { hashOctets } from '../code/octet-hash.ts';
import { putRareTop, type TopLabels } from '../code/top-labels.ts';
import { TYPICAL_LENGTHS, TYPICAL_TABLE } from '../code/typical-code.ts';
import type { LabelTree } from './label-tree.ts';

/** Top labels with a code of their own; more would cost more in the trie than they save. */
const CODED_TOPS_MAX = 511;
/** A top label seen less often is written out. */
const TOP_SEEN_MIN = 4;
/** A sample of fewer nodes says less than the typical code knows. */
const SAMPLE_NODES_MIN = 1500;

const pool = new LabelDecoder(TYPICAL_LENGTHS);

/** The codes of one trie. */
export interface Coding {
  /** Code lengths by context and symbol; null when the typical ones serve. */
  readonly lengths: Uint8Array | null;
  readonly table: Int32Array;
  /** Numbers (in the builder's TopLabels) of the top labels that have a code, in the order of the trie. */
  readonly tops: readonly number[];
  readonly topLengths: Uint8Array;
  /** `code << 4 | length` by the builder's number; 0 when the label is written out. */
  readonly topCodes: Int32Array;
  /** `code << 4 | length` that stands before a top label written out. */
  readonly rareCode: number;
}

/** @param seen how many names had each top label */
export function chooseCoding(sample: LabelTree, tops: TopLabels, seen: Uint32Array): Coding {
  const chosen = [...seen.subarray(0, tops.count).keys()]
    .filter((number) => seen[number]! >= TOP_SEEN_MIN)
    .sort((a, b) => seen[b]! - seen[a]! || a - b)
    .slice(0, CODED_TOPS_MAX);
  const usual = chosen.reduce((sum, number) => sum + seen[number]!, 0);
  const all = seen.reduce((sum, count) => sum + count, 0);
  const topLengths = codeLengths([...chosen.map((number) => seen[number]!), Math.max(1, all - usual)]);
  const codes = codesOf(topLengths);
  const topCodes = new Int32Array(tops.count);
  chosen.forEach((number, i) => {
    topCodes[number] = codes[i]!;
  });
  const lengths = sample.count < SAMPLE_NODES_MIN ? null : trainLengths(countPairs(sample), TYPICAL_LENGTHS);
  const table = lengths === null ? TYPICAL_TABLE : encodingTable(lengths);
  return { lengths, table, tops: chosen, topLengths, topCodes, rareCode: codes[chosen.length]! };
}

function countPairs(sample: LabelTree): Uint32Array {
  const counts = new Uint32Array(TABLE_SIZE);
  const label = new PoolLabel();
  for (let node = 1; node < sample.count; node += 1) {
    let isSecond = sample.parent[node] === 0;
    const end = sample.end[node]!;
    for (let at = sample.label[node]!; at < end; at += 1 + sample.text[at]!) {
      label.read(sample.text, at, isSecond);
      let row = isSecond ? START_SECOND : START_BELOW;
      for (let i = 0; i < label.length; i += 1) {
        const symbol = SYMBOL_OF[label.octets[i]!]!;
        counts[(row << CONTEXT_SHIFT) | symbol]! += 1;
        row = symbol;
      }
      isSecond = false;
    }
  }
  return counts;
}

/** A label of a LabelTree, decoded. */
class PoolLabel {
  /** The label; of the first one below node 0, the second label of the name, which may be empty. */
  readonly octets: Uint8Array = new Uint8Array(CODED_OCTETS_MAX);
  length = 0;
  /** Number of the top label, −1 when it stands in `text[topAt .. topEnd)`. Only below node 0. */
  top = -1;
  topAt = 0;
  topEnd = 0;

  /**
   * @param label offset in `text` of its octet count
   * @param isSecond whether it is the first below node 0
   */
  read(text: Uint8Array, label: number, isSecond: boolean): void {
    let at = label + 1;
    const end = at + text[label]!;
    let context = START_BELOW;
    if (isSecond) {
      context = START_SECOND;
      let number = text[at]! & 0x7f;
      if (text[at]! >= 0x80) {
        at += 1;
        number |= text[at]! << 7;
      }
      at += 1;
      this.top = number - 1;
      if (number === 0) {
        this.topAt = at + 1;
        this.topEnd = at + 1 + text[at]!;
        at = this.topEnd;
      }
    }
    this.length = pool.decode(context, text, at, 0, end, this.octets, 0);
  }
}

/** The labels of a LabelTree in the trie's own code. */
export class CodedLabels {
  /** One label after another, in the order of the nodes. */
  octets: Uint8Array = new Uint8Array(1024);
  /** Coded octets of each label. */
  length: Uint8Array = new Uint8Array(1024);
  /** By node: offset of its first label in `octets`. */
  at: Int32Array = new Int32Array(0);
  /** By node: number of its first label in `length`; the next node's is where its labels end. */
  first: Int32Array = new Int32Array(0);
  readonly #coding: Coding;
  readonly #tops: TopLabels;
  readonly #keys: Uint32Array;
  readonly #label = new PoolLabel();
  readonly #coded = new CodedLabel();
  #end = 0;
  #labels = 0;

  constructor(coding: Coding, tops: TopLabels, keys: Uint32Array) {
    this.#coding = coding;
    this.#tops = tops;
    this.#keys = keys;
  }

  /** Octets of memory its arrays take. */
  get held(): number {
    return this.octets.length + this.length.length + 8 * this.at.length;
  }

  /**
   * Codes every label and overwrites `tree.hash` with the hash that the trie looks a node's first label up by.
   * @param onTopEntry told the number of each top label that is itself a name, −1 for one that is written out
   */
  code(tree: LabelTree, onTopEntry: (number: number) => void): void {
    if (this.at.length <= tree.count) {
      this.at = new Int32Array(tree.parent.length + 1);
      this.first = new Int32Array(tree.parent.length + 1);
    }
    this.#end = 0;
    this.#labels = 0;
    for (let node = 1; node < tree.count; node += 1) {
      this.at[node] = this.#end;
      this.first[node] = this.#labels;
      this.#codeRun(tree, node, onTopEntry);
    }
    this.first[tree.count] = this.#labels;
  }

  #codeRun(tree: LabelTree, node: number, onTopEntry: (number: number) => void): void {
    const label = this.#label;
    const { text } = tree;
    const first = tree.label[node]!;
    const end = tree.end[node]!;
    const isBelowRoot = tree.parent[node] === 0;
    for (let at = first; at < end; at += 1 + text[at]!) {
      const isSecond = isBelowRoot && at === first;
      label.read(text, at, isSecond);
      const context = isSecond ? START_SECOND : START_BELOW;
      const bits = isSecond ? this.#putTop(text) : 0;
      if (isSecond && label.length === 0) onTopEntry(this.#topCode() === 0 ? -1 : label.top);
      this.#append(
        encodeLabel(this.#coding.table, context, label.octets, 0, label.length, this.#coded, bits),
      );
      if (at !== first) continue;
      const hash = isSecond ? this.#topHash(text) : 0;
      tree.hash[node] = hashOctets(this.#keys, 0, label.octets, 0, label.length, hash);
    }
  }

  #append(length: number): void {
    if (this.#end + length > this.octets.length) this.octets = larger(this.octets);
    if (this.#labels === this.length.length) this.length = larger(this.length);
    const from = this.#coded.octets;
    for (let i = 0; i < length; i += 1) this.octets[this.#end + i] = from[i]!;
    this.length[this.#labels] = length;
    this.#labels += 1;
    this.#end += length;
  }

  #topCode(): number {
    return this.#label.top < 0 ? 0 : this.#coding.topCodes[this.#label.top]!;
  }

  #topHash(text: Uint8Array): number {
    const label = this.#label;
    if (label.top < 0) return this.#tops.hash(text, label.topAt, label.topEnd);
    const octets = this.#tops.octets(label.top);
    return this.#tops.hash(octets, 0, octets.length);
  }

  /** Puts the top label's code; how many bits it takes. */
  #putTop(text: Uint8Array): number {
    const label = this.#label;
    const code = this.#topCode();
    if (code > 0) return putBits(this.#coded, 0, code >>> 4, code & 15);
    const octets = label.top < 0 ? text : this.#tops.octets(label.top);
    const at = label.top < 0 ? label.topAt : 0;
    const end = label.top < 0 ? label.topEnd : octets.length;
    return putRareTop(this.#coding.rareCode, octets, at, end, this.#coded);
  }
}

function larger(octets: Uint8Array): Uint8Array {
  const to = new Uint8Array(Math.ceil(octets.length * 1.5));
  to.set(octets);
  return to;
}
