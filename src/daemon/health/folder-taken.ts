// `events.dir` that was removed or replaced under the daemon: what a person should know of it in the day after.

import type { SteadyClock } from '../../config/steady-clock.ts';
import type { ProblemFact } from './problems.ts';

/** Whoever looks each morning sees it; a restart ends it too. */
const TOLD_MS = 86_400_000;

export class FolderTaken {
  readonly #dir: string;
  readonly #clock: SteadyClock;
  #sinceMs: number | null = null;
  /** Why it could not be made anew; tried again each second. */
  #error: string | null = null;

  constructor(dir: string, clock: SteadyClock) {
    this.#dir = dir;
    this.#clock = clock;
  }

  /** @param error null: it is made anew */
  tried(error: string | null): void {
    if (this.#error === null || error === null) this.#sinceMs = this.#clock.now();
    this.#error = error;
  }

  problems(): readonly ProblemFact[] {
    const [sinceMs, error] = [this.#sinceMs, this.#error];
    if (sinceMs === null || (error === null && this.#clock.now() - sinceMs > TOLD_MS)) return [];
    const what = `events.dir was removed or replaced while cenote runs (${this.#dir})`;
    return [
      {
        id: 'events-dir',
        sinceMs: this.#clock.wall(sinceMs),
        what:
          error === null
            ? `${what}: hits, history and incidents that it held are gone`
            : `${what} and cannot be made anew: ${error}`,
        remedy:
          error === null
            ? 'see what removes it; a backup has what is gone (`cenote restore`). This is said for a day, or until a restart'
            : 'make its folder possible again: it is tried each second, and nothing is kept meanwhile',
      },
    ];
  }
}
