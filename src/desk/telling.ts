// How the desk's incidents reach receivers, and the head office of a fleet.

import { randomInt } from 'node:crypto';
import { Delivery } from '../alerts/delivery.ts';
import { ReceiverError } from '../alerts/receiver.ts';
import type { AlertConfig } from '../config/config.ts';
import { counted, takesText } from '../config/values/grouped.ts';
import type { Change } from '../hits/incidents/change.ts';
import type { Incident } from '../hits/incidents/incident.ts';
import { summaryOf } from '../hits/incidents/summary.ts';
import type { Tables } from '../hits/store/store.ts';
import { Tap } from '../out/tap.ts';
import type { Desk } from './desk.ts';

export function deliveryFor(desk: Desk, alerts: readonly AlertConfig[]): Delivery {
  const { now, monotonic, random, outletsOf } = desk.options;
  return new Delivery({
    outlets: outletsOf(alerts),
    now,
    monotonic,
    random: random ?? (() => randomInt(1 << 24) / (1 << 24)),
    id: desk.ulid,
    incident: (id) => desk.incident(id),
    others: (incident) => othersOf(desk, incident),
    untold: () => desk.crowd.note('untold'),
    touch: (incident) => desk.registry.touch(incident),
    link: (incident) => linkTo(desk, incident),
    dropped: (receiver, notices) =>
      desk.say(
        'warn',
        `receiver ${receiver} is no longer configured; what waited for it is dropped: ${notices}`,
      ),
    report: (receiver, error, givenUp) => {
      if (givenUp !== undefined)
        desk.say(
          'warn',
          `receiver ${receiver} is no more told this (${error?.message ?? 'too many wait'}): ${givenUp.text}`,
        );
      else if (error === null) desk.say('info', `receiver ${receiver} accepts notices again`);
      else
        desk.say(
          'warn',
          `receiver ${receiver} accepted ${isPartly(error) ? 'a notice in part' : 'no notice'}: ${error.message}; trying again`,
        );
    },
  });
}

/** Longer than a restart of a receiver, or of the network, should take. */
const FAILING_MS = 60_000;
const RECEIVER = 'receiver:';

/** Call a few times a second. */
export function tellTroubles(desk: Desk): void {
  tellOfReceivers(desk);
  desk.crowd.tick();
  desk.troubles.tick();
}

/** Above the time between two looks at rest. */
const SOON_MS = 10_000;

/** Whether somebody is to be told before a look at rest would see that it is time, or what is to be told is not stored yet. */
export function isTellingOwed({ delivery, registry, troubles, options }: Desk): boolean {
  if (registry.waiting.rows + delivery.waiting.rows > 0 || troubles.hasUnsaved) return true;
  const untilMs = options.now() + SOON_MS;
  const isSoon = (ms: number | null): boolean => ms !== null && ms < untilMs;
  return (
    delivery.queues.some((queue) => queue.isDueWithin(SOON_MS)) ||
    delivery.gatherings.some(({ dueMs, repeatMs }) => isSoon(dueMs) || isSoon(repeatMs))
  );
}

/** All receivers are notified that one has not taken everything for a while, and when that is over; the one itself once it does. */
function tellOfReceivers({ delivery, troubles }: Desk): void {
  const told = new Set(troubles.toldOf(RECEIVER));
  for (const { receiver, error, takesPart, failingForMs, givenUp } of delivery.states) {
    const id = RECEIVER + receiver;
    if (failingForMs === null) {
      const lost = givenUp === 0 ? '' : `; ${counted(givenUp, 'notice')} given up since the start`;
      if (told.has(id)) troubles.end(id, `receiver ${receiver} takes notices again${lost}`);
    } else if (failingForMs >= FAILING_MS && !told.has(id))
      troubles.begin(
        id,
        `receiver ${receiver} ${takesText({ error, takesPart })}; what waits is sent once it takes it`,
      );
    told.delete(id);
  }
  for (const id of told)
    troubles.end(id, `receiver ${id.slice(RECEIVER.length)} is no longer in the configuration`);
}

const isPartly = (error: Error): boolean => error instanceof ReceiverError && error.isPartly;

/** Notes what the head office is to be told, in the transaction that stores it. */
export function noteForHead({ registry, troubles, finds }: Desk, tables: Tables): void {
  const { notes } = tables;
  notes.begin();
  for (const { id } of registry.unsaved()) notes.put('incident', id, null);
  for (const find of finds) notes.put('find', find.id, JSON.stringify(find));
  for (const { id, trouble } of troubles.changed()) notes.put('trouble', id, JSON.stringify(trouble));
}

/** Where the page shows an incident, or itself; null when nobody said where people reach it. */
export function linkTo({ settings }: Desk, incident: string | null): string | null {
  const page = settings.publicUrl ?? null;
  return page === null || incident === null ? page : `${page}#incident-${incident}`;
}

function othersOf({ registry }: Desk, incident: Incident): { id: string; list: string; hits: number }[] {
  return [...registry.of(incident.machine)]
    .filter((other) => other.id !== incident.id)
    .map(({ id, list, hits }) => ({ id, list, hits }));
}

/** What sends events out, where the configuration has that. */
export function tapFor(desk: Desk): Tap {
  const { assignment, monotonic, resolver } = desk.options;
  const tap = new Tap({
    dir: assignment.dir,
    resolver,
    boot: assignment.boot,
    monotonic,
    report: (text) => desk.say('error', text),
    trouble: (id, text, isOver) => {
      desk.say(isOver ? 'info' : 'warn', text);
      if (isOver) desk.troubles.end(id, text);
      else desk.troubles.begin(id, text);
    },
  });
  tap.useOutputs(desk.settings.out ?? []);
  return tap;
}

/** Receivers are told, and where events go out, that it is there and that it ended. */
export function tellChange(desk: Desk, incident: Incident, change: Change): void {
  const { kind } = change;
  desk.delivery.enqueue(incident, change);
  if (kind === 'found' || kind === 'grown' || !desk.tap.wants('incidents')) return;
  desk.tap.incident(summaryOf(incident), kind, desk.options.now());
}
