// A configuration from its file, or as it would be, were its text another.
import { resolve } from 'node:path';
import { type Loaded, loadConfig } from '../load.ts';
import type { Overlay } from '../values/overlay.ts';
import { type Files, realFiles } from './files.ts';
import { type Look, watched } from './looks.ts';

export interface ReadAsked {
  readonly file: string;
  /** What the file is to hold; null for what it holds. */
  readonly text: string | null;
}

/** @param looks takes what the file system was asked @param overlay what is laid over the file */
export function loadWith(
  { file, text }: ReadAsked,
  looks: Look[] = [],
  overlay: Overlay | null = null,
): Loaded {
  const files = watched(text === null ? realFiles : withText(resolve(file), text), looks);
  return loadConfig({ file, environment: process.env, files, overlay: () => overlay });
}

function withText(path: string, text: string): Files {
  const read: Files['read'] = (asked, octetsMax) =>
    asked === path ? Buffer.from(text) : realFiles.read(asked, octetsMax);
  return { ...realFiles, read };
}
