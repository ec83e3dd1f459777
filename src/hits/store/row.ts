// Reads the columns of a row that SQLite gave: what a column is, its query says, not the type checker.
import type { SQLOutputValue } from 'node:sqlite';

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
