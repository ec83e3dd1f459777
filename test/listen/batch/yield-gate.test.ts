// When a thread that answers yields the CPU to others, by scripted clocks.
import t from 'tap';
import { HIGH_PER_MS, JUDGED_MS, YieldGate } from '../../../src/listen/batch/yield-gate.ts';

function counted(): { gate: YieldGate; yields: () => number } {
  let times = 0;
  const gate = new YieldGate(() => {
    times += 1;
  });
  return { gate, yields: () => times };
}

/** Batches of so many queries, a millisecond apart; the time after the last. */
function run(gate: YieldGate, batches: number, received: number, fromMs: number, owes = false): number {
  for (let i = 0; i < batches; i += 1) gate.afterBatch(received, fromMs + i, owes);
  return fromMs + batches;
}

t.test('it yields after each batch once the rate is high, and not before', async (t) => {
  const { gate, yields } = counted();

  const highMs = run(gate, JUDGED_MS, HIGH_PER_MS, 1000);
  t.equal(yields(), 0, 'nothing is known yet');

  run(gate, 20, HIGH_PER_MS, highMs);
  t.equal(yields(), 20);
});

t.test(
  'it never yields at a rate a little below that, however queries are spread over batches',
  async (t) => {
    for (const [received, stepMs] of [
      [1, 1],
      [HIGH_PER_MS - 1, 1],
      [8 * HIGH_PER_MS, 9],
      [64, 7],
    ] as const) {
      const { gate, yields } = counted();
      for (let i = 0; i < 200; i += 1) gate.afterBatch(received, i * stepMs, false);
      t.equal(yields(), 0, `${received} each ${stepMs} ms`);
    }
  },
);

t.test('a rush that is over counts for nothing', async (t) => {
  const { gate, yields } = counted();
  const overMs = run(gate, 3 * JUDGED_MS, 64, 0);
  const before = yields();
  t.ok(before > 0);

  gate.afterBatch(1, overMs + 1000, false);
  gate.afterBatch(1, overMs + 2000, false);

  t.equal(yields(), before);
});

t.test('many at once after a silence are not a rush yet', async (t) => {
  const { gate, yields } = counted();
  gate.afterBatch(64, 0, false);
  gate.afterBatch(64, 1000, false);
  gate.afterBatch(64, 1001, false);

  t.equal(yields(), 0);
});

t.test('it does not yield while replies are still to be sent, but counts their queries', async (t) => {
  const { gate, yields } = counted();

  const nowMs = run(gate, 4 * JUDGED_MS, 64, 0, true);
  t.equal(yields(), 0);

  gate.afterBatch(64, nowMs, false);
  t.equal(yields(), 1);
});
