// The file of the query log: opened for writing by one thread, read by any process meanwhile. It may be locked, full or damaged at
// any time and then says so; a damaged one is set aside and a new one begun.
//
// WAL without a flush a transaction: a kill loses nothing that was written, a power cut the last seconds (docs/decisions/0100).
import { closeSync, mkdirSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';

export type LogFileState =
  | { readonly kind: 'failing'; readonly error: Error }
  | { readonly kind: 'working' }
  | { readonly kind: 'setAside'; readonly path: string; readonly error: Error };

export interface LogFileOptions {
  readonly path: string;
  /** Wall clock, ms: names the file that was set aside. */
  readonly now: () => number;
  readonly report: (state: LogFileState) => void;
}

/** A change of what is below needs a step that brings older files to it. */
const VERSION = 1;

/**
 * `hot`: a batch a row (batch.ts), until its rows are in a block (block.ts, summary.ts). `pieces`: the names that are new in a
 * block (names.ts), by the number of the first of them in their stretch. `runs`: from when to when the log was written.
 */
const SCHEMA = `
CREATE TABLE IF NOT EXISTS hot (
  id INTEGER PRIMARY KEY, toMs INTEGER NOT NULL, rows INTEGER NOT NULL, body BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS blocks (
  id INTEGER PRIMARY KEY, stretch INTEGER NOT NULL, fromMs INTEGER NOT NULL, toMs INTEGER NOT NULL, rows INTEGER NOT NULL,
  queries INTEGER NOT NULL, lastHot INTEGER NOT NULL, summary BLOB NOT NULL, names BLOB NOT NULL, kinds BLOB NOT NULL,
  askers BLOB NOT NULL, times BLOB NOT NULL, counts BLOB NOT NULL, waits BLOB NOT NULL, rules BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS blocksByTime ON blocks (toMs);
CREATE INDEX IF NOT EXISTS blocksByStretch ON blocks (stretch);
CREATE TABLE IF NOT EXISTS pieces (
  id INTEGER PRIMARY KEY, stretch INTEGER NOT NULL, first INTEGER NOT NULL, count INTEGER NOT NULL, body BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS piecesByStretch ON pieces (stretch, first);
CREATE TABLE IF NOT EXISTS askers (
  id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, machine TEXT NOT NULL, ip TEXT NOT NULL, name TEXT, mac TEXT,
  inGroup TEXT, day INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS sources (id INTEGER PRIMARY KEY, what TEXT NOT NULL, name TEXT NOT NULL, UNIQUE (what, name));
CREATE TABLE IF NOT EXISTS rules (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE, day INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS runs (
  id INTEGER PRIMARY KEY, fromMs INTEGER NOT NULL, toMs INTEGER NOT NULL, lost INTEGER NOT NULL, isClosed INTEGER NOT NULL
);
`;

const CORRUPT = 11;
const NOT_A_DATABASE = 26;
/** How often it is looked whether the file is still where it was. */
const LOOK_MS = 5000;
/** A write waits this long for another program's lock; the rows wait in memory meanwhile. */
const BUSY_MS = 50;

/** An open file, with its statements: each is prepared once. */
export class Database {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  get isInTransaction(): boolean {
    return this.#database.isTransaction;
  }

  /** The statement of a text that is always the same. */
  prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  run(sql: string): void {
    this.prepare(sql).run();
  }

  /** Of a text that is seldom the same. */
  exec(sql: string): void {
    this.#database.exec(sql);
  }

  close(): void {
    this.#database.close();
  }
}

export class LogFile {
  readonly #options: LogFileOptions;
  #database: Database | null = null;
  #inode = 0;
  #lookedMs = 0;
  #failing: Error | null = null;
  #generation = 0;

  constructor(options: LogFileOptions) {
    this.#options = options;
  }

  /** Why nothing can be written at present; null when it can. */
  get failing(): Error | null {
    return this.#failing;
  }

  get isOpen(): boolean {
    return this.#database !== null;
  }

  /** Another one each time a file is opened: what is numbered by an earlier one means nothing in it. */
  get generation(): number {
    return this.#generation;
  }

  /** Does it all in one transaction; false when nothing of it was written. */
  write(work: (database: Database) => void): boolean {
    return this.attempt((database) => {
      database.run('BEGIN IMMEDIATE');
      try {
        work(database);
        database.run('COMMIT');
      } catch (error) {
        if (database.isInTransaction) database.run('ROLLBACK');
        throw error;
      }
    });
  }

  /** The same without a transaction. */
  attempt(work: (database: Database) => void): boolean {
    try {
      work(this.#open());
    } catch (caught) {
      const error = caught instanceof Error ? caught : new Error(String(caught));
      if (isDamage(error)) this.#setAside(error);
      else this.#fail(error);
      return false;
    }
    if (this.#failing !== null) {
      this.#failing = null;
      this.#options.report({ kind: 'working' });
    }
    return true;
  }

  close(): void {
    const database = this.#database;
    this.#database = null;
    try {
      database?.close();
    } catch {
      // What was committed is in the WAL, and the next start reads it.
    }
  }

  #open(): Database {
    const { path, now } = this.#options;
    if (this.#database !== null && Math.abs(now() - this.#lookedMs) < LOOK_MS) return this.#database;
    this.#lookedMs = now();
    if (this.#database !== null && inodeOf(path) === this.#inode) return this.#database;
    if (this.#database !== null) {
      // Someone moved or removed it under us: what is left of its log of changes is not the new file's.
      this.close();
      for (const ending of ['-wal', '-shm']) rmSync(path + ending, { force: true });
    }
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    closeSync(openSync(path, 'a', 0o600)); // who asked for what is nobody else's
    const database = new DatabaseSync(path, { timeout: BUSY_MS });
    try {
      database.exec(`PRAGMA page_size = 4096; PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL;
        PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -4096;
        PRAGMA journal_size_limit = 16777216;`);
      const version = Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
      if (version > VERSION) throw new Error(`written by a newer cenote (${path}); move it away`);
      database.exec(`BEGIN IMMEDIATE; ${SCHEMA} PRAGMA user_version = ${VERSION}; COMMIT;`);
    } catch (error) {
      database.close();
      throw error;
    }
    const opened = new Database(database);
    this.#database = opened;
    this.#inode = inodeOf(path);
    this.#generation += 1;
    return opened;
  }

  #setAside(error: Error): void {
    const { path, now, report } = this.#options;
    this.close();
    const aside = `${path}.damaged-${new Date(now()).toISOString().replace(/[:.]/g, '-')}`;
    try {
      renameSync(path, aside);
      for (const ending of ['-wal', '-shm']) rmSync(path + ending, { force: true });
      report({ kind: 'setAside', path: aside, error });
    } catch (again) {
      this.#fail(again instanceof Error ? again : error);
    }
  }

  #fail(error: Error): void {
    const isKnown = this.#failing !== null;
    this.#failing = error;
    if (!isKnown) this.#options.report({ kind: 'failing', error });
  }
}

function isDamage(error: Error): boolean {
  if (!('errcode' in error)) return false;
  const code = Number(error.errcode) & 0xff;
  return code === CORRUPT || code === NOT_A_DATABASE;
}

function inodeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.ino ?? -1;
}
