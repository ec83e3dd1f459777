// Who held an address, and over which time, of the last look-ups: those who ask are the same few, many times a second.
//
//   #keys   slot → the four words of its address; #from, #to: the time that the answer holds for
import type { Identity } from './machine.ts';

const SLOTS: number = 1 << 12;
const WORDS = 4;

export class RecentHolders {
  readonly #keys = new Int32Array(SLOTS * WORDS);
  readonly #from = new Float64Array(SLOTS).fill(Number.POSITIVE_INFINITY);
  readonly #to = new Float64Array(SLOTS);
  readonly #who: (Identity | null)[] = new Array<Identity | null>(SLOTS).fill(null);

  /** Who held the address (16 octets at `offset`) then; null: look it up. */
  find(octets: Uint8Array, offset: number, timeMs: number): Identity | null {
    const slot = slotOf(octets, offset);
    if (timeMs < this.#from[slot]! || timeMs >= this.#to[slot]!) return null;
    for (let word = 0; word < WORDS; word += 1)
      if (this.#keys[slot * WORDS + word] !== wordAt(octets, offset + word * 4)) return null;
    return this.#who[slot]!;
  }

  /** @param toMs the answer holds before it */
  note(octets: Uint8Array, offset: number, who: Identity, fromMs: number, toMs: number): void {
    const slot = slotOf(octets, offset);
    for (let word = 0; word < WORDS; word += 1)
      this.#keys[slot * WORDS + word] = wordAt(octets, offset + word * 4);
    this.#from[slot] = fromMs;
    this.#to[slot] = toMs;
    this.#who[slot] = who;
  }

  /** Something was learnt: answers may be others. */
  clear(): void {
    this.#from.fill(Number.POSITIVE_INFINITY);
    this.#who.fill(null);
  }
}

const wordAt = (octets: Uint8Array, at: number): number =>
  (octets[at]! << 24) | (octets[at + 1]! << 16) | (octets[at + 2]! << 8) | octets[at + 3]!;

function slotOf(octets: Uint8Array, offset: number): number {
  let mixed = 0;
  for (let word = 0; word < WORDS; word += 1)
    mixed = Math.imul(mixed ^ wordAt(octets, offset + word * 4), 0x9e3779b1);
  return (mixed ^ (mixed >>> 15)) & (SLOTS - 1);
}
