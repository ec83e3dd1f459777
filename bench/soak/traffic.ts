// Paced queries, each of which must be answered exactly once: asked again once, as a client does, when four
// seconds brought nothing.
import { createSocket, type Socket } from 'node:dgram';
import { setTimeout as wait } from 'node:timers/promises';
import { plainQuery } from '../support/query.ts';

const SOCKETS = 16;
const IDS = 65_536;
/** Any client gets an answer within four seconds, whatever upstreams do. */
const WAIT_MS = 4000;
const STATE = { free: 0, waiting: 1, again: 2, answered: 3 } as const;

export interface Counts {
  sent: number;
  answered: number;
  /** Asked a second time: what was on its way when a thread died. */
  retried: number;
  /** Never answered, after both tries. */
  lost: number;
  /** Answered twice though asked once. */
  doubled: number;
  /** Blocked names that were answered. */
  blocked: number;
}

export class Traffic {
  readonly counts: Counts = { sent: 0, answered: 0, retried: 0, lost: 0, doubled: 0, blocked: 0 };
  readonly #port: number;
  readonly #nameOf: (number: number) => { readonly name: string; readonly isBlocked: boolean };
  readonly #sockets: Socket[] = [];
  readonly #states = new Uint8Array(SOCKETS * IDS);
  readonly #sentMs = new Float64Array(SOCKETS * IDS);
  readonly #numbers = new Float64Array(SOCKETS * IDS);
  /** Slots in the order they were sent in: the oldest that may still wait, and the next to use. */
  #oldest = 0;
  #next = 0;
  #running = true;

  /** @param nameOf what query number n asks */
  constructor(port: number, nameOf: (number: number) => { name: string; isBlocked: boolean }) {
    this.#port = port;
    this.#nameOf = nameOf;
  }

  async run(perSecond: number, untilMs: number): Promise<void> {
    for (let i = 0; i < SOCKETS; i += 1) this.#sockets.push(await this.#open(i));
    const begunMs = performance.now();
    while (this.#running && performance.now() < untilMs) {
      const due = Math.floor(((performance.now() - begunMs) * perSecond) / 1000);
      for (let burst = 0; this.counts.sent < due && burst < 100; burst += 1) this.#ask();
      this.#lookBack();
      await wait(1);
    }
    while (this.#oldest < this.#next) {
      this.#lookBack();
      await wait(5);
    }
    for (const socket of this.#sockets) socket.close();
  }

  stop(): void {
    this.#running = false;
  }

  async #open(number: number): Promise<Socket> {
    const socket = createSocket({ type: 'udp4', recvBufferSize: 4 << 20 });
    await new Promise<void>((resolve) => socket.connect(this.#port, '127.0.0.1', () => resolve()));
    socket.on('error', () => undefined); // the port of a thread that died: seen as a missing answer
    socket.on('message', (message) => this.#heard(number + SOCKETS * message.readUInt16BE(0)));
    return socket;
  }

  #heard(slot: number): void {
    const state = this.#states[slot];
    if (state === STATE.answered) this.counts.doubled += 1;
    if (state !== STATE.waiting && state !== STATE.again) return;
    this.counts.answered += 1;
    if (this.#nameOf(this.#numbers[slot] ?? 0).isBlocked) this.counts.blocked += 1;
    // A second answer to what was asked twice is in order.
    this.#states[slot] = state === STATE.again ? STATE.free : STATE.answered;
  }

  #ask(): void {
    const slot = this.#next % (SOCKETS * IDS);
    this.#numbers[slot] = this.#next;
    this.#states[slot] = STATE.waiting;
    this.#next += 1;
    this.counts.sent += 1;
    this.#send(slot);
  }

  #send(slot: number): void {
    const { name } = this.#nameOf(this.#numbers[slot] ?? 0);
    this.#sentMs[slot] = performance.now();
    this.#sockets[slot % SOCKETS]?.send(plainQuery(name, Math.floor(slot / SOCKETS)));
  }

  /** Walks from the oldest on: asks again, or gives up, what was not answered in time. */
  #lookBack(): void {
    const nowMs = performance.now();
    let at = this.#oldest;
    let isFirst = true;
    for (; at < this.#next; at += 1) {
      const slot = at % (SOCKETS * IDS);
      const state = this.#states[slot];
      const waitedMs = nowMs - (this.#sentMs[slot] ?? 0);
      if (state === STATE.waiting && waitedMs < WAIT_MS) break;
      if (state === STATE.waiting) {
        this.counts.retried += 1;
        this.#states[slot] = STATE.again;
        this.#send(slot);
      } else if (state === STATE.again && waitedMs >= WAIT_MS) {
        this.counts.lost += 1;
        this.#states[slot] = STATE.free;
      }
      const isOver = this.#states[slot] === STATE.answered || this.#states[slot] === STATE.free;
      isFirst &&= isOver;
      if (isFirst) this.#oldest = at + 1;
    }
  }
}
