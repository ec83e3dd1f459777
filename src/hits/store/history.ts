// The history: for each UTC day, client and name, when it was first and last asked for, how often, and whether blocked.
//
// Sightings gather in memory and are written a few seconds' worth at a time, so that a name asked for a hundred times costs
// one row. What is lost by a kill is those seconds of history, never a hit.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { Interner } from './interner.ts';
import { parentOf, reverseName } from './reversed-name.ts';
import { numberIn, textIn } from './row.ts';
import { DAY_MS, dayOf, dayOfTable, daySchema, dayTable } from './schema.ts';

/** One client asked for one name, on one UTC day, once or several times between two moments. */
export interface DayRow {
  /** Days since 1970. */
  readonly day: number;
  /** Numbers as `nameId` and `clientId` gave them. */
  readonly name: number;
  readonly client: number;
  /** Seconds of the day. */
  readonly firstSecond: number;
  readonly spanSeconds: number;
  readonly count: number;
  /** 0 or 1. */
  readonly blocked: number;
}

/** One line of a client's timeline. */
export interface ClientDay {
  readonly name: string;
  /** ISO 8601. */
  readonly first: string;
  readonly last: string;
  readonly count: number;
  readonly blocked: boolean;
}

/**
 * New names a day before only their parents are noted: a client that asks for a million random names must not fill the disk.
 */
const NEW_NAMES_A_DAY = 1_000_000;
const ROWS_REMOVED_A_STEP = 5000;
/** Of all stores that were opened: a new one never has the generation of the one before. */
let generations = 0;

export class History {
  readonly #database: DatabaseSync;
  readonly #names: Interner;
  readonly #clients: Interner;
  readonly #newNamesMax: number;
  readonly #inserts = new Map<number, StatementSync>();
  #generation = 0;
  #budgetDay = -1;
  #budgetStart = 0;

  constructor(database: DatabaseSync, newNamesMax = NEW_NAMES_A_DAY) {
    this.#database = database;
    this.#newNamesMax = newNamesMax;
    this.#names = new Interner(database, 'names', reverseName);
    this.#clients = new Interner(database, 'clients', (ip) => ip);
    this.forget();
  }

  /** Changes when numbers that were given may mean nothing any more. */
  get generation(): number {
    return this.#generation;
  }

  /** The number of a name that somebody asks for on this day. Call inside a transaction, as the two below. */
  nameId(name: string, day: number): number {
    if (day > this.#budgetDay) {
      this.#budgetDay = day;
      this.#budgetStart = this.#names.created;
    }
    let kept = name;
    if (this.#names.created - this.#budgetStart >= this.#newNamesMax)
      while (this.#names.find(kept) === null) {
        const parent = parentOf(kept);
        if (parent === null) break;
        kept = parent;
      }
    return this.#names.idOf(kept, day);
  }

  clientId(ip: string, day: number): number {
    return this.#clients.idOf(ip, day);
  }

  add({ day, name, client, firstSecond, spanSeconds, count, blocked }: DayRow): void {
    this.#insertOf(day).run(name, client, firstSecond, spanSeconds, count, blocked);
  }

  /** The days that are kept, oldest first. */
  days(): number[] {
    const rows = this.#database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
    return rows.flatMap((row) => dayOfTable(textIn(row, 'name')) ?? []).sort((a, b) => a - b);
  }

  /** Removes days before `day`, then names nobody asked for since, at most a few thousand. @returns whether more is left */
  removeBefore(day: number): boolean {
    for (const old of this.days()) {
      if (old >= day) break;
      this.#inserts.delete(old);
      this.#database.exec(`DROP TABLE ${dayTable(old)}`);
    }
    let removed = 0;
    for (const table of ['names', 'clients'] as const)
      removed += Number(
        this.#database
          .prepare(`DELETE FROM ${table} WHERE id IN (SELECT id FROM ${table} WHERE day < ? LIMIT ?)`)
          .run(day, ROWS_REMOVED_A_STEP).changes,
      );
    if (removed > 0) this.forget();
    return removed >= ROWS_REMOVED_A_STEP;
  }

  forget(): void {
    generations += 1;
    this.#generation = generations;
    this.#inserts.clear();
  }

  /** What a client asked for, newest first: reads whole days, so it is for people, not for loops. */
  ofClient(ip: string, sinceMs: number, limit: number): ClientDay[] {
    const client = this.#clients.find(ip);
    if (client === null) return [];
    const lines: ClientDay[] = [];
    for (const day of this.days().reverse()) {
      if (day < dayOf(sinceMs) || lines.length >= limit) break;
      const rows = this.#database
        .prepare(`SELECT n.name, d.first, d.span, d.count, d.blocked FROM ${dayTable(day)} d JOIN names n ON n.id = d.name
          WHERE d.client = ? ORDER BY d.first + d.span DESC LIMIT ?`)
        .all(client, limit - lines.length);
      for (const row of rows) {
        const firstMs = day * DAY_MS + numberIn(row, 'first') * 1000;
        lines.push({
          name: reverseName(textIn(row, 'name')),
          first: new Date(firstMs).toISOString(),
          last: new Date(firstMs + numberIn(row, 'span') * 1000).toISOString(),
          count: numberIn(row, 'count'),
          blocked: numberIn(row, 'blocked') === 1,
        });
      }
    }
    return lines;
  }

  #insertOf(day: number): StatementSync {
    const known = this.#inserts.get(day);
    if (known !== undefined) return known;
    const table = dayTable(day);
    this.#database.exec(daySchema(table));
    // In the two SETs the bare columns are the row's values before the update.
    const insert = this.#database.prepare(`INSERT INTO ${table} (name, client, first, span, count, blocked)
      VALUES (?, ?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET
        span = max(first + span, excluded.first + excluded.span) - min(first, excluded.first),
        first = min(first, excluded.first),
        count = count + excluded.count, blocked = max(blocked, excluded.blocked)`);
    if (this.#inserts.size > 3) this.#inserts.clear();
    this.#inserts.set(day, insert);
    return insert;
  }
}
