// The last good copy of a list that is a folder: one file that names the copies of its files. Copies are known by what a stat
// says of the original, so a file that did not change is not copied again. Whatever is cut short, the copy before stays whole.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { keepWhole } from '../../config/disk/whole-file.ts';
import type { ListBody } from '../body.ts';
import { ListError } from '../errors.ts';
import { identityOf } from '../sources/file.ts';
import { copyWhole, drop } from './disk.ts';

/** Of the original's name, its end: that says what it is. */
const NAME_CHARACTERS_MAX = 80;

/** Where the copies of a list's files are. @param good the file that names them */
export function copiesOf(good: string): string {
  return `${good}.files`;
}

/** @throws Error when the disk does not take it: the copy before is whole */
export async function keepFolder(good: string, paths: readonly string[]): Promise<void> {
  const folder = copiesOf(good);
  const names: string[] = [];
  for (const path of paths) {
    const name = copyNameOf(path);
    if (name === null) continue;
    if (!existsSync(join(folder, name))) await copyWhole(path, join(folder, name));
    names.push(name);
  }
  await keepWhole(good, [Buffer.from(JSON.stringify(names))]);
  const kept = new Set(names);
  const there = await readdir(folder).catch((): string[] => []);
  for (const name of there) if (!kept.has(name)) await drop(join(folder, name));
}

/** Null where there is none, or it is damaged. */
export function folderCopy(good: string): Extract<ListBody, { kind: 'folder' }> | null {
  try {
    const names: unknown = JSON.parse(readFileSync(good, 'utf8'));
    if (!Array.isArray(names)) return null;
    const paths = names.map((name) => join(copiesOf(good), basename(String(name))));
    return { kind: 'folder', paths: paths.filter((path) => existsSync(path)) };
  } catch {
    return null;
  }
}

/** Null for what cannot be read, and so is no list either. */
function copyNameOf(path: string): string | null {
  try {
    const hash = createHash('sha256')
      .update(`${path}\0${identityOf(path)}`)
      .digest('hex')
      .slice(0, 24);
    return `${hash}-${basename(path).slice(-NAME_CHARACTERS_MAX)}`;
  } catch (error) {
    if (error instanceof ListError) return null;
    throw error;
  }
}
