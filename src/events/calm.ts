// Whether hits are so few that each may be passed on at once: somebody is waiting to be notified.
//
// HOT.

/** Hits a second, in this second and the one before. */
export const CALM_HITS_MAX = 100;
const SECOND_MS = 1000;

export class Calm {
  #beganMs = 0;
  /** Hits of the second before, of this one, and those since the last look. */
  #before = 0;
  #hits = 0;
  #fresh = 0;

  count(): void {
    this.#fresh += 1;
  }

  isCalm(nowMs: number): boolean {
    const passedMs = nowMs - this.#beganMs;
    if (passedMs < 0 || passedMs >= SECOND_MS) {
      this.#before = passedMs < 2 * SECOND_MS ? this.#hits : 0;
      this.#hits = 0;
      this.#beganMs = nowMs;
    }
    this.#hits += this.#fresh;
    this.#fresh = 0;
    return this.#before <= CALM_HITS_MAX && this.#hits <= CALM_HITS_MAX;
  }
}
