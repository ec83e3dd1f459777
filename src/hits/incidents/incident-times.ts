// When an incident was not watched, and what becomes of its times when the clock turns out to have been wrong.

import { VISIT_MS } from '../visits.ts';
import { timesMoved, VISITS_KEPT } from './asked-names.ts';
import type { Gap, Incident } from './incident.ts';

const GAPS_MAX = 16;

/** The time in which nothing would have been seen begins; the same again is one. */
function openGap(incident: Incident, reason: Gap['reason'], fromMs: number): void {
  const last = incident.gaps.at(-1);
  if (last !== undefined && last.toMs === null && last.reason === reason) return;
  closeGap(incident, fromMs);
  keepGap(incident, { reason, fromMs, toMs: null });
}

/** Nothing would be seen from now on, or all is seen again. @param unwatched why not; null: it is */
export function turnGap(incident: Incident, unwatched: Gap['reason'] | null, nowMs: number): void {
  if (unwatched === null) closeGap(incident, nowMs);
  else openGap(incident, unwatched, nowMs);
}

/** cenote did not run, from `ranUntilMs` on as far as that is known, until `nowMs`. What was not watched when it ended was not until then either. */
export function noteDown(incident: Incident, ranUntilMs: number, nowMs: number): void {
  const { openedMs, lastMs, gaps } = incident;
  const fromMs = Math.max(openedMs, lastMs, gaps.at(-1)?.toMs ?? 0, ranUntilMs);
  if (fromMs >= nowMs) return;
  openGap(incident, 'down', fromMs);
  closeGap(incident, nowMs);
}

/** Since it asked last, one or another of its names was not watched: its silence says nothing of the time until now. */
export function notePart(incident: Incident, nowMs: number): void {
  const { gaps, lastMs } = incident;
  if (lastMs >= nowMs) return;
  const known = gaps.findLast(({ reason, fromMs }) => reason === 'in-part' && fromMs === lastMs);
  if (known !== undefined) known.toMs = nowMs;
  else keepGap(incident, { reason: 'in-part', fromMs: lastMs, toMs: nowMs });
}

function keepGap({ gaps }: Incident, gap: Gap): void {
  gaps.push(gap);
  if (gaps.length > GAPS_MAX) gaps.shift();
}

/** @returns whether one was open */
export function closeGap(incident: Incident, toMs: number): boolean {
  const last = incident.gaps.at(-1);
  if (last === undefined || last.toMs !== null) return false;
  last.toMs = Math.max(toMs, last.fromMs);
  return true;
}

/** An asking of a visit, which is begun with it or was before. Threads pass on what they hold in no order among each other: one may come late. */
export function noteVisit(incident: Incident, timeMs: number, isBegun: boolean): void {
  const { timesMs, retrospective, openedMs } = incident;
  let at = timesMs.length;
  while (at > 0 && timesMs[at - 1]! > timeMs) at -= 1;
  const next = timesMs[at];
  if (isBegun) {
    incident.visits += 1;
    if (at === timesMs.length) timesMs.push(timeMs);
    else timesMs.splice(at, 0, timeMs);
    if (timesMs.length > VISITS_KEPT) timesMs.shift();
  } else if (next !== undefined && next - timeMs < VISIT_MS) timesMs[at] = timeMs;
  const isFirst = timeMs < openedMs && openedMs - timeMs < VISIT_MS;
  if (isFirst && !retrospective) incident.openedMs = timeMs;
}

/** A wall clock that was set. */
export interface Jump {
  readonly byMs: number;
  /** When this start began, by the clock before. */
  readonly sinceMs: number;
}

/**
 * The clock by which its times were noted was wrong: what happened before the jump happened as much earlier or later. Set on, it was behind
 * since this start, as where nothing keeps the time while a machine is off: what an earlier one noted stands. Set back, all moves, to stay in order.
 */
export function shiftIncident(incident: Incident, jump: Jump): void {
  const sinceMs = jump.byMs < 0 ? Number.NEGATIVE_INFINITY : jump.sinceMs;
  const moved = (ms: number): number => (ms < sinceMs ? ms : ms + jump.byMs);
  const movedIn = (span: { firstMs: number; lastMs: number }): void => {
    span.firstMs = moved(span.firstMs);
    span.lastMs = moved(span.lastMs);
  };
  movedIn(incident);
  incident.openedMs = moved(incident.openedMs);
  if (incident.acknowledgedMs !== null) incident.acknowledgedMs = moved(incident.acknowledgedMs);
  if (incident.note !== null) incident.note = { ...incident.note, timeMs: moved(incident.note.timeMs) };
  if (incident.toldMs !== null) incident.toldMs = moved(incident.toldMs);
  if (incident.past !== null) movedIn(incident.past);
  for (const gap of incident.gaps) {
    gap.fromMs = moved(gap.fromMs);
    if (gap.toMs !== null) gap.toMs = moved(gap.toMs);
  }
  for (let i = 0; i < incident.timesMs.length; i += 1) incident.timesMs[i] = moved(incident.timesMs[i]!);
  for (const asked of incident.names) {
    movedIn(asked);
    for (let i = 0; i < asked.timesMs.length; i += 1) asked.timesMs[i] = moved(asked.timesMs[i]!);
  }
  timesMoved(incident);
}
