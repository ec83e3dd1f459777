// The admin interface's sockets: who may connect, and how long one may wait. What answers is loaded for the first request.
import type { RequestListener, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { messageOf } from '../config/coded-error.ts';
import type { SocketAddress } from '../config/config.ts';
import type { ErrorCode } from '../config/error-codes.ts';
import { formatEndpoint } from '../wire/names/address.ts';
import { AdminError } from './admin-error.ts';
import type { AdminOptions } from './app.ts';
import type { CallerParts } from './door/caller.ts';
import { CONNECTIONS, shareConnections } from './door/connections.ts';
import { isTrusted } from './door/front.ts';
import { listenAt } from './door/unix-socket.ts';
import { REQUEST_MS } from './route.ts';

// Not imported: an import reads every export of node:http, and one of them loads undici (45 ms of CPU and its heap, in each thread).
const { createServer } = process.getBuiltinModule('node:http');

export const LIMITS = {
  headerOctets: 16 * 1024,
  keepAliveMs: 5_000,
} as const;

const HTTP = {
  maxHeaderSize: LIMITS.headerOctets,
  requestTimeout: REQUEST_MS,
  keepAliveTimeout: LIMITS.keepAliveMs,
} as const;

export interface AdminServer {
  /** `127.0.0.1:5380`, `[::1]:5380`; several one after the other, the path of the Unix socket where there is no other. */
  readonly bound: string;
  /** Makes the file of the Unix socket anew, where there is one. @throws AdminError when it cannot be had */
  readonly reopenSocket: () => Promise<void>;
  /** Ends open connections too. */
  readonly close: () => Promise<void>;
}

/** Opens the admin interface. @throws AdminError when an address cannot be had */
export async function openAdmin(options: AdminOptions): Promise<AdminServer> {
  const { tls = null, unix = null } = options;
  const addresses = [...(options.address === null ? [] : [options.address]), ...(options.more ?? [])];
  const open: Server[] = [];
  let reopenSocket = async (): Promise<void> => undefined;
  const bySocket = new WeakSet<Socket>();
  const answer = answerWith({
    ...options,
    socketUser: async (socket) =>
      bySocket.has(socket) ? ((await options.peerUser?.(socket)) ?? null) : undefined,
  });
  try {
    const bound: string[] = [];
    for (const address of addresses) {
      const server = prepared(tls === null ? createServer(HTTP) : secureServer(tls), answer);
      open.push(server);
      bound.push(await listen(server, address));
    }
    shareConnections(open, (address) => isTrusted(address, options.door?.settings?.trust ?? []));
    if (unix !== null) {
      const server = prepared(createServer(HTTP), answer);
      server.maxConnections = CONNECTIONS.ofSocket;
      server.prependListener('connection', (socket) => bySocket.add(socket));
      open.push(server);
      reopenSocket = () => close(server).then(() => listenAt(server, unix));
      try {
        await listenAt(server, unix);
        if (bound.length === 0) bound.push(unix.path);
      } catch (error) {
        if (!unix.isUsual || bound.length === 0) throw error;
        options.withoutSocket?.(messageOf(error));
      }
    }
    return {
      bound: bound.join(', '),
      reopenSocket,
      close: async () => void (await Promise.all(open.map(close))),
    };
  } catch (error) {
    await Promise.all(open.map(close));
    throw error;
  }
}

function prepared(server: Server, answer: (server: Server) => RequestListener): Server {
  server.setTimeout(REQUEST_MS);
  server.on('clientError', refuseNonsense);
  server.on('request', answer(server));
  return server;
}

/** A renewed certificate counts from the next connection on. */
function secureServer(pair: NonNullable<AdminOptions['tls']>): Server {
  const { createServer: createSecure } = process.getBuiltinModule('node:https');
  let used = pair();
  const server = createSecure({ ...HTTP, ...used, minVersion: 'TLSv1.2', handshakeTimeout: REQUEST_MS });
  server.prependListener('connection', () => {
    const now = pair();
    if (now.cert === used.cert && now.key === used.key) return;
    used = now;
    server.setSecureContext(now);
  });
  return server as unknown as Server;
}

/** fastify, its schemas and the metrics are a quarter of a start, and of no use to a daemon that nobody looks at. */
function answerWith(options: AdminOptions & CallerParts): (server: Server) => RequestListener {
  let building: Promise<RequestListener> | null = null;
  let app: RequestListener | null = null;
  const build = async (server: Server): Promise<RequestListener> => {
    const { buildApp } = await import('./app.ts');
    app = await buildApp(server, options);
    return app;
  };
  return (server) => (request, response) => {
    if (app !== null) return app(request, response);
    // Loading takes seconds on a small or busy machine; a caller who waits for it is no idle one.
    const { socket } = request;
    socket.setTimeout(0);
    if (building === null) {
      building = build(server);
      options.onBuilding?.(building);
    }
    building.then(
      (built) => {
        socket.setTimeout(REQUEST_MS);
        built(request, response);
      },
      (error: unknown) => {
        building = null;
        options.report(error);
        const { head, body } = refusalOf(
          'INTERNAL',
          `the admin interface could not be loaded: ${messageOf(error)}`,
        );
        response.writeHead(500, head).end(body);
      },
    );
  };
}

/** @returns where it is: the port may have been the system's to choose @throws AdminError */
async function listen(server: Server, { host, port }: SocketAddress): Promise<string> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host, port }, () => {
        server.off('error', reject);
        resolve();
      });
    });
  } catch (error) {
    throw new AdminError('ADMIN_LISTEN', whyNot(error, host, port), { cause: error });
  }
  const address = server.address();
  return formatEndpoint(host, typeof address === 'object' && address !== null ? address.port : port);
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
    if (!server.listening) resolve();
  });
}

/** What is no HTTP never reaches the routes; it is answered as they would. */
function refuseNonsense(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const isLong = error.code === 'HPE_HEADER_OVERFLOW';
  const status = isLong ? '431 Request Header Fields Too Large' : '400 Bad Request';
  const code: ErrorCode = isLong ? 'URL_TOO_LONG' : 'BAD_REQUEST';
  const message = isLong
    ? `the URL and the header lines are longer than ${LIMITS.headerOctets / 1024} KiB together`
    : 'the request is no proper HTTP';
  const { head, body } = refusalOf(code, message);
  const lines = Object.entries(head).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status}\r\n${lines.join('')}\r\n${body}`);
}

/** What no route answers, in the form in which routes do; whoever asks knows by it that this is cenote. */
function refusalOf(code: ErrorCode, message: string) {
  const body = JSON.stringify({ error: { code, message } });
  const head = {
    server: 'cenote',
    'content-type': 'application/json; charset=utf-8',
    connection: 'close',
    'content-length': String(Buffer.byteLength(body)),
  };
  return { head, body };
}

function whyNot(error: unknown, host: string, port: number): string {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  const where = `listen.admin ${host}:${port}`;
  if (code === 'EADDRINUSE')
    return `another program listens there (${where}); stop it, or choose another port`;
  if (code === 'EACCES') return `this user may not listen there (${where}); choose a port from 1024`;
  if (code === 'EADDRNOTAVAIL') return `this machine has no such address (${where}); choose one of its own`;
  return `cannot listen (${where}): ${error instanceof Error ? error.message : error}; choose another address`;
}
