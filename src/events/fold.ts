// Equal records inside one window become one record with their exact count.
//
// HOT. A queue of places, oldest first; their records lie one after another in a circle of words, and hash chains lead to them:
//
//   places  [····][oldest][······][newest][····]   a circle; `#first` and `#size` say which are in use
//   words   [··|record|record··|record|········]   a circle; a record that does not fit before the end begins at 0
//   heads   hash → place + 1 of the chain's first, 0 none; next: place → place + 1 of the chain's following
//
// Invariants: a place is in exactly one chain while in use; Σ count over what was added = Σ count over what was emitted + what
// is held; octets from a record's end to its last word's are 0, so that words can be compared. Time is the first record's.
// Trade: a chain is followed CHAIN_MAX places far, so that nobody makes a look-up long by choosing names: behind that,
// records are held but not folded.
// Twin: a Map in test/events/fold.test.ts.
import { type Draft, getNumber, getU32, putU32, RECORD } from './record.ts';

/** Takes the record of a place, which begins at that word of `words`; false when it cannot now, and the record stays held. */
export type Emit = (place: number, word: number, length: number) => boolean;

const COUNT_MAX = 0xffffffff;
const CHAIN_MAX = 16;
const IDENTITY_WORD = RECORD.identity >>> 2;
/** Every identity begins with the client's address (record.ts). */
const CLIENT_WORDS = 4;

export class Fold {
  readonly capacity: number;
  /** Where records lie, see `offsetOf`. */
  readonly bytes: Uint8Array;
  /** The same. */
  readonly words: Int32Array;
  readonly #starts: Int32Array;
  readonly #lengths: Int32Array;
  readonly #hashes: Int32Array;
  readonly #heads: Int32Array;
  readonly #next: Int32Array;
  readonly #seed: number;
  #first = 0;
  #size = 0;
  /** Records ever held: each has a number, and the oldest that is held now has #held − #size. */
  #held = 0;
  /** Word at which the next record begins. */
  #end = 0;

  /**
   * @param capacity records held at most
   * @param octets that all of them take at most; twice the longest record at least
   * @param seed 32 random bits
   */
  constructor(capacity: number, octets: number, seed: number) {
    let buckets = 16;
    while (buckets < capacity * 2) buckets *= 2;
    this.capacity = capacity;
    this.#seed = seed;
    this.words = new Int32Array(octets >>> 2);
    this.bytes = new Uint8Array(this.words.buffer);
    this.#starts = new Int32Array(capacity);
    this.#lengths = new Int32Array(capacity);
    this.#hashes = new Int32Array(capacity);
    this.#next = new Int32Array(capacity);
    this.#heads = new Int32Array(buckets);
  }

  get size(): number {
    return this.#size;
  }

  /** The place that is emitted next; meaningless while nothing is held. */
  get oldest(): number {
    return this.#first;
  }

  countOf(place: number): number {
    return getU32(this.bytes, this.offsetOf(place));
  }

  offsetOf(place: number): number {
    return this.#starts[place]! << 2;
  }

  lengthOf(place: number): number {
    return this.#lengths[place]!;
  }

  /** Adds the record's count to the equal one held; its place, −1 when none is held. */
  again(draft: Draft, length: number): number {
    const hash = this.#hashOf(draft.words, length);
    const place = this.#find(draft.words, length, hash);
    if (place < 0) return -1;
    const at = this.#starts[place]! << 2;
    const sum = getU32(this.bytes, at) + getU32(draft.octets, RECORD.count);
    if (sum > COUNT_MAX) return -1;
    putU32(this.bytes, at, sum);
    return place;
  }

  /** The number of the record that is held at a place: no other record ever gets it. */
  numberOf(place: number): number {
    const behind = place - this.#first;
    return this.#held - this.#size + (behind < 0 ? behind + this.capacity : behind);
  }

