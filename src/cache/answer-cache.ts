// Responses kept as wire octets under their question, each with the clock it was stored by.
//
// HOT. Drawing: QuestionIndex leads from a question to an entry number, the octets (QNAME in lower case, then the message)
// lie in Segments. Invariants: at most `limits.entries` entries and `limits.bytesMax` octets; looking up allocates nothing;
// entry numbers and offsets are good until the next `store` or `clear`.
// Trade: eviction is second chance, not exact LRU: a look-up sets a bit instead of relinking a list.
// Twin: test/cache/answer-cache.test.ts compares it with a Map that is never full.
import type { CacheConfig } from '../config/config.ts';
import { copyOctets } from '../wire/octets.ts';
import { FRESHNESS, type Freshness, freshnessOf } from './freshness.ts';
import { type HashKey, randomHashKey } from './hash.ts';
import { ENTRY_SHIFT, FIELD, QuestionIndex } from './question-index.ts';
import { type Keeper, PRESSURE, type Pressure, RECORD_HEADER_OCTETS, Segments } from './segments.ts';
import { SoundMarks } from './sound-marks.ts';

export type CacheLimits = CacheConfig & {
  /** Octets of names and messages together. */
  readonly bytesMax: number;
};

/** Bits of FIELD.marks. `asked`: since eviction last passed by; `used`, `popular`: once, twice since it was stored. */
const MARK = { asked: 1, used: 2, popular: 4, failure: 8 } as const;
/** Entries passed over in search of one to give up: bounds the work of one `store`. */
const EVICTION_STEPS_MAX = 128;
const LONG_AGO = -0x8000_0000;

export class AnswerCache implements Keeper {
  readonly #entriesMax: number;
  readonly #staleSeconds: number;
  readonly #prefetch: boolean;
  readonly #index: QuestionIndex;
  readonly #table: Int32Array;
  readonly #segments: Segments;
  /** Of which entries it is known that nothing stands against what they lead to. */
  readonly sound: SoundMarks;
  #hand = 0;
  #now = 0;
  #entries = 0;
  #evictions = 0;
  #responses = 0;

  constructor(limits: CacheLimits, key: HashKey = randomHashKey()) {
    this.#entriesMax = limits.entries;
    this.#staleSeconds = limits.serveStaleSeconds;
    this.#prefetch = limits.prefetch;
    this.#segments = new Segments(limits.bytesMax, this);
    this.#index = new QuestionIndex(limits.entries, this.#segments, key);
    this.#table = this.#index.table;
    this.sound = new SoundMarks(this.#table);
  }

  get entries(): number {
    return this.#entries;
  }
  /** Octets in use by what is kept. */
  get bytes(): number {
    return this.#segments.alive;
  }
  /** Octets taken from the system; at most `bytesMax`. */
  get bytesReserved(): number {
    return this.#segments.reserved;
  }
  /** Entries given up, while they were of use, to make room. */
  get evictions(): number {
    return this.#evictions;
  }

  /**
   * Looks a question up and notes that it was asked.
   * @param qname lower case, wire form, at 0
   * @param flagsKey 0..255: what of the query's flags changes the response (DO, CD)
   * @param view 0..2^23: clients of one view share responses
   * @param nowSeconds whole seconds of a monotonic clock
   * @returns the entry, −1 when there is none that may be served
   */
  find(
    qname: Uint8Array,
    length: number,
    qtype: number,
    qclass: number,
    flagsKey: number,
    view: number,
    nowSeconds: number,
  ): number {
    const entry = this.#lookUp(qname, length, (qtype << 16) | qclass, (view << 8) | flagsKey);
    if (entry < 0 || this.freshness(entry, nowSeconds) === FRESHNESS.expired) {
      if (entry >= 0) this.#drop(entry);
      return -1;
    }
    this.#note(entry);
    return entry;
  }

  /** Number of the response that an entry holds. */
  response(entry: number): number {
    return this.#table[(entry << ENTRY_SHIFT) + FIELD.response]!;
  }

  /**
   * Notes that a response found at `thenSeconds`, or after, is asked for again; false, and nothing is noted that `find`
   * would not note, when the entry holds another one by now or it is not `fresh` any more.
   */
  findAgain(entry: number, response: number, thenSeconds: number, nowSeconds: number): boolean {
    // Numbers come round after 2^32 responses: one stored since then is not the one that was found.
    if (response === 0 || this.response(entry) !== response || this.storedAt(entry) > thenSeconds)
      return false;
    this.#note(entry);
    if (this.freshness(entry, nowSeconds) !== FRESHNESS.fresh) return false;
    return true;
  }

  #note(entry: number): void {
    const at = (entry << ENTRY_SHIFT) + FIELD.marks;
    const marks = this.#table[at]!;
    this.#table[at] = marks | MARK.asked | ((marks & MARK.used) !== 0 ? MARK.popular : MARK.used);
  }

