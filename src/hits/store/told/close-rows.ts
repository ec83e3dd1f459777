// Marks rows of history as told as found in the past: those that were told, and of what.
import type { StatementSync } from 'node:sqlite';
import { isElsewhere, isFind, tellingsIn, toldAs } from '../../standing.ts';
import { type DayRow, dayRowOf } from '../day-source.ts';
import { DAY_MS, dayOf, dayTable } from '../schema.ts';
import type { Tables } from '../store.ts';
import type { ToldOf } from './tellings-table.ts';

/** Askings of one asker for one name that were told. */
export interface ToldRows {
  /** Numbers in the store. */
  readonly name: number;
  readonly asker: number;
  readonly firstMs: number;
  readonly lastMs: number;
  /** Null: all of that time, of which none was told before. */
  readonly rows: readonly DayRow[] | null;
  /** Whether it was those that another group's lists had then. */
  readonly isElsewhere: boolean;
}

interface Statements {
  readonly find: StatementSync;
  readonly alike: StatementSync;
  readonly remove: StatementSync;
}

const COLUMNS = 'got, first, span, count, visits';

/** Closes what one search found; a row that several of its findings tell of is marked by each. */
export class RowCloser {
  readonly #tables: Tables;
  readonly #days: Set<string>;
  readonly #statements = new Map<string, Statements>();
  /** Rows that had grown since they were read → the number of the part that was told. */
  readonly #split = new Map<string, number>();
  /** What rows were told of before, and now → its number, and the latest day that is noted of it. */
  readonly #numbers = new Map<string, { readonly number: number; readonly day: number }>();

  constructor(tables: Tables) {
    this.#tables = tables;
    this.#days = new Set(tables.history.days().map(dayTable));
  }

  close(told: ToldRows, of: readonly ToldOf[]): void {
    const what = JSON.stringify(of);
    for (const row of told.rows ?? this.#rowsOf(told))
      if (this.#days.has(dayTable(row.day))) this.#mark(row, of, what);
  }

  /** What was asked for since it was read, and told of nothing yet, stays a row of its own. */
  #mark(row: DayRow, of: readonly ToldOf[], what: string): void {
    const { day, name, asker } = row;
    const { history } = this.#tables;
    const markedOf = (got: number): number => toldAs(got, this.#numberOf(tellingsIn(got), of, what, day));
    const now = this.#rowNow(row, (got) => markedOf(got) !== got);
    if (now === undefined) return;
    const marked = markedOf(now.got);
    this.#statementsOf(day).remove.run(name, asker, now.got);
    const further = now.count - row.count;
    if (further <= 0) {
      history.add({ ...now, got: marked });
      return;
    }
    this.#split.set(keyOf(row), marked);
    const end = now.firstSecond + now.spanSeconds;
    const toldTo = Math.min(end, row.firstSecond + row.spanSeconds);
    const visits = Math.min(now.visits, row.visits);
    const { count, types } = row;
    history.add({ ...now, got: marked, spanSeconds: toldTo - now.firstSecond, count, visits, types });
    const rest = { firstSecond: toldTo, spanSeconds: end - toldTo, count: further };
    history.add({ ...now, ...rest, visits: now.visits - visits });
  }

  /** The row that was read, also where another finding has marked it since: with what it was told of, and not of this. */
  #rowNow(row: DayRow, isToMark: (got: number) => boolean): DayRow | undefined {
    const { day, name, asker, got, firstSecond, spanSeconds, count } = row;
    const { find, alike } = this.#statementsOf(day);
    const own = find.get(name, asker, this.#split.get(keyOf(row)) ?? got);
    const found =
      own === undefined
        ? alike.all(name, asker, toldAs(got, 0), got, firstSecond, firstSecond + spanSeconds, count)
        : [own];
    return found.map((one) => dayRowOf(row, one)).find((one) => isToMark(one.got));
  }

  #numberOf(before: number, of: readonly ToldOf[], what: string, day: number): number {
    const key = `${before} ${what}`;
    const known = this.#numbers.get(key);
    if (known !== undefined && known.day >= day) return known.number;
    const number = this.#tables.tellings.with(before, of, day);
    this.#numbers.set(key, { number, day });
    return number;
  }

  #statementsOf(day: number): Statements {
    const table = dayTable(day);
    let known = this.#statements.get(table);
    if (known === undefined) {
      const { database } = this.#tables;
      const select = `SELECT ${COLUMNS} FROM ${table} WHERE name = ? AND asker = ?`;
      known = {
        find: database.prepare(`${select} AND got = ?`),
        alike: database.prepare(`${select} AND got % ${toldAs(0, 1)} = ? AND got <> ?
          AND first <= ? AND first + span >= ? AND count >= ? ORDER BY count, got DESC`),
        remove: database.prepare(`DELETE FROM ${table} WHERE name = ? AND asker = ? AND got = ?`),
      };
      this.#statements.set(table, known);
    }
    return known;
  }

  *#rowsOf({ name, asker, firstMs, lastMs, isElsewhere: areElsewhere }: ToldRows): Generator<DayRow> {
    for (let day = dayOf(firstMs); day <= dayOf(lastMs); day += 1) {
      const table = dayTable(day);
      if (!this.#days.has(table)) continue;
      const rows = this.#tables.database
        .prepare(`SELECT ${COLUMNS} FROM ${table} WHERE name = ? AND asker = ? AND first + span <= ?`)
        .all(name, asker, Math.ceil((lastMs - day * DAY_MS) / 1000));
      for (const row of rows) {
        const read = dayRowOf({ day, name, asker }, row);
        if ((areElsewhere ? isElsewhere : isFind)(read.got)) yield read;
      }
    }
  }
}

const keyOf = ({ day, name, asker, got }: DayRow): string => `${day} ${name} ${asker} ${got}`;
