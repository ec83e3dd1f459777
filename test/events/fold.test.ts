// The fold beside a Map: whatever is added, in whatever order time passes, no count is lost and none is invented.
import fc from 'fast-check';
import t from 'tap';
import { Fold } from '../../src/events/fold.ts';
import { getNumber, getU32, putNumber, putU32, RECORD } from '../../src/events/record.ts';

function recordOf(identity: number, count: number, timeMs: number): Uint8Array {
  const record = new Uint8Array(RECORD.identity + 1 + (identity % 3));
  record.fill(identity, RECORD.identity);
  putU32(record, RECORD.count, count);
  putNumber(record, RECORD.time, timeMs);
  return record;
}

t.test('a fold emits for each identity exactly the counts that were added', async () => {
  const step = fc.record({
    identity: fc.integer({ min: 0, max: 12 }),
    count: fc.integer({ min: 1, max: 1000 }),
    elapsed: fc.integer({ min: -500, max: 700 }),
    flush: fc.boolean(),
    refuse: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), fc.integer({ min: 1, max: 8 }), (steps, capacity) => {
      const fold = new Fold(capacity, 32);
      const added = new Map<number, number>();
      const out = new Map<number, number>();
      let now = 1_700_000_000_000;
      let refuse = false;
      const emit = (bytes: Uint8Array, offset: number) => {
        if (refuse) return false;
        const identity = bytes[offset + RECORD.identity]!;
        out.set(identity, (out.get(identity) ?? 0) + getU32(bytes, offset));
        return true;
      };
      for (const step of steps) {
        now += step.elapsed;
        refuse = step.refuse;
        const record = recordOf(step.identity, step.count, now);
        if (fold.add(record, record.length, emit))
          added.set(step.identity, (added.get(step.identity) ?? 0) + step.count);
        else if (!refuse) throw new Error('refused though the oldest could leave');
        if (step.flush) fold.flush(now, 1000, emit);
        if (fold.size > capacity) throw new Error('more than its capacity');
      }
      refuse = false;
      fold.flush(0, 0, emit);
      const text = (map: Map<number, number>) => JSON.stringify([...map].sort((a, b) => a[0] - b[0]));
      return fold.size === 0 && text(added) === text(out);
    }),
    { numRuns: 500 },
  );
});

t.test('equal records inside the window share one, with the first one’s time', async (t) => {
  const fold = new Fold(8, 32);
  const emitted: [number, number][] = [];
  const emit = (bytes: Uint8Array, offset: number) => {
    emitted.push([getU32(bytes, offset), getNumber(bytes, offset + RECORD.time)]);
    return true;
  };
  for (let i = 0; i < 5; i += 1) {
    const record = recordOf(1, 1, 5000 + i * 100);
    fold.add(record, record.length, emit);
  }
  t.equal(fold.flush(5999, 1000, emit), 0);
  t.equal(fold.flush(6000, 1000, emit), 1);
  t.same(emitted, [[5, 5000]]);
});

t.test('a count that would pass 32 bits begins a new record', async (t) => {
  const fold = new Fold(4, 32);
  const counts: number[] = [];
  const emit = (bytes: Uint8Array, offset: number) => counts.push(getU32(bytes, offset)) > 0;
  for (const count of [0xfffffff0, 0x20]) {
    const record = recordOf(2, count, 1);
    fold.add(record, record.length, emit);
  }
  fold.flush(0, 0, emit);
  t.same(counts, [0xfffffff0, 0x20]);
});
