// Unpacks an HTTP response into a file, octet by octet counted: neither a bomb nor an endless body gets past the limit.
import { open } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { Transform, type TransformCallback } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib';
import { ListError, messageOf } from '../errors.ts';

/** @throws ListError when the body is too big, cut short or damaged; the file is then the caller's to remove */
export async function saveBody(
  response: IncomingMessage,
  path: string,
  octetsMax: number,
  signal: AbortSignal,
): Promise<void> {
  if (Number(response.headers['content-length'] ?? 0) > octetsMax) {
    response.destroy();
    throw tooBig(octetsMax);
  }
  const unpacker = unpackerOf(response);
  const file = await open(path, 'w', 0o600);
  try {
    const limit = new Limit(octetsMax);
    const save = async (chunks: AsyncIterable<Buffer>): Promise<void> => {
      for await (const chunk of chunks) await file.appendFile(chunk);
    };
    if (unpacker === null) await pipeline(response, limit, save, { signal });
    else await pipeline(response, unpacker, limit, save, { signal });
    if (!response.complete) throw new Error('connection closed');
    await file.sync();
  } catch (thrown) {
    throw signal.aborted ? signal.reason : asBodyError(thrown);
  } finally {
    response.destroy();
    await file.close();
  }
}

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
      response.destroy();
      throw new ListError(
        'LIST_FETCH',
        `packed as ${JSON.stringify(encoding)}, which was not asked for; check the source`,
      );
  }
}

class Limit extends Transform {
  readonly #octetsMax: number;
  #octets = 0;

  constructor(octetsMax: number) {
    super();
    this.#octetsMax = octetsMax;
  }

  override _transform(chunk: Buffer, _encoding: string, callback: TransformCallback): void {
    this.#octets += chunk.length;
    if (this.#octets > this.#octetsMax) callback(tooBig(this.#octetsMax));
    else callback(null, chunk);
  }
}

function tooBig(octetsMax: number): ListError {
  return new ListError('LIST_TOO_BIG', `more than ${octetsMax} octets unpacked; split the list`);
}

function asBodyError(thrown: unknown): unknown {
  if (thrown instanceof ListError) return thrown;
  const name = thrown instanceof Error ? thrown.name : '';
  if (name === 'AbortError' || name === 'TimeoutError') return thrown;
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
  // The disk's errors are ours, not the sender's.
  if (/^(ENOSPC|EDQUOT|EROFS|EACCES|EIO|EFBIG)$/.test(code)) return thrown;
  return new ListError(
    'LIST_TRUNCATED',
    `the body is cut short or damaged: ${messageOf(thrown)}; it is tried again later`,
    {
      cause: thrown,
    },
  );
}
