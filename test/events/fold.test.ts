// The fold beside a Map: whatever is added, in whatever order time passes, no count is lost and none is invented.
import fc from 'fast-check';
import t from 'tap';
import { type Emit, Fold } from '../../src/events/fold.ts';
import { Draft, getNumber, getU32, putNumber, putU32, RECORD } from '../../src/events/record.ts';

const OCTETS = 64;

function recordOf(identity: number, count: number, timeMs: number): { draft: Draft; length: number } {
  const draft = new Draft(OCTETS);
  const length = RECORD.identity + 1 + ((identity * 7) % 40);
  draft.octets.fill(identity, RECORD.identity, length);
  putU32(draft.octets, RECORD.count, count);
  putNumber(draft.octets, RECORD.time, timeMs);
  return { draft, length };
}

/** As a recorder does; false when there is no room. */
function add(fold: Fold, { draft, length }: ReturnType<typeof recordOf>, emit: Emit): boolean {
  if (fold.again(draft, length) >= 0) return true;
  while (!fold.hasRoom(length)) if (!fold.emitOldest(emit)) return false;
  fold.hold(draft, length);
  return true;
}

t.test('a fold emits for each identity exactly the counts that were added, the oldest first', async () => {
  const step = fc.record({
    identity: fc.integer({ min: 1, max: 40 }),
    count: fc.integer({ min: 1, max: 1000 }),
    elapsed: fc.integer({ min: -500, max: 700 }),
    flush: fc.boolean(),
    refuse: fc.boolean(),
  });
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 200 }),
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 2 * OCTETS + 8, max: 600 }),
      (steps, capacity, octets) => {
        const fold = new Fold(capacity, octets, 7);
        const added = new Map<number, number>();
        const out = new Map<number, number>();
        const held: number[] = [];
        let now = 1_700_000_000_000;
        let refuse = false;
        const emit: Emit = (_place, word, length) => {
          const [{ bytes }, offset] = [fold, word << 2];
          if (refuse) return false;
          const identity = bytes[offset + RECORD.identity]!;
          if (bytes[offset + length - 1] !== identity) throw new Error('records run into each other');
          if (held.shift() !== identity) throw new Error('not the oldest');
          out.set(identity, (out.get(identity) ?? 0) + getU32(bytes, offset));
          return true;
        };
        for (const step of steps) {
          now += step.elapsed;
          refuse = step.refuse;
          const before = fold.size;
          if (add(fold, recordOf(step.identity, step.count, now), emit)) {
            added.set(step.identity, (added.get(step.identity) ?? 0) + step.count);
            if (fold.size !== before || !held.includes(step.identity)) held.push(step.identity);
          } else if (!refuse) throw new Error('refused though the oldest could leave');
          if (step.flush) fold.flush(now, 1000, emit);
          if (fold.size > capacity) throw new Error('more than its capacity');
        }
        refuse = false;
        fold.flush(0, 0, emit);
        const text = (map: Map<number, number>) => JSON.stringify([...map].sort((a, b) => a[0] - b[0]));
        return fold.size === 0 && text(added) === text(out);
      },
    ),
    { numRuns: 500 },
  );
});

t.test('equal records inside the window share one, with the first one’s time', async (t) => {
  const fold = new Fold(8, 1024, 1);
  const emitted: [number, number][] = [];
  const emit: Emit = (_place, word) => {
    emitted.push([getU32(fold.bytes, word << 2), getNumber(fold.bytes, (word << 2) + RECORD.time)]);
    return true;
  };
  for (let i = 0; i < 5; i += 1) add(fold, recordOf(1, 1, 5000 + i * 100), emit);
  t.equal(fold.flush(5999, 1000, emit), 0);
  t.equal(fold.flush(6000, 1000, emit), 1);
  t.same(emitted, [[5, 5000]]);
});

t.test('a count that would pass 32 bits begins a new record', async (t) => {
  const fold = new Fold(4, 1024, 1);
  const counts: number[] = [];
  const emit: Emit = (_place, word) => counts.push(getU32(fold.bytes, word << 2)) > 0;
  for (const count of [0xfffffff0, 0x20]) add(fold, recordOf(2, count, 1), emit);
  fold.flush(0, 0, emit);
  t.same(counts, [0xfffffff0, 0x20]);
});
