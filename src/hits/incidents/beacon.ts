// How regularly something is asked for: malware that calls home does so by the clock, people do not.
//
// Works on visits, the latest VISITS_KEPT of them. Of the intervals between them:
//   window   the factor-three range [w, 3w] that most of them are in; M is its median, r the median distance from M over M
//   gaps     intervals over six times M (a night, a machine asleep), forgiven up to one for four inside the window
//   missing  intervals that are a whole multiple of M, when r is small: an attempt between was lost or answered from a cache
//   share    of the others, how many are in the window or missing attempts
//   score    share × (1 − 0.6 r): 1 is a clock, jitter of ±50 % scores about 0.85
// It is said once so many intervals are inside that chance gives as many in as narrow a band once in 10,000 (five at least).
// Six hours and more apart, give or take minutes, is how people live: such a score is held below what counts as a beacon.
import type { Incident } from './incident.ts';

export interface Beacon {
  /** 0 (irregular) to 1 (like a clock). */
  readonly score: number;
  readonly intervalMs: number;
  /** Visits it was seen in. */
  readonly sightings: number;
}

/** Fewer visits than are needed to say anything. */
export interface TooFew {
  readonly visits: number;
  readonly needed: number;
}

/** From here on a machine, not a person, is asking. */
export const BEACON_SCORE = 0.8;
/** Attempts of one visit: what a stub asks again within. */
const VISIT_MS = 20_000;
const WINDOW_RATIO = 3;
const JITTER_WEIGHT = 0.6;
const GAP_RATIO = 6;
const INSIDE_A_GAP = 4;
/** Beyond it a multiple says nothing. */
const MULTIPLE_MAX = 12;
const TIGHT = 0.1;
/** With more jitter an interval of about two is half believed to hide one. */
const LOOSE_WORTH = 0.7;
const LOOSE_RATIO = 3.3;
const INTERVALS_MIN = 5;
/** −ln of one in 10,000. */
const EVIDENCE = 9.2;
/** Share of random (exponential) intervals in a band of ±100 % around the best place for it, per unit of its half width. */
const CHANCE = 0.74;
const HABIT_MS = 6 * 3_600_000;
const HABIT_JITTER_MS = 60_000;
const HABIT_SCORE = 0.7;
const LATEST = 8;

export const isTooFew = (rated: Beacon | TooFew): rated is TooFew => 'needed' in rated;

/** @param timesMs when it was asked for, in order */
export function rate(timesMs: readonly number[]): Beacon | TooFew {
  const intervals = intervalsOf(timesMs);
  const visits = intervals.length + (timesMs.length > 0 ? 1 : 0);
  if (intervals.length < INTERVALS_MIN) return { visits, needed: INTERVALS_MIN + 1 };
  const inside = densest(intervals);
  const middle = median(inside);
  const spread = median(inside.map((interval) => Math.abs(interval - middle))) / middle;
  const needed = Math.max(INTERVALS_MIN, Math.ceil(EVIDENCE / -Math.log(chanceOf(spread))));
  if (inside.length < needed && inside.length === intervals.length) return { visits, needed: needed + 1 };
  const outside = intervals.filter((interval) => !inside.includes(interval));
  const gaps = outside.filter((interval) => interval > GAP_RATIO * middle).length;
  const forgiven = Math.min(gaps, Math.floor(inside.length / INSIDE_A_GAP));
  const counted = intervals.length - forgiven;
  const share = Math.min(1, (inside.length + missingIn(outside, middle, spread)) / counted);
  const few = inside.length < needed ? inside.length / needed : 1;
  const score = share * (1 - JITTER_WEIGHT * spread) * few;
  const kept = isHabit(middle, spread) ? Math.min(score, HABIT_SCORE) : score;
  return { score: Math.round(kept * 100) / 100, intervalMs: Math.round(middle), sightings: visits };
}

/** The most regular of an incident's names, or of all together: malware may ask for a new one each time. */
export function rateIncident({ names, timesMs }: Pick<Incident, 'names' | 'timesMs'>): Beacon | TooFew {
  let best: Beacon | null = null;
  let nearest: TooFew = { visits: 0, needed: INTERVALS_MIN + 1 };
  for (const times of [timesMs, ...names.map((asked) => asked.timesMs)]) {
    const rated = rate(times);
    if (isTooFew(rated)) {
      if (rated.visits > nearest.visits) nearest = rated;
    } else if (best === null || rated.score > best.score) best = rated;
  }
  return best ?? nearest;
}

/** About how long an incident's visits are apart of late; null with one alone. */
export function intervalOf({ timesMs }: Pick<Incident, 'timesMs'>): number | null {
  const intervals = intervalsOf(timesMs).slice(-LATEST);
  return intervals.length === 0 ? null : median(intervals);
}

function intervalsOf(timesMs: readonly number[]): number[] {
  const intervals: number[] = [];
  let [last] = timesMs;
  if (last === undefined) return intervals;
  for (const time of timesMs) {
    if (time - last < VISIT_MS) continue;
    intervals.push(time - last);
    last = time;
  }
  return intervals;
}

/** Those in the range [w, 3w] that holds most of them; of equal ones the narrowest. */
function densest(intervals: readonly number[]): number[] {
  const sorted = [...intervals].sort((a, b) => a - b);
  let best = { from: 0, to: 0 };
  let ratio = Number.POSITIVE_INFINITY;
  for (let from = 0, to = 0; to < sorted.length; to += 1) {
    while (sorted[to]! > WINDOW_RATIO * sorted[from]!) from += 1;
    const own = sorted[to]! / sorted[from]!;
    const more = to - from - (best.to - best.from);
    if (more > 0 || (more === 0 && own < ratio)) {
      best = { from, to };
      ratio = own;
    }
  }
  return sorted.slice(best.from, best.to + 1);
}

const chanceOf = (spread: number): number => Math.min(0.9, CHANCE * Math.max(0.02, 2.5 * spread));

/** Intervals that hide attempts, less those that chance would make look so. */
function missingIn(outside: readonly number[], middle: number, spread: number): number {
  if (spread > TIGHT)
    return (
      LOOSE_WORTH * outside.filter((interval) => interval > middle && interval < LOOSE_RATIO * middle).length
    );
  const tolerance = Math.max(0.05, 2 * spread);
  const near = outside.filter((interval) => {
    const times = interval / middle;
    return times > 1.5 && times < MULTIPLE_MAX && Math.abs(times - Math.round(times)) <= tolerance;
  }).length;
  const byChance = 2 * tolerance;
  return Math.max(0, (near - byChance * outside.length) / (1 - byChance));
}

/** Parts of a day apart, give or take minutes. */
const isHabit = (middle: number, spread: number): boolean =>
  middle >= HABIT_MS && spread * middle > HABIT_JITTER_MS;

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[half - 1] ?? upper)) / 2;
}
