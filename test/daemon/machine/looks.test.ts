// One timer for all that is looked at: often while clients ask, seldom at rest, and at once when somebody asks after a rest.
import { mock } from 'node:test';
import t, { type Test } from 'tap';
import { Looks } from '../../../src/daemon/machine/looks.ts';
import { AskedWriter } from '../../../src/events/asked.ts';

/** Under a clock of its own: with `pass`, second by second. */
function looksOf(t: Test) {
  mock.timers.enable({ apis: ['setTimeout'] });
  t.teardown(() => mock.timers.reset());
  const clock = { ms: 0 };
  const looks = new Looks(() => clock.ms);
  const at: number[] = [];
  const asked = new AskedWriter(looks.asked);
  const pass = (seconds: number, asks = false): number[] => {
    at.length = 0;
    for (let i = 0; i < seconds; i += 1) {
      if (asks) asked.note();
      clock.ms += 1000;
      mock.timers.tick(1000);
    }
    return [...at];
  };
  return { looks, asked, pass, at, look: () => void at.push(clock.ms / 1000), clock };
}

t.test('each is looked at as often as it wants while clients ask', (t) => {
  const { looks, pass, look } = looksOf(t);
  let others = 0;
  looks.every(2000, look);
  const end = looks.every(1000, () => (others += 1));
  t.same(pass(20, true), [2, 4, 6, 8, 10, 12, 14, 16, 18, 20]);
  t.equal(others, 20);
  end();
  t.same(pass(4, true), [22, 24]);
  t.equal(others, 20);
  t.end();
});

t.test('when nobody has asked for ten seconds all are looked at together, seldom', async (t) => {
  const { looks, asked, pass, look, at, clock } = looksOf(t);
  looks.every(1000, look);
  let others = 0;
  looks.every(2000, () => (others += 1));
  t.equal(pass(11).length, 11);
  others = 0;
  t.same(pass(20), [16, 21, 26, 31]);
  t.equal(others, 4);

  t.comment('whoever asks then is answered by what is so now, and it is no rest any more');
  clock.ms += 300;
  at.length = 0;
  asked.note();
  await new Promise((resolve) => setImmediate(resolve));
  t.same(at, [31.3]);
  t.equal(others, 5);
  t.same(pass(3), [32.3, 33.3, 34.3]);
  t.equal(pass(8).length, 8);
  t.same(pass(10), [47.3, 52.3], 'and after ten more seconds it is rest again');
  asked.note();
  await new Promise((resolve) => setImmediate(resolve));
  t.same(pass(2), [53.3, 54.3], 'which ends as the one before did');
});

t.test('somebody who wants to know at rest has all looked at, at most once a second', (t) => {
  const { looks, pass, look, at, clock } = looksOf(t);
  looks.every(1000, look);
  pass(17);
  at.length = 0;
  looks.now();
  looks.now();
  t.same(at, [17]);
  clock.ms += 500;
  looks.now();
  t.same(at, [17]);
  t.end();
});

t.test('while clients ask, whoever wants to know is told of the last look', (t) => {
  const { looks, pass, look, at } = looksOf(t);
  looks.every(1000, look);
  pass(3, true);
  at.length = 0;
  looks.now();
  t.same(at, []);
  t.end();
});

t.test('who asks between the last look and the rest is not missed', async (t) => {
  const { looks, asked, pass, look, at } = looksOf(t);
  looks.every(1000, () => {
    look();
    // As a resolver thread does in the very turn in which the rest begins.
    if (at.length === 11) asked.note();
  });
  pass(11);
  await new Promise((resolve) => setImmediate(resolve));
  t.equal(at.length, 12);
  t.equal(pass(3).length, 3, 'no rest');
});

t.test('a resolver thread wakes it from another thread', async (t) => {
  const { looks, pass, look, at } = looksOf(t);
  looks.every(1000, look);
  pass(11);
  at.length = 0;
  const { Worker } = await import('node:worker_threads');
  const path = new URL('../../../src/events/asked.ts', import.meta.url).href;
  const thread = new Worker(
    `const { workerData } = require('node:worker_threads');
     import(${JSON.stringify(path)}).then(({ AskedWriter }) => new AskedWriter(workerData).note());`,
    { eval: true, workerData: looks.asked },
  );
  await new Promise((resolve) => thread.once('exit', resolve));
  for (let i = 0; i < 1000 && at.length === 0; i += 1) await new Promise((resolve) => setImmediate(resolve));
  t.equal(at.length, 1);
});
