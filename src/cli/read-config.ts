// Reading a configuration, and its mistakes on standard error.
import { resolve } from 'node:path';
import type { Config } from '../config/config.ts';
import { type Loaded, loadConfig } from '../config/load.ts';
import { problemText } from '../config/problem.ts';
import { loadAgain } from '../config/read/again.ts';
import { type Files, realFiles } from '../config/read/files.ts';
import type { Overlay } from '../config/values/overlay.ts';
import { printError } from './print.ts';
import { looking } from './target.ts';

/**
 * @param text what the file is to hold, unset for what it holds
 * @param overlay what is laid over it
 */
export function load(file: string, text?: string, overlay: Overlay | null = null): Loaded {
  if (text === undefined) return loadConfig({ file, environment: process.env });
  const path = resolve(file);
  const read = (asked: string, octetsMax: number): Uint8Array =>
    asked === path ? Buffer.from(text) : realFiles.read(asked, octetsMax);
  return loadConfig({
    file,
    environment: process.env,
    files: { ...realFiles, read },
    overlay: () => overlay,
  });
}

/** For one that is read again and again. @param overlay what is laid over it, asked at each reading */
export function loaderOf(
  file: string,
  files: Files = realFiles,
): (overlay: () => Overlay | null) => () => Loaded {
  return (overlay) => loadAgain({ file, environment: process.env, files, overlay });
}

const lookAt = (file: string): Loaded => loadConfig({ file, environment: process.env, files: looking });

/** Warnings and mistakes are told. @returns null when the configuration cannot be used */
export function loadAndTell(file: string, read: () => Loaded = () => lookAt(file)): Config | null {
  const { config, problems, warnings } = read();
  for (const problem of problems) printError(problemText(problem));
  for (const warning of warnings) printError(`warning: ${problemText(warning)}`);
  return config;
}
