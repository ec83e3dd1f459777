// `cenote restore FILE`: what a backup holds, put where this machine's configuration and data are. What was there is kept aside.

import {
  cpSync,
  existsSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import pino from 'pino';
import { extract } from 'tar';
import { messageOf } from '../../config/coded-error.ts';
import { realPathOf } from '../../config/disk/real-path.ts';
import { loadConfig } from '../../config/load.ts';
import { problemText } from '../../config/problem.ts';
import { counted } from '../../config/values/grouped.ts';
import { lockFolder } from '../../daemon/machine/folder-lock.ts';
import { CliError, EXIT } from '../cli-error.ts';
import { environmentConfig } from '../config-file.ts';
import { printError, printJson, printLines } from '../print.ts';
import { filesBelow } from './copy-data.ts';
import { bad, checkedManifest, failed } from './manifest.ts';
import { withMoved } from './named-paths.ts';
import { stagingIn } from './staging.ts';

export interface RestoreOptions {
  readonly file: string;
  /** Where the configuration goes. */
  readonly config?: string;
  readonly yes?: boolean;
  readonly json?: boolean;
}

const STARTED = new Set(['cenote.lock', 'cenote.pid']);

export async function restoreCommand(options: RestoreOptions): Promise<number> {
  const archive = resolve(options.file);
  if (!existsSync(archive)) throw bad(`there is no such file (${options.file})`);
  const configPath = resolve(options.config ?? environmentConfig() ?? '/etc/cenote/cenote.yaml');
  const staging = stagingIn(dirname(configPath), 'restore', true);
  try {
    await unpack(archive, staging);
    const manifest = await checkedManifest(staging, options.file);
    if (dirname(configPath) !== dirname(manifest.config))
      nameWhereItGoes(join(staging, 'config/cenote.yaml'), dirname(configPath), manifest.named ?? {});
    const eventsDir = eventsDirOf(join(staging, 'config/cenote.yaml'), configPath);
    const kept = putInPlace({ staging, configPath, eventsDir, mayReplace: options.yes === true });
    tell({ options, configPath, eventsDir, time: manifest.time, kept });
    const { problems } = loadConfig({ file: configPath, environment: process.env });
    for (const problem of problems) printError(problemText(problem));
    return problems.length === 0 ? EXIT.ok : EXIT.bad;
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

async function unpack(archive: string, to: string): Promise<void> {
  try {
    await extract({
      file: archive,
      cwd: to,
      strict: true,
      // Files and folders alone: a link could lead out of the folder.
      filter: (_, entry) => 'type' in entry && (entry.type === 'File' || entry.type === 'Directory'),
    });
  } catch (error) {
    throw bad(`not an archive that can be unpacked: ${messageOf(error)} (${archive})`, error);
  }
}

/** Files that the configuration names by an absolute path may lie elsewhere here than where they were saved. */
function nameWhereItGoes(saved: string, folder: string, named: Readonly<Record<string, string>>): void {
  const moves = Object.entries(named).map(([was, below]) => [was, join(folder, below)] as const);
  const text = readFileSync(saved, 'utf8');
  const moved = withMoved(text, new Map(moves.filter(([was, is]) => was !== is)));
  if (moved !== text) writeFileSync(saved, moved);
}

/** `events.dir` as the configuration will have it where it goes, whatever else is wrong there. */
function eventsDirOf(saved: string, configPath: string): string {
  const loaded = loadConfig({ file: saved, environment: process.env });
  const { events } = loaded.config ?? loaded.sections;
  if (events === undefined) throw bad(`the configuration of the backup cannot be read (${configPath})`);
  // Under systemd it is a link to a folder of the service's own, and stays one.
  return realPathOf(resolve(events.dir));
}

interface Placed {
  readonly staging: string;
  readonly configPath: string;
  readonly eventsDir: string;
  readonly mayReplace: boolean;
}

/** @returns what was moved aside */
function putInPlace({ staging, configPath, eventsDir, mayReplace }: Placed): string[] {
  const saved = filesBelow(join(staging, 'config')).map((path) => ({
    from: join(staging, 'config', path),
    to: path === 'cenote.yaml' ? configPath : join(dirname(configPath), path),
  }));
  const isEmpty = !existsSync(eventsDir) || readdirSync(eventsDir).every((name) => STARTED.has(name));
  const there = [
    ...saved.filter(({ from, to }) => existsSync(to) && !isSame(from, to)).map(({ to }) => to),
    ...(isEmpty ? [] : [eventsDir]),
  ];
  if (there.length > 0 && !mayReplace)
    throw bad(
      `${there.join(' and ')} ${there.length === 1 ? 'is' : 'are'} there already and nothing was changed; --yes moves what is there aside`,
    );
  refuseWhileRunning(eventsDir);
  const owner = ownerOf(eventsDir, dirname(configPath));
  const suffix = `.before-restore-${new Date().toISOString().replace(/[:.]/g, '-')}`;
  const moved: { path: string; aside: string }[] = [];
  try {
    for (const path of there) {
      renameSync(path, `${path}${suffix}`);
      moved.push({ path, aside: `${path}${suffix}` });
    }
    for (const { from, to } of saved) copy(from, to);
    mkdirSync(eventsDir, { recursive: true, mode: 0o750 });
    if (existsSync(join(staging, 'data'))) copy(join(staging, 'data'), eventsDir);
    if (owner !== null)
      giveTo(owner, [
        ...foldersOf(saved, dirname(configPath)),
        ...saved.map(({ to }) => to),
        ...below(eventsDir),
      ]);
  } catch (error) {
    for (const { path, aside } of moved) {
      rmSync(path, { recursive: true, force: true });
      renameSync(aside, path);
    }
    throw failed(`nothing was restored, what was there is as it was: ${String(error)} (${eventsDir})`, error);
  }
  return moved.map(({ aside }) => aside);
}

/** Whose the data is that was there, else whose the configuration's folder is: root restores for the user that cenote runs as. */
function ownerOf(eventsDir: string, configFolder: string): Stats | null {
  if (process.getuid?.() !== 0) return null;
  return (
    statSync(eventsDir, { throwIfNoEntry: false }) ??
    statSync(configFolder, { throwIfNoEntry: false }) ??
    null
  );
}

function giveTo({ uid, gid }: Stats, paths: readonly string[]): void {
  for (const path of paths) lchownSync(path, uid, gid);
}

/** Those between the files and the folder of the configuration. */
function foldersOf(saved: readonly { readonly to: string }[], folder: string): string[] {
  const found = new Set<string>();
  for (const { to } of saved)
    for (let path = dirname(to); path.length > folder.length; path = dirname(path)) found.add(path);
  return [...found];
}

/** What is in a folder, the innermost first, and the folder. */
function below(folder: string): string[] {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path));
  return [...paths.sort().reverse(), folder];
}

const isSame = (one: string, other: string): boolean => readFileSync(one).equals(readFileSync(other));

function copy(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to, { recursive: true, preserveTimestamps: true });
}

