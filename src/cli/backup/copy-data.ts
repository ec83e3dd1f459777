// A copy of `events.dir` of a running daemon: databases by SQLite's own backup, then the journals, so that what the database has
// not taken yet is in a journal of the copy. A hit is taken once, by its place in the journal, which the database keeps.
import { copyFileSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { failed } from './manifest.ts';

const JOURNAL = 'journal';
const TRIES = 5;
/** What is made anew at each start, belongs to the process that runs, or was put aside by a restore. */
const LEFT_OUT =
  /^(cenote\.lock|cenote\.pid|rules\.snapshot|served(\/.*)?|code-cache(\/.*)?|before-restore-.*|\.cenote-.*|.*\.(tmp|db-wal|db-shm|db-journal))$/;

/**
 * @param to a folder of its own
 * @throws CliError when journals are replaced faster than they can be copied, or the disk is full
 */
export async function copyData(dir: string, to: string): Promise<void> {
  let files: string[] = [];
  for (let tries = 1; ; tries += 1) {
    const before = journalsOf(dir);
    files = filesBelow(dir).filter((path) => !LEFT_OUT.test(path));
    for (const path of files.filter((file) => file.endsWith('.db')))
      await copyDatabase(join(dir, path), join(to, path));
    const isWhole = journalsOf(dir).every((name) =>
      copied(join(dir, JOURNAL, name), join(to, JOURNAL, name)),
    );
    // One that went in between may have held what came after the database was copied.
    const after = new Set(journalsOf(dir));
    if (isWhole && before.every((name) => after.has(name))) break;
    if (tries === TRIES)
      throw failed(
        `hits come faster than they can be copied; try again when fewer do, or stop the daemon (${dir})`,
      );
  }
  for (const path of files)
    if (!path.endsWith('.db') && !path.startsWith(`${JOURNAL}/`)) copied(join(dir, path), join(to, path));
}

async function copyDatabase(from: string, to: string): Promise<void> {
  mkdirSync(dirname(to), { recursive: true });
  const database = new DatabaseSync(from, { readOnly: true, timeout: 10_000 });
  try {
    await backup(database, to);
  } finally {
    database.close();
  }
}

function journalsOf(dir: string): string[] {
  const folder = join(dir, JOURNAL);
  return statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true
    ? readdirSync(folder).sort()
    : [];
}

/** @returns whether it was still there */
function copied(from: string, to: string): boolean {
  mkdirSync(dirname(to), { recursive: true });
  try {
    copyFileSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

/** Paths of regular files, from the folder. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}
