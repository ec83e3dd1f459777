// A configuration from its file, or as it would be, were its text another.
import { resolve } from 'node:path';
import { loadConfig } from '../load.ts';
import type { Overlay } from '../values/overlay.ts';
import type { ReadTold } from './again.ts';
import { type Files, realFiles } from './files.ts';
import { type Look, watched } from './looks.ts';

export interface ReadAsked {
  readonly file: string;
  /** What the file is to hold; null for what it holds. */
  readonly text: string | null;
}

/** @param overlay what is laid over the file */
export function readWith(
  { file, text }: ReadAsked,
  overlay: Overlay | null = null,
  files: Files = realFiles,
): ReadTold {
  const looks: Look[] = [];
  const seen = watched(text === null ? files : withText(files, resolve(file), text), looks);
  return {
    loaded: loadConfig({ file, environment: process.env, files: seen, overlay: () => overlay }),
    looks,
  };
}

function withText(files: Files, path: string, text: string): Files {
  const read: Files['read'] = (asked, octetsMax) =>
    asked === path ? Buffer.from(text) : files.read(asked, octetsMax);
  return { ...files, read };
}
