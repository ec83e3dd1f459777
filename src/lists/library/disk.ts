// What the library keeps on disk: copies that are whole or not there, and what daemons that were killed left behind.
import { constants } from 'node:fs';
import { chmod, copyFile, lstat, mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { asideOf, KEPT_MODE, PIECE_OCTETS, settle, withoutRemains } from '../../config/disk/whole-file.ts';

/** What `asideOf` makes. */
const ASIDE = /\.[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}\.tmp$/;
/** What `pathsOf` (held-list.ts) makes. */
const TEXT = /\.(good|fresh)(\.files)?$/;
const STRAY_MS_MAX = 30 * 86_400_000;
/** Longer than any compile takes. */
const ASIDE_MS_MAX = 3_600_000;

export async function copyWhole(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  const aside = asideOf(to);
  await copyAside(from, aside);
  await settle(aside, to);
}

/** Copies a file to a name that is not there yet; on the disk once it has settled. Leaves nothing when that fails. */
export function copyAside(from: string, aside: string): Promise<void> {
  return withoutRemains(aside, async () => {
    try {
      await copyFile(from, aside, constants.COPYFILE_FICLONE_FORCE | constants.COPYFILE_EXCL);
      await chmod(aside, KEPT_MODE);
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
    const target = await open(aside, 'wx', KEPT_MODE);
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

/** Removes a file or a folder, whether it is there or not. Never fails. */
export function drop(path: string): Promise<void> {
  return rm(path, { force: true, recursive: true }).catch(() => undefined);
}

/**
 * Removes what processes that were killed left aside; what is younger may be somebody's. Never fails.
 * @param beginning only of names that begin so, in folders that others use, too
 */
export async function dropOldAsides(folder: string, nowMs: number, beginning = ''): Promise<void> {
  const names = await readdir(folder).catch((): string[] => []);
  for (const name of names) {
    if (!ASIDE.test(name) || !name.startsWith(beginning)) continue;
    const path = join(folder, name);
    // Of a second name of an old file, this is when it was given.
    const changedMs = await lstat(path).then(
      ({ ctimeMs }) => ctimeMs,
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
