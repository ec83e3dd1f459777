// The file of the query log: opened for writing by one thread (../hits/database-file.ts), read by any process meanwhile.
//
// WAL without a flush a transaction: a kill loses nothing that was written, a power cut the last seconds (docs/decisions/0100).
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { DatabaseFile, type DatabaseFileOptions } from '../hits/database-file.ts';

export type LogFileOptions = Pick<DatabaseFileOptions<Database>, 'path' | 'now' | 'report'>;

/** A change of what is below needs a step that brings older files to it. */
const VERSION = 1;

/**
 * `hot`: a batch a row (batch.ts), until its rows are in a block (block.ts, summary.ts). `pieces`: the names that are new in a
 * block (names.ts), by the number of the first of them in their stretch. `runs`: from when to when the log was written.
 * `damaged`: batches that cannot be decoded, for whoever wants to look at them; they go with their age.
 */
const SCHEMA = `
CREATE TABLE IF NOT EXISTS hot (
  id INTEGER PRIMARY KEY, toMs INTEGER NOT NULL, rows INTEGER NOT NULL, body BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS damaged (
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

const PRAGMAS = `PRAGMA page_size = 4096; PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -4096;
  PRAGMA journal_size_limit = 16777216; PRAGMA wal_autocheckpoint = 4000;`;
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
  readonly #file: DatabaseFile<Database>;
  #generation = 0;

  constructor(options: LogFileOptions) {
    this.#file = new DatabaseFile({
      ...options,
      busyMs: BUSY_MS,
      lookMs: LOOK_MS,
      pragmas: PRAGMAS,
      schema: SCHEMA,
      version: VERSION,
      opened: (database) => {
        this.#generation += 1;
        return new Database(database);
      },
    });
  }

  /** Why nothing can be written at present; null when it can. */
  get failing(): Error | null {
    return this.#file.failing;
  }

  get isOpen(): boolean {
    return this.#file.isOpen;
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
    return this.#file.attempt(work);
  }

  close(): void {
    this.#file.close();
  }
}
