// Deadlines of many items with one clock, compared with a list that is searched.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { WHEEL_SPAN_MS, WHEEL_STEP_MS, Wheel } from '../../src/upstream/wheel.ts';

t.test('an item falls due once, not before its time and soon after it', async (t) => {
  const steps = fc.array(
    fc.record({ item: fc.nat(15), delayMs: fc.nat(5000), disarm: fc.boolean(), passMs: fc.nat(900) }),
    { maxLength: 60 },
  );

  fc.assert(
    fc.property(steps, (plan) => {
      let nowMs = 123_456;
      const due = new Map<number, number>();
      const wheel = new Wheel(16, nowMs, (item, atMs) => {
        const wantedMs = due.get(item);
        assert(wantedMs !== undefined && wantedMs <= atMs, 'not before its time');
        due.delete(item);
      });
      for (const { item, delayMs, disarm, passMs } of plan) {
        if (disarm) {
          wheel.disarm(item);
          due.delete(item);
        } else {
          wheel.arm(item, nowMs, delayMs);
          due.set(item, nowMs + delayMs);
        }
        nowMs += passMs;
        wheel.advance(nowMs);
        for (const wantedMs of due.values()) assert(wantedMs > nowMs - 2 * WHEEL_STEP_MS, 'not late');
        assert.equal(wheel.armed, due.size);
      }
    }),
    { numRuns: 500 },
  );
  t.pass();
});

t.test('after a long sleep everything that is due falls due', async (t) => {
  const fired: number[] = [];
  const wheel = new Wheel(3, 0, (item) => fired.push(item));
  wheel.arm(0, 0, 100);
  wheel.arm(1, 0, WHEEL_SPAN_MS);

  wheel.advance(3_600_000);
  wheel.arm(2, 3_600_000, 50);
  wheel.advance(3_600_100);

  t.same(fired.sort(), [0, 1, 2]);
});

t.test('an item armed again while it is reported falls due again, not at once', async (t) => {
  const fired: number[] = [];
  const wheel = new Wheel(1, 0, (item, nowMs) => {
    fired.push(nowMs);
    if (fired.length < 3) wheel.arm(item, nowMs, 0);
  });
  wheel.arm(0, 0, 0);

  for (let nowMs = 16; nowMs <= 96; nowMs += 16) wheel.advance(nowMs);

  t.equal(fired.length, 3);
  t.equal(new Set(fired).size, 3);
});
