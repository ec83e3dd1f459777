// Waits for datagrams in the event loop's stead: a turn of the loop costs a lone query three system calls and a call into JavaScript.
//
// HOT. poll(2) on one socket, on others of this thread and on the event loop's own descriptor, never longer than the loop would wait. Whatever else this
// thread has to do (a timer, a connection, another thread's message) makes that descriptor readable or that time be over; then it
// is the loop's turn, unless the socket has something as well and no timer is due. What libuv does not know is not seen, promises
// and `nextTick`, nor what it has already fetched: who calls bounds time and rounds. Figures: docs/decisions/0111-a-lone-query.md
import type { EventLoop } from './event-loop.ts';
import type { Libc } from './libc.ts';
import { POLL } from './numbers.ts';

/** What `await` found: bits. */
export const READY = { nothing: 0, own: 1, beside: 2 } as const;

export class Linger {
  readonly #loop: EventLoop;
  /** Three struct pollfd: fd i32, events i16, revents i16. #address points to them and lives as long. */
  readonly #descriptors = new ArrayBuffer(3 * POLL.octets);
  readonly #words = new Int32Array(this.#descriptors);
  readonly #address: number;

  /** @param fd lives as long as this is called */
  constructor(libc: Libc, fd: number) {
    this.#loop = libc.eventLoop;
    this.#address = libc.addressOf(this.#descriptors);
    this.#words.set([fd, POLL.readable, this.#loop.descriptor, POLL.readable, -1, POLL.readable]);
  }

  /**
   * @param beside a descriptor that is awaited as well; −1: none
   * @returns which has something to read; nothing: it is the event loop's turn, or `limitMs` are over
   */
  await(limitMs: number, beside = -1): number {
    const words = this.#words;
    words[4] = beside;
    if (this.#loop.wait(this.#address, beside < 0 ? 2 : 3, limitMs) <= 0) return READY.nothing;
    const own = words[1]! >>> 16 === 0 ? READY.nothing : READY.own;
    return beside < 0 || words[5]! >>> 16 === 0 ? own : own | READY.beside;
  }
}
