// A file of JSON that the daemon keeps: what it says, or why that cannot be known. One that cannot be read is never taken for one that is not there, and is not
// written over.
import { readFileSync } from 'node:fs';
import { ZodError, type ZodType } from 'zod';
import { messageOf } from '../coded-error.ts';

export interface KeptFile<T> {
  readonly value: T;
  /** Why it cannot be read; null: it can, or there is none. */
  readonly problem: string | null;
}

/** @param none what it says where there is none, or it cannot be read */
export function keptFile<T>(path: string, schema: ZodType<T>, none: T): KeptFile<T> {
  try {
    return { value: schema.parse(JSON.parse(readFileSync(path, 'utf8'))), problem: null };
  } catch (error) {
    // Whether a file is there cannot be asked: the answer is also no where its folder may not be entered.
    if (/^(ENOENT|ENOTDIR)$/.test((error as NodeJS.ErrnoException).code ?? ''))
      return { value: none, problem: null };
    const why =
      error instanceof ZodError ? 'it says something else than cenote writes there' : messageOf(error);
    return { value: none, problem: `${path} cannot be read (${why})` };
  }
}
