// The few things the configuration wants of the file system, so that tests can stand in for it.
import { closeSync, constants, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { dirname, isAbsolute, resolve } from 'node:path';
import { messageOf } from '../coded-error.ts';
import { type FolderFault, folderFault } from './data-folder.ts';

export interface Files {
  /** At most `octetsMax + 1` octets, so that the caller can tell a file that is too big. Throws as node:fs does. */
  readonly read: (path: string, octetsMax: number) => Uint8Array;
  readonly isFile: (path: string) => boolean;
  readonly isFolder: (path: string) => boolean;
  /** Why nothing could be kept in a folder that is made where need be; null when it could. */
  readonly folderFault: (path: string) => FolderFault | null;
}

/** What the shell hands over by number, as `-c <(…)` does. */
const HANDED_OVER = /^\/(dev\/(stdin$|fd\/)|proc\/self\/fd\/)/;

class NoFile extends Error {}

/** Opens a regular file: one that is a FIFO would hold up everything until somebody writes to it. */
function openRegular(path: string): number {
  if (HANDED_OVER.test(path)) return openSync(path, 'r');
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const stat = fstatSync(descriptor);
  if (stat.isFile()) return descriptor;
  closeSync(descriptor);
  throw new NoFile(
    stat.isDirectory() ? 'it is a folder' : `it is ${stat.isFIFO() ? 'a FIFO' : 'a device'}, no file`,
  );
}

/** A whole file of bearable size. @throws Error that says why it cannot be read */
export function readWhole(path: string, octetsMax: number): Uint8Array {
  const octets = realFiles.read(path, octetsMax);
  if (octets.length > octetsMax) throw new NoFile(`it is larger than ${octetsMax} octets`);
  return octets;
}

export const realFiles: Files = {
  read: (path, octetsMax) => {
    const descriptor = openRegular(path);
    try {
      const octets = new Uint8Array(octetsMax + 1);
      let length = 0;
      while (length < octets.length) {
        const got = readSync(descriptor, octets, length, octets.length - length, null);
        if (got === 0) break;
        length += got;
      }
      return octets.slice(0, length);
    } finally {
      closeSync(descriptor);
    }
  },
  isFile: (path) => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false,
  isFolder: (path) => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false,
  folderFault,
};

/** Where relative paths are looked for. */
export interface Places {
  readonly workingDirectory: string;
  /** The config file, absolute. */
  readonly configFile: string;
  readonly files: Files;
}

/**
 * A relative path is looked for from the working directory (a checkout), then from the config file's folder (/etc/cenote).
 * @returns the absolute path of the first that is a file (a folder), or the places that were tried and what is wrong there, as
 * the end of a sentence
 */
export function findFile(
  text: string,
  places: Places,
  kind: 'isFile' | 'isFolder' = 'isFile',
): { readonly path: string | null; readonly tried: readonly string[]; readonly fault: string } {
  const tried = isAbsolute(text)
    ? [text]
    : [...new Set([resolve(places.workingDirectory, text), resolve(dirname(places.configFile), text)])];
  const path = tried.find((each) => isThere(each, places.files[kind])) ?? null;
  return { path, tried, fault: path === null ? faultOf(tried, places.files, kind) : '' };
}

/** What is there may be of another kind, or closed to this user: then it is not called missing. */
function faultOf(tried: readonly string[], files: Files, kind: 'isFile' | 'isFolder'): string {
  for (const path of tried) {
    // Reading it would take what its reader is to have.
    if (HANDED_OVER.test(path)) return 'is no file on a disk';
    if (kind === 'isFolder' && isThere(path, files.isFile)) return 'is a file, no folder';
    if (kind === 'isFile' && isThere(path, files.isFolder)) return 'is a folder, no file';
    try {
      files.read(path, 0);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : null;
      if (error instanceof NoFile || code === 'EACCES' || code === 'EPERM')
        return whyNot(error).replace('it ', '');
    }
  }
  return 'is not there';
}

function isThere(path: string, is: (path: string) => boolean): boolean {
  try {
    return is(path);
  } catch {
    return false; // a folder on the way is a file, or may not be read
  }
}

/** Why a file could not be read, in words. */
export function whyNot(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'there is no such file';
  if (code === 'EACCES' || code === 'EPERM') return 'it may not be read by this user';
  if (code === 'EISDIR') return 'it is a folder';
  return messageOf(error);
}
