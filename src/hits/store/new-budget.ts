// How much of what is new one UTC day may bring into the history: names by machine and in all, and askers.
//
// A transaction that is rolled back spends nothing: what it brought comes again with the next.

export interface NameBounds {
  /** New names a day of one machine. */
  readonly ofMachine: number;
  /** Of all machines: past it each has `least`. */
  readonly ofAll: number;
  readonly least: number;
}

export const NEW_NAMES: NameBounds = { ofMachine: 50_000, ofAll: 1_000_000, least: 2000 };
/** Machines and addresses that ask on one day; a forged source costs a row. */
export const ASKERS_A_DAY = 65_536;

export class NewBudget {
  readonly #bounds: NameBounds;
  #day = -1;
  #names = 0;
  #askers = 0;
  /** New names of this day by machine. */
  readonly #namesOf = new Map<string, number>();
  /** Of the transaction that is being made. */
  readonly #pendingOf = new Map<string, number>();
  #pendingAskers = 0;

  constructor(bounds: NameBounds) {
    this.#bounds = bounds;
  }

  turnTo(day: number): void {
    if (day <= this.#day) return;
    this.#day = day;
    this.#names = 0;
    this.#askers = 0;
    this.#namesOf.clear();
    this.committed();
  }

  mayBringName(machine: string): boolean {
    const { ofMachine, ofAll, least } = this.#bounds;
    const own = this.#namesOf.get(machine) ?? 0;
    return own < (this.#names < ofAll ? ofMachine : least);
  }

  get mayBringAsker(): boolean {
    return this.#askers < ASKERS_A_DAY;
  }

  /** @param names -1 gives one back */
  broughtName(machine: string, names: 1 | -1 = 1): void {
    this.#names += names;
    this.#namesOf.set(machine, (this.#namesOf.get(machine) ?? 0) + names);
    this.#pendingOf.set(machine, (this.#pendingOf.get(machine) ?? 0) + names);
  }

  broughtAskers(count: number): void {
    this.#askers += count;
    this.#pendingAskers += count;
  }

  committed(): void {
    this.#pendingOf.clear();
    this.#pendingAskers = 0;
  }

  rolledBack(): void {
    for (const [machine, count] of this.#pendingOf) {
      this.#names -= count;
      this.#namesOf.set(machine, (this.#namesOf.get(machine) ?? 0) - count);
    }
    this.#askers -= this.#pendingAskers;
    this.committed();
  }
}
