// The proxy that an office's machines fetch through, from the environment as curl and Go read it: `HTTPS_PROXY`, `HTTP_PROXY`,
// `NO_PROXY`, small letters first. Packages for this know neither networks nor what is below a name in `NO_PROXY`.
import type { ClientRequest } from 'node:http';
import { BlockList, isIP, isIPv6, type Socket } from 'node:net';
import { messageOf } from '../../config/coded-error.ts';
import { nameOfProxy, portOf, proxyFromEnvironment, variableOf } from '../../config/read/fetch-proxy.ts';
import { basicAuthorization, userOf } from '../../config/values/shown-url.ts';
import { ListError } from '../errors.ts';

// Not imported: an import reads every export of node:http, and one of them loads undici (45 ms of CPU and its heap, in each thread).
const http = process.getBuiltinModule('node:http');

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy for a URL, null for none: `NO_PROXY` has its host, or the host is this machine.
 * @throws ListError when the variable holds no URL of a proxy
 */
export function proxyFor(url: URL, environment: Environment): URL | null {
  try {
    const proxy = proxyFromEnvironment(url, environment);
    return proxy === null || isExcepted(url, variableOf(environment, 'NO_PROXY')) ? null : proxy;
  } catch (error) {
    throw new ListError('LIST_FETCH', messageOf(error), { cause: error });
  }
}

/** What a proxy wants to see from whoever has a user and a password there. */
export function proxyHeaders(proxy: URL): Record<string, string> {
  const user = userOf(proxy);
  return user === null ? {} : { 'proxy-authorization': basicAuthorization(user) };
}

/**
 * A tunnel to the URL's host (RFC 9110 §9.3.6). The socket's errors and its end are the caller's.
 * @param ended rejects when the connection goes
 * @throws ListError with what the proxy said
 */
export async function tunnel(socket: Socket, proxy: URL, url: URL, ended: Promise<unknown>): Promise<Socket> {
  const target = `${url.hostname}:${portOf(url)}`;
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const asked: ClientRequest = http.request({
    ...{ method: 'CONNECT', path: target, setHost: false, maxHeaderSize: 32_768 },
    headers: { host: target, ...proxyHeaders(proxy) },
    createConnection: () => socket,
  });
  asked.on('error', reject);
  asked.once('close', () => reject(ofProxy(proxy, 'the connection ended before an answer came')));
  // Without a tunnel the connection is of no more use: whoever asked for it closes it.
  asked.once('connect', ({ statusCode = 0 }, stream: Socket, early: Buffer) => {
    if (statusCode < 200 || statusCode > 299) return reject(refusal(proxy, target, statusCode));
    if (early.length > 0) stream.unshift(early);
    resolve(stream);
  });
  asked.once('response', ({ statusCode = 0 }) => reject(refusal(proxy, target, statusCode)));
  asked.end();
  await Promise.race([promise, ended]);
  return promise;
}

/** What a proxy's own status means. */
export function refusal(proxy: URL, target: string, status: number): ListError {
  let remedy = 'allow it there, or put the host into NO_PROXY';
  if (status === 407)
    remedy = 'it wants a user and a password: http://USER:PASSWORD@HOST:PORT in the variable';
  else if (status >= 500) remedy = 'it could not reach it; its log says why';
  return new ListError('LIST_FETCH', `${nameOfProxy(proxy)} answered ${status} for ${target}; ${remedy}`, {
    status,
  });
}

/** An error on the way to the proxy, told as that. */
export function ofProxy(proxy: URL, thrown: unknown): ListError {
  if (thrown instanceof ListError) return thrown;
  return new ListError('LIST_FETCH', `${nameOfProxy(proxy)} from the environment: ${messageOf(thrown)}`, {
    cause: thrown,
  });
}

export const hostOf = (url: URL): string => url.hostname.replace(/^\[(.*)\]$/, '$1');

function isExcepted(url: URL, exceptions: string): boolean {
  const host = hostOf(url).replace(/\.$/, '');
  if (host === 'localhost' || host.endsWith('.localhost')) return true;
  const excepted = new BlockList();
  excepted.addSubnet('127.0.0.0', 8);
  excepted.addAddress('::1', 'ipv6');
  for (const written of exceptions.toLowerCase().split(/[\s,]+/)) {
    if (written === '*') return true;
    const exception = /^(\[[^\]]*\]|[^:]*):(\d+)$/.exec(written);
    if (exception !== null && Number(exception[2]) !== portOf(url)) continue;
    const name = (exception?.[1] ?? written).replace(/^\[(.*)\]$/, '$1');
    if (!exceptNetwork(excepted, name) && isBelow(host, name.replace(/^\*?\./, ''))) return true;
  }
  return isIP(host) !== 0 && excepted.check(host, isIPv6(host) ? 'ipv6' : 'ipv4');
}

/** @returns whether it is an address or a network */
function exceptNetwork(excepted: BlockList, text: string): boolean {
  const [address = '', length, ...more] = text.split('/');
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  if (isIP(address) === 0 || more.length > 0) return false;
  const widest = family === 'ipv6' ? 128 : 32;
  const bits = length === undefined ? widest : Number(length);
  if (Number.isInteger(bits) && bits >= 0 && bits <= widest) excepted.addSubnet(address, bits, family);
  return true;
}

const isBelow = (host: string, name: string): boolean =>
  name !== '' && (host === name || host.endsWith(`.${name}`));
