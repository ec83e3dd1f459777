// The admin interface's socket: who may connect, and how long one may wait. What answers is loaded for the first request.
import type { RequestListener, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { formatEndpoint } from '../wire/names/address.ts';
import { isLoopback } from './access.ts';
import { AdminError } from './admin-error.ts';
import type { AdminOptions } from './app.ts';
import { REQUEST_MS } from './route.ts';

// Not imported: an import reads every export of node:http, and one of them loads undici (45 ms of CPU and its heap, in each thread).
const { createServer } = process.getBuiltinModule('node:http');

export const LIMITS = {
  headerOctets: 16 * 1024,
  keepAliveMs: 5_000,
  connections: 256,
  /** Of one address that is not this machine's; the rest is there for others, the command line and health checks. */
  connectionsOfOne: 32,
} as const;

export interface AdminServer {
  /** `127.0.0.1:5380`, `[::1]:5380`. */
  readonly bound: string;
  /** Ends open connections too. */
  readonly close: () => Promise<void>;
}

/** Opens the admin interface. @throws AdminError when the address cannot be had */
export async function openAdmin(options: AdminOptions): Promise<AdminServer> {
  const server = createServer({
    maxHeaderSize: LIMITS.headerOctets,
    requestTimeout: REQUEST_MS,
    keepAliveTimeout: LIMITS.keepAliveMs,
  });
  server.setTimeout(REQUEST_MS);
  server.on('clientError', refuseNonsense);
  server.on('request', answerWith(server, options));
  shareConnections(server);
  const { host, port } = options.address;
  try {
    await listen(server, host, port);
  } catch (error) {
    throw new AdminError('ADMIN_LISTEN', whyNot(error, host, port), { cause: error });
  }
  const address = server.address();
  const boundPort = typeof address === 'object' && address !== null ? address.port : port;
  return { bound: formatEndpoint(host, boundPort), close: () => close(server) };
}

/** fastify, its schemas and the metrics are a quarter of a start, and of no use to a daemon that nobody looks at. */
function answerWith(server: Server, options: AdminOptions): RequestListener {
  let building: Promise<RequestListener> | null = null;
  let app: RequestListener | null = null;
  const build = async (): Promise<RequestListener> => {
    const { buildApp } = await import('./app.ts');
    app = await buildApp(server, options);
    return app;
  };
  return (request, response) => {
    if (app !== null) return app(request, response);
    building ??= build();
    building.then(
      (built) => built(request, response),
      (error: unknown) => {
        building = null;
        options.report(error);
        response.writeHead(500, { connection: 'close', 'content-length': 0 }).end();
      },
    );
  };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

function refuseNonsense(_: Error, socket: Duplex): void {
  if (socket.writable)
    socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  else socket.destroy();
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

/** One machine cannot shut out the others, nor all of them this one. */
function shareConnections(server: Server): void {
  const open = new Map<string, number>();
  let others = 0;
  server.maxConnections = LIMITS.connections;
  server.on('connection', (socket) => {
    const address = socket.remoteAddress ?? '';
    if (isLoopback(address)) return;
    const count = (open.get(address) ?? 0) + 1;
    open.set(address, count);
    others += 1;
    socket.once('close', () => {
      others -= 1;
      const left = (open.get(address) ?? 1) - 1;
      if (left === 0) open.delete(address);
      else open.set(address, left);
    });
    if (count > LIMITS.connectionsOfOne || others > LIMITS.connections - LIMITS.connectionsOfOne)
      socket.destroy();
  });
}
