// What an attempt to renew a list came to: its state after it, when it is looked at again, and what is said of it.
import type { Milliseconds } from '../../config/config.ts';
import type { Validators } from '../sources/source.ts';
import type { LibraryClock } from './clock.ts';
import { dueAfter, pauseMs } from './due.ts';
import type { Failure, Fresh, Held } from './held-list.ts';
import { type ListEvent, tellFailed, tellGood } from './list-event.ts';
import { afterFailure, afterGood } from './list-state.ts';

export interface Means extends Pick<LibraryClock, 'steady'> {
  /** 0 ≤ random() < 1 */
  readonly random: () => number;
}

/** @param changed whether another text came into force */
export function recordGood(
  held: Held,
  attempt: { readonly validators: Validators | null; readonly changed: boolean },
  means: Means,
  events: ListEvent[],
): void {
  tellGood(held, attempt.changed, events);
  held.state = afterGood(held.state, means.steady(), attempt);
  held.dueMs = nextLook(held, means);
}

export function recordFailed(held: Held, error: Failure, means: Means, events: ListEvent[]): void {
  tellFailed(held, error, events);
  held.state = afterFailure(held.state, means.steady(), error);
  held.dueMs = nextLook(held, means, error.retryAfterMs);
}

/** A good text that could not be put in force: the fault is not the source's, so even a file is not looked at every two seconds. */
export function recordUnused(held: Held, error: Failure, means: Means, events: ListEvent[]): void {
  recordFailed(held, error, means, events);
  held.dueMs = means.steady() + pauseMs(held.state.failures, held.config.refreshMs);
}

/** An empty file that may be being written: it counts when the next look finds it empty too. */
export function recordPending(held: Held, { validators }: Fresh, means: Means): void {
  held.refused = { validators, isPerhapsEmpty: true };
  held.dueMs = nextLook(held, means);
}

/** By the monotonic clock; null for never. */
function nextLook(
  held: Held,
  { steady, random }: Means,
  retryAfterMs: Milliseconds = 0,
): Milliseconds | null {
  const { config, state, source, isWanted } = held;
  held.isWanted = false;
  if (isWanted) return steady();
  const refreshMs = Math.min(config.refreshMs, state.sourceRefreshMs ?? config.refreshMs);
  const { failures } = state;
  return dueAfter({
    nowMs: steady(),
    kind: source.kind,
    refreshMs,
    failures,
    retryAfterMs,
    random: random(),
  });
}
