// All open incidents: takes hits and findings, opens, joins, ends and reopens, and says what changed. docs/alerts.md draws it.
// Lives in memory, is saved with the hits in one transaction, and goes on while nothing can be saved.
// Silence is counted by the monotonic clock, and only while an asking would have been seen: a wall clock that jumps, a pause or
// a list that is gone ends no incident as "asked no more".
import { completed, type Hit } from '../hit.ts';
import type { Retitled } from '../titles.ts';
import { absorb } from './absorb.ts';
import {
  askingOf,
  type Change,
  type KnownMachine,
  type PastFinding,
  type RegistryOptions,
  type Standing,
  type Watch,
  type Watched,
} from './change.ts';
import { type Concern, concernsOf } from './concern.ts';
import { type Asking, addHit, addPast, openIncident, subjectOf, subjectsLists } from './growth.ts';
import { type EndReason, type Incident, LASTING } from './incident.ts';
import { closeGap, type Jump, noteDown, notePart, shiftIncident, turnGap } from './incident-times.ts';
import { growBy, type Latest, LatestIncidents } from './latest-incidents.ts';
import { OpenIncidents } from './open-incidents.ts';
import { relist, retitle } from './renames.ts';
import { Silences } from './silence.ts';
import { UnsavedIncidents, type Waiting } from './unsaved-incidents.ts';
import { awaitsSomebody } from './unseen.ts';

/** What asks again within this goes on with the same incident. */
const REOPEN_MS = 7 * 24 * 3_600_000;
/** With more than this many at once the longest open end for want of room. */
const OPEN_MAX = 10_000;
const LOOK_MS = 1000;
const WATCHED: Watched = { reason: null, unseen: [] };

export class Registry {
  readonly #options: RegistryOptions;
  readonly #open = new OpenIncidents();
  readonly #byId = new Map<string, Incident>();
  readonly #unsaved = new UnsavedIncidents();
  readonly #silences: Silences;
  readonly #latest = new LatestIncidents(this.#open);
  readonly #openMax: number;
  #lookedMs = Number.NEGATIVE_INFINITY;

  constructor(options: RegistryOptions) {
    this.#options = options;
    this.#openMax = options.openMax ?? OPEN_MAX;
    this.#silences = new Silences(options.monotonic);
  }

  /** Those that were open when the daemon ended. @param ranUntilMs wall clock: from then on, until `nowMs`, nothing would have been seen */
  restore(incidents: readonly Incident[], ranUntilMs: number, nowMs: number): void {
    for (const incident of incidents) {
      noteDown(incident, ranUntilMs, nowMs);
      this.#hold(incident);
      this.touch(incident);
    }
  }

  get open(): Iterable<Incident> {
    return this.#open.values();
  }

  /** The open ones of a machine. */
  of(machine: string): Iterable<Incident> {
    return this.#open.of(machine);
  }

  get openCount(): number {
    return this.#open.size;
  }

  find(id: string): Incident | undefined {
    return this.#byId.get(id) ?? this.#unsaved.byId(id);
  }

  /**
   * Counts hits for each campaign that they concern, those of one machine behind each other: what is kept of it is fetched once.
   * @param nowMs wall clock
   */
  addHits(hits: readonly Hit[], nowMs: number): void {
    for (const own of Map.groupBy(hits, ({ machine }) => machine).values())
      for (const hit of own) for (const concern of concernsOf(hit)) this.#addFor(hit, concern, nowMs);
  }

