// When a thread that answers gives way to others, by scripted clocks.
import t from 'tap';
import { JUDGED_MS, THICK_PER_MS, Way } from '../../../src/listen/batch/way.ts';

function counted(): { way: Way; given: () => number } {
  let times = 0;
  const way = new Way(() => {
    times += 1;
  });
  return { way, given: () => times };
}

/** Batches of so many queries, a millisecond apart; the time after the last. */
function run(way: Way, batches: number, received: number, fromMs: number, owes = false): number {
  for (let i = 0; i < batches; i += 1) way.give(received, fromMs + i, owes);
  return fromMs + batches;
}

t.test('it gives way after each batch once queries come thick, and not before', async (t) => {
  const { way, given } = counted();

  const thickMs = run(way, JUDGED_MS, THICK_PER_MS, 1000);
  t.equal(given(), 0, 'nothing is known yet');

  run(way, 20, THICK_PER_MS, thickMs);
  t.equal(given(), 20);
});

t.test('a little less than thick is never given way for, however it is spread over batches', async (t) => {
  for (const [received, stepMs] of [
    [1, 1],
    [THICK_PER_MS - 1, 1],
    [8 * THICK_PER_MS, 9],
    [64, 7],
  ] as const) {
    const { way, given } = counted();
    for (let i = 0; i < 200; i += 1) way.give(received, i * stepMs, false);
    t.equal(given(), 0, `${received} each ${stepMs} ms`);
  }
});

t.test('a rush that is over counts for nothing', async (t) => {
  const { way, given } = counted();
  const overMs = run(way, 3 * JUDGED_MS, 64, 0);
  const before = given();
  t.ok(before > 0);

  way.give(1, overMs + 1000, false);
  way.give(1, overMs + 2000, false);

  t.equal(given(), before);
});

t.test('many at once after a silence are not a rush yet', async (t) => {
  const { way, given } = counted();
  way.give(64, 0, false);
  way.give(64, 1000, false);
  way.give(64, 1001, false);

  t.equal(given(), 0);
});

t.test('nobody goes before what has still to be sent, and it counts all the same', async (t) => {
  const { way, given } = counted();

  const nowMs = run(way, 4 * JUDGED_MS, 64, 0, true);
  t.equal(given(), 0);

  way.give(64, nowMs, false);
  t.equal(given(), 1);
});
