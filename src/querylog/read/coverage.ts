// Of which time the log can speak: when it was not written, and what it lost.
import { numberIn, type Row } from '../../hits/store/row.ts';
import { ENDED, wholeToMs } from '../run.ts';
import type { OpenedLog } from './opened.ts';
import type { LogCoverage } from './question.ts';

/** A restart in order is no gap worth telling. What a kill cost is told however short it was. */
const GAP_MS = 5000;
/** A run is noted twice a minute while nobody asks anything: what is later than that is not in the file. */
const LATE_MS = 90_000;

export function coverageOf(log: OpenedLog, sinceMs: number, untilMs: number, nowMs: number): LogCoverage {
  const endMs = Math.min(untilMs, nowMs);
  const oldestMs = oldestOf(log);
  const runs = log.all('SELECT fromMs, toMs, lost, isClosed FROM runs ORDER BY id');
  const isMeant = ({ fromMs, toMs }: Span): boolean => toMs > sinceMs && fromMs < endMs;
  return {
    since: oldestMs === null ? null : new Date(oldestMs).toISOString(),
    gaps: gapsOf(runs, nowMs)
      .filter(isMeant)
      .map(({ fromMs, toMs }) => ({
        from: new Date(fromMs).toISOString(),
        to: new Date(toMs).toISOString(),
      })),
    lost: runs.reduce(
      (sum, run) =>
        numberIn(run, 'toMs') >= sinceMs && numberIn(run, 'fromMs') < untilMs
          ? sum + numberIn(run, 'lost')
          : sum,
      log.unread,
    ),
  };
}

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Between runs, and behind the last one; of all time, since one may begin before the time that is asked for, or end after it. */
function gapsOf(runs: readonly Row[], nowMs: number): Span[] {
  const gaps: Span[] = [];
  for (const [i, run] of runs.entries()) {
    const next = runs[i + 1];
    const isTorn = numberIn(run, 'isClosed') === ENDED.torn;
    const span = { fromMs: numberIn(run, 'fromMs'), toMs: numberIn(run, 'toMs') };
    const fromMs = isTorn ? wholeToMs(span) : span.toMs;
    const toMs = next === undefined ? nowMs : numberIn(next, 'fromMs');
    const leastMs = next === undefined ? LATE_MS : isTorn ? 1 : GAP_MS;
    if (toMs - fromMs < leastMs) continue;
    // One that was killed so soon that nothing of it is whole is part of the gap before it: killed again and again is one.
    const before = isTorn && gaps.at(-1)?.toMs === fromMs ? gaps.pop() : undefined;
    gaps.push({ fromMs: before?.fromMs ?? fromMs, toMs });
  }
  return gaps;
}

/** When the oldest query was asked: rows of batches lie in the order in which their queries ended. */
function oldestOf(log: OpenedLog): number | null {
  const block = log.get('SELECT min(fromMs) AS ms FROM blocks')?.['ms'] ?? null;
  if (block !== null) return Number(block);
  const { timesMs, size } = log.hot().rows;
  return size === 0 ? null : timesMs.subarray(0, size).reduce((least, timeMs) => Math.min(least, timeMs));
}
