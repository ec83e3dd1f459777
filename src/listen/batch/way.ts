// Whether this thread gives way before it reads on: while queries come thick, whoever asks on the same machine, and other
// threads that answer, run meanwhile, so that more lies in the socket when it is looked at next.
//
// HOT. Where nobody waits for this processor it costs a system call that returns at once. See docs/decisions/0050-giving-way.md.

/** Queries a millisecond from which on they come thick; below, a thread that gave way would find no more for it. */
export const THICK_PER_MS = 10;
/** How long queries are counted before it is judged anew. */
export const JUDGED_MS = 5;

export class Way {
  readonly #letOthersRun: () => unknown;
  #sinceMs = Number.NEGATIVE_INFINITY;
  #count = 0;
  #isThick = false;

  /** @param letOthersRun returns when it is this thread's turn again */
  constructor(letOthersRun: () => unknown) {
    this.#letOthersRun = letOthersRun;
  }

  /**
   * Call after the replies to a batch are with the kernel.
   * @param owes something of ours has still to be sent: nobody goes before it
   */
  give(received: number, nowMs: number, owes: boolean): void {
    const passedMs = nowMs - this.#sinceMs;
    if (passedMs >= JUDGED_MS) {
      this.#isThick = this.#count >= THICK_PER_MS * passedMs;
      this.#sinceMs = nowMs;
      this.#count = 0;
    }
    this.#count += received;
    if (this.#isThick && !owes) this.#letOthersRun();
  }
}
