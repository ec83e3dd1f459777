// Files that are either the old ones or the new ones, never half of each: write aside, fsync, rename, fsync the folder.
import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, mkdir, open, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Only the daemon's user reads what it keeps: lists may come from paid or private feeds. */
const FILE_MODE = 0o600;

export async function writeWhole(path: string, parts: readonly Uint8Array[]): Promise<void> {
  const aside = `${path}.${randomUUID()}.tmp`;
  try {
    await writeNew(aside, parts);
    await syncWhole(aside);
    await moveWhole(aside, path);
  } catch (error) {
    await unlink(aside).catch(() => undefined);
    throw error;
  }
}

/** Writes a file that is not there yet, and its folder where need be; on the disk once syncWhole was called. */
export async function writeNew(path: string, parts: readonly Uint8Array[]): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, 'wx', FILE_MODE);
  try {
    for (const part of parts) await file.writeFile(part);
  } finally {
    await file.close();
  }
}

export async function syncWhole(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
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

export async function copyWhole(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  const aside = `${to}.${randomUUID()}.tmp`;
  try {
    await copyFile(from, aside, constants.COPYFILE_FICLONE);
    const file = await open(aside, 'r+');
    try {
      await file.chmod(FILE_MODE);
      await file.sync();
    } finally {
      await file.close();
    }
    await moveWhole(aside, to);
  } catch (error) {
    await unlink(aside).catch(() => undefined);
    throw error;
  }
}
