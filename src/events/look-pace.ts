// How long whoever reads rings waits until the next look: each wakes a processor, and a machine at rest has nothing to read.

/** While something waits to be stored, else, and at rest. */
export const LOOK_MS = { busy: 150, idle: 250, rest: 500 } as const;
/** Looks in a row that leave nothing to be stored, 10 s, until it is rest: notices and counts are told by then. */
export const IDLE_LOOKS = 40;

export class LookPace {
  #idle = 0;

  /** @param isIdle nothing waits to be stored */
  nextMs(isIdle: boolean): number {
    if (!isIdle) {
      this.#idle = 0;
      return LOOK_MS.busy;
    }
    if (this.#idle >= IDLE_LOOKS) return LOOK_MS.rest;
    this.#idle += 1;
    return LOOK_MS.idle;
  }
}
