// Numbers the rule sets of a trie: those its entries have most often come first, since they cost nothing in a record.
import { NEAR_SETS } from '../layout.ts';
import type { LabelTree } from './label-tree.ts';

/** The builder's set number → the trie's. Sets that no entry has in the end get none. */
export class SetNumbers {
  readonly #numbers: number[] = [];
  readonly #inUse: number[] = [];

  /** Builder's set numbers in the order of the trie's. */
  get inUse(): readonly number[] {
    return this.#inUse;
  }

  /** The trie's number of a set, the next one when it has none yet. */
  numberOf(set: number): number {
    const known = this.#numbers[set];
    if (known !== undefined) return known;
    const number = this.#inUse.push(set) - 1;
    this.#numbers[set] = number;
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
}
