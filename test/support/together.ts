// Test files of one room in one process: starting one costs more than most of them take.
import { globSync } from 'node:fs';
import { join } from 'node:path';

const TESTS = join(import.meta.dirname, '..');

/** @param folder of test/ */
export async function together(folder: string): Promise<void> {
  const files = globSync('**/*.test.ts', { cwd: join(TESTS, folder) }).sort();
  if (files.length === 0) throw new Error(`there are no tests in test/${folder}`);
  for (const file of files) await import(join(TESTS, folder, file));
}
