// Which sightings begin a visit: the history's counterpart of hits/visits.ts, on numbers, in fixed memory.
//
// A place is a hash of asker and name. Two that fall on one place take it from one another, and then a visit is counted
// twice: with 2^16 places and a window of seconds that is rare, and nothing is decided by it.
import { VISIT_MS } from '../../hits/visits.ts';

const PLACES: number = 1 << 16;

export class VisitTable {
  readonly #askers = new Int32Array(PLACES).fill(-1);
  readonly #names = new Int32Array(PLACES);
  readonly #firstMs = new Float64Array(PLACES);

  /** 1 where an asking begins a visit, 0 where it belongs to the one before. */
  begins(asker: number, name: number, timeMs: number): number {
    const mixed = Math.imul(name, 0x9e3779b1) ^ Math.imul(asker + 1, 0x85ebca6b);
    const place = (mixed ^ (mixed >>> 15)) & (PLACES - 1);
    const isKnown =
      this.#askers[place] === asker &&
      this.#names[place] === name &&
      Math.abs(timeMs - this.#firstMs[place]!) < VISIT_MS;
    if (isKnown) return 0;
    this.#askers[place] = asker;
    this.#names[place] = name;
    this.#firstMs[place] = timeMs;
    return 1;
  }

  /** Numbers mean others from now on. */
  clear(): void {
    this.#askers.fill(-1);
  }
}
