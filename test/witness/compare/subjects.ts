// The incidents of one machine and campaign beside each other, and each by itself: one at a time, one again within a week, its times in
// order, and a beacon only where the visits come by the clock.
import type { IncidentSummary } from '../../../src/hits/incidents/summary.ts';
import { type Asking, mayBeApart } from '../truth/asking.ts';
import type { Report } from './report.ts';
import { intervalsOf, visitsOf } from './visits.ts';

/** What asks again within this goes on with the same incident. */
const REOPEN_MS = 7 * 86_400_000;
/** Of an incident, what is kept of when it was asked. */
const VISITS_KEPT = 64;
const BEACON = 0.8;
/** A hit opens an incident a moment later. */
const EARLIER_MS = 10_000;
/** Share of intervals that are near the one that is said. */
const REGULAR = 0.5;
/** Fewer intervals show nothing. */
const LEAST = 4;
const STEADY_VISITS = 10;
const STEADY = 0.15;
/** How people live: it is not called a beacon. */
const HABIT_MS = 6 * 3_600_000;

export interface Compared {
  readonly merged: readonly IncidentSummary[];
  readonly live: readonly Asking[];
  readonly report: Report;
  readonly about: () => string;
  /** How often cenote was started anew: what is one visit may be counted twice. */
  readonly starts: number;
  readonly hasJumped: boolean;
}

export function compareSubjectOnce({ merged, live, report, about, starts, hasJumped }: Compared): void {
  for (const { id, first, last, names, opened, closed } of merged) {
    report.hold(
      'incident',
      first <= last && names.every((name) => name.first <= name.last && name.last <= last),
      () => `${about()}: ${id} from ${first} to ${last}, its names ${JSON.stringify(names)}`,
    );
    report.hold(
      'incident',
      closed === null || opened <= closed,
      () => `${about()}: ${id} was opened ${opened} and ended ${closed}`,
    );
  }
  // What the journal alone has of an address that is another's by the next start is of nobody who is known.
  const isSure = ({ first, last }: IncidentSummary): boolean =>
    live.some(
      ({ wallMs, isVolatile }) => !isVolatile && wallMs >= Date.parse(first) && wallMs <= Date.parse(last),
    );
  for (const one of merged.filter(isSure))
    report.hold('incident', one.client.mac !== null, () => `${about()}: ${one.id} has no MAC any more`);
  if (hasJumped) return;
  const known = merged.filter(({ client }) => client.mac !== null);
  const inOrder = known.sort((a, b) => (a.opened < b.opened ? -1 : 1));
  for (const [i, { id, opened }] of inOrder.entries()) {
    const before = inOrder[i - 1];
    if (before === undefined) continue;
    const { closed } = before;
    report.hold(
      'incident',
      closed !== null && Date.parse(opened) - Date.parse(closed) >= REOPEN_MS,
      () => `${about()}: ${id} begins ${opened} though ${before.id} ended ${closed}`,
      'twice',
    );
  }
  const visits = merged.reduce((sum, one) => sum + one.visits, 0);
  report.hold(
    'incident',
    visits <= visitsOf(live) + starts,
    () => `${about()}: ${visits} visits, true is ${visitsOf(live)} at most`,
  );
  const latest = inOrder.at(-1);
  if (latest !== undefined) compareBeacon(latest, live, report, about);
}

function compareBeacon(
  { id, beacon, names, visits, opened }: IncidentSummary,
  all: readonly Asking[],
  report: Report,
  about: () => string,
): void {
  // An earlier incident, of more than a week ago, had visits of its own; what was found in the past is none.
  const live = all.filter(({ wallMs }) => wallMs >= Date.parse(opened) - EARLIER_MS);
  const series = [live, ...names.map(({ name }) => live.filter((one) => one.name === name))].map((askings) =>
    intervalsOf(askings).slice(1 - VISITS_KEPT),
  );
  if (beacon !== null && beacon.score >= BEACON)
    report.hold(
      'beacon',
      series.some((intervals) => isNear(intervals, beacon.intervalMs)),
      () => `${about()}: ${id} is said to ask every ${beacon.intervalMs} ms (score ${beacon.score})`,
    );
  const [together = []] = series;
  const [least, most] = [Math.min(...together), Math.max(...together)];
  const isSteady = together.length >= STEADY_VISITS && most <= (1 + STEADY) * least && most < HABIT_MS;
  if (isSteady && visits > STEADY_VISITS && !live.some(mayBeApart))
    report.hold(
      'beacon',
      beacon !== null && beacon.score >= BEACON,
      () => `${about()}: ${id} asks every ${least} to ${most} ms, score ${beacon?.score}`,
      'missed',
    );
}

/** Nights are no part of it. */
function isNear(intervals: readonly number[], saidMs: number): boolean {
  const near = intervals.filter((ms) => ms > saidMs / 3 && ms < saidMs * 3).length;
  const counted = intervals.filter((ms) => ms < saidMs * 6).length;
  return near >= LEAST && near >= REGULAR * counted;
}
