// One daemon a folder: two that write one store, journal and snapshot would each spoil what the other keeps.
//
// The lock is the system's on a file, by way of SQLite, since Node has no call for it: it goes with the process whatever it dies
// of, and holds between containers that share the folder. The file beside it says whose it is.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Logger } from 'pino';

const BUSY = 5;

/**
 * Holds the folder for this process; the returned function lets it go.
 * @throws Error when another process holds it; a folder that cannot be locked otherwise costs only this
 */
export function lockFolder(dir: string, log: Logger): () => void {
  const pidFile = join(dir, 'cenote.pid');
  let lock: DatabaseSync | null = null;
  try {
    mkdirSync(dir, { recursive: true, mode: 0o750 });
    lock = new DatabaseSync(join(dir, 'cenote.lock'), { timeout: 0 });
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    writeFileSync(pidFile, `${process.pid}\n`);
    const held = lock;
    return () => held.close();
  } catch (error) {
    lock?.close();
    if (error instanceof Error && 'errcode' in error && Number(error.errcode) === BUSY)
      throw new Error(
        `another cenote uses this folder, process ${holderOf(pidFile)} (events.dir ${dir}); stop it, or give this one a folder of its own`,
      );
    log.warn(
      { dir, error: String(error) },
      'events.dir cannot be locked: nothing keeps a second daemon from it',
    );
    return () => undefined;
  }
}

function holderOf(pidFile: string): string {
  try {
    return readFileSync(pidFile, 'utf8').trim();
  } catch {
    return 'unknown';
  }
}
