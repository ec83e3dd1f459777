// Unpredictable numbers for IDs, ports and letter case, cheap enough to draw for every query (RFC 5452 §4.5, §9.1).
import { randomFillSync } from 'node:crypto';

/** Where IDs, choices among sockets and letter case come from; seeded in tests. */
export interface RandomSource {
  /** 0 … 65,535. */
  u16(): number;
}

const POOL_OCTETS = 8192;

/** Octets of the operating system's generator, fetched many at a time; each is used once. */
export class RandomPool implements RandomSource {
  readonly #pool = new Uint8Array(POOL_OCTETS);
  #next = POOL_OCTETS;

  u16(): number {
    if (this.#next === POOL_OCTETS) {
      randomFillSync(this.#pool);
      this.#next = 0;
    }
    const at = this.#next;
    this.#next = at + 2;
    return (this.#pool[at]! << 8) | this.#pool[at + 1]!;
  }
}

/** A number in 0 … bound − 1; bound at most 65,536. */
export function below(random: RandomSource, bound: number): number {
  return (random.u16() * bound) >>> 16;
}
