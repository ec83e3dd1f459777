// What the tables share: columns of a row that SQLite gave (what a column is, its query says, not the type checker), the rows of a
// machine, and the removal of rows of old days.
import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';
import type { Who } from '../../clients/who.ts';

export type Row = Readonly<Record<string, SQLOutputValue>>;

/** A column that holds a number; 0 when there is no row. */
export function numberIn(row: Row | undefined, column: string): number {
  return Number(row?.[column] ?? 0);
}

export function textIn(row: Row | undefined, column: string): string {
  return String(row?.[column] ?? '');
}

export function textOrNull(row: Row | undefined, column: string): string | null {
  const value = row?.[column] ?? null;
  return value === null ? null : String(value);
}

const REMOVED_A_STEP = 5000;

/** Removes rows of old days, some at a time. Where that reads all of a table, it is done once a day. */
export class OldRows {
  readonly #remove: StatementSync;
  /** Nothing older was left when it was looked for last. */
  #doneDay = Number.NaN;

  /** @param sql a DELETE of the rows before day `?1`, `?2` of them at most */
  constructor(database: DatabaseSync, sql: string) {
    this.#remove = database.prepare(sql);
  }

  /** @returns whether more is left */
  removeBefore(day: number): boolean {
    if (day === this.#doneDay) return false;
    const isMore = Number(this.#remove.run(day, REMOVED_A_STEP).changes) >= REMOVED_A_STEP;
    if (!isMore) this.#doneDay = day;
    return isMore;
  }
}

/** Expressions, trusted; `users` is a list in JSON. */
interface AskerColumns {
  readonly address: string;
  readonly machine: string;
  readonly users: string;
}

/** SQL for: asked by these machines, or from these addresses; where users are meant, while one of them was logged on. */
export function isOf(
  { ips, machines, users }: Who,
  columns: AskerColumns,
): { sql: string; values: string[] } {
  const isIn = (column: string): string => `${column} IN (SELECT value FROM json_each(?))`;
  if (users !== undefined)
    return {
      sql: `EXISTS (SELECT 1 FROM json_each(${columns.users}) AS own WHERE ${isIn('own.value')})`,
      values: [JSON.stringify(users)],
    };
  return {
    sql: `(${isIn(columns.address)} OR ${isIn(columns.machine)})`,
    values: [JSON.stringify(ips), JSON.stringify(machines)],
  };
}
