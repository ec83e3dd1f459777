// Names by a hash of 53 bits each, in flat memory: what an incident keeps of names beyond those that it shows.
//
//   places   high and low bits side by side, both 0: none; open addressing, at most half full

const PLACES_FIRST = 64;
/** Most incidents have no name beyond those shown. */
const NO_PLACES: Int32Array = new Int32Array(0);

export class NameHashes {
  #places = NO_PLACES;
  #size = 0;

  constructor(numbers: readonly number[] = []) {
    const hash = new NameHash();
    for (const number of numbers) {
      const { high, low } = hash.from(number);
      this.add(high, low);
    }
  }

  get size(): number {
    return this.#size;
  }

  has(high: number, low: number): boolean {
    return this.#size > 0 && this.#placeOf(high, low) < 0;
  }

  /** @returns false where it is there already */
  add(high: number, low: number): boolean {
    if (this.#size === 0) this.#grow();
    const place = this.#placeOf(high, low);
    if (place < 0) return false;
    this.#places[place] = high;
    this.#places[place + 1] = low;
    this.#size += 1;
    if (this.#size * 4 > this.#places.length) this.#grow();
    return true;
  }

  /** Where it would be; below 0 where it is. */
  #placeOf(high: number, low: number): number {
    const places = this.#places;
    const mask = places.length - 2;
    let place = (low << 1) & mask;
    for (;;) {
      const [knownHigh, knownLow] = [places[place]!, places[place + 1]!];
      if (knownHigh === 0 && knownLow === 0) return place;
      if (knownHigh === high && knownLow === low) return -1 - place;
      place = (place + 2) & mask;
    }
  }

  #grow(): void {
    const before = this.#places;
    this.#places = new Int32Array(Math.max(PLACES_FIRST * 2, before.length * 2));
    for (let at = 0; at < before.length; at += 2) {
      const [high, low] = [before[at]!, before[at + 1]!];
      if (high === 0 && low === 0) continue;
      const place = this.#placeOf(high, low);
      this.#places[place] = high;
      this.#places[place + 1] = low;
    }
  }
}

/** Of a name. */
export class NameHash {
  high = 0;
  low = 0;

  /** Two FNV-1a sums: two of 1,000 names share one once in sixteen thousand million incidents. */
  of(name: string): this {
    let low = 0x811c9dc5;
    let high = 0x9dc5811c;
    for (let i = 0; i < name.length; i += 1) {
      const unit = name.charCodeAt(i);
      low = Math.imul(low ^ unit, 0x01000193);
      high = Math.imul(high ^ unit, 0x0100019d) ^ (high >>> 15);
    }
    this.high = high >>> 11;
    this.low = low | 0;
    return this;
  }

  from(number: number): this {
    this.high = Math.floor(number / 2 ** 32);
    this.low = number | 0;
    return this;
  }

  /** Both as one, as they are kept. */
  get number(): number {
    return this.high * 2 ** 32 + (this.low >>> 0);
  }
}
