// Removes what is past its age, or beyond the size that the log may have: the oldest blocks first, a few at a go, and the file
// gets smaller with them.
import { numberIn } from '../hits/store/row.ts';
import { dayOf } from '../hits/store/schema.ts';
import type { Database } from './log-file.ts';
import { ENDED } from './run.ts';

export interface Keep {
  readonly keepMs: number;
  readonly sizeOctets: number;
}

/** Some 5 ms each on a disk of our time. */
const BLOCKS_A_STEP = 4;
const PIECES_A_STEP = 8;
const PAGES_A_STEP = 256;
/** What batches come and go in. */
const SPARE_PAGES = 64;

/**
 * One step; call it until it says that there is no more to do.
 * @param stretch that is being written: its names are needed
 */
export function removeSome(
  database: Database,
  { keepMs, sizeOctets }: Keep,
  nowMs: number,
  stretch: number,
): boolean {
  if (removeBlocks(database, nowMs - keepMs, sizeOctets)) return true;
  if (removePieces(database, stretch)) return true;
  database.prepare('DELETE FROM damaged WHERE toMs < ?').run(nowMs - keepMs);
  if (giveBack(database)) return true;
  removeUnused(database);
  return false;
}

function removeBlocks(database: Database, beforeMs: number, sizeOctets: number): boolean {
  const isTooBig = octetsOf(database) > sizeOctets;
  const { changes } = database
    .prepare('DELETE FROM blocks WHERE id IN (SELECT id FROM blocks WHERE toMs < ? ORDER BY toMs LIMIT ?)')
    .run(isTooBig ? Number.MAX_SAFE_INTEGER : beforeMs, BLOCKS_A_STEP);
  return changes > 0;
}

function removePieces(database: Database, stretch: number): boolean {
  const { changes } = database
    .prepare(
      `DELETE FROM pieces WHERE id IN (SELECT id FROM pieces WHERE stretch < (SELECT min(?, coalesce(min(stretch), ?)) FROM blocks)
        ORDER BY stretch LIMIT ?)`,
    )
    .run(stretch, stretch, PIECES_A_STEP);
  return changes > 0;
}

/** Of free pages all but a few go back to the file system. */
function giveBack(database: Database): boolean {
  const free = numberIn(database.prepare('PRAGMA freelist_count').get(), 'freelist_count');
  if (free <= SPARE_PAGES) return false;
  database.exec(`PRAGMA incremental_vacuum(${Math.min(PAGES_A_STEP, free - SPARE_PAGES)})`);
  return true;
}

/** Who has not asked since the oldest block, and rules that decided nothing since. */
function removeUnused(database: Database): void {
  const oldestMs = database.prepare('SELECT min(fromMs) AS oldest FROM blocks').get()?.['oldest'] ?? null;
  if (oldestMs === null) return;
  const day = dayOf(Number(oldestMs)) - 1;
  database.prepare('DELETE FROM askers WHERE day < ?').run(day);
  database.prepare('DELETE FROM rules WHERE day < ?').run(day);
  database.prepare('DELETE FROM runs WHERE toMs < ? AND isClosed <> ?').run(Number(oldestMs), ENDED.no);
}

/** Of what is in use. */
function octetsOf(database: Database): number {
  const pages = numberIn(database.prepare('PRAGMA page_count').get(), 'page_count');
  const free = numberIn(database.prepare('PRAGMA freelist_count').get(), 'freelist_count');
  return (pages - free) * numberIn(database.prepare('PRAGMA page_size').get(), 'page_size');
}
