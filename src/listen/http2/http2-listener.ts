// DNS over HTTP/2: what the connections of one listener share, and where late answers come back.
import type { TLSSocket } from 'node:tls';
import type { Origin, Outcome, Query } from '../../wire/message/query.ts';
import type { Counters } from '../counters.ts';
import type { Limits } from '../limits.ts';
import type { Client, Connections } from '../stream/connections.ts';
import { EndOfTurn } from '../stream/end-of-turn.ts';
import { BlockReader } from './block-reader.ts';
import { Http2Connection, type Http2Shared } from './http2-connection.ts';
import { RequestHead } from './request-head.ts';
import type { RequestStream } from './request-stream.ts';

export interface Http2Parts {
  readonly limits: Limits;
  readonly now: () => number;
  readonly counters: Counters;
  readonly query: Query;
  readonly beforeSend: () => void;
  readonly answer: (query: Query) => Outcome;
  readonly connections: Connections;
  claim(octets: number): boolean;
  release(octets: number): void;
  readonly whoAsks: Http2Shared['whoAsks'];
}

export class Http2Listener implements Http2Shared, Origin {
  readonly limits: Limits;
  readonly now: () => number;
  readonly counters: Counters;
  readonly query: Query;
  readonly origin: Origin = this;
  readonly reader = new BlockReader();
  readonly head = new RequestHead();
  readonly beforeSend: () => void;
  readonly answer: (query: Query) => Outcome;
  readonly whoAsks: Http2Shared['whoAsks'];
  readonly #parts: Http2Parts;
  readonly #turn = new EndOfTurn<Http2Connection>();

  constructor(parts: Http2Parts) {
    this.#parts = parts;
    this.limits = parts.limits;
    this.now = parts.now;
    this.counters = parts.counters;
    this.query = parts.query;
    this.beforeSend = parts.beforeSend;
    this.answer = parts.answer;
    this.whoAsks = parts.whoAsks;
  }

  accept(socket: TLSSocket, client: Client): void {
    socket.setNoDelay(true);
    this.#parts.connections.add(new Http2Connection(socket, client, this));
  }

  claim(octets: number): boolean {
    return this.#parts.claim(octets);
  }

  release(octets: number): void {
    this.#parts.release(octets);
  }

  settleLater(connection: Http2Connection): void {
    this.#turn.settleLater(connection);
  }

  gone(connection: Http2Connection): void {
    this.#parts.connections.remove(connection);
  }

  send(query: Query): void {
    const stream = query.peer as RequestStream;
    stream.connection.late(stream, query);
  }

  abandon(query: Query): void {
    const stream = query.peer as RequestStream;
    stream.connection.abandon(stream);
  }
}
