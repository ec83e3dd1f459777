// The bytes of a list as they are handed to a thread: a path, names of the configuration, or octets.
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { ListError } from './errors.ts';

export type ListBody =
  | { readonly kind: 'file'; readonly path: string }
  /** Each a list of its own. */
  | { readonly kind: 'folder'; readonly paths: readonly string[] }
  | { readonly kind: 'names'; readonly names: readonly string[] }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array };

const CHUNK_OCTETS = 262_144;
/** The largest list: 256 MiB unpacked. */
export const BODY_OCTETS_MAX = 268_435_456;

/** Reads a body chunk by chunk; a chunk is valid until the next one is asked for. @throws ListError */
export function* chunksOf(body: ListBody): Generator<Uint8Array> {
  switch (body.kind) {
    case 'file':
      yield* fileChunks(body.path);
      return;
    case 'folder':
      for (const path of body.paths) yield* fileChunks(path);
      return;
    case 'names':
      yield new TextEncoder().encode(`${linesOf(body.names).join('\n')}\n`);
      return;
    case 'bytes':
      yield body.bytes;
      return;
    default:
      body satisfies never;
  }
}

/** What is an Adblock rule and no name. */
export const ADBLOCK_MARK = /\|\||\^|^@@|^\/.*\/$|\$/;

/** `*.name` of the configuration is the name and all below it, also where a rule beside it makes the list Adblock's. */
function linesOf(names: readonly string[]): readonly string[] {
  if (!names.some((name) => ADBLOCK_MARK.test(name))) return names;
  return names.map((name) => name.replace(/^\*?\.([^*|^$/]+)$/, '||$1^'));
}

/** Octets in it, as far as that can be said. */
export function sizeOf(body: ListBody): number {
  if (body.kind === 'bytes') return body.bytes.length;
  if (body.kind === 'names') return body.names.reduce((sum, name) => sum + name.length + 1, 0);
  if (body.kind === 'folder')
    return body.paths.reduce((sum, path) => sum + sizeOf({ kind: 'file', path }), 0);
  const descriptor = openList(body.path);
  try {
    return fstatSync(descriptor).size;
  } finally {
    closeSync(descriptor);
  }
}

/** A body of octets. */
type OctetsBody = Extract<ListBody, { kind: 'file' | 'bytes' }>;

/** The first octets, as many as there are up to `octets`. @throws ListError when it cannot be opened */
export function headOf(body: OctetsBody, octets: number): Uint8Array {
  if (body.kind === 'bytes') return body.bytes.subarray(0, octets);
  const descriptor = openList(body.path);
  try {
    const head = new Uint8Array(octets);
    return head.subarray(0, readSync(descriptor, head, 0, octets, 0));
  } finally {
    closeSync(descriptor);
  }
}

/** All its octets, copied: a chunk is only lent. @throws ListError */
export function wholeOf(body: ListBody): Uint8Array {
  return body.kind === 'bytes'
    ? body.bytes
    : Buffer.concat(Array.from(chunksOf(body), (chunk) => chunk.slice()));
}

function* fileChunks(path: string): Generator<Uint8Array> {
  const descriptor = openList(path);
  try {
    const buffer = new Uint8Array(CHUNK_OCTETS);
    for (;;) {
      const length = readSync(descriptor, buffer, 0, CHUNK_OCTETS, null);
      if (length === 0) return;
      yield buffer.subarray(0, length);
    }
  } finally {
    closeSync(descriptor);
  }
}

/** Opens a regular file of bearable size; a FIFO must not hang us. @throws ListError */
export function openList(path: string): number {
  let descriptor: number;
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    throw openError(path, error);
  }
  const stat = fstatSync(descriptor);
  if (stat.isFile() && stat.size <= BODY_OCTETS_MAX) return descriptor;
  closeSync(descriptor);
  if (stat.isFile())
    throw new ListError(
      'LIST_TOO_BIG',
      `${stat.size} octets, at most ${BODY_OCTETS_MAX} (${path}); split the list`,
    );
  const kind = stat.isDirectory() ? 'a folder' : stat.isFIFO() ? 'a FIFO' : 'no regular file';
  throw new ListError('LIST_NOT_A_FILE', `is ${kind} (${path}); name a text file`);
}

function openError(path: string, error: unknown): ListError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return new ListError('LIST_MISSING', `no such file (${path}); check "source:"`, { cause: error });
  if (code === 'EACCES' || code === 'EPERM')
    return new ListError('LIST_UNREADABLE', `may not be read (${path}); check its owner and mode`, {
      cause: error,
    });
  if (code === 'EMFILE' || code === 'ENFILE')
    return new ListError(
      'LIST_UNREADABLE',
      `cannot be opened: too many files are open (${path}); raise the limit (\`ulimit -n\`, LimitNOFILE)`,
      { cause: error },
    );
  return new ListError(
    'LIST_UNREADABLE',
    `cannot be opened: ${code || String(error)} (${path}); check the path`,
    {
      cause: error,
    },
  );
}

export type Packing = 'gzip' | 'zstd' | 'zip';

const MAGIC: readonly (readonly [Packing, string])[] = [
  ['gzip', '\x1f\x8b'],
  ['zstd', '\x28\xb5\x2f\xfd'],
  ['zip', 'PK\x03\x04'],
];
const MAGIC_OCTETS = 4;

/** How a body is packed, by its first octets; null when it is not. @throws ListError when it cannot be opened */
export function packingOf(body: ListBody): Packing | null {
  if (body.kind === 'names' || body.kind === 'folder') return null;
  const first = headOf(body, MAGIC_OCTETS);
  const text = Buffer.from(first).toString('latin1');
  return MAGIC.find(([, magic]) => text.startsWith(magic))?.[0] ?? null;
}
