// Names, each once and with a number from 0 up: as octets side by side, for a million strings are looked through at every collection
// of garbage.
//
//   octets  ├ name 0 ┼ name 1 ┼ ···    begins[n] .. begins[n + 1]: name n
//   places  number + 1 (0: none): open addressing, at most half full
//
// The keys of the hash are random: a report is a stranger's, and may not choose where its names go. Twin: a Set, in the tests.
import { randomFillSync } from 'node:crypto';

const PLACES_FIRST = 128;
const OCTETS_EACH = 24;
const KEYS = 256;

export class NameTable {
  readonly #keys = randomFillSync(new Int32Array(KEYS));
  #places = new Int32Array(PLACES_FIRST);
  #begins = new Uint32Array(PLACES_FIRST / 2 + 1);
  #octets = Buffer.alloc((PLACES_FIRST / 2) * OCTETS_EACH);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** All names, one behind the other; others once a name is added. */
  get octets(): Uint8Array {
    return this.#octets;
  }

  /** Where a name begins; that of `size` is where the last one ends. */
  beginOf(number: number): number {
    return this.#begins[number]!;
  }

  nameOf(number: number): string {
    return this.#octets.toString('latin1', this.#begins[number], this.#begins[number + 1]);
  }

  has(name: string): boolean {
    return this.numberOf(name) >= 0;
  }

  /** −1 where it is not among them. */
  numberOf(name: string): number {
    return this.#places[this.#placeOf(name)]! - 1;
  }

  /** @param name of octets alone @returns whether it is new */
  add(name: string): boolean {
    const place = this.#placeOf(name);
    if (this.#places[place] !== 0) return false;
    const begin = this.#begins[this.#size]!;
    if (begin + name.length > this.#octets.length) {
      const wider = Buffer.alloc(Math.max(begin + name.length, 2 * this.#octets.length));
      wider.set(this.#octets);
      this.#octets = wider;
    }
    const octets = this.#octets;
    for (let i = 0; i < name.length; i += 1) octets[begin + i] = name.charCodeAt(i);
    this.#size += 1;
    this.#begins[this.#size] = begin + name.length;
    this.#places[place] = this.#size;
    if (this.#size * 2 === this.#places.length) this.#grow();
    return true;
  }

  /** Of the name, or where it would be put: by the top bits of the hash, which are the good ones. */
  #placeOf(name: string): number {
    const keys = this.#keys;
    let hash = 0;
    for (let i = 0; i < name.length; i += 1)
      hash = (hash + Math.imul(keys[i & (KEYS - 1)]!, name.charCodeAt(i) + 1)) | 0;
    const places = this.#places;
    const mask = places.length - 1;
    let place = hash >>> Math.clz32(mask);
    while (places[place] !== 0 && !this.#is(places[place]! - 1, name)) place = (place + 1) & mask;
    return place;
  }

  #is(number: number, name: string): boolean {
    const begin = this.#begins[number]!;
    if (this.#begins[number + 1]! - begin !== name.length) return false;
    const octets = this.#octets;
    for (let i = 0; i < name.length; i += 1) if (octets[begin + i] !== name.charCodeAt(i)) return false;
    return true;
  }

  #grow(): void {
    const begins = new Uint32Array(this.#places.length + 1);
    begins.set(this.#begins);
    this.#begins = begins;
    const places = new Int32Array(2 * this.#places.length);
    this.#places = places;
    const mask = places.length - 1;
    const keys = this.#keys;
    for (let number = 0; number < this.#size; number += 1) {
      let hash = 0;
      const begin = begins[number]!;
      for (let i = begin; i < begins[number + 1]!; i += 1)
        hash = (hash + Math.imul(keys[(i - begin) & (KEYS - 1)]!, this.#octets[i]! + 1)) | 0;
      let place = hash >>> Math.clz32(mask);
      while (places[place] !== 0) place = (place + 1) & mask;
      places[place] = number + 1;
    }
  }
}
