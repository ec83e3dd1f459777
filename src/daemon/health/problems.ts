// What a person should look at, in one form for health, status and the page: what is wrong, since when, what to do.
import type { ProblemView } from '../../admin/state.ts';
import type { SteadyClock } from '../../config/steady-clock.ts';

/** `sinceMs`: wall clock; null where only this look knows of it. */
export interface ProblemFact {
  /** Stable while it lasts: `list:ads`, `reload:configuration`. */
  readonly id: string;
  readonly sinceMs: number | null;
  readonly what: string;
  readonly remedy: string;
}

/** Remembers since when a problem has been seen, for those that do not say so themselves. */
export class ProblemBook {
  readonly clock: SteadyClock;
  /** When each was first seen, by `clock`. */
  readonly #seen = new Map<string, number>();

  constructor(clock: SteadyClock) {
    this.clock = clock;
  }

  note(facts: readonly ProblemFact[]): ProblemView[] {
    for (const id of this.#seen.keys()) if (!facts.some((fact) => fact.id === id)) this.#seen.delete(id);
    return facts.map(({ id, sinceMs, what, remedy }) => {
      const seenMs = this.#seen.get(id) ?? this.clock.now();
      this.#seen.set(id, seenMs);
      return { id, since: new Date(sinceMs ?? this.clock.wall(seenMs)).toISOString(), what, remedy };
    });
  }
}
