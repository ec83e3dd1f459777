// Which configuration a command uses, and its mistakes on standard error.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Config } from '../config/config.ts';
import { type Loaded, loadConfig } from '../config/load.ts';
import { problemText } from '../config/problem.ts';
import { loadAgain } from '../config/read/again.ts';
import { type Files, realFiles } from '../config/read/files.ts';
import { CliError, EXIT } from './cli-error.ts';
import { printError } from './print.ts';

export const USUAL_PLACES: readonly string[] = ['./config/cenote.yaml', '/etc/cenote/cenote.yaml'];

/** `-c`, else $CENOTE_CONFIG, else the first of the usual places that is there. @throws CliError when none is */
export function configFile(named: string | undefined): string {
  if (named !== undefined) return named;
  const { CENOTE_CONFIG: fromEnvironment } = process.env;
  if (fromEnvironment !== undefined && fromEnvironment !== '') return fromEnvironment;
  const found = USUAL_PLACES.find((place) => existsSync(place));
  if (found !== undefined) return found;
  throw new CliError(
    'CLI_NO_CONFIG',
    EXIT.bad,
    `there is no configuration (looked for ${USUAL_PLACES.join(' and ')}); name one with -c FILE or CENOTE_CONFIG`,
  );
}

/** @param text what the file is to hold, unset for what it holds */
export function load(file: string, text?: string): Loaded {
  if (text === undefined) return loadConfig({ file, environment: process.env });
  const path = resolve(file);
  const read = (asked: string, octetsMax: number): Uint8Array =>
    asked === path ? Buffer.from(text) : realFiles.read(asked, octetsMax);
  return loadConfig({ file, environment: process.env, files: { ...realFiles, read } });
}

/** For one that is read again and again. */
export function loaderOf(file: string): () => Loaded {
  return loadAgain({ file, environment: process.env });
}

/** For a command that writes nothing: whether it could is nobody's concern. */
const looking: Files = {
  ...realFiles,
  folderFault: (path) => {
    const fault = realFiles.folderFault(path);
    return fault?.isHopeless === true ? fault : null;
  },
};

const lookAt = (file: string): Loaded => loadConfig({ file, environment: process.env, files: looking });

/** Warnings and mistakes are told. @returns null when the configuration cannot be used */
export function loadAndTell(file: string, read: () => Loaded = () => lookAt(file)): Config | null {
  const { config, problems, warnings } = read();
  for (const problem of problems) printError(problemText(problem));
  for (const warning of warnings) printError(`warning: ${problemText(warning)}`);
  return config;
}
