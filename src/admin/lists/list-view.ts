// A list's status as the API and the command line show it.
import type { ListAction, ListMode } from '../../config/config.ts';
import type { ListCondition } from '../../lists/library/list-state.ts';
import type { ListStatus } from '../../lists/library/list-status.ts';

export interface ListView {
  readonly name: string;
  readonly source: string;
  /** Not of the configuration: made of what somebody allowed or blocked by hand. */
  readonly byHand: boolean;
  readonly action: ListAction;
  readonly mode: ListMode;
  readonly format: string | null;
  readonly entries: number;
  readonly patterns: number;
  readonly skipped: number;
  /** Why lines were left out, most frequent first. */
  readonly skips: readonly { readonly text: string; readonly count: number; readonly inForce: boolean }[];
  /** Entries that only watch, since their time is over; they count as entries. */
  readonly expired: number;
  /** When the next entry's time is over. */
  readonly nextExpiry: string | null;
  /** Entries that never end for want of a date, though the list's setting `expires` is a duration. */
  readonly undated: number;
  /** new, fetching, good, empty, stale, refused or failed: lists/library/list-state.ts says what each means. */
  readonly state: ListCondition;
  /** When that began; null while unknown. */
  readonly since: string | null;
  /** Why it is not good; null when it is. */
  readonly why: string | null;
  /** Whether something of it is in force, be it nothing by its owner's will. */
  readonly inForce: boolean;
  /** Its source is being asked now. */
  readonly fetching: boolean;
  /** `state` in fewer words: ok, stale (an older text is in force), failed (nothing is), pending (not tried yet). */
  readonly condition: 'ok' | 'stale' | 'failed' | 'pending';
  /** Stale beyond its limit, or nothing in force that should be: somebody should look. */
  readonly overdue: boolean;
  readonly lastGood: string | null;
  readonly lastChange: string | null;
  readonly lastCheck: string | null;
  readonly nextCheck: string | null;
  readonly lastError: string | null;
}

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
