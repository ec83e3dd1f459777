// What names led to, as query records say it: gathered until the store takes it, each name and target once a day.
import { eachLed } from '../../events/led-to.ts';
import { OctetTable } from '../../events/octet-table.ts';
import type { LedTable } from '../../hits/store/led-table.ts';
import { dayOf } from '../../hits/store/schema.ts';

interface Led {
  readonly name: number;
  readonly target: number;
  readonly day: number;
}

/** Pairs that are remembered as known; past it they are noted again. */
const PAIRS_MAX = 262_144;
/** Of one name a day: an address book of a delivery network needs no more to be found by. */
const OF_A_NAME_MAX = 32;
const TARGETS: number = 2 ** 24;

export class LedTargets {
  readonly #targets = new OctetTable();
  /** Name and target → the day they were last noted on. */
  readonly #days = new Map<number, number>();
  /** Name → how many were noted on that day. */
  readonly #counts = new Map<number, number>();
  #countedDay = 0;
  #fresh: Led[] = [];

  /** @param name number of it; what it led to stands in `bytes[offset .. end)` */
  note(name: number, bytes: Uint8Array, offset: number, end: number, timeMs: number): void {
    const day = dayOf(timeMs);
    if (day !== this.#countedDay) this.#counts.clear();
    this.#countedDay = day;
    eachLed(bytes, offset, end, (at, length) => {
      const target = this.#targets.numberOf(bytes, at, length);
      const pair = name * TARGETS + target;
      if (this.#days.get(pair) === day) return;
      const count = this.#counts.get(name) ?? 0;
      if (count >= OF_A_NAME_MAX) return;
      this.#counts.set(name, count + 1);
      this.#days.set(pair, day);
      this.#fresh.push({ name, target, day });
    });
  }

  /** @param idOn the row of a name; 0 where it was not kept */
  writeTo(table: LedTable, idOn: (name: number, day: number) => number): void {
    for (const { name, target, day } of this.#fresh) {
      const id = idOn(name, day);
      if (id > 0) table.add(this.#targets.octetsOf(target), id, day);
    }
  }

  written(): void {
    this.#fresh = [];
    if (this.#days.size > PAIRS_MAX || this.#targets.size > PAIRS_MAX) this.forget();
  }

  forget(): void {
    this.#targets.clear();
    this.#days.clear();
    this.#counts.clear();
  }
}
