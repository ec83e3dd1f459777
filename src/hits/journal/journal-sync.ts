// Has journals reach the disk itself while no store takes their hits. Never in a resolver thread: a sync may take a tenth of a
// second, and takes with it what any thread wrote to the file.
import { closeSync, fdatasyncSync, openSync } from 'node:fs';
import { findJournals } from './journal-reader.ts';

/** @throws Error when the disk does not take them; they are with the system then, as before */
export function syncJournals(dir: string, boot: string): void {
  for (const { path } of findJournals(dir).filter((file) => file.boot === boot)) {
    const descriptor = openSync(path, 'r');
    try {
      fdatasyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  }
}
