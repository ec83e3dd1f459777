// Unpacks an HTTP response into a file, octet by octet counted: neither a bomb nor an endless body gets past the limit.
//
// Not by `pipeline`: where a body fails while all of its packed octets are here, that waits for the end of a response that nobody
// reads any more, for ever. Here whoever fails ends all the others.
import { type FileHandle, open } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import type { Readable, Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib';
import { messageOf } from '../../config/coded-error.ts';
import { ListError } from '../errors.ts';
import type { Exchange } from './request.ts';

/** @throws ListError when the body is too big, cut short or damaged; the file is then the caller's to remove */
export async function saveBody(
  { response, close }: Exchange,
  path: string,
  octetsMax: number,
  signal: AbortSignal,
): Promise<void> {
  if (Number(response.headers['content-length'] ?? 0) > octetsMax) throw tooBig(octetsMax);
  const unpacker = unpackerOf(response);
  const file = await open(path, 'w', 0o600).catch((error: unknown) => {
    throw asBodyError(error);
  });
  try {
    await save(response, unpacker, file, octetsMax);
    if (!response.complete) throw new Error('connection closed');
    await file.sync();
  } catch (thrown) {
    throw signal.aborted ? signal.reason : asBodyError(thrown);
  } finally {
    close();
    await file.close();
  }
}

async function save(
  response: IncomingMessage,
  unpacker: Transform | null,
  file: FileHandle,
  octetsMax: number,
): Promise<void> {
  let body: Readable = response;
  if (unpacker !== null) {
    body = unpacker;
    response.on('error', (error) => unpacker.destroy(error));
    response.once('close', () => {
      if (!response.complete) unpacker.destroy(new Error('connection closed'));
    });
    response.pipe(unpacker);
  }
  let octets = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      octets += chunk.length;
      if (octets > octetsMax) throw tooBig(octetsMax);
      await file.appendFile(chunk);
    }
  } finally {
    unpacker?.on('error', () => undefined).destroy();
  }
}

/** @throws ListError for a coding that was not asked for */
function unpackerOf(response: IncomingMessage): Transform | null {
  const encoding = (response.headers['content-encoding'] ?? '').trim().toLowerCase();
  switch (encoding) {
    case '':
    case 'identity':
      return null;
    case 'gzip':
    case 'x-gzip':
      return createGunzip();
    case 'deflate':
      return createInflate();
    case 'br':
      return createBrotliDecompress();
    case 'zstd':
      return createZstdDecompress();
    default:
      throw new ListError(
        'LIST_FETCH',
        `packed as ${JSON.stringify(encoding)}, which was not asked for; check the source`,
      );
  }
}

function tooBig(octetsMax: number): ListError {
  return new ListError('LIST_TOO_BIG', `more than ${octetsMax} octets unpacked; split the list`);
}

const OWN_ERRORS: readonly (readonly [codes: RegExp, mend: string])[] = [
  [/^(ENOSPC|EDQUOT)$/, 'make room for `events.dir`'],
  [/^(EROFS|EACCES|EPERM|ENOENT|ENOTDIR)$/, 'let cenote write to `events.dir`'],
  [/^(EMFILE|ENFILE)$/, 'raise the limit of open files (`ulimit -n`, LimitNOFILE)'],
  [/^(EIO|EFBIG)$/, 'check the disk of `events.dir`'],
];

function asBodyError(thrown: unknown): unknown {
  if (thrown instanceof ListError) return thrown;
  const name = thrown instanceof Error ? thrown.name : '';
  if (name === 'AbortError' || name === 'TimeoutError') return thrown;
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
  // The disk's errors are ours, not the sender's.
  const own = OWN_ERRORS.find(([codes]) => codes.test(code));
  if (own !== undefined)
    return new ListError('LIST_DISK', `it could not be written: ${messageOf(thrown)}; ${own[1]}`, {
      cause: thrown,
    });
  return new ListError(
    'LIST_TRUNCATED',
    `the body is cut short or damaged: ${messageOf(thrown)}; it is tried again later`,
    { cause: thrown },
  );
}
