// A folder for a daemon that may still be writing when a test's own folders are removed: gone with the test process.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export function daemonFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'cenote-test-'));
  process.on('exit', () => {
    try {
      rmSync(folder, { recursive: true, force: true });
    } catch {
      // A daemon that a failed test left behind writes on: the system's own clean-up takes the rest.
    }
  });
  return folder;
}
