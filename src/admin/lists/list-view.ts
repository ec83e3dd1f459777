// A list's status as the API and the command line show it.
import type { ListCondition } from '../../lists/library/list-state.ts';
import type { ListStatus } from '../../lists/library/list-status.ts';
import type { ListView } from '../state.ts';

export function listViewOf(status: ListStatus): ListView {
  const { sinceMs, lastGoodMs, lastChangeMs, lastCheckMs, nextCheckMs, lastError } = status;
  return {
    name: status.name,
    source: status.source,
    byHand: status.byHand,
    action: status.action,
    mode: status.mode,
    format: status.format,
    entries: status.entries,
    patterns: status.patterns,
    skipped: status.skipped,
    skips: status.skips,
    expired: status.expired,
    nextExpiry: isoTime(status.nextExpiryMs),
    undated: status.undated,
    state: status.condition,
    since: isoTime(sinceMs),
    why: lastError?.message ?? null,
    inForce: status.inForce,
    fetching: status.isFetching,
    condition: COARSE[status.condition] ?? (status.inForce ? 'stale' : 'failed'),
    overdue: status.overdue,
    lastGood: isoTime(lastGoodMs),
    lastChange: isoTime(lastChangeMs),
    lastCheck: isoTime(lastCheckMs),
    nextCheck: isoTime(nextCheckMs),
    lastError: lastError?.message ?? null,
  };
}

/** The words of before there were more; a list that was refused had two of them. */
const COARSE: Readonly<Record<ListCondition, ListView['condition'] | null>> = {
  new: 'pending',
  fetching: 'pending',
  good: 'ok',
  empty: 'ok',
  stale: 'stale',
  failed: 'failed',
  refused: null,
};

function isoTime(ms: number | null): string | null {
  return ms === null || !Number.isFinite(ms) ? null : new Date(ms).toISOString();
}
