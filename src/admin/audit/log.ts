// The audit log: who changed what, in a file of its own, `audit.db`. The main thread writes it, a row a change, so that an answer
// that says "done" has its row on the disk.
import { join } from 'node:path';
import type { StatementSync } from 'node:sqlite';
import type { ErrorCode } from '../../config/error-codes.ts';
import { DatabaseFile } from '../../hits/database-file.ts';
import type { AuditRow } from './row.ts';

export interface AuditEntry extends AuditRow {
  readonly id: number;
  /** Wall clock, ms: the first of `count`. */
  readonly atMs: number;
  /** When the last one was. */
  readonly lastMs: number;
  /** The same again within a minute, nothing being changed, is one row. */
  readonly count: number;
}

export interface AuditQuestion {
  /** Rows older than that of this id. */
  readonly before: number | null;
  readonly sinceMs: number;
  readonly who: string | null;
  readonly limit: number;
}

interface Row {
  readonly row: AuditRow;
  readonly count: number;
  /** When the first of `count` was, and the last. */
  readonly atMs: number;
  readonly lastMs: number;
}

interface Opened {
  readonly add: StatementSync;
  readonly again: StatementSync;
  readonly prune: StatementSync;
  readonly ask: StatementSync;
}

const COLUMNS = ['who', 'role', 'way', 'address', 'action', 'asked', 'before', 'after', 'result'] as const;
const QUOTED = COLUMNS.map((name) => `"${name}"`).join(', ');
/** Of what somebody who is known did. */
const DONE = `way IS NOT NULL AND result = 'ok'`;
const DONE_MAX = 200_000;
/** Of all else: somebody who tries passwords all day fills no disk, and pushes out nothing of what was done. */
const REFUSED = `(way IS NULL OR result <> 'ok')`;
const REFUSED_MAX = 20_000;
/** Those but the newest. */
const beyond = (which: string): string =>
  `(${which} AND id <= (SELECT id FROM audit WHERE ${which} ORDER BY id DESC LIMIT 1 OFFSET ?))`;
const FOLD_MS = 60_000;
/** Tries that nobody looked at: they come as fast as somebody sends them, so a row stands for those of a minute. */
const UNSEEN: ErrorCode = 'TOO_MANY_TRIES';
const PRUNE_EVERY = 100;
const WAITING_MAX = 1_000;
const BUSY_MS = 2_000;

const SCHEMA = `CREATE TABLE IF NOT EXISTS audit (
  id INTEGER PRIMARY KEY AUTOINCREMENT, atMs INTEGER NOT NULL, lastMs INTEGER NOT NULL, count INTEGER NOT NULL,
  who TEXT, role TEXT, way TEXT, address TEXT, action TEXT NOT NULL, asked TEXT, "before" TEXT, "after" TEXT, result TEXT NOT NULL
) STRICT;`;

export interface AuditParts {
  /** The data folder. */
  readonly dir: string;
  readonly keepMs: () => number;
  readonly now: () => number;
  /** Told when it cannot be written, and when it can again. */
  readonly report: (what: string) => void;
}

export class AuditLog {
  readonly #parts: AuditParts;
  readonly #file: DatabaseFile<Opened>;
  #added = 0;
  #lost = 0;
  /** What the file does not take: written once it does, the oldest first. */
  readonly #waiting: Row[] = [];
  #last: { readonly key: string; readonly atMs: number; readonly id: number } | null = null;
  #unseen: { readonly row: AuditRow; readonly atMs: number; lastMs: number; count: number } | null = null;
  #unseenWrittenMs = Number.NEGATIVE_INFINITY;

