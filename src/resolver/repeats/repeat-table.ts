// Answered questions, octet by octet, with their replies and what was recorded of them: a bounded table that forgets.
//
// HOT. A place is WORDS words that lie together: FIELD, the message without its ID, the reply; its hash lies in `hashes`, where
// a look finds most of them in the processor's cache. A set of two places belongs to a hash. A question takes a place of its set when it comes a second time (`candidates` holds the hash
// of the first), so that a stream of names that never come again costs a hash and no copy; in the first quarter of the table a free place at once, so that it touches no more than that.
// Which of two that share a set is the candidate is left to chance: of questions that come in turn each would take the other's turn for ever.
// Invariants: fixed memory, of which the system gives only what was touched; a place is found by comparing every octet of
// the message, never by hash alone; nothing is allocated.
import type { Query } from '../../wire/message/query.ts';

/** Longer questions and replies are not remembered. */
export const MESSAGE_OCTETS_MAX = 128;
export const REPLY_OCTETS_MAX = 256;
/** A busy network asks some ten thousand different questions again and again. */
const PLACES = 32_768;
const WAYS = 2;
/** Places that are free to what was never asked before. */
const AT_ONCE: number = PLACES / 4;
const ID_OCTETS = 2;
const TWO_32 = 4_294_967_296;

export const FIELD = {
  /** All that the answers of the table depend on, as a number; 0: the place was never used. */
  epoch: 0,
  /** What a reply depends on beyond the message, and the message's length in the low octet. */
  scope: 1,
  replyLength: 2,
  /** ENDING. */
  ending: 3,
  qnameEnd: 4,
  optOffset: 5,
  qtype: 6,
  udpSize: 7,
  /** Why that reply. Of a blocked question: verdict code, rule, name offset, pattern; of one from the cache: entry, response, seconds; of one not blocked, last: 1 where an exception let it pass. */
  first: 8,
  second: 9,
  third: 10,
  fourth: 11,
  /** Where its record is held, and its number in two words. */
  heldPlace: 12,
  heldLow: 13,
  heldHigh: 14,
} as const;

const MESSAGE = 16;
const REPLY: number = MESSAGE + MESSAGE_OCTETS_MAX / 4;
const WORDS: number = REPLY + REPLY_OCTETS_MAX / 4;

export class RepeatTable {
  readonly #words = new Int32Array(PLACES * WORDS);
  readonly #hashes = new Int32Array(PLACES);
  readonly #candidates = new Int32Array(PLACES / WAYS);
  readonly #seed: number;
  #random: number;
  /** The question looked for last. */
  readonly #message = new Int32Array(MESSAGE_OCTETS_MAX / 4);
  #size = 0;
  #hash = 0;
  #scope = 0;

  /** @param seed 32 random bits, so that nobody outside knows which questions share a set */
  constructor(seed: number) {
    this.#seed = seed;
    this.#random = seed;
  }

  get(place: number, field: number): number {
    return this.#words[place * WORDS + field]!;
  }

  set(place: number, field: number, value: number): void {
    this.#words[place * WORDS + field] = value;
  }

  setCause(place: number, first: number, second: number, third: number, fourth: number): void {
    const at = place * WORDS;
    this.#words[at + FIELD.first] = first;
    this.#words[at + FIELD.second] = second;
    this.#words[at + FIELD.third] = third;
    this.#words[at + FIELD.fourth] = fourth;
  }

