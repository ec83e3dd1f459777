// How the rows of a day are read, whichever release wrote them, and how they are written.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { numberIn, type Row } from './row.ts';
import { daySchema, dayTable } from './schema.ts';

/** One machine asked for one name, on one UTC day, once or several times between two moments, and got the same. */
export interface DayRow {
  /** Days since 1970. */
  readonly day: number;
  /** Numbers as `nameId` and `askerId` gave them. */
  readonly name: number;
  readonly asker: number;
  /** standing.ts */
  readonly got: number;
  /** Seconds of the day. */
  readonly firstSecond: number;
  readonly spanSeconds: number;
  readonly count: number;
  /** Those that began a visit. */
  readonly visits: number;
  /** TYPE_BIT of what was asked for, or-ed. */
  readonly types: number;
}

/** Types of a row, above TYPE_BIT of asked-types.ts or-ed. */
export const TYPES = 16;

/** As `visits` of a row has them: visits and types in one number. */
export function visitsIn(stored: number): { readonly visits: number; readonly types: number } {
  const types = stored % TYPES;
  return { visits: (stored - types) / TYPES, types };
}

/** Of a row of `SELECT got, first, span, count, visits`. @param of whose it is */
export function dayRowOf(of: Pick<DayRow, 'day' | 'name' | 'asker'>, row: Row): DayRow {
  return {
    ...of,
    got: numberIn(row, 'got'),
    firstSecond: numberIn(row, 'first'),
    spanSeconds: numberIn(row, 'span'),
    count: numberIn(row, 'count'),
    ...visitsIn(numberIn(row, 'visits')),
  };
}

/** A table with rows of a day, whichever release wrote it, and what its columns are called there. */
export interface DaySource {
  readonly name: string;
  readonly asker: string;
  readonly got: string;
  readonly visits: string;
}

const COLUMNS = 7;
/** Of a day, that one statement enters: what it costs beside its rows is paid once. */
const ROWS_AT_ONCE = 32;
const DAYS_REMEMBERED = 4;

interface Insert {
  readonly one: StatementSync;
  /** ROWS_AT_ONCE of them. */
  readonly many: StatementSync;
}

export class DayRows {
  readonly #database: DatabaseSync;
  readonly #inserts = new Map<number, Insert>();
  /** Rows of one day that wait for others: so many of the values, which are one array for all. */
  readonly #waiting = { day: 0, size: 0, values: new Array<number>(ROWS_AT_ONCE * COLUMNS).fill(0) };

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  add(row: DayRow): void {
    const values = new Array<number>(COLUMNS).fill(0);
    putValues(row, values, 0);
    this.#insertOf(row.day).one.run(...values);
  }

  addSoon(row: DayRow): void {
    const { day } = row;
    const waiting = this.#waiting;
    if (day !== waiting.day) this.flush();
    waiting.day = day;
    putValues(row, waiting.values, waiting.size);
    waiting.size += COLUMNS;
    if (waiting.size < waiting.values.length) return;
    this.#insertOf(day).many.run(...waiting.values);
    waiting.size = 0;
  }

  flush(): void {
    const { day, size, values } = this.#waiting;
    for (let at = 0; at < size; at += COLUMNS) this.#insertOf(day).one.run(...values.slice(at, at + COLUMNS));
    this.#waiting.size = 0;
  }

  /** Tables may be gone, and what waits with a transaction. */
  forget(): void {
    this.#inserts.clear();
    this.#waiting.size = 0;
  }

  #insertOf(day: number): Insert {
    const known = this.#inserts.get(day);
    if (known !== undefined) return known;
    const table = dayTable(day);
    this.#database.exec(daySchema(table));
    const insert = {
      one: this.#database.prepare(insertInto(table, 1)),
      many: this.#database.prepare(insertInto(table, ROWS_AT_ONCE)),
    };
    if (this.#inserts.size >= DAYS_REMEMBERED) this.#inserts.clear();
    this.#inserts.set(day, insert);
    return insert;
  }
}

/** SQL. In the two SETs the bare columns are the row's values before the update. */
function insertInto(table: string, rows: number): string {
  const row = `(${new Array<string>(COLUMNS).fill('?').join()})`;
  return `INSERT INTO ${table} (name, asker, got, first, span, count, visits) VALUES ${new Array<string>(rows).fill(row).join()}
    ON CONFLICT DO UPDATE SET
      span = max(first + span, excluded.first + excluded.span) - min(first, excluded.first),
      first = min(first, excluded.first),
      count = count + excluded.count,
      visits = (visits / ${TYPES} + excluded.visits / ${TYPES}) * ${TYPES} + ((visits | excluded.visits) & ${TYPES - 1})`;
}

/** As `insertInto` names the columns. */
function putValues(row: DayRow, values: number[], at: number): void {
  values[at] = row.name;
  values[at + 1] = row.asker;
  values[at + 2] = row.got;
  values[at + 3] = row.firstSecond;
  values[at + 4] = row.spanSeconds;
  values[at + 5] = row.count;
  values[at + 6] = row.visits * TYPES + row.types;
}
