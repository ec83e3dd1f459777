// The store as another process sees it: opened for reading only, at one moment, beside the thread that writes it.
import { DatabaseSync } from 'node:sqlite';
import { type Tables, tablesOf } from '../store/store.ts';

/** Readers wait for nobody but a program that has locked the whole file. */
const BUSY_MS = 5000;

/**
 * Does it all in one view of the file: what is written meanwhile is not seen.
 * @throws Error when the file cannot be opened or read
 */
export function readApart<T>(path: string, work: (tables: Tables) => T): T {
  const database = new DatabaseSync(path, { readOnly: true, timeout: BUSY_MS });
  try {
    database.exec(
      'PRAGMA temp_store = MEMORY; PRAGMA cache_size = -32768; PRAGMA mmap_size = 1073741824; BEGIN;',
    );
    return work(tablesOf(database));
  } finally {
    database.close();
  }
}
