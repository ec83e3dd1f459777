// All connections of one listener: who may connect, who must make room for whom, who has been silent too long.
import type { Server, Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { TLSSocket } from 'node:tls';
import { clientKey, writeAddress } from '../address.ts';
import type { Counters } from '../counters.ts';
import type { Limits } from '../limits.ts';
import type { ListenOptions } from '../listener.ts';

/** One connection as the table sees it. */
export interface Held {
  readonly socket: Socket;
  readonly client: Client;
  /** Nothing in flight and nothing unread: closing it loses at most a message that was never finished. */
  readonly idle: boolean;
  /** When the last whole message came, or the connection was opened. */
  readonly lastQueryMs: number;
  /** Whether it has brought nothing since this was asked before, and nothing it brought waits to be looked at. */
  isQuiet(): boolean;
  /** Ends the connection if one of its deadlines has passed; says whether it did. */
  enforceDeadlines(nowMs: number): boolean;
  /** Reads no more; answers what is in flight, then closes. */
  finish(): void;
}

export interface Client {
  /** 16 octets, of the machine that asks. */
  readonly address: Uint8Array;
  /** Of the proxy that asks for it; null: it asks itself. */
  readonly sender: Uint8Array | null;
  readonly port: number;
  /** What its connections are counted by. */
  readonly key: string;
}

/** Closes a socket nobody has looked at; what it says of that is no news. */
export function turnAway(socket: Socket): void {
  socket.on('error', () => {});
  socket.destroy();
}

/** A client that says which it is, in the first label of the server's name (SNI) or a path; itself where it says nothing known. */
export function namedClient(
  client: Client,
  label: string | null,
  clientOf: ListenOptions['clientOf'],
): Client | null {
  const named = label === null ? null : clientOf(label, client.address);
  return named === null ? null : { ...client, address: named, sender: client.address };
}

/** The first label of the name that a TLS client asked for; null: it has none below another. */
export function firstLabel(socket: TLSSocket): string | null {
  const { servername } = socket as { servername?: string | false | null };
  return typeof servername === 'string' && servername.includes('.')
    ? (servername.split('.', 1)[0] ?? null)
    : null;
}

const DRAIN_STEP_MS = 5;

export class Connections {
  readonly #proxy: ListenOptions['proxy'];
  readonly #limits: Limits;
  readonly #counters: Counters;
  readonly #now: () => number;
  readonly #held = new Set<Held>();
  readonly #perClient = new Map<string, number>();
  #sweeper: NodeJS.Timeout | null = null;
  #closing = false;
  #emptied: () => void = () => {};

  constructor({ limits, now, proxy }: Pick<ListenOptions, 'limits' | 'now' | 'proxy'>, counters: Counters) {
    this.#proxy = proxy;
    this.#limits = limits;
    this.#counters = counters;
    this.#now = now;
  }

  /** Who a socket's client is, once there is room for it; null when the socket was turned away. */
  admit(socket: Socket): Client | null {
    if (this.#closing || socket.remoteAddress === undefined) {
      turnAway(socket);
      return null;
    }
    const address = new Uint8Array(16);
    writeAddress(socket.remoteAddress, address);
    const source = this.#proxy?.sourceOf(socket) ?? null;
    const sender = source === null ? null : address.slice();
    if (source !== null) address.set(source);
    const key = clientKey(address);
    const ofClient = this.#perClient.get(key) ?? 0;
    const roomForClient = ofClient < this.#limits.connectionsPerClientMax || this.#evict(key);
    if (roomForClient && (this.#held.size < this.#limits.connectionsMax || this.#evict(null))) {
      this.#counters.opened++;
      return { address, sender, port: socket.remotePort ?? 0, key };
    }
    this.#counters.refused++;
    turnAway(socket);
    return null;
  }

  add(connection: Held): void {
    const { key } = connection.client;
    this.#perClient.set(key, (this.#perClient.get(key) ?? 0) + 1);
    this.#held.add(connection);
    this.#sweeper ??= setInterval(() => this.#sweep(), this.#limits.sweepMs).unref();
  }

  /** Closes the connection that has not asked for longest, of one client or of all; false when none is idle. */
  #evict(key: string | null): boolean {
    let oldest: Held | null = null;
    for (const connection of this.#held) {
      if (!connection.idle || (key !== null && connection.client.key !== key)) continue;
      if (oldest === null || connection.lastQueryMs < oldest.lastQueryMs) oldest = connection;
    }
    if (oldest === null) return false;
    this.#counters.evicted++;
    this.remove(oldest);
    oldest.socket.destroy();
    return true;
  }

  remove(connection: Held): void {
    if (!this.#held.delete(connection)) return;
    const { key } = connection.client;
    const left = (this.#perClient.get(key) ?? 1) - 1;
    if (left === 0) this.#perClient.delete(key);
    else this.#perClient.set(key, left);
    if (this.#held.size > 0) return;
    if (this.#sweeper !== null) clearInterval(this.#sweeper);
    this.#sweeper = null;
    this.#emptied();
  }

  #sweep(): void {
    const nowMs = this.#now();
    for (const connection of this.#held) {
      if (connection.enforceDeadlines(nowMs)) this.#counters.timedOut++;
    }
  }

  /** Takes what clients have sent before; then `server` accepts no more, and each connection answers what it has in flight and ends. */
  async end(server: Pick<Server, 'close'>, drainMs: number): Promise<void> {
    const leftMs = await this.#becomeQuiet(drainMs);
    const stopped = new Promise<void>((resolve) => server.close(() => resolve()));
    await this.#close(leftMs);
    await stopped;
  }

  /**
   * What clients have sent is still taken: resolves once none brings anything new, at most after half of `drainMs`.
   * @returns what is left of `drainMs`
   */
  async #becomeQuiet(drainMs: number): Promise<number> {
    const startMs = this.#now();
    let opened = -1;
    for (;;) {
      const spentMs = this.#now() - startMs;
      if (spentMs >= drainMs / 2) return Math.max(0, drainMs - spentMs);
      let isQuiet = opened === this.#counters.opened;
      opened = this.#counters.opened;
      for (const connection of this.#held) isQuiet = connection.isQuiet() && isQuiet;
      if (isQuiet) return drainMs - spentMs;
      await wait(DRAIN_STEP_MS);
    }
  }

  /** Admits no more; resolves once each connection has finished, those that have not after `drainMs` are cut. */
  async #close(drainMs: number): Promise<void> {
    this.#closing = true;
    if (this.#held.size === 0) return;
    const emptied = new Promise<void>((resolve) => {
      this.#emptied = resolve;
    });
    for (const connection of this.#held) connection.finish();
    const cut = setTimeout(() => {
      for (const connection of this.#held) connection.socket.destroy();
    }, drainMs);
    await emptied;
    clearTimeout(cut);
  }
}
