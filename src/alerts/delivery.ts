// From incidents to receivers: gathers, seals what is due, queues it, and keeps all of it in the outbox until it was accepted.
//
// A receiver that was notified of an incident gets the rest; one whose conditions are met later begins with what went before,
// counted. So the notices of each sum up to the incident.
//
// Works from memory; `unsaved` and `saved` let the store keep it in the same transaction as the hits, so that a kill neither
// loses a notice nor tells an incident's state twice (but for the moment between a receiver's yes and our writing it down).

import type { Change } from '../hits/incidents/change.ts';
import type { Incident } from '../hits/incidents/incident.ts';
import { momentToText } from '../hits/log/moment.ts';
import type { OutboxRow } from '../hits/store/outbox-table.ts';
import type { UlidMaker } from '../hits/ulid.ts';
import {
  beginGathering,
  type Gathering,
  gather,
  gatherFound,
  isSettled,
  seal,
  tellsReopening,
  troubleNotice,
} from './gathering.ts';
import { Outbox } from './outbox.ts';
import { ReceiverQueue, type ReceiverReport } from './queue.ts';
import type { Notice, NoticeKind, Trouble } from './receiver.ts';
import { keepDue, schedule, shiftDue } from './schedule.ts';
import { afterQuiet, isQuietAt, type Outlet, wants } from './settings.ts';

export interface DeliveryOptions {
  readonly outlets: readonly Outlet[];
  /** Wall clock, ms. */
  readonly now: () => number;
  /** Monotonic, ms. */
  readonly monotonic: () => number;
  readonly random: () => number;
  readonly id: UlidMaker;
  readonly incident: (id: string) => Incident | null;
  /** Other open incidents of a machine. */
  readonly others: (incident: Incident) => Notice['others'];
  /** That it was told is noted in the incident: it is to be saved. */
  readonly touch?: (incident: Incident) => void;
  /** Where the page shows an incident, or itself (null); null when nobody said where people reach it. */
  readonly link?: (incident: string | null) => string | null;
  readonly report: ReceiverReport;
  /** It ended for want of room before a receiver was notified of it: once, however many receivers. */
  readonly untold?: (incident: Incident) => void;
  /** What waited for a receiver that is no longer configured is dropped. */
  readonly dropped?: (receiver: string, notices: number) => void;
  readonly timeoutMs?: number;
}

interface Route extends Outlet {
  readonly queue: ReceiverQueue;
  readonly gatherings: Map<string, Gathering>;
}

/** Notices that one look makes for one receiver: between two looks the hits of a flood are taken in. */
const SEALED_MAX = 50;
/** While so many wait for a receiver no more are made for it: what happens meanwhile is gathered into one an incident. */
const WAITING_MAX = 1000;
/** How long a notice waits for the store to have it. */
const UNSAVED_MS = 2000;
/** A receiver that forgets is told again so long before it does; what is over before it is told lasts this long for it, or nobody would see it. */
const [MARGIN_MS, SHORTEST_MS] = [5 * 60_000, 10 * 60_000];

export class Delivery {
  readonly #options: DeliveryOptions;
  readonly #routes: readonly Route[];
  readonly #outbox: Outbox;
  /** Sealed, and not sent before the store has them: a kill in between would seal the same hits again under another name. */
  #sealed: { readonly route: Route; readonly notice: Notice; readonly sinceMs: number }[] = [];

