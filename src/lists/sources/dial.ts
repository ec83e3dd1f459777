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
/** As many as can have begun, that far apart, before the usual time is over. */
const ADDRESSES_MAX = 60;
/** Of addresses that fail in one way, these are named. */
const NAMED_MAX = 4;

/**
 * @param addresses in the order of whoever resolved them
 * @returns a connection whose errors are the caller's from now on
 * @throws Error with what became of each address; the signal's reason when that ended it
 */
export async function dial(addresses: readonly string[], options: DialOptions): Promise<Socket> {
  const { port, timeoutMs, signal, apartMs = APART_MS } = options;
  signal.throwIfAborted();
  const waiting = interleaved(addresses).slice(0, ADDRESSES_MAX);
  const failures: Failure[] = [];
  const trying = new Map<Socket, string>();
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  let next: NodeJS.Timeout | null = null;
  const begin = (): void => {
    if (next !== null) clearTimeout(next);
    next = null;
    const host = waiting.shift();
    if (host === undefined) {
      if (trying.size === 0) reject(unreachable(failures));
      return;
    }
    const socket = connect({ host, port, noDelay: true });
    trying.set(socket, host);
    socket.once('connect', () => resolve(socket));
    socket.once('error', (error) => {
      trying.delete(socket);
      failures.push(failureOf(error, host, port));
      begin();
    });
    if (waiting.length > 0) next = setTimeout(begin, apartMs);
  };
  const late = setTimeout(() => {
    const why = `no answer in ${timeoutMs} ms`;
    for (const host of trying.values()) failures.push({ why, said: `${host} port ${port}` });
    reject(unreachable(failures));
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
    for (const socket of trying.keys()) discard(socket);
  }
}

/** What the system's codes mean to who reads of them. */
const MEANING: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  EHOSTUNREACH: 'nobody has this address',
  ENETUNREACH: 'this machine has no route there',
};

/** Why an address did not do, and the text that names it. */
interface Failure {
  readonly why: string | null;
  readonly said: string;
}

function failureOf(error: NodeJS.ErrnoException, host: string, port: number): Failure {
  const said = messageOf(error).replace(/ - Local \(.*\)$/, '');
  return {
    why: MEANING[error.code ?? ''] ?? null,
    said: said.includes(host) ? said : `${said} ${host} port ${port}`,
  };
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

/** Each reason once, before those it holds for. */
function unreachable(failures: readonly Failure[]): Error {
  const told = [...Map.groupBy(failures, ({ why }) => why)].map(([why, own]) => {
    const named = own.slice(0, NAMED_MAX).map(({ said }) => said);
    const more = own.length - named.length;
    const list = `${named.join('; ')}${more > 0 ? ` and ${more} more addresses` : ''}`;
    return why === null ? list : `${why}: ${list}`;
  });
  return new Error(told.join('; '));
}
