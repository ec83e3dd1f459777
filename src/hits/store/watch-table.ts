// From when to when cenote watched: what is known of a time is only what was kept in it.
//
// One row a time in which nothing changed: the daemon ran, its history was kept or not, and its clock did not jump. The present one is
// made longer a few times a minute, so that what a kill costs is a gap of seconds and not unknown.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { numberIn, type Row } from './row.ts';

export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Watched extends Span {
  /** Whether what was asked for was kept, beside hits. */
  readonly history: boolean;
  /** Whether it was kept with the machines that asked, not under pseudonyms. Absent: as `history`. */
  readonly byMachine?: boolean;
  /** Askings that found no room. */
  readonly lost: number;
  /** Askings of which only a name above theirs is kept. */
  readonly unnamed?: number;
  /** Time of the newest record that is stored: later than `toMs`, not all between them is. */
  readonly keptToMs?: number;
  /** Whether it ended in order; null: an older release did not note it. */
  readonly isClosed?: boolean | null;
  /** It did not end in order, and the daemon went on: its thread failed. */
  readonly hasFailed?: boolean;
  /** It began because the clock jumped: what the clock said before. */
  readonly jumpedFromMs?: number | null;
}

/** Of `isClosed`; what an older release does not know it takes for a kill. */
const FAILED = 2;
const KEPT = { not: 0, byMachine: 1, byPseudonym: 2 } as const;
const COLUMNS = 'fromMs, toMs, history, lost, keptToMs, isClosed, jumpedFromMs, unnamed';

export class WatchTable {
  readonly #database: DatabaseSync;
  readonly #write: StatementSync;
  readonly #has: StatementSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#write = database.prepare(`INSERT INTO watched (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET toMs = excluded.toMs, history = excluded.history, lost = excluded.lost,
        keptToMs = excluded.keptToMs, isClosed = excluded.isClosed, unnamed = excluded.unnamed`);
    this.#has = database.prepare('SELECT 1 FROM watched WHERE fromMs = ?');
  }

  write({ fromMs, toMs, history, byMachine = history, lost, ...end }: Watched): void {
    const kept = history ? (byMachine ? KEPT.byMachine : KEPT.byPseudonym) : KEPT.not;
    const { keptToMs = 0, isClosed = false, jumpedFromMs = null, unnamed = 0 } = end;
    this.#write.run(
      fromMs,
      toMs,
      kept,
      lost,
      keptToMs,
      isClosed === null ? null : Number(isClosed),
      jumpedFromMs,
      unnamed,
    );
  }

  has(fromMs: number): boolean {
    return this.#has.get(fromMs) !== undefined;
  }

  /** A record of before this span was stored: it belongs to the one before. */
  keptBefore(fromMs: number, timeMs: number): void {
    this.#database
      .prepare(`UPDATE watched SET keptToMs = ? WHERE keptToMs < ?
        AND fromMs = (SELECT max(fromMs) FROM watched WHERE fromMs < ? AND fromMs <= ?)`)
      .run(timeMs, timeMs, fromMs, timeMs);
  }

  /** The span before this one ended because its thread failed, unless it ended in order. */
  failedBefore(fromMs: number): void {
    this.#database
      .prepare(`UPDATE watched SET isClosed = ? WHERE isClosed = 0
        AND fromMs = (SELECT max(fromMs) FROM watched WHERE fromMs < ?)`)
      .run(FAILED, fromMs);
  }

  /** Oldest first. */
  since(fromMs: number): Watched[] {
    return this.#database
      .prepare(`SELECT ${COLUMNS} FROM watched WHERE max(toMs, keptToMs) >= ? ORDER BY fromMs`)
      .all(fromMs)
      .map(watchedOf);
  }

  removeBefore(timeMs: number): void {
    this.#database.prepare('DELETE FROM watched WHERE max(toMs, keptToMs) < ?').run(timeMs);
  }
}

function watchedOf(row: Row): Watched {
  return {
    fromMs: numberIn(row, 'fromMs'),
    toMs: numberIn(row, 'toMs'),
    history: numberIn(row, 'history') !== KEPT.not,
    byMachine: numberIn(row, 'history') === KEPT.byMachine,
    lost: numberIn(row, 'lost'),
    unnamed: numberIn(row, 'unnamed'),
    keptToMs: numberIn(row, 'keptToMs'),
    isClosed: row['isClosed'] === null ? null : row['isClosed'] === 1,
    hasFailed: row['isClosed'] === FAILED,
    jumpedFromMs: row['jumpedFromMs'] === null ? null : numberIn(row, 'jumpedFromMs'),
  };
}