  /** The octets in which the entry's message lies, from `offset` for `length`. */
  bytesOf(entry: number): Uint8Array {
    return this.#segments.segment(this.#table[(entry << ENTRY_SHIFT) + FIELD.segment]!);
  }
  offset(entry: number): number {
    const at = entry << ENTRY_SHIFT;
    return this.#table[at + FIELD.offset]! + RECORD_HEADER_OCTETS + this.#table[at + FIELD.nameLength]!;
  }
  length(entry: number): number {
    return this.#table[(entry << ENTRY_SHIFT) + FIELD.length]!;
  }
  storedAt(entry: number): number {
    return this.#table[(entry << ENTRY_SHIFT) + FIELD.storedAt]!;
  }
  /** The life it was given, in seconds from `storedAt`. */
  ttl(entry: number): number {
    return this.#table[(entry << ENTRY_SHIFT) + FIELD.ttl]!;
  }

  /** What the entry is good for now. */
  freshness(entry: number, nowSeconds: number): Freshness {
    const at = entry << ENTRY_SHIFT;
    const table = this.#table;
    return freshnessOf(
      nowSeconds - table[at + FIELD.storedAt]!,
      table[at + FIELD.ttl]!,
      table[at + FIELD.staleFor]!,
      this.#prefetch && (table[at + FIELD.marks]! & MARK.popular) !== 0,
      nowSeconds < table[at + FIELD.heldUntil]!,
    );
  }

  /** Until then it is `fresh` or `held`, not `prefetch` or `stale`: somebody is asking already, or upstream just failed. */
  hold(entry: number, untilSeconds: number): void {
    this.#table[(entry << ENTRY_SHIFT) + FIELD.heldUntil] = untilSeconds;
  }

