// Numbers for octet strings (addresses, names): the same octets always get the same number, from 0 up, until all are dropped.
//
//   bytes   ├ string 0 ┼ string 1 ┼ ···    begins[n] .. begins[n + 1]: string n
//   places  hash → number + 1, 0 none; open addressing, at most half full
//
// HOT: a record of the query ring costs one look-up here and nothing that must be collected. Twin: a Map in its test.

const SLOTS_FIRST = 1024;
const OCTETS_EACH = 32;

export class OctetTable {
  #places = new Int32Array(SLOTS_FIRST * 2);
  #hashes = new Int32Array(SLOTS_FIRST);
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
    const mask = this.#places.length - 1;
    let place = hash & mask;
    for (;;) {
      const known = this.#places[place]! - 1;
      if (known < 0) break;
      if (this.#hashes[known] === hash && this.#isEqual(known, source, offset, length)) return known;
      place = (place + 1) & mask;
    }
    return this.#insert(place, hash, source.subarray(offset, offset + length));
  }

  /** The octets of a number, as a view that holds until the next insertion. */
  octetsOf(number: number): Uint8Array {
    return this.#bytes.subarray(this.#begins[number]!, this.#begins[number + 1]!);
  }

  clear(): void {
    this.#places.fill(0);
    this.#size = 0;
  }

  #isEqual(number: number, source: Uint8Array, offset: number, length: number): boolean {
    const begin = this.#begins[number]!;
    if (this.#begins[number + 1]! - begin !== length) return false;
    const bytes = this.#bytes;
    for (let i = 0; i < length; i += 1) if (bytes[begin + i] !== source[offset + i]) return false;
    return true;
  }

  #insert(place: number, hash: number, octets: Uint8Array): number {
    const number = this.#size;
    const begin = number === 0 ? 0 : this.#begins[number]!;
    const end = begin + octets.length;
    if (end > this.#bytes.length) this.#bytes = grown(this.#bytes, Math.max(end, this.#bytes.length * 2));
    this.#bytes.set(octets, begin);
    this.#begins[number + 1] = end;
    this.#hashes[number] = hash;
    this.#places[place] = number + 1;
    this.#size = number + 1;
    if (this.#size === this.#hashes.length) this.#grow();
    return number;
  }

  #grow(): void {
    const slots = this.#hashes.length * 2;
    this.#hashes = grown(this.#hashes, slots);
    this.#begins = grown(this.#begins, slots + 1);
    this.#places = new Int32Array(slots * 2);
    const mask = this.#places.length - 1;
    for (let number = 0; number < this.#size; number += 1) {
      let place = this.#hashes[number]! & mask;
      while (this.#places[place] !== 0) place = (place + 1) & mask;
      this.#places[place] = number + 1;
    }
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

/** FNV-1a, its high bits folded into the low ones that choose the place. */
function hashOf(source: Uint8Array, offset: number, length: number): number {
  let hash = 0x811c9dc5 | 0;
  for (let i = offset; i < offset + length; i += 1) hash = Math.imul(hash ^ source[i]!, 0x01000193);
  return hash ^ (hash >>> 15);
}
