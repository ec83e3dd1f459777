// Finds the open incident of a machine and what it asked for. It asks for more of the same, and then no text has to be put
// together to find it.
import type { Hit, HitClient } from '../hit.ts';
import type { Concern } from './concern.ts';
import { addHit, type News, subjectOf } from './growth.ts';
import type { Incident } from './incident.ts';
import type { OpenIncidents } from './open-incidents.ts';

export interface Latest {
  readonly concern: Concern;
  readonly incident: Incident;
  /** As it was then: an incident goes by another when its campaign or machine does. */
  readonly subject: string;
  /** Who asked last, and whom the incident showed then: while both stay, nobody else takes part. Null: nobody asked since it was looked up. */
  client: HitClient | null;
  shown: HitClient | null;
}

const MACHINES_MAX = 16_384;

export class LatestIncidents {
  readonly #open: Pick<OpenIncidents, 'get'>;
  readonly #of = new Map<string, Latest>();

  constructor(open: Pick<OpenIncidents, 'get'>) {
    this.#open = open;
  }

  /** It is over, and nothing holds on to it. */
  ended(incident: Incident): void {
    if (this.#of.get(incident.machine)?.incident === incident) this.#of.delete(incident.machine);
  }

  /** Null: none is open. */
  of(machine: string, concern: Concern): Latest | null {
    const latest = this.#of.get(machine);
    if (latest !== undefined && latest.concern === concern) {
      const { incident, subject } = latest;
      if (incident.state === 'open' && incident.subject === subject) return latest;
    }
    const subject = subjectOf(machine, concern);
    const incident = this.#open.get(subject);
    if (incident === undefined) return null;
    if (this.#of.size >= MACHINES_MAX) this.#of.clear();
    const found = { concern, incident, subject: incident.subject, client: null, shown: null };
    this.#of.set(machine, found);
    return found;
  }
}

/** Counts one more hit. Mostly it is of the client before, and who takes part need not be gone through. */
export function growBy(latest: Latest, hit: Hit): News {
  const { incident, concern } = latest;
  const isInvolved = latest.client === hit.client && latest.shown === incident.client;
  const news = addHit(incident, hit, concern, isInvolved);
  latest.client = hit.client;
  latest.shown = incident.client;
  return news;
}
