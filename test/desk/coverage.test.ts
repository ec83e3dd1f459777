// What is known is known of a time: from when to when was watched, where nobody did, what found no room.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import t from 'tap';
import { coverageLines } from '../../src/cli/lines/coverage-lines.ts';
import { answerQuestion } from '../../src/desk/answers.ts';
import { type Coverage, coverageOf, gapText } from '../../src/hits/coverage.ts';
import { fakeClock } from '../support/clock.ts';
import { type House, house, settingsOf } from '../support/hits-desk.ts';
import { START_MS } from '../support/hits-records.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const of = ({ desk }: House, what: 'history' | 'hits', sinceMs: number) =>
  answerQuestion(desk, { what: 'coverage', of: what, sinceMs }) as Promise<Coverage>;
const iso = (timeMs: number): string => new Date(timeMs).toISOString();

/** A wall clock that can be set, and one that cannot. */
function clocks() {
  const [wall, monotonic] = [fakeClock(START_MS), fakeClock(0)];
  const advance = (ms: number): void => {
    wall.advance(ms);
    monotonic.advance(ms);
  };
  return { wall, monotonic, advance };
}

/** Runs for so long, with the ticks of a desk. */
function run(own: House, ms: number): void {
  for (let passed = 0; passed < ms; passed += 60_000) {
    own.clock.advance(60_000);
    own.settle();
  }
}

t.test('one who was installed a moment ago knows nothing of before', async (t) => {
  const own = house({ dir: t.testdir() });
  run(own, HOUR_MS);
  t.match(await of(own, 'history', START_MS - 90 * DAY_MS), {
    from: iso(START_MS),
    gaps: [],
    isWhole: false,
  });
  t.match(await of(own, 'history', START_MS), { from: iso(START_MS), isWhole: true });
});

t.test('what was asked while the hits thread was still starting is watched, and no gap', async (t) => {
  const dir = t.testdir();
  const first = house({ dir });
  run(first, HOUR_MS);
  await first.desk.stop();
  const stopped = first.clock.now();
  first.clock.advance(DAY_MS);
  const answering = first.clock.now();
  first.clock.advance(1700);
  const own = house({ dir, clock: first.clock, watchedSinceMs: answering });
  run(own, 60_000);
  const gap = { from: iso(stopped), to: iso(answering), reason: 'not running' };
  t.match(await of(own, 'hits', START_MS), { gaps: [gap] });
  t.match(await of(own, 'hits', answering), { from: iso(answering), isWhole: true });
});

t.test('what was known goes with a store that is removed, and the next one does not claim it', async (t) => {
  const dir = t.testdir();
  const own = house({ dir });
  run(own, HOUR_MS);
  t.match(await of(own, 'hits', START_MS), { from: iso(START_MS) });
  for (const ending of ['', '-wal', '-shm']) rmSync(join(dir, `cenote.db${ending}`));
  own.clock.advance(1000);
  const began = own.clock.now();
  t.match(await of(own, 'hits', START_MS), { from: iso(began), isWhole: false });
  await own.desk.stop();
  const next = house({ dir, clock: own.clock });
  run(next, 60_000);
  t.match(await of(next, 'hits', START_MS), { from: iso(began), isWhole: false });
});

t.test('a store that is begun anew has one span, though nothing but the history is written', async (t) => {
  const dir = t.testdir();
  const own = house({ dir });
  run(own, HOUR_MS);
  for (const ending of ['', '-wal', '-shm']) rmSync(join(dir, `cenote.db${ending}`));
  for (let i = 0; i < 9; i += 1) {
    own.query({ name: `n${i}.example` });
    own.clock.advance(6000);
    own.settle();
  }
  t.equal(
    own.desk.store.read(({ watched }) => watched.since(0).length, 0),
    1,
  );
});

