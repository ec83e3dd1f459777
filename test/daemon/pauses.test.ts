// Pauses end by themselves, are told, and do not outlast what a timer can hold.
import t from 'tap';
import { Pauses } from '../../src/daemon/pauses.ts';

t.test('a paused group is paused until it is resumed, and every change is told', async (t) => {
  let changes = 0;
  const pauses = new Pauses(() => {
    changes += 1;
  });
  pauses.pause(['a', 'b'], null);
  t.same([pauses.isPaused('a'), pauses.isPaused('c')], [true, false]);
  t.same(pauses.all(), [
    { group: 'a', untilMs: null },
    { group: 'b', untilMs: null },
  ]);
  pauses.resume(['a']);
  t.notOk(pauses.isPaused('a'));
  t.equal(changes, 2);
});

t.test('a pause with an end has one', async (t) => {
  const resumed = new Promise<void>((resolve) => {
    const pauses: Pauses = new Pauses(() => {
      if (!pauses.isPaused('a')) resolve();
    });
    pauses.pause(['a'], 5);
    t.ok(pauses.isPaused('a'));
    t.teardown(() => pauses.stop());
  });
  const keepAlive = setTimeout(() => undefined, 5_000);
  await resumed;
  clearTimeout(keepAlive);
  t.pass('resumed by itself');
});

t.test('what no timer can hold is refused', async (t) => {
  const pauses = new Pauses(() => undefined);
  t.throws(() => pauses.pause(['a'], 25 * 86_400_000), /24 days/);
  t.notOk(pauses.isPaused('a'));
});
