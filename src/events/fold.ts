// Equal records inside one window become one record with their exact count.
//
// HOT. A queue of fixed places in one buffer, oldest first, and hash chains over the places:
//
//   places  [····][oldest][······][newest][····]   a circle; `#first` and `#size` say which are in use
//   heads   hash → place + 1 of the chain's first, 0 none; next: place → place + 1 of the chain's following
//
// Invariants: a place is in exactly one chain while in use; records with equal identity (record.ts) share a place;
// Σ count over what was added = Σ count over what was emitted + what is held. Time of a place is that of its first record.
// Trade: a place is as long as the longest record, so that adding never allocates.
// Twin: a Map in test/events/fold.test.ts.
import { getNumber, getU32, putU32, RECORD } from './record.ts';

/** Takes one record; false when it cannot now, and the record stays held. It may write into the record's sequence. */
export type Emit = (bytes: Uint8Array, offset: number, length: number) => boolean;

const COUNT_MAX = 0xffffffff;

export class Fold {
  readonly #stride: number;
  readonly #bytes: Uint8Array;
  readonly #lengths: Uint16Array;
  readonly #hashes: Int32Array;
  readonly #heads: Int32Array;
  readonly #next: Int32Array;
  readonly #capacity: number;
  #first = 0;
  #size = 0;

  /** @param capacity records held at most; @param recordMax octets of the longest */
  constructor(capacity: number, recordMax: number) {
    let buckets = 16;
    while (buckets < capacity * 2) buckets *= 2;
    this.#capacity = capacity;
    this.#stride = recordMax;
    this.#bytes = new Uint8Array(capacity * recordMax);
    this.#lengths = new Uint16Array(capacity);
    this.#hashes = new Int32Array(capacity);
    this.#next = new Int32Array(capacity);
    this.#heads = new Int32Array(buckets);
  }

  get size(): number {
    return this.#size;
  }

  /**
   * Adds a record's count to the equal one held, or holds it; when full, the oldest is emitted first.
   * @returns false when it is new, there is no place and `emit` took none: the caller counts it lost
   */
  add(record: Uint8Array, length: number, emit: Emit): boolean {
    const hash = hashOf(record, length);
    const count = getU32(record, RECORD.count);
    const held = this.#find(record, length, hash);
    if (held >= 0) {
      const at = held * this.#stride;
      const sum = getU32(this.#bytes, at) + count;
      if (sum <= COUNT_MAX) {
        putU32(this.#bytes, at, sum);
        return true;
      }
    }
    if (this.#size === this.#capacity && !this.#emitOldest(emit)) return false;
    this.#insert(record, length, hash);
    return true;
  }

  /**
   * Emits, oldest first, what has been held for `windowMs` (0: everything), until `emit` says no. What seems to be from
   * the future is due too: a clock that was set back holds nothing up.
   * @returns records emitted
   */
  flush(nowMs: number, windowMs: number, emit: Emit): number {
    let emitted = 0;
    while (this.#size > 0) {
      const age = nowMs - getNumber(this.#bytes, this.#first * this.#stride + RECORD.time);
      if (age >= 0 && age < windowMs) break;
      if (!this.#emitOldest(emit)) break;
      emitted += 1;
    }
    return emitted;
  }

  #find(record: Uint8Array, length: number, hash: number): number {
    let link = this.#heads[hash & (this.#heads.length - 1)]!;
    while (link !== 0) {
      const place = link - 1;
      if (
        this.#hashes[place] === hash &&
        this.#lengths[place] === length &&
        this.#equal(place, record, length)
      )
        return place;
      link = this.#next[place]!;
    }
    return -1;
  }

  #equal(place: number, record: Uint8Array, length: number): boolean {
    const bytes = this.#bytes;
    const at = place * this.#stride;
    for (let i = RECORD.identity; i < length; i += 1) if (bytes[at + i] !== record[i]) return false;
    return true;
  }

  #insert(record: Uint8Array, length: number, hash: number): void {
    let place = this.#first + this.#size;
    if (place >= this.#capacity) place -= this.#capacity;
    const bytes = this.#bytes;
    const at = place * this.#stride;
    for (let i = 0; i < length; i += 1) bytes[at + i] = record[i]!;
    this.#lengths[place] = length;
    this.#hashes[place] = hash;
    const bucket = hash & (this.#heads.length - 1);
    this.#next[place] = this.#heads[bucket]!;
    this.#heads[bucket] = place + 1;
    this.#size += 1;
  }

  #emitOldest(emit: Emit): boolean {
    const place = this.#first;
    if (!emit(this.#bytes, place * this.#stride, this.#lengths[place]!)) return false;
    const bucket = this.#hashes[place]! & (this.#heads.length - 1);
    let link = this.#heads[bucket]!;
    if (link === place + 1) this.#heads[bucket] = this.#next[place]!;
    else {
      while (this.#next[link - 1] !== place + 1) link = this.#next[link - 1]!;
      this.#next[link - 1] = this.#next[place]!;
    }
    this.#first = place + 1 === this.#capacity ? 0 : place + 1;
    this.#size -= 1;
    return true;
  }
}

/** FNV-1a over the identity. */
function hashOf(record: Uint8Array, length: number): number {
  let hash = 0x811c9dc5 | 0;
  for (let i = RECORD.identity; i < length; i += 1) hash = Math.imul(hash ^ record[i]!, 0x01000193);
  return hash ^ (hash >>> 15);
}
