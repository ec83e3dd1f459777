// DNS over HTTPS (RFC 8484) on HTTP/2 and HTTP/1.1, each connection bounded as over TCP.
import type { Server as HttpServer } from 'node:http';
import { createServer as createHttp2Server, type Http2Server } from 'node:http2';
import { createServer, type Server } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { SocketAddress } from '../config/config.ts';
import { MESSAGE_OCTETS_MAX } from '../wire/header.ts';
import { type Origin, OUTCOME, Query, TRANSPORT } from '../wire/message/query.ts';
import { formatEndpoint } from '../wire/names/address.ts';
import { labelOf } from './http/dns-request.ts';
import type { Exchange, HttpRequest } from './http/exchange.ts';
import { forwardedFor } from './http/forwarded-for.ts';
import { HttpConnection, type HttpShared } from './http/http-connection.ts';
import type { Limits } from './limits.ts';
import {
  type Answer,
  type Certificate,
  type CertifiedListener,
  Counters,
  type ListenOptions,
} from './listener.ts';
import { padReply } from './padding.ts';
import type { IsTrusted } from './proxy/gate.ts';
import { bindServer } from './stream/bind.ts';
import { type Client, Connections, firstLabel, namedClient } from './stream/connections.ts';
import { secured } from './stream/secured.ts';

// Not imported: an import reads every export of node:http, and one of them loads undici (45 ms of CPU and its heap, in each thread).
const { createServer: createHttpServer } = process.getBuiltinModule('node:http');

/** Octets of request bodies that have not wholly come, of all connections together. */
const BODIES_OCTETS_MAX = 16_777_216;
const HEADER_OCTETS_MAX = 32_768;

/** Binds one socket; rejects with a ListenError. */
export async function openHttps(
  address: SocketAddress,
  certificate: Certificate,
  answer: Answer,
  options: ListenOptions,
): Promise<CertifiedListener> {
  const where = `https ${formatEndpoint(address.host, address.port)}`;
  const server = createServer({ noDelay: true });
  const listener = new HttpsListener(server, answer, options);
  const door = secured(server, {
    certificate,
    where,
    options,
    counters: listener.counters,
    tls: { ALPNProtocols: ['h2', 'http/1.1'] },
    accept: (socket) => listener.accept(socket),
  });
  const bound = await bindServer(server, 'https', address, options.reusePort, listener.counters);
  return {
    transport: TRANSPORT.https,
    method: 'https',
    bound,
    counters: listener.counters,
    useCertificate: door.useCertificate,
    close: (drainMs) => {
      door.end();
      return listener.close(drainMs);
    },
  };
}

function http2Server(limits: Limits): Http2Server {
  return createHttp2Server({
    settings: {
      maxConcurrentStreams: limits.streamsMax,
      enablePush: false,
      maxHeaderListSize: HEADER_OCTETS_MAX,
    },
    maxHeaderListPairs: 64,
    maxSessionInvalidFrames: 100,
    maxSessionRejectedStreams: 100,
  });
}

class HttpsListener implements HttpShared, Origin {
  readonly counters = new Counters();
  readonly limits: Limits;
  readonly now: () => number;
  readonly #beforeSend: () => void;
  readonly #isTrusted: IsTrusted;
  readonly #clientOf: ListenOptions['clientOf'];
  readonly #server: Server;
  readonly #http1: HttpServer;
  readonly #http2: Http2Server;
  readonly #answer: Answer;
  readonly #query = new Query(new Uint8Array(MESSAGE_OCTETS_MAX), new Uint8Array(MESSAGE_OCTETS_MAX));
  readonly #connections: Connections;
  readonly #bySocket = new WeakMap<object, HttpConnection>();
  #bodyOctets = 0;
  #closing = false;

