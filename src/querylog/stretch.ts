// Rows between two blocks, and how a block takes the place of their batches.
import { numberIn } from '../hits/store/row.ts';
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
