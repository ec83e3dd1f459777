// Replies on their way to the kernel, which may take some of them, or none for now.
import type { Datagrams } from '../../native/datagrams.ts';
import { ERRNO, type Libc } from '../../native/libc.ts';
import type { Counters } from '../listener.ts';

/** How long replies wait for room in the kernel's send buffer before they are dropped. */
export const FULL_MS_MAX = 100;

export class Outbox {
  readonly datagrams: Datagrams;
  /** Datagrams `from` up to `end` have not been taken by the kernel. */
  from = 0;
  end = 0;
  #fullSinceMs = -1;

  constructor(datagrams: Datagrams) {
    this.datagrams = datagrams;
  }

  /** Sends what is there; false when the kernel has no room for some of it: flush again a little later. */
  flush(libc: Libc, fd: number, nowMs: number, counters: Counters): boolean {
    while (this.from < this.end) {
      const sent = this.datagrams.send(libc, fd, this.from, this.end);
      if (sent > 0) {
        this.from += sent;
        counters.replies += sent;
        this.#fullSinceMs = -1;
        continue;
      }
      // The first unsent datagram's: sendmmsg says what stopped it only when it could send none.
      const errno = libc.errno();
      if (errno === ERRNO.again || errno === ERRNO.nobufs || errno === ERRNO.nomem) {
        if (this.#fullSinceMs < 0) this.#fullSinceMs = nowMs;
        if (nowMs - this.#fullSinceMs <= FULL_MS_MAX) return false;
        counters.sendFailures += this.end - this.from;
        break;
      }
      // One that can never go: no route, filtered.
      counters.sendFailures++;
      this.from++;
    }
    this.from = 0;
    this.end = 0;
    this.#fullSinceMs = -1;
    return true;
  }
}
