// Pauses end by themselves, are put into force, and do not outlast what a timer can hold.
import t from 'tap';
import { SteadyClock } from '../../../src/config/steady-clock.ts';
import { Pauses } from '../../../src/daemon/by-hand/pauses.ts';

const pausesOf = (changed: () => Promise<unknown>): Pauses => new Pauses(changed, new SteadyClock());

t.test('a paused group is paused until it is resumed, and every change is put into force', async (t) => {
  let changes = 0;
  const pauses = pausesOf(async () => {
    changes += 1;
  });
  await pauses.pause(['a', 'b'], null);
  t.same(pauses.paused, ['a', 'b']);
  t.same(pauses.all(), [
    { group: 'a', untilMs: null },
    { group: 'b', untilMs: null },
  ]);
  await pauses.resume(['a']);
  t.same(pauses.paused, ['b']);
  t.equal(changes, 2);
});

t.test('a pause with an end has one', async (t) => {
  const resumed = new Promise<void>((resolve) => {
    let changes = 0;
    const pauses: Pauses = pausesOf(async () => {
      changes += 1;
      if (changes === 2) resolve();
    });
    t.teardown(() => pauses.stop());
    void pauses.pause(['a'], 5);
    t.same(pauses.paused, ['a']);
  });
  const keepAlive = setTimeout(() => undefined, 5_000);
  await resumed;
  clearTimeout(keepAlive);
  t.pass('resumed by itself');
});

t.test('what was paused together ends together, without whom somebody resumed', async (t) => {
  const clock = new SteadyClock(
    () => 5000,
    // Some milliseconds later at each look.
    (() => {
      let ms = 0;
      return () => {
        ms += 3;
        return ms;
      };
    })(),
  );
  let changes = 0;
  const ended = Promise.withResolvers<void>();
  const pauses: Pauses = new Pauses(async () => {
    changes += 1;
    if (pauses.paused.length === 0) ended.resolve();
  }, clock);
  t.teardown(() => pauses.stop());
  await pauses.pause(['a', 'b', 'c'], 200);
  t.equal(new Set(pauses.all().map(({ untilMs }) => untilMs)).size, 1, 'at one moment');
  await pauses.resume(['b']);
  t.same(pauses.paused, ['a', 'c']);
  const keepAlive = setTimeout(() => undefined, 5_000);
  await ended.promise;
  clearTimeout(keepAlive);
  t.equal(changes, 3, 'in one change');
});

t.test('its end is told by the clock as it is set now', async (t) => {
  let aheadMs = 0;
  const clock = new SteadyClock(
    () => 1000 + aheadMs,
    () => 1000,
  );
  const pauses = new Pauses(async () => undefined, clock);
  t.teardown(() => pauses.stop());
  await pauses.pause(['a'], 60_000);
  t.same(pauses.all(), [{ group: 'a', untilMs: 61_000 }]);
  aheadMs = 1_700_000_000_000;
  t.same(pauses.all(), [{ group: 'a', untilMs: 1_700_000_061_000 }]);
});

t.test('what no timer can hold is refused', async (t) => {
  const pauses = pausesOf(async () => undefined);
  await t.rejects(pauses.pause(['a'], 25 * 86_400_000), /24 days/);
  t.same(pauses.paused, []);
});

t.test('a pause or its end that is refused leaves what was in force', async (t) => {
  let isRefused = false;
  const pauses = pausesOf(async () => {
    if (isRefused) throw new Error('no');
  });
  await pauses.pause(['a'], null);
  isRefused = true;
  await t.rejects(pauses.pause(['b'], null), /no/);
  await t.rejects(pauses.resume(['a']), /no/);
  t.same(pauses.paused, ['a']);
});

t.test('a pause of a group that is no more is forgotten', async (t) => {
  const pauses = pausesOf(async () => undefined);
  await pauses.pause(['gone', 'stays'], 60_000);
  pauses.keepOnly(['stays', 'new']);
  t.same(pauses.paused, ['stays']);
  pauses.stop();
});
