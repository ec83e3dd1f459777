// One TCP connection to a primary server: a query goes out, messages come in until the caller has enough (RFC 1035 §4.2.2).
import type { Socket } from 'node:net';
import { messageOf } from '../config/coded-error.ts';
import { Deframer, framed } from './framing.ts';
import { ZoneError } from './zone-error.ts';

export interface ExchangeOptions {
  /** Makes the connection; its errors are ours from then on. */
  readonly connect: () => Promise<Socket>;
  /** The primary, for errors. */
  readonly where: string;
  /** Silence between two octets. */
  readonly idleTimeoutMs: number;
  readonly signal: AbortSignal;
}

/** Yields the messages that answer `query`; the connection ends with the loop. @throws ZoneError */
export async function* exchange(query: Uint8Array, options: ExchangeOptions): AsyncGenerator<Uint8Array> {
  const { where, signal } = options;
  const socket = await options.connect().catch((error: unknown) => {
    throw signal.aborted ? signal.reason : unreachable(error, where);
  });
  // For good: one that comes when nobody reads any more must find a listener.
  socket.on('error', () => undefined);
  const abort = (): void => void socket.destroy(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  socket.setTimeout(options.idleTimeoutMs, () =>
    socket.destroy(
      new ZoneError(
        'ZONE_TIMEOUT',
        `no octet in ${options.idleTimeoutMs} ms (${where}); it is tried again later`,
      ),
    ),
  );
  socket.write(framed(query));
  const incoming = new Deframer();
  try {
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      incoming.push(chunk);
      for (let message = incoming.next(); message !== null; message = incoming.next()) yield message;
    }
  } catch (thrown) {
    if (thrown instanceof ZoneError) throw thrown;
    throw unreachable(thrown, where);
  } finally {
    signal.removeEventListener('abort', abort);
    socket.destroy();
  }
  throw new ZoneError(
    'ZONE_TRUNCATED',
    `the connection closed before the transfer was complete (${where}); it is tried again later`,
  );
}

function unreachable(thrown: unknown, where: string): ZoneError {
  const why = messageOf(thrown);
  return new ZoneError('ZONE_FETCH', `${why} (${where}); it is tried again later`, { cause: thrown });
}