  heldNumber(place: number): number {
    const at = place * WORDS;
    return (this.#words[at + FIELD.heldLow]! >>> 0) + this.#words[at + FIELD.heldHigh]! * TWO_32;
  }

  setHeld(place: number, heldPlace: number, heldNumber: number): void {
    const at = place * WORDS;
    this.#words[at + FIELD.heldPlace] = heldPlace;
    this.#words[at + FIELD.heldLow] = heldNumber;
    this.#words[at + FIELD.heldHigh] = Math.floor(heldNumber / TWO_32);
  }

  /**
   * The place of a message that is equal but for its ID, −1. Remembers the message for `take`.
   * @param length 12 to MESSAGE_OCTETS_MAX
   * @param scope what else a reply depends on, 24 bits
   */
  find(message: Uint8Array, length: number, scope: number, epoch: number): number {
    const own = this.#message;
    const key = (scope << 8) | length;
    let hash = this.#seed ^ key;
    let size = 0;
    for (let at = ID_OCTETS; at < length; at += 4) {
      let word = message[at]!;
      if (at + 4 <= length)
        word |= (message[at + 1]! << 8) | (message[at + 2]! << 16) | (message[at + 3]! << 24);
      else for (let i = 1; at + i < length; i += 1) word |= message[at + i]! << (8 * i);
      own[size] = word;
      size += 1;
      const mixed = Math.imul(hash ^ word, 0x9e3779b1);
      hash = (mixed << 15) | (mixed >>> 17);
    }
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    hash ^= hash >>> 13;
    this.#size = size;
    this.#hash = hash;
    this.#scope = key;
    const words = this.#words;
    const first = this.#firstOf(hash);
    for (let place = first; place < first + WAYS; place += 1) {
      if (this.#hashes[place] !== hash) continue;
      const at = place * WORDS;
      if (
        words[at + FIELD.epoch] === epoch &&
        words[at + FIELD.scope] === key &&
        this.#isEqual(at + MESSAGE, size)
      )
        return place;
    }
    return -1;
  }

  #firstOf(hash: number): number {
    return (hash & (PLACES / WAYS - 1)) * WAYS;
  }

  #isEqual(start: number, size: number): boolean {
    const words = this.#words;
    const own = this.#message;
    for (let i = 0; i < size; i += 1) if (words[start + i] !== own[i]) return false;
    return true;
  }

  /**
   * A place for the message looked for last, with its reply; −1 when it gets none (yet). The fields from `ending` on are the
   * caller's to set.
   */
  keep(query: Query, epoch: number): number {
    if (query.replyLength > REPLY_OCTETS_MAX) return -1;
    const place = this.#choose(epoch);
    if (place < 0) return -1;
    const words = this.#words;
    const at = place * WORDS;
    this.#hashes[place] = this.#hash;
    words[at + FIELD.epoch] = epoch;
    words[at + FIELD.scope] = this.#scope;
    for (let i = 0; i < this.#size; i += 1) words[at + MESSAGE + i] = this.#message[i]!;
    this.keepReply(place, query);
    return place;
  }

  /** The place that holds this message already, or that is free; else, and where few are to be touched, one when it comes for the second time. */
  #choose(epoch: number): number {
    const hash = this.#hash;
    const first = this.#firstOf(hash);
    const set = first / WAYS;
    const isSecond = this.#candidates[set] === hash;
    for (let place = first; place < first + WAYS; place += 1) {
      if (this.#hashes[place] === hash) return place;
      if ((isSecond || first < AT_ONCE) && this.get(place, FIELD.epoch) !== epoch) return place;
    }
    if (isSecond) return first + (hash >>> 31);
    if (this.#candidates[set] === 0 || this.#isHeads()) this.#candidates[set] = hash;
    return -1;
  }

  /** Top bit of a linear congruential generator. */
  #isHeads(): boolean {
    this.#random = (Math.imul(this.#random, 1_664_525) + 1_013_904_223) | 0;
    return this.#random < 0;
  }

  /** Keeps the query's reply for a place that is taken. */
  keepReply(place: number, query: Query): void {
    const { reply, replyLength } = query;
    const words = this.#words;
    const start = place * WORDS + REPLY;
    const size = (replyLength + 3) >>> 2;
    for (let i = 0; i < size; i += 1) {
      const at = i << 2;
      words[start + i] = reply[at]! | (reply[at + 1]! << 8) | (reply[at + 2]! << 16) | (reply[at + 3]! << 24);
    }
    words[place * WORDS + FIELD.replyLength] = replyLength;
  }

  /** Writes the reply kept, with the query's ID; octets behind it, up to three, are of no meaning. */
  writeReply(place: number, query: Query): void {
    const { reply, message } = query;
    const words = this.#words;
    const length = words[place * WORDS + FIELD.replyLength]!;
    const start = place * WORDS + REPLY;
    const size = (length + 3) >>> 2;
    for (let i = 0; i < size; i += 1) {
      const word = words[start + i]!;
      const at = i << 2;
      reply[at] = word;
      reply[at + 1] = word >>> 8;
      reply[at + 2] = word >>> 16;
      reply[at + 3] = word >>> 24;
    }
    reply[0] = message[0]!;
    reply[1] = message[1]!;
    query.replyLength = length;
  }
}
