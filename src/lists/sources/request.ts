// One HTTP request over a connection of our own making: the head of its response, or why there is none. Nothing of it outlives its
// end: whoever reads the body calls `close`, and an error that comes later finds a listener.
import type { ClientRequest, IncomingMessage } from 'node:http';
import { isIP, type Socket } from 'node:net';
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import { portOf } from '../../config/read/fetch-proxy.ts';
import { ListError } from '../errors.ts';
import { dial } from './dial.ts';
import { hostOf, ofProxy, proxyHeaders, refusal, tunnel } from './proxy.ts';

// Not imported: an import reads every export of node:http, and one of them loads undici (45 ms of CPU and its heap, in each thread).
const http = process.getBuiltinModule('node:http');

/** What a source shows its server, and only there. */
export interface Credentials {
  /** Lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** In PEM, for TLS. */
  readonly clientCertificate: { readonly cert: string; readonly key: string } | null;
}

export interface RequestOptions {
  /** What errors call the URL. */
  readonly shown: string;
  /** Of the host, or of the proxy. */
  readonly addresses: readonly string[];
  /** What stands between; unset, nothing. */
  readonly proxy?: URL | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly clientCertificate: Credentials['clientCertificate'];
  /** A body in JSON, sent by POST; unset, GET. */
  readonly post?: string | undefined;
  /** Silence between two octets, and until there is a connection. */
  readonly idleTimeoutMs: number;
  readonly signal: AbortSignal;
}

export interface Exchange {
  readonly response: IncomingMessage;
  /** Ends it, whatever state it is in. */
  readonly close: (error?: Error) => void;
}

/** Connects to one of the addresses and to nothing else, whatever the name resolves to now. @throws what ended it */
export async function request(url: URL, options: RequestOptions): Promise<Exchange> {
  const { idleTimeoutMs, signal, proxy = null } = options;
  const isTls = url.protocol === 'https:';
  const port = portOf(proxy ?? url);
  const socket = await dial(options.addresses, { port, timeoutMs: idleTimeoutMs, signal }).catch((error) => {
    throw proxy === null || signal.aborted ? error : ofProxy(proxy, error);
  });
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  let response: IncomingMessage | null = null;
  let stream: Socket = socket;
  const close = (error?: Error): void => {
    response?.destroy(error);
    outgoing?.destroy(error);
    stream.destroy();
    socket.destroy();
    if (error !== undefined) reject(error);
  };
  // For good: a late error of a finished exchange must find a listener.
  socket.on('error', close);
  const silent = (): void => {
    const why = `no octet in ${idleTimeoutMs} ms (${options.shown}); it is tried again later`;
    close(new ListError('LIST_TIMEOUT', why));
  };
  socket.setTimeout(idleTimeoutMs, silent);
  const onAbort = (): void => close(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  socket.once('close', () => signal.removeEventListener('abort', onAbort));
  let outgoing: ClientRequest | null = null;
  try {
    if (proxy?.protocol === 'https:')
      stream = await secure(socket, proxy, {}, promise).catch((error) => {
        throw ofProxy(proxy, error);
      });
    if (proxy !== null && isTls) stream = await tunnel(stream, proxy, url, promise);
    if (isTls) {
      stream = await secure(
        stream,
        url,
        { ...options.clientCertificate, ALPNProtocols: ['http/1.1'] },
        promise,
      );
      // What is under TLS no longer sees octets come.
      socket.setTimeout(0);
      stream.setTimeout(idleTimeoutMs, silent);
    }
    signal.throwIfAborted();
    outgoing = http.request({
      ...{
        method: options.post === undefined ? 'GET' : 'POST',
        // A proxy is told the whole URL (RFC 9112 §3.2.2).
        path: `${proxy === null || isTls ? '' : `http://${url.host}`}${url.pathname}${url.search}`,
        setHost: false,
        maxHeaderSize: 32_768,
      },
      headers: {
        ...{ host: url.host, ...options.headers, connection: 'close' },
        ...(proxy === null || isTls ? {} : proxyHeaders(proxy)),
      },
      createConnection: () => stream,
    });
    outgoing.on('error', close);
    // An answer that switches to another protocol (101) ends the request, and is neither an answer nor an error to Node.
    outgoing.once('close', () => {
      const why = `the connection ended before an answer came (${options.shown}); it is tried again later`;
      reject(new ListError('LIST_FETCH', why));
    });
    outgoing.once('response', (incoming) => {
      response = incoming;
      incoming.on('error', () => undefined);
      if (proxy !== null && incoming.statusCode === 407) close(refusal(proxy, url.host, 407));
      else resolve(incoming);
    });
    outgoing.end(options.post);
    return { response: await promise, close };
  } catch (error) {
    promise.catch(() => undefined);
    close();
    throw error;
  }
}

/** TLS to the URL's host, or to the proxy. @param ended rejects when the connection goes */
async function secure(
  socket: Socket,
  url: URL,
  own: ConnectionOptions,
  ended: Promise<unknown>,
): Promise<TLSSocket> {
  const host = hostOf(url);
  const { connect } = process.getBuiltinModule('node:tls');
  const stream = connect({ socket, host, ...(isIP(host) === 0 ? { servername: host } : {}), ...own });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  stream.once('secureConnect', resolve);
  stream.on('error', reject);
  stream.once('close', () => reject(new Error('the connection closed in the TLS handshake')));
  await Promise.race([promise, ended]);
  return stream;
}
