// Addresses that ask, with the first and last time: the main thread finds out whose they are, and knows when they were last there.
import type { Asked } from '../../clients/machine.ts';
import { OctetTable } from '../../events/octet-table.ts';

const ADDRESS_OCTETS = 16;
/** A forged source an address must not fill memory. */
const ADDRESSES_MAX = 65_536;
/** Those who go on asking are passed on this often; those who begin, at the next call. */
const AGAIN_MS = 10_000;
/** New ones of one call; a flood of forged sources costs the main thread no more. */
const FRESH_MAX = 2000;

export class Newcomers {
  readonly #monotonic: () => number;
  readonly #known = new OctetTable();
  /** By number. */
  #firstMs = new Float64Array(1024);
  #lastMs = new Float64Array(1024);
  /** Numbers below it have been passed on once. */
  #told = 0;
  #sinceMs: number;

  /** @param monotonic ms */
  constructor(monotonic: () => number) {
    this.#monotonic = monotonic;
    this.#sinceMs = monotonic();
  }

  /** An address, 16 octets at `offset`, asked. @param timeMs wall clock */
  note(source: Uint8Array, offset: number, timeMs: number): void {
    const before = this.#known.size;
    const number = this.#known.numberOf(source, offset, ADDRESS_OCTETS);
    if (number === before) {
      if (number === this.#firstMs.length) this.#grow();
      this.#firstMs[number] = timeMs;
    }
    this.#lastMs[number] = timeMs;
  }

  /** Those since the last call, and now and then all that asked since they were last passed on. */
  drain(): readonly Asked[] {
    const isDue = this.#monotonic() - this.#sinceMs >= AGAIN_MS;
    if (!isDue && this.#told === this.#known.size) return [];
    const asked: Asked[] = [];
    const end = Math.min(this.#known.size, this.#told + FRESH_MAX);
    for (let number = isDue ? 0 : this.#told; number < end; number += 1)
      asked.push({
        address: this.#known.octetsOf(number).slice(),
        firstMs: this.#firstMs[number]!,
        lastMs: this.#lastMs[number]!,
      });
    this.#told = end;
    if (isDue || this.#known.size >= ADDRESSES_MAX) {
      this.#known.clear();
      this.#told = 0;
      this.#sinceMs = this.#monotonic();
    }
    return asked;
  }

  #grow(): void {
    for (const name of ['first', 'last'] as const) {
      const before = name === 'first' ? this.#firstMs : this.#lastMs;
      const longer = new Float64Array(before.length * 2);
      longer.set(before);
      if (name === 'first') this.#firstMs = longer;
      else this.#lastMs = longer;
    }
  }
}
