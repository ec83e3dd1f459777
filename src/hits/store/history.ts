// The history: for each UTC day, machine and name, what the machine got, when first and last, how often and in how many visits.
//
// Sightings gather in memory and are written a few seconds' worth at a time, so that a name asked for a hundred times costs
// one row. What is lost by a kill is those seconds of history, never a hit.
// Bounds: a machine brings so many new names a day and no more, and one that brings many leaves the others theirs: past it only
// that something below a known name was asked for is kept, and said to be that.
import type { DatabaseSync } from 'node:sqlite';
import { RESULT, type ResultName } from '../../events/result.ts';
import { resultIn, resultNameIn } from '../standing.ts';
import { type AskerFacts, Askers } from './askers.ts';
import { type DayRow, DayRows, type DaySource, visitsIn } from './day-source.ts';
import { Interner } from './interner.ts';
import { type NameBounds, NEW_NAMES, NewBudget } from './new-budget.ts';
import { isBelowOnly, markBelow, parentOf, plainName, reverseName } from './reversed-name.ts';
import { numberIn, textIn } from './row.ts';
import { DAY_MS, dayOf, dayOfTable, dayTable, oldDayTable } from './schema.ts';

/** One line of a machine's timeline. */
export interface ClientDay {
  /** `*.name`: a name below it, which one was not kept. */
  readonly name: string;
  /** ISO 8601. */
  readonly first: string;
  readonly last: string;
  readonly count: number;
  readonly blocked: boolean;
  readonly outcome: ResultName;
  /** Address that it had. */
  readonly ip: string;
  /** Times it came back; null where that was not noted. */
  readonly visits: number | null;
}

const ROWS_REMOVED_A_STEP = 5000;
const BELOW_REMEMBERED = 1024;
/** Of all stores that were opened: a new one never has the generation of the one before. */
let generations = 0;

export class History {
  readonly askers: Askers;
  readonly database: DatabaseSync;
  readonly #names: Interner;
  readonly #budget: NewBudget;
  readonly #rows: DayRows;
  /** Of names below which others were not kept: the number of what stands for those, and the last day on which the store knows it in use. */
  readonly #below = new Map<string, { readonly id: number; readonly day: number }>();
  /** Of names that are not kept: the nearest above them that is, as long as no name is entered. */
  readonly #nearest = new Map<string, string>();
  #nearestCreated = 0;
  #generation = 0;

  constructor(database: DatabaseSync, bounds: NameBounds = NEW_NAMES) {
    this.database = database;
    this.#budget = new NewBudget(bounds);
    this.#names = new Interner(database, 'names', reverseName);
    this.askers = new Askers(database);
    this.#rows = new DayRows(database);
    this.forget();
  }

  /** Changes when numbers that were given may mean nothing any more. */
  get generation(): number {
    return this.#generation;
  }

  /**
   * The number of a name that a machine asks for on this day; below 0 where only that it is below another is kept.
   * Call inside a transaction, as the two below.
   */
  nameId(name: string, day: number, machine: string): number {
    this.#budget.turnTo(day);
    if (!this.#budget.mayBringName(machine) && this.#names.find(name) === null)
      return -this.#belowId(parentOf(name), day, machine);
    return this.#createdBy(machine, name, day);
  }

  /** Whether `enterNames` is worth it: the names before were new. */
  get bringsNew(): boolean {
    return this.#names.areNew;
  }

  /** Reserves a new name for a machine; false: it has had its new names of the day. */
  reserveName(machine: string, day: number): boolean {
    this.#budget.turnTo(day);
    if (!this.#budget.mayBringName(machine)) return false;
    this.#budget.broughtName(machine);
    return true;
  }

  /** One that was reserved is not entered. */
  returnName(machine: string): void {
    this.#budget.broughtName(machine, -1);
  }

  /**
   * The numbers of NAMES_AT_ONCE different names, each reserved for its machine.
   * @param keys the names turned round (reversed-name.ts)
   */
  enterNames(keys: readonly string[], machines: readonly string[], day: number): number[] {
    return this.#names.enter(keys, day).map((id, i) => {
      if (id < 0) this.returnName(machines[i]!);
      return Math.abs(id);
    });
  }

  /** Of what stands for names below the nearest one that is known. */
  #belowId(parent: string | null, day: number, machine: string): number {
    const above = parent === null ? '.' : this.#nearestTo(parent);
    const known = this.#below.get(above);
    if (known !== undefined && known.day >= day) return known.id;
    const id = this.#createdBy(machine, markBelow(above), day);
    if (this.#below.size >= BELOW_REMEMBERED) this.#below.clear();
    this.#below.set(above, { id, day });
    return id;
  }

