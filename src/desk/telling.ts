// How the desk's incidents reach receivers.
import { randomInt } from 'node:crypto';
import { Delivery } from '../alerts/delivery.ts';
import type { AlertConfig } from '../config/config.ts';
import type { Incident } from '../hits/incidents/incident.ts';
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
