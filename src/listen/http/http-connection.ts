// One HTTP/1.1 connection: its exchanges, and what it may not do with them.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { Limits } from '../limits.ts';
import type { Client, Held } from '../stream/connections.ts';
import { Exchange, type Exchanges } from './exchange.ts';

/** Requests broken off by the client in one RESET_WINDOW_MS; more end the connection (CVE-2023-44487). */
const RESETS_MAX = 200;
const RESET_WINDOW_MS = 10_000;

/** What all connections of one listener share. */
export interface HttpShared {
  readonly limits: Limits;
  readonly now: () => number;
  claim(octets: number): boolean;
  release(octets: number): void;
  ask(connection: HttpConnection, exchange: Exchange, message: Uint8Array): void;
  /** Null: the path means a client that there is none of. */
  whoAsks(connection: HttpConnection, request: IncomingMessage): Client | null;
  gone(connection: HttpConnection): void;
}

export class HttpConnection implements Held, Exchanges {
  readonly socket: TLSSocket;
  readonly client: Client;
  readonly now: () => number;
  lastQueryMs: number;
  readonly #shared: HttpShared;
  readonly #exchanges = new Set<Exchange>();
  #asked = false;
  /** A request came since `isQuiet` was asked. */
  #heard = true;
  #finishing = false;
  #resets = 0;
  #resetsSinceMs = 0;

  constructor(socket: TLSSocket, client: Client, shared: HttpShared) {
    this.socket = socket;
    this.client = client;
    this.now = shared.now;
    this.#shared = shared;
    this.lastQueryMs = shared.now();
    socket.on('error', () => {});
    socket.on('close', () => shared.gone(this));
  }

  get idle(): boolean {
    return this.#exchanges.size === 0;
  }

  isQuiet(): boolean {
    const isQuiet = !this.#heard;
    this.#heard = false;
    return isQuiet;
  }

  accept(request: IncomingMessage, response: ServerResponse): void {
    this.#heard = true;
    const exchange = new Exchange(this, request, response);
    this.#exchanges.add(exchange);
    if (this.#finishing || this.#exchanges.size > this.#shared.limits.inFlightMax) exchange.refuse(503);
    else exchange.begin(this.#shared.whoAsks(this, request));
  }

  claim(octets: number): boolean {
    return this.#shared.claim(octets);
  }

  release(octets: number): void {
    this.#shared.release(octets);
  }

  ask(exchange: Exchange, message: Uint8Array): void {
    this.#asked = true;
    this.lastQueryMs = this.now();
    this.#shared.ask(this, exchange, message);
  }

  over(exchange: Exchange, answered: boolean): void {
    this.#exchanges.delete(exchange);
    if (!answered) this.#countReset();
    if (this.#finishing && this.idle) this.socket.destroySoon();
  }

  #countReset(): void {
    const nowMs = this.now();
    if (nowMs - this.#resetsSinceMs > RESET_WINDOW_MS) {
      this.#resets = 0;
      this.#resetsSinceMs = nowMs;
    }
    this.#resets++;
    if (this.#resets > RESETS_MAX) this.cut();
  }

  cut(): void {
    this.socket.destroy();
  }

  finish(): void {
    this.#finishing = true;
    if (this.idle) this.socket.destroySoon();
  }

  enforceDeadlines(nowMs: number): boolean {
    if (this.socket.destroyed) return false;
    const { limits } = this.#shared;
    let ended = false;
    for (const exchange of this.#exchanges) {
      const spentMs = nowMs - exchange.sinceMs;
      if (exchange.state === 'reading' && spentMs > limits.messageTimeoutMs) {
        exchange.refuse(408);
        ended = true;
      } else if (exchange.state === 'writing' && spentMs > limits.writeStallMs) {
        this.cut();
        return true;
      }
    }
    const silenceMs = this.#asked ? limits.idleTimeoutMs : limits.messageTimeoutMs;
    if (ended || !this.idle || nowMs - this.lastQueryMs <= silenceMs) return ended;
    this.cut();
    return true;
  }
}
