// The folder of a file, watched by the system's events (inotify): they say at once what the next look would see, and no more than that.
import { type FSWatcher, statSync, watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import { messageOf } from '../../config/coded-error.ts';

/** How long nothing more may happen in the folder before it counts. */
const SETTLE_MS = 300;
/** What Linux says when all that may be watched is: EMFILE of instances, ENOSPC of watches. */
const USED_UP: Readonly<Record<string, string>> = {
  EMFILE: 'fs.inotify.max_user_instances or the limit of open files',
  ENOSPC: 'fs.inotify.max_user_watches',
};

export interface FolderWatchParts {
  readonly file: string;
  readonly report: (problem: string) => void;
  /** Watches; tests fail it. */
  readonly watch?: typeof watch;
}

/**
 * Calls `quiet` once the folder of a file has been quiet after something happened that may concern it: what is written beside it, a log of
 * this daemon's for instance, does not; a link beside it that is replaced may.
 */
export class FolderWatch {
  readonly #parts: FolderWatchParts;
  readonly #quiet: () => void;
  #watcher: FSWatcher | null = null;
  /** Of the folder that is watched. */
  #inode = 0n;
  #told: string | null = null;
  #settling: NodeJS.Timeout | undefined;

  constructor(parts: FolderWatchParts, quiet: () => void) {
    this.#parts = parts;
    this.#quiet = quiet;
    this.look();
  }

  /** Watches the folder that is there now: another one, or what could not be watched before. */
  look(): void {
    const folder = dirname(this.#parts.file);
    const inode = statSync(folder, { bigint: true, throwIfNoEntry: false })?.ino;
    if (inode === undefined || (this.#watcher !== null && inode === this.#inode)) return;
    this.#end();
    try {
      const watcher = (this.#parts.watch ?? watch)(folder, (event, name) => {
        if (event === 'change' && name !== basename(this.#parts.file)) return;
        clearTimeout(this.#settling);
        this.#settling = setTimeout(this.#quiet, SETTLE_MS);
      });
      watcher.on('error', (error) => this.#fail(error));
      this.#watcher = watcher;
      this.#inode = inode;
      this.#told = null;
    } catch (error) {
      this.#fail(error);
    }
  }

  close(): void {
    clearTimeout(this.#settling);
    this.#end();
  }

  #end(): void {
    this.#watcher?.close();
    this.#watcher = null;
  }

  #fail(error: unknown): void {
    this.#end();
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const limit = USED_UP[code];
    const remedy = limit === undefined ? '' : `; what the system allows is used up: raise ${limit} (sysctl)`;
    const problem = `${messageOf(error)}${remedy}`;
    if (problem === this.#told) return;
    this.#told = problem;
    this.#parts.report(problem);
  }
}
