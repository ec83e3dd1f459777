// TCP connections that were handed over with a question about a zone: questions in, answers out one after another.
//
// Bounds: connections of all and of one client, transfers at once, what a client leaves unread, how long a transfer takes.
import type { Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { Deframer, framed } from '../zone/framing.ts';
import type { ZoneAnswer } from './zone-server.ts';

export interface ConnectionLimits {
  readonly connectionsMax: number;
  readonly connectionsOfOneMax: number;
  readonly transfersMax: number;
  readonly waitingMax: number;
  /** Silence between two questions. */
  readonly idleMs: number;
  /** No octet taken by the client. */
  readonly stallMs: number;
  readonly transferMs: number;
}

export const LIMITS: ConnectionLimits = {
  connectionsMax: 64,
  connectionsOfOneMax: 16,
  transfersMax: 8,
  waitingMax: 32,
  idleMs: 10_000,
  stallMs: 30_000,
  transferMs: 600_000,
};

/** Messages between two turns of the event loop. */
const MESSAGES_A_TURN = 8;
/** A question with its SOA, OPT and TSIG is far shorter. */
const QUESTION_OCTETS_MAX = 4_096;

export type AnswerZone = (message: Uint8Array, from: Uint8Array) => ZoneAnswer | null;

export class Connections {
  readonly #answer: AnswerZone;
  readonly #limits: ConnectionLimits;
  readonly #open = new Map<Socket, string>();
  #transfers = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(answer: AnswerZone, limits: ConnectionLimits = LIMITS) {
    this.#answer = answer;
    this.#limits = limits;
  }

  /** @param octets that came already @param from 16 octets */
  accept(socket: Socket, octets: Uint8Array, from: Uint8Array): void {
    const client = from.join('.');
    const ofClient = [...this.#open.values()].filter((other) => other === client).length;
    socket.on('error', () => undefined);
    if (this.#open.size >= this.#limits.connectionsMax || ofClient >= this.#limits.connectionsOfOneMax) {
      socket.destroy();
      return;
    }
    this.#open.set(socket, client);
    socket.once('close', () => this.#open.delete(socket));
    this.#serve(socket, octets, from).catch(() => socket.destroy());
  }

  close(): void {
    for (const socket of this.#open.keys()) socket.destroy();
  }

  async #serve(socket: Socket, octets: Uint8Array, from: Uint8Array): Promise<void> {
    const incoming = new Deframer();
    incoming.push(octets);
    socket.setTimeout(this.#limits.idleMs, () => socket.destroy());
    for (;;) {
      const length = incoming.nextLength;
      if (length === 0 || length > QUESTION_OCTETS_MAX) break;
      const message = incoming.next();
      if (message !== null) {
        if (!(await this.#answerOne(socket, message, from))) break;
        continue;
      }
      const more = await nextChunk(socket);
      if (more === null) break;
      incoming.push(more);
    }
    socket.end();
    socket.destroySoon();
  }

  /** @returns whether the connection goes on */
  async #answerOne(socket: Socket, message: Uint8Array, from: Uint8Array): Promise<boolean> {
    const answer = this.#answer(message, from);
    if (answer === null) return false;
    if (answer.kind === 'message') return this.#write(socket, answer.message);
    if (!(await this.#begin())) return this.#write(socket, answer.busy);
    const startMs = performance.now();
    let sent = 0;
    let isWhole = false;
    // The pause between questions is not one inside an answer: what counts there is whether the client reads.
    socket.setTimeout(0);
    const late = setTimeout(() => socket.destroy(), this.#limits.transferMs);
    try {
      let messages = 0;
      for (const part of answer.messages) {
        if (!(await this.#write(socket, part))) break;
        sent += 2 + part.length;
        messages += 1;
        if (messages % MESSAGES_A_TURN === 0) await turn();
      }
      isWhole = !socket.destroyed && (await this.#drained(socket));
    } finally {
      clearTimeout(late);
      this.#end();
      answer.ended(isWhole, sent, performance.now() - startMs);
    }
    socket.setTimeout(this.#limits.idleMs);
    return isWhole;
  }

  /** @returns false when the connection is gone */
  async #write(socket: Socket, message: Uint8Array): Promise<boolean> {
    if (socket.destroyed) return false;
    return socket.write(framed(message)) || this.#drained(socket);
  }

  /** Waits until the kernel has all of it. @returns false when the connection is gone, or the client does not read */
  #drained(socket: Socket): Promise<boolean> {
    if (socket.writableLength === 0) return Promise.resolve(!socket.destroyed);
    return new Promise((resolve) => {
      const settle = (isThere: boolean): void => {
        clearTimeout(stalled);
        socket.off('close', onClose);
        resolve(isThere);
      };
      const onClose = (): void => settle(false);
      const stalled = setTimeout(() => socket.destroy(), this.#limits.stallMs);
      socket.once('close', onClose);
      // `drain` comes only after a write that said false; the callback of an empty one comes in any case.
      socket.write('', (error) => settle(error == null));
    });
  }

  /** Waits for its turn. @returns false when too many wait already */
  async #begin(): Promise<boolean> {
    if (this.#transfers >= this.#limits.transfersMax) {
      if (this.#waiting.length >= this.#limits.waitingMax) return false;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
      return true;
    }
    this.#transfers += 1;
    return true;
  }

  /** The place goes to the one that waits longest. */
  #end(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#transfers -= 1;
    else next();
  }
}

/** What the client sends next; null when it sends no more. */
function nextChunk(socket: Socket): Promise<Buffer | null> {
  const there = socket.read() as Buffer | null;
  if (there !== null) return Promise.resolve(there);
  if (socket.destroyed || socket.readableEnded) return Promise.resolve(null);
  return new Promise((resolve) => {
    const settle = (chunk: Buffer | null): void => {
      socket.off('readable', onReadable);
      socket.off('end', onGone);
      socket.off('close', onGone);
      resolve(chunk);
    };
    const onReadable = (): void => {
      const chunk = socket.read() as Buffer | null;
      if (chunk !== null) settle(chunk);
    };
    const onGone = (): void => settle(null);
    socket.on('readable', onReadable);
    socket.once('end', onGone);
    socket.once('close', onGone);
  });
}
