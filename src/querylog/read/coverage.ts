// Of which time the log can speak: when it was not written, and what it lost.
import { numberIn } from '../../hits/store/row.ts';
import type { OpenedLog } from './opened.ts';
import type { LogCoverage } from './question.ts';

/** A restart is no gap worth telling. */
const GAP_MS = 5000;

export function coverageOf(log: OpenedLog, sinceMs: number, untilMs: number): LogCoverage {
  const oldestMs = oldestOf(log);
  const runs = log.all(
    'SELECT fromMs, toMs, lost FROM runs WHERE toMs >= ? AND fromMs < ? ORDER BY id',
    sinceMs,
    untilMs,
  );
  const gaps = runs.slice(1).flatMap((run, i) => {
    const from = numberIn(runs[i], 'toMs');
    const to = numberIn(run, 'fromMs');
    return to - from < GAP_MS ? [] : [{ from: new Date(from).toISOString(), to: new Date(to).toISOString() }];
  });
  return {
    since: oldestMs === null ? null : new Date(oldestMs).toISOString(),
    gaps,
    lost: runs.reduce((sum, run) => sum + numberIn(run, 'lost'), log.unread),
  };
}

/** When the oldest query was asked: rows of batches lie in the order in which their queries ended. */
function oldestOf(log: OpenedLog): number | null {
  const block = log.get('SELECT min(fromMs) AS ms FROM blocks')?.['ms'] ?? null;
  if (block !== null) return Number(block);
  const { timesMs, size } = log.hot().rows;
  return size === 0 ? null : timesMs.subarray(0, size).reduce((least, timeMs) => Math.min(least, timeMs));
}
