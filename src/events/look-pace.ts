// How long whoever reads rings waits until the next look: each wakes a processor, and a machine at rest has nothing to read.

/** While much waits to be stored, while little or nothing does, and at rest, when a record wakes the reader and the clock alone has to be looked at. */
export const LOOK_MS = { busy: 150, idle: 250, rest: 5000 } as const;
/** From the record that ends a rest to the look: others come with it. */
export const WAKE_MS = 50;
/** Looks in a row that leave nothing to be done, 10 s, until it is rest: notices and counts are told by then. */
export const IDLE_LOOKS = 40;
/** So much that waits is a flood: looks that are further apart would take in more at once. */
export const MUCH = 1000;

export class LookPace {
  #idle = 0;

  /** @param waiting records that wait to be stored, and other work that has to be seen to soon */
  nextMs(waiting: number): number {
    if (waiting > 0) {
      this.#idle = 0;
      return waiting < MUCH ? LOOK_MS.idle : LOOK_MS.busy;
    }
    if (this.#idle >= IDLE_LOOKS) return LOOK_MS.rest;
    this.#idle += 1;
    return LOOK_MS.idle;
  }
}
