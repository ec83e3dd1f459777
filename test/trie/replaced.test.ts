import t from 'tap';
import { trieReplaced } from '../../src/trie/replaced.ts';

t.test('a large trie that was replaced is given back though its thread allocates nothing', async (t) => {
  // Looking whether it is still there would keep it there.
  const { promise, resolve } = Promise.withResolvers<string>();
  const registry = new FinalizationRegistry<string>(resolve);
  const running = setInterval(() => undefined, 100);
  (() => {
    const before = new SharedArrayBuffer(2 ** 21);
    registry.register(before, 'collected');
    trieReplaced(before, new SharedArrayBuffer(8), 1);
  })();
  t.equal(await promise, 'collected');
  clearInterval(running);
});
