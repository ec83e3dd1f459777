// Rules voided by `$badfilter`, by one text for each: adblock.ts says which rules are the same.

/** More of them void nothing: a real list has some dozens. */
const CANCELS_MAX = 65_536;

export class Cancels {
  readonly #keys = new Set<string>();

  get size(): number {
    return this.#keys.size;
  }

  add(key: string): void {
    if (this.#keys.size < CANCELS_MAX) this.#keys.add(key);
  }

  has(key: string): boolean {
    return this.#keys.has(key);
  }
}
