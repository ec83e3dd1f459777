// One list as `cenote lists`, the API and the health check show it. Times are the calendar's.
import type { ListAction, ListConfig, ListMode, Milliseconds } from '../../config/config.ts';
import { shownUrl } from '../../config/values/shown-url.ts';
import { type LibraryClock, toWall } from './clock.ts';
import { isBeyondLimit } from './due.ts';
import {
  conditionOf,
  type ListCondition,
  type ListFailure,
  type ListState,
  type SkipCount,
} from './list-state.ts';

export interface ListStatus {
  readonly name: string;
  /** A path, a URL without its secrets, or `inline`. */
  readonly source: string;
  readonly byHand: boolean;
  readonly action: ListAction;
  readonly mode: ListMode;
  readonly format: string | null;
  /** How the format was decided. */
  readonly reason: string;
  readonly entries: number;
  readonly patterns: number;
  readonly skipped: number;
  readonly skips: readonly SkipCount[];
  /** Entries that block no more, since their time is over. */
  readonly expired: number;
  /** When the next ends. */
  readonly nextExpiryMs: Milliseconds | null;
  /** Entries without a date that the setting `expires` could count from. */
  readonly undated: number;
  readonly condition: ListCondition;
  /** When that began; null while unknown. */
  readonly sinceMs: Milliseconds | null;
  /** Whether something of it is in force, be it nothing by its owner's will. */
  readonly inForce: boolean;
  /** An attempt to renew it is under way. */
  readonly isFetching: boolean;
  /** Nothing is in force that should be, or only what is older than its limit: somebody should look. */
  readonly overdue: boolean;
  readonly lastGoodMs: Milliseconds | null;
  readonly lastChangeMs: Milliseconds | null;
  readonly lastCheckMs: Milliseconds | null;
  readonly nextCheckMs: Milliseconds | null;
  readonly lastError: ListFailure | null;
}

export interface StatusParts {
  readonly config: ListConfig;
  readonly state: ListState;
  readonly isFetching: boolean;
  /** Monotonic; null for never. */
  readonly dueMs: Milliseconds | null;
  /** When this run began to hold it: the age of what it found is counted from here where nothing better is known. */
  readonly heldSinceMs: Milliseconds;
}

export function statusOf(parts: StatusParts, clock: LibraryClock): ListStatus {
  const { config, state, isFetching, dueMs, heldSinceMs } = parts;
  const wall = (ms: Milliseconds | null): Milliseconds | null => (ms === null ? null : toWall(clock, ms));
  const { lastError, inForce } = state;
  const nowMs = clock.now();
  const overdue =
    lastError !== null &&
    (!inForce || isBeyondLimit(clock.steady(), state.lastGoodMs ?? heldSinceMs, config.refreshMs));
  return {
    name: config.name,
    source: config.names === null ? shownUrl(config.source) : 'inline',
    byHand: config.byHand === true,
    action: config.action,
    mode: config.mode,
    format: state.format,
    reason: state.reason,
    entries: state.entries,
    patterns: state.patterns,
    skipped: state.skipped,
    skips: state.skips,
    expired: state.ends.reduce((sum, { atMs, count }) => sum + (atMs <= nowMs ? count : 0), 0),
    nextExpiryMs: state.ends.find(({ atMs }) => atMs > nowMs)?.atMs ?? null,
    undated: state.undated,
    condition: conditionOf(state, isFetching),
    sinceMs: wall(state.sinceMs),
    inForce,
    isFetching,
    overdue,
    lastGoodMs: wall(state.lastGoodMs),
    lastChangeMs: wall(state.lastChangeMs),
    lastCheckMs: wall(state.lastCheckMs),
    nextCheckMs: wall(dueMs),
    lastError: lastError === null ? null : { ...lastError, atMs: wall(lastError.atMs) },
  };
}
