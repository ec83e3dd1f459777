// Rows between two blocks, and how a block takes the place of their batches.
import { numberIn, type Row } from '../hits/store/row.ts';
import { decodeBatch } from './batch.ts';
import type { Block } from './block.ts';
import type { Database } from './log-file.ts';
import type { NamePiece, Names } from './names.ts';
import type { Rows } from './rows.ts';

/** Rows between two blocks, with what their names' numbers mean. */
export interface Stretch {
  readonly rows: Rows;
  readonly names: Names;
  readonly number: number;
  /** In which it began. */
  readonly day: number;
  /** Rows that are in batches of the file, and the last of these. */
  committed: number;
  lastHot: number;
}

/** Queries of rows that are in no batch of the file. */
export function waitingIn({ rows, committed }: Stretch): number {
  let queries = 0;
  for (let at = committed; at < rows.size; at += 1) queries += rows.counts[at]!;
  return queries;
}

/**
 * Takes in the batches that no block has yet. One that is damaged is set aside in the file, so that it is not tried again.
 * @returns how many rows such ones had
 */
export function takeBatches(database: Database, stretch: Stretch): number {
  const { rows, names } = stretch;
  const numberOf = (name: Uint8Array): number => names.table.numberOf(name, 0, name.length);
  const damaged: Row[] = [];
  for (const row of database.prepare('SELECT id, rows, body FROM hot ORDER BY id').iterate()) {
    stretch.lastHot = numberIn(row, 'id');
    if (!decodeBatch(row['body'] as Uint8Array, rows, numberOf)) damaged.push(row);
  }
  for (const { id } of damaged) {
    database
      .prepare(
        'INSERT OR REPLACE INTO damaged (id, toMs, rows, body) SELECT id, toMs, rows, body FROM hot WHERE id = ?',
      )
      .run(Number(id));
    database.prepare('DELETE FROM hot WHERE id = ?').run(Number(id));
  }
  stretch.committed = rows.size;
  return damaged.reduce((sum, row) => sum + numberIn(row, 'rows'), 0);
}

/** The number that no stretch of the file has. */
export function nextStretch(database: Database): number {
  const sql =
    'SELECT max(coalesce((SELECT max(stretch) FROM blocks), 0), coalesce((SELECT max(stretch) FROM pieces), 0)) AS top';
  return numberIn(database.prepare(sql).get(), 'top') + 1;
}

/** Likewise of batches. */
export function nextHot(database: Database): number {
  const sql = `SELECT max(coalesce((SELECT max(id) FROM hot), 0), coalesce((SELECT max(lastHot) FROM blocks), 0)) AS top`;
  return numberIn(database.prepare(sql).get(), 'top') + 1;
}

/** Puts a block in place of its batches; call inside a transaction. */
export function writeBlock(
  database: Database,
  { number, lastHot }: Stretch,
  block: Block,
  { first, count, body }: NamePiece,
  summary: Uint8Array,
): void {
  const { fromMs, toMs, rows, queries, names, kinds, askers, times, counts, waits, rules } = block;
  if (count > 0)
    database
      .prepare('INSERT INTO pieces (stretch, first, count, body) VALUES (?, ?, ?, ?)')
      .run(number, first, count, body);
  database
    .prepare(
      `INSERT INTO blocks (stretch, fromMs, toMs, rows, queries, lastHot, summary, names, kinds, askers, times, counts, waits, rules)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      number,
      fromMs,
      toMs,
      rows,
      queries,
      lastHot,
      summary,
      names,
      kinds,
      askers,
      times,
      counts,
      waits,
      rules,
    );
  database.prepare('DELETE FROM hot WHERE id <= ?').run(lastHot);
}
