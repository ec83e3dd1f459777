// What a site tells its head office beside hits: which incidents changed, finds, and what is wrong. In the order in which it came about; what
// changed again is told once, where it changed last.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { numberIn, textIn, textOrNull } from './row.ts';

export type NoteKind = 'incident' | 'find' | 'trouble';

export interface NoteRow {
  readonly number: number;
  readonly kind: NoteKind;
  readonly id: string;
  /** JSON; null: it is an incident, which is read when it is told. */
  readonly body: string | null;
}

/** A site that is cut off keeps so many; the oldest go. */
const NOTES_MAX = 100_000;

export class NotesTable {
  readonly #database: DatabaseSync;
  readonly #put: StatementSync;
  readonly #most: number;
  #hasBegun = false;

  /** @param most are kept */
  constructor(database: DatabaseSync, most = NOTES_MAX) {
    this.#database = database;
    this.#most = most;
    this.#put = database.prepare('INSERT OR REPLACE INTO notes (kind, id, body) VALUES (?, ?, ?)');
  }

  /** Where nothing was noted yet: the incidents that there are, the latest of them where they are more than are kept. */
  begin(): void {
    if (this.#hasBegun) return;
    const row = this.#database.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'notes'").get();
    if (row === undefined)
      this.#database
        .prepare(
          `INSERT INTO notes (kind, id) SELECT 'incident', id FROM
            (SELECT id, openedMs FROM incidents ORDER BY openedMs DESC, id DESC LIMIT ?) ORDER BY openedMs, id`,
        )
        .run(this.#most);
    this.#hasBegun = true;
  }

  /** Number of the last. */
  get last(): number {
    return numberIn(this.#database.prepare('SELECT max(number) AS last FROM notes').get(), 'last');
  }

  put(kind: NoteKind, id: string, body: string | null): void {
    this.#put.run(kind, id, body);
  }

  /** Oldest first. */
  after(number: number, limit: number): NoteRow[] {
    return this.#database
      .prepare('SELECT number, kind, id, body FROM notes WHERE number > ? ORDER BY number LIMIT ?')
      .all(number, limit)
      .map((row) => ({
        number: numberIn(row, 'number'),
        kind: textIn(row, 'kind') as NoteKind,
        id: textIn(row, 'id'),
        body: textOrNull(row, 'body'),
      }));
  }

  /** What was done was undone. */
  forget(): void {
    this.#hasBegun = false;
  }

  removeOldest(): void {
    this.#database
      .prepare('DELETE FROM notes WHERE number <= (SELECT max(number) FROM notes) - ?')
      .run(this.#most);
  }
}
