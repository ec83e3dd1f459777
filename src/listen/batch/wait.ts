// How a listener waits for the next queries without the event loop, and for how long (docs/decisions/0111-a-lone-query.md).
//
// HOT. Meanwhile the loop is not woken by what comes: the kernel would tell two epoll instances of each datagram, for nobody.
// Where queries come thick, the socket's own read waits for them: the loop's descriptor, and a timer that is due, are looked at
// once in eight waits then, and a wait that nothing ends takes up to the kernel's next tick.
import type { Beside } from '../../native/event-loop.ts';
import type { Libc } from '../../native/libc.ts';
import { Linger, READY } from '../../native/linger.ts';
import type { Poller } from '../../native/poller.ts';

/** Queries that follow one another as closely are awaited without the event loop. */
export const AWAITED_MS = 4;
/** How long the event loop may be left alone, and the last wait beyond it: promises and ticks that nobody sees are late by as much. */
const AWAY_MS = 20;
/** What else is ready is not seen while queries are always there: short batches read before the event loop has its turn. */
export const AWAY_ROUNDS_MAX = 32;
/** Of as many waits one at least looks at the event loop. */
const WAITS_A_LOOK = 8;
/** Queries come thick where so many waits take no longer. */
const THICK_MS = 2;
/** What `next` says beside READY: a read is due that waits for the first query. */
export const READ_WAITS = 4;
/** How long such a read waits: to the next tick. */
export const READ_WAITS_MS = 1;

export class Wait {
  readonly #linger: Linger;
  readonly #poller: Poller;
  readonly #fd: number;
  readonly #number: number;
  #beganMs = 0;
  #lookedMs = 0;
  /** Since the event loop was looked at. */
  #waits = 0;
  #isThick = false;
  #isMuted = false;

  /** @param poller watches `fd` as `number`; `fd` was opened with `blocksMs` */
  constructor(libc: Libc, poller: Poller, fd: number, number: number) {
    this.#linger = new Linger(libc, fd);
    this.#poller = poller;
    this.#fd = fd;
    this.#number = number;
  }

  /** The event loop has called. */
  begin(nowMs: number): void {
    this.#beganMs = nowMs;
    this.#lookedMs = nowMs;
    this.#waits = 0;
  }

  /**
   * @param foundNothing the read before did
   * @param owed queries that wait for an answer, which comes by `beside` or by the event loop
   * @returns READY, or READ_WAITS; READY.nothing: it is the event loop's turn
   */
  next(nowMs: number, foundNothing: boolean, owed: number, beside: Beside | null): number {
    if (nowMs - this.#beganMs >= AWAY_MS) return READY.nothing;
    if (!this.#isMuted) {
      this.#isMuted = true;
      this.#poller.mute(this.#fd, this.#number);
    }
    this.#waits += 1;
    if (this.#isThick && owed === 0 && !foundNothing && this.#waits < WAITS_A_LOOK) return READ_WAITS;
    if (this.#isThick || this.#waits === WAITS_A_LOOK) {
      this.#isThick = nowMs - this.#lookedMs <= THICK_MS;
      this.#lookedMs = nowMs;
      this.#waits = 0;
    }
    return this.#linger.await(AWAITED_MS, owed > 0 ? beside?.descriptor : -1);
  }

  /** From now on the event loop is woken by what comes, unless `isFull`: then whoever said so sees to that. */
  end(isFull: boolean): void {
    if (!this.#isMuted) return;
    this.#isMuted = false;
    if (!isFull) this.#poller.unmute(this.#fd, this.#number);
  }
}
