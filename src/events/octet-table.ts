// Numbers for octet strings (addresses, names): the same octets always get the same number, from 0 up, until all are dropped.
//
//   bytes   ├ string 0 ┼ string 1 ┼ ···    begins[n] .. begins[n + 1]: string n
//   places  hash, number + 1 (0: none): open addressing, at most half full; side by side, so that a look-up misses the cache once
//
// HOT: a record of the query ring costs one look-up here and nothing that must be collected. The keys of the hash are random: strangers
// choose the names, and may not choose where they go. Twin: a Map in its test.
import { randomFillSync } from 'node:crypto';
import { copyOctets } from '../wire/octets.ts';

/** As many as an octet string that is hashed is long at most: a name in its wire form has 255 octets (RFC 1035 §2.3.4). */
const KEYS = randomFillSync(new Int32Array(256));
const SLOTS_FIRST = 1024;
const OCTETS_EACH = 32;

export class OctetTable {
  #places = new Int32Array(SLOTS_FIRST * 4);
  #begins = new Uint32Array(SLOTS_FIRST + 1);
  #bytes = new Uint8Array(SLOTS_FIRST * OCTETS_EACH);
  #size = 0;

  /** Numbers given. */
  get size(): number {
    return this.#size;
  }

  /** The number of `source[offset .. offset + length)`; `size` grows by one when it is new. */
  numberOf(source: Uint8Array, offset: number, length: number): number {
    const hash = hashOf(source, offset, length);
    const place = this.#seek(hash, source, offset, length);
    const known = this.#places[place + 1]! - 1;
    return known < 0 ? this.#insert(place, hash, source, offset, length) : known;
  }

  /** The number of `source[offset .. offset + length)`, -1 when none was given. */
  find(source: Uint8Array, offset: number, length: number): number {
    return this.#places[this.#seek(hashOf(source, offset, length), source, offset, length) + 1]! - 1;
  }

  /** The octets of a number, as a view that holds until the next insertion. */
  octetsOf(number: number): Uint8Array {
    return this.#bytes.subarray(this.#begins[number]!, this.#begins[number + 1]!);
  }

  clear(): void {
    this.#places.fill(0);
    this.#size = 0;
  }

  /** Whether these are a number's octets. */
  isAt(number: number, source: Uint8Array, offset: number, length: number): boolean {
    const begin = this.#begins[number]!;
    if (this.#begins[number + 1]! - begin !== length) return false;
    const bytes = this.#bytes;
    for (let i = 0; i < length; i += 1) if (bytes[begin + i] !== source[offset + i]) return false;
    return true;
  }

  /** Where these octets stand, or would stand. */
  #seek(hash: number, source: Uint8Array, offset: number, length: number): number {
    const places = this.#places;
    const mask = places.length - 2;
    let place = placeOf(hash, mask);
    for (;;) {
      const known = places[place + 1]! - 1;
      if (known < 0) return place;
      if (places[place] === hash && this.isAt(known, source, offset, length)) return place;
      place = (place + 2) & mask;
    }
  }

  #insert(place: number, hash: number, source: Uint8Array, offset: number, length: number): number {
    const number = this.#size;
    const begin = number === 0 ? 0 : this.#begins[number]!;
    const end = begin + length;
    if (end > this.#bytes.length) this.#bytes = grown(this.#bytes, Math.max(end, this.#bytes.length * 2));
    copyOctets(source, offset, this.#bytes, begin, length);
    this.#begins[number + 1] = end;
    this.#places[place] = hash;
    this.#places[place + 1] = number + 1;
    this.#size = number + 1;
    if (this.#size === this.#begins.length - 1) this.#grow();
    return number;
  }

  #grow(): void {
    const slots = this.#size * 2;
    this.#begins = grown(this.#begins, slots + 1);
    const before = this.#places;
    const places = new Int32Array(slots * 4);
    const mask = places.length - 2;
    for (let at = 0; at < before.length; at += 2) {
      if (before[at + 1] === 0) continue;
      let place = placeOf(before[at]!, mask);
      while (places[place + 1] !== 0) place = (place + 2) & mask;
      places[place] = before[at]!;
      places[place + 1] = before[at + 1]!;
    }
    this.#places = places;
  }
}

/** A longer array that begins with the same elements. */
export function grown<A extends Uint8Array | Int32Array | Uint32Array | Float64Array>(
  small: A,
  length: number,
): A {
  const big = new (small.constructor as new (length: number) => A)(length);
  big.set(small as never);
  return big;
}

/** The sum of the octets, each times a key of its place: of names that differ few share a place, whoever chose them. */
function hashOf(source: Uint8Array, offset: number, length: number): number {
  let hash = 0;
  for (let i = 0; i < length; i += 1) hash = (hash + Math.imul(KEYS[i & 0xff]!, source[offset + i]! + 1)) | 0;
  return hash;
}

/** By the top bits of the hash, which are the good ones. `mask`: the table's length less 2. */
const placeOf = (hash: number, mask: number): number => (hash >>> Math.clz32(mask >> 1)) << 1;
