// A folder aside on the same file system, so that what was made there can be renamed into place.
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { whyNotWritten } from './disk-fault.ts';
import { failed } from './manifest.ts';

/** Begins the names of such folders: `.cenote-NAME-PROCESS-xxxxxx`. */
const PREFIX = '.cenote-';

/**
 * @param mayMake whether a `folder` that is not there is made
 * @throws CliError when nothing can be written there
 */
export function stagingIn(folder: string, name: string, mayMake: boolean): string {
  try {
    if (mayMake) mkdirSync(folder, { recursive: true });
    removeRemains(folder, name);
    return mkdtempSync(join(folder, `${PREFIX}${name}-${process.pid}-`));
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
      if (pid !== undefined && !lives(Number(pid)))
        rmSync(join(folder, found), { recursive: true, force: true });
    }
  } catch {
    // It is another user's, and in nobody's way.
  }
}

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
