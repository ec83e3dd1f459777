// A file that is there whole or not at all: written beside, made durable, renamed.
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

export async function writeWhole(path: string, pieces: Iterable<Uint8Array>): Promise<void> {
  const fresh = `${path}.new`;
  await mkdir(dirname(path), { recursive: true });
  try {
    const file = await open(fresh, 'w');
    try {
      for (const piece of pieces) if (piece.length > 0) await file.writeFile(piece);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(fresh, path);
  } catch (error) {
    await rm(fresh, { force: true }).catch(() => undefined);
    throw error;
  }
}
