// Work that is done again and again: what is wanted while it is at work is not lost.
import { setTimeout as pause } from 'node:timers/promises';
import t from 'tap';
import { Beat } from '../../src/fleet/beat.ts';
import { until } from '../support/tool.ts';

const NEVER_MS = 3_600_000;

t.test(
  'what is wanted while it is at work has it done once more, and not only at the next beat',
  async (t) => {
    let done = 0;
    const ends: (() => void)[] = [];
    const beat = new Beat(async () => {
      await new Promise<void>((resolve) => ends.push(resolve));
      done += 1;
      return NEVER_MS;
    });
    t.teardown(() => beat.stop());
    beat.in(0);
    await until('it to be at work', () => beat.isAtWork);
    beat.in(NEVER_MS);
    beat.in(0);
    ends[0]?.();
    await until('it to be at work again', () => ends.length === 2);
    t.equal(done, 1, 'one at a time');
    ends[1]?.();
    await until('the second', () => done === 2);
    await pause(20);
    t.equal(ends.length, 2, 'once more, and no oftener');
  },
);

t.test('it is done when it says so, sooner where somebody wants it, and not after its end', async (t) => {
  let done = 0;
  const beat = new Beat(async () => {
    done += 1;
    return done < 3 ? 1 : NEVER_MS;
  });
  beat.in(NEVER_MS);
  beat.in(1);
  await until('three', () => done === 3);
  await beat.stop();
  beat.in(0);
  await pause(20);
  t.equal(done, 3);
});
