// Interns sets of rule numbers: names that carry the same rules share one set number.

const SETS_MAX = 2 ** 26;

/** Set number → its rule numbers in ascending order. A set is never changed; adding a rule leads to another set. */
export class RuleSets {
  readonly #sets: (readonly number[])[] = [];
  readonly #singles = new Map<number, number>();
  readonly #numbers = new Map<string, number>();
  /** Set of two sets' union by `a × SETS_MAX + b`. */
  readonly #unions = new Map<number, number>();

  get count(): number {
    return this.#sets.length;
  }

  rulesOf(set: number): readonly number[] {
    return this.#sets[set]!;
  }

  /** The set that holds `rule` alone. */
  single(rule: number): number {
    const known = this.#singles.get(rule);
    if (known !== undefined) return known;
    this.#singles.set(rule, this.#sets.length);
    return this.#sets.push([rule]) - 1;
  }

  /** The set that holds what either holds. */
  union(a: number, b: number): number {
    if (a === b) return a;
    const pair = a * SETS_MAX + b;
    const known = this.#unions.get(pair);
    if (known !== undefined) return known;
    const rules = [...new Set([...this.#sets[a]!, ...this.#sets[b]!])].sort((x, y) => x - y);
    const set = rules.length === 1 ? this.single(rules[0]!) : this.#intern(rules);
    this.#unions.set(pair, set);
    return set;
  }

  #intern(rules: readonly number[]): number {
    const key = rules.join();
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    this.#numbers.set(key, this.#sets.length);
    return this.#sets.push(rules) - 1;
  }
}
