// A folder aside on the same file system, so that what was made there can be renamed into place.
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { whyNotWritten } from './disk-fault.ts';
import { failed } from './manifest.ts';

/** Begins the names of such folders: `.cenote-NAME-PROCESS-xxxxxx`. */
const PREFIX = '.cenote-';
/** Of this process. In a container each command may have number 1: what has its number and is not here is of an earlier one. */
const own = new Set<string>();

/**
 * @param mayMake whether a `folder` that is not there is made
 * @throws CliError when nothing can be written there
 */
export function stagingIn(folder: string, name: string, mayMake: boolean): string {
  try {
    if (mayMake) mkdirSync(folder, { recursive: true });
    removeRemains(folder, name);
    const made = mkdtempSync(join(folder, `${PREFIX}${name}-${process.pid}-`));
    own.add(made);
    return made;
  } catch (error) {
    throw failed(`nothing can be written there: ${whyNotWritten(error)} (${folder})`, error);
  }
}

/** What a command that was killed has left, where this user may remove it. */
function removeRemains(folder: string, name: string): void {
  const start = `${PREFIX}${name}-`;
  try {
    for (const found of readdirSync(folder)) {
      if (!found.startsWith(start)) continue;
      const pid = /^(\d+)-[^-]+$/.exec(found.slice(start.length))?.[1];
      const path = join(folder, found);
      if (pid !== undefined && !own.has(path) && !lives(Number(pid)))
        rmSync(path, { recursive: true, force: true });
    }
  } catch {
    // It is another user's, and in nobody's way.
  }
}

/** Whether another process has this number. */
function lives(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
