// A folder aside on the same file system, so that what was made there can be renamed into place.
//
// Who makes one holds a lock in it, which goes with the process whatever it dies of: numbers of processes mean nothing between containers
// that share a folder.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { lockFile } from '../../daemon/machine/folder-lock.ts';
import { whyNotWritten } from './disk-fault.ts';
import { failed } from './manifest.ts';

/** Begins the names of such folders: `.cenote-NAME-xxxxxx`. */
const PREFIX = '.cenote-';
const LOCK = 'lock';
/** One without a lock is being made, or its maker died before it had one. */
const UNLOCKED_MS = 3_600_000;
/** Folders that this process made, with their locks: a lock that nothing refers to would be closed. */
const held = new Map<string, DatabaseSync | null>();

/** What belongs to the restore of one configuration: what another's has laid ready, and may yet need, is not in its way. */
export const restoreName = (configPath: string): string =>
  `restore-${createHash('sha256').update(configPath).digest('hex').slice(0, 12)}`;

/**
 * @param mayMake whether a `folder` that is not there is made
 * @throws CliError when nothing can be written there
 */
export function stagingIn(folder: string, name: string, mayMake: boolean): string {
  try {
    if (mayMake) mkdirSync(folder, { recursive: true });
    removeRemains(folder, name);
    const made = mkdtempSync(join(folder, `${PREFIX}${name}-`));
    held.set(made, locked(made));
    return made;
  } catch (error) {
    throw failed(`nothing can be written there: ${whyNotWritten(error)} (${folder})`, error);
  }
}

/** Null where nothing can be locked: then nobody removes it. */
function locked(folder: string): DatabaseSync | null {
  try {
    return lockFile(join(folder, LOCK));
  } catch {
    return null;
  }
}

/** What a command that was killed has left, where this user may remove it. */
function removeRemains(folder: string, name: string): void {
  const start = `${PREFIX}${name}-`;
  for (const found of readdirSync(folder)) {
    const path = join(folder, found);
    if (!found.startsWith(start) || found.slice(start.length).includes('-') || held.has(path)) continue;
    try {
      if (isLeft(path)) rmSync(path, { recursive: true, force: true });
    } catch {
      // It is another user's, or just removed, and in nobody's way.
    }
  }
}

/** @throws Error when that cannot be known */
function isLeft(path: string): boolean {
  const lock = join(path, LOCK);
  if (!existsSync(lock)) return Date.now() - statSync(path).mtimeMs > UNLOCKED_MS;
  const free = lockFile(lock);
  free?.close();
  return free !== null;
}
