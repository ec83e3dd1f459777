// The short form of `npm run fuzz`: the same packets every time.
import t from 'tap';
import { fuzz } from '../../fuzz/run.ts';
import { daemonFolder } from '../../support/daemon-folder.ts';

t.test('the daemon outlives 5,000 mutated packets and answers every good query between them', async (t) => {
  const result = await fuzz(5000, 20_261_123, daemonFolder());
  t.equal(result.unanswered, 0);
  t.equal(result.exit, 0);
  t.ok(result.answers > 1000);
  t.notMatch(result.output, /uncaught|unhandled| {4}at .*\.ts:\d+/i);
});
