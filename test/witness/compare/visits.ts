// How often a machine came back, from the askings alone: attempts of one visit (A beside AAAA, the tries of a stub) are one.
import type { Asking } from '../truth/asking.ts';

/** What a stub asks again within. */
const VISIT_MS = 20_000;

/** Between visits, whatever the name. @param askings in the order they came */
export function intervalsOf(askings: readonly Pick<Asking, 'atMs'>[]): number[] {
  const intervals: number[] = [];
  let [lastMs] = askings.map(({ atMs }) => atMs);
  for (const { atMs } of askings) {
    if (lastMs === undefined || atMs - lastMs < VISIT_MS) continue;
    intervals.push(atMs - lastMs);
    lastMs = atMs;
  }
  return intervals;
}

/** At most: a visit for each name. */
export function visitsOf(askings: readonly Pick<Asking, 'atMs' | 'name'>[]): number {
  return [...Map.groupBy(askings, ({ name }) => name).values()].reduce(
    (sum, own) => sum + 1 + intervalsOf(own).length,
    0,
  );
}

const LATEST = 16;
const INTERVALS = 3;
const LONGEST_MS = 7 * 86_400_000;
const QUIET_MS = 3_600_000;

/** How long whoever asked in this way must be silent at the least before it may be said to ask no more. */
export function quietMsOf(askings: readonly Pick<Asking, 'atMs'>[]): number {
  const latest = intervalsOf(askings).slice(-LATEST);
  if (latest.length === 0) return QUIET_MS;
  return Math.max(QUIET_MS, Math.min(LONGEST_MS, INTERVALS * Math.min(...latest)));
}
