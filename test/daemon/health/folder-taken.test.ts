// A folder of data that was removed under the daemon is told as a problem, and for how long.
import t from 'tap';
import { FolderTaken } from '../../../src/daemon/health/folder-taken.ts';

t.test('it is told for a day once it is made anew, and until then for as long as it cannot be', async (t) => {
  const taken = new FolderTaken('/data');
  t.same(taken.problems(0), []);
  taken.tried('EROFS', 1000);
  taken.tried('EROFS', 2000);
  const week = 7 * 86_400_000;
  t.match(taken.problems(week), [{ id: 'events-dir', sinceMs: 1000, what: /cannot be made anew: EROFS$/ }]);
  taken.tried(null, week);
  t.match(taken.problems(week), [{ sinceMs: week, what: /that it held are gone$/ }]);
  taken.tried(null, week + 50_000_000);
  t.match(taken.problems(week + 90_000_000), [{ sinceMs: week + 50_000_000 }], 'again');
  t.same(taken.problems(week + 140_000_000), []);
});
