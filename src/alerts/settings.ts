// What a person may say about one receiver beyond where it is: for what, how soon, how often, and when not.
import type { Schedule } from '../config/config.ts';
import { ANY_GROUP } from '../hits/hit.ts';
import { SEVERITIES, type Severity } from '../hits/incidents/concern.ts';
import type { Incident } from '../hits/incidents/incident.ts';
import type { Receiver } from './receiver.ts';

export interface ReceiverSettings {
  /** Lists it hears of; null is all that alert. */
  readonly lists: readonly string[] | null;
  readonly groups: readonly string[] | null;
  readonly severityMin: Severity;
  /** A new incident waits this long for company before it is told. */
  readonly groupWaitMs: number;
  /** At least this long between notices of one incident, once it is no news; the first few follow sooner. */
  readonly repeatMs: number;
  /** Nothing is told within it; what happened is told at its end. Null is none. */
  readonly quiet: Schedule | null;
}

export interface Outlet {
  readonly receiver: Receiver;
  readonly settings: ReceiverSettings;
}

export const RECEIVER_DEFAULTS: ReceiverSettings = {
  lists: null,
  groups: null,
  severityMin: 'low',
  groupWaitMs: 1000,
  repeatMs: 4 * 3_600_000,
  quiet: null,
};

const FIRST_UPDATE_MS = 5000;
const MINUTE_MS = 60_000;
const WEEK_MINUTES = 7 * 24 * 60;

/** Whether an incident, as it is by now, is for a receiver. */
export function wants(settings: ReceiverSettings, incident: Incident): boolean {
  const isOf = (groups: readonly string[]): boolean =>
    incident.groups.some((group) => group === ANY_GROUP || groups.includes(group));
  return (
    (settings.lists === null || incident.lists.some((list) => settings.lists?.includes(list))) &&
    (settings.groups === null || isOf(settings.groups)) &&
    SEVERITIES.indexOf(incident.severity) >= SEVERITIES.indexOf(settings.severityMin)
  );
}

/** How long after the n-th notice the next may follow: 5 s, 20 s, 80 s … up to `repeat`. */
export function pauseAfter(settings: ReceiverSettings, noticesSent: number): number {
  return Math.min(settings.repeatMs, FIRST_UPDATE_MS * 4 ** Math.min(noticesSent - 1, 20));
}

/** When something due at `dueMs` may be told: then, or at the end of the quiet hours it falls into (local time). */
export function afterQuiet(quiet: Schedule | null, dueMs: number): number {
  if (quiet === null) return dueMs;
  for (let minutes = 0; minutes <= WEEK_MINUTES; minutes += 1) {
    const at = minutes === 0 ? dueMs : (Math.floor(dueMs / MINUTE_MS) + minutes) * MINUTE_MS;
    if (!isQuiet(quiet, new Date(at))) return at;
  }
  return dueMs; // quiet all week: then it means nothing
}

/** Whether it falls into the quiet hours. */
export const isQuietAt = (quiet: Schedule | null, atMs: number): boolean => afterQuiet(quiet, atMs) > atMs;

function isQuiet({ days, fromMinute, toMinute }: Schedule, at: Date): boolean {
  const minute = at.getHours() * 60 + at.getMinutes();
  const day = at.getDay();
  const on = (which: number): boolean => (days & (1 << which)) !== 0;
  if (fromMinute <= toMinute) return on(day) && minute >= fromMinute && minute < toMinute;
  return (on(day) && minute >= fromMinute) || (on((day + 6) % 7) && minute < toMinute);
}
