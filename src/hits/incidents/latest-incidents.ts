// Finds the open incident of a machine and what it asked for. It asks for more of the same, and then no text has to be put
// together to find it.
import type { Concern } from './concern.ts';
import { type Incident, subjectOf } from './incident.ts';

interface Latest {
  readonly concern: Concern;
  readonly incident: Incident;
  /** As it was then: an incident goes by another when its campaign or machine does. */
  readonly subject: string;
}

const MACHINES_MAX = 16_384;

export class LatestIncidents {
  readonly #open: ReadonlyMap<string, Incident>;
  readonly #of = new Map<string, Latest>();

  /** @param open by subject */
  constructor(open: ReadonlyMap<string, Incident>) {
    this.#open = open;
  }

  /** Null: none is open. */
  of(machine: string, concern: Concern): Incident | null {
    const latest = this.#of.get(machine);
    if (latest !== undefined && latest.concern === concern) {
      const { incident, subject } = latest;
      if (incident.state === 'open' && incident.subject === subject) return incident;
    }
    const subject = subjectOf(machine, concern);
    const incident = this.#open.get(subject);
    if (incident === undefined) return null;
    if (this.#of.size >= MACHINES_MAX) this.#of.clear();
    this.#of.set(machine, { concern, incident, subject: incident.subject });
    return incident;
  }
}
