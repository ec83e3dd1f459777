// `cenote restore FILE`: what a backup holds, put where this machine's configuration and data are. What was there is kept aside.

import { existsSync, readFileSync, rmSync, type Stats, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, normalize, relative, resolve } from 'node:path';
import pino from 'pino';
import { extract } from 'tar';
import { messageOf } from '../../config/coded-error.ts';
import { realPathOf } from '../../config/disk/real-path.ts';
import { loadConfig } from '../../config/load.ts';
import { problemText } from '../../config/problem.ts';
import { counted, grouped } from '../../config/values/grouped.ts';
import { lockFolder } from '../../daemon/machine/folder-lock.ts';
import { CliError, EXIT } from '../cli-error.ts';
import { environmentConfig, unfinishedRestore } from '../config-file.ts';
import { printError, printJson, printLines } from '../print.ts';
import { filesBelow } from './copy-data.ts';
import { isDiskFull, whyNotWritten } from './disk-fault.ts';
import { bad, checkedManifest, failed, type Manifest } from './manifest.ts';
import { goOn, type Move, moveAll } from './moves.ts';
import { withMoved } from './named-paths.ts';
import {
  dataBeside,
  give,
  hasData,
  makeReady,
  movesOfConfig,
  movesOfData,
  ownerOf,
  type Places,
} from './place.ts';
import { restoreName, stagingIn } from './staging.ts';

export interface RestoreOptions {
  readonly file: string;
  /** Where the configuration goes. */
  readonly config?: string;
  readonly yes?: boolean;
  readonly json?: boolean;
}

const AS_IT_WAS = 'nothing was restored, what was there is as it was';

export async function restoreCommand(options: RestoreOptions): Promise<number> {
  const archive = resolve(options.file);
  if (!existsSync(archive)) throw bad(`there is no such file (${options.file})`);
  const configPath = resolve(options.config ?? environmentConfig() ?? '/etc/cenote/cenote.yaml');
  if (existsSync(unfinishedRestore(configPath))) return finishCutOff(configPath, options.json === true);
  const made = [stagingIn(dirname(configPath), restoreName(configPath), true)];
  const [staging = ''] = made;
  try {
    await unpack(archive, staging);
    const manifest = await checkedManifest(staging, options.file);
    nameWhereItGoes(join(staging, 'config/cenote.yaml'), dirname(configPath), manifest);
    const eventsDir = eventsDirOf(join(staging, 'config/cenote.yaml'), configPath);
    const suffix = `.before-restore-${new Date().toISOString().replace(/[:.]/g, '-')}`;
    const places: Places = { staging, configPath, eventsDir, suffix };
    const moves = putInPlace(places, options.yes === true, made);
    tell({ options, configPath, eventsDir, time: manifest.time, kept: keptOf(moves, places) });
    const { problems } = loadConfig({ file: configPath, environment: process.env });
    for (const problem of problems) printError(problemText(problem));
    return problems.length === 0 ? EXIT.ok : EXIT.bad;
  } finally {
    // Those of moves that were written down and could not be finished are what goes on.
    if (!existsSync(unfinishedRestore(configPath)))
      for (const folder of made) rmSync(folder, { recursive: true, force: true });
  }
}

function finishCutOff(configPath: string, isJson: boolean): number {
  const moves = goOnOrSay(unfinishedRestore(configPath));
  if (isJson) printJson({ config: configPath, finished: moves });
  else
    printLines([
      `A restore that was cut off is finished: ${counted(moves.length, 'file or folder', 'files and folders')} put in place. To restore another backup run this command again.`,
    ]);
  return EXIT.ok;
}

function goOnOrSay(file: string): readonly Move[] {
  try {
    return goOn(file);
  } catch (error) {
    throw failed(
      `a restore that was cut off cannot be finished: ${whyNotWritten(error)} (${file} has what is to be moved, from where and to where; without that file the backup is restored anew)`,
      error,
    );
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
    if (isDiskFull(error))
      throw failed(
        `no room is left on the disk of ${dirname(to)}, and ${AS_IT_WAS}; make room for all that the backup holds, unpacked (${archive}, packed ${grouped(statSync(archive).size)} bytes)`,
        error,
      );
    throw bad(
      `not an archive that can be unpacked: ${messageOf(error)} (${archive}); name what \`cenote backup\` wrote`,
      error,
    );
  }
}

/** Files that the configuration names by an absolute path, or by one that leads out of its folder, may lie elsewhere here than where they were saved. */
function nameWhereItGoes(saved: string, folder: string, { config, named = {} }: Manifest): void {
  const before = dirname(config);
  const moves = new Map<string, string>();
  for (const [was, below] of Object.entries(named)) {
    const is = join(folder, below);
    if (was !== is) moves.set(was, is);
    const outside = relative(before, was);
    if (outside.startsWith('..')) moves.set(normalize(outside), below);
  }
  const text = readFileSync(saved, 'utf8');
  const moved = withMoved(text, moves);
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

function hasDataAt(eventsDir: string): boolean {
  try {
    return hasData(eventsDir);
  } catch (error) {
    throw failed(
      `${AS_IT_WAS}: what the backup's configuration names as the folder of data is none that this user can read; use one who can, or name another by CENOTE_EVENTS_DIR, here and for the daemon (${eventsDir})`,
      error,
    );
  }
}

/** @param made folders that are of no use afterwards @returns what was moved */
function putInPlace(places: Places, mayReplace: boolean, made: string[]): readonly Move[] {
  const { configPath, eventsDir } = places;
  const { moves: ofConfig, same } = movesOfConfig(places);
  const there = ofConfig.flatMap(({ to, aside }) => (aside === null ? [] : to));
  if (hasDataAt(eventsDir)) there.push(eventsDir);
  if (there.length > 0 && !mayReplace)
    throw bad(
      `${there.join(' and ')} ${there.length === 1 ? 'is' : 'are'} there already and nothing was changed; --yes moves what is there aside`,
    );
  refuseWhileRunning(eventsDir);
  const owner = ownerOf(places);
  const unfinished = unfinishedRestore(configPath);
  let moves: readonly Move[];
  try {
    const ofData = movesOfData(places, (beside) => dataBeside(places, beside, (one) => made.push(one)));
    moves = [...ofData, ...ofConfig];
    makeReady(moves, owner);
    moveAll(unfinished, { moves: [...moves], staging: made });
  } catch (error) {
    if (existsSync(unfinished))
      throw failed(
        `not all is in its place, nor was it put back: ${whyNotWritten(error)}; run the same command again, which goes on (${unfinished})`,
        error,
      );
    throw failed(`${AS_IT_WAS}: ${whyNotWritten(error)} (${eventsDir})`, error);
  }
  // Of what was there already, and stays, only the owner may be another.
  if (owner !== null) for (const path of same) giveOrSay(path, owner);
  return moves;
}

function giveOrSay(path: string, owner: Stats): void {
  try {
    give(path, owner);
  } catch (error) {
    printError(`all is restored, but user ${owner.uid} is not the owner: ${whyNotWritten(error)} (${path})`);
  }
}

/** What is printed of it: where entries go aside one by one, their folder. */
function keptOf(moves: readonly Move[], { eventsDir }: Places): string[] {
  const asides = moves.flatMap(({ aside }) => aside ?? []);
  return [...new Set(asides.map((path) => (dirname(dirname(path)) === eventsDir ? dirname(path) : path)))];
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
