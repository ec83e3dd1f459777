// Notices that the wall clock was set, or that the machine slept, so that times that were noted before can be moved with it.

/** Less is no setting: the two clocks are read one after the other, and may run a little apart. */
const STEP_MS = 2_000;

export class ClockSteps {
  /** How far the wall clock is ahead of the monotonic one, ms. */
  #aheadMs = Date.now() - performance.now();

  /** How far it was set since this was last asked, ms; 0: it was not. */
  next(): number {
    const aheadMs = Date.now() - performance.now();
    const byMs = aheadMs - this.#aheadMs;
    if (Math.abs(byMs) < STEP_MS) return 0;
    this.#aheadMs = aheadMs;
    return Math.round(byMs);
  }
}
