// `cache`: how many answers are kept, and how long.
import { z } from 'zod';
import { duration, flag, size, whole } from './kinds.ts';

const DAY = 86_400_000;
const MIB = 1024 ** 2;

/** The most that each may be; of durations in ms. */
export const CACHE_MOST = {
  entries: 10_000_000,
  minTtl: DAY,
  maxTtl: 7 * DAY,
  negativeTtl: DAY,
  serveStale: 7 * DAY,
} as const;

export const cacheSchema = z.strictObject({
  entries: whole({ min: 0, max: CACHE_MOST.entries })
    .prefault(100_000)
    .describe('Answers each resolver thread keeps at most; 0 keeps none.'),
  size: size({ min: MIB, max: 64 * 1024 * MIB })
    .prefault('64MiB')
    .describe('Memory the answers of one resolver thread may take.'),
  minTtl: duration({ min: 0, max: CACHE_MOST.minTtl })
    .prefault('0s')
    .describe('A shorter TTL is raised to this.'),
  maxTtl: duration({ min: 1000, max: CACHE_MOST.maxTtl })
    .prefault('1d')
    .describe('A longer TTL is cut to this.'),
  negativeTtl: duration({ min: 0, max: CACHE_MOST.negativeTtl })
    .prefault('1h')
    .describe('How long "there is no such name" is kept at most (RFC 2308).'),
  serveStale: duration({ min: 0, max: CACHE_MOST.serveStale })
    .prefault('1d')
    .describe('How long an expired answer may still serve while no upstream answers (RFC 8767); `0s` never.'),
  prefetch: flag().prefault(true).describe('Refresh popular names shortly before they expire.'),
});
