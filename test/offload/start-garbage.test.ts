// What a start leaves in a thread's heap is collected once, when the thread first has nothing to do.
import { getHeapStatistics } from 'node:v8';
import t from 'tap';
import { giveHeapBack } from '../../src/offload/garbage.ts';
import { StartGarbage } from '../../src/offload/start-garbage.ts';

t.test('not while there is work, once when there is none, and never again', (t) => {
  let collected = 0;
  const garbage = new StartGarbage(() => {
    collected += 1;
  });
  for (let i = 0; i < 100; i += 1) garbage.tick(i % 4 === 0 || i % 3 === 0);
  t.equal(collected, 0);
  for (let i = 0; i < 100; i += 1) garbage.tick(true);
  t.equal(collected, 1);
  garbage.tick(false);
  for (let i = 0; i < 100; i += 1) garbage.tick(true);
  t.equal(collected, 1);
  t.end();
});

t.test('a thread that is asked is not idle, even where it has nothing to pass on', (t) => {
  let collected = 0;
  const garbage = new StartGarbage(() => {
    collected += 1;
  });
  for (let asked = 1; asked < 100; asked += 1) garbage.tick(true, asked);
  t.equal(collected, 0);
  for (let i = 0; i < 100; i += 1) garbage.tick(true, 99);
  t.equal(collected, 1);
  t.end();
});

t.test('what nobody holds is gone', (t) => {
  let held: object[] | null = Array.from({ length: 200_000 }, (_, i) => ({ i }));
  const before = getHeapStatistics().used_heap_size;
  t.equal(held.length, 200_000);
  held = null;
  giveHeapBack();
  t.ok(before - getHeapStatistics().used_heap_size > 3_000_000);
  t.end();
});
