// Of which time an answer speaks: from when to when was watched, where nobody did, and what found no room. "Nobody asked" is
// said of that time and of no other.
import { moment, momentText } from '../config/values/grouped.ts';
import { momentToText } from './log/moment.ts';
import type { Watched } from './store/watch-table.ts';

/**
 * `thread ended`: the thread that stores ended by an error, and was replaced.
 * `killed`: cenote ended without closing in that time, or its data is a copy of then; `partly kept`: before that it stored what was asked, perhaps not all.
 * `clock set on`: the clock jumped over that time; `clock set back`: it said that time twice.
 */
export type GapReason =
  | 'not running'
  | 'history off'
  | 'not stored'
  | 'killed'
  | 'thread ended'
  | 'partly kept'
  | 'clock set on'
  | 'clock set back';

export interface Gap {
  /** ISO 8601. */
  readonly from: string;
  readonly to: string;
  readonly reason: GapReason;
  /** As a sentence, in UTC. */
  readonly text: string;
}

export interface Coverage {
  /** ISO 8601; null: nothing of the time that was asked for was watched. */
  readonly from: string | null;
  readonly to: string;
  /** Times between of which nothing is known, or not all, the latest first. */
  readonly gaps: readonly Gap[];
  readonly furtherGaps: number;
  /** Queries that found no room. */
  readonly lost: number;
  /** Queries of which only a name above theirs is kept. */
  readonly unnamed: number;
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
  readonly nowMs: number;
  readonly waiting: number;
}

const GAPS_SHOWN = 20;
/** A restart takes as long; what is shorter is no gap. */
const GAP_MS = 1000;

export function coverageOf(facts: CoverageFacts): Coverage {
  const { of, sinceMs, keptSinceMs, untilMs, waiting } = facts;
  const beginMs = Math.max(sinceMs, keptSinceMs);
  // What a clock that was ahead noted is still to come.
  const all = facts.watched.filter((span) => endOf(span) > beginMs && span.fromMs <= facts.nowMs);
  const spans = of === 'hits' ? all : all.filter(({ history }) => history);
  const gaps: Gap[] = [];
  let covered: Watched | null = null;
  for (const span of spans) {
    gaps.push(...gapsBetween(covered, span, beginMs, all));
    if (covered === null || endOf(span) >= endOf(covered)) covered = span;
  }
  const end = covered === null ? untilMs : covered.toMs;
  // Who is asked runs: what it noted did not reach the store.
  if (untilMs - end >= LATE_MS) gaps.push(gapOf(end, untilMs, offIn(end, untilMs, all) ?? 'not stored'));
  const first = spans[0];
  const fromMs = first === undefined ? null : Math.max(beginMs, first.fromMs);
  const lost = spans.reduce((sum, span) => sum + Math.max(0, span.lost), 0);
  // Of hits every name is kept.
  const unnamed = of === 'hits' ? 0 : spans.reduce((sum, span) => sum + (span.unnamed ?? 0), 0);
  const unknown = spans.findLast((span) => span.lost < 0);
  return {
    from: fromMs === null ? null : momentToText(fromMs),
    // The last gap ends where the present span begins, and that may be later than what threads have passed on.
    to: momentToText(Math.max(Math.min(untilMs, end), fromMs ?? 0, covered?.fromMs ?? 0)),
    gaps: gaps.toReversed().slice(0, GAPS_SHOWN),
    furtherGaps: Math.max(0, gaps.length - GAPS_SHOWN),
    lost,
    unnamed,
    waiting,
    gapsUnknownUntil: unknown === undefined ? null : momentToText(unknown.toMs),
    isWhole:
      fromMs !== null &&
      fromMs <= sinceMs &&
      gaps.length === 0 &&
      lost === 0 &&
      unnamed === 0 &&
      waiting === 0 &&
      unknown === undefined,
  };
}

/** The present span is made longer about once a minute: less behind is no gap. */
const LATE_MS = 90_000;

const endOf = ({ toMs, keptToMs = 0 }: Watched): number => Math.max(toMs, keptToMs);

function gapOf(fromMs: number, toMs: number, reason: GapReason): Gap {
  const gap = { from: momentToText(fromMs), to: momentToText(toMs), reason };
  return { ...gap, text: gapText(gap) };
}

/** Oldest first. @param before the one of those before `next` that reached furthest */
function gapsBetween(
  before: Watched | null,
  next: Watched,
  beginMs: number,
  all: readonly Watched[],
): readonly Gap[] {
  const { fromMs, jumpedFromMs = null } = next;
  if (jumpedFromMs !== null && jumpedFromMs > fromMs)
    return jumpedFromMs <= beginMs ? [] : [gapOf(fromMs, jumpedFromMs, 'clock set back')];
  if (jumpedFromMs !== null) return fromMs <= beginMs ? [] : [gapOf(jumpedFromMs, fromMs, 'clock set on')];
  if (before === null) return [];
  // What an earlier span noted of a time that was skipped later is told with that.
  const isSkipped = ({ fromMs: atMs, jumpedFromMs: skippedMs = null }: Watched): boolean =>
    skippedMs !== null && skippedMs <= endOf(before) + GAP_MS && atMs >= fromMs;
  if (all.some(isSkipped)) return [];
  const endMs = Math.min(endOf(before), fromMs);
  const gaps: Gap[] = [];
  const isKilled = before.isClosed === false;
  // Of its last seconds there is what had been stored.
  if (isKilled && endMs > before.toMs) gaps.push(gapOf(before.toMs, endMs, 'partly kept'));
  const reason =
    offIn(endMs, fromMs, all) ??
    (isKilled ? (before.hasFailed === true ? 'thread ended' : 'killed') : 'not running');
  if (fromMs - endMs >= GAP_MS) gaps.push(gapOf(endMs, fromMs, reason));
  return gaps;
}

/** Whether cenote ran in that time, and kept hits only. */
function offIn(fromMs: number, toMs: number, all: readonly Watched[]): GapReason | null {
  const wasRunning = all.some((span) => !span.history && span.fromMs < toMs && span.toMs > fromMs);
  return wasRunning ? 'history off' : null;
}

/** As a sentence. */
export function gapText({ from, to, reason }: Omit<Gap, 'text'>): string {
  const [begin, end] = [moment(from), momentText(to)];
  switch (reason) {
    case 'clock set on':
      return `The clock jumped from ${begin} to ${end}: it was set, or the machine slept. The time in between was skipped.`;
    case 'clock set back':
      return `The clock was set back from ${moment(to)} to ${momentText(from)}: what was asked in between may stand under a wrong time.`;
    case 'partly kept':
      return `${begin === moment(to) ? `For less than a second, at ${end},` : `From ${begin} to ${end}`} some of what was asked may be missing: the data was not closed in order.`;
    case 'killed':
      return `From ${begin} to ${end} nothing is stored, and what was asked may be missing: cenote was killed in that time, the power failed, or the data was put back to an earlier state.`;
    case 'thread ended':
      return `From ${begin} to ${end} what was asked may be missing: the thread that stores it ended by an error and was replaced (see the log); names were answered meanwhile.`;
    case 'history off':
      return `Not watched from ${begin} to ${end}: the history was off.`;
    case 'not stored':
      return `Not stored yet is what was asked from ${begin} to ${end}.`;
    case 'not running':
      return `Not watched from ${begin} to ${end}: cenote was not running.`;
    // A site of a later release may know others.
    default:
      return `Nothing, or not all, is known from ${begin} to ${end}.`;
  }
}
