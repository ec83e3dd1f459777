// Many clients, each with an address of its own, that ask at a steady rate and keep account of every query.
import { createSocket, type Socket } from 'node:dgram';
import type { Server } from '../support/client.ts';
import { query } from '../support/message.ts';
import { type ReadMessage, readMessage } from '../support/read-message.ts';

const IDS = 65_536;

export interface Answered {
  /** What the asker said of it. */
  readonly kind: number;
  readonly tookMs: number;
  /** null when it is no DNS message. */
  readonly message: ReadMessage | null;
}

/** Octets of a plain query with an OPT, its ID left 0. */
export const plainQuery = (name: string): Buffer => Buffer.from(query(name, 'A', { id: 0, edns: {} }));

export class Crowd {
  sent = 0;
  readonly #sockets: readonly Socket[];
  readonly #sentMs: readonly Float64Array[];
  readonly #kinds: readonly Uint8Array[];
  readonly #nextIds: Uint16Array;
  readonly #onAnswer: (answered: Answered) => void;

  /** @param addresses of the clients, on this machine */
  static async open(
    server: Server,
    addresses: readonly string[],
    onAnswer: (answered: Answered) => void,
  ): Promise<Crowd> {
    const sockets = await Promise.all(
      addresses.map(async (address) => {
        const socket = createSocket({ type: 'udp4', recvBufferSize: 4 << 20, sendBufferSize: 4 << 20 });
        await new Promise<void>((resolve) => socket.bind(0, address, () => resolve()));
        await new Promise<void>((resolve) => socket.connect(server.port, server.host, () => resolve()));
        return socket;
      }),
    );
    return new Crowd(sockets, onAnswer);
  }

  private constructor(sockets: readonly Socket[], onAnswer: (answered: Answered) => void) {
    this.#sockets = sockets;
    this.#sentMs = sockets.map(() => new Float64Array(IDS));
    this.#kinds = sockets.map(() => new Uint8Array(IDS));
    this.#nextIds = new Uint16Array(sockets.length);
    this.#onAnswer = onAnswer;
    for (const [client, socket] of sockets.entries()) {
      socket.on('error', () => {});
      socket.on('message', (octets) => this.#take(client, octets));
    }
  }

  get size(): number {
    return this.#sockets.length;
  }

  /** Queries that have had no answer. */
  get unanswered(): number {
    return this.#sentMs.reduce(
      (sum, times) => sum + times.reduce((count, time) => count + (time > 0 ? 1 : 0), 0),
      0,
    );
  }

  /** One client's next query; `octets` get its ID. */
  ask(client: number, octets: Buffer, kind: number): void {
    const id = this.#nextIds[client] ?? 0;
    this.#nextIds[client] = id + 1;
    octets.writeUInt16BE(id, 0);
    const times = this.#sentMs[client];
    const kinds = this.#kinds[client];
    if (times === undefined || kinds === undefined) return;
    times[id] = performance.now();
    kinds[id] = kind;
    this.sent += 1;
    this.#sockets[client]?.send(octets);
  }

  #take(client: number, octets: Buffer): void {
    const id = octets.length < 2 ? -1 : octets.readUInt16BE(0);
    const begunMs = this.#sentMs[client]?.[id] ?? 0;
    if (begunMs === 0) return;
    const times = this.#sentMs[client];
    if (times !== undefined) times[id] = 0;
    const tookMs = performance.now() - begunMs;
    this.#onAnswer({ kind: this.#kinds[client]?.[id] ?? 0, tookMs, message: readMessage(octets) });
  }

  close(): void {
    for (const socket of this.#sockets) socket.close();
  }
}

/** Calls `act` so many times a second, in small bursts, until the time is over. */
export function pace(perSecond: number, seconds: number, act: (number: number) => void): Promise<void> {
  const begunMs = performance.now();
  let done = 0;
  return new Promise((resolve) => {
    const clock = setInterval(() => {
      const passedMs = performance.now() - begunMs;
      const due = Math.min(Math.floor((passedMs * perSecond) / 1000), seconds * perSecond);
      while (done < due) act(done++);
      if (done < seconds * perSecond) return;
      clearInterval(clock);
      resolve();
    }, 2);
  });
}

/** The value below which this share of them lies. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
