// A file that people and a daemon read while it is replaced: they see the old text or the new.
import {
  closeSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';

/**
 * Writes aside, syncs, renames, syncs the folder: after a crash there is the old text or the new. A file that was there keeps
 * its mode and owner; a new one may be read by all, as far as the umask lets.
 * @throws as node:fs does; then the file is as it was
 */
export function writeWhole(path: string, text: string): void {
  const folder = dirname(path);
  const aside = join(folder, `.${basename(path)}.${process.pid}.tmp`);
  try {
    mkdirSync(folder, { recursive: true });
    writeSynced(aside, text, statSync(path, { throwIfNoEntry: false }) ?? null);
    renameSync(aside, path);
    syncFolder(folder);
  } catch (error) {
    rmSync(aside, { force: true });
    throw error;
  }
}

function writeSynced(path: string, text: string, before: Stats | null): void {
  const descriptor = openSync(path, 'w', 0o644);
  try {
    if (before !== null) fchmodSync(descriptor, before.mode & 0o777);
    // Root writes for the user that the daemon runs as.
    if (before !== null && process.getuid?.() === 0) fchownSync(descriptor, before.uid, before.gid);
    const octets = Buffer.from(text);
    for (let at = 0; at < octets.length; ) at += writeSync(descriptor, octets, at);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
