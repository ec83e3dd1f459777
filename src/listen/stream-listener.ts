// All connections of one stream listener: who may connect, who must make room, who has been silent too long.
import type { Server, Socket } from 'node:net';
import type { SocketAddress } from '../config/config.ts';
import { MESSAGE_OCTETS_MAX } from '../wire/header.ts';
import { type Origin, Query, type Transport } from '../wire/query.ts';
import { clientKey, formatEndpoint, isIpv6, writeAddress } from './address.ts';
import { Connection, type Shared } from './connection.ts';
import type { Limits } from './limits.ts';
import { listenError } from './listen-error.ts';
import { type Answer, Counters, type Listener, type ListenOptions, type Method } from './listener.ts';

const BACKLOG = 1_024;

export class StreamListener implements Listener, Shared, Origin {
  readonly transport: Transport;
  readonly method: Method;
  readonly counters = new Counters();
  readonly answer: Answer;
  readonly limits: Limits;
  readonly now: () => number;
  readonly query = new Query(new Uint8Array(MESSAGE_OCTETS_MAX), new Uint8Array(MESSAGE_OCTETS_MAX));
  readonly origin: Origin = this;
  bound = '';
  readonly #server: Server;
  readonly #connections = new Set<Connection>();
  readonly #perClient = new Map<string, number>();
  #unsettled: Connection[] = [];
  #sweeper: NodeJS.Timeout | null = null;
  #closing = false;
  #emptied: () => void = () => {};

  constructor(server: Server, transport: Transport, method: Method, answer: Answer, options: ListenOptions) {
    this.#server = server;
    this.transport = transport;
    this.method = method;
    this.answer = answer;
    this.limits = options.limits;
    this.now = options.now;
  }

  /** Binds; rejects with a ListenError. */
  open(address: SocketAddress, reusePort: boolean): Promise<void> {
    const server = this.#server;
    return new Promise((resolve, reject) => {
      server.once('error', (error) => reject(listenError(error, this.method, address.host, address.port)));
      server.listen(
        {
          host: address.host,
          port: address.port,
          ipv6Only: isIpv6(address.host),
          reusePort,
          exclusive: true,
          backlog: BACKLOG,
        },
        () => {
          const local = server.address();
          if (local !== null && typeof local === 'object')
            this.bound = formatEndpoint(local.address, local.port);
          server.removeAllListeners('error');
          // accept() may fail (no descriptors left); the next one may not.
          server.on('error', () => {
            this.counters.refused++;
          });
          resolve();
        },
      );
    });
  }

  /** Takes a connected socket in, or turns it away. */
  accept(socket: Socket): void {
    if (this.#closing || socket.remoteAddress === undefined) {
      socket.on('error', () => {});
      socket.destroy();
      return;
    }
    const address = new Uint8Array(16);
    writeAddress(socket.remoteAddress, address);
    const client = clientKey(address);
    const ofClient = this.#perClient.get(client) ?? 0;
    const roomForClient = ofClient < this.limits.connectionsPerClientMax || this.#evict(client);
    const room = roomForClient && (this.#connections.size < this.limits.connectionsMax || this.#evict(null));
    if (!room) {
      this.counters.refused++;
      socket.on('error', () => {});
      socket.destroy();
      return;
    }
    socket.setNoDelay(true);
    this.counters.opened++;
    this.#perClient.set(client, (this.#perClient.get(client) ?? 0) + 1);
    this.#connections.add(new Connection(socket, address, client, this));
    this.#sweeper ??= setInterval(() => this.#sweep(), this.limits.sweepMs).unref();
  }

  /** Closes the connection that has not asked for longest, of one client or of all; false when none is idle. */
  #evict(client: string | null): boolean {
    let oldest: Connection | null = null;
    for (const connection of this.#connections) {
      if (!connection.idle || (client !== null && connection.client !== client)) continue;
      if (oldest === null || connection.lastQueryMs < oldest.lastQueryMs) oldest = connection;
    }
    if (oldest === null) return false;
    this.counters.evicted++;
    this.gone(oldest);
    oldest.socket.destroy();
    return true;
  }

  gone(connection: Connection): void {
    if (!this.#connections.delete(connection)) return;
    const left = (this.#perClient.get(connection.client) ?? 1) - 1;
    if (left === 0) this.#perClient.delete(connection.client);
    else this.#perClient.set(connection.client, left);
    if (this.#connections.size > 0) return;
    if (this.#sweeper !== null) clearInterval(this.#sweeper);
    this.#sweeper = null;
    this.#emptied();
  }

  #sweep(): void {
    const nowMs = this.now();
    for (const connection of this.#connections) {
      if (connection.enforceDeadlines(nowMs)) this.counters.timedOut++;
    }
  }

  settleLater(connection: Connection): void {
    if (connection.unsettled) return;
    connection.unsettled = true;
    if (this.#unsettled.push(connection) === 1) setImmediate(() => this.#settleAll());
  }

  #settleAll(): void {
    const unsettled = this.#unsettled;
    this.#unsettled = [];
    for (const connection of unsettled) {
      connection.unsettled = false;
      connection.settle();
    }
  }

  send(query: Query): void {
    (query.peer as Connection).sendLate(query);
  }

  abandon(query: Query): void {
    (query.peer as Connection).abandonLate();
  }

  /** Accepts no more; each connection answers what it has in flight and ends. */
  async close(drainMs: number): Promise<void> {
    if (this.#closing) return;
    this.#closing = true;
    const stopped = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    if (this.#connections.size > 0) {
      const emptied = new Promise<void>((resolve) => {
        this.#emptied = resolve;
      });
      for (const connection of this.#connections) connection.finish();
      const cut = setTimeout(() => {
        for (const connection of this.#connections) connection.socket.destroy();
      }, drainMs);
      await emptied;
      clearTimeout(cut);
    }
    await stopped;
  }
}
