// Sleeps until a socket has something to read or some microseconds have gone by.
import koffi from 'koffi';

const POLLFD_OCTETS = 8;
const POLLIN = 1;
const PR_SET_TIMERSLACK = 29;

/** What a thread needs to sleep on its sockets: ppoll(2). Linux only. */
export class Sleep {
  readonly #ppoll: (fds: Uint8Array, count: number, timeout: Uint8Array, mask: null) => number;
  readonly #fds: Uint8Array;
  readonly #count: number;
  readonly #timeout: BigInt64Array = new BigInt64Array(2);
  readonly #timeoutOctets: Uint8Array = new Uint8Array(this.#timeout.buffer);

  constructor(fds: readonly number[]) {
    const c = koffi.load(null);
    this.#ppoll = c.func('ppoll', 'int', ['uint8_t *', 'ulong', 'uint8_t *', 'void *']);
    const prctl = c.func('prctl', 'int', ['int', 'ulong', 'ulong', 'ulong', 'ulong']);
    // Else the kernel adds up to 50 µs to each sleep.
    prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0);
    this.#count = fds.length;
    this.#fds = new Uint8Array(fds.length * POLLFD_OCTETS);
    const view = new DataView(this.#fds.buffer);
    for (const [i, fd] of fds.entries()) {
      view.setInt32(i * POLLFD_OCTETS, fd, true);
      view.setInt16(i * POLLFD_OCTETS + 4, POLLIN, true);
    }
  }

  /** At most this long. */
  for(microseconds: number): void {
    this.#timeout[1] = BigInt(Math.max(0, Math.min(999_999, Math.floor(microseconds)))) * 1000n;
    this.#ppoll(this.#fds, this.#count, this.#timeoutOctets, null);
  }
}
