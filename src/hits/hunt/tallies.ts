// Sums by client and name over all days of a search, in flat arrays: a hunt may meet half a million of them.

export class Tallies {
  readonly #places = new Map<number, number>();
  #keys = new Float64Array(1024);
  #firstMs = new Float64Array(1024);
  #lastMs = new Float64Array(1024);
  #counts = new Float64Array(1024);
  #days = new Uint16Array(1024);
  #blocked = new Uint8Array(1024);

  get size(): number {
    return this.#places.size;
  }

  /** Adds one day's row to the tally of its key. */
  add(key: number, firstMs: number, lastMs: number, count: number, blocked: number): void {
    const known = this.#places.get(key);
    if (known === undefined) {
      this.#begin(key, firstMs, lastMs, count, blocked);
      return;
    }
    this.#counts[known]! += count;
    this.#days[known]! += 1;
    if (firstMs < this.#firstMs[known]!) this.#firstMs[known] = firstMs;
    if (lastMs > this.#lastMs[known]!) this.#lastMs[known] = lastMs;
    if (blocked === 1) this.#blocked[known] = 1;
  }

  keyAt(place: number): number {
    return this.#keys[place]!;
  }

  firstMsAt(place: number): number {
    return this.#firstMs[place]!;
  }

  lastMsAt(place: number): number {
    return this.#lastMs[place]!;
  }

  at(place: number) {
    return {
      count: this.#counts[place]!,
      firstMs: this.#firstMs[place]!,
      lastMs: this.#lastMs[place]!,
      days: this.#days[place]!,
      blocked: this.#blocked[place] === 1,
    };
  }

  #begin(key: number, firstMs: number, lastMs: number, count: number, blocked: number): void {
    const place = this.#places.size;
    if (place === this.#keys.length) this.#grow(place * 2);
    this.#places.set(key, place);
    this.#keys[place] = key;
    this.#firstMs[place] = firstMs;
    this.#lastMs[place] = lastMs;
    this.#counts[place] = count;
    this.#days[place] = 1;
    this.#blocked[place] = blocked;
  }

  #grow(size: number): void {
    const grown = <A extends Float64Array | Uint16Array | Uint8Array>(small: A, big: A): A => {
      big.set(small);
      return big;
    };
    this.#keys = grown(this.#keys, new Float64Array(size));
    this.#firstMs = grown(this.#firstMs, new Float64Array(size));
    this.#lastMs = grown(this.#lastMs, new Float64Array(size));
    this.#counts = grown(this.#counts, new Float64Array(size));
    this.#days = grown(this.#days, new Uint16Array(size));
    this.#blocked = grown(this.#blocked, new Uint8Array(size));
  }
}
