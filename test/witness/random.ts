// Chance that can be played again: the same seed gives the same office.

export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** 0 up to, not including, 1 (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from `least` to `most`, both among them. */
  from(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  chance(share: number): boolean {
    return this.next() < share;
  }

  /** One of them; there is one at least. */
  pick<T>(all: readonly T[]): T {
    const one = all[this.from(0, all.length - 1)];
    if (one === undefined) throw new Error('nothing to pick from');
    return one;
  }

  some<T>(all: readonly T[], share: number): T[] {
    return all.filter(() => this.chance(share));
  }
}
