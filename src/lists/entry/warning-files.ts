// Which files the warning lists are, and what of them changes when one is written, added or removed.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { ListConfig } from '../../config/config.ts';

const FILES_MAX = 1000;

/** The files of one path: itself, or what is in that folder. @throws as node:fs does */
export function warningFiles(path: string): readonly string[] {
  return statSync(path).isDirectory() ? filesBelow(path) : [path];
}

/** MISP keeps each list in a folder of its own. */
function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.(json|csv|txt)$/i.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .slice(0, FILES_MAX);
}

/** Another text as soon as one of the files is another one. A file that cannot be looked at is part of it as missing. */
export function identityOfWarnings(paths: readonly string[]): string {
  return JSON.stringify(paths.map((path) => [path, ...identitiesBelow(path)]));
}

/** The same of all that entries of these lists are held against: each file is looked at once, however many lists there are. */
export function identityOfWarningsFor(lists: readonly Pick<ListConfig, 'warnings'>[]): string {
  return identityOfWarnings([...new Set(lists.flatMap(({ warnings }) => warnings ?? []))]);
}

function identitiesBelow(path: string): string[] {
  try {
    return warningFiles(path).map((file) => {
      const { dev, ino, size, mtimeNs } = statSync(file, { bigint: true });
      return `${file} ${dev}:${ino}:${size}:${mtimeNs}`;
    });
  } catch {
    return ['missing'];
  }
}
