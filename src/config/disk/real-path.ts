// One name for a file, whatever it is called by.
import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';

/** Absolute and through links; a file that is not there is named as it was, absolute. */
export function realPathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}
