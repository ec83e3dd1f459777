// Takes hit records out of the rings and hands on hits. Equal records of one drain share a hit, whichever batch they came in.

import { Fold } from '../events/fold.ts';
import { decodeHit, HIT_OCTETS_MAX, type HitRecord } from '../events/hit-record.ts';
import { RingReader } from '../events/ring.ts';

/** Different hits folded at once; more of them in one drain are simply not folded any further. */
const PLACES = 1024;

export class HitIntake {
  readonly #rings: readonly RingReader[];
  readonly #take: (record: HitRecord) => void;
  readonly #fold = new Fold(PLACES, HIT_OCTETS_MAX);
  readonly #copy = new Uint8Array(HIT_OCTETS_MAX);
  #garbled = 0;

  /** @param rings one a resolver thread */
  constructor(rings: readonly SharedArrayBuffer[], take: (record: HitRecord) => void) {
    this.#rings = rings.map((ring) => new RingReader(ring));
    this.#take = take;
  }

  /** Records that could not be read: a fault of our own, never expected. */
  get garbled(): number {
    return this.#garbled;
  }

  /** Takes out everything that is there; call it a few times a second. @returns records read */
  drain(): number {
    const emit = (bytes: Uint8Array, offset: number, length: number): boolean => {
      const record = decodeHit(bytes, offset, length);
      if (record === null) this.#garbled += 1;
      else this.#take(record);
      return true;
    };
    let count = 0;
    for (const ring of this.#rings)
      count += ring.drain((bytes, offset, length) => {
        const copy = this.#copy;
        for (let i = 0; i < length; i += 1) copy[i] = bytes[offset + i]!;
        this.#fold.add(copy, length, emit);
      });
    this.#fold.flush(0, 0, emit);
    return count;
  }
}
