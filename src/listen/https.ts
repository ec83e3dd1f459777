// DNS over HTTPS (RFC 8484) on HTTP/2 and HTTP/1.1, each connection bounded as over TCP.
import type { Server as HttpServer, IncomingMessage } from 'node:http';
import { createServer, type Server } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { SocketAddress } from '../config/config.ts';
import { MESSAGE_OCTETS_MAX } from '../wire/header.ts';
import { type Origin, OUTCOME, Query, TRANSPORT } from '../wire/message/query.ts';
import { formatEndpoint } from '../wire/names/address.ts';
import { Counters } from './counters.ts';
import { labelOf } from './http/dns-request.ts';
import type { Exchange } from './http/exchange.ts';
import { forwardedFor } from './http/forwarded-for.ts';
import { HttpConnection, type HttpShared } from './http/http-connection.ts';
import { Http2Listener } from './http2/http2-listener.ts';
import type { Limits } from './limits.ts';
import type { Answer, Certificate, CertifiedListener, ListenOptions } from './listener.ts';
import { padReply } from './padding.ts';
import type { IsTrusted } from './proxy/gate.ts';
import { bindServer } from './stream/bind.ts';
import { type Client, Connections, firstLabel, namedClient } from './stream/connections.ts';
import { secured } from './stream/secured.ts';

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

class HttpsListener implements HttpShared, Origin {
  readonly counters = new Counters();
  readonly limits: Limits;
  readonly now: () => number;
  readonly #beforeSend: () => void;
  readonly #isTrusted: IsTrusted;
  readonly #clientOf: ListenOptions['clientOf'];
  readonly #server: Server;
  readonly #http2: Http2Listener;
  /** Made when the first client has no HTTP/2: few have none, and node:http takes memory. */
  #http1: HttpServer | null = null;
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
    this.#http2 = new Http2Listener({
      limits: options.limits,
      now: options.now,
      counters: this.counters,
      query: this.#query,
      beforeSend: options.beforeSend,
      answer,
      connections: this.#connections,
      claim: (octets) => this.claim(octets),
      release: (octets) => this.release(octets),
      whoAsks: (client, forwarding, path, server) => this.#asker(client, forwarding ?? {}, path, server),
    });
  }

  accept(socket: TLSSocket): void {
    const client = this.#connections.admit(socket);
    if (client === null) return;
    if (socket.alpnProtocol === 'h2') {
      this.#http2.accept(socket, client);
      return;
    }
    const connection = new HttpConnection(socket, client, this);
    this.#connections.add(connection);
    this.#bySocket.set(socket, connection);
    this.#http1 ??= this.#openHttp1();
    this.#http1.emit('connection', socket);
  }

  /**
   * It is not bound: it is handed connections whose handshake is done. Deadlines are ours. Not imported: an import
   * reads every export of node:http, and one of them loads undici (45 ms of CPU and its heap, in each thread).
   */
  #openHttp1(): HttpServer {
    const { createServer: createHttpServer } = process.getBuiltinModule('node:http');
    const server = createHttpServer({ maxHeaderSize: HEADER_OCTETS_MAX, keepAliveTimeout: 0 });
    server.on('request', (request, response) =>
      this.#bySocket.get(request.socket)?.accept(request, response),
    );
    server.on('clientError', (_error, socket) => {
      this.counters.ignored++;
      socket.destroy();
    });
    return server;
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

  whoAsks({ client, socket }: HttpConnection, { headers, url }: IncomingMessage): Client | null {
    return this.#asker(client, headers, labelOf(url), firstLabel(socket));
  }

  /** A proxy that is trusted says in its headers for whom it asks; then path and server's name say which client that is. */
  #asker(
    client: Client,
    headers: Parameters<typeof forwardedFor>[0],
    path: string | null,
    server: string | null,
  ): Client | null {
    const source = this.#isTrusted(client.address) ? forwardedFor(headers) : null;
    const asker =
      source === null ? client : { ...client, address: source, sender: client.sender ?? client.address };
    if (path !== null) return namedClient(asker, path, this.#clientOf);
    return namedClient(asker, server, this.#clientOf) ?? asker;
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
    query.origin = this;
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

  async close(drainMs: number): Promise<void> {
    if (this.#closing) return;
    this.#closing = true;
    await this.#connections.end(this.#server, drainMs);
  }
}
