// Has journals reach the disk itself while no store takes their hits. Never in a resolver thread: a sync may take a tenth of a
// second, and takes with it what any thread wrote to the file.
import { closeSync, fdatasyncSync, fstatSync, openSync } from 'node:fs';
import { findJournals } from './journal-reader.ts';

/** Size of each journal when it was synced last: one that has not grown since is on the disk. */
const synced = new Map<string, number>();

/** @throws Error when the disk does not take them; they are with the system then, as before */
export function syncJournals(dir: string, boot: string): void {
  const paths = findJournals(dir)
    .filter((file) => file.boot === boot)
    .map(({ path }) => path);
  for (const path of synced.keys()) if (!paths.includes(path)) synced.delete(path);
  for (const path of paths) {
    const descriptor = openJournal(path);
    if (descriptor === null) continue;
    try {
      const { size } = fstatSync(descriptor);
      if (synced.get(path) === size) continue;
      fdatasyncSync(descriptor);
      synced.set(path, size);
    } finally {
      closeSync(descriptor);
    }
  }
}

/** Null for one that was stored and removed meanwhile. */
function openJournal(path: string): number | null {
  try {
    return openSync(path, 'r');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

export interface JournalSyncOptions {
  readonly dir: string;
  readonly boot: string;
  /** Monotonic, ms. */
  readonly monotonic: () => number;
  /** Told once of each failure that lasts. */
  readonly report: (problem: string) => void;
  readonly sync: typeof syncJournals | undefined;
}

/** What a power cut may cost while the store takes nothing. */
const SYNC_MS = 1000;

/** Syncs them about once a second, for as long as it is asked to. */
export class JournalSync {
  readonly #options: JournalSyncOptions;
  #syncedMs = Number.NEGATIVE_INFINITY;
  #isFailing = false;

  constructor(options: JournalSyncOptions) {
    this.#options = options;
  }

  tick(): void {
    const { dir, boot, monotonic, report, sync = syncJournals } = this.#options;
    if (monotonic() - this.#syncedMs < SYNC_MS) return;
    this.#syncedMs = monotonic();
    try {
      sync(dir, boot);
      this.#isFailing = false;
    } catch (error) {
      const text = `the journal does not reach the disk: ${String(error)}; a power cut may cost hits`;
      if (!this.#isFailing) report(text);
      this.#isFailing = true;
    }
  }
}
