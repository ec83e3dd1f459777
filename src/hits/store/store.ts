// The store: one SQLite file, opened by one thread, that may be locked, full or damaged at any time and then says so.
//
// `write` never throws: it tells whether all of it is stored, and when not, nothing of it is. A damaged file is set aside
// with a message and a new one begun.
import { closeSync, mkdirSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ElsewhereTable } from '../elsewhere-table.ts';
import { History, type NameBounds } from './history.ts';
import { HitTable } from './hit-table.ts';
import { IncidentTable } from './incident-table.ts';
import { LedTable } from './led-table.ts';
import { migrate } from './migrate.ts';
import { OutboxTable } from './outbox-table.ts';
import { numberIn } from './row.ts';
import { SCHEMA, SCHEMA_VERSION } from './schema.ts';
import { ToldTable } from './told-table.ts';
import { WatchTable } from './watch-table.ts';

export interface StoreOptions {
  readonly path: string;
  /** Wall clock, ms: names the file that was set aside. */
  readonly now: () => number;
  readonly report: (state: StoreState) => void;
  /** How long a write waits for another program's lock. */
  readonly busyMs?: number;
  readonly bounds?: NameBounds;
}

export type StoreState =
  | { readonly kind: 'failing'; readonly error: Error }
  | { readonly kind: 'working' }
  | { readonly kind: 'setAside'; readonly path: string; readonly error: Error };

export interface Tables {
  readonly database: DatabaseSync;
  readonly hits: HitTable;
  readonly led: LedTable;
  readonly elsewhere: ElsewhereTable;
  readonly history: History;
  readonly incidents: IncidentTable;
  readonly outbox: OutboxTable;
  readonly told: ToldTable;
  readonly watched: WatchTable;
}

const CORRUPT = 11;
const NOT_A_DATABASE = 26;
const READONLY_MOVED = 1032;

export class Store {
  readonly #options: StoreOptions;
  #tables: Tables | null = null;
  #inode = 0;
  #failing: Error | null = null;

  constructor(options: StoreOptions) {
    this.#options = options;
    this.#attempt(() => this.#open());
  }

  /** Why nothing can be stored at present; null when it can. */
  get failing(): Error | null {
    return this.#failing;
  }

  /** Does it all in one transaction; false when nothing of it was stored. */
  write(work: (tables: Tables) => void): boolean {
    return this.#attempt(() => {
      const tables = this.#open();
      const { database } = tables;
      database.exec('BEGIN IMMEDIATE');
      try {
        work(tables);
        database.exec('COMMIT');
      } catch (error) {
        tables.hits.forget();
        tables.history.forget();
        tables.incidents.forget();
        if (database.isTransaction) database.exec('ROLLBACK');
        throw error;
      }
    });
  }

  /** Reads; `otherwise` when the file cannot be read at present. */
  read<T>(work: (tables: Tables) => T, otherwise: T): T {
    let result = otherwise;
    this.#attempt(() => {
      result = work(this.#open());
    });
    return result;
  }

  close(): void {
    const tables = this.#tables;
    this.#tables = null;
    if (tables === null) return;
    try {
      tables.database.exec('PRAGMA optimize');
      tables.database.close();
    } catch {
      // What was committed is in the WAL, and the next start reads it.
    }
  }

  #attempt(work: () => void): boolean {
    try {
      work();
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

  #open(): Tables {
    const { path, busyMs, bounds } = this.#options;
    if (this.#tables !== null && inodeOf(path) === this.#inode) return this.#tables;
    if (this.#tables !== null) {
      // Someone moved or removed the file under us. Closing writes the log of changes into it where it is now; what is
      // left of the log must not be taken for the new file's.
      this.#drop();
      for (const ending of ['-wal', '-shm']) rmSync(path + ending, { force: true });
    }
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    closeSync(openSync(path, 'a', 0o600)); // who asked for what is nobody else's; SQLite gives its other files the same mode
    const database = new DatabaseSync(path, { timeout: busyMs ?? 200 });
    try {
      // FULL: journals go when their hits are stored, so stored has to mean on the disk (docs/decisions/0039).
      database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY;
        PRAGMA cache_size = -6144; PRAGMA journal_size_limit = 67108864;
        PRAGMA wal_autocheckpoint = 8000;`);
      const version = numberIn(database.prepare('PRAGMA user_version').get(), 'user_version');
      if (version > SCHEMA_VERSION) throw new Error(`written by a newer cenote (${path}); move it away`);
      if (version > 0 && version < SCHEMA_VERSION) migrate(database, path, version, SCHEMA_VERSION);
      database.exec(`BEGIN IMMEDIATE; ${SCHEMA} PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT;`);
      this.#tables = tablesOf(database, bounds);
    } catch (error) {
      database.close();
      throw error;
    }
    this.#inode = inodeOf(path);
    return this.#tables;
  }

  #setAside(error: Error): void {
    const { path, now, report } = this.#options;
    this.#drop();
    const aside = `${path}.damaged-${new Date(now()).toISOString().replace(/[:.]/g, '-')}`;
    try {
      renameSync(path, aside);
      for (const ending of ['-wal', '-shm']) rmSync(path + ending, { force: true });
      report({ kind: 'setAside', path: aside, error });
      this.#open();
    } catch (again) {
      this.#fail(again instanceof Error ? again : error);
    }
  }

  #drop(): void {
    const tables = this.#tables;
    this.#tables = null;
    try {
      tables?.database.close();
    } catch {
      // It is being given up.
    }
  }

  #fail(error: Error): void {
    const known = this.#failing !== null;
    this.#failing = error;
    if (!known) this.#options.report({ kind: 'failing', error });
  }
}

export function tablesOf(database: DatabaseSync, bounds?: NameBounds): Tables {
  return {
    database,
    hits: new HitTable(database),
    led: new LedTable(database),
    elsewhere: new ElsewhereTable(database),
    history: new History(database, bounds),
    incidents: new IncidentTable(database),
    outbox: new OutboxTable(database),
    told: new ToldTable(database),
    watched: new WatchTable(database),
  };
}

function isDamage(error: Error): boolean {
  if (!('errcode' in error)) return false;
  const code = Number(error.errcode);
  return (code & 0xff) === CORRUPT || code === NOT_A_DATABASE || code === READONLY_MOVED;
}

function inodeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.ino ?? -1;
}