  constructor(options: DeliveryOptions) {
    this.#options = options;
    this.#outbox = new Outbox(options.outlets.map(({ receiver }) => receiver.name));
    this.#routes = options.outlets.map((outlet) => ({
      ...outlet,
      gatherings: new Map(),
      queue: new ReceiverQueue({
        receiver: outlet.receiver,
        now: options.monotonic,
        mayTell: ({ incident }) => incident === null || !isQuietAt(outlet.settings.quiet, options.now()),
        random: options.random,
        onGone: (notice) => this.#outbox.removeNotice(outlet.receiver.name, notice),
        report: options.report,
        ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
      }),
    }));
  }

  get states(): readonly ReceiverQueue['state'][] {
    return this.#routes.map((route) => route.queue.state);
  }
  get queues(): readonly ReceiverQueue[] {
    return this.#routes.map((route) => route.queue);
  }
  get gatherings(): readonly Gathering[] {
    return this.#routes.flatMap((route) => [...route.gatherings.values()]);
  }

  /** All that is still to be told, for a delivery that takes over. */
  rows(): OutboxRow[] {
    return this.#outbox.rows(
      this.#routes.map((route) => ({
        receiver: route.receiver.name,
        notices: [...route.queue.notices, ...this.#sealedFor(route)],
        gatherings: [...route.gatherings.values()],
      })),
    );
  }

  /** Takes over what the last start, or the delivery before, left; a receiver under another name inherits. */
  restore(rows: readonly OutboxRow[], state: 'saved' | 'unsaved'): void {
    const { notices, gatherings, dropped } = this.#outbox.restore(rows, state);
    const routeOf = (name: string): Route | undefined =>
      this.#routes.find(({ receiver }) => receiver.name === name);
    for (const { receiver, notice } of notices) routeOf(receiver)?.queue.push(notice);
    for (const { receiver, gathering } of gatherings) {
      const route = routeOf(receiver);
      if (route === undefined) continue;
      keepDue(gathering, route.settings, this.#options.now());
      route.gatherings.set(gathering.incident, gathering);
    }
    for (const [receiver, count] of dropped) this.#options.dropped?.(receiver, count);
  }

  enqueue(incident: Incident, change: Change): void {
    const now = this.#options.now();
    const isEvicted = change.kind === 'closed' && incident.end === 'evicted';
    let isUntold = false;
    for (const route of this.#routes) {
      const known = route.gatherings.get(incident.id);
      if (isEvicted && known?.sealed === 0) {
        this.#drop(route, known);
        isUntold = true;
        continue;
      }
      const gathering = known ?? this.#beginFor(route, incident, change);
      if (gathering === null) continue;
      if (change.hit !== null) gather(gathering, change.hit);
      gatherFound(gathering, change.found);
      schedule(gathering, route.settings, { incident, change, now });
      this.#outbox.noteGathering(route.receiver.name, gathering);
    }
    if (isUntold) this.#options.untold?.(incident);
  }

  /** Somebody has seen it: what waits to be sent about it is no news. */
  acknowledged(incident: string): void {
    for (const { receiver, gatherings } of this.#routes) {
      const gathering = gatherings.get(incident);
      if (gathering === undefined) continue;
      Object.assign(gathering, { news: false, acknowledgedAt: null });
      this.#outbox.noteGathering(receiver.name, gathering);
    }
  }

  /**
   * Tells of cenote itself, past gathering and quiet hours.
   * @param whom all, or only those that forget what is not repeated
   */
  announce(kind: NoticeKind, trouble: Trouble, whom: 'all' | 'forgetting' = 'all'): void {
    const now = this.#options.now();
    for (const route of this.#routes) {
      const forgets = route.receiver.forgets === true;
      if (whom === 'forgetting' && !forgets) continue;
      const expiresMs = now + route.settings.repeatMs + MARGIN_MS;
      const id = this.#options.id(now);
      const link = this.#options.link?.(null) ?? null;
      const expires = forgets && kind === 'trouble' ? momentToText(expiresMs) : null;
      this.#push(route, troubleNotice(kind, trouble, { id, time: momentToText(now), link, expires }));
    }
  }

  /** The shortest time after which a receiver that forgets must be told again; null when there is none. */
  get repeatMs(): number | null {
    const forgetting = this.#routes.filter(({ receiver }) => receiver.forgets === true);
    if (forgetting.length === 0) return null;
    return Math.min(...forgetting.map(({ settings }) => settings.repeatMs));
  }

  /** The wall clock jumped: what is due is due as much later, or earlier, by it. */
  shift(jumpMs: number): void {
    for (const { receiver, gatherings } of this.#routes)
      for (const gathering of gatherings.values()) {
        shiftDue(gathering, jumpMs);
        this.#outbox.noteGathering(receiver.name, gathering);
      }
  }

  tick(): void {
    const now = this.#options.now();
    for (const route of this.#routes) {
      const waiting = route.queue.waiting + this.#sealedFor(route).length;
      let most = Math.min(SEALED_MAX, WAITING_MAX - waiting);
      for (const gathering of route.gatherings.values()) {
        if (most <= 0) break;
        const { dueMs, repeatMs } = gathering;
        if (dueMs !== null && dueMs <= now) this.#sealDue(route, gathering, now);
        else if (repeatMs !== null && repeatMs <= now) this.#seal(route, gathering, now);
        else continue;
        most -= 1;
      }
    }
    // A store that takes nothing holds no alert back.
    if (this.#sealed.some(({ sinceMs }) => this.#options.monotonic() - sinceMs >= UNSAVED_MS))
      this.#release();
    for (const route of this.#routes) route.queue.tick();
  }

  unsaved(): readonly OutboxRow[] {
    return this.#outbox.unsaved();
  }
  get waiting(): Outbox['waiting'] {
    return this.#outbox.waiting;
  }

  saved(): void {
    this.#outbox.saved();
    this.#release();
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#routes.map((route) => route.queue.close()));
  }

  #release(): void {
    for (const { route, notice } of this.#sealed) route.queue.push(notice);
    this.#sealed = [];
  }

  #sealedFor(route: Route): Notice[] {
    return this.#sealed.filter((sealed) => sealed.route === route).map(({ notice }) => notice);
  }

  /** What a receiver will be told next; null when it does not hear of the incident. */
  #beginFor(route: Route, incident: Incident, { kind, hit, found }: Change): Gathering | null {
    const sealed = Math.max(...this.#outbox.keysOf(route.receiver.name).map((of) => incident.told[of] ?? 0));
    if (sealed === 0 && (kind === 'closed' || !wants(route.settings, incident))) return null;
    const gathering = beginGathering(incident.id, sealed);
    if (sealed === 0) {
      const pastHits = incident.past?.hits ?? 0;
      gathering.furtherFound = pastHits - found.reduce((sum, { count }) => sum + count, 0);
      gathering.furtherHits = incident.hits - pastHits - (hit?.count ?? 0);
    }
    route.gatherings.set(incident.id, gathering);
    return gathering;
  }

  #sealDue(route: Route, gathering: Gathering, now: number): void {
    const incident = this.#options.incident(gathering.incident);
    // Somebody has seen it since: only its end and what is news is still told, with all the hits since.
    const isSeen = incident !== null && incident.acknowledgedMs !== null && gathering.sealed > 0;
    if (isSeen && !gathering.closing && !gathering.news) {
      gathering.dueMs = null;
      this.#outbox.noteGathering(route.receiver.name, gathering);
    } else this.#seal(route, gathering, now);
  }

  #seal(route: Route, gathering: Gathering, now: number): void {
    const { id, others, link } = this.#options;
    const incident = this.#options.incident(gathering.incident);
    if (incident === null) {
      this.#drop(route, gathering);
      return;
    }
    const isFirst = gathering.sealed === 0;
    const isOver = incident.state === 'closed';
    // An end is a notice of its own, also of what went on after an end; but for what was found in the past and is told once.
    const endFollows = isOver && (isFirst || tellsReopening(gathering, incident)) && incident.end !== 'past';
    const forgets = route.receiver.forgets === true;
    const againMs = afterQuiet(route.settings.quiet, now + (isOver ? SHORTEST_MS : route.settings.repeatMs));
    const expires = forgets && (!isOver || isFirst || endFollows) ? momentToText(againMs + MARGIN_MS) : null;
    incident.told[this.#outbox.keyOf(route.receiver.name)] = gathering.sealed + 1;
    incident.toldMs = now;
    const more = { id: id(now), timeMs: now, others: others(incident), expires };
    this.#push(route, seal(gathering, incident, { ...more, link: link?.(incident.id) ?? null }));
    this.#options.touch?.(incident);
    if (isOver && !endFollows) {
      this.#drop(route, gathering);
      return;
    }
    if (endFollows) Object.assign(gathering, { closing: true, dueMs: forgets ? againMs : now });
    else if (forgets) gathering.repeatMs = againMs;
    if (isSettled(gathering)) this.#drop(route, gathering);
    else this.#outbox.noteGathering(route.receiver.name, gathering);
  }

  #push(route: Route, notice: Notice): void {
    this.#outbox.noteNotice(route.receiver.name, notice);
    this.#sealed.push({ route, notice, sinceMs: this.#options.monotonic() });
  }

  #drop(route: Route, gathering: Gathering): void {
    route.gatherings.delete(gathering.incident);
    this.#outbox.removeGathering(route.receiver.name, gathering);
  }
}
