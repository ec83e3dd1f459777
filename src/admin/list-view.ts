// A list's status as the API and the command line show it.
import type { ListStatus } from '../lists/library/list-status.ts';
import type { ListView } from './state.ts';

export function listViewOf(status: ListStatus): ListView {
  const { lastGoodMs, lastCheckMs, nextCheckMs, lastError } = status;
  return {
    name: status.name,
    source: status.source,
    action: status.action,
    mode: status.mode,
    format: status.format,
    entries: status.entries,
    patterns: status.patterns,
    skipped: status.skipped,
    condition: status.condition,
    overdue: status.overdue,
    lastGood: isoTime(lastGoodMs),
    lastCheck: isoTime(lastCheckMs),
    nextCheck: isoTime(nextCheckMs),
    lastError: lastError?.message ?? null,
  };
}

function isoTime(ms: number | null): string | null {
  return ms === null || !Number.isFinite(ms) ? null : new Date(ms).toISOString();
}
