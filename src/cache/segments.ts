// Room for many small runs of octets under one bound: segments that are filled from front to back and reused whole.
//
// HOT on reads (the cache reads `segment(n)` directly); writing happens once an upstream response.
// Drawing: a segment is a row of records  | entry u32 | size u32 | octets … |  and a free rest. New records go to the end of
// the active segment. When it is full, in this order:
//   1. a segment that is at most half alive is squeezed together and becomes the active one;
//   2. else a new segment is taken while the bound allows it;
//   3. else the segment that was active longest ago is squeezed, keeping at most half of it: what was asked for lately.
// Invariants: a record never spans segments; segments × segmentOctets ≤ bytesMax; nothing is copied more than once per
// half segment written, so the cost of a write is bounded on average by one more copy of it.
// Trade: up to half the room may hold dead records before more is taken.

export const RECORD_HEADER_OCTETS = 8;
const SEGMENT_OCTETS_MAX = 128 * 1024;
const SEGMENTS_WANTED = 8;

/** How hard room must be made: give up what is of no use; also what was not asked for lately; everything. */
export const PRESSURE = { none: 0, some: 1, full: 2 } as const;
export type Pressure = (typeof PRESSURE)[keyof typeof PRESSURE];

/** Who knows what the records mean. */
export interface Keeper {
  /** Whether the record of `entry` at this place is its present one. */
  isAlive(entry: number, segment: number, offset: number): boolean;
  /** Whether a live record stays; one that does not has been released when this returns. */
  keep(entry: number, pressure: Pressure): boolean;
  /** The record has been moved within its segment. */
  moved(entry: number, offset: number): void;
}

export class Segments {
  readonly segmentOctets: number;
  readonly #segmentsMax: number;
  readonly #keeper: Keeper;
  readonly #segments: Uint8Array[] = [];
  /** Per segment: octets written, octets of live records, when it last became active. */
  #used: number[] = [];
  #live: number[] = [];
  #turn: number[] = [];
  #turns = 0;
  #active = -1;
  #alive = 0;

  constructor(bytesMax: number, keeper: Keeper) {
    this.segmentOctets = Math.min(SEGMENT_OCTETS_MAX, Math.floor(bytesMax / SEGMENTS_WANTED));
    this.#segmentsMax = this.segmentOctets === 0 ? 0 : Math.floor(bytesMax / this.segmentOctets);
    this.#keeper = keeper;
  }

  /** Octets of live records, their headers included. */
  get alive(): number {
    return this.#alive;
  }

  /** Octets taken from the system. */
  get reserved(): number {
    return this.#segments.length * this.segmentOctets;
  }

  /** The octets of one segment; offsets in it hold until the next `place`. */
  segment(number: number): Uint8Array {
    return this.#segments[number]!;
  }

  /** The segment that the latest `place` wrote to. */
  get active(): number {
    return this.#active;
  }

  /**
   * Takes room for a record and writes its header; may move and drop other records.
   * @param octets without the header
   * @returns offset of the record in the active segment, −1 when it is too big for any
   */
  place(entry: number, octets: number): number {
    const size = octets + RECORD_HEADER_OCTETS;
    if (size > this.segmentOctets) return -1;
    if (this.#active < 0 || this.#used[this.#active]! + size > this.segmentOctets) this.#makeRoom(size);
    const at = this.#used[this.#active]!;
    const view = this.#segments[this.#active]!;
    writeWord(view, at, entry);
    writeWord(view, at + 4, size);
    this.#used[this.#active] = at + size;
    this.#live[this.#active] = this.#live[this.#active]! + size;
    this.#alive += size;
    return at;
  }

  /** Octets a record holds without its header; what is written over it must not be longer. */
  capacity(segment: number, offset: number): number {
    return readWord(this.#segments[segment]!, offset + 4) - RECORD_HEADER_OCTETS;
  }

  /** The record is dead: its room comes back when its segment is squeezed. */
  release(segment: number, offset: number): void {
    const size = readWord(this.#segments[segment]!, offset + 4);
    this.#live[segment] = this.#live[segment]! - size;
    this.#alive -= size;
  }

  /** Gives all room back to the system. */
  clear(): void {
    this.#segments.length = 0;
    this.#used = [];
    this.#live = [];
    this.#turn = [];
    this.#active = -1;
    this.#alive = 0;
  }

  #makeRoom(size: number): void {
    const keepMax = Math.min(this.segmentOctets >>> 1, this.segmentOctets - size);
    const emptiest = least(this.#live);
    if (emptiest >= 0 && this.#live[emptiest]! <= keepMax) {
      this.#squeeze(emptiest, this.segmentOctets, PRESSURE.none);
    } else if (this.#segments.length < this.#segmentsMax) {
      this.#active = this.#segments.length;
      this.#segments.push(new Uint8Array(this.segmentOctets));
      this.#used.push(0);
      this.#live.push(0);
      this.#turn.push(0);
    } else {
      this.#squeeze(least(this.#turn), keepMax, PRESSURE.some);
    }
    this.#turns += 1;
    this.#turn[this.#active] = this.#turns;
  }

  /** Moves live records to the front, at most `keepMax` octets of them; the segment becomes the active one. */
  #squeeze(segment: number, keepMax: number, pressure: Pressure): void {
    const view = this.#segments[segment]!;
    const end = this.#used[segment]!;
    let kept = 0;
    for (let at = 0; at < end; ) {
      const entry = readWord(view, at);
      const size = readWord(view, at + 4);
      if (this.#keeper.isAlive(entry, segment, at)) {
        if (this.#keeper.keep(entry, kept + size > keepMax ? PRESSURE.full : pressure)) {
          view.copyWithin(kept, at, at + size);
          this.#keeper.moved(entry, kept);
          kept += size;
        }
      }
      at += size;
    }
    this.#used[segment] = kept;
    this.#active = segment;
  }
}

/** Index of the smallest number, −1 when there is none. */
function least(numbers: readonly number[]): number {
  let best = -1;
  for (let i = 0; i < numbers.length; i += 1) if (best < 0 || numbers[i]! < numbers[best]!) best = i;
  return best;
}

function readWord(bytes: Uint8Array, offset: number): number {
  return bytes[offset]! | (bytes[offset + 1]! << 8) | (bytes[offset + 2]! << 16) | (bytes[offset + 3]! << 24);
}

function writeWord(bytes: Uint8Array, offset: number, value: number): void {
  bytes[offset] = value;
  bytes[offset + 1] = value >>> 8;
  bytes[offset + 2] = value >>> 16;
  bytes[offset + 3] = value >>> 24;
}
