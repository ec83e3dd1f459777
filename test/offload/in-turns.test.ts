// Long work gives its thread away between two of its parts.
import t from 'tap';
import { mapInTurns } from '../../src/offload/in-turns.ts';

/** Longer than one part may hold a thread. */
function hold(): void {
  const untilMs = performance.now() + 6;
  while (performance.now() < untilMs);
}

t.test('others have their turn in the midst of it, and nothing is left out or changes places', async (t) => {
  const order: string[] = [];
  setImmediate(() => order.push('other'));
  const made = await mapInTurns(['a', 'b', 'c'], (one) => {
    hold();
    order.push(one);
    return one.toUpperCase();
  });
  t.same(made, ['A', 'B', 'C']);
  t.same(order, ['a', 'other', 'b', 'c']);
  t.same(await mapInTurns([], String), []);
});

t.test('what fails rejects', async (t) => {
  await t.rejects(
    mapInTurns([1], () => {
      throw new Error('no');
    }),
    { message: 'no' },
  );
});
