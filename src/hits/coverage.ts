// Of which time an answer speaks: from when to when was watched, where nobody did, and what found no room. "Nobody asked" is
// said of that time and of no other.
import { momentToText } from './log/moment.ts';
import type { Watched } from './store/watch-table.ts';

export type GapReason = 'not running' | 'history off';

export interface Gap {
  /** ISO 8601. */
  readonly from: string;
  readonly to: string;
  readonly reason: GapReason;
}

export interface Coverage {
  /** ISO 8601; null: nothing of the time that was asked for was watched. */
  readonly from: string | null;
  readonly to: string;
  /** Times between in which nothing was kept, the latest first. */
  readonly gaps: readonly Gap[];
  readonly furtherGaps: number;
  /** Queries that found no room. */
  readonly lost: number;
  /** What waits for a store that takes nothing, and is not in the answer. */
  readonly waiting: number;
  /** Until then gaps were not noted; null: they were all the time. */
  readonly gapsUnknownUntil: string | null;
  /** Whether all of the time that was asked for was watched, and nothing is missing. */
  readonly isWhole: boolean;
}

export interface CoverageFacts {
  readonly watched: readonly Watched[];
  /** History, or hits, which are kept whether or not the history is. */
  readonly of: 'history' | 'hits';
  readonly sinceMs: number;
  /** What is older has been removed. */
  readonly keptSinceMs: number;
  readonly untilMs: number;
  readonly waiting: number;
}

const GAPS_SHOWN = 20;
/** A restart takes as long; what is shorter is no gap. */
const GAP_MS = 1000;

export function coverageOf(facts: CoverageFacts): Coverage {
  const { of, sinceMs, keptSinceMs, untilMs, waiting } = facts;
  const beginMs = Math.max(sinceMs, keptSinceMs);
  const all = facts.watched.filter(({ toMs }) => toMs > beginMs);
  const spans = of === 'hits' ? all : all.filter(({ history }) => history);
  const gaps: Gap[] = [];
  let coveredMs: number | null = null;
  for (const { fromMs, toMs } of spans) {
    if (coveredMs !== null && fromMs - coveredMs >= GAP_MS) gaps.push(gapOf(coveredMs, fromMs, all));
    coveredMs = Math.max(coveredMs ?? 0, toMs);
  }
  const end = coveredMs ?? untilMs;
  if (coveredMs !== null && untilMs - coveredMs >= LATE_MS) gaps.push(gapOf(coveredMs, untilMs, all));
  const first = spans[0];
  const fromMs = first === undefined ? null : Math.max(beginMs, first.fromMs);
  const lost = spans.reduce((sum, span) => sum + Math.max(0, span.lost), 0);
  const unknown = spans.findLast((span) => span.lost < 0);
  return {
    from: fromMs === null ? null : momentToText(fromMs),
    to: momentToText(Math.min(untilMs, Math.max(end, fromMs ?? 0))),
    gaps: gaps.toReversed().slice(0, GAPS_SHOWN),
    furtherGaps: Math.max(0, gaps.length - GAPS_SHOWN),
    lost,
    waiting,
    gapsUnknownUntil: unknown === undefined ? null : momentToText(unknown.toMs),
    isWhole:
      fromMs !== null &&
      fromMs <= sinceMs &&
      gaps.length === 0 &&
      lost === 0 &&
      waiting === 0 &&
      unknown === undefined,
  };
}

/** The present span is made longer about once a minute: less behind is no gap. */
const LATE_MS = 90_000;

function gapOf(fromMs: number, toMs: number, all: readonly Watched[]): Gap {
  const wasRunning = all.some((span) => !span.history && span.fromMs < toMs && span.toMs > fromMs);
  return {
    from: momentToText(fromMs),
    to: momentToText(toMs),
    reason: wasRunning ? 'history off' : 'not running',
  };
}
