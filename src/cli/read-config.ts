// Reading a configuration, and its mistakes on standard error.
import type { Config } from '../config/config.ts';
import { type Loaded, loadConfig } from '../config/load.ts';
import { loadAgain } from '../config/read/again.ts';
import { type Files, realFiles } from '../config/read/files.ts';
import { readWith } from '../config/read/with-text.ts';
import type { Overlay } from '../config/values/overlay.ts';
import { tellLoaded } from './print.ts';
import { looking } from './target.ts';

/** @param text what the file is to hold, unset for what it holds */
export function load(file: string, text?: string): Loaded {
  return readWith({ file, text: text ?? null }).loaded;
}

/** For one that is read again and again. @param overlay what is laid over it, asked at each reading */
export function loaderOf(
  file: string,
  files: Files = realFiles,
): (overlay: () => Overlay | null) => () => Promise<Loaded> {
  return (overlay) =>
    loadAgain((laidOver) => readWith({ file, text: null }, laidOver, files), overlay, files);
}

/** Warnings and mistakes are told. @returns null when the configuration cannot be used */
export function loadAndTell(file: string): Config | null {
  return tellLoaded(loadConfig({ file, environment: process.env, files: looking }));
}
