// Open incidents that go by another name now, a campaign's new title or a list's: they are renamed some at a time, since each is written whole then
// (10,000 of 50 names took 0.6 to 1.2 s). One that is asked for meanwhile has its turn at once: what asks on by the new name asks on, and is nothing new.
import type { Incident } from '../hits/incidents/incident.ts';

/** Of 50 names each 70 to 140 µs of CPU, most of it in the transaction that stores it. */
const AT_ONCE = 250;

export class Renaming {
  readonly #left = new Set<Incident>();
  readonly #rename: (incidents: readonly Incident[]) => void;

  constructor(rename: (incidents: readonly Incident[]) => void) {
    this.#rename = rename;
  }

  get isGoingOn(): boolean {
    return this.#left.size > 0;
  }

  begin(incidents: readonly Incident[]): void {
    for (const incident of incidents) this.#left.add(incident);
  }

  /** The next of them. @returns whether there were any */
  piece(): boolean {
    return this.those([...this.#left].slice(0, AT_ONCE));
  }

  /** All that are left. */
  finish(): void {
    this.those([...this.#left]);
  }

  /** Those among these that have not had their turn. @returns whether there were any */
  those(incidents: Iterable<Incident>): boolean {
    const own = [...incidents].filter((incident) => this.#left.delete(incident));
    if (own.length > 0) this.#rename(own);
    return own.length > 0;
  }
}
