// Files of another program's settings: read whole, bounded, with the place of each line.
import { readdirSync, type Stats, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { readWhole, whyNot } from '../config/read/files.ts';
import { MigrateError } from './migrate-error.ts';

export interface SettingsFile {
  readonly path: string;
  readonly text: string;
}

const OCTETS_MAX = 33_554_432;

/**
 * A file, or the files of a folder in the order of their names.
 * @param skip names in a folder that its program would not read
 * @throws MigrateError when nothing can be read there
 */
export function settingsFiles(path: string, skip: RegExp | null): SettingsFile[] {
  const stats = statOf(path);
  if (stats.isFile()) return [{ path, text: textOf(path) }];
  if (!stats.isDirectory()) throw new MigrateError('MIGRATE_UNREADABLE', `not a file or folder (${path})`);
  return readdirSync(path)
    .filter((name) => skip?.test(name) !== true)
    .sort()
    .map((name) => join(path, name))
    .filter((file) => statOf(file).isFile())
    .map((file) => ({ path: file, text: textOf(file) }));
}

export function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** @throws MigrateError */
export function textOf(path: string): string {
  try {
    const octets = readWhole(path, OCTETS_MAX);
    // As Windows writes text.
    const isUtf16 = octets[0] === 0xff && octets[1] === 0xfe;
    return new TextDecoder(isUtf16 ? 'utf-16le' : 'utf-8').decode(octets);
  } catch (error) {
    throw unreadable(path, error);
  }
}

export interface SettingsLine {
  readonly text: string;
  /** `file:line` */
  readonly where: string;
}

/** @returns its lines without line ends */
export function linesOf({ path, text }: SettingsFile): SettingsLine[] {
  return text.split(/\r?\n/).map((line, index) => ({ text: line, where: `${basename(path)}:${index + 1}` }));
}

function statOf(path: string): Stats {
  try {
    return statSync(path);
  } catch (error) {
    throw unreadable(path, error);
  }
}

function unreadable(path: string, error: unknown): MigrateError {
  const isNothing = (error as NodeJS.ErrnoException).code === 'ENOENT';
  const why = isNothing ? 'there is no such file or folder' : whyNot(error);
  return new MigrateError('MIGRATE_UNREADABLE', `${why} (${path})`, { cause: error });
}
