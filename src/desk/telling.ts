// How the desk's incidents reach receivers.
import { randomInt } from 'node:crypto';
import { Delivery } from '../alerts/delivery.ts';
import type { AlertConfig } from '../config/config.ts';
import type { Incident } from '../hits/incidents/incident.ts';
import type { HitsDesk } from './desk.ts';

export function deliveryFor(desk: HitsDesk, alerts: readonly AlertConfig[]): Delivery {
  const { now, monotonic, random, outletsOf, link } = desk.options;
  return new Delivery({
    outlets: outletsOf(alerts),
    now,
    monotonic,
    random: random ?? (() => randomInt(1 << 24) / (1 << 24)),
    id: desk.ulid,
    incident: (id) => desk.incident(id),
    others: (incident) => othersOf(desk, incident),
    touch: (incident) => desk.registry.touch(incident),
    ...(link === undefined ? {} : { link }),
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

function othersOf({ registry }: HitsDesk, incident: Incident): { id: string; list: string; hits: number }[] {
  return [...registry.open]
    .filter((other) => other.machine === incident.machine && other.id !== incident.id)
    .map(({ id, list, hits }) => ({ id, list, hits }));
}
