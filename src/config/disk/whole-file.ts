// Files that are either the old ones or the new ones, never half of each: write aside, fsync, rename, fsync the folder.
import { randomUUID } from 'node:crypto';
import {
  closeSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  lchownSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeSync,
} from 'node:fs';
import { mkdir, open, rename, unlink } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';

/** Only the daemon's user reads what it keeps: lists may come from paid or private feeds. */
export const KEPT_MODE = 0o600;
/** Read, written or copied in one go, in which the kernel may let nobody else have that processor. */
export const PIECE_OCTETS = 32_768;

/**
 * Writes aside, syncs, renames, syncs the folder: after a crash there is the old text or the new. A file that was there keeps
 * its mode and owner; a new one gets `mode`, as far as the umask lets (by default all may read it), and of root the owner of its folder.
 * @throws as node:fs does; then the file is as it was
 */
export function writeWhole(path: string, text: string, mode = 0o644): void {
  const folder = dirname(path);
  const aside = hiddenAsideOf(path);
  try {
    const made = mkdirSync(folder, { recursive: true });
    if (made !== undefined && isRoot()) giveTo(statSync(dirname(made)), resolve(folder), resolve(made));
    writeSynced(aside, text, mode, statSync(path, { throwIfNoEntry: false }) ?? null);
    renameSync(aside, path);
    syncPath(folder);
  } catch (error) {
    rmSync(aside, { force: true });
    throw error;
  }
}

function writeSynced(path: string, text: string, mode: number, before: Stats | null): void {
  // Never through what another put there: root's own commands write where the daemon's user may.
  const descriptor = openSync(path, 'wx', mode);
  try {
    if (before !== null) fchmodSync(descriptor, before.mode & 0o777);
    // Root writes for the user that the daemon runs as.
    if (isRoot()) {
      const { uid, gid } = before ?? statSync(dirname(path));
      fchownSync(descriptor, uid, gid);
    }
    const octets = Buffer.from(text);
    for (let at = 0; at < octets.length; ) at += writeSync(descriptor, octets, at);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** A folder and those around it, up to the one that was made first; the innermost first, while nobody else may put anything there. */
function giveTo(owner: Stats, folder: string, first: string): void {
  for (let path = folder; path.length >= first.length; path = dirname(path))
    lchownSync(path, owner.uid, owner.gid);
}

/** After it the names in the folder are on the disk, too; also for a file: what it holds is. */
export function syncPath(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/**
 * As `writeWhole`, for what the daemon keeps for itself: in pieces, and only its own user may read it.
 * @throws as node:fs does; then the file is as it was
 */
export async function keepWhole(path: string, parts: Iterable<Uint8Array>): Promise<void> {
  const aside = asideOf(path);
  await writeNew(aside, parts);
  await settle(aside, path);
}

/** A new name each time beside `path`: what another left there is never taken for ours. */
export function asideOf(path: string): string {
  return `${path}.${randomUUID()}.tmp`;
}

/** As `asideOf`, in folders that people and folder sources read, too: a hidden file is no list. */
export function hiddenAsideOf(path: string): string {
  return join(dirname(path), `.${basename(asideOf(path))}`);
}

/** Writes a file that is not there yet, and its folder where need be; on the disk once it has settled. */
export async function writeNew(path: string, parts: Iterable<Uint8Array>): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await withoutRemains(path, async () => {
    const file = await open(path, 'wx', KEPT_MODE);
    try {
      for (const part of parts)
        for (let at = 0; at < part.length; at += PIECE_OCTETS)
          await file.writeFile(part.subarray(at, at + PIECE_OCTETS));
    } finally {
      await file.close();
    }
  });
}

/** Puts a finished file in its place, once it is on the disk. */
export function settle(aside: string, path: string): Promise<void> {
  return withoutRemains(aside, async () => {
    const file = await open(aside, 'r+');
    try {
      await file.sync();
    } finally {
      await file.close();
    }
    await moveWhole(aside, path);
  });
}

/** A file that could not be finished does not stay. */
export async function withoutRemains(path: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    await unlink(path).catch(() => undefined);
    throw error;
  }
}

/** Puts a finished, synced file in its place. */
export async function moveWhole(from: string, to: string): Promise<void> {
  await rename(from, to);
  const folder = await open(dirname(to), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
