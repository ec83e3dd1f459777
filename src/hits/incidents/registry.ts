// All open incidents: takes hits, opens, groups, closes after quiet, and says what changed.
//
// Lives in memory and is saved with the hits in one transaction, so that a start finds what a kill left. While nothing can
// be saved it goes on: a full disk must not silence the alarm.
import type { Machine } from '../../clients/machine.ts';
import type { HitIndicator } from '../../policy/rule-meaning.ts';
import type { Hit, HitClient } from '../hit.ts';
import type { UlidMaker } from '../ulid.ts';
import {
  addHit,
  addPast,
  type Incident,
  openIncident,
  type PastAsking,
  severityOf,
  subjectOf,
} from './incident.ts';

export type Change = 'opened' | 'grown' | 'closed';
/** Told of every change; `hit` is what caused it, null when it was none. */
export type OnChange = (incident: Incident, change: Change, hit: Hit | null) => void;

export interface RegistryOptions {
  readonly id: UlidMaker;
  /** An incident without a hit for this long is over. */
  readonly quietMs?: number;
  readonly onChange: OnChange;
}

export interface PastFinding {
  readonly client: HitClient;
  readonly list: string;
  readonly indicator: HitIndicator | null;
  readonly askings: readonly PastAsking[];
}

const QUIET_MS = 3_600_000;
/** More than this many machines in trouble at once, and further ones are opened and closed as they come. */
const OPEN_MAX = 10_000;

export class Registry {
  readonly #options: RegistryOptions;
  readonly #open = new Map<string, Incident>();
  readonly #unsaved = new Map<string, Incident>();

  constructor(options: RegistryOptions) {
    this.#options = options;
  }

  /** Those that were open when the daemon ended. */
  restore(incidents: readonly Incident[]): void {
    for (const incident of incidents) this.#open.set(incident.subject, incident);
  }

  get open(): Iterable<Incident> {
    return this.#open.values();
  }

  get openCount(): number {
    return this.#open.size;
  }

  find(id: string): Incident | undefined {
    for (const incident of this.#open.values()) if (incident.id === id) return incident;
    return this.#unsaved.get(id);
  }

  /** @param arrivedMs wall clock now: quiet is counted from it, whatever the hit's own time says */
  take(hit: Hit, arrivedMs: number): void {
    const subject = subjectOf(hit.client.ip, hit.list, hit.indicator?.campaign ?? null);
    const known = this.#open.get(subject);
    if (known !== undefined && arrivedMs - known.lastMs < this.#quietMs) {
      addHit(known, hit);
      this.#changed(known, 'grown', hit);
      return;
    }
    if (known !== undefined) this.#close(known, arrivedMs);
    this.#makeRoom(arrivedMs);
    const incident = openIncident(this.#options.id(arrivedMs), hit);
    addHit(incident, hit);
    this.#open.set(subject, incident);
    this.#changed(incident, 'opened', hit);
  }

  /** Opens an incident for what a client asked before anybody knew. It is told once and does not grow. */
  takePast(finding: PastFinding, nowMs: number): Incident | null {
    const first = finding.askings[0];
    if (first === undefined) return null;
    const { client, list, indicator } = finding;
    const campaign = indicator?.campaign ?? null;
    const incident: Incident = {
      id: this.#options.id(nowMs),
      subject: `${subjectOf(client.ip, list, campaign)} past`,
      state: 'open',
      severity: severityOf(indicator),
      client,
      list,
      campaign,
      indicator,
      retrospective: true,
      openedMs: nowMs,
      firstMs: first.firstMs,
      lastMs: first.lastMs,
      closedMs: null,
      acknowledgedMs: null,
      hits: 0,
      names: [],
      furtherHits: 0,
      beacon: null,
    };
    for (const asking of finding.askings) addPast(incident, asking);
    this.#changed(incident, 'opened', null);
    this.#close(incident, nowMs);
    return incident;
  }

  /** The network has learnt more of its clients: a machine that is told of a second later has its name. */
  complete(machineOf: (id: string) => Machine | null): void {
    for (const incident of this.#open.values()) {
      const { client } = incident;
      const machine = client.machine === undefined ? null : machineOf(client.machine);
      // What was known when it asked stays: its address may be another machine's by now.
      if (machine === null || (client.name ?? machine.name) === client.name) continue;
      const { name, nameFrom } = machine;
      incident.client = { ...client, name, nameFrom, mac: client.mac ?? machine.mac };
      this.#unsaved.set(incident.id, incident);
    }
  }

  /** The clock went back: what was seen in the future it made was seen now, or it would stay open until then. */
  clockWentBack(nowMs: number): void {
    for (const incident of this.#open.values())
      if (incident.lastMs > nowMs) {
        incident.lastMs = nowMs;
        this.#unsaved.set(incident.id, incident);
      }
  }

  /** Closes what has been quiet. */
  tick(nowMs: number): void {
    for (const incident of this.#open.values())
      if (nowMs - incident.lastMs >= this.#quietMs) this.#close(incident, nowMs);
  }

  acknowledge(id: string, nowMs: number): Incident | null {
    const incident = this.find(id);
    if (incident === undefined) return null;
    incident.acknowledgedMs ??= nowMs;
    this.#unsaved.set(incident.id, incident);
    return incident;
  }

  /** What changed since `saved` was last called. */
  unsaved(): readonly Incident[] {
    return [...this.#unsaved.values()];
  }

  get hasUnsaved(): boolean {
    return this.#unsaved.size > 0;
  }

  saved(): void {
    this.#unsaved.clear();
  }

  get #quietMs(): number {
    return this.#options.quietMs ?? QUIET_MS;
  }

  #close(incident: Incident, nowMs: number): void {
    incident.state = 'closed';
    incident.closedMs = nowMs;
    if (this.#open.get(incident.subject) === incident) this.#open.delete(incident.subject);
    this.#changed(incident, 'closed', null);
  }

  #makeRoom(nowMs: number): void {
    if (this.#open.size < OPEN_MAX) return;
    const [oldest] = this.#open.values();
    if (oldest !== undefined) this.#close(oldest, nowMs);
  }

  #changed(incident: Incident, change: Change, hit: Hit | null): void {
    this.#unsaved.set(incident.id, incident);
    this.#options.onChange(incident, change, hit);
  }
}
