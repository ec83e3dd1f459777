// What sendmmsg may answer, scripted: the native call is the one thing that is not real here.
import t from 'tap';
import { FULL_MS_MAX, Outbox } from '../../../src/listen/batch/outbox.ts';
import { Counters } from '../../../src/listen/counters.ts';
import type { Datagrams } from '../../../src/native/datagrams.ts';
import type { Libc } from '../../../src/native/libc.ts';
import { ERRNO } from '../../../src/native/numbers.ts';

/**
 * Each step: how many headers the kernel takes, or a negative errno. After the last step it takes all.
 * @param each datagrams a header has, until they are split
 */
function scripted(
  steps: number[],
  each = 1,
): { outbox: Outbox; libc: Libc; calls: [number, number][]; taken: number[] } {
  const calls: [number, number][] = [];
  const taken: number[] = [];
  let errno = 0;
  let planned: number[][] = [];
  const datagrams = {
    plan(first: number, end: number): number {
      planned = [];
      for (let at = first; at < end; at += each)
        planned.push(Array.from({ length: Math.min(each, end - at) }, (_, i) => at + i));
      return planned.length;
    },
    messagesIn: (first: number, end: number): number => planned.slice(first, end).flat().length,
    splitPlan(first: number, end: number): number {
      if (planned[first]?.length === 1) return end;
      planned.splice(first, end - first, ...planned.slice(first, end).flatMap((one) => one.map((i) => [i])));
      return planned.length;
    },
    sendPlanned(_libc: Libc, _fd: number, first: number, end: number): number {
      calls.push([first, end]);
      const step = steps.shift() ?? end - first;
      errno = -step;
      if (step > 0) taken.push(...planned.slice(first, first + step).flat());
      return step < 0 ? -1 : step;
    },
  };
  const libc = { errno: () => errno };
  return {
    outbox: new Outbox(datagrams as unknown as Datagrams),
    libc: libc as unknown as Libc,
    calls,
    taken,
  };
}

const upTo = (end: number): number[] => Array.from({ length: end }, (_, i) => i);

t.test('what the kernel took in part is sent on from there', async (t) => {
  const { outbox, libc, calls } = scripted([3, 1]);
  const counters = new Counters();
  outbox.end = 10;

  t.equal(outbox.flush(libc, 0, 0, counters), true);

  t.same(calls, [
    [0, 10],
    [3, 10],
    [4, 10],
  ]);
  t.equal(counters.replies, 10);
  t.same([outbox.waiting, outbox.end], [0, 0]);
});

for (const [name, errno] of Object.entries({
  EAGAIN: ERRNO.again,
  ENOBUFS: ERRNO.nobufs,
  ENOMEM: ERRNO.nomem,
})) {
  t.test(`${name} keeps the rest for a later flush, none of it twice`, async (t) => {
    const { outbox, libc, calls } = scripted([4, -errno]);
    const counters = new Counters();
    outbox.end = 10;

    t.equal(outbox.flush(libc, 0, 0, counters), false);
    t.same([outbox.waiting, outbox.end], [6, 10]);
    t.equal(outbox.flush(libc, 0, 5, counters), true);

    t.same(calls.at(-1), [4, 10]);
    t.same([counters.replies, counters.sendFailures], [10, 0]);
  });
}

t.test('a kernel that stays full costs the replies, counted, and no more than a bounded wait', async (t) => {
  const { outbox, libc } = scripted([2, ...Array(5).fill(-ERRNO.again)]);
  const counters = new Counters();
  outbox.end = 10;

  t.equal(outbox.flush(libc, 0, 1_000, counters), false);
  t.equal(outbox.flush(libc, 0, 1_000 + FULL_MS_MAX, counters), false);
  t.equal(outbox.flush(libc, 0, 1_001 + FULL_MS_MAX, counters), true);

  t.same([counters.replies, counters.sendFailures], [2, 8]);
});

t.test('a reply that can never be sent is skipped and counted, the others go', async (t) => {
  const EPERM = 1;
  const { outbox, libc } = scripted([3, -EPERM, 2, -EPERM]);
  const counters = new Counters();
  outbox.end = 10;

  t.equal(outbox.flush(libc, 0, 0, counters), true);

  t.same([counters.replies, counters.sendFailures], [8, 2]);
});

t.test('what was added while the kernel was full goes after what waited', async (t) => {
  const { outbox, libc, taken } = scripted([1, -ERRNO.again], 2);
  const counters = new Counters();
  outbox.end = 5;

  t.equal(outbox.flush(libc, 0, 0, counters), false);
  outbox.end = 8;
  t.equal(outbox.waiting, 6);
  t.equal(outbox.flush(libc, 0, 1, counters), true);

  t.same(taken, upTo(8));
  t.same([counters.replies, counters.sendFailures, outbox.end], [8, 0, 0]);
});

t.test('segments that an interface refuses go one by one, none of them twice', async (t) => {
  const { outbox, libc, taken } = scripted([1, -ERRNO.io], 3);
  const counters = new Counters();
  outbox.end = 8;

  t.equal(outbox.flush(libc, 0, 0, counters), true);

  t.same(taken, upTo(8));
  t.same([counters.replies, counters.sendFailures], [8, 0]);
});

t.test('one of several that can never be sent costs no other', async (t) => {
  const EPERM = 1;
  const { outbox, libc, taken } = scripted([-EPERM, 1, -EPERM], 4);
  const counters = new Counters();
  outbox.end = 4;

  t.equal(outbox.flush(libc, 0, 0, counters), true);

  t.same(taken, [0, 2, 3]);
  t.same([counters.replies, counters.sendFailures], [3, 1]);
});
