// The most that some settings may be here; elsewhere they are as long or as many as somebody likes.
import { CACHE_MOST } from '../config/schema/cache.ts';
import { SINKHOLE_TTL_MAX_MS } from '../config/schema/sinkhole.ts';
import { parseDuration } from '../config/values/amounts.ts';

const DAY_MS = 86_400_000;
/** Of durations in ms. */
const MOST: Readonly<Record<string, number>> = {
  ...Object.fromEntries(Object.entries(CACHE_MOST).map(([key, most]) => [`cache.${key}`, most])),
  'sinkhole.ttl': SINKHOLE_TTL_MAX_MS,
};

/** @param setting `cache.minTtl` @returns the value, or the most that cenote takes */
export function atMost(setting: string, value: unknown): unknown {
  const most = MOST[setting];
  if (most === undefined) return value;
  if (typeof value === 'number') return Math.min(value, most);
  const parsed = typeof value === 'string' ? parseDuration(value) : null;
  return parsed?.ok === true && parsed.value > most ? `${most / DAY_MS}d` : value;
}
