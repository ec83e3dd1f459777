// What a person should look at, in one form for health, status and the page: what is wrong, since when, what to do.
import type { ProblemView } from '../../admin/state.ts';

/** `since`: null where only this look knows of it. */
export interface ProblemFact {
  /** Stable while it lasts: `list:ads`, `reload:configuration`. */
  readonly id: string;
  readonly sinceMs: number | null;
  readonly what: string;
  readonly remedy: string;
}

/** Remembers since when a problem has been seen, for those that do not say so themselves. */
export class ProblemBook {
  readonly #seen = new Map<string, number>();

  /** @param nowMs wall clock */
  note(facts: readonly ProblemFact[], nowMs: number): ProblemView[] {
    for (const id of this.#seen.keys()) if (!facts.some((fact) => fact.id === id)) this.#seen.delete(id);
    return facts.map(({ id, sinceMs, what, remedy }) => {
      const first = sinceMs ?? this.#seen.get(id) ?? nowMs;
      this.#seen.set(id, first);
      return { id, since: new Date(first).toISOString(), what, remedy };
    });
  }
}
