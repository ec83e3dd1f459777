// What a configuration was made of: each look at the file system, and what was seen. As long as all of it would be seen again, what was
// made of it is what would be made of it now.
import { createHash } from 'node:crypto';
import { type Files, whyNot } from './files.ts';

/** Plain data: it may be kept on the disk. */
export interface Look {
  readonly at: keyof Files;
  readonly path: string;
  /** 0 but for `read`. */
  readonly octetsMax: number;
  readonly seen: string;
}

/** The same files, with every look at them noted down. */
export function watched(files: Files, looks: Look[]): Files {
  const note = <T>(at: keyof Files, path: string, octetsMax: number, look: () => T): T => {
    const outcome = outcomeOf(look);
    looks.push({ at, path, octetsMax, seen: textOf(outcome) });
    if ('thrown' in outcome) throw outcome.thrown;
    return outcome.value;
  };
  return {
    read: (path, octetsMax) => note('read', path, octetsMax, () => files.read(path, octetsMax)),
    isFile: (path) => note('isFile', path, 0, () => files.isFile(path)),
    isFolder: (path) => note('isFolder', path, 0, () => files.isFolder(path)),
    folderFault: (path) => note('folderFault', path, 0, () => files.folderFault(path)),
  };
}

/** Whether each look would see the same now. */
export function areAsSeen(files: Files, looks: readonly Look[]): boolean {
  return looks.every(
    ({ at, path, octetsMax, seen }) => textOf(outcomeOf(() => files[at](path, octetsMax))) === seen,
  );
}

type Outcome<T> = { readonly value: T } | { readonly thrown: unknown };

function outcomeOf<T>(look: () => T): Outcome<T> {
  try {
    return { value: look() };
  } catch (thrown) {
    return { thrown };
  }
}

/** Of a file its digest: what it holds may be secret. */
function textOf(outcome: Outcome<unknown>): string {
  if ('thrown' in outcome) return `failed: ${whyNot(outcome.thrown)}`;
  const { value } = outcome;
  return value instanceof Uint8Array
    ? createHash('sha256').update(value).digest('base64')
    : JSON.stringify(value);
}
