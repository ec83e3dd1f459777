// Lists behind http(s)://: a conditional GET, redirects followed by our own rules, the body unpacked straight to a file.
import { unlink } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import { messageOf } from '../../config/coded-error.ts';
import { basicAuthorization, shownUrl, userOf } from '../../config/values/shown-url.ts';
import { BODY_OCTETS_MAX } from '../body.ts';
import { ListError } from '../errors.ts';
import { saveBody } from './http-body.ts';
import { hostOf, ofProxy, proxyFor } from './proxy.ts';
import { isPublicAddress } from './reachable.ts';
import { type Credentials, type Exchange, request } from './request.ts';
import type { Fetched, ListSource, Validators } from './source.ts';
import { statusError } from './status-error.ts';
import { conditionsOf, isConditional, validatorsOf } from './validators.ts';

const REDIRECTS_MAX = 5;

/** Names to addresses, through cenote's own upstreams: a machine that is its own resolver must be able to start. */
export type Lookup = (hostname: string) => Promise<readonly string[]>;

export interface HttpLimits {
  readonly bodyOctetsMax: number;
  /** Silence between two octets, and until the response begins. */
  readonly idleTimeoutMs: number;
  /** From the first request to the last octet, redirects and retries not included. */
  readonly totalTimeoutMs: number;
  readonly attempts: number;
  /** Before the second attempt; doubles, with jitter. */
  readonly backoffMs: number;
}

const HTTP_LIMITS: HttpLimits = {
  bodyOctetsMax: BODY_OCTETS_MAX,
  idleTimeoutMs: 15_000,
  totalTimeoutMs: 300_000,
  attempts: 3,
  backoffMs: 1_000,
};

export interface HttpOptions {
  readonly url: string;
  /** Of the list, where `url` is one page of it: errors name this one, without its secrets. Unset, `url`. */
  readonly listUrl?: string;
  /** Where the unpacked body goes. */
  readonly path: string;
  readonly lookup: Lookup;
  /** 0 ≤ random() < 1 */
  readonly random: () => number;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly limits?: Partial<HttpLimits>;
  /** What is asked for, instead of any text. */
  readonly accept?: string;
  /** A body in JSON, sent by POST. */
  readonly post?: string;
  /** Called with the head of the response that counts. */
  readonly onHead?: (headers: IncomingHttpHeaders) => void;
  /** Asked at each fetch. @throws ListError when they cannot be had */
  readonly credentials?: () => Credentials;
  /** Whether the URL itself may lead to this address; unset: it may, whoever wrote it was an admin. */
  readonly mayBegin?: (address: string) => boolean;
  /** Whether a redirect may lead to this address. */
  readonly mayVisit?: (address: string) => boolean;
  /** Where `HTTPS_PROXY` and its like stand; unset, the process's own. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** A source that asks to be left alone for longer is asked at the list's next look. */
export const WAIT_MS_MAX = 10_000;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** Also what a proxy on the way has rewritten (203). */
const WHOLE = new Set([200, 203]);
const LASTING: ReadonlySet<string> = new Set([
  'LIST_REDIRECT',
  'LIST_FORBIDDEN_ADDRESS',
  'LIST_TOO_BIG',
  'LIST_STATUS',
]);

export function httpSource(options: HttpOptions): ListSource {
  const limits: HttpLimits = { ...HTTP_LIMITS, ...options.limits };
  return { kind: 'http', fetch: (previous, signal) => fetchWithRetry(options, limits, previous, signal) };
}

async function fetchWithRetry(
  options: HttpOptions,
  limits: HttpLimits,
  previous: Validators | null,
  signal: AbortSignal,
): Promise<Fetched> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await fetchOnce(options, limits, previous, signal);
    } catch (thrown) {
      await unlink(options.path).catch(() => undefined);
      const error = asListError(thrown, shownOf(options));
      if (attempt >= limits.attempts || LASTING.has(error.code) || signal.aborted) throw error;
      if (error.retryAfterMs > WAIT_MS_MAX) throw error;
      const waitMs = limits.backoffMs * 2 ** (attempt - 1) * (0.5 + options.random());
      await options.sleep(Math.max(waitMs, error.retryAfterMs), signal);
    }
  }
}

async function fetchOnce(
  options: HttpOptions,
  limits: HttpLimits,
  previous: Validators | null,
  signal: AbortSignal,
): Promise<Fetched> {
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(limits.totalTimeoutMs)]);
  const shown = options.credentials?.();
  let url = parseUrl(options.url);
  for (let redirects = 0; redirects <= REDIRECTS_MAX; redirects += 1) {
    const proxy = proxyFor(url, options.environment ?? process.env);
    const exchange = await request(url, {
      addresses: await inTime(addressesFor(url, proxy, options), deadline),
      proxy,
      headers: headersFor(url, options, previous, shown),
      clientCertificate: isOwnOrigin(url, options) ? (shown?.clientCertificate ?? null) : null,
      post: options.post,
      shown: shownOf(options, url),
      idleTimeoutMs: limits.idleTimeoutMs,
      signal: deadline,
    });
    try {
      const { statusCode = 0, headers } = exchange.response;
      if (!REDIRECTS.has(statusCode))
        return await readResponse(exchange, options, limits, previous, deadline);
      url = nextUrl(url, headers.location);
    } finally {
      exchange.close();
    }
  }
  throw new ListError(
    'LIST_REDIRECT',
    `more than ${REDIRECTS_MAX} redirects (${shownOf(options)}); name the URL it should end at`,
  );
}

/** Of the URL that was asked for, or of one that a redirect led to. */
function shownOf({ url, listUrl = url }: HttpOptions, at?: URL): string {
  return shownUrl(at === undefined || at.href === parseUrl(url).href ? listUrl : at.href);
}

