// Interns sets of rule numbers: names that carry the same rules share one set number.

/** Set number → its rule numbers in ascending order. A set is never changed; adding a rule leads to another set. */
export class RuleSets {
  readonly #sets: number[][] = [];
  readonly #numbers = new Map<string, number>();

  get count(): number {
    return this.#sets.length;
  }

  rulesOf(set: number): readonly number[] {
    return this.#sets[set]!;
  }

  /** The set that holds `rule` alone. */
  single(rule: number): number {
    return this.#intern([rule]);
  }

  /** The set that holds what either holds. */
  union(a: number, b: number): number {
    if (a === b) return a;
    return this.#intern([...new Set([...this.#sets[a]!, ...this.#sets[b]!])].sort((x, y) => x - y));
  }

  #intern(rules: number[]): number {
    const key = rules.join();
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    this.#numbers.set(key, this.#sets.length);
    return this.#sets.push(rules) - 1;
  }
}
