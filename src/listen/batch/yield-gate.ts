// Whether this thread yields the CPU (sched_yield) before it reads on: at a high query rate whoever asks on the same machine, and
// other threads that answer, run meanwhile, so that more datagrams wait in the socket at the next read.
//
// HOT. Where nobody waits for this processor it costs a system call that returns at once. See docs/decisions/0050-giving-way.md.

/** Queries a millisecond from which on the rate is high; below it, a yield brings no larger batch. */
export const HIGH_PER_MS = 20;
/** For how long queries are counted before the rate is judged anew. */
export const JUDGED_MS = 5;

export class YieldGate {
  readonly #letOthersRun: () => unknown;
  #sinceMs = Number.NEGATIVE_INFINITY;
  #count = 0;
  #isHigh = false;

  /** @param letOthersRun returns when it is this thread's turn again */
  constructor(letOthersRun: () => unknown) {
    this.#letOthersRun = letOthersRun;
  }

  /** Whether queries come thick, as judged last. */
  get isHigh(): boolean {
    return this.#isHigh;
  }

  /**
   * Call after the replies to a batch are with the kernel.
   * @param owes something of ours has still to be sent: then it does not yield
   */
  afterBatch(received: number, nowMs: number, owes: boolean): void {
    const passedMs = nowMs - this.#sinceMs;
    if (passedMs >= JUDGED_MS) {
      this.#isHigh = this.#count >= HIGH_PER_MS * passedMs;
      this.#sinceMs = nowMs;
      this.#count = 0;
    }
    this.#count += received;
    if (this.#isHigh && !owes) this.#letOthersRun();
  }
}
