import t from 'tap';
import { dueAfter } from '../../../src/lists/library/due.ts';

t.test('a source that asked for a pause is not asked before it is over', async (t) => {
  const failed = { nowMs: 1000, kind: 'http', refreshMs: 3_600_000, failures: 1, random: 0.5 } as const;
  t.equal(dueAfter(failed), 29_500);
  t.equal(dueAfter({ ...failed, retryAfterMs: 120_000 }), 121_000);
  t.equal(dueAfter({ ...failed, retryAfterMs: 5000 }), 29_500);
});
