// Texts of lists on this disk, each under the SHA-256 of its octets: what is there is whole.
import { createHash } from 'node:crypto';
import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { open, readdir, readFile, rm, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { constants, createZstdDecompress, zstdCompress } from 'node:zlib';
import { messageOf } from '../../config/coded-error.ts';
import { asideOf, KEPT_MODE, keepWhole, settle, withoutRemains } from '../../config/disk/whole-file.ts';
import { BODY_OCTETS_MAX } from '../../lists/body.ts';
import { FleetError } from '../fleet-error.ts';
import { stepsOf } from './delta.ts';

const PIECE_OCTETS = 256 * 1024;
const NAME = /^[0-9a-f]{64}$/;
const compress = promisify(zstdCompress);

export function sha256Of(octets: Uint8Array): string {
  return createHash('sha256').update(octets).digest('hex');
}

/** As it travels. */
export function packed(octets: Uint8Array): Promise<Uint8Array> {
  return compress(octets, {
    params: { [constants.ZSTD_c_compressionLevel]: 3, [constants.ZSTD_c_checksumFlag]: 0 },
  });
}

export class Contents {
  readonly #dir: string;

  constructor(dir: string) {
    this.#dir = dir;
  }

  pathOf(sha256: string): string {
    return join(this.#dir, sha256);
  }

  has(sha256: string): boolean {
    return existsSync(this.pathOf(sha256));
  }

  read(sha256: string): Promise<Buffer> {
    return readFile(this.pathOf(sha256));
  }

  /** @returns its SHA-256 */
  async keep(octets: Uint8Array): Promise<string> {
    const sha256 = sha256Of(octets);
    if (!this.has(sha256)) await keepWhole(this.pathOf(sha256), [octets]);
    return sha256;
  }

  /**
   * Makes a content of what came, a piece at a time: a text of a hundred megabytes is never in memory.
   * @param octets how many it has; null where that is not known, then as many as a list may have
   * @param blob the file of the pack @param from the content it is a difference from; null: it is whole
   * @throws FleetError FLEET_CONTENT when it is not the content that was meant
   */
  async unpack(sha256: string, octets: number | null, blob: string, from: string | null): Promise<void> {
    const path = this.pathOf(sha256);
    const aside = asideOf(path);
    const hash = createHash('sha256');
    let length = 0;
    await withoutRemains(aside, async () => {
      const out = await open(aside, 'wx', KEPT_MODE);
      const take = async (piece: Uint8Array): Promise<void> => {
        length += piece.length;
        if (length > (octets ?? BODY_OCTETS_MAX)) throw new Error('it is longer than was said');
        hash.update(piece);
        await out.writeFile(piece);
      };
      try {
        if (from === null) await decompress(blob, take);
        else await this.#applyTo(from, blob, take);
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') throw error;
        const why = messageOf(error);
        throw new FleetError('FLEET_CONTENT', `a text cannot be unpacked: ${why}`, { cause: error });
      } finally {
        await out.close();
      }
      if (hash.digest('hex') !== sha256 || (octets !== null && length !== octets))
        throw new FleetError('FLEET_CONTENT', 'a text is another than the one that was published');
      await settle(aside, path);
    });
  }

  async #applyTo(from: string, blob: string, take: (piece: Uint8Array) => Promise<void>): Promise<void> {
    const steps: Uint8Array[] = [];
    let length = 0;
    await decompress(blob, async (piece) => {
      length += piece.length;
      if (length > BODY_OCTETS_MAX) throw new Error('the difference is too long');
      steps.push(Uint8Array.from(piece));
    });
    const before = openSync(this.pathOf(from), 'r');
    try {
      for (const step of stepsOf(Buffer.concat(steps))) {
        for (let done = 0; done < step.length; ) {
          const piece = Buffer.allocUnsafe(Math.min(PIECE_OCTETS, step.length - done));
          const got = readSync(before, piece, 0, piece.length, step.from + done);
          if (got === 0) throw new Error('a step leads beyond the text before');
          await take(piece.subarray(0, got));
          done += got;
        }
        if (step.insert.length > 0) await take(step.insert);
      }
    } finally {
      closeSync(before);
    }
  }

  /** Removes all others, and what was left half way. */
  async keepOnly(contents: ReadonlySet<string>): Promise<void> {
    for (const name of await readdir(this.#dir).catch((): string[] => []))
      if (!contents.has(name)) await unlink(join(this.#dir, name)).catch(() => undefined);
  }

  async all(): Promise<string[]> {
    return (await readdir(this.#dir).catch((): string[] => [])).filter((name) => NAME.test(name));
  }
}

async function decompress(path: string, take: (piece: Uint8Array) => Promise<void>): Promise<void> {
  const file = await open(path, 'r');
  try {
    await pipeline(file.createReadStream({ autoClose: false }), createZstdDecompress(), async (pieces) => {
      for await (const piece of pieces as AsyncIterable<Uint8Array>) await take(piece);
    });
  } finally {
    await file.close();
  }
}

/** A folder that is there and may go whole. */
export async function dropFolder(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true });
}