  /**
   * What a machine asked before anybody knew: joined to what is known of it, else an incident that is told once. One that was
   * answered is open until somebody has acknowledged it.
   */
  addFinding(finding: PastFinding, nowMs: number): Incident | null {
    const { askings } = finding;
    const [first] = askings;
    if (first === undefined) return null;
    const asking = askingOf(finding);
    this.#options.renameOf?.(asking.machine);
    const subject = subjectOf(asking.machine, asking.concern);
    const known = this.#open.get(subject) ?? this.#endedOf(subject, nowMs);
    const at = { openedMs: nowMs, firstMs: first.firstMs, isPast: true };
    const incident = known ?? openIncident(this.#options.id(nowMs), asking, at);
    retitle(incident, asking.concern.campaign);
    const news = addPast(incident, asking, askings);
    const isHeld = this.#byId.has(incident.id);
    // It makes no room for itself.
    const isToWait = !isHeld && awaitsSomebody(incident) && this.#open.size < this.#openMax;
    if (isToWait && known !== null) this.#reopen(incident, nowMs);
    else if (isToWait) this.#hold(incident);
    // What is found was not watched for until now, nor anything while it was over.
    if (known !== null && (isToWait || isHeld)) notePart(incident, nowMs);
    const kind = known === null ? 'opened' : isToWait ? 'reopened' : 'found';
    this.#changed(incident, { kind, hit: null, found: askings, news });
    if (known === null && !isToWait) this.#end(incident, 'past', nowMs);
    return incident;
  }

  /** The network has learnt more of its machines: names, and which of them are one. @param nowMs wall clock */
  complete(machineOf: (incident: Incident) => KnownMachine | null, nowMs: number): void {
    for (const incident of [...this.#open.values()]) {
      const machine = machineOf(incident);
      if (machine === null) continue;
      if (incident.client.name === null && machine.name !== null) {
        incident.client = completed(incident.client, machine);
        this.touch(incident);
      }
      if (machine.id !== incident.machine) this.#rename(incident, machine.id, nowMs);
    }
  }

  /** What is in force changed: of these, what nobody would see go on ends with the reason, and what has another name now goes by it. */
  rulesChanged(
    standingOf: (incident: Incident) => Standing,
    nowMs: number,
    incidents: readonly Incident[] = [...this.#open.values()],
  ): void {
    for (const incident of incidents) {
      if (incident.state !== 'open') continue; // since they were gathered
      const { reason, concern } = standingOf(incident);
      if (concern !== null && subjectOf(incident.machine, concern) !== incident.subject)
        this.#move(incident, { machine: incident.machine, client: incident.client, concern }, nowMs);
      // It may go on as another.
      if (reason !== null && LASTING.includes(reason) && incident.state === 'open')
        this.#end(incident, reason, nowMs);
    }
  }

  /** Lists have other names: whoever knows an incident knows them by these. */
  relisted(renamed: readonly Retitled[], names: ReadonlySet<string>, incidents?: Iterable<Incident>): void {
    for (const incident of incidents ?? [...this.#open.values(), ...this.#unsaved.all])
      if (relist(incident, renamed, names)) this.touch(incident);
  }

  /** The wall clock jumped: of what is open, the times that were noted by the clock before move with it. */
  clockJumped(jump: Jump): void {
    for (const incident of this.#open.values()) {
      shiftIncident(incident, jump);
      this.touch(incident);
    }
  }

  /** Ends what has been silent for long. @param nowMs wall clock */
  tick(nowMs: number, watch: Watch = () => WATCHED): void {
    const monotonicMs = this.#options.monotonic();
    if (monotonicMs - this.#lookedMs < LOOK_MS) return;
    this.#lookedMs = monotonicMs;
    for (const incident of [...this.#open.values()]) this.#look(incident, watch(incident), nowMs);
  }

  /** Something of it was noted elsewhere and is to be saved. */
  touch(incident: Incident): void {
    this.#unsaved.add(incident);
  }

  /** What changed since `saved` was last called. */
  unsaved(): readonly Incident[] {
    return this.#unsaved.all;
  }

  get waiting(): Waiting {
    return this.#unsaved.waiting;
  }

  saved(): void {
    this.#unsaved.clear();
  }

  #addFor(hit: Hit, concern: Concern, nowMs: number): void {
    const latest = this.#latest.of(hit.machine, concern);
    if (latest !== null) this.#grow(latest, hit);
    else if (this.#options.renameOf?.(hit.machine) === true) this.#addFor(hit, concern, nowMs);
    else this.#begin(hit, concern, nowMs);
  }

  /** Opens one, or reopens the last. */
  #begin(hit: Hit, concern: Concern, nowMs: number): void {
    const ended = this.#endedOf(subjectOf(hit.machine, concern), nowMs);
    if (this.#unsaved.isFullFor(ended)) {
      this.#options.onFull?.(hit);
      return;
    }
    const { oldest } = this.#open;
    if (oldest !== undefined && this.#open.size >= this.#openMax) this.#end(oldest, 'evicted', nowMs);
    if (ended !== null) {
      retitle(ended, concern.campaign);
      this.#reopen(ended, nowMs);
    }
    const firstMs = Date.parse(hit.time);
    const at = { openedMs: firstMs, firstMs, isPast: false };
    const asking: Asking = { machine: hit.machine, client: hit.client, concern };
    const incident = ended ?? openIncident(this.#options.id(nowMs), asking, at);
    const news = addHit(incident, hit, concern);
    if (ended === null) this.#hold(incident);
    this.#changed(incident, { kind: ended === null ? 'opened' : 'reopened', hit, found: [], news });
  }

  #grow(latest: Latest, hit: Hit): void {
    const { incident } = latest;
    const news = growBy(latest, hit);
    if (incident.unseenNames !== undefined) delete incident.unseenNames;
    this.#silences.heard(incident.id);
    this.#changed(incident, { kind: 'grown', hit, found: [], news });
  }

  /** The last of a subject, when it ended so lately that it would go on. */
  #endedOf(subject: string, nowMs: number): Incident | null {
    const latest =
      this.#unsaved.endedOf(subject) ?? this.#options.ended?.(subject, nowMs - REOPEN_MS) ?? null;
    const { closedMs = null, end = null } = latest ?? {};
    if (latest === null || closedMs === null || end === 'merged' || nowMs - closedMs > REOPEN_MS) return null;
    return latest;
  }

  #reopen(ended: Incident, nowMs: number): void {
    Object.assign(ended, { state: 'open', closedMs: null, end: null, reopened: ended.reopened + 1 });
    delete ended.unseenNames;
    closeGap(ended, nowMs);
    this.#hold(ended);
  }

  #hold(incident: Incident): void {
    this.#open.add(incident);
    this.#byId.set(incident.id, incident);
    this.#silences.heard(incident.id);
  }

  #look(incident: Incident, watched: Watched, nowMs: number): void {
    const { turned, isAnew, end } = this.#silences.look(incident, watched, this.#options.quietMs);
    if (turned) {
      turnGap(incident, watched.reason, nowMs);
      if (isAnew) notePart(incident, nowMs);
      this.touch(incident);
    }
    if (end !== null) this.#end(incident, end, nowMs);
  }

  #end(incident: Incident, reason: EndReason, nowMs: number): void {
    if (reason !== 'merged') this.#options.renameOf?.(incident.machine); // what has ended is found by its name of now
    incident.state = 'closed';
    incident.closedMs = Math.max(nowMs, incident.openedMs);
    incident.end = reason;
    this.#open.remove(incident);
    this.#byId.delete(incident.id);
    this.#silences.ended(incident.id);
    this.#latest.ended(incident);
    this.#changed(incident, { kind: 'closed', hit: null, found: [], news: null });
  }

  /** Its machine goes by another id: two that were known apart are one. */
  #rename(incident: Incident, machine: string, nowMs: number): void {
    const { client, campaign, indicator, indicators } = incident;
    const concern = { campaign, lists: subjectsLists(incident), rule: '', indicator, indicators };
    this.#move(incident, { machine, client, concern }, nowMs);
  }

  /** It goes by another subject; when that has an incident of its own, the younger goes on as the older. */
  #move(incident: Incident, { machine, concern }: Asking, nowMs: number): void {
    const subject = subjectOf(machine, concern);
    this.#open.remove(incident);
    const other = this.#open.get(subject);
    retitle(incident, concern.campaign);
    Object.assign(incident, { subject, machine });
    for (const list of concern.lists) if (!incident.lists.includes(list)) incident.lists.push(list);
    this.touch(incident);
    if (other === undefined) {
      this.#open.add(incident);
      return;
    }
    const [into, from] = incident.openedMs < other.openedMs ? [incident, other] : [other, incident];
    this.#open.add(into);
    absorb(into, from);
    from.mergedInto = into.id;
    this.touch(into);
    this.#end(from, 'merged', nowMs);
  }

  #changed(incident: Incident, change: Change): void {
    this.#unsaved.add(incident, change.kind !== 'grown' || change.news !== null);
    this.#options.onChange(incident, change);
  }
}
