// DNS in two-octet frames over any kind of stream: what TCP and TLS have in common.
import type { Server, Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { SocketAddress } from '../../config/config.ts';
import { MESSAGE_OCTETS_MAX } from '../../wire/header.ts';
import { type Origin, Query, type Transport } from '../../wire/message/query.ts';
import { Counters } from '../counters.ts';
import type { Limits } from '../limits.ts';
import type { Answer, GiveAway, Listener, ListenOptions, Method } from '../listener.ts';
import { bindServer } from './bind.ts';
import { Connection, type Shared } from './connection.ts';
import { Connections, firstLabel, namedClient } from './connections.ts';
import { EndOfTurn } from './end-of-turn.ts';

export class StreamListener implements Listener, Shared, Origin {
  readonly transport: Transport;
  readonly method: Method;
  readonly counters = new Counters();
  readonly answer: Answer;
  readonly limits: Limits;
  readonly now: () => number;
  readonly beforeSend: () => void;
  readonly claimIgnored: () => void;
  readonly giveAway: GiveAway | null;
  readonly query = new Query(new Uint8Array(MESSAGE_OCTETS_MAX), new Uint8Array(MESSAGE_OCTETS_MAX));
  readonly origin: Origin = this;
  bound = '';
  readonly #server: Server;
  readonly #clientOf: ListenOptions['clientOf'];
  readonly #connections: Connections;
  readonly #turn = new EndOfTurn<Connection>();
  #closing = false;

  constructor(server: Server, transport: Transport, method: Method, answer: Answer, options: ListenOptions) {
    this.#server = server;
    this.transport = transport;
    this.method = method;
    this.answer = answer;
    this.limits = options.limits;
    this.now = options.now;
    this.beforeSend = options.beforeSend;
    this.giveAway = options.giveAway ?? null;
    this.#clientOf = options.clientOf;
    this.claimIgnored = options.claimIgnored;
    this.#connections = new Connections(options, this.counters);
  }

  async open(address: SocketAddress, reusePort: boolean): Promise<void> {
    this.bound = await bindServer(this.#server, this.method, address, reusePort, this.counters);
  }

  /** Takes a connected socket in, or turns it away. */
  accept(socket: Socket): void {
    const client = this.#connections.admit(socket);
    if (client === null) return;
    socket.setNoDelay(true);
    const label = 'encrypted' in socket ? firstLabel(socket as TLSSocket) : null;
    const named = namedClient(client, label, this.#clientOf) ?? client;
    this.#connections.add(new Connection(socket, named, this));
  }

  gone(connection: Connection): void {
    this.#connections.remove(connection);
  }

  settleLater(connection: Connection): void {
    this.#turn.settleLater(connection);
  }

  send(query: Query): void {
    (query.peer as Connection).sendLate(query);
  }

  abandon(query: Query): void {
    (query.peer as Connection).abandonLate();
  }

  async close(drainMs: number): Promise<void> {
    if (this.#closing) return;
    this.#closing = true;
    await this.#connections.end(this.#server, drainMs);
  }
}
