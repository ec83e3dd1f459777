// Clients that ask for the first time in half a day: somebody may find out their names meanwhile.
import { OctetTable } from './octet-table.ts';

const ADDRESS_OCTETS = 16;
/** After this long a client is new again: its name may have changed. */
const FORGET_MS = 12 * 3_600_000;
/** A forged source an address must not fill memory. */
const CLIENTS_MAX = 65_536;

export class Newcomers {
  readonly #monotonic: () => number;
  readonly #known = new OctetTable();
  #fresh: Uint8Array[] = [];
  #sinceMs: number;

  /** @param monotonic ms */
  constructor(monotonic: () => number) {
    this.#monotonic = monotonic;
    this.#sinceMs = monotonic();
  }

  /** A client's address, 16 octets at `offset`. */
  note(source: Uint8Array, offset = 0): void {
    const before = this.#known.size;
    this.#known.numberOf(source, offset, ADDRESS_OCTETS);
    if (this.#known.size > before) this.#fresh.push(source.slice(offset, offset + ADDRESS_OCTETS));
  }

  /** Those since the last call. */
  take(): readonly Uint8Array[] {
    const fresh = this.#fresh;
    if (fresh.length > 0) this.#fresh = [];
    if (this.#known.size < CLIENTS_MAX && this.#monotonic() - this.#sinceMs < FORGET_MS) return fresh;
    this.#known.clear();
    this.#sinceMs = this.#monotonic();
    return fresh;
  }
}
