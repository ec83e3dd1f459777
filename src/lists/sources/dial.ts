// A TCP connection to a host that has several addresses: one after the other, a little apart, the first that answers wins
// (RFC 8305 §5), so that an address without a route or a server costs a moment and not the list.
import { connect, isIPv6, type Socket } from 'node:net';
import { messageOf } from '../../config/coded-error.ts';

export interface DialOptions {
  readonly port: number;
  /** For the whole of it. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** "Connection Attempt Delay": unset, that of RFC 8305. */
  readonly apartMs?: number;
}

const APART_MS = 250;
const ADDRESSES_MAX = 16;

/**
 * @param addresses in the order of whoever resolved them
 * @returns a connection whose errors are the caller's from now on
 * @throws Error with what became of each address; the signal's reason when that ended it
 */
export async function dial(addresses: readonly string[], options: DialOptions): Promise<Socket> {
  const { port, timeoutMs, signal, apartMs = APART_MS } = options;
  signal.throwIfAborted();
  const waiting = interleaved(addresses).slice(0, ADDRESSES_MAX);
  const failures = new Map<string, string>();
  const trying = new Set<Socket>();
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  let next: NodeJS.Timeout | null = null;
  const begin = (): void => {
    if (next !== null) clearTimeout(next);
    next = null;
    const host = waiting.shift();
    if (host === undefined) {
      if (trying.size === 0) reject(unreachable(failures, port));
      return;
    }
    const socket = connect({ host, port, noDelay: true });
    trying.add(socket);
    socket.once('connect', () => resolve(socket));
    socket.once('error', (error) => {
      trying.delete(socket);
      failures.set(host, whyOf(error));
      begin();
    });
    if (waiting.length > 0) next = setTimeout(begin, apartMs);
  };
  const late = setTimeout(() => {
    for (const host of interleaved(addresses))
      if (!failures.has(host)) failures.set(host, `no answer in ${timeoutMs} ms`);
    reject(unreachable(failures, port));
  }, timeoutMs);
  const abort = (): void => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    begin();
    const won = await promise;
    trying.delete(won);
    won.removeAllListeners('error');
    return won;
  } finally {
    signal.removeEventListener('abort', abort);
    clearTimeout(late);
    if (next !== null) clearTimeout(next);
    for (const socket of trying) discard(socket);
  }
}

/** What the system's codes mean to who reads of them. */
const MEANING: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  EHOSTUNREACH: 'nobody has this address',
  ENETUNREACH: 'this machine has no route there',
};

function whyOf(error: NodeJS.ErrnoException): string {
  const said = messageOf(error).replace(/ - Local \(.*\)$/, '');
  const meaning = MEANING[error.code ?? ''];
  return meaning === undefined ? said : `${meaning}: ${said}`;
}

/** What it still says is nobody's concern. */
function discard(socket: Socket): void {
  socket.removeAllListeners('error');
  socket.on('error', () => undefined);
  socket.destroy();
}

/** The families take turns, IPv6 first (RFC 8305 §4). */
function interleaved(addresses: readonly string[]): string[] {
  const six = addresses.filter((address) => isIPv6(address));
  const four = addresses.filter((address) => !isIPv6(address));
  const longest = Math.max(six.length, four.length);
  return Array.from({ length: longest }, (_, i) => [six[i], four[i]]).flatMap((pair) =>
    pair.filter((address) => address !== undefined),
  );
}

function unreachable(failures: ReadonlyMap<string, string>, port: number): Error {
  const told = [...failures].map(([host, why]) => (why.includes(host) ? why : `${why} ${host} port ${port}`));
  return new Error(told.join('; '));
}
