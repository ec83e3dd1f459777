// A list that is a folder: each of its files a list or a report of its own, known by what a stat says of each.
import { createHash } from 'node:crypto';
import { readdirSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { BODY_OCTETS_MAX, type ListBody } from '../body.ts';
import { ListError } from '../errors.ts';
import { type ListSource, NO_VALIDATORS } from './source.ts';

/** More is no folder that somebody drops reports into. */
const FILES_MAX = 2000;

const FOLDER = /^folder:/i;

export function isFolderSource(source: string): boolean {
  return FOLDER.test(source);
}

/** @param source `folder:DIR` */
export function folderSource(source: string): ListSource {
  return {
    kind: 'folder',
    fetch: async (previous) => {
      const { body, identity } = look(source);
      if (previous?.identity === identity) return { kind: 'unchanged' };
      const validators = { ...NO_VALIDATORS, identity };
      // Whoever takes a file away wants its names away.
      return { kind: 'body', body, validators, isDeliberate: true };
    },
  };
}

/** Changes when one of its files is written, added or taken away. @throws ListError when it cannot be read */
export function folderIdentity(source: string): string {
  return look(source).identity;
}

/** What is in it now. @throws ListError when it cannot be read */
export function folderBody(source: string): ListBody {
  return look(source).body;
}

function look(source: string): { readonly body: ListBody; readonly identity: string } {
  const dir = source.replace(FOLDER, '');
  const names = namesIn(dir);
  const hash = createHash('sha256');
  const paths: string[] = [];
  let octets = 0;
  for (const name of names) {
    const path = join(dir, name);
    const stat = statOf(path);
    if (stat === null || stat.isDirectory()) continue;
    octets += stat.size;
    hash.update(`${name}\0${stat.dev}:${stat.ino}:${stat.size}:${stat.mtimeMs}\n`);
    paths.push(path);
  }
  if (paths.length > FILES_MAX || octets > BODY_OCTETS_MAX)
    throw new ListError(
      'LIST_TOO_BIG',
      `the folder holds ${paths.length} files of ${octets} octets together, at most ${FILES_MAX} and ${BODY_OCTETS_MAX} are read (${dir}); make two of it`,
    );
  return { body: { kind: 'folder', paths }, identity: hash.digest('base64url') };
}

/** Files of editors and what is being written under another name are none. */
function namesIn(dir: string): string[] {
  try {
    return readdirSync(dir)
      .filter((name) => !/^[.#~]|~$|\.(tmp|part|swp|crdownload)$/i.test(name))
      .sort();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    const why = code === 'ENOENT' ? 'no such folder' : `the folder cannot be read: ${code}`;
    throw new ListError('LIST_MISSING', `${why} (${dir}); check "source:"`, { cause: error });
  }
}

/** Null: it has gone since. */
function statOf(path: string): Stats | null {
  try {
    return statSync(path, { throwIfNoEntry: false }) ?? null;
  } catch {
    return null;
  }
}
