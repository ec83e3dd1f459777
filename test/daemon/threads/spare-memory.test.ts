// When memory that is free goes back: while there is work, when it is over, and once more later.
import { mock } from 'node:test';
import t from 'tap';
import { garbageOfAnswers, workWatch } from '../../../src/daemon/threads/spare-memory.ts';

t.test('arenas are trimmed while there is work, and all goes back once when it is over', async (t) => {
  const done: string[] = [];
  let cpuMs = 3000;
  const look = workWatch({
    cpuMs: () => cpuMs,
    atWork: () => void done.push('work'),
    atRest: () => void done.push('rest'),
    later: () => void done.push('later'),
  });
  const after = (ms: number): string[] => {
    cpuMs += ms;
    look();
    return done.splice(0);
  };
  t.same([0, 20, 0].map(after), [[], [], []], 'an idle daemon is left alone');
  t.same([0, 0, 0, 0, 0, 0].map(after), [[], [], [], [], ['later'], []], 'but for what V8 does of itself');
  t.same([4000, 900].map(after), [['work'], ['work']]);
  t.same([30, 0, 10, 0, 0].map(after), [[], [], [], ['rest'], []]);
  t.same(
    [300, 0, 0, 0, 300, 0].map(after),
    [['work'], [], [], [], ['work'], []],
    'work that comes and goes is not over',
  );
  t.same([0, 0, 0, 0].map(after), [[], [], ['rest'], []]);
  t.same(Array.from({ length: 20 }, () => 0).flatMap(after), ['later']);
});

t.test('what answers were made of is looked at once, when nobody has asked for three seconds', async (t) => {
  mock.timers.enable({ apis: ['setTimeout'] });
  t.teardown(() => mock.timers.reset());
  let ticks = 0;
  const begins = garbageOfAnswers({
    tick: () => {
      ticks += 1;
    },
  });
  const after = (ms: number): number => {
    mock.timers.tick(ms);
    return ticks;
  };
  t.same(
    Array.from({ length: 10 }, () => {
      begins()();
      return after(2000);
    }),
    Array.from({ length: 10 }, () => 0),
    'not while somebody asks',
  );
  t.same([after(999), after(1), after(60_000)], [0, 1, 1]);
  const long = begins();
  begins()();
  t.equal(after(60_000), 1, 'nor while an answer is being made');
  long();
  t.same([after(2999), after(1)], [1, 2]);
});
