// Files that are either the old ones or the new ones, never half of each: write aside, fsync, rename, fsync the folder.
import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { chmod, copyFile, mkdir, open, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Only the daemon's user reads what it keeps: lists may come from paid or private feeds. */
const FILE_MODE = 0o600;

export async function writeWhole(path: string, parts: readonly Uint8Array[]): Promise<void> {
  const aside = asideOf(path);
  await writeNew(aside, parts);
  await settle(aside, path);
}

export async function copyWhole(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  const aside = asideOf(to);
  await orGone(aside, async () => {
    await copyFile(from, aside, constants.COPYFILE_FICLONE);
    await chmod(aside, FILE_MODE);
  });
  await settle(aside, to);
}

/** A new name each time beside `path`: what another left there is never taken for ours. */
export function asideOf(path: string): string {
  return `${path}.${randomUUID()}.tmp`;
}

/** Writes a file that is not there yet, and its folder where need be; on the disk once it has settled. */
export async function writeNew(path: string, parts: readonly Uint8Array[]): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await orGone(path, async () => {
    const file = await open(path, 'wx', FILE_MODE);
    try {
      for (const part of parts) await file.writeFile(part);
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
