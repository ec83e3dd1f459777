// How regularly something is asked for: malware that calls home does so by the clock, people do not.
//
// Method: sightings less than a second apart are one (retries, A beside AAAA). With at least MIN_SIGHTINGS of them, of the
// intervals between neighbours take the median M and the median distance from it D. The score is 1 − D/M, 0 at least:
// 1 is a clock, a beacon with ±10 % jitter scores near 0.95, ±50 % near 0.75, a person's browsing below 0.5. Medians, so that
// a laptop's night asleep (one huge interval) changes nothing.

export interface Beacon {
  /** 0 (irregular) to 1 (like a clock). */
  readonly score: number;
  readonly intervalMs: number;
  readonly sightings: number;
}

const MIN_SIGHTINGS = 6;
const SAME_MS = 1000;
export const SIGHTINGS_KEPT = 48;

/** @param timesMs when it was seen, in order; null with too few to say */
export function beaconOf(timesMs: readonly number[]): Beacon | null {
  const intervals: number[] = [];
  let last = timesMs[0] ?? 0;
  for (const time of timesMs) {
    if (time - last < SAME_MS) continue;
    intervals.push(time - last);
    last = time;
  }
  if (intervals.length + 1 < MIN_SIGHTINGS) return null;
  const middle = median(intervals);
  const distance = median(intervals.map((interval) => Math.abs(interval - middle)));
  const score = Math.max(0, 1 - distance / middle);
  return { score: Math.round(score * 100) / 100, intervalMs: middle, sightings: intervals.length + 1 };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[half - 1] ?? upper)) / 2;
}
