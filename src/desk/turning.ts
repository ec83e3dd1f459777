// After lists were replaced the last records that the ones before decided are still on their way: until they have come, the
// lists before are kept to judge them by.
import type { KnownContext } from '../hits/hit-context.ts';

/** Threads hold queries for two seconds. */
const LATE_MS = 4000;

export class Turning {
  readonly #context: KnownContext;
  readonly #monotonic: () => number;
  #sinceMs: number | null = null;
  readonly #waiting: (() => void)[] = [];

  /** @param monotonic ms */
  constructor(context: KnownContext, monotonic: () => number) {
    this.#context = context;
    this.#monotonic = monotonic;
  }

  /** Lists were replaced. */
  begin(): void {
    this.#sinceMs = this.#monotonic();
  }

  get isOwed(): boolean {
    return this.#sinceMs !== null;
  }

  tick(): void {
    if (this.#sinceMs === null || this.#monotonic() - this.#sinceMs < LATE_MS) return;
    this.#sinceMs = null;
    this.#context.forgetBefore();
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** Resolves when nothing reads the lists that were replaced. */
  ended(): Promise<void> {
    return this.#sinceMs === null ? Promise.resolve() : new Promise((resolve) => this.#waiting.push(resolve));
  }
}