t.test('a day down, and a history that was off, are gaps; hits are kept all the same', async (t) => {
  const dir = t.testdir();
  const first = house({ dir });
  run(first, HOUR_MS);
  await first.desk.stop();
  const stopped = first.clock.now();
  first.clock.advance(DAY_MS);
  const own = house({ dir, clock: first.clock });
  const begun = own.clock.now();
  run(own, HOUR_MS);
  own.desk.useSettings(settingsOf({ privacy: 'off' }));
  const off = own.clock.now();
  run(own, HOUR_MS);
  own.desk.useSettings(settingsOf({ privacy: 'none' }));
  const on = own.clock.now();
  run(own, HOUR_MS);
  const down = { from: iso(stopped), to: iso(begun), reason: 'not running' };
  const history = await of(own, 'history', START_MS);
  t.match(history.gaps[1], down);
  t.match(history.gaps[0], { reason: 'history off' });
  t.ok(Math.abs(Date.parse(history.gaps[0]?.from ?? '') - off) < 5);
  t.ok(Math.abs(Date.parse(history.gaps[0]?.to ?? '') - on) < 5);
  t.match(await of(own, 'hits', START_MS), { from: iso(START_MS), gaps: [down], isWhole: false });
  t.equal((await of(own, 'hits', START_MS)).gaps.length, 1);
});

t.test('of a quiet network all is known but what resolver threads may hold', async (t) => {
  const own = house({ dir: t.testdir() });
  run(own, HOUR_MS);
  for (const what of ['history', 'hits'] as const)
    t.equal((await of(own, what, START_MS)).to, iso(own.clock.now() - 7000), what);
});

t.test('a moment after a restart what is known ends with the gap before it', async (t) => {
  const dir = t.testdir();
  const first = house({ dir });
  run(first, HOUR_MS);
  await first.desk.stop();
  first.clock.advance(60_000);
  const own = house({ dir, clock: first.clock });
  const begun = iso(own.clock.now());
  own.clock.advance(2000);
  t.match(await of(own, 'history', START_MS), { to: begun, gaps: [{ to: begun }] });
});

t.test('a kill costs the seconds since it was noted last, and that is said', async (t) => {
  const dir = t.testdir();
  const first = house({ dir });
  run(first, HOUR_MS);
  first.clock.advance(30_000);
  const killed = first.clock.now();
  const own = house({ dir, clock: first.clock });
  run(own, HOUR_MS);
  const { gaps } = await of(own, 'history', START_MS);
  t.match(gaps, [
    {
      to: iso(killed),
      reason: 'killed',
      text: /^From .* nothing is stored, and what was asked may be missing: cenote was killed in that time, the power failed, or the data was put back to an earlier state\.$/,
    },
  ]);
  t.ok(killed - Date.parse(gaps[0]?.from ?? '') <= 60_000);
});

t.test(
  'a thread that ended while the daemon went on is no kill; one that was closed in order is no gap',
  async (t) => {
    const dir = t.testdir();
    const first = house({ dir });
    run(first, HOUR_MS);
    first.clock.advance(30_000);
    const ended = first.clock.now();
    const next = house({ dir, clock: first.clock, isReplacement: true });
    run(next, HOUR_MS);
    const gap = {
      to: iso(ended),
      reason: 'thread ended',
      text: /the thread that stores it ended by an error/,
    };
    t.match((await of(next, 'history', START_MS)).gaps, [gap]);
    next.clock.advance(30_000);
    const last = house({ dir, clock: next.clock });
    run(last, HOUR_MS);
    t.match(
      (await of(last, 'history', START_MS)).gaps,
      [{ reason: 'killed' }, gap],
      'each is told as it was',
    );
  },
);

t.test(
  'after a kill nothing is said to be unknown from before the newest record that is stored',
  async (t) => {
    for (const [how, keep] of [
      ['a hit was stored', (own: House) => own.settle()],
      ['a hit is in the journal', () => {}],
      [
        'a query is in the history',
        (own: House) => {
          own.query({ name: 'a.example' });
          own.settle();
          own.desk.writeHistory();
        },
      ],
    ] as const) {
      const dir = t.testdir();
      const first = house({ dir });
      run(first, HOUR_MS);
      first.clock.advance(20_000);
      const asked = first.clock.now();
      if (!how.includes('query')) first.hit({ name: 'www.akamaicontainer.com' });
      keep(first);
      first.desk.store.close();
      first.clock.advance(40_000);
      const began = first.clock.now();
      const own = house({ dir, clock: first.clock });
      own.settle();
      const all = await of(own, 'history', START_MS);
      // Its last seconds are told as what they are: some of it is there.
      t.match(
        all.gaps,
        [
          { from: iso(asked), to: iso(began), reason: 'killed' },
          { to: iso(asked), reason: 'partly kept' },
        ],
        how,
      );
      t.equal(all.gaps.length, 2, how);
      t.ok(asked - Date.parse(all.gaps[1]?.from ?? '') <= 60_000, how);
      if (!how.includes('query'))
        t.match((await of(own, 'hits', START_MS)).gaps[0], { from: iso(asked) }, how);
      await own.desk.stop();
    }
  },
);

