// Of which time the log can speak: when it was not written, and what it lost.
import { numberIn } from '../../hits/store/row.ts';
import type { OpenedLog } from './opened.ts';
import type { LogCoverage } from './question.ts';

/** A restart is no gap worth telling. */
const GAP_MS = 5000;

export function coverageOf(log: OpenedLog, sinceMs: number, untilMs: number): LogCoverage {
  const oldest =
    log.get('SELECT min(fromMs) AS ms FROM blocks')?.['ms'] ??
    log.get('SELECT min(toMs) AS ms FROM hot')?.['ms'];
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
    since: oldest === undefined || oldest === null ? null : new Date(Number(oldest)).toISOString(),
    gaps,
    lost: runs.reduce((sum, run) => sum + numberIn(run, 'lost'), log.unread),
  };
}
