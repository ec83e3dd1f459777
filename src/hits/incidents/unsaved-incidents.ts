// Incidents that changed since they were stored, each once. Those that are over are found by their subject: a hit of it reopens them.
import type { Incident } from './incident.ts';

/** What waits to be stored beside hits. */
export interface Waiting {
  readonly rows: number;
  /** Something of it is told, or sent, when it is stored: it is more than that incidents go on. */
  readonly isNews: boolean;
}

/** While the store takes nothing: with so many that wait for it no further one is opened. Some 2 kB each. */
const UNSAVED_MAX = 20_000;

export class UnsavedIncidents {
  readonly #byId = new Map<string, Incident>();
  /** By subject, the latest of each. */
  readonly #ended = new Map<string, Incident>();
  #isNews = false;

  get waiting(): Waiting {
    return { rows: this.#byId.size, isNews: this.#isNews };
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

  /** Whether an incident that is opened, or reopened, now would be one more than can wait. @param ended null: it is a new one */
  isFullFor(ended: Incident | null): boolean {
    return this.#byId.size >= UNSAVED_MAX && (ended === null || !this.#byId.has(ended.id));
  }

  /** Call again when its state or subject changes. */
  add(incident: Incident, isNews = true): void {
    this.#isNews ||= isNews;
    this.#byId.set(incident.id, incident);
    if (incident.state !== 'closed') return;
    const known = this.endedOf(incident.subject);
    if (known === null || (known.closedMs ?? 0) <= (incident.closedMs ?? 0))
      this.#ended.set(incident.subject, incident);
  }

  clear(): void {
    this.#byId.clear();
    this.#ended.clear();
    this.#isNews = false;
  }
}
