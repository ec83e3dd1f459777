// When the hits that wait are stored: what somebody waits for at once, what only goes on once a second, and after a failure later
// and later.

export interface PaceOptions {
  /** Monotonic, ms. */
  readonly monotonic: () => number;
  /** With so many waiting they are stored whatever the pace. */
  readonly waitingMax: number;
}

/** `paced`: as it comes; `now`: somebody wants to know; `forced`: though the store has just failed. */
export type When = 'paced' | 'now' | 'forced';

/** A store that took nothing is tried again after this long, twice as long each time: a try costs all that is pending. */
const RETRY_FIRST_MS = 500;
const RETRY_MAX_MS = 8000;
/** So many that wait are a flood, in which what is urgent waits as well. */
const FLOOD = 500;
/**
 * A transaction costs the same for one hit of an incident as for a hundred, and the journal has them: they are stored once a
 * second, or when they are so many.
 */
const TOGETHER_MAX = 12_000;
const TOGETHER_MS = 1000;

export class WritePace {
  readonly #options: PaceOptions;
  #failures = 0;
  #retryMs = Number.NEGATIVE_INFINITY;
  #storedMs = Number.NEGATIVE_INFINITY;
  #isUrgent = false;

  constructor(options: PaceOptions) {
    this.#options = options;
  }

  /** The store has failed and is not tried again yet. */
  isResting(when: When): boolean {
    return when !== 'forced' && this.#options.monotonic() < this.#retryMs;
  }

  /** Some of what waits is told when it is stored, or is in no journal. */
  hurry(): void {
    this.#isUrgent = true;
  }

  /** @param waiting hits, and rows that are stored with them */
  mayWait(when: When, waiting: number): boolean {
    const { monotonic, waitingMax } = this.#options;
    if (when !== 'paced' || waiting >= Math.min(TOGETHER_MAX, waitingMax)) return false;
    return (!this.#isUrgent || waiting >= FLOOD) && monotonic() - this.#storedMs < TOGETHER_MS;
  }

  stored(): void {
    this.#isUrgent = false;
    this.#failures = 0;
    this.#retryMs = Number.NEGATIVE_INFINITY;
    this.#storedMs = this.#options.monotonic();
  }

  failed(): void {
    this.#retryMs = this.#options.monotonic() + Math.min(RETRY_MAX_MS, RETRY_FIRST_MS * 2 ** this.#failures);
    this.#failures = Math.min(this.#failures + 1, 10);
  }
}
