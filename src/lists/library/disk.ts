// Files that are either the old ones or the new ones, never half of each: write aside, fsync, rename, fsync the folder.
import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { chmod, copyFile, mkdir, open, readdir, rename, rm, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Only the daemon's user reads what it keeps: lists may come from paid or private feeds. */
const FILE_MODE = 0o600;
/** Read, written or copied in one go, in which the kernel may let nobody else have that processor. */
export const PIECE_OCTETS = 32_768;
/** What `asideOf` makes. */
const ASIDE = /\.[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}\.tmp$/;
/** What `pathsOf` (held-list.ts) makes. */
const TEXT = /\.(good|fresh)(\.files)?$/;
const STRAY_MS_MAX = 30 * 86_400_000;
/** Longer than any compile takes. */
const ASIDE_MS_MAX = 3_600_000;

export async function writeWhole(path: string, parts: readonly Uint8Array[]): Promise<void> {
  const aside = asideOf(path);
  await writeNew(aside, parts);
  await settle(aside, path);
}

export async function copyWhole(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  const aside = asideOf(to);
  await copyAside(from, aside);
  await settle(aside, to);
}

/** Copies a file to a name that is not there yet; on the disk once it has settled. Leaves nothing when that fails. */
export function copyAside(from: string, aside: string): Promise<void> {
  return orGone(aside, async () => {
    try {
      await copyFile(from, aside, constants.COPYFILE_FICLONE_FORCE | constants.COPYFILE_EXCL);
      await chmod(aside, FILE_MODE);
    } catch {
      await copyInPieces(from, aside);
    }
  });
}

/** Where a file system has no copies that share what they hold. */
async function copyInPieces(from: string, aside: string): Promise<void> {
  const source = await open(from, 'r');
  // Each is closed whatever becomes of the other: an open handle that is collected ends the process.
  try {
    const target = await open(aside, 'wx', FILE_MODE);
    try {
      const piece = new Uint8Array(PIECE_OCTETS);
      for (;;) {
        const { bytesRead } = await source.read(piece);
        if (bytesRead === 0) return;
        await target.writeFile(piece.subarray(0, bytesRead));
      }
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

/** A new name each time beside `path`: what another left there is never taken for ours. */
export function asideOf(path: string): string {
  return `${path}.${randomUUID()}.tmp`;
}

/** Removes a file or a folder, whether it is there or not. Never fails. */
export function drop(path: string): Promise<void> {
  return rm(path, { force: true, recursive: true }).catch(() => undefined);
}

/** Removes what daemons that were killed left aside; what is younger may be somebody's. Never fails. */
export async function dropOldAsides(folder: string, nowMs: number): Promise<void> {
  const names = await readdir(folder).catch((): string[] => []);
  for (const name of names) {
    if (!ASIDE.test(name)) continue;
    const path = join(folder, name);
    const changedMs = await stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => nowMs,
    );
    if (nowMs - changedMs > ASIDE_MS_MAX) await drop(path);
  }
}

/** Removes texts of lists that are no more, once they are a month old. Never fails. */
export async function dropStrays(folder: string, kept: ReadonlySet<string>, nowMs: number): Promise<void> {
  const names = await readdir(folder).catch((): string[] => []);
  for (const name of names) {
    const path = join(folder, name);
    if (!TEXT.test(name) || kept.has(path)) continue;
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: nowMs }));
    if (nowMs - mtimeMs > STRAY_MS_MAX) await drop(path);
  }
}

/** Writes a file that is not there yet, and its folder where need be; on the disk once it has settled. */
export async function writeNew(path: string, parts: readonly Uint8Array[]): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await orGone(path, async () => {
    const file = await open(path, 'wx', FILE_MODE);
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
  return orGone(aside, async () => {
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
async function orGone(path: string, work: () => Promise<void>): Promise<void> {
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
