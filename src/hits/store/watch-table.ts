// From when to when cenote watched: what is known of a time is only what was kept in it.
//
// One row a time in which nothing changed: the daemon ran, and its history was kept or not. The present one is made longer a few
// times a minute, so that what a kill costs is a gap of seconds and not unknown.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { numberIn } from './row.ts';

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
}

const KEPT = { not: 0, byMachine: 1, byPseudonym: 2 } as const;

export class WatchTable {
  readonly #database: DatabaseSync;
  readonly #write: StatementSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#write = database.prepare(`INSERT INTO watched (fromMs, toMs, history, lost) VALUES (?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET toMs = excluded.toMs, history = excluded.history, lost = excluded.lost`);
  }

  write({ fromMs, toMs, history, byMachine = history, lost }: Watched): void {
    this.#write.run(fromMs, toMs, history ? (byMachine ? KEPT.byMachine : KEPT.byPseudonym) : KEPT.not, lost);
  }

  /** Oldest first. */
  since(fromMs: number): Watched[] {
    return this.#database
      .prepare('SELECT fromMs, toMs, history, lost FROM watched WHERE toMs >= ? ORDER BY fromMs')
      .all(fromMs)
      .map((row) => ({
        fromMs: numberIn(row, 'fromMs'),
        toMs: numberIn(row, 'toMs'),
        history: numberIn(row, 'history') !== KEPT.not,
        byMachine: numberIn(row, 'history') === KEPT.byMachine,
        lost: numberIn(row, 'lost'),
      }));
  }

  removeBefore(timeMs: number): void {
    this.#database.prepare('DELETE FROM watched WHERE toMs < ?').run(timeMs);
  }
}
