// Which journals there are, and which of them go: those whose hits are all stored.
import { readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type JournalName, parseJournalName } from './frame.ts';

export interface JournalFile extends JournalName {
  readonly path: string;
}

/** All journals in the directory, oldest start first, each thread's in the order of its hits. */
export function findJournals(dir: string): JournalFile[] {
  let names: string[];
  try {
    names = readdirSync(dir);
  } catch {
    return [];
  }
  return names
    .flatMap((name) => {
      const parsed = parseJournalName(name);
      return parsed === null ? [] : [{ ...parsed, path: join(dir, name) }];
    })
    .sort((a, b) => compare(a.boot, b.boot) || a.worker - b.worker || a.firstSequence - b.firstSequence);
}

/**
 * Removes one thread's files all of whose hits are stored. The file a thread writes to is never removed: it is its last.
 * @param through number of the last hit that is stored
 */
export function removeStored(files: readonly JournalFile[], through: number): number {
  let removed = 0;
  files.forEach((file, i) => {
    const next = files[i + 1];
    if (next === undefined || next.firstSequence > through + 1) return;
    rmSync(file.path, { force: true });
    removed += 1;
  });
  return removed;
}

/** Where a damaged file is kept: a name that nobody reads. */
export const asideOf = ({ path }: JournalFile): string => `${path}.damaged`;

/** A damaged file stays when the good hits of it are stored. */
export function keepAside(file: JournalFile): void {
  renameSync(file.path, asideOf(file));
}

/** Removes a file whose hits are stored and that nobody writes to any more. */
export function removeJournal(file: JournalFile): void {
  rmSync(file.path, { force: true });
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
