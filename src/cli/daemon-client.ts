// Asking the running daemon over its admin interface.

import { readFileSync, statSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { isLoopback } from '../admin/door/access.ts';
import { isTrustedUser, listenerOwner } from '../admin/door/socket-owner.ts';
import { readToken, tokenPath } from '../admin/door/token.ts';
import { messageOf } from '../config/coded-error.ts';
import type { SocketAddress } from '../config/config.ts';
import { formatEndpoint } from '../wire/names/address.ts';
import type { Target } from './target.ts';

// Not imported: an import reads every export of node:http, and one of them loads undici (45 ms of CPU and its heap, in each thread).
const { request } = process.getBuiltinModule('node:http');

/** On a machine that is busy elsewhere, the first question waits for the code that answers it. */
const TIMEOUT_MS = 10_000;
const BODY_OCTETS_MAX = 64 * 1024 * 1024;
const START = 'start it with `cenote serve`';
const BUSY = 'it may be busy: ask again, or look at its log';

export type Reply =
  /** Its body as JSON; `status` is 200 or 503. */
  | { readonly kind: 'answer'; readonly status: number; readonly body: unknown; readonly where: string }
  /** There is no answer of the daemon that is meant; `remedy`: what helps, where that is known. */
  | { readonly kind: 'none'; readonly why: string; readonly remedy?: string }
  /** A daemon is there and will not say. */
  | { readonly kind: 'refused'; readonly code: string; readonly message: string; readonly where: string };

export interface Asking {
  /** Sent as JSON by POST; unset, GET. */
  readonly body?: unknown;
  readonly timeoutMs?: number;
}

export async function askDaemon(target: Target, path: string, asking: Asking = {}): Promise<Reply> {
  const reached = await reach(target, asking, (place, token) => send(place, path, token, asking));
  return 'got' in reached ? replyOf(reached.got, target, reached.where) : reached;
}

/**
 * What goes on until one side ends it: server-sent events.
 * @param silenceMs without an octet for so long, it is broken off
 */
export async function followDaemon(
  target: Target,
  path: string,
  silenceMs: number,
): Promise<{ readonly kind: 'stream'; readonly text: AsyncIterable<string> } | Reply> {
  const reached = await reach(target, {}, async (place, token) => {
    const head = await begin(place, path, token, {});
    if (head.status === 200) return { ...head, text: '' };
    return { ...head, text: await bodyOf(head.incoming) };
  });
  if (!('got' in reached)) return reached;
  const { got, where } = reached;
  const { incoming } = got;
  if (got.status !== 200 || whyAnother(got, target, where) !== null) {
    incoming.destroy();
    return replyOf(got, target, where);
  }
  incoming.setTimeout(silenceMs, () => incoming.destroy());
  incoming.setEncoding('utf8');
  return { kind: 'stream', text: incoming };
}

type Sending<T> = (place: Place, token: string | null) => Promise<T>;
type Reached<T> = { readonly got: T; readonly where: string } | Extract<Reply, { readonly kind: 'none' }>;

/** By the Unix socket, else by the address, with the token where that is asked for. */
async function reach<T extends Head>(
  target: Target,
  asking: Asking,
  sending: Sending<T>,
): Promise<Reached<T>> {
  const bySocket = await reachBySocket(target, asking, sending);
  // A user without a role there may have the token.
  const refused = bySocket !== null && 'got' in bySocket && bySocket.got.status === 401 ? bySocket : null;
  if (bySocket !== null && refused === null) return bySocket;
  if (target.admin === null) return refused ?? { kind: 'none', why: 'listen.admin has no fixed address' };
  const { host, port } = toConnect(target.admin);
  const where = formatEndpoint(host, port);
  try {
    const place = { host, port, certificate: target.certificate };
    const got = await sending(place, null);
    // A daemon on this machine needs no token; one behind another address does. What is open to all says more to who is known.
    const isStranger = got.status === 401 || (got.isCenote && got.config === null);
    const token = isStranger ? readToken(target.eventsDir) : null;
    // The socket knows who asks, and says more of why not.
    if (token === null) return got.status === 401 && refused !== null ? refused : { got, where };
    if (!(await isOwnDaemon(host, port, target.eventsDir)))
      return {
        kind: 'none',
        why: `a program of another user listens at ${where}; it is not given the token`,
      };
    return { got: await sending(place, token), where };
  } catch (error) {
    return noneOf(error, where, asking.timeoutMs ?? TIMEOUT_MS);
  }
}

/** Null: nobody is there, or this user may not open it; then the address may do. */
async function reachBySocket<T extends Head>(
  { socket, admin, file }: Target,
  asking: Asking,
  sending: Sending<T>,
): Promise<Reached<T> | null> {
  if (socket === null || !isSocket(socket)) return null;
  try {
    const got = await sending({ socketPath: socket }, null);
    // A daemon goes by its address, however it was asked; one of another configuration has not the address of this one.
    const isMeant = got.config === null || got.config === file;
    return {
      got,
      where: admin === null || !isMeant ? socket : formatEndpoint(toConnect(admin).host, admin.port),
    };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (['ECONNREFUSED', 'ENOENT', 'EACCES', 'EPERM'].includes(String(code))) return null;
    return noneOf(error, socket, asking.timeoutMs ?? TIMEOUT_MS);
  }
}

/** False too where it is in a folder that this user may not enter. */
function isSocket(path: string): boolean {
  try {
    return statSync(path).isSocket();
  } catch {
    return false;
  }
}

function replyOf(got: Got, target: Target, where: string): Reply {
  const why = whyAnother(got, target, where);
  if (why !== null) return { kind: 'none', why };
  const body: unknown = JSON.parse(got.text);
  if (got.status === 200 || (got.status === 503 && !isError(body)))
    return { kind: 'answer', status: got.status, body, where };
  return { kind: 'refused', ...errorOf(body), where };
}

/** Why what answers is not the daemon that is meant; null: it is. */
function whyAnother({ isCenote, config }: Head, target: Target, where: string): string | null {
  if (!isCenote) return `another program answers at ${where}`;
  if (config === null || config === target.file) return null;
  return `the daemon at ${where} runs another configuration, ${config}; name that one with -c to ask it`;
}

/** Whoever listens on a port of this machine may be anybody once cenote is down. */
async function isOwnDaemon(host: string, port: number, eventsDir: string): Promise<boolean> {
  if (!isLoopback(host)) return true;
  const { uid } = statSync(tokenPath(eventsDir));
  return isTrustedUser(await listenerOwner(host, port), uid);
}

function toConnect({ host, port }: SocketAddress): SocketAddress {
  if (host === '0.0.0.0') return { host: '127.0.0.1', port };
  return host === '::' ? { host: '::1', port } : { host, port };
}

interface Head {
  readonly status: number;
  readonly isCenote: boolean;
  /** The file of the configuration it runs; null when it does not say. */
  readonly config: string | null;
}

interface Got extends Head {
  readonly text: string;
}

type Place =
  | { readonly socketPath: string }
  | { readonly host: string; readonly port: number; readonly certificate: string | null };

/** HTTPS with the very certificate of the configuration: what name it is for is nothing to this machine. */
function requester(place: Place): typeof request {
  if ('socketPath' in place || place.certificate === null) return request;
  return process.getBuiltinModule('node:https').request as typeof request;
}

function optionsOf(place: Place): Readonly<Record<string, unknown>> {
  if ('socketPath' in place || place.certificate === null) return place;
  const own = readFileSync(place.certificate, 'utf8');
  const { X509Certificate } = process.getBuiltinModule('node:crypto');
  return {
    host: place.host,
    port: place.port,
    ca: own,
    allowPartialTrustChain: true,
    checkServerIdentity: (_: string, { raw }: { readonly raw: Buffer }) =>
      raw.equals(new X509Certificate(own).raw) ? undefined : new Error('it has another certificate'),
  };
}

async function send(place: Place, path: string, token: string | null, asking: Asking): Promise<Got> {
  const signal = AbortSignal.timeout(asking.timeoutMs ?? TIMEOUT_MS);
  try {
    const head = await begin(place, path, token, asking, signal);
    return { ...head, text: await bodyOf(head.incoming) };
  } catch (error) {
    // An answer that has begun ends with ECONNRESET, as if the other side had broken off.
    throw signal.aborted ? signal.reason : error;
  }
}

/** @param signal ends it, whatever it is at; unset: it may take long to end, and TIMEOUT_MS to begin */
function begin(
  place: Place,
  path: string,
  token: string | null,
  { body }: Asking,
  signal?: AbortSignal,
): Promise<Head & { readonly incoming: IncomingMessage }> {
  const text = body === undefined ? null : JSON.stringify(body);
  const headers = {
    ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    ...(text === null
      ? {}
      : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
  };
  const method = text === null ? 'GET' : 'POST';
  return new Promise((resolve, reject) => {
    const outgoing = requester(place)(
      { ...optionsOf(place), path, method, agent: false, headers, ...(signal !== undefined && { signal }) },
      (incoming) => {
        outgoing.setTimeout(0);
        const { server, 'cenote-config': config } = incoming.headers;
        resolve({
          incoming,
          status: incoming.statusCode ?? 0,
          isCenote: server === 'cenote',
          config: typeof config === 'string' ? decodeURIComponent(config) : null,
        });
      },
    );
    if (signal === undefined)
      outgoing.setTimeout(TIMEOUT_MS, () => outgoing.destroy(new DOMException('', 'TimeoutError')));
    outgoing.on('error', reject);
    // Status 101 ends a request without an error.
    outgoing.once('close', () => reject(new Error('the connection ended before an answer came')));
    outgoing.end(text ?? undefined);
  });
}

function bodyOf(incoming: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let octets = 0;
    incoming.on('data', (part: Buffer) => {
      octets += part.length;
      if (octets > BODY_OCTETS_MAX) incoming.destroy(new Error('the answer is too long'));
      else parts.push(part);
    });
    incoming.on('error', reject);
    incoming.on('end', () => resolve(Buffer.concat(parts).toString()));
  });
}

function isError(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'error' in body;
}

function errorOf(body: unknown): { code: string; message: string } {
  const error = typeof body === 'object' && body !== null && 'error' in body ? body.error : null;
  if (typeof error !== 'object' || error === null || !('message' in error))
    return { code: 'UNKNOWN', message: 'it gives no reason' };
  return { code: 'code' in error ? String(error.code) : 'UNKNOWN', message: String(error.message) };
}

function noneOf(error: unknown, where: string, timeoutMs: number): Extract<Reply, { readonly kind: 'none' }> {
  if (error instanceof DOMException && ['AbortError', 'TimeoutError'].includes(error.name))
    return { kind: 'none', why: `no answer from ${where} in ${timeoutMs / 1000} s`, remedy: BUSY };
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'ECONNREFUSED') return { kind: 'none', why: `nothing listens at ${where}`, remedy: START };
  if (error instanceof SyntaxError) return { kind: 'none', why: `what answers at ${where} is no cenote` };
  return { kind: 'none', why: `${where}: ${messageOf(error)}` };
}
