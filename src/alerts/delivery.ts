// From incidents to receivers: gathers, seals what is due, queues it, and keeps all of it in the outbox until it was taken.
//
// Works from memory; `unsaved` and `saved` let the store keep it in the same transaction as the hits, so that a kill neither
// loses a notice nor tells an incident's state twice (but for the moment between a receiver's yes and our writing it down).
import type { Hit } from '../hits/hit.ts';
import type { Incident } from '../hits/incidents/incident.ts';
import type { Change } from '../hits/incidents/registry.ts';
import type { OutboxRow } from '../hits/store/outbox-table.ts';
import type { UlidMaker } from '../hits/ulid.ts';
import { beginGathering, type Gathering, gather, seal } from './gathering.ts';
import { ReceiverQueue } from './queue.ts';
import type { Notice, NoticeKind, Receiver } from './receiver.ts';
import { afterQuiet, pauseAfter, type ReceiverSettings, wants } from './settings.ts';

export interface Outlet {
  readonly receiver: Receiver;
  readonly settings: ReceiverSettings;
}

export interface DeliveryOptions {
  readonly outlets: readonly Outlet[];
  /** Wall clock, ms. */
  readonly now: () => number;
  /** Monotonic, ms. */
  readonly monotonic: () => number;
  readonly random: () => number;
  readonly id: UlidMaker;
  readonly incident: (id: string) => Incident | null;
  /** Other open incidents of a client. */
  readonly others: (incident: Incident) => Notice['others'];
  readonly report: (receiver: string, error: Error | null) => void;
  readonly timeoutMs?: number;
}

interface Desk extends Outlet {
  readonly queue: ReceiverQueue;
  readonly gatherings: Map<string, Gathering>;
}

/** How long a notice waits for the store to have it. */
const UNSAVED_MS = 2000;

export class Delivery {
  readonly #options: DeliveryOptions;
  readonly #desks: readonly Desk[];
  readonly #unsaved = new Map<string, OutboxRow>();
  /** Sealed, and not sent before the store has them: a kill in between would seal the same hits again under another name. */
  #sealed: { readonly desk: Desk; readonly notice: Notice; readonly sinceMs: number }[] = [];
  /** Gatherings whose row is among the unsaved. */
  readonly #noted = new Set<Gathering>();

