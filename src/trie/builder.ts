// Collects names and their rules and compiles them into one SharedArrayBuffer.
//
// HOT (add). Drawing: each name goes, coded, to one of 64 partitions by its hash; finish turns one group of partitions
// after another into slices of the trie and drops them. Invariant: names that share their last two labels share a
// partition. Trade: a name given twice is kept twice until a sample of the partitions shows that many are.
import { LABEL_OCTETS_MAX, NAME_OCTETS_MAX } from '../wire/names/name.ts';
import { CodedLabel, encodeLabel } from './code/coded-label.ts';
import { START_BELOW, START_SECOND } from './code/label-code.ts';
import { writeLeb128 } from './code/leb128.ts';
import { hashKeys, hashOctets } from './code/octet-hash.ts';
import { TopLabels } from './code/top-labels.ts';
import { TYPICAL_TABLE } from './code/typical-code.ts';
import { assemble, type Parts, SliceStore } from './compile/assemble.ts';
import { ChunkStore } from './compile/chunk-store.ts';
import { CodedLabels, chooseCoding } from './compile/coding.ts';
import { LabelTree } from './compile/label-tree.ts';
import { NamePool, PARTITION_BITS, PARTITIONS, putBack, RECORD_OCTETS_MAX } from './compile/name-pool.ts';
import { SetNumbers, type Settle } from './compile/set-numbers.ts';
import { SliceWriter } from './compile/slice-writer.ts';
import { Thinning } from './compile/thinning.ts';
import { SLICE_BITS_MAX, TRIE_OCTETS_MAX } from './layout.ts';
import { RuleSets } from './rule-sets.ts';
import { TrieError } from './trie-error.ts';

export interface TrieBuilderOptions {
  /** Secret of the hash (any 32-bit integer): lists are hostile input, so give a random one. */
  readonly seed?: number;
  /** The trie may not grow beyond; at most and by default 2^31 − 1. */
  readonly octetsMax?: number;
  /** What the rules of one name become once all are known; without it they stay as they are. */
  readonly settle?: Settle;
}

/** Names a slice holds on average: its offsets then fit 16 bits. */
const SLICE_NAMES = 4096;
const TOPS_MAX = 4095;
const RULE_MAX = 2 ** 31 - 1;
export class TrieBuilder {
  readonly #seed: number;
  readonly #octetsMax: number;
  readonly #settle: Settle;
  readonly #keys: Uint32Array;
  readonly #sets = new RuleSets();
  readonly #chunks = new ChunkStore();
  readonly #pool = new NamePool(this.#chunks);
  readonly #tops: TopLabels;
  readonly #topSeen = new Uint32Array(TOPS_MAX);
  readonly #thinning = new Thinning();
  #tree: LabelTree;
  readonly #starts = new Uint8Array(128);
  readonly #label = new CodedLabel();
  readonly #record = new Uint8Array(RECORD_OCTETS_MAX);
  /** Lists come one after another: the rule of the last name and its set. */
  #lastRule = -1;
  #lastSet = -1;
  #root = -1;
  #added = 0;
  #names = -1;
  #peak = 0;

  constructor(options: TrieBuilderOptions = {}) {
    this.#seed = (options.seed ?? 0) >>> 0;
    this.#octetsMax = Math.min(options.octetsMax ?? TRIE_OCTETS_MAX, TRIE_OCTETS_MAX);
    this.#settle = options.settle ?? ((rules) => rules);
    this.#keys = hashKeys(this.#seed);
    this.#tops = new TopLabels(this.#keys, TOPS_MAX);
    this.#tree = new LabelTree(this.#keys, this.#sets);
  }

  /** Names added so far; after `finish` the number of distinct ones. */
  get names(): number {
    return this.#names < 0 ? this.#added : this.#names;
  }

  /** The most octets its arrays and the trie took at one time, as far as it has come. */
  get peakOctets(): number {
    return this.#peak;
  }

  /** Rules from `first` on are of the next source: RULES_OF_NAME_MAX bounds what each may put on one name. */
  beginSource(first: number): void {
    this.#sets.beginSource(first);
  }

  /** After `finish`: rules that were left out of names that had too many, by source. */
  get leftOut(): readonly number[] {
    return this.#sets.leftOut;
  }

  /**
   * @param name wire form from octet 0, lower case, complete with the root octet; copied
   * @param rule 0 to 2^31 − 1; what it means is the caller's
   * @throws TrieError when the name is malformed, the rule out of range or the trie finished
   */
  add(name: Uint8Array, rule: number): void {
    if (this.#names >= 0)
      throw new TrieError(
        'TRIE_FINISHED',
        'a name was added to a finished trie (TrieBuilder.add); begin a new builder',
      );
    const labels = this.#findLabels(name);
    if (labels < 0)
      throw new TrieError('TRIE_BAD_NAME', 'a name is not in wire form (TrieBuilder.add); parse it first');
    if (!(rule >= 0 && rule <= RULE_MAX && Number.isInteger(rule)))
      throw new TrieError(
        'TRIE_BAD_RULE',
        `${rule} is no rule number (TrieBuilder.add); use 0 to ${RULE_MAX}`,
      );
    this.#added += 1;
    if (rule !== this.#lastRule) {
      this.#lastRule = rule;
      this.#lastSet = this.#sets.single(rule);
    }
    const set = this.#lastSet;
    if (labels === 0) this.#root = this.#root < 0 ? set : this.#sets.union(this.#root, set);
    else this.#addLabels(name, labels, set);
  }

  /** Notes where the labels begin; how many there are, −1 when the name is malformed. */
  #findLabels(name: Uint8Array): number {
    const end = Math.min(name.length, NAME_OCTETS_MAX);
    let labels = 0;
    for (let at = 0; at < end; ) {
      const length = name[at]!;
      if (length === 0) return labels;
      if (length > LABEL_OCTETS_MAX) return -1;
      this.#starts[labels] = at;
      labels += 1;
      at += length + 1;
    }
    return -1;
  }

