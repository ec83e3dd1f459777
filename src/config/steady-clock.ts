// Since when something is so, whatever the wall clock said then: a box without a battery starts years back, and is set right later.
import { uptime } from 'node:os';

/** Less is no setting: clocks are read one after the other, and slewed. */
const STEP_MS = 2000;

export interface Clocks {
  /** Wall clock, ms. */
  readonly now: () => number;
  /** Ms; a clock that nobody sets. Unset: the machine's. */
  readonly steady?: () => number;
}

export class SteadyClock {
  readonly #wall: () => number;
  readonly #steady: () => number;
  /** How far the wall clock is ahead, ms; changed by a setting alone, so that one moment is always told the same. */
  #aheadMs: number;

  /** @param steady ms; a clock that nobody sets and that goes on while the machine sleeps */
  constructor(wall: () => number = Date.now, steady: () => number = () => uptime() * 1000) {
    this.#wall = wall;
    this.#steady = steady;
    this.#aheadMs = wall() - steady();
  }

  /** Steady, ms. */
  readonly now = (): number => this.#steady();

  /** When that was, by the wall clock as it is set now. */
  wall(steadyMs: number): number {
    return Math.round(steadyMs + this.#ahead());
  }

  /** The steady time of a moment that the wall clock, as it is set now, calls so. */
  ofWall(wallMs: number): number {
    return wallMs - this.#ahead();
  }

  #ahead(): number {
    const aheadMs = this.#wall() - this.#steady();
    if (Math.abs(aheadMs - this.#aheadMs) >= STEP_MS) this.#aheadMs = aheadMs;
    return this.#aheadMs;
  }
}
