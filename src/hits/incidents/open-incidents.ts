// The open incidents, by what makes them one and by machine, the longest open first.
import type { Incident } from './incident.ts';

export class OpenIncidents {
  readonly #bySubject = new Map<string, Incident>();
  readonly #byMachine = new Map<string, Set<Incident>>();
  /** Under which machine each was filed: that of an incident may change before it is filed anew. */
  readonly #filed = new Map<Incident, string>();

  get size(): number {
    return this.#bySubject.size;
  }

  get oldest(): Incident | undefined {
    return this.#bySubject.values().next().value;
  }

  get(subject: string): Incident | undefined {
    return this.#bySubject.get(subject);
  }

  values(): Iterable<Incident> {
    return this.#bySubject.values();
  }

  of(machine: string): Iterable<Incident> {
    return this.#byMachine.get(machine) ?? [];
  }

  /** By its subject and machine of now; what was open of that subject is no longer. */
  add(incident: Incident): void {
    const before = this.#bySubject.get(incident.subject);
    if (before !== undefined) this.#unfile(before);
    this.#bySubject.set(incident.subject, incident);
    this.#filed.set(incident, incident.machine);
    const own = this.#byMachine.get(incident.machine);
    if (own === undefined) this.#byMachine.set(incident.machine, new Set([incident]));
    else own.add(incident);
  }

  /** Call before its subject changes; nothing when another is open in its place. */
  remove(incident: Incident): void {
    if (this.#bySubject.get(incident.subject) !== incident) return;
    this.#bySubject.delete(incident.subject);
    this.#unfile(incident);
  }

  #unfile(incident: Incident): void {
    const machine = this.#filed.get(incident) ?? incident.machine;
    this.#filed.delete(incident);
    const own = this.#byMachine.get(machine);
    own?.delete(incident);
    if (own?.size === 0) this.#byMachine.delete(machine);
  }
}