t.test('a time that the clock jumped over is no time in which cenote did not run', async (t) => {
  const { wall, monotonic, advance } = clocks();
  const own = house({ dir: t.testdir(), clock: { now: wall.now, advance }, monotonic });
  run(own, HOUR_MS);
  own.clock.advance(30_000);
  const before = own.clock.now();
  wall.advance(2 * HOUR_MS);
  const after = own.clock.now();
  own.settle();
  run(own, HOUR_MS);
  const jump = { from: iso(before), to: iso(after), reason: 'clock set on', text: /^The clock jumped from/ };
  for (const what of ['history', 'hits'] as const) {
    for (const since of [START_MS, before + 60_000]) {
      const told = await of(own, what, since);
      t.match(told.gaps, [jump], what);
      t.match([told.gaps.length, told.isWhole], [1, false], what);
    }
    t.match(await of(own, what, after), { gaps: [], isWhole: true }, `${what} since the jump`);
  }
});

t.test('of a clock that was set back what is still to come is not said to be watched', async (t) => {
  const { wall, monotonic, advance } = clocks();
  const dir = t.testdir();
  const own = house({ dir, clock: { now: wall.now, advance }, monotonic });
  run(own, 3 * HOUR_MS);
  const ahead = wall.now();
  wall.advance(-2 * HOUR_MS);
  const behind = wall.now();
  own.settle();
  run(own, HOUR_MS);
  const back = { from: iso(behind), to: iso(ahead), reason: 'clock set back' };
  for (const since of [START_MS, behind + 60_000]) {
    const { gaps, isWhole } = await of(own, 'hits', since);
    t.match(gaps, [{ ...back, text: /^The clock was set back from .* may stand under a wrong time\.$/ }]);
    t.match([gaps.length, isWhole], [1, false]);
  }
  // A time down that begins in what was said twice is one all the same.
  await own.desk.stop();
  const stopped = wall.now();
  advance(4 * HOUR_MS);
  const again = wall.now();
  const next = house({ dir, clock: { now: wall.now, advance }, monotonic });
  run(next, HOUR_MS);
  const { gaps } = await of(next, 'hits', START_MS);
  t.match(gaps, [{ from: iso(stopped), to: iso(again), reason: 'not running' }, back]);
  t.equal(gaps.length, 2);
});

t.test('where the clock was wrong for some minutes nothing was down', async (t) => {
  const { wall, monotonic, advance } = clocks();
  // A monotonic clock counts fractions.
  monotonic.advance(0.375);
  const own = house({ dir: t.testdir(), clock: { now: wall.now, advance }, monotonic });
  run(own, HOUR_MS);
  const [wrongMs, byMs] = [wall.now(), -2 * HOUR_MS];
  wall.advance(byMs);
  monotonic.advance(0.25);
  own.settle();
  run(own, 600_000);
  const againMs = wall.now();
  wall.advance(-byMs);
  own.settle();
  run(own, HOUR_MS);
  const { gaps } = await of(own, 'hits', wrongMs + byMs - HOUR_MS);
  t.match(gaps, [
    { from: iso(againMs), to: iso(againMs - byMs), reason: 'clock set on' },
    { from: iso(wrongMs + byMs), to: iso(wrongMs), reason: 'clock set back' },
  ]);
  t.equal(gaps.length, 2);
});

t.test('what a thread, or the desk, held when it was killed is not said to have been watched', async (t) => {
  for (const isHeard of [false, true]) {
    const dir = t.testdir();
    const first = house({ dir });
    run(first, 120_000);
    // A minute's note has just been written; then something is asked for, and all is over.
    const askedMs = first.clock.now();
    first.query({ name: 'c2.example' });
    first.clock.advance(1500);
    if (isHeard) first.settle();
    await answerQuestion(first.desk, { what: 'coverage', of: 'hits', sinceMs: 0 });
    first.desk.store.close();
    first.clock.advance(60_000);
    const own = house({ dir, clock: first.clock });
    own.settle();
    for (const what of ['history', 'hits'] as const) {
      const [gap] = (await of(own, what, START_MS)).gaps;
      t.ok(Date.parse(gap?.from ?? '9999') <= askedMs, `${what}, ${isHeard}: the gap begins at ${gap?.from}`);
    }
    await own.desk.stop();
  }
});

