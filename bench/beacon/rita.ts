// The time part of RITA's beacon score as its documents describe it: the mean of how symmetric the intervals are (Bowley's
// skewness), how little they differ (median distance from the median) and how many connections there are. Our own writing.

const BUSY_MS = 10_000;
const SPREAD_MS = 30_000;
const VISITS_MIN = 4;

/** @param spread `fixed`: distances count against 30 s; `relative`: against the median interval @returns null with too few */
export function ritaScore(timesMs: readonly number[], spread: 'fixed' | 'relative'): number | null {
  const intervals = timesMs
    .slice(1)
    .map((time, i) => Math.floor((time - timesMs[i]!) / 1000) * 1000)
    .filter((interval) => interval > 0)
    .sort((a, b) => a - b);
  if (intervals.length < VISITS_MIN) return null;
  const [low, middle, high] = [0.25, 0.5, 0.75].map((part) => quantile(intervals, part)) as [
    number,
    number,
    number,
  ];
  const isFlat = high - low < BUSY_MS || middle === low || middle === high;
  const skew = isFlat ? 0 : (low + high - 2 * middle) / (high - low);
  const distances = intervals.map((interval) => Math.abs(interval - middle)).sort((a, b) => a - b);
  const distance = quantile(distances, 0.5);
  const calm = Math.max(0, 1 - distance / (spread === 'fixed' ? SPREAD_MS : middle));
  const parts = [1 - Math.abs(skew), calm];
  if (spread === 'fixed') {
    const spanMs = (timesMs.at(-1) ?? 0) - (timesMs[0] ?? 0);
    parts.push(Math.min(1, timesMs.length / (spanMs / BUSY_MS)));
  }
  return parts.reduce((sum, part) => sum + part, 0) / parts.length;
}

const quantile = (sorted: readonly number[], part: number): number =>
  sorted[Math.max(0, Math.round(part * sorted.length - 1))] ?? 0;
