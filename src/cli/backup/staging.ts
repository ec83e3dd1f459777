// A folder aside on the same file system, so that what was made there can be renamed into place.
import { mkdirSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { failed } from './manifest.ts';

/**
 * @param mayMake whether a `folder` that is not there is made
 * @throws CliError when nothing can be written there
 */
export function stagingIn(folder: string, name: string, mayMake: boolean): string {
  try {
    if (mayMake) mkdirSync(folder, { recursive: true });
    return mkdtempSync(join(folder, `.cenote-${name}-`));
  } catch (error) {
    throw failed(`nothing can be written there: ${String(error)} (${folder})`, error);
  }
}
