// Notices when the wall clock jumps, by the monotonic one beside it: what has to be removed for its age, or told at a time,
// must not be decided by a clock that was just wrong by a year.

export interface ClockWatchOptions {
  /** Wall clock, ms. */
  readonly now: () => number;
  /** Monotonic, ms. */
  readonly monotonic: () => number;
}

/** Drift of a clock that is being slewed stays far below. */
const JUMP_MS = 60_000;
/** After a jump nothing is removed for this long: whoever set the clock wrong has time to see it. */
const DISTRUST_MS = 86_400_000;

export class ClockWatch {
  readonly #options: ClockWatchOptions;
  #offsetMs: number;
  #trustedMs = Number.NEGATIVE_INFINITY;

  constructor(options: ClockWatchOptions) {
    this.#options = options;
    this.#offsetMs = options.now() - options.monotonic();
  }

  /** Whether ages may be judged by the wall clock. */
  get isTrusted(): boolean {
    return this.#options.monotonic() >= this.#trustedMs;
  }

  /** Ages are not to be judged for a day: the clock is far from what is known of the past. */
  distrust(): void {
    this.#trustedMs = this.#options.monotonic() + DISTRUST_MS;
  }

  /** By how much the wall clock jumped since the last call, ms; 0 when it did not. */
  readJump(): number {
    const offsetMs = this.#options.now() - this.#options.monotonic();
    const jumpMs = Math.round(offsetMs - this.#offsetMs);
    this.#offsetMs = offsetMs;
    if (Math.abs(jumpMs) < JUMP_MS) return 0;
    this.distrust();
    return jumpMs;
  }
}
