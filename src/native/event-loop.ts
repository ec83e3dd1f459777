// What libuv says of this thread's event loop to whoever waits in its stead, and the waiting.
import type { Koffi } from './koffi.ts';

/** Datagrams of this thread beside a socket of one's own: whoever waits in the loop's stead can look after them. */
export interface Beside {
  /** Readable when some have come. */
  readonly descriptor: number;
  /** From now on what is sent waits for `flush` or `release`, not for the end of the turn. */
  hold(): void;
  /** Sends what waits; how many messages, and those that wait since, for a socket that failed. */
  flush(): number;
  /** Reads what has come and acts on it; how many messages. */
  read(): number;
  /** Sends what waits; from now on all that is sent leaves at the end of its turn again. */
  release(): void;
}

export class EventLoop {
  /** Of those that this thread has, the one that sent last; null: none. */
  beside: Beside | null = null;
  /** Readable when the loop has something to do. */
  readonly descriptor: number;
  readonly #loop: number;
  readonly #updateTime: (loop: number) => void;
  readonly #timeout: (loop: number) => number;
  readonly #poll: (descriptors: number, count: number, timeoutMs: number) => number;

  constructor(koffi: Koffi) {
    const c = koffi.load(null);
    const find = c.func('napi_get_uv_event_loop', 'int', ['void *', 'uint8_t *']);
    const loop = new BigUint64Array(1);
    if (find(koffi.node.env, new Uint8Array(loop.buffer)) !== 0)
      throw new Error('the thread has no event loop');
    this.#loop = Number(loop[0]);
    this.descriptor = c.func('uv_backend_fd', 'int', ['uintptr_t'])(this.#loop);
    this.#updateTime = c.func('uv_update_time', 'void', ['uintptr_t']);
    this.#timeout = c.func('uv_backend_timeout', 'int', ['uintptr_t']);
    this.#poll = c.func('poll', 'int', ['uintptr_t', 'ulong', 'int']);
  }

  /**
   * poll(2) on `count` struct pollfd at `descriptors`, for as long as the loop would wait itself and at most `limitMs`.
   * @returns how many have something; 0 as well when the loop has something to do already
   */
  wait(descriptors: number, count: number, limitMs: number): number {
    // libuv reckons from when its turn began, else a timer that came due since would be waited past.
    this.#updateTime(this.#loop);
    const loopMs = this.#timeout(this.#loop);
    const waitMs = loopMs >= 0 && loopMs < limitMs ? loopMs : limitMs;
    return waitMs <= 0 ? 0 : this.#poll(descriptors, count, waitMs);
  }
}
