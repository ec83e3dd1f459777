// The store: one SQLite file, opened by one thread (../database-file.ts).
//
// `write` never throws: it tells whether all of it is stored, and when not, nothing of it is.
import type { DatabaseSync } from 'node:sqlite';
import { DatabaseFile, type DatabaseFileOptions, type DatabaseFileState } from '../database-file.ts';
import { ElsewhereTable } from '../elsewhere-table.ts';
import { History } from './history.ts';
import { HitTable } from './hit-table.ts';
import { IncidentTable } from './incident-table.ts';
import { LedTable } from './led-table.ts';
import { migrate } from './migrate.ts';
import type { NameBounds } from './new-budget.ts';
import { NotesTable } from './notes-table.ts';
import { OutboxTable } from './outbox-table.ts';
import { SCHEMA, SCHEMA_VERSION } from './schema.ts';
import { TellingsTable } from './told/tellings-table.ts';
import { TitlesTable } from './told/titles-table.ts';
import { ToldTable } from './told/told-table.ts';
import { WatchTable } from './watch-table.ts';

export type StoreState =
  | DatabaseFileState
  /** One of an earlier version, of so many bytes: nothing else is done until it is taken over. */
  | { readonly kind: 'takingOver'; readonly path: string; readonly bytes: number }
  | { readonly kind: 'takenOver'; readonly tookMs: number };

export interface StoreOptions extends Pick<DatabaseFileOptions<Tables>, 'path' | 'now'> {
  readonly report: (state: StoreState) => void;
  readonly busyMs?: number;
  readonly bounds?: NameBounds;
}

export interface Tables {
  readonly database: DatabaseSync;
  readonly hits: HitTable;
  readonly notes: NotesTable;
  readonly led: LedTable;
  readonly elsewhere: ElsewhereTable;
  readonly history: History;
  readonly incidents: IncidentTable;
  readonly outbox: OutboxTable;
  readonly tellings: TellingsTable;
  readonly titles: TitlesTable;
  readonly told: ToldTable;
  readonly watched: WatchTable;
}

// FULL: journals go when their hits are stored, so stored has to mean on the disk (docs/decisions/0039).
const PRAGMAS = `PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY;
  PRAGMA cache_size = -6144; PRAGMA journal_size_limit = 67108864;
  PRAGMA wal_autocheckpoint = 8000;`;
const READONLY_MOVED = 1032;

export class Store {
  readonly #file: DatabaseFile<Tables>;

  constructor({ path, now, report, busyMs = 200, bounds }: StoreOptions) {
    this.#file = new DatabaseFile({
      path,
      now,
      report,
      busyMs,
      damage: [READONLY_MOVED],
      pragmas: PRAGMAS,
      schema: SCHEMA,
      version: SCHEMA_VERSION,
      migrate: (database, version) => {
        const begunMs = performance.now();
        migrate(database, path, { from: version, to: SCHEMA_VERSION }, (bytes) =>
          report({ kind: 'takingOver', path, bytes }),
        );
        report({ kind: 'takenOver', tookMs: performance.now() - begunMs });
      },
      opened: (database) => tablesOf(database, bounds),
    });
    this.#file.attempt(() => undefined);
  }

  /** Why nothing can be stored at present; null when it can. */
  get failing(): Error | null {
    return this.#file.failing;
  }

  /** Does it all in one transaction; false when nothing of it was stored. */
  write(work: (tables: Tables) => void): boolean {
    return this.#file.attempt((tables) => {
      const { database } = tables;
      database.exec('BEGIN IMMEDIATE');
      try {
        work(tables);
        database.exec('COMMIT');
        tables.history.committed();
      } catch (error) {
        tables.hits.forget();
        tables.history.rolledBack();
        tables.incidents.forget();
        tables.notes.forget();
        if (database.isTransaction) database.exec('ROLLBACK');
        throw error;
      }
    });
  }

  /** Reads; `otherwise` when the file cannot be read at present. */
  read<T>(work: (tables: Tables) => T, otherwise: T): T {
    let result = otherwise;
    this.#file.attempt((tables) => {
      result = work(tables);
    }, 'read');
    return result;
  }

  close(): void {
    this.#file.close(({ database }) => database.exec('PRAGMA optimize'));
  }
}

export function tablesOf(database: DatabaseSync, bounds?: NameBounds): Tables {
  return {
    database,
    hits: new HitTable(database),
    notes: new NotesTable(database),
    led: new LedTable(database),
    elsewhere: new ElsewhereTable(database),
    history: new History(database, bounds),
    incidents: new IncidentTable(database),
    outbox: new OutboxTable(database),
    tellings: new TellingsTable(database),
    titles: new TitlesTable(database),
    told: new ToldTable(database),
    watched: new WatchTable(database),
  };
}
