// Askings that are attempts of one visit: A beside AAAA and HTTPS, retries by UDP and TCP, a stub's own tries.
//
// A visit is all that a machine asks of one name within VISIT_MS of the first; it is called by the id of the first hit.
// Stub resolvers give up after 10 to 20 s (glibc: two servers, two tries of 5 s), the shortest beacons worth the name come
// every 30 s.
//
//   place = hash of machine and name, NEAR places from there on are looked at:  #low, #high: 64 bits of hash;  #firstMs;  #ids
import { randomInt } from 'node:crypto';

export const VISIT_MS = 20_000;
/** A flood of names must not fill memory: past it the oldest of a neighbourhood goes, and may begin anew. */
const PLACES: number = 1 << 15;
const NEAR = 8;
/** Nobody outside can choose names that fall on one place. */
const SEEDS = [randomInt(2 ** 32) | 0, randomInt(2 ** 32) | 0] as const;

export class Visits {
  readonly #low = new Int32Array(PLACES);
  readonly #high = new Int32Array(PLACES);
  readonly #firstMs = new Float64Array(PLACES).fill(Number.NEGATIVE_INFINITY);
  readonly #ids: string[] = new Array<string>(PLACES).fill('');

  /** The visit that an asking belongs to; it begins one, by `id`, when there is none. */
  of(machine: string, name: string, timeMs: number, id: string): string {
    let [low, high] = SEEDS as readonly [number, number];
    for (let i = 0; i < machine.length; i += 1) {
      low = Math.imul(low ^ machine.charCodeAt(i), 0x01000193);
      high = Math.imul(high ^ low, 0x85ebca6b);
    }
    low = Math.imul(low ^ 0x100, 0x01000193);
    for (let i = 0; i < name.length; i += 1) {
      low = Math.imul(low ^ name.charCodeAt(i), 0x01000193);
      high = Math.imul(high ^ low, 0x85ebca6b);
    }
    high ^= high >>> 15;
    let worst = 0;
    let worstMs = Number.POSITIVE_INFINITY;
    for (let near = 0; near < NEAR; near += 1) {
      const place = (high + near) & (PLACES - 1);
      const firstMs = this.#firstMs[place]!;
      const isRecent = Math.abs(timeMs - firstMs) < VISIT_MS;
      if (isRecent && this.#low[place] === low && this.#high[place] === high) return this.#ids[place]!;
      const keptMs = isRecent ? firstMs : Number.NEGATIVE_INFINITY;
      if (keptMs < worstMs) {
        worst = place;
        worstMs = keptMs;
      }
    }
    this.#low[worst] = low;
    this.#high[worst] = high;
    this.#firstMs[worst] = timeMs;
    this.#ids[worst] = id;
    return id;
  }
}