  /** Adds one to the record of that number at that place; false unless it is held still and is of that client. */
  oneMore(place: number, number: number, client: Int32Array): boolean {
    if (place < 0 || number < this.#held - this.#size) return false;
    const words = this.words;
    const start = this.#starts[place]!;
    const at = start + IDENTITY_WORD;
    for (let i = 0; i < CLIENT_WORDS; i += 1) if (words[at + i] !== client[i]) return false;
    const count = getU32(this.bytes, start << 2);
    if (count === COUNT_MAX) return false;
    putU32(this.bytes, start << 2, count + 1);
    return true;
  }

  /** Whether a record of that length can be held before the oldest is emitted. */
  hasRoom(length: number): boolean {
    return this.#roomFor((length + 3) >>> 2) >= 0;
  }

  /** Holds a record; its place. Ask `hasRoom` first. */
  hold(draft: Draft, length: number): number {
    const size = (length + 3) >>> 2;
    const start = this.#roomFor(size);
    let place = this.#first + this.#size;
    if (place >= this.capacity) place -= this.capacity;
    const words = this.words;
    for (let i = 0; i < size; i += 1) words[start + i] = draft.words[i]!;
    this.#end = start + size;
    const hash = this.#hashOf(draft.words, length);
    this.#starts[place] = start;
    this.#lengths[place] = length;
    this.#hashes[place] = hash;
    const bucket = hash & (this.#heads.length - 1);
    this.#next[place] = this.#heads[bucket]!;
    this.#heads[bucket] = place + 1;
    this.#size += 1;
    this.#held += 1;
    return place;
  }

  /** Emits the oldest; false when nothing is held or `emit` says no. */
  emitOldest(emit: Emit): boolean {
    if (this.#size === 0) return false;
    const place = this.#first;
    if (!emit(place, this.#starts[place]!, this.#lengths[place]!)) return false;
    const bucket = this.#hashes[place]! & (this.#heads.length - 1);
    let link = this.#heads[bucket]!;
    if (link === place + 1) this.#heads[bucket] = this.#next[place]!;
    else {
      while (this.#next[link - 1] !== place + 1) link = this.#next[link - 1]!;
      this.#next[link - 1] = this.#next[place]!;
    }
    this.#first = place + 1 === this.capacity ? 0 : place + 1;
    this.#size -= 1;
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
      const age = nowMs - getNumber(this.bytes, (this.#starts[this.#first]! << 2) + RECORD.time);
      if (age >= 0 && age < windowMs) break;
      if (!this.emitOldest(emit)) break;
      emitted += 1;
    }
    return emitted;
  }

  /** Where `size` words are free in one piece, −1. */
  #roomFor(size: number): number {
    if (this.#size === this.capacity) return -1;
    if (this.#size === 0) return 0;
    const end = this.#end;
    const oldest = this.#starts[this.#first]!;
    // Records wrap: never up to the last free word, so that `end === oldest` cannot be.
    if (end < oldest) return end + size < oldest ? end : -1;
    if (end + size <= this.words.length) return end;
    return size < oldest ? 0 : -1;
  }

  #find(record: Int32Array, length: number, hash: number): number {
    let link = this.#heads[hash & (this.#heads.length - 1)]!;
    for (let steps = 0; link !== 0 && steps < CHAIN_MAX; steps += 1) {
      const place = link - 1;
      if (
        this.#hashes[place] === hash &&
        this.#lengths[place] === length &&
        this.#equal(this.#starts[place]!, record, length)
      )
        return place;
      link = this.#next[place]!;
    }
    return -1;
  }

  #equal(start: number, record: Int32Array, length: number): boolean {
    const words = this.words;
    const size = (length + 3) >>> 2;
    for (let i = IDENTITY_WORD; i < size; i += 1) if (words[start + i] !== record[i]) return false;
    return true;
  }

  #hashOf(words: Int32Array, length: number): number {
    const size = (length + 3) >>> 2;
    let hash = this.#seed ^ length;
    for (let i = IDENTITY_WORD; i < size; i += 1) {
      const mixed = Math.imul(hash ^ words[i]!, 0x9e3779b1);
      hash = (mixed << 15) | (mixed >>> 17);
    }
    hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca77);
    return hash ^ (hash >>> 13);
  }
}
