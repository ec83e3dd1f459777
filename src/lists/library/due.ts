// When a list is looked at again: plain arithmetic over the clock, so that a test need not wait.
import type { Milliseconds } from '../../config/config.ts';

/** A local file costs a stat: look often, and no watcher can miss an edit over NFS or a bind mount. */
const FILE_CHECK_MS = 2_000;
const FAILURE_FIRST_MS = 30_000;
/** A list not renewed for this many refresh intervals is stale beyond its limit. */
const STALE_INTERVALS = 3;
/** Share of the interval by which lists of one refresh drift apart. */
const JITTER = 0.1;

export interface DueInput {
  readonly nowMs: Milliseconds;
  readonly kind: 'file' | 'http' | 'inline' | 'rpz';
  readonly refreshMs: Milliseconds;
  /** Checks that failed in a row. */
  readonly failures: number;
  /** 0 ≤ random < 1 */
  readonly random: number;
}

export function nextCheckMs(input: DueInput): Milliseconds {
  const { nowMs, kind, refreshMs, failures, random } = input;
  if (kind === 'inline') return Number.MAX_SAFE_INTEGER;
  if (kind === 'file') return nowMs + FILE_CHECK_MS;
  if (failures === 0) return nowMs + Math.round(refreshMs * (1 - JITTER * random));
  const backoff = Math.min(refreshMs, FAILURE_FIRST_MS * 2 ** Math.min(failures - 1, 20));
  return nowMs + Math.round(backoff * (1 - JITTER * random));
}

/** Whether a list whose last check failed has been without a good one for too long. */
export function isBeyondLimit(
  nowMs: Milliseconds,
  lastGoodMs: Milliseconds | null,
  refreshMs: Milliseconds,
): boolean {
  return lastGoodMs === null || nowMs - lastGoodMs > STALE_INTERVALS * refreshMs;
}
