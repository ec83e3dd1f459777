import t from 'tap';
import { heirsOf } from '../../src/alerts/heirs.ts';

t.test('a receiver that keeps its name keeps what waits for it, wherever it moves', async (t) => {
  t.same(
    [...heirsOf(['a', 'b', 'c'], ['c', 'a', 'b'])],
    [
      ['a', 'a'],
      ['b', 'b'],
      ['c', 'c'],
    ],
  );
});

t.test('one that is gone is inherited by what stands in its place, else by the only new one', async (t) => {
  t.same(
    [...heirsOf(['a', 'b'], ['a2', 'b'])],
    [
      ['b', 'b'],
      ['a', 'a2'],
    ],
  );
  t.same(
    [...heirsOf(['a', 'b'], ['b', 'a2'])],
    [
      ['b', 'b'],
      ['a', 'a2'],
    ],
  );
  t.same(
    [...heirsOf(['a', 'b'], ['a2', 'b2'])],
    [
      ['a', 'a2'],
      ['b', 'b2'],
    ],
  );
});

t.test('one that is removed has no heir', async (t) => {
  t.same([...heirsOf(['a', 'b'], ['b'])], [['b', 'b']]);
  t.same([...heirsOf(['a', 'b'], ['b', 'c', 'd'])], [['b', 'b']]);
  t.same([...heirsOf(['a'], [])], []);
});

t.test('what is numbered anew because another came to its host, or left it, is who it was', async (t) => {
  const said = (before: readonly string[], now: readonly string[]) =>
    Object.fromEntries(heirsOf(before, now));
  t.same(said(['chat', 'a'], ['a', 'a 2']), { chat: 'a', a: 'a 2' }, 'the first one lost its name');
  t.same(said(['a', 'a 2'], ['chat', 'a']), { a: 'chat', 'a 2': 'a' }, 'and got one');
  t.same(said(['soc', 'soc 2'], ['soc 2', 'soc']), { soc: 'soc', 'soc 2': 'soc 2' }, 'names that stay');
  t.same(said(['a', 'a 2', 'b'], ['a', 'b']), { a: 'a', b: 'b' }, 'one that is removed has no heir');
});
