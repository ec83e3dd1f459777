// The folder where the daemon keeps what happened.
import { mkdirSync } from 'node:fs';
import type { Logger } from 'pino';

/** A folder that cannot be made costs what is written there, not the answers. */
export function makeFolder(dir: string, log: Pick<Logger, 'error'>): void {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o750 });
  } catch (error) {
    log.error({ dir, error: String(error) }, 'events.dir cannot be made: hits are kept in memory only');
  }
}
