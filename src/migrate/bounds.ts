// The most that some settings may be here; elsewhere they are as long or as many as somebody likes.
import { parseDuration } from '../config/values/amounts.ts';

const DAY_MS = 86_400_000;
const DAYS_MAX: Readonly<Record<string, number>> = {
  'cache.minTtl': 1,
  'cache.maxTtl': 7,
  'cache.negativeTtl': 1,
  'cache.serveStale': 7,
  'sinkhole.ttl': 1,
};
const NUMBERS_MAX: Readonly<Record<string, number>> = { 'cache.entries': 10_000_000 };

/** @param setting `cache.minTtl` @returns the value, or the most that cenote takes */
export function atMost(setting: string, value: unknown): unknown {
  if (typeof value === 'number') return Math.min(value, NUMBERS_MAX[setting] ?? value);
  const most = DAYS_MAX[setting];
  const parsed = typeof value === 'string' ? parseDuration(value) : null;
  return most === undefined || parsed?.ok !== true || parsed.value <= most * DAY_MS ? value : `${most}d`;
}