t.test(
  'what waited for upstreams before a thread, or the desk, held it is not said to have been watched',
  async (t) => {
    // 3.5 s, then 2 s in a thread, and 5 s at the desk, each and a little.
    for (const [holders, heldMs] of [
      ['byThreads', 5900],
      ['byAll', 11_000],
    ] as const) {
      const dir = t.testdir();
      const first = house({ dir });
      run(first, 120_000);
      const askedMs = first.clock.now();
      first.clock.advance(heldMs);
      first.desk.watch.note(holders);
      first.desk.store.close();
      first.clock.advance(60_000);
      const own = house({ dir, clock: first.clock });
      const [gap] = (await of(own, 'history', START_MS)).gaps;
      t.ok(Date.parse(gap?.from ?? '9999') <= askedMs, `${holders}: the gap begins at ${gap?.from}`);
      await own.desk.stop();
    }
  },
);

t.test('what waits for a store that takes nothing is said to be missing', async (t) => {
  const dir = t.testdir();
  const own = house({ dir });
  run(own, 120_000);
  const other = new DatabaseSync(join(dir, 'cenote.db'));
  other.exec('BEGIN IMMEDIATE');
  own.hit({ name: 'www.akamaicontainer.com' });
  own.query({ name: 'a.example' });
  own.settle();
  t.match(await of(own, 'hits', START_MS), { waiting: 1, isWhole: false });
  t.match(await of(own, 'history', START_MS), { waiting: 3, isWhole: false });
  own.clock.advance(HOUR_MS);
  t.match((await of(own, 'hits', START_MS)).gaps, [{ reason: 'not stored' }], 'it runs all the while');
  other.exec('ROLLBACK');
  other.close();
});

t.test('a history that is turned off while the store takes nothing is not told as a kill', async (t) => {
  const dir = t.testdir();
  const own = house({ dir });
  run(own, HOUR_MS);
  const other = new DatabaseSync(join(dir, 'cenote.db'));
  other.exec('BEGIN IMMEDIATE');
  run(own, 60_000);
  own.desk.useSettings(settingsOf({ privacy: 'off' }));
  const off = own.clock.now();
  run(own, 60_000);
  other.exec('ROLLBACK');
  other.close();
  run(own, 10 * 60_000);
  t.match(await of(own, 'hits', START_MS), { gaps: [], isWhole: true });
  t.match(await of(own, 'history', START_MS), { gaps: [{ from: iso(off), reason: 'history off' }] });
  await own.desk.stop();
});

t.test('that names were not kept is said of the history, and of no hit', async (t) => {
  const span = { fromMs: 0, toMs: HOUR_MS, history: true, lost: 0, unnamed: 3 };
  const facts = {
    watched: [span, { ...span, fromMs: HOUR_MS, toMs: 2 * HOUR_MS }],
    keptSinceMs: 0,
    waiting: 0,
  };
  const times = { sinceMs: 0, untilMs: 2 * HOUR_MS, nowMs: 2 * HOUR_MS };
  const history = coverageOf({ ...facts, ...times, of: 'history' });
  t.match(history, { unnamed: 6, isWhole: false, gaps: [] });
  t.match(coverageLines(history, iso(0)), [/^Of 6 queries only a name above is kept \(`\*\.NAME`\)/]);
  t.match(coverageOf({ ...facts, ...times, of: 'hits' }), { unnamed: 0, isWhole: true });
});

t.test('what is older than is kept is not said to be known', async (t) => {
  const own = house({ dir: t.testdir(), settings: { historyMs: DAY_MS } });
  for (let i = 0; i < 4 * 24; i += 1) run(own, HOUR_MS);
  const { from } = await of(own, 'history', START_MS);
  t.ok(Date.parse(from ?? '') >= own.clock.now() - 2 * DAY_MS, from ?? '');
});

t.test('a gap within one second is said to be that', (t) => {
  const gap = {
    from: '2026-12-02T08:20:52.100Z',
    to: '2026-12-02T08:20:52.900Z',
    reason: 'partly kept' as const,
  };
  t.equal(
    gapText(gap),
    'For less than a second, at 2026-12-02 08:20:52 UTC, some of what was asked may be missing: the data was not closed in order.',
  );
  t.match(
    gapText({ ...gap, to: '2026-12-02T08:20:53.000Z' }),
    /^From 2026-12-02 08:20:52 to 2026-12-02 08:20:53 UTC/,
  );
  t.end();
});
