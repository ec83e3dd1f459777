// When a list is looked at again: plain arithmetic over the monotonic clock, so that a test need not wait.

import type { Milliseconds } from '../../config/config.ts';
import type { ListSource } from '../sources/source.ts';

/** A local file costs a stat: it is looked at often, and no watcher can miss an edit over NFS or a bind mount. */
const FILE_CHECK_MS = 2_000;
const FAILURE_FIRST_MS = 30_000;
/** A list not renewed for this many refresh intervals is stale beyond its limit. */
const STALE_INTERVALS = 3;
/** Share of the interval by which lists of one refresh drift apart. */
const JITTER = 0.1;

export interface DueInput {
  readonly nowMs: Milliseconds;
  readonly kind: ListSource['kind'];
  readonly refreshMs: Milliseconds;
  /** Attempts that failed in a row. */
  readonly failures: number;
  /** For how long the source asked to be left alone. */
  readonly retryAfterMs?: Milliseconds;
  /** 0 ≤ random < 1 */
  readonly random: number;
}

/** @returns null for never */
export function dueAfter(input: DueInput): Milliseconds | null {
  const { nowMs, kind, refreshMs, failures, random, retryAfterMs = 0 } = input;
  if (kind === 'inline') return null;
  if (kind === 'file' || kind === 'folder') return nowMs + FILE_CHECK_MS;
  if (failures === 0) return nowMs + Math.round(refreshMs * (1 - JITTER * random));
  return nowMs + Math.max(retryAfterMs, Math.round(pauseMs(failures, refreshMs) * (1 - JITTER * random)));
}

/** Before the next attempt after so many that failed; doubles. */
export function pauseMs(failures: number, mostMs: Milliseconds): Milliseconds {
  return Math.min(mostMs, FAILURE_FIRST_MS * 2 ** Math.min(Math.max(0, failures - 1), 20));
}

/** Whether a list whose last attempt failed has been without a good one for too long. */
export function isBeyondLimit(
  nowMs: Milliseconds,
  lastGoodMs: Milliseconds,
  refreshMs: Milliseconds,
): boolean {
  return nowMs - lastGoodMs > STALE_INTERVALS * refreshMs;
}
