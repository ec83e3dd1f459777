// A heap that grows fast is collected when it has grown by a bound, and no sooner.
import t from 'tap';
import { collectAhead, collectGarbage, HeapBound } from '../../src/offload/garbage.ts';

t.test('it collects past the bound over what was alive, and counts from what is alive then', async (t) => {
  let used = 100;
  let collected = 0;
  const heap = new HeapBound({
    growthMax: 50,
    used: () => used,
    collect: () => {
      collected += 1;
      used = 120;
    },
  });
  const after = (bytes: number): number => {
    used = bytes;
    heap.tick();
    return collected;
  };
  t.same([150, 151, 170, 171].map(after), [0, 1, 1, 2]);
  // V8 collected it of its own: what is alive is less now.
  t.same([60, 110, 111].map(after), [2, 2, 3]);
});

t.test('where much is alive it may grow by half of what is unusual as well', async (t) => {
  let [used, collected] = [1000, 0];
  const collect = (): void => {
    collected += 1;
    used = 40;
  };
  const heap = new HeapBound({ growthMax: 50, usual: 400, used: () => used, collect });
  const after = (bytes: number): number => {
    used = bytes;
    heap.tick();
    return collected;
  };
  t.same([1051, 1350, 1351].map(after), [0, 0, 1]);
  t.same([90, 91].map(after), [1, 2], 'little is alive now');
});

for (const collect of [collectGarbage, collectAhead])
  t.test(`garbage is gone at once, and what is alive stays (${collect.name})`, async (t) => {
    const kept = { text: 'kept' };
    const seen = new WeakRef(kept);
    let gone = (() => new WeakRef({ text: 'garbage' }))();
    // A WeakRef holds what it was asked for until the turn ends.
    await new Promise((resolve) => setImmediate(resolve));
    collect();
    t.equal(gone.deref(), undefined);
    t.equal(seen.deref(), kept);
    gone = seen;
  });
