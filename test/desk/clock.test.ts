// The wall clock jumps by an hour and by a year, back and forward, in the middle of it all.
import t from 'tap';
import type { Notice } from '../../src/alerts/receiver.ts';
import { idOfAddress } from '../../src/clients/machine.ts';
import { DAY_MS } from '../../src/hits/store/schema.ts';
import { fakeClock } from '../support/clock.ts';
import { queryOf } from '../support/events-query.ts';
import { house } from '../support/hits-desk.ts';
import { START_MS } from '../support/hits-records.ts';

const HOUR_MS = 3_600_000;
const JUMPS = {
  'an hour back': -HOUR_MS,
  'an hour on': HOUR_MS,
  'a year back': -365 * DAY_MS,
  'a year on': 365 * DAY_MS,
};

const NINE = idOfAddress(queryOf({ name: 'x', host: 9 }).address, 0);

for (const [words, jumpMs] of Object.entries(JUMPS))
  t.test(`${words}: every hit is stored and told, nothing old is removed`, async (t) => {
    const told: Notice[] = [];
    const wall = fakeClock(START_MS);
    const monotonic = fakeClock(0);
    const receiver = {
      name: 'receiver',
      deliver: async (notice: Notice) => void told.push(notice),
      close: async () => {},
    };
    const settings = {
      lists: null,
      groups: null,
      severityMin: 'low',
      groupWaitMs: 1000,
      repeatMs: 60_000,
      quiet: null,
    } as const;
    const { desk, hit, query, settle } = house({
      dir: t.testdir(),
      clock: wall,
      monotonic,
      outlets: [{ receiver, settings }],
    });
    const pass = async (ms: number): Promise<void> => {
      wall.advance(ms);
      monotonic.advance(ms);
      settle();
      await new Promise((resolve) => setImmediate(resolve));
    };
    query({ name: 'old.example', host: 9 });
    await pass(6000);
    hit({ name: 'www.akamaicontainer.com' });
    await pass(150);
    wall.advance(jumpMs);
    await pass(150);
    hit({ name: 'www.akamaicontainer.com' });
    await pass(2000);
    await pass(150);
    t.ok(
      told.some(({ kind }) => kind === 'opened'),
      'an alert that waited for company is told as soon as ever',
    );
    for (let minute = 0; minute < 10; minute += 1) await pass(60_000);
    for (let round = 0; round < 3; round += 1) await pass(HOUR_MS);
    const sum = told.reduce(
      (all, { hits, furtherHits }) => all + furtherHits + hits.reduce((own, { count }) => own + count, 0),
      0,
    );
    t.equal(sum, 2, 'all hits are told, each once');
    t.equal(
      desk.store.read((tables) => tables.hits.count().hits, 0),
      2,
    );
    t.equal(desk.registry.openCount, 0, 'no incident stays open for a year');
    t.equal(
      desk.store.read((tables) => tables.history.ofMachine(NINE, 0, 10).length, 0),
      1,
    );
    await pass(DAY_MS);
    await pass(60_000);
    const isKept = desk.store.read((tables) => tables.history.ofMachine(NINE, 0, 10).length, 0) === 1;
    t.equal(isKept, jumpMs < 300 * DAY_MS, 'a day later the clock is believed');
    await desk.stop();
  });