  constructor(parts: AuditParts) {
    this.#parts = parts;
    this.#file = new DatabaseFile<Opened>({
      path: join(parts.dir, 'audit.db'),
      now: parts.now,
      report: (state) => {
        if (state.kind === 'working') parts.report('the audit log is written again');
        else if (state.kind === 'setAside')
          parts.report(
            `the audit log was damaged (${state.error.message}); it is set aside as ${state.path} and a new one begun`,
          );
        else
          parts.report(
            `the audit log cannot be written (${state.error.message}); changes are made, and up to ${WAITING_MAX} rows of them wait in memory`,
          );
      },
      busyMs: BUSY_MS,
      pragmas: 'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;',
      schema: SCHEMA,
      version: 1,
      opened: (database) => ({
        add: database.prepare(
          `INSERT INTO audit (atMs, lastMs, count, ${QUOTED}) VALUES (?, ?, ?, ${COLUMNS.map(() => '?').join(', ')})`,
        ),
        again: database.prepare('UPDATE audit SET count = count + 1, lastMs = ? WHERE id = ?'),
        prune: database.prepare(
          `DELETE FROM audit WHERE lastMs < ? OR ${beyond(DONE)} OR ${beyond(REFUSED)}`,
        ),
        ask: database.prepare(
          `SELECT id, atMs, lastMs, count, ${QUOTED} FROM audit WHERE id < ? AND lastMs >= ? AND (? IS NULL OR who = ?) ORDER BY id DESC LIMIT ?`,
        ),
      }),
    });
  }

  /** Rows since the start that are not in the file: they wait, or were too many. */
  get missing(): number {
    return this.#lost + this.#waiting.length;
  }

  /** Tries what waits. @returns why rows wait still, null when none does */
  whyWaiting(): string | null {
    this.#writeWaiting();
    if (this.#waiting.length === 0) return null;
    return this.#file.failing?.message ?? 'it was damaged and is begun anew';
  }

  readonly add = (row: AuditRow): void => {
    if (row.result === UNSEEN) this.#addUnseen(row);
    else this.#write(row, 1, this.#parts.now());
  };

  #addUnseen(row: AuditRow): void {
    const now = this.#parts.now();
    this.#unseen ??= { row, atMs: now, lastMs: now, count: 0 };
    this.#unseen.count += 1;
    this.#unseen.lastMs = now;
    if (now - this.#unseenWrittenMs >= FOLD_MS) this.#writeUnseen();
  }

  #writeUnseen(): void {
    const unseen = this.#unseen;
    if (unseen === null) return;
    this.#unseen = null;
    this.#unseenWrittenMs = this.#parts.now();
    this.#write(unseen.row, unseen.count, unseen.atMs, unseen.lastMs);
  }

  #write(row: AuditRow, count: number, atMs: number, lastMs = atMs): void {
    this.#waiting.push({ row, count, atMs, lastMs });
    this.#writeWaiting();
    if (this.#waiting.length <= WAITING_MAX) return;
    this.#waiting.shift();
    this.#lost += 1;
  }

  #writeWaiting(): void {
    for (let [first] = this.#waiting; first !== undefined && this.#store(first); [first] = this.#waiting)
      this.#waiting.shift();
  }

  #store({ row, count, atMs, lastMs }: Row): boolean {
    const values = COLUMNS.map((name) => row[name]);
    const key = JSON.stringify(values);
    return this.#file.attempt(({ add, again, prune }) => {
      const last = this.#last;
      if (
        last !== null &&
        count === 1 &&
        last.key === key &&
        row.after === null &&
        row.before === null &&
        atMs - last.atMs < FOLD_MS
      ) {
        again.run(lastMs, last.id);
        return;
      }
      const { lastInsertRowid } = add.run(atMs, lastMs, count, ...values);
      this.#last = { key, atMs: lastMs, id: Number(lastInsertRowid) };
      this.#added += 1;
      if (this.#added % PRUNE_EVERY === 1) prune.run(lastMs - this.#parts.keepMs(), DONE_MAX, REFUSED_MAX);
    });
  }

  /** The newest first. @throws Error when it cannot be read */
  ask({ before, sinceMs, who, limit }: AuditQuestion): readonly AuditEntry[] {
    this.#writeUnseen();
    this.#writeWaiting();
    const from = Math.max(sinceMs, this.#parts.now() - this.#parts.keepMs());
    let rows: readonly AuditEntry[] = [];
    const isDone = this.#file.attempt(({ ask }) => {
      rows = ask.all(
        before ?? Number.MAX_SAFE_INTEGER,
        from,
        who,
        who,
        limit,
      ) as unknown as readonly AuditEntry[];
    }, 'read');
    if (!isDone) throw this.#file.failing ?? new Error('it was damaged and is begun anew');
    return rows;
  }

  close(): void {
    this.#writeUnseen();
    this.#writeWaiting();
    this.#file.close();
  }
}