  constructor(options: DeliveryOptions) {
    this.#options = options;
    this.#desks = options.outlets.map((outlet) => ({
      ...outlet,
      gatherings: new Map(),
      queue: new ReceiverQueue({
        receiver: outlet.receiver,
        now: options.monotonic,
        random: options.random,
        onGone: (notice) => this.#note(outlet.receiver.name, `n ${notice.id}`, null),
        report: options.report,
        ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
      }),
    }));
  }

  get states(): readonly ReceiverQueue['state'][] {
    return this.#desks.map((desk) => desk.queue.state);
  }

  get receivers(): readonly Receiver[] {
    return this.#desks.map((desk) => desk.receiver);
  }

  /** All that is still to be told, for a delivery that takes over. */
  rows(): OutboxRow[] {
    return this.#desks.flatMap((desk) => [
      ...[...desk.queue.notices, ...this.#sealedFor(desk)].map((notice) => ({
        id: `n ${notice.id}`,
        receiver: desk.receiver.name,
        body: JSON.stringify(notice),
      })),
      ...[...desk.gatherings.values()].map((gathering) => ({
        id: gatheringId(desk, gathering),
        receiver: desk.receiver.name,
        body: JSON.stringify(gathering),
      })),
    ]);
  }

  /** Takes up what the last start, or the delivery before, left. Rows of receivers that are no longer configured are removed. */
  restore(rows: readonly OutboxRow[], state: 'saved' | 'unsaved'): void {
    for (const { id, receiver, body } of rows) {
      if (state === 'unsaved') this.#unsaved.set(id, { id, receiver, body });
      const desk = this.#desks.find((known) => known.receiver.name === receiver);
      if (desk === undefined || body === null) {
        this.#unsaved.set(id, { id, receiver, body: null });
        continue;
      }
      if (id.startsWith('n ')) desk.queue.push(JSON.parse(body) as Notice);
      else {
        const gathering = JSON.parse(body) as Gathering;
        desk.gatherings.set(gathering.incident, gathering);
      }
    }
  }

  take(incident: Incident, change: Change, hit: Hit | null): void {
    const now = this.#options.now();
    for (const desk of this.#desks) {
      if (!wants(desk.settings, incident)) continue;
      let gathering = desk.gatherings.get(incident.id);
      if (gathering === undefined) {
        gathering = beginGathering(incident.id);
        desk.gatherings.set(incident.id, gathering);
      }
      if (hit !== null) gather(gathering, hit);
      this.#schedule(desk, gathering, { incident, change, now });
      this.#noteGathering(desk, gathering);
    }
  }

  /** Tells all receivers, past gathering and quiet hours. */
  announce(kind: NoticeKind, text: string): void {
    const now = this.#options.now();
    for (const desk of this.#desks)
      this.#push(desk, {
        id: this.#options.id(now),
        kind,
        time: new Date(now).toISOString(),
        text,
        incident: null,
        hits: [],
        furtherHits: 0,
        others: [],
      });
  }

  /** The wall clock jumped: what is due is due as much later, or earlier, by it. */
  shift(jumpMs: number): void {
    for (const { gatherings } of this.#desks)
      for (const gathering of gatherings.values()) if (gathering.dueMs !== null) gathering.dueMs += jumpMs;
  }

  tick(): void {
    const now = this.#options.now();
    for (const desk of this.#desks) {
      for (const gathering of desk.gatherings.values())
        if (gathering.dueMs !== null && gathering.dueMs <= now) this.#seal(desk, gathering, now);
    }
    // A store that takes nothing holds no alert back.
    const { monotonic } = this.#options;
    if (this.#sealed.some(({ sinceMs }) => monotonic() - sinceMs >= UNSAVED_MS)) this.#release();
    for (const desk of this.#desks) desk.queue.tick();
  }

  #release(): void {
    for (const { desk, notice } of this.#sealed) desk.queue.push(notice);
    this.#sealed = [];
  }

  #sealedFor(desk: Desk): Notice[] {
    return this.#sealed.filter((sealed) => sealed.desk === desk).map(({ notice }) => notice);
  }

  unsaved(): readonly OutboxRow[] {
    return [...this.#unsaved.values()];
  }

  get hasUnsaved(): boolean {
    return this.#unsaved.size > 0;
  }

  saved(): void {
    this.#noted.clear();
    this.#unsaved.clear();
    this.#release();
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#desks.map((desk) => desk.queue.close()));
  }

  #schedule(
    { settings }: Desk,
    gathering: Gathering,
    { incident, change, now }: { readonly incident: Incident; readonly change: Change; readonly now: number },
  ): void {
    if (change === 'closed') {
      gathering.closing = true;
      gathering.dueMs ??= afterQuiet(settings.quiet, now);
      return;
    }
    // Somebody has seen it: only its end is still told, with the hits since.
    if (gathering.dueMs !== null || incident.acknowledgedMs !== null) return;
    const wait = gathering.sealed === 0 ? settings.groupWaitMs : pauseAfter(settings, gathering.sealed);
    gathering.dueMs = afterQuiet(settings.quiet, now + wait);
  }

  #seal(desk: Desk, gathering: Gathering, now: number): void {
    const incident = this.#options.incident(gathering.incident);
    if (incident === null) {
      this.#drop(desk, gathering);
      return;
    }
    if (incident.acknowledgedMs !== null && gathering.sealed > 0 && !gathering.closing) {
      gathering.dueMs = null;
      return;
    }
    const { id, others } = this.#options;
    const first = gathering.sealed === 0;
    const notice = seal(gathering, incident, { id: id(now), timeMs: now, others: others(incident) });
    this.#push(desk, notice);
    // What is told once and for all (a finding in the past) has no second notice to say that it is over.
    if (gathering.closing && first && !incident.retrospective) {
      gathering.dueMs = now;
      this.#noteGathering(desk, gathering);
    } else if (gathering.closing) this.#drop(desk, gathering);
    else this.#noteGathering(desk, gathering);
  }

  #push(desk: Desk, notice: Notice): void {
    this.#note(desk.receiver.name, `n ${notice.id}`, JSON.stringify(notice));
    this.#sealed.push({ desk, notice, sinceMs: this.#options.monotonic() });
  }

  #drop(desk: Desk, gathering: Gathering): void {
    desk.gatherings.delete(gathering.incident);
    this.#noted.delete(gathering);
    this.#note(desk.receiver.name, gatheringId(desk, gathering), null);
  }

  #noteGathering(desk: Desk, gathering: Gathering): void {
    if (this.#noted.has(gathering)) return;
    this.#noted.add(gathering);
    const id = gatheringId(desk, gathering);
    // Turned into JSON once a transaction, not with every hit: the row is made when it is asked for.
    const row = {
      id,
      receiver: desk.receiver.name,
      get body() {
        return JSON.stringify(gathering);
      },
    };
    this.#unsaved.set(id, row);
  }

  #note(receiver: string, id: string, body: string | null): void {
    this.#unsaved.set(id, { id, receiver, body });
  }
}

const gatheringId = (desk: Desk, gathering: Gathering): string =>
  `g ${gathering.incident} ${desk.receiver.name}`;
