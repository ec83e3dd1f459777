// When what is served is made anew by itself: once the time of an entry is over, and not before.
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mock } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import t from 'tap';
import type { PublishSettings } from '../../src/publish/messages.ts';
import { Publisher } from '../../src/publish/publisher.ts';
import { ruleSetOf } from '../support/rule-set.ts';

const HOUR_MS = 3_600_000;

const settingsOf = (expires: string): PublishSettings => ({
  serve: {
    zones: [],
    lists: [{ name: 'out', lists: ['ends', 'stays'], formats: ['domains'], allow: [], token: null }],
  },
  ruleSet: ruleSetOf(
    [{ name: 'ends', expires }, { name: 'stays' }],
    [
      { list: 'ends', names: ['ends.example'] },
      { list: 'stays', names: ['stays.example'] },
    ],
  ),
});

t.test('an entry that ends is served no more within the hour; until then nothing is made', async (t) => {
  mock.timers.enable({ apis: ['setTimeout'] });
  t.teardown(() => mock.timers.reset());
  let nowMs = Date.parse('2027-01-01T00:00:00Z');
  const turned: number[] = [];
  const dir = t.testdir();
  const publisher = new Publisher({
    dir,
    now: () => nowMs,
    random16: () => 1,
    send: (message) => {
      if (message.kind === 'turned') turned.push(message.number);
    },
  });
  t.teardown(() => publisher.stop());
  /** What is served once it was made anew. */
  const served = async (start: () => void): Promise<string> => {
    const before = publisher.state.lists;
    start();
    while (publisher.state.lists === before) await turn();
    await turn();
    return readFileSync(join(dir, 'lists/out.domains'), 'utf8');
  };
  const after = (ms: number): void => {
    nowMs += ms;
    mock.timers.tick(ms);
  };
  const both = 'ends.example\nstays.example\n';
  t.equal(await served(() => publisher.use(1, settingsOf('2027-01-01T05:30:00Z'))), both);
  for (let hour = 0; hour < 5; hour += 1) after(HOUR_MS);
  t.same(turned, [1]);
  t.equal(await served(() => after(HOUR_MS / 2)), 'stays.example\n');
  t.same(turned, [1, 1]);
  nowMs -= HOUR_MS;
  t.equal(await served(() => publisher.use(2, settingsOf('2027-01-01T05:30:00Z'))), both);
  t.equal(await served(() => publisher.use(3, settingsOf('2027-06-01'))), both);
  for (let hour = 0; hour < 8; hour += 1) after(HOUR_MS);
  t.same(turned, [1, 1, 2, 3], 'what the rules before had to wait for is forgotten');
  nowMs += 200 * 24 * HOUR_MS;
  t.equal(await served(() => after(HOUR_MS)), 'stays.example\n', 'the clock was set');
});

t.test(
  'a list that cannot be written is told with the reason, and keeps no other from its names',
  async (t) => {
    const dir = t.testdir();
    // A folder stands where its file belongs.
    mkdirSync(join(dir, 'lists/broken.domains/full'), { recursive: true });
    const said: string[] = [];
    const told: unknown[] = [];
    const publisher = new Publisher({
      dir,
      now: () => 0,
      random16: () => 1,
      send: (message) => {
        if (message.kind === 'log') said.push(message.message);
        if (message.kind === 'state') told.push(message.state);
      },
    });
    t.teardown(() => publisher.stop());
    const settings = settingsOf('2027-06-01');
    const [out] = settings.serve.lists;
    const serve = { ...settings.serve, lists: [{ ...out!, name: 'broken' }, out!] };
    publisher.use(1, { ...settings, serve });
    while (told.length === 0 || publisher.state.lists.length === 0) await turn();
    t.same(said, []);
    t.match(publisher.state.lists, [
      { name: 'broken', error: /EISDIR.*broken\.domains/ },
      { name: 'out', error: null },
    ]);
    t.same(
      readdirSync(join(dir, 'lists')).filter((name) => name.endsWith('.tmp')),
      [],
    );
    t.equal(readFileSync(join(dir, 'lists/out.domains'), 'utf8'), 'ends.example\nstays.example\n');
  },
);
