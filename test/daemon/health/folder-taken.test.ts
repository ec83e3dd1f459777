// A folder of data that was removed under the daemon is told as a problem, and for how long.
import t from 'tap';
import { SteadyClock } from '../../../src/config/steady-clock.ts';
import { FolderTaken } from '../../../src/daemon/health/folder-taken.ts';
import type { ProblemFact } from '../../../src/daemon/health/problems.ts';

t.test('it is told for a day once it is made anew, and until then for as long as it cannot be', async (t) => {
  let nowMs = 0;
  const clock = new SteadyClock(
    () => nowMs,
    () => nowMs,
  );
  const taken = new FolderTaken('/data', clock);
  const tried = (error: string | null, atMs: number): void => {
    nowMs = atMs;
    taken.tried(error);
  };
  const problems = (atMs: number): readonly ProblemFact[] => {
    nowMs = atMs;
    return taken.problems();
  };
  t.same(problems(0), []);
  tried('EROFS', 1000);
  tried('EROFS', 2000);
  const week = 7 * 86_400_000;
  t.match(problems(week), [{ id: 'events-dir', sinceMs: 1000, what: /cannot be made anew: EROFS$/ }]);
  tried(null, week);
  t.match(problems(week), [{ sinceMs: week, what: /that it held are gone$/ }]);
  tried(null, week + 50_000_000);
  t.match(problems(week + 90_000_000), [{ sinceMs: week + 50_000_000 }], 'again');
  t.same(problems(week + 140_000_000), []);
});
