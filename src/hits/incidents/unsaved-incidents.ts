// Incidents that changed since they were stored, each once. Those that are over are found by their subject: a hit of it reopens them.
import type { Incident } from './incident.ts';

export class UnsavedIncidents {
  readonly #byId = new Map<string, Incident>();
  /** By subject, the latest of each. */
  readonly #ended = new Map<string, Incident>();

  get size(): number {
    return this.#byId.size;
  }

  get all(): readonly Incident[] {
    return [...this.#byId.values()];
  }

  byId(id: string): Incident | undefined {
    return this.#byId.get(id);
  }

  /** The latest of a subject that is over. */
  endedOf(subject: string): Incident | null {
    const ended = this.#ended.get(subject);
    return ended?.state === 'closed' && ended.subject === subject ? ended : null;
  }

  /** Call again when its state or subject changes. */
  add(incident: Incident): void {
    this.#byId.set(incident.id, incident);
    if (incident.state !== 'closed') return;
    const known = this.endedOf(incident.subject);
    if (known === null || (known.closedMs ?? 0) <= (incident.closedMs ?? 0))
      this.#ended.set(incident.subject, incident);
  }

  clear(): void {
    this.#byId.clear();
    this.#ended.clear();
  }
}
