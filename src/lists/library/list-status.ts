// One list as `cenote lists`, the API and the health check show it.
import type { ListAction, ListConfig, ListMode, Milliseconds } from '../../config/config.ts';
import { isBeyondLimit } from './due.ts';
import type { ListFailure, ListState } from './list-state.ts';

export interface ListStatus {
  readonly name: string;
  /** A path, a URL without its password, or `inline`. */
  readonly source: string;
  readonly action: ListAction;
  readonly mode: ListMode;
  readonly format: string | null;
  /** How the format was decided. */
  readonly reason: string;
  readonly entries: number;
  readonly patterns: number;
  readonly skipped: number;
  /**
   * ok: the source's present text is in force. stale: an older one is, for the last check failed or was refused.
   * failed: nothing is in force. pending: not looked at yet.
   */
  readonly condition: 'ok' | 'stale' | 'failed' | 'pending';
  /** Stale for more than its limit, or failed: somebody should look. */
  readonly overdue: boolean;
  readonly lastGoodMs: Milliseconds | null;
  readonly lastChangeMs: Milliseconds | null;
  readonly lastCheckMs: Milliseconds | null;
  readonly nextCheckMs: Milliseconds | null;
  readonly lastError: ListFailure | null;
}

export function statusOf(config: ListConfig, state: ListState, nowMs: Milliseconds): ListStatus {
  const condition = conditionOf(state);
  return {
    name: config.name,
    source: sourceText(config),
    action: config.action,
    mode: config.mode,
    format: state.format,
    reason: state.reason,
    entries: state.entries,
    patterns: state.patterns,
    skipped: state.skipped,
    condition,
    overdue:
      condition === 'failed' ||
      (condition === 'stale' && isBeyondLimit(nowMs, state.lastGoodMs, config.refreshMs)),
    lastGoodMs: state.lastGoodMs,
    lastChangeMs: state.lastChangeMs,
    lastCheckMs: state.lastCheckMs,
    nextCheckMs: state.nextCheckMs === Number.MAX_SAFE_INTEGER ? null : state.nextCheckMs,
    lastError: state.lastError,
  };
}

/** A list without entries is never "ok": nothing would be blocked and nobody would know. */
function conditionOf(state: ListState): ListStatus['condition'] {
  if (state.entries === 0) return state.lastCheckMs === null ? 'pending' : 'failed';
  return state.lastError === null ? 'ok' : 'stale';
}

function sourceText(config: ListConfig): string {
  if (config.names !== null) return 'inline';
  if (!URL.canParse(config.source)) return config.source;
  const url = new URL(config.source);
  url.password = '';
  return url.href;
}
