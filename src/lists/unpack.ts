// Lists that are kept packed: a body's octets, unpacked as they are read where it is a gzip, zstd or zip file, counted on the way.
import { closeSync, createReadStream } from 'node:fs';
import { Readable, type Transform } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { type Entry, fromFd, type ZipFile } from 'yauzl';
import { messageOf } from '../config/coded-error.ts';
import { zipEntries, zipStream } from '../report/documents/zip.ts';
import { BODY_OCTETS_MAX, chunksOf, type ListBody, openList, type Packing, packingOf } from './body.ts';
import { ListError } from './errors.ts';
import type { Chunks } from './read-list.ts';

const ENTRIES_MAX = 1000;
/** The list of an archive takes at least this share of it; what is beside it is a licence or a read-me. */
const SHARE_MIN = 0.8;

/** Whether a zip archive is one list, perhaps with a licence beside it. @throws ListError when it is no archive */
export async function isOneList(path: string): Promise<boolean> {
  const zip = await opened(path);
  try {
    const entries = await zipEntries(zip, count);
    return oneListOf(entries) !== null && !entries.some(({ fileName }) => OF_OFFICE.test(fileName));
  } catch (error) {
    throw error instanceof ListError ? error : damaged('zip', error);
  } finally {
    zip.close();
  }
}

/** The text of a body, chunk by chunk; a chunk is valid until the next one is asked for. @throws ListError */
export function textOf(body: ListBody, octetsMax: number = BODY_OCTETS_MAX): Chunks {
  const packing = packingOf(body);
  if (packing === null) return chunksOf(body);
  return unpacked(body, packing, octetsMax);
}

async function* unpacked(body: ListBody, packing: Packing, octetsMax: number): AsyncGenerator<Uint8Array> {
  const unpacking = packing === 'zip' ? await openZip(body) : openStream(body, packing);
  let octets = 0;
  try {
    for await (const chunk of unpacking.text as AsyncIterable<Uint8Array>) {
      octets += chunk.length;
      if (octets > octetsMax)
        throw new ListError(
          'LIST_TOO_BIG',
          `more than ${octetsMax} octets unpacked (${packing}); split the list`,
        );
      yield chunk;
    }
  } catch (error) {
    throw error instanceof ListError ? error : damaged(packing, error);
  } finally {
    unpacking.close();
  }
}

interface Unpacking {
  readonly text: Readable;
  readonly close: () => void;
}

function openStream(body: ListBody, packing: 'gzip' | 'zstd'): Unpacking {
  const source =
    body.kind === 'file'
      ? createReadStream(body.path, { fd: openList(body.path), start: 0 })
      : Readable.from([body.kind === 'bytes' ? body.bytes : new Uint8Array(0)]);
  const text: Transform = packing === 'gzip' ? createGunzip() : createZstdDecompress();
  source.on('error', (error) => text.destroy(error));
  source.pipe(text);
  const close = (): void => {
    source.destroy();
    text.on('error', () => undefined).destroy();
  };
  return { text, close };
}

/** The one list in an archive. @throws ListError */
async function openZip(body: ListBody): Promise<Unpacking> {
  if (body.kind !== 'file')
    throw new ListError('LIST_BINARY', 'the body is a zip archive, not text; check what the source serves');
  const zip = await opened(body.path);
  try {
    const text = await zipStream(zip, listIn(await zipEntries(zip, count)));
    return {
      text,
      close: () => {
        text.on('error', () => undefined).destroy();
        zip.close();
      },
    };
  } catch (error) {
    zip.close();
    throw error instanceof ListError ? error : damaged('zip', error);
  }
}

function opened(path: string): Promise<ZipFile> {
  const fd = openList(path);
  const { promise, resolve, reject } = Promise.withResolvers<ZipFile>();
  fromFd(fd, { lazyEntries: true, autoClose: false }, (error, zip) => {
    if (error === null) resolve(zip);
    else {
      closeSync(fd);
      reject(damaged('zip', error));
    }
  });
  return promise;
}

/** @throws Error when there are too many */
function count(files: number): void {
  if (files > ENTRIES_MAX) throw new Error(`more than ${ENTRIES_MAX} files in it`);
}

/** Not a text: whoever unfolds documents reads it. */
const OF_DOCUMENTS = /\.(pdf|docx|xlsx|eml|zip|gz|zst)$/i;
const OF_OFFICE = /^\[Content_Types\]\.xml$/;

/** null: there are several, or none. */
function oneListOf(entries: readonly Entry[]): Entry | null {
  const files = entries.toSorted((a, b) => b.uncompressedSize - a.uncompressedSize);
  const [largest] = files;
  const octets = files.reduce((sum, { uncompressedSize }) => sum + uncompressedSize, 0);
  if (largest === undefined || largest.uncompressedSize < octets * SHARE_MIN) return null;
  return OF_DOCUMENTS.test(largest.fileName) ? null : largest;
}

function listIn(entries: readonly Entry[]): Entry {
  const largest = oneListOf(entries);
  if (largest === null)
    throw new ListError('LIST_EMPTY', 'no list is in the zip archive; check what the source serves');
  if (largest.isEncrypted())
    throw new ListError('LIST_BINARY', 'the zip archive is encrypted; name a source that is not');
  return largest;
}

function damaged(packing: Packing, error: unknown): ListError {
  return new ListError(
    'LIST_BINARY',
    `the body is ${packing} data that cannot be unpacked: ${messageOf(error)}; check what the source serves`,
    { cause: error },
  );
}