  /**
   * Keeps a response in place of the question's present one, making room by giving others up. A failure (an RCODE other
   * than NOERROR and NXDOMAIN) does not replace a response that may still be served: that one is held instead.
   * @param message already verified and scrubbed, without OPT
   * @returns the entry, −1 when it was not kept
   */
  store(
    qname: Uint8Array,
    length: number,
    qtype: number,
    qclass: number,
    flagsKey: number,
    view: number,
    message: Uint8Array,
    messageLength: number,
    ttlSeconds: number,
    nowSeconds: number,
  ): number {
    if (this.#entriesMax === 0 || ttlSeconds <= 0 || messageLength < 12) return -1;
    if (RECORD_HEADER_OCTETS + length + messageLength > this.#segments.segmentOctets) return -1;
    this.#now = nowSeconds;
    const kind = (qtype << 16) | qclass;
    const scope = (view << 8) | flagsKey;
    const rcode = message[3]! & 0x0f;
    const failure = rcode !== 0 && rcode !== 3;
    let entry = this.#lookUp(qname, length, kind, scope);
    if (entry >= 0 && failure && this.#outlivesFailure(entry, nowSeconds)) {
      this.hold(entry, nowSeconds + ttlSeconds);
      return -1;
    }
    if (entry < 0) entry = this.#insert(this.#index.hash(qname, length, kind, scope), length, kind, scope);
    this.#write(entry, qname, length, message, messageLength);
    const at = entry << ENTRY_SHIFT;
    const table = this.#table;
    table[at + FIELD.storedAt] = nowSeconds;
    table[at + FIELD.ttl] = ttlSeconds;
    table[at + FIELD.staleFor] = failure ? 0 : this.#staleSeconds;
    table[at + FIELD.heldUntil] = LONG_AGO;
    this.#responses = (this.#responses + 1) | 0;
    table[at + FIELD.response] = this.#responses;
    this.sound.clear(entry);
    table[at + FIELD.marks] = (table[at + FIELD.marks]! & MARK.asked) | (failure ? MARK.failure : 0);
    return entry;
  }

  clear(): void {
    this.#segments.clear();
    this.#index.clear();
    this.#entries = 0;
  }

  isAlive(entry: number, segment: number, offset: number): boolean {
    const at = entry << ENTRY_SHIFT;
    return this.#table[at + FIELD.segment] === segment && this.#table[at + FIELD.offset] === offset;
  }

  /** See Keeper: second chance for what was asked for since it was last passed by. */
  keep(entry: number, pressure: Pressure): boolean {
    const at = (entry << ENTRY_SHIFT) + FIELD.marks;
    const useless = this.freshness(entry, this.#now) === FRESHNESS.expired;
    const asked = (this.#table[at]! & MARK.asked) !== 0;
    if (useless || pressure === PRESSURE.full || (pressure === PRESSURE.some && !asked)) {
      if (!useless) this.#evictions += 1;
      this.#drop(entry);
      return false;
    }
    if (pressure === PRESSURE.some) this.#table[at] = this.#table[at]! & ~MARK.asked;
    return true;
  }

  moved(entry: number, offset: number): void {
    this.#table[(entry << ENTRY_SHIFT) + FIELD.offset] = offset;
  }

  #lookUp(qname: Uint8Array, length: number, kind: number, scope: number): number {
    if (this.#entries === 0) return -1;
    const hash = this.#index.hash(qname, length, kind, scope);
    return this.#index.lookUp(hash, qname, length, kind, scope);
  }

  /** Whether a failure must leave the entry in place: it is an answer that may yet be served. */
  #outlivesFailure(entry: number, nowSeconds: number): boolean {
    const failure = (this.#table[(entry << ENTRY_SHIFT) + FIELD.marks]! & MARK.failure) !== 0;
    return !failure && this.freshness(entry, nowSeconds) !== FRESHNESS.expired;
  }

  #insert(hash: number, length: number, kind: number, scope: number): number {
    if (this.#entries >= this.#entriesMax) this.#evictOne();
    this.#entries += 1;
    return this.#index.insert(hash, length, kind, scope);
  }

  /** Every entry is in use: goes on from where it stopped, past those asked for since it last came by. */
  #evictOne(): void {
    for (let step = 0; ; step += 1) {
      const entry = this.#hand;
      this.#hand = entry + 1 < this.#entriesMax ? entry + 1 : 0;
      if (!this.keep(entry, step < EVICTION_STEPS_MAX ? PRESSURE.some : PRESSURE.full)) return;
    }
  }

  #write(entry: number, qname: Uint8Array, length: number, message: Uint8Array, messageLength: number): void {
    const table = this.#table;
    const at = entry << ENTRY_SHIFT;
    let segment = table[at + FIELD.segment]!;
    let offset = table[at + FIELD.offset]!;
    if (segment < 0 || this.#segments.capacity(segment, offset) < length + messageLength) {
      if (segment >= 0) this.#segments.release(segment, offset);
      table[at + FIELD.segment] = -1; // not to be moved or dropped while room is made for it
      offset = this.#segments.place(entry, length + messageLength);
      segment = this.#segments.active;
      table[at + FIELD.segment] = segment;
      table[at + FIELD.offset] = offset;
    }
    table[at + FIELD.length] = messageLength;
    const octets = this.#segments.segment(segment);
    const start = offset + RECORD_HEADER_OCTETS;
    copyOctets(qname, 0, octets, start, length);
    copyOctets(message, 0, octets, start + length, messageLength);
  }

  #drop(entry: number): void {
    const at = entry << ENTRY_SHIFT;
    this.#segments.release(this.#table[at + FIELD.segment]!, this.#table[at + FIELD.offset]!);
    this.#index.remove(entry);
    this.#entries -= 1;
  }
}
