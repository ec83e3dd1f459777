// The table that a client fills (RFC 7541 §2.3.2, §4): entries as numbers, and the octets of the few values that are read later.
//
// HOT. Invariants: entries count for at most `#limit` octets, which is at most TABLE_OCTETS_MAX; `#octets` holds the kept values of
// all entries, in their order, and nothing else is held for them.
import { copyOctets } from '../../../wire/octets.ts';
import { ENTRY_OCTETS } from './static-table.ts';

/** What we say with SETTINGS_HEADER_TABLE_SIZE, by not saying it. */
export const TABLE_OCTETS_MAX = 4_096;
const ENTRIES_MAX = TABLE_OCTETS_MAX / ENTRY_OCTETS;
const KEPT_OCTETS_FIRST = 512;
/** Twice what all entries can have: they are moved to the front once in as many octets. */
const KEPT_OCTETS_MAX = 2 * TABLE_OCTETS_MAX;

export class DynamicTable {
  count = 0;
  readonly #kinds = new Uint8Array(ENTRIES_MAX);
  readonly #meanings = new Int32Array(ENTRIES_MAX);
  readonly #nameOctets = new Uint16Array(ENTRIES_MAX);
  readonly #sizes = new Uint16Array(ENTRIES_MAX);
  readonly #starts = new Uint16Array(ENTRIES_MAX);
  readonly #lengths = new Uint16Array(ENTRIES_MAX);
  #octets = new Uint8Array(0);
  /** One past the last kept octet. */
  #end = 0;
  /** The place of the newest entry. */
  #newest = 0;
  #size = 0;
  #limit = TABLE_OCTETS_MAX;

  /** The place of an entry; the newest is 0 (index 62 on the wire). The caller has looked at `count`. */
  placeOf(age: number): number {
    return (this.#newest - age + ENTRIES_MAX) % ENTRIES_MAX;
  }

  kindAt(place: number): number {
    return this.#kinds[place]!;
  }

  meaningAt(place: number): number {
    return this.#meanings[place]!;
  }

  nameOctetsAt(place: number): number {
    return this.#nameOctets[place]!;
  }

  sizeAt(place: number): number {
    return this.#sizes[place]!;
  }

  /** Where kept values are; another one after each `insert`. */
  get octets(): Uint8Array {
    return this.#octets;
  }

  startAt(place: number): number {
    return this.#starts[place]!;
  }

  lengthAt(place: number): number {
    return this.#lengths[place]!;
  }

  /** @returns false: more than we allow */
  resize(limit: number): boolean {
    if (limit > TABLE_OCTETS_MAX) return false;
    this.#limit = limit;
    this.#shrinkTo(limit);
    return true;
  }

  /**
   * Oldest entries leave until it fits; one that never does empties the table (RFC 7541 §4.4).
   * @param keptLength octets of the value to be kept, from `value[start]`
   */
  insert(
    kind: number,
    meaning: number,
    nameOctets: number,
    valueOctets: number,
    value: Uint8Array,
    start: number,
    keptLength: number,
  ): void {
    const size = nameOctets + valueOctets + ENTRY_OCTETS;
    this.#shrinkTo(Math.max(0, this.#limit - size));
    if (size > this.#limit) return;
    this.#makeRoom(keptLength);
    this.#newest = (this.#newest + 1) % ENTRIES_MAX;
    this.count += 1;
    const place = this.#newest;
    this.#kinds[place] = kind;
    this.#meanings[place] = meaning;
    this.#nameOctets[place] = nameOctets;
    this.#sizes[place] = size;
    this.#lengths[place] = keptLength;
    this.#size += size;
    this.#starts[place] = this.#end;
    copyOctets(value, start, this.#octets, this.#end, keptLength);
    this.#end += keptLength;
  }

  #shrinkTo(octets: number): void {
    while (this.#size > octets) {
      this.#size -= this.#sizes[this.placeOf(this.count - 1)]!;
      this.count -= 1;
    }
    if (this.count === 0) this.#end = 0;
  }

  /** Room for so many octets behind `#end`. */
  #makeRoom(length: number): void {
    if (this.#end + length <= this.#octets.length) return;
    let kept = 0;
    for (let age = 0; age < this.count; age += 1) kept += this.#lengths[this.placeOf(age)]!;
    let room = Math.max(this.#octets.length, KEPT_OCTETS_FIRST);
    while (room < KEPT_OCTETS_MAX && room < 2 * (kept + length)) room *= 2;
    const octets = room === this.#octets.length ? this.#octets : new Uint8Array(room);
    let end = 0;
    for (let age = this.count - 1; age >= 0; age -= 1) {
      const place = this.placeOf(age);
      const start = this.#starts[place]!;
      const count = this.#lengths[place]!;
      // To the left, or elsewhere: values lie in the order of their entries.
      copyOctets(this.#octets, start, octets, end, count);
      this.#starts[place] = end;
      end += count;
    }
    this.#octets = octets;
    this.#end = end;
  }
}
