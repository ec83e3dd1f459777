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
