// What names led to, as query records say it: gathered until the store takes it, each name and target once a day.
//
// A flood of names brings as many pairs: they are octets in a table, nothing that must be collected.
import { eachLed } from '../../events/led-to.ts';
import { grown, OctetTable } from '../../events/octet-table.ts';
import type { LedTable } from '../../hits/store/led-table.ts';
import { dayOf } from '../../hits/store/schema.ts';

/** Pairs that are remembered as known; past it they are noted again. */
const PAIRS_MAX = 262_144;
/** Of one name a day: an address book of a delivery network needs no more to be found by. */
const OF_A_NAME_MAX = 32;
const NUMBERS_FIRST = 1024;
const NEVER = 0;

export class LedTargets {
  readonly #targets = new OctetTable();
  /** Each a name and a target, as #pair. */
  readonly #pairs = new OctetTable();
  readonly #pair = new Int32Array(2);
  readonly #pairOctets = new Uint8Array(this.#pair.buffer);
  /** By number of #pairs: the day behind that on which they were last noted. */
  #days = new Int32Array(NUMBERS_FIRST);
  /** By number of a name: how many were noted on #countedDay. */
  #counts = new Uint8Array(NUMBERS_FIRST);
  #countedDay = 0;
  /** Name, target, day; the next. */
  readonly #fresh: number[] = [];

  /** @param name number of it; what it led to stands in `bytes[offset .. end)` */
  note(name: number, bytes: Uint8Array, offset: number, end: number, timeMs: number): void {
    const day = dayOf(timeMs);
    if (day !== this.#countedDay) this.#counts.fill(0);
    this.#countedDay = day;
    if (name >= this.#counts.length) this.#counts = grown(this.#counts, name * 2);
    eachLed(bytes, offset, end, (at, length) => {
      const target = this.#targets.numberOf(bytes, at, length);
      this.#pair[0] = name;
      this.#pair[1] = target;
      const pair = this.#pairs.numberOf(this.#pairOctets, 0, this.#pairOctets.length);
      if (pair >= this.#days.length) this.#days = grown(this.#days, pair * 2);
      // While the store takes nothing.
      if (this.#fresh.length >= PAIRS_MAX * 3) return;
      if (this.#days[pair] === day + 1 || this.#counts[name]! >= OF_A_NAME_MAX) return;
      this.#counts[name]! += 1;
      this.#days[pair] = day + 1;
      this.#fresh.push(name, target, day);
    });
  }

  /** @param idOn the row of a name; 0 where it was not kept */
  writeTo(table: LedTable, idOn: (name: number, day: number) => number): void {
    for (let at = 0; at < this.#fresh.length; at += 3) {
      const day = this.#fresh[at + 2]!;
      const id = idOn(this.#fresh[at]!, day);
      if (id > 0) table.add(this.#targets.octetsOf(this.#fresh[at + 1]!), id, day);
    }
  }

  written(): void {
    this.#fresh.length = 0;
    if (this.#pairs.size > PAIRS_MAX || this.#targets.size > PAIRS_MAX) this.forget();
  }

  forget(): void {
    this.#targets.clear();
    this.#pairs.clear();
    this.#days.fill(NEVER);
    this.#counts.fill(0);
  }
}
