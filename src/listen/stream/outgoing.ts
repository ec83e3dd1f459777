// What goes out on one connection: gathered in a turn, written at once, and watched for a peer that does not read.
//
// HOT. The memory is used again only when all of it is with the kernel.
import type { Socket } from 'node:net';

/** Where octets are gathered: from `octets[length]` on, once room is reserved, which may change `octets`. */
export interface Room {
  octets: Buffer;
  length: number;
  reserve(count: number): void;
}

const OCTETS_MIN = 1_024;
/** Memory that a connection keeps between writes. */
const OCTETS_KEPT_MAX = 4_096;
const NONE = Buffer.alloc(0);

export class Outgoing implements Room {
  octets: Buffer = NONE;
  length = 0;
  readonly #socket: Socket;
  /** Octets given to the socket, how many of them it had passed on when last looked at, and when that last grew. */
  #written = 0;
  #taken = 0;
  #takenMs: number;

  constructor(socket: Socket, nowMs: number) {
    this.#socket = socket;
    this.#takenMs = nowMs;
  }

  reserve(count: number): void {
    const wanted = this.length + count;
    if (this.octets.length >= wanted) return;
    const grown = Buffer.allocUnsafe(Math.max(OCTETS_MIN, 2 * wanted));
    this.octets.copy(grown, 0, 0, this.length);
    this.octets = grown;
  }

  /** Octets the peer has not read. */
  get unread(): number {
    return this.length + this.#socket.writableLength;
  }

  /** @param taken called once the kernel has it */
  flush(nowMs: number, taken?: () => void): void {
    const { octets, length } = this;
    if (length === 0) return;
    this.octets = NONE;
    this.length = 0;
    if (this.#socket.writableLength === 0) this.#takenMs = nowMs;
    this.#written += length;
    this.#socket.write(octets.subarray(0, length), taken);
    if (this.#socket.writableLength === 0 && octets.length <= OCTETS_KEPT_MAX) this.octets = octets;
  }

  /** How long the peer has read nothing of what waits for it; 0 when nothing waits. */
  stalledMs(nowMs: number): number {
    const waiting = this.#socket.writableLength;
    if (waiting === 0) return 0;
    if (this.#written - waiting > this.#taken) {
      this.#taken = this.#written - waiting;
      this.#takenMs = nowMs;
    }
    return nowMs - this.#takenMs;
  }

  clear(): void {
    this.octets = NONE;
    this.length = 0;
  }
}
