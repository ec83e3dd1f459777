// When an incident was not watched, and what becomes of its times when the clock turns out to have been wrong.

import { shiftNames } from './asked-names.ts';
import type { Gap, Incident } from './incident.ts';

const GAPS_MAX = 16;

/** The time in which nothing would have been seen begins; the same again is one. */
export function openGap(incident: Incident, reason: Gap['reason'], fromMs: number): void {
  const last = incident.gaps.at(-1);
  if (last !== undefined && last.toMs === null && last.reason === reason) return;
  closeGap(incident, fromMs);
  incident.gaps.push({ reason, fromMs, toMs: null });
  if (incident.gaps.length > GAPS_MAX) incident.gaps.shift();
}

/** @returns whether one was open */
export function closeGap(incident: Incident, toMs: number): boolean {
  const last = incident.gaps.at(-1);
  if (last === undefined || last.toMs !== null) return false;
  last.toMs = Math.max(toMs, last.fromMs);
  return true;
}

/** The clock by which its times were noted was wrong: what happened before the jump happened as much earlier or later. */
export function shiftIncident(incident: Incident, byMs: number): void {
  incident.openedMs += byMs;
  incident.firstMs += byMs;
  incident.lastMs += byMs;
  if (incident.acknowledgedMs !== null) incident.acknowledgedMs += byMs;
  if (incident.note !== null) incident.note = { ...incident.note, timeMs: incident.note.timeMs + byMs };
  if (incident.toldMs !== null) incident.toldMs += byMs;
  if (incident.past !== null) {
    incident.past.firstMs += byMs;
    incident.past.lastMs += byMs;
  }
  for (const gap of incident.gaps) {
    gap.fromMs += byMs;
    if (gap.toMs !== null) gap.toMs += byMs;
  }
  for (let i = 0; i < incident.timesMs.length; i += 1) incident.timesMs[i]! += byMs;
  shiftNames(incident, byMs);
}
