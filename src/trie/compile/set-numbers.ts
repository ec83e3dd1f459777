// Numbers the rule sets of a trie: those its entries have most often come first, since they cost nothing in a record.
import { NEAR_SETS } from '../layout.ts';
import type { RuleSets } from '../rule-sets.ts';
import type { LabelTree } from './label-tree.ts';

/** What the rules of one name become when all of them are known, ascending: answers of several lines may be one. */
export type Settle = (rules: readonly number[]) => readonly number[];

const NONE = -1;

/** The builder's set number → the trie's. Sets that no entry has in the end get none. */
export class SetNumbers {
  readonly #sets: RuleSets;
  readonly #settle: Settle;
  #numbers = new Int32Array(64).fill(NONE);
  readonly #inUse: number[] = [];

  constructor(sets: RuleSets, settle: Settle) {
    this.#sets = sets;
    this.#settle = settle;
  }

  /** Builder's set numbers in the order of the trie's. */
  get inUse(): readonly number[] {
    return this.#inUse;
  }

  /** The trie's number of a set, the next one when it has none yet. */
  numberOf(set: number): number {
    const known = this.#known(set);
    if (known !== NONE) return known;
    const settled = this.#sets.settled(set, this.#settle);
    let number = this.#known(settled);
    if (number === NONE) number = this.#inUse.push(settled) - 1;
    this.#note(settled, number);
    this.#note(set, number);
    return number;
  }

  /** Numbers the sets that the sample's entries have most often. */
  rank(sample: LabelTree): void {
    const seen = new Map<number, number>();
    for (let node = 1; node < sample.count; node += 1) {
      const set = sample.set[node]!;
      if (set >= 0) seen.set(set, (seen.get(set) ?? 0) + 1);
    }
    const ranked = [...seen].sort(([a, x], [b, y]) => y - x || a - b);
    for (const [set] of ranked.slice(0, NEAR_SETS)) this.numberOf(set);
  }

  #known(set: number): number {
    return this.#numbers[set] ?? NONE;
  }

  #note(set: number, number: number): void {
    if (set >= this.#numbers.length) {
      const numbers = new Int32Array(Math.max(set + 1, this.#numbers.length * 2)).fill(NONE);
      numbers.set(this.#numbers);
      this.#numbers = numbers;
    }
    this.#numbers[set] = number;
  }
}