  /** A flood of names below one that is not kept asked the store for each of its labels each time. */
  #nearestTo(parent: string): string {
    if (this.#nearestCreated !== this.#names.created || this.#nearest.size >= BELOW_REMEMBERED)
      this.#nearest.clear();
    this.#nearestCreated = this.#names.created;
    const remembered = this.#nearest.get(parent);
    if (remembered !== undefined) return remembered;
    let above: string | null = parent;
    while (above !== null && !this.#below.has(above) && this.#names.find(above) === null)
      above = parentOf(above);
    this.#nearest.set(parent, above ?? '.');
    return above ?? '.';
  }

  #createdBy(machine: string, name: string, day: number): number {
    const before = this.#names.created;
    const id = this.#names.idOf(name, day);
    if (this.#names.created > before) this.#budget.broughtName(machine);
    return id;
  }

  /** Null: too many have asked on this day already. */
  askerId(asker: AskerFacts, day: number): number | null {
    this.#budget.turnTo(day);
    const { created } = this.askers;
    const id = this.askers.idOf(asker, day, this.#budget.mayBringAsker);
    this.#budget.broughtAskers(this.askers.created - created);
    return id;
  }

  add(row: DayRow): void {
    this.#rows.add(row);
  }

  /** Some at a time. Call `flush` behind the last. */
  addSoon(row: DayRow): void {
    this.#rows.addSoon(row);
  }

  flush(): void {
    this.#rows.flush();
  }

  /** The days that are kept, oldest first. */
  days(): number[] {
    return [...new Set(this.#tables().flatMap((table) => dayOfTable(table) ?? []))].sort((a, b) => a - b);
  }

  sourcesOf(day: number): DaySource[] {
    const tables = this.#tables();
    const sources: DaySource[] = [];
    if (tables.includes(dayTable(day)))
      sources.push({ name: dayTable(day), asker: 'd.asker', got: 'd.got', visits: 'd.visits' });
    if (tables.includes(oldDayTable(day)))
      sources.push({
        name: oldDayTable(day),
        asker: 'd.client',
        got: `d.blocked * ${RESULT.partlyBlocked}`,
        visits: '0',
      });
    return sources;
  }

  #tables(): string[] {
    return this.database
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")
      .all()
      .map((row) => textIn(row, 'name'));
  }

  /** Removes days before `day`, then names nobody asked for since, at most a few thousand. @returns whether more is left */
  removeBefore(day: number): boolean {
    for (const table of this.#tables()) {
      const old = dayOfTable(table);
      if (old === null || old >= day) continue;
      this.#rows.forget();
      this.database.exec(`DROP TABLE ${table}`);
    }
    let removed = 0;
    for (const table of ['names', 'askers'] as const)
      removed += Number(
        this.database
          .prepare(`DELETE FROM ${table} WHERE id IN (SELECT id FROM ${table} WHERE day < ? LIMIT ?)`)
          .run(day, ROWS_REMOVED_A_STEP).changes,
      );
    if (removed > 0) this.forget();
    return removed >= ROWS_REMOVED_A_STEP;
  }

  /** What was written is in the store. */
  committed(): void {
    this.#budget.committed();
  }

  /** Nothing of what was written is. */
  rolledBack(): void {
    this.#budget.rolledBack();
    this.forget();
  }

  forget(): void {
    generations += 1;
    this.#generation = generations;
    this.#rows.forget();
    this.#below.clear();
    this.#nearest.clear();
  }

  /** What a machine asked for, newest first: reads whole days, so it is for people, not for loops. */
  ofMachine(machine: string, sinceMs: number, limit: number): ClientDay[] {
    const askers = this.askers.ofMachine(machine);
    if (askers.length === 0) return [];
    const lines: ClientDay[] = [];
    for (const day of this.days().reverse()) {
      if (day < dayOf(sinceMs) || lines.length >= limit) break;
      const parts = this.sourcesOf(day).map(
        ({ name, asker, got, visits }) =>
          `SELECT name, ${asker} AS asker, ${got} AS got, first, span, count, ${visits} AS visits FROM ${name} d`,
      );
      const rows = this.database
        .prepare(`SELECT n.name, d.asker, d.got, d.first, d.span, d.count, d.visits FROM (${parts.join(' UNION ALL ')}) d
          JOIN names n ON n.id = d.name WHERE d.asker IN (${askers.join()}) AND d.first + d.span >= ?
          ORDER BY d.first + d.span DESC LIMIT ?`)
        .all(Math.floor((sinceMs - day * DAY_MS) / 1000), limit - lines.length);
      for (const row of rows) {
        const firstMs = day * DAY_MS + numberIn(row, 'first') * 1000;
        const got = numberIn(row, 'got');
        const { visits } = visitsIn(numberIn(row, 'visits'));
        lines.push({
          name: shownName(reverseName(textIn(row, 'name'))),
          first: new Date(firstMs).toISOString(),
          last: new Date(firstMs + numberIn(row, 'span') * 1000).toISOString(),
          count: numberIn(row, 'count'),
          blocked: resultIn(got) === RESULT.blocked,
          outcome: resultNameIn(got),
          ip: this.askers.byId(numberIn(row, 'asker')).ip,
          visits: visits === 0 ? null : visits,
        });
      }
    }
    return lines;
  }
}

/** A name as people read it: where only its parent was kept, `*.parent`. */
export function shownName(name: string): string {
  if (!isBelowOnly(name)) return name;
  const parent = plainName(name);
  return parent === '.' ? '*.' : `*.${parent}`;
}