  constructor(server: Server, answer: Answer, options: ListenOptions) {
    this.#server = server;
    this.#answer = answer;
    this.limits = options.limits;
    this.now = options.now;
    this.#beforeSend = options.beforeSend;
    this.#isTrusted = options.isTrusted;
    this.#clientOf = options.clientOf;
    this.#connections = new Connections(options, this.counters);
    this.#query.transport = TRANSPORT.https;
    this.#query.origin = this;
    // Neither of the two is bound: they are handed connections whose handshake is done. Deadlines are ours.
    this.#http1 = createHttpServer({ maxHeaderSize: HEADER_OCTETS_MAX, keepAliveTimeout: 0 });
    this.#http1.on('request', (request, response) =>
      this.#bySocket.get(request.socket)?.take(request, response),
    );
    this.#http1.on('clientError', (_error, socket) => {
      this.counters.ignored++;
      socket.destroy();
    });
    this.#http2 = http2Server(options.limits);
    this.#http2.on('request', (request, response) => {
      const { session } = request.stream;
      if (session !== undefined) this.#bySocket.get(session)?.take(request, response);
    });
    this.#http2.on('sessionError', () => {
      this.counters.ignored++;
    });
  }

  accept(socket: TLSSocket): void {
    const client = this.#connections.admit(socket);
    if (client === null) return;
    const connection = new HttpConnection(socket, client, this);
    this.#connections.add(connection);
    if (socket.alpnProtocol !== 'h2') {
      this.#bySocket.set(socket, connection);
      this.#http1.emit('connection', socket);
      return;
    }
    // 'session' is emitted before 'connection' returns.
    this.#http2.once('session', (session) => {
      connection.session = session;
      this.#bySocket.set(session, connection);
    });
    this.#http2.emit('connection', socket);
  }

  gone(connection: HttpConnection): void {
    this.#connections.remove(connection);
  }

  claim(octets: number): boolean {
    if (this.#bodyOctets + octets > BODIES_OCTETS_MAX) return false;
    this.#bodyOctets += octets;
    return true;
  }

  release(octets: number): void {
    this.#bodyOctets -= octets;
  }

  /** A proxy that is trusted says in its headers for whom it asks; then path and server's name say which client that is. */
  whoAsks({ client, socket }: HttpConnection, request: HttpRequest): Client | null {
    const source = this.#isTrusted(client.address) ? forwardedFor(request.headers) : null;
    const asker =
      source === null ? client : { ...client, address: source, sender: client.sender ?? client.address };
    const label = labelOf(request.url);
    if (label !== null) return namedClient(asker, label, this.#clientOf);
    return namedClient(asker, firstLabel(socket), this.#clientOf) ?? asker;
  }

  ask(connection: HttpConnection, exchange: Exchange, message: Uint8Array): void {
    const query = this.#query;
    query.message.set(
      message.length > MESSAGE_OCTETS_MAX ? message.subarray(0, MESSAGE_OCTETS_MAX) : message,
    );
    query.messageLength = Math.min(message.length, MESSAGE_OCTETS_MAX);
    const { address, sender, port } = exchange.client ?? connection.client;
    query.address.set(address);
    query.isForwarded = sender !== null;
    if (sender !== null) query.sender.set(sender);
    query.port = port;
    query.peer = exchange;
    query.arrivedMs = this.now();
    this.counters.queries++;
    const outcome = this.#answer(query);
    if (outcome === OUTCOME.answered) this.#reply(exchange, query);
    else if (outcome === OUTCOME.dropped) exchange.refuse(400);
  }

  #reply(exchange: Exchange, query: Query): void {
    this.#beforeSend();
    padReply(query);
    if (exchange.reply(query.reply, query.replyLength)) this.counters.replies++;
    else this.counters.sendFailures++;
  }

  send(query: Query): void {
    this.#reply(query.peer as Exchange, query);
  }

  abandon(query: Query): void {
    (query.peer as Exchange).refuse(503);
  }

  /** Takes what clients have sent before; then accepts no more, and each connection answers what it has in flight and ends. */
  async close(drainMs: number): Promise<void> {
    if (this.#closing) return;
    this.#closing = true;
    const leftMs = await this.#connections.becomeQuiet(drainMs);
    const stopped = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    await this.#connections.close(leftMs);
    await stopped;
  }
}
