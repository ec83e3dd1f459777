// One daemon a folder: two that write one store, journal and snapshot would each spoil what the other keeps.
//
// The lock is the system's on a file, by way of SQLite, since Node has no call for it: it goes with the process whatever it dies
// of, and holds between containers that share the folder. The file beside it says whose it is.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Logger } from 'pino';
import { inodeOf, isReplaced } from '../../config/disk/inode.ts';
import type { Looks } from './looks.ts';

const BUSY = 5;
/** How often it is looked whether the folder is still the one that is held. */
const LOOK_MS = 1000;

/** @returns what holds the file for this process until it is closed; null: another holds it @throws Error when it cannot be locked */
export function lockFile(path: string): DatabaseSync | null {
  const lock = new DatabaseSync(path, { timeout: 0 });
  try {
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock.close();
    if (error instanceof Error && 'errcode' in error && Number(error.errcode) === BUSY) return null;
    throw error;
  }
}

/**
 * Holds the folder for this process; the returned function lets it go.
 * @throws Error when another process holds it; a folder that cannot be locked otherwise costs only this
 */
export function lockFolder(dir: string, log: Logger): () => void {
  const pidFile = join(dir, 'cenote.pid');
  let lock: DatabaseSync | null = null;
  try {
    mkdirSync(dir, { recursive: true, mode: 0o750 });
    lock = lockFile(lockPath(dir));
    if (lock !== null) writeFileSync(pidFile, `${process.pid}\n${hostname()}\n`);
    const own = lock;
    if (own !== null) return () => own.close();
  } catch (error) {
    lock?.close();
    log.warn(
      { dir, error: String(error) },
      'events.dir cannot be locked: nothing keeps a second daemon from it',
    );
    return () => undefined;
  }
  throw new Error(
    `another cenote uses this folder, process ${holderOf(pidFile)} (events.dir ${dir}); stop it, or give this one a folder of its own`,
  );
}

/**
 * A folder that is removed or moved away takes the lock with it, and another daemon may begin in the next of that name.
 * @param gone called when folder or lock is another, or not there any more
 * @returns ends it
 */
export function watchLock(dir: string, looks: Pick<Looks, 'every'>, gone: () => void): () => void {
  const paths = [dir, lockPath(dir)];
  let known = paths.map(inodeNow);
  return looks.every(LOOK_MS, () => {
    if (!paths.some((path, i) => isReplaced(path, known[i] ?? -1))) return;
    gone();
    known = paths.map(inodeNow);
  });
}

const lockPath = (dir: string): string => join(dir, 'cenote.lock');

/** −1 also where it cannot be told: once it can, it is another. */
function inodeNow(path: string): number {
  try {
    return inodeOf(path);
  } catch {
    return -1;
  }
}

/** With the machine where that is another: in a container each process may have number 1, and the container's name says whose it is. */
function holderOf(pidFile: string): string {
  try {
    const [pid = '', host = hostname()] = readFileSync(pidFile, 'utf8').trim().split('\n');
    return host === hostname() ? pid : `${pid} on ${host}`;
  } catch {
    return 'unknown';
  }
}