/** @throws CliError when a daemon holds the folder */
function refuseWhileRunning(eventsDir: string): void {
  if (!existsSync(eventsDir)) return;
  try {
    lockFolder(eventsDir, pino({ enabled: false }))();
  } catch (error) {
    throw new CliError('CLI_BACKUP', EXIT.failed, `a daemon runs there; stop it first: ${messageOf(error)}`);
  }
}

interface Told {
  readonly options: RestoreOptions;
  readonly configPath: string;
  readonly eventsDir: string;
  readonly time: string;
  readonly kept: readonly string[];
}

function userOf(eventsDir: string): string {
  const { uid } = statSync(eventsDir);
  return uid === 0
    ? 'Give the data to the user that cenote runs as, unless that is root, then start it.'
    : `It is of user ${uid}${process.getuid?.() === 0 ? ', as what was there' : ''}: start cenote as that user.`;
}

function tell({ options, configPath, eventsDir, time, kept }: Told): void {
  if (options.json === true) printJson({ config: configPath, eventsDir, time, kept });
  else
    printLines([
      `Restored from ${basename(options.file)} of ${time}: ${configPath}, ${eventsDir} (${counted(filesBelow(eventsDir).length, 'file')})`,
      ...kept.map(
        (path) =>
          `What was there is in ${relative(process.cwd(), path).startsWith('..') ? path : relative(process.cwd(), path)}`,
      ),
      userOf(eventsDir),
    ]);
}
