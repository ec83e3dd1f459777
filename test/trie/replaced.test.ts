import { setTimeout as wait } from 'node:timers/promises';
import t from 'tap';
import { trieReplaced } from '../../src/trie/replaced.ts';

/** Whether the buffer's memory is given back, waited for as long as the test may run. */
async function untilCollected(seen: WeakRef<SharedArrayBuffer>): Promise<boolean> {
  while (seen.deref() !== undefined) await wait(5);
  return true;
}

t.test('a large trie that was replaced is given back though its thread allocates nothing', async (t) => {
  const now = new SharedArrayBuffer(8);
  const seen = (() => {
    const before = new SharedArrayBuffer(2 ** 21);
    trieReplaced(before, now, 1);
    return new WeakRef(before);
  })();
  t.ok(await untilCollected(seen));
});
