// Replies on their way to the kernel, which may take some of them, or none for now.
import type { Datagrams } from '../../native/datagrams.ts';
import type { Libc } from '../../native/libc.ts';
import { ERRNO } from '../../native/numbers.ts';
import type { Counters } from '../counters.ts';

/** How long replies wait for room in the kernel's send buffer before they are dropped. */
export const FULL_MS_MAX = 100;

export class Outbox {
  readonly datagrams: Datagrams;
  /** One past the last datagram. */
  end = 0;
  /** Datagrams the kernel has not taken, of those before `#planned`. */
  #untaken = 0;
  /** Datagrams before it are under headers `#next` up to `#headers`, or gone. */
  #planned = 0;
  #next = 0;
  #headers = 0;
  #fullSinceMs = -1;

  constructor(datagrams: Datagrams) {
    this.datagrams = datagrams;
  }

  /** Datagrams the kernel has not taken. */
  get waiting(): number {
    return this.#untaken + this.end - this.#planned;
  }

  /** Sends what is there; false when the kernel has no room for some of it: flush again a little later. */
  flush(libc: Libc, fd: number, nowMs: number, counters: Counters): boolean {
    while (this.waiting > 0) {
      if (this.#untaken === 0) this.#planRest();
      const sent = this.datagrams.sendPlanned(libc, fd, this.#next, this.#headers);
      if (sent > 0) {
        counters.replies += this.#step(sent);
        this.#fullSinceMs = -1;
        continue;
      }
      // The first unsent datagram's: sendmmsg says what stopped it only when it could send none.
      const errno = libc.errno();
      if (errno === ERRNO.again || errno === ERRNO.nobufs || errno === ERRNO.nomem) {
        if (this.#fullSinceMs < 0) this.#fullSinceMs = nowMs;
        if (nowMs - this.#fullSinceMs <= FULL_MS_MAX) return false;
        counters.sendFailures += this.waiting;
        break;
      }
      const headers = this.datagrams.splitPlan(this.#next, this.#headers, errno);
      // One that can never go: no route, filtered.
      if (headers === this.#headers) counters.sendFailures += this.#step(1);
      this.#headers = headers;
    }
    this.end = 0;
    this.#untaken = 0;
    this.#planned = 0;
    this.#fullSinceMs = -1;
    return true;
  }

  #planRest(): void {
    this.#headers = this.datagrams.plan(this.#planned, this.end);
    this.#next = 0;
    this.#untaken = this.end - this.#planned;
    this.#planned = this.end;
  }

  /** Goes on by so many headers; how many datagrams they had. */
  #step(headers: number): number {
    const count = this.datagrams.messagesIn(this.#next, this.#next + headers);
    this.#next += headers;
    this.#untaken -= count;
    return count;
  }
}
