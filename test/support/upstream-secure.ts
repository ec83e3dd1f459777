// Upstreams over TLS and HTTPS for tests: they answer any question with one A record, or as told.

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import {
  createSecureServer,
  type Http2SecureServer,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import { join } from 'node:path';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import { type ResponseParts, response } from './message.ts';

const folder = join(import.meta.dirname, '../fixtures/upstream-tls');
/** For `dns.upstream.test` and 127.0.0.1; signs itself. */
export const certificate = readFileSync(join(folder, 'cert.pem'), 'utf8');
const key = readFileSync(join(folder, 'key.pem'), 'utf8');

const answerTo = (message: Uint8Array, parts: ResponseParts): Buffer =>
  Buffer.from(response(message, { answer: ['www.test. 300 A 192.0.2.1'], ...parts }));

export class TlsUpstream {
  readonly queries: Buffer[] = [];
  connections = 0;
  /** Connections that resumed the session of an earlier one. */
  resumed = 0;
  /** Close the connection after this many responses. */
  closeAfter = Number.POSITIVE_INFINITY;
  parts: ResponseParts = {};
  /** Reads and says nothing. */
  isSilent = false;
  readonly #server: Server;
  readonly #sockets = new Set<TLSSocket>();

  private constructor() {
    this.#server = createServer({ cert: certificate, key }, (socket) => this.#accept(socket));
    this.#server.on('tlsClientError', () => {});
  }

  static async start(): Promise<TlsUpstream> {
    const upstream = new TlsUpstream();
    upstream.#server.listen(0, '127.0.0.1');
    await once(upstream.#server, 'listening');
    return upstream;
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port;
  }

  get open(): number {
    return this.#sockets.size;
  }

  #accept(socket: TLSSocket): void {
    this.connections += 1;
    if (socket.isSessionReused()) this.resumed += 1;
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => {});
    let unread: Buffer = Buffer.alloc(0);
    let answered = 0;
    socket.on('data', (chunk: Buffer) => {
      unread = Buffer.concat([unread, chunk]);
      while (unread.length >= 2 && unread.length >= 2 + unread.readUInt16BE(0)) {
        const end = 2 + unread.readUInt16BE(0);
        const message = Buffer.from(unread.subarray(2, end));
        unread = unread.subarray(end);
        this.queries.push(message);
        if (this.isSilent) continue;
        const answer = answerTo(message, this.parts);
        socket.write(Buffer.concat([Buffer.from([answer.length >> 8, answer.length & 0xff]), answer]));
        answered += 1;
        if (answered === this.closeAfter) socket.end();
      }
    });
  }

  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async stop(): Promise<void> {
    this.cut();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}

export class HttpsUpstream {
  readonly queries: Buffer[] = [];
  readonly methods: string[] = [];
  readonly paths: string[] = [];
  sessions = 0;
  parts: ResponseParts = {};
  status = 200;
  contentType = 'application/dns-message';
  isSilent = false;
  /** The body instead of a response. */
  body: Buffer | null = null;
  readonly #server: Http2SecureServer;
  readonly #open = new Set<ServerHttp2Session>();

  private constructor() {
    this.#server = createSecureServer({ cert: certificate, key });
    this.#server.on('session', (session) => {
      this.sessions += 1;
      this.#open.add(session);
      session.on('close', () => this.#open.delete(session));
      session.on('error', () => {});
    });
    this.#server.on('stream', (stream: ServerHttp2Stream, headers) => {
      this.methods.push(String(headers[':method']));
      this.paths.push(String(headers[':path']));
      const chunks: Buffer[] = [];
      stream.on('error', () => {});
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const message = Buffer.concat(chunks);
        this.queries.push(message);
        if (this.isSilent) return;
        stream.respond({ ':status': this.status, 'content-type': this.contentType });
        stream.end(this.body ?? answerTo(message, this.parts));
      });
    });
  }

  static async start(): Promise<HttpsUpstream> {
    const upstream = new HttpsUpstream();
    upstream.#server.listen(0, '127.0.0.1');
    await once(upstream.#server, 'listening');
    return upstream;
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port;
  }

  cut(): void {
    for (const session of this.#open) session.destroy();
  }

  /** Says goodbye and lets what is open end. */
  goAway(): void {
    for (const session of this.#open) session.close();
  }

  async stop(): Promise<void> {
    this.cut();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}