  #addLabels(name: Uint8Array, labels: number, set: number): void {
    const starts = this.#starts;
    const record = this.#record;
    const topAt = starts[labels - 1]! + 1;
    const topEnd = topAt + name[topAt - 1]!;
    let hash = this.#tops.hash(name, topAt, topEnd);
    const top = this.#tops.number(name, topAt, topEnd, hash);
    const lengthAt = writeLeb128(record, 0, set);
    let to = writeLeb128(record, lengthAt + 1, top + 1);
    if (top >= 0) {
      this.#topSeen[top]! += 1;
    } else {
      record[to] = topEnd - topAt;
      record.set(name.subarray(topAt, topEnd), to + 1);
      to += 1 + topEnd - topAt;
    }
    if (labels > 1) {
      const at = starts[labels - 2]! + 1;
      const end = at + name[at - 1]!;
      hash = hashOctets(this.#keys, 0, name, at, end, hash);
      to = this.#putLabel(START_SECOND, name, at, end, to);
    }
    record[lengthAt] = to - lengthAt - 1;
    for (let i = labels - 3; i >= 0; i -= 1) {
      const at = starts[i]! + 1;
      const end = this.#putLabel(START_BELOW, name, at, at + name[at - 1]!, to + 1);
      record[to] = end - to - 1;
      to = end;
    }
    record[to] = 0;
    const partition = hash >>> (32 - PARTITION_BITS);
    this.#pool.append(partition, record, to + 1);
    if (this.#added >= this.#thinning.nextLook) this.#thinning.look(this.#pool, this.#added, this.#reduce);
  }

  /** Codes a label into the record; the offset just past it. */
  #putLabel(context: number, name: Uint8Array, at: number, end: number, to: number): number {
    const coded = encodeLabel(TYPICAL_TABLE, context, name, at, end, this.#label, 0);
    const { octets } = this.#label;
    for (let i = 0; i < coded; i += 1) this.#record[to + i] = octets[i]!;
    return to + coded;
  }

  /** Keeps each name of a partition once. */
  readonly #reduce = (partition: number): void => {
    this.#load(partition, 1);
    this.#notePeak(0);
    putBack(this.#tree, this.#pool, partition);
  };

  /**
   * Compiles what was added. The builder is of no use afterwards.
   * @throws TrieError TRIE_TOO_LARGE
   */
  finish(): SharedArrayBuffer {
    if (this.#names >= 0)
      throw new TrieError(
        'TRIE_FINISHED',
        'the trie is finished already (TrieBuilder.finish); begin a new builder',
      );
    const parts = this.#compile();
    this.#names = parts.names;
    // What only compiling needed is dropped before the trie is allocated.
    this.#tree = new LabelTree(this.#keys, this.#sets);
    this.#chunks.dropFree();
    const buffer = assemble(parts, this.#octetsMax);
    this.#notePeak(buffer.byteLength);
    return buffer;
  }

  #compile(): Parts {
    const wanted = Math.ceil(Math.log2(Math.max(1, this.#added / SLICE_NAMES)));
    const sliceBits = Math.min(SLICE_BITS_MAX, wanted);
    const groups = Math.min(PARTITIONS, 2 ** sliceBits);
    const slicesEach = 2 ** sliceBits / groups;
    const tree = this.#tree;
    this.#load(0, PARTITIONS / groups);
    const coding = chooseCoding(tree, this.#tops, this.#topSeen);
    const labels = new CodedLabels(coding, this.#tops, this.#keys);
    const sets = new SetNumbers(this.#sets, this.#settle);
    const writer = new SliceWriter(tree, labels, sets);
    if (this.#root >= 0) sets.numberOf(this.#root);
    sets.rank(tree);
    const slices = new SliceStore(this.#chunks);
    const topEntries = new Set<number>();
    for (let group = 0; group < groups; group += 1) {
      if (group > 0) this.#load((group * PARTITIONS) / groups, PARTITIONS / groups);
      labels.code(tree, (number) => topEntries.add(number));
      writer.write(group * slicesEach, slicesEach, sliceBits, (slice, buckets, width) =>
        slices.append(slice, buckets, width),
      );
      this.#notePeak(labels.held + writer.held);
    }
    return {
      seed: this.#seed,
      names: writer.names + (this.#root < 0 ? 0 : 1),
      root: this.#root < 0 ? -1 : sets.numberOf(this.#root),
      coding,
      tops: this.#tops,
      topEntries,
      sliceBits,
      slices,
      sets: sets.inUse.map((set) => this.#sets.rulesOf(set)),
    };
  }

  #notePeak(others: number): void {
    this.#peak = Math.max(this.#peak, this.#chunks.held + this.#tree.held + others);
  }

  #load(first: number, count: number): void {
    const tree = this.#tree;
    let octets = 0;
    for (let i = first; i < first + count; i += 1) octets += this.#pool.octetsOf(i);
    tree.reset(octets);
    let at = 0;
    for (let i = first; i < first + count; i += 1) {
      const length = this.#pool.octetsOf(i);
      this.#pool.drain(i, tree.text, at);
      at += length;
    }
    tree.load(octets);
  }
}
