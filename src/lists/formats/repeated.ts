// What comes again and again in a list, remembered by a text: the first few, and no longer looked for where nothing comes again.

/** So many in a row that were not among them: each line says something of its own. */
const MISSES_MAX = 65_536;

export class Repeated<V> {
  readonly #known = new Map<string, V>();
  readonly #max: number;
  #misses = 0;

  constructor(max: number) {
    this.#max = max;
  }

  /** Whether to ask at all; a text need not be made for a look in vain. */
  get isWorth(): boolean {
    return this.#misses < MISSES_MAX;
  }

  get(key: string): V | undefined {
    const value = this.#known.get(key);
    this.#misses = value === undefined ? this.#misses + 1 : 0;
    return value;
  }

  set(key: string, value: V): V {
    if (this.#known.size < this.#max) this.#known.set(key, value);
    return value;
  }
}
