// A ring of records in shared memory, from one writing thread to one reading thread.
//
// HOT. In memory (octets):
//
//   0         64      128           192                                       192 + capacity
//   ├ written ┼ read ─┼ lost, noted ┼ [length|octets··][length|octets·]…[SKIP]··┤
//
// `written` and `read` count octets ever put in and taken out, modulo 2^32; capacity is a power of two, so a count's low bits
// are its place. A record is a 4-octet length and its octets, padded to 4; one that does not fit before the end leaves a
// SKIP mark and begins at place 0, so every record is contiguous.
// Invariants: written − read ≤ capacity; only the writer stores `written` and `lost`, only the reader stores `read`; octets
// are in place before `written` is stored, and read before `read` is.
// A reader that sleeps (ring-sleep.ts) has said so beside `written`: the writer of the next record wakes it, the only system call here.
// Trade: up to one record's length is wasted at each lap, so that neither side ever copies in two pieces.
// Twin: an array queue in test/events/ring.test.ts.

const WRITTEN = 0;
/** Not 0 while the reader sleeps. */
export const SLEEPING = 1;
const READ = 16;
const LOST = 16; // of the Float64Array view
const NOTED = 17;
const NOTES = 36; // of the Int32Array view
const HEADER_OCTETS = 192;
const SKIP = 0xffffffff;
/** Words before the records. */
export const RING_HEADS: number = HEADER_OCTETS / 4;

export const RING_OCTETS_MIN = 1024;

/** @param octets how much it holds, rounded up to a power of two */
export function createRing(octets: number): SharedArrayBuffer {
  let capacity = RING_OCTETS_MIN;
  while (capacity < octets) capacity *= 2;
  return new SharedArrayBuffer(HEADER_OCTETS + capacity);
}

/** @param heads the first RING_HEADS words of a ring */
export const isRingEmpty = (heads: Int32Array): boolean =>
  Atomics.load(heads, WRITTEN) === Atomics.load(heads, READ);

export class RingWriter {
  readonly #heads: Int32Array;
  readonly #lost: Float64Array;
  readonly #words: Int32Array;
  readonly #capacity: number;
  /** Own copies: the writer alone changes `written`, and `read` is fetched again only when space seems short. */
  #written: number;
  #read: number;

  constructor(buffer: SharedArrayBuffer) {
    this.#heads = new Int32Array(buffer, 0, HEADER_OCTETS / 4);
    this.#lost = new Float64Array(buffer, 0, HEADER_OCTETS / 8);
    this.#words = new Int32Array(buffer, HEADER_OCTETS);
    this.#capacity = buffer.byteLength - HEADER_OCTETS;
    this.#written = Atomics.load(this.#heads, WRITTEN);
    this.#read = Atomics.load(this.#heads, READ);
  }

  /**
   * Puts one record in, which begins at word `from` of `record`; false when there is no room (nothing is changed then; the caller
   * keeps it or counts it lost).
   */
  write(record: Int32Array, from: number, length: number): boolean {
    const size = (length + 7) & ~3;
    let place = this.#written & (this.#capacity - 1);
    const tail = this.#capacity - place;
    const need = size > tail ? size + tail : size;
    if (need > this.#capacity - ((this.#written - this.#read) | 0)) {
      this.#read = Atomics.load(this.#heads, READ);
      if (need > this.#capacity - ((this.#written - this.#read) | 0)) return false;
    }
    if (size > tail) {
      this.#words[place >>> 2] = SKIP;
      place = 0;
    }
    const words = this.#words;
    words[place >>> 2] = length;
    const start = (place >>> 2) + 1;
    const count = (length + 3) >>> 2;
    for (let i = 0; i < count; i += 1) words[start + i] = record[from + i]!;
    this.#written = (this.#written + need) | 0;
    Atomics.store(this.#heads, WRITTEN, this.#written);
    if (Atomics.load(this.#heads, SLEEPING) !== 0) this.#wake();
    return true;
  }

  #wake(): void {
    Atomics.store(this.#heads, SLEEPING, 0);
    Atomics.notify(this.#heads, SLEEPING);
  }

  /** Notes that `count` of what should have been written was given up. */
  countLost(count: number): void {
    this.#lost[LOST]! += count;
  }

  /** The last number noted; not 0 when a thread before this one wrote to the ring. */
  get noted(): number {
    return this.#lost[NOTED]!;
  }

  /** Says a number to the reader, beside the records: all that belong before it were written or refused. */
  note(value: number): void {
    this.#lost[NOTED] = value;
    Atomics.add(this.#heads, NOTES, 1); // orders the plain store before it
  }
}

/** Looks at one record in place; must copy what it keeps. False leaves the record, and those after it, in the ring. */
export type EachRecord = (bytes: Uint8Array, offset: number, length: number) => unknown;

export class RingReader {
  readonly #heads: Int32Array;
  readonly #lost: Float64Array;
  readonly #bytes: Uint8Array;
  readonly #words: Uint32Array;
  readonly #capacity: number;

  constructor(buffer: SharedArrayBuffer) {
    this.#heads = new Int32Array(buffer, 0, HEADER_OCTETS / 4);
    this.#lost = new Float64Array(buffer, 0, HEADER_OCTETS / 8);
    this.#bytes = new Uint8Array(buffer, HEADER_OCTETS);
    this.#words = new Uint32Array(buffer, HEADER_OCTETS);
    this.#capacity = this.#bytes.length;
  }

  /**
   * Takes out what is there now, at most `limit` records. Each is given back to the writer after `each` has seen it, so
   * one that `each` throws on is taken again by the next drain.
   * @returns how many
   */
  drain(each: EachRecord, limit = Number.POSITIVE_INFINITY): number {
    const written = Atomics.load(this.#heads, WRITTEN);
    let read = Atomics.load(this.#heads, READ);
    let count = 0;
    while (read !== written && count < limit) {
      const place = read & (this.#capacity - 1);
      const length = this.#words[place >>> 2]!;
      if (length === SKIP) {
        read = (read + this.#capacity - place) | 0;
        continue;
      }
      if (each(this.#bytes, place + 4, length) === false) break;
      count += 1;
      read = (read + ((length + 7) & ~3)) | 0;
      Atomics.store(this.#heads, READ, read);
    }
    return count;
  }

  /** How much the writer gave up so far. */
  get lost(): number {
    return this.#lost[LOST]!;
  }

  /** What the writer noted last; 0 before it did. */
  get noted(): number {
    Atomics.load(this.#heads, NOTES);
    return this.#lost[NOTED]!;
  }

  /** Octets waiting, of `capacity`. */
  get waiting(): number {
    return (Atomics.load(this.#heads, WRITTEN) - Atomics.load(this.#heads, READ)) | 0;
  }

  get capacity(): number {
    return this.#capacity;
  }
}
