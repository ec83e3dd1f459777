// Where what was unpacked goes: everything is laid ready beside its place, on the disk, before anything that is there is touched.
import {
  chmodSync,
  cpSync,
  existsSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { syncPath } from '../../config/disk/whole-file.ts';
import { filesBelow } from './copy-data.ts';
import { isThere, type Move } from './moves.ts';
import { restoreName, stagingIn } from './staging.ts';

/** Of a daemon that once ran there, and of a file system: a folder with these alone is as good as empty. */
const NO_DATA = new Set(['cenote.lock', 'cenote.pid', 'lost+found']);

export interface Places {
  /** Holds what was unpacked. */
  readonly staging: string;
  readonly configPath: string;
  readonly eventsDir: string;
  /** Ends the names of what goes aside. */
  readonly suffix: string;
}

/** The configuration and the files that it names; `same` are there already, octet for octet, and stay. */
export function movesOfConfig({ staging, configPath, suffix }: Places): { moves: Move[]; same: string[] } {
  const moves: Move[] = [];
  const same: string[] = [];
  for (const path of filesBelow(join(staging, 'config'))) {
    const from = join(staging, 'config', path);
    const to = path === 'cenote.yaml' ? configPath : join(dirname(configPath), path);
    if (isSame(from, to)) same.push(to);
    else moves.push({ from, to, aside: isThere(to) ? `${to}${suffix}` : null });
  }
  return { moves, same };
}

/**
 * The data, one folder for another; entry by entry where the folder itself has to stay: what is mounted cannot be renamed.
 * @param layReady puts the data into a folder from which it can be renamed
 */
export function movesOfData(
  { staging, eventsDir, suffix }: Places,
  layReady: (beside: string) => string,
): Move[] {
  // A backup without data leaves an empty folder.
  mkdirSync(join(staging, 'data'), { recursive: true });
  const there = existsSync(eventsDir) ? readdirSync(eventsDir).filter((name) => !NO_DATA.has(name)) : [];
  if (existsSync(eventsDir) && (there.length === 0 || isMountPoint(eventsDir))) {
    const data = layReady(eventsDir);
    const kept = join(eventsDir, suffix.slice(1));
    const names = new Set(readdirSync(data));
    const replaced = there.filter((name) => !names.has(name));
    if (there.length > 0) mkdirSync(kept, { mode: 0o700 });
    const asideOf = (name: string): string | null => (there.includes(name) ? join(kept, name) : null);
    return [
      ...replaced.map((name) => ({ from: null, to: join(eventsDir, name), aside: join(kept, name) })),
      ...[...names].map((name) => ({
        from: join(data, name),
        to: join(eventsDir, name),
        aside: asideOf(name),
      })),
    ];
  }
  mkdirSync(dirname(eventsDir), { recursive: true });
  const aside = there.length > 0 ? `${eventsDir}${suffix}` : null;
  return [{ from: layReady(dirname(eventsDir)), to: eventsDir, aside }];
}

/** Whether there is something that has to go aside. */
export function hasData(eventsDir: string): boolean {
  return existsSync(eventsDir) && readdirSync(eventsDir).some((name) => !NO_DATA.has(name));
}

/** @returns the data, in a folder of its own on the file system of `beside` */
export function dataBeside(
  { staging, configPath }: Places,
  beside: string,
  made: (folder: string) => void,
): string {
  const own = stagingIn(beside, restoreName(configPath), true);
  made(own);
  const to = join(own, 'data');
  try {
    renameSync(join(staging, 'data'), to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
    cpSync(join(staging, 'data'), to, { recursive: true, preserveTimestamps: true });
    rmSync(join(staging, 'data'), { recursive: true });
  }
  chmodSync(to, 0o750);
  return to;
}

/** Whose the data is that was there, else whose the configuration's folder is: root restores for the user that cenote runs as. */
export function ownerOf({ eventsDir, configPath }: Places): Stats | null {
  if (process.getuid?.() !== 0) return null;
  const found = [eventsDir, dirname(configPath)].find((path) => existsSync(path));
  return found === undefined ? null : statSync(found);
}

/** What is to be moved belongs to its user and is on the disk, and the folders that it goes into are there. */
export function makeReady(moves: readonly Move[], owner: Stats | null): void {
  for (const { from, to } of moves) {
    if (from === null) continue;
    const made = mkdirSync(dirname(to), { recursive: true });
    if (owner !== null && made !== undefined)
      for (let path = dirname(to); path.length >= made.length; path = dirname(path)) give(path, owner);
    for (const path of [...below(from), from]) {
      if (owner !== null) give(path, owner);
      if (!lstatSync(path).isSymbolicLink()) syncPath(path);
    }
  }
}

export const give = (path: string, { uid, gid }: Stats): void => lchownSync(path, uid, gid);

/** The innermost first. */
function below(path: string): string[] {
  if (!lstatSync(path).isDirectory()) return [];
  const paths = readdirSync(path, { recursive: true, encoding: 'utf8' }).map((name) => join(path, name));
  return paths.sort().reverse();
}

function isMountPoint(folder: string): boolean {
  if (statSync(folder).dev !== statSync(dirname(folder)).dev) return true;
  try {
    return readFileSync('/proc/self/mountinfo', 'utf8')
      .split('\n')
      .some((line) => line.split(' ')[4] === folder);
  } catch {
    return false; // no Linux
  }
}

function isSame(one: string, other: string): boolean {
  try {
    return readFileSync(one).equals(readFileSync(other));
  } catch {
    return false; // it is not there, leads nowhere, or is no file
  }
}
