// Paced queries, each of which must be answered exactly once: asked again once, as a client does, when four
// seconds brought nothing.
import { setTimeout as wait } from 'node:timers/promises';
import { Datagrams, Path } from '../../src/native/datagrams.ts';
import { type Libc, loadLibc } from '../../src/native/libc.ts';
import { Query } from '../../src/wire/message/query.ts';
import { plainQuery } from '../support/query.ts';

/** Several, so that a server with threads on one port gets its queries on all of them. */
const SOCKETS = 16;
const IDS = 65_536;
const SLOTS: number = SOCKETS * IDS;
/** Queries one after another that go by one socket. */
const BLOCK = 16;
const BATCH = 64;
const RECEIVE_OCTETS = 4 << 20;
/** Any client gets an answer within four seconds, whatever upstreams do. */
const WAIT_MS = 4000;
const LOOK_BACK_MS = 20;
/** Queries sent between two looks at what was answered. */
const BURST_MAX = 256;
/** Different queries that are kept ready. */
const READY_MAX = 20_000;
const STATE = { free: 0, waiting: 1, again: 2, answered: 3 } as const;

/** Slots are dealt to the sockets block by block. */
const socketOf = (slot: number): number => Math.floor(slot / BLOCK) % SOCKETS;
const idOf = (slot: number): number => Math.floor(slot / BLOCK / SOCKETS) * BLOCK + (slot % BLOCK);
const slotOf = (socket: number, id: number): number =>
  (Math.floor(id / BLOCK) * SOCKETS + socket) * BLOCK + (id % BLOCK);

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
  readonly #nameOf: (number: number) => { readonly name: string; readonly isBlocked: boolean };
  readonly #target = new Query(new Uint8Array(0), new Uint8Array(0));
  readonly #path = new Path();
  readonly #fds: number[] = [];
  readonly #states = new Uint8Array(SLOTS);
  readonly #sentMs = new Float64Array(SLOTS);
  readonly #numbers = new Float64Array(SLOTS);
  readonly #ready = new Map<string, Uint8Array>();
  /** Slots in the order they were sent in: the oldest that may still wait, and the next to use. */
  #oldest = 0;
  #next = 0;
  #lookedMs = 0;
  #running = true;

  /** @param nameOf what query number n asks */
  constructor(port: number, nameOf: (number: number) => { name: string; isBlocked: boolean }) {
    this.#nameOf = nameOf;
    this.#target.address.set([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127, 0, 0, 1]);
    this.#target.port = port;
  }

  async run(perSecond: number, untilMs: number): Promise<void> {
    const libc = await loadLibc();
    if (typeof libc === 'string') throw new Error(`${libc}; without it queries cannot be sent fast enough`);
    const going = new Datagrams(libc, BATCH, false, false);
    const coming = new Datagrams(libc, BATCH, false, false);
    const local = { host: '127.0.0.1', port: 0 };
    const options = { reusePort: false, receiveBufferOctets: RECEIVE_OCTETS, pktinfo: false };
    for (let i = 0; i < SOCKETS; i += 1) this.#fds.push(libc.openSocket(local, options).fd);
    const begunMs = performance.now();
    while (this.#running && performance.now() < untilMs) {
      const due = Math.floor(((performance.now() - begunMs) * perSecond) / 1000) - this.counts.sent;
      if (due > 0) this.#ask(libc, going, Math.min(due, BURST_MAX));
      this.#listen(libc, coming);
      this.#lookBack(libc, going);
      await wait(1);
    }
    while (this.#oldest < this.#next) {
      this.#listen(libc, coming);
      this.#lookBack(libc, going);
      await wait(5);
    }
    for (const fd of this.#fds) libc.closeSocket(fd);
  }

  stop(): void {
    this.#running = false;
  }

  #listen(libc: Libc, coming: Datagrams): void {
    for (const [number, fd] of this.#fds.entries()) {
      for (let count = BATCH; count === BATCH; ) {
        count = coming.receive(libc, fd);
        for (let i = 0; i < count; i += 1) {
          const octets = coming.octets[i];
          if (octets !== undefined) this.#heard(slotOf(number, ((octets[0] ?? 0) << 8) | (octets[1] ?? 0)));
        }
        if (count > 0) coming.rearm(count);
      }
    }
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

  /** Asks what is next; those of one block leave together. */
  #ask(libc: Libc, going: Datagrams, count: number): void {
    for (let asked = 0; asked < count; ) {
      const first = this.#next % SLOTS;
      const some = Math.min(count - asked, BLOCK - (first % BLOCK));
      for (let i = 0; i < some; i += 1) {
        this.#numbers[first + i] = this.#next;
        this.#states[first + i] = STATE.waiting;
        this.#next += 1;
      }
      this.#send(libc, going, first, some);
      this.counts.sent += some;
      asked += some;
    }
  }

  /** Slots `first` and following, of one block. */
  #send(libc: Libc, going: Datagrams, first: number, count: number): void {
    const nowMs = performance.now();
    for (let i = 0; i < count; i += 1) {
      const query = this.#queryFor(this.#nameOf(this.#numbers[first + i] ?? 0).name);
      const octets = going.octets[i];
      if (octets === undefined) return;
      octets.set(query);
      const id = idOf(first + i);
      octets[0] = id >>> 8;
      octets[1] = id;
      this.#sentMs[first + i] = nowMs;
      going.address(i, query.length, this.#target, this.#path);
    }
    const fd = this.#fds[socketOf(first)] ?? -1;
    for (let sent = 0, step = 1; sent < count && step > 0; sent += step)
      step = going.send(libc, fd, sent, count);
  }

  #queryFor(name: string): Uint8Array {
    const ready = this.#ready.get(name);
    if (ready !== undefined) return ready;
    const query = plainQuery(name, 0);
    if (this.#ready.size < READY_MAX) this.#ready.set(name, query);
    return query;
  }

  /** Walks from the oldest on: asks again, or gives up, what was not answered in time. */
  #lookBack(libc: Libc, going: Datagrams): void {
    const nowMs = performance.now();
    if (nowMs - this.#lookedMs < LOOK_BACK_MS) return;
    this.#lookedMs = nowMs;
    let isFirst = true;
    for (let at = this.#oldest; at < this.#next; at += 1) {
      const slot = at % SLOTS;
      const state = this.#states[slot];
      const waitedMs = nowMs - (this.#sentMs[slot] ?? 0);
      if (state === STATE.waiting && waitedMs < WAIT_MS) break;
      if (state === STATE.waiting) {
        this.counts.retried += 1;
        this.#states[slot] = STATE.again;
        this.#send(libc, going, slot, 1);
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