/** A resolver that never answers ends with the rest. */
function inTime<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  return Promise.race([work, promise]).finally(() => signal.removeEventListener('abort', abort));
}

async function readResponse(
  exchange: Exchange,
  options: HttpOptions,
  limits: HttpLimits,
  previous: Validators | null,
  signal: AbortSignal,
): Promise<Fetched> {
  const { response } = exchange;
  const status = response.statusCode ?? 0;
  if (status === 304 && isConditional(previous)) return { kind: 'unchanged' };
  if (!WHOLE.has(status)) throw statusError(response, shownOf(options));
  options.onHead?.(response.headers);
  await saveBody(exchange, options.path, limits.bodyOctetsMax, signal);
  return {
    kind: 'body',
    body: { kind: 'file', path: options.path },
    validators: validatorsOf(response.headers),
  };
}

/** What a request says, its credentials included: those go to the origin that the list names, never elsewhere. */
function headersFor(
  url: URL,
  options: HttpOptions,
  previous: Validators | null,
  shown: Credentials | undefined,
): Record<string, string> {
  const headers: Record<string, string> = {
    'user-agent': 'cenote',
    accept: options.accept ?? 'text/plain, */*;q=0.5',
    ...(options.post === undefined ? {} : jsonOf(options.post)),
    'accept-encoding': 'gzip, br, zstd, deflate',
    ...conditionsOf(previous),
  };
  const user = userOf(url);
  if (user !== null) headers['authorization'] = basicAuthorization(user);
  return isOwnOrigin(url, options) ? { ...headers, ...shown?.headers } : headers;
}

const jsonOf = (post: string): Record<string, string> => ({
  'content-type': 'application/json',
  'content-length': String(Buffer.byteLength(post)),
});

function isOwnOrigin(url: URL, options: HttpOptions): boolean {
  return url.origin === parseUrl(options.url).origin;
}

/**
 * Where to connect to. A proxy resolves the name itself, and here it may have no address: it is looked up where its address matters, which
 * for a redirect of an admin's URL is to be none of a private network, as far as that is known.
 * @throws ListError when a redirect leads somewhere it may not
 */
async function addressesFor(url: URL, proxy: URL | null, options: HttpOptions): Promise<readonly string[]> {
  if (proxy === null) return addressesOf(url, options);
  if (options.mayBegin !== undefined) await addressesOf(url, options);
  else if (!isOwnOrigin(url, options))
    await addressesOf(url, options).catch((error) => {
      if (error instanceof ListError && error.code === 'LIST_FORBIDDEN_ADDRESS') throw error;
    });
  const host = hostOf(proxy);
  const looked = isIP(host) === 0 ? options.lookup(host) : Promise.resolve([host]);
  const addresses = await looked.catch((error) => {
    throw ofProxy(proxy, error);
  });
  if (addresses.length > 0) return addresses;
  throw ofProxy(proxy, `${host} has no address; check the name`);
}

async function addressesOf(url: URL, options: HttpOptions): Promise<readonly string[]> {
  const host = hostOf(url);
  const addresses = isIP(host) === 0 ? await options.lookup(host) : [host];
  if (isOwnOrigin(url, options)) {
    const mayBegin = options.mayBegin ?? (() => true);
    if (!addresses.every(mayBegin))
      throw new ListError(
        'LIST_FORBIDDEN_ADDRESS',
        `${shownOf(options, url)} is an address of a private network, where only an admin may have something fetched; give the file itself`,
      );
  } else if (!addresses.every(options.mayVisit ?? isPublicAddress))
    throw new ListError(
      'LIST_FORBIDDEN_ADDRESS',
      `a redirect leads to ${shownUrl(url.href)}, an address of a private network; name that URL itself if it is meant`,
    );
  const known = addresses.filter((address) => isIP(address) !== 0);
  if (known.length > 0) return known;
  throw new ListError(
    'LIST_FETCH',
    `${host} has no address (${shownOf(options, url)}); check the name and the bootstrap upstreams`,
  );
}

function nextUrl(from: URL, location: string | undefined): URL {
  if (location === undefined || !URL.canParse(location, from.href))
    throw new ListError('LIST_REDIRECT', `redirected to nowhere (${shownUrl(from.href)}); check the URL`);
  const next = parseUrl(new URL(location, from).href);
  if (from.protocol === 'https:' && next.protocol === 'http:')
    throw new ListError(
      'LIST_REDIRECT',
      `redirected from https to http (${shownUrl(next.href)}); name that URL itself if it is meant`,
    );
  if (next.origin !== from.origin) return next;
  next.username = from.username;
  next.password = from.password;
  return next;
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url !== null && (url.protocol === 'http:' || url.protocol === 'https:')) return url;
  if (url === null && /^https?:/i.test(text))
    throw new ListError(
      'LIST_REDIRECT',
      `this URL names no host that there can be (${shownUrl(text)}); check it`,
    );
  throw new ListError(
    'LIST_REDIRECT',
    `only http: and https: are followed (${shownUrl(text)}); check the URL`,
  );
}

function asListError(thrown: unknown, shown: string): ListError {
  if (thrown instanceof ListError) return thrown;
  if (thrown instanceof Error && (thrown.name === 'TimeoutError' || thrown.name === 'AbortError'))
    return new ListError('LIST_TIMEOUT', `not done in time (${shown}); it is tried again later`, {
      cause: thrown,
    });
  return new ListError('LIST_FETCH', `${messageOf(thrown)} (${shown}); it is tried again later`, {
    cause: thrown,
  });
}
