// How the desk's incidents reach receivers, and the head office of a fleet.
import { randomInt } from 'node:crypto';
import { Delivery } from '../alerts/delivery.ts';
import type { AlertConfig } from '../config/config.ts';
import type { Incident } from '../hits/incidents/incident.ts';
import type { Tables } from '../hits/store/store.ts';
import type { HitsService } from './hits-service.ts';

export function deliveryFor(desk: HitsService, alerts: readonly AlertConfig[]): Delivery {
  const { now, monotonic, random, outletsOf } = desk.options;
  return new Delivery({
    outlets: outletsOf(alerts),
    now,
    monotonic,
    random: random ?? (() => randomInt(1 << 24) / (1 << 24)),
    id: desk.ulid,
    incident: (id) => desk.incident(id),
    others: (incident) => othersOf(desk, incident),
    touch: (incident) => desk.registry.touch(incident),
    link: (incident) => linkTo(desk, incident),
    dropped: (receiver, notices) =>
      desk.say(
        'warn',
        `receiver ${receiver} is no longer configured; what waited for it is dropped: ${notices}`,
      ),
    report: (receiver, error) =>
      error === null
        ? desk.say('info', `receiver ${receiver} accepts notices again`)
        : desk.say('warn', `receiver ${receiver} accepted no notice: ${error.message}; trying again`),
  });
}

/** Notes what the head office is to be told, in the transaction that stores it. */
export function noteForHead({ registry, troubles, finds }: HitsService, { notes }: Tables): void {
  notes.begin();
  for (const { id } of registry.unsaved()) notes.put('incident', id, null);
  for (const find of finds) notes.put('find', find.id, JSON.stringify(find));
  for (const { id, trouble } of troubles.changed()) notes.put('trouble', id, JSON.stringify(trouble));
}

/** Where the page shows an incident, or itself; null when nobody said where people reach it. */
export function linkTo({ settings }: HitsService, incident: string | null): string | null {
  const page = settings.publicUrl ?? null;
  return page === null || incident === null ? page : `${page}#incident-${incident}`;
}

function othersOf(
  { registry }: HitsService,
  incident: Incident,
): { id: string; list: string; hits: number }[] {
  return [...registry.open]
    .filter((other) => other.machine === incident.machine && other.id !== incident.id)
    .map(({ id, list, hits }) => ({ id, list, hits }));
}
