// The trie as plainly as it can be said: a Map from a name's octets to its rules. What the real one is compared with.

export interface NaiveMatch {
  readonly rules: readonly number[];
  readonly offset: number;
}

export class NaiveTrie {
  /** Each rule once. */
  readonly #rules = new Map<string, number[]>();

  get names(): number {
    return this.#rules.size;
  }

  add(name: Uint8Array, rule: number): void {
    const key = octets(name);
    const rules = this.#rules.get(key);
    if (rules === undefined) this.#rules.set(key, [rule]);
    else if (!rules.includes(rule)) rules.push(rule);
  }

  /** Rules of the name itself, null when it is no entry. */
  rulesOf(name: Uint8Array): readonly number[] | null {
    const rules = this.#rules.get(octets(name));
    return rules === undefined ? null : [...rules].sort((a, b) => a - b);
  }

  /** Every entry that is the name or an ancestor, the shortest first. */
  findAll(name: Uint8Array): readonly NaiveMatch[] {
    const matches: NaiveMatch[] = [];
    for (let offset = 0; ; offset += name[offset]! + 1) {
      const rules = this.rulesOf(name.subarray(offset));
      if (rules !== null) matches.unshift({ rules, offset });
      if (name[offset] === 0) return matches;
    }
  }

  /** Names in a form that can be compared and sorted: their octets as latin-1. */
  keys(): readonly string[] {
    return [...this.#rules.keys()].sort();
  }
}

/** The octets of a name as a latin-1 string. */
export function octets(name: Uint8Array): string {
  return Buffer.from(name.buffer, name.byteOffset, name.byteLength).toString('latin1');
}
