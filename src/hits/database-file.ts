// A SQLite file that one thread writes: it may be locked, full, damaged or removed at any time, and then says so. A damaged one is
// set aside with a message and a new one begun; one that went away is begun anew.
import { closeSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { inodeOf, isReplaced } from '../config/disk/inode.ts';

export type DatabaseFileState =
  | { readonly kind: 'failing'; readonly error: Error }
  | { readonly kind: 'working' }
  | { readonly kind: 'setAside'; readonly path: string; readonly error: Error };

export interface DatabaseFileOptions<Opened> {
  readonly path: string;
  /** Wall clock, ms: names the file that was set aside. */
  readonly now: () => number;
  readonly report: (state: DatabaseFileState) => void;
  /** How long a write waits for another program's lock. */
  readonly busyMs: number;
  /** How often it is looked whether the file is still where it was; each time unless said. */
  readonly lookMs?: number;
  /** Codes of SQLite that mean damage here, beside those that always do. */
  readonly damage?: readonly number[];
  readonly pragmas: string;
  readonly schema: string;
  readonly version: number;
  /** Brings the file of an older version to this one. */
  readonly migrate?: (database: DatabaseSync, version: number) => void;
  /** What work is done with. */
  readonly opened: (database: DatabaseSync) => Opened;
}

const CORRUPT = 11;
const NOT_A_DATABASE = 26;

export class DatabaseFile<Opened> {
  readonly #options: DatabaseFileOptions<Opened>;
  #open: { readonly database: DatabaseSync; readonly opened: Opened; readonly inode: number } | null = null;
  #lookedMs = 0;
  #failing: Error | null = null;
  #isWriteFailing = false;

  constructor(options: DatabaseFileOptions<Opened>) {
    this.#options = options;
  }

  /** Why nothing can be written at present; null when it can. */
  get failing(): Error | null {
    return this.#failing;
  }

  get isOpen(): boolean {
    return this.#open !== null;
  }

  /**
   * Never throws: false when the work was not done to its end.
   * @param how a read that works ends no failure of a write: a locked file can be read, and a full disk; nor does a write that had
   * nothing to change
   */
  attempt(work: (opened: Opened) => void, how: 'read' | 'write' = 'write'): boolean {
    let isChanged = true;
    try {
      const before = this.#isWriteFailing ? this.#changes() : null;
      work(this.#ready());
      isChanged = before === null || this.#changes() !== before;
    } catch (caught) {
      const error = caught instanceof Error ? caught : new Error(String(caught));
      if (isDamage(error, this.#options.damage)) this.#setAside(error);
      else this.#fail(error);
      this.#isWriteFailing ||= how === 'write' && this.#failing !== null;
      return false;
    }
    if (this.#failing !== null && ((how === 'write' && isChanged) || !this.#isWriteFailing)) {
      this.#failing = null;
      this.#isWriteFailing = false;
      this.#options.report({ kind: 'working' });
    }
    return true;
  }

  /** Rows ever changed by this connection; null: it is not open, and to open it writes. */
  #changes(): number | null {
    const row = this.#open?.database.prepare('SELECT total_changes() AS rows').get();
    return row === undefined ? null : Number(row['rows']);
  }

  /** @param last what is done before it */
  close(last?: (opened: Opened) => void): void {
    const open = this.#open;
    this.#open = null;
    if (open === null) return;
    try {
      last?.(open.opened);
      open.database.close();
    } catch {
      // What was committed is in the WAL, and the next start reads it.
    }
  }

  #ready(): Opened {
    const { path, now, busyMs, lookMs = 0, pragmas, schema, version, migrate, opened } = this.#options;
    if (this.#open !== null && Math.abs(now() - this.#lookedMs) < lookMs) return this.#open.opened;
    this.#lookedMs = now();
    if (this.#open !== null && !isReplaced(path, this.#open.inode)) return this.#open.opened;
    if (this.#open !== null) {
      // Someone moved or removed the file under us. Closing writes the log of changes into it where it is now; what is
      // left of the log must not be taken for the new file's.
      this.close();
      removeChanges(path);
    }
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    closeSync(openSync(path, 'a', 0o600)); // who asked for what is nobody else's; SQLite gives its other files the same mode
    const database = new DatabaseSync(path, { timeout: busyMs });
    try {
      database.exec(pragmas);
      const found = Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
      if (found > version)
        throw new Error(
          `written by a newer cenote (${path}); run that one again, or restore a backup that this one made`,
        );
      if (found > 0 && found < version) migrate?.(database, found);
      database.exec(`BEGIN IMMEDIATE; ${schema} PRAGMA user_version = ${version}; COMMIT;`);
      this.#open = { database, opened: opened(database), inode: inodeOf(path) };
    } catch (error) {
      database.close();
      throw error;
    }
    return this.#open.opened;
  }

  #setAside(error: Error): void {
    const { path, now, report } = this.#options;
    this.close();
    const aside = `${path}.damaged-${new Date(now()).toISOString().replace(/[:.]/g, '-')}`;
    try {
      renameSync(path, aside);
      removeChanges(path);
      report({ kind: 'setAside', path: aside, error });
      this.#ready();
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

function isDamage(error: Error, also: readonly number[] = []): boolean {
  if (!('errcode' in error)) return false;
  const code = Number(error.errcode);
  return [CORRUPT, NOT_A_DATABASE].includes(code & 0xff) || also.includes(code);
}

/** Its log of changes, and what goes with that. */
function removeChanges(path: string): void {
  for (const ending of ['-wal', '-shm']) rmSync(path + ending, { force: true });
}
