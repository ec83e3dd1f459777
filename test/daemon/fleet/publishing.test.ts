// What the head notes of a publication, beside a publisher that refuses at the test's word.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import t from 'tap';
import { Publishing, type PublishingParts } from '../../../src/daemon/fleet/publishing.ts';
import type { Said } from '../../../src/fleet/policy/draft.ts';
import { until } from '../../support/tool.ts';

t.test('where a list comes from is noted of what was published, not of what was refused', async (t) => {
  const dir = t.testdir();
  const file = join(dir, 'cenote.yaml');
  const config = { file, warninglists: [], lists: [] as object[] };
  let isRefused = false;
  let source = '';
  const publisher = {
    publish: async (saidAfter: (before: null) => Said | null) => {
      saidAfter(null);
      if (isRefused) throw new Error('nothing of a list is in force');
      return { document: { revision: 1, change: '' }, isSame: false, waits: null };
    },
  };
  const supervisor = {
    config,
    reload: async () => undefined,
    lastReload: null,
    rules: {
      settled: async () => undefined,
      lists: () => [],
      textInForce: () => ({ config: { format: null }, body: { kind: 'file', path: source }, key: source }),
    },
  };
  const publishing = new Publishing({
    ...{ dir, supervisor, publisher, config: { publish: ['lists'], override: [] } },
    report: (_: unknown, text: string) => t.fail(text),
  } as unknown as PublishingParts);
  const noted = (): string => readFileSync(join(dir, 'sources.json'), 'utf8');
  const say = (from: string): void => {
    source = from;
    writeFileSync(file, `lists: { evil: { source: ${source} } }\n`);
    config.lists = [{ name: 'evil', source, format: null, names: null }];
  };

  say('evil.txt');
  await publishing.publish();
  const first = noted();
  say('fine.txt');
  isRefused = true;
  await t.rejects(publishing.publish(), /nothing of a list is in force/);
  t.equal(noted(), first);
  isRefused = false;
  await publishing.publish();
  t.not(noted(), first);
});

t.test(
  'a text goes out by itself only where it came by the source that was published, whatever the configuration says already',
  async (t) => {
    const dir = t.testdir();
    const file = join(dir, 'cenote.yaml');
    writeFileSync(file, 'lists: { evil: { source: evil.txt } }\n');
    const before = { contents: { evil: {} }, published: ['lists'], override: [], parts: {} };
    const asked: Said[] = [];
    const publisher = {
      document: null,
      foreign: null,
      publish: async (saidAfter: (before: unknown) => Said | null) => {
        const said = saidAfter(before);
        if (said !== null) asked.push(said);
        return { document: { revision: 1, change: '' }, isSame: false, waits: null };
      },
    };
    let key = 'evil';
    let entries = 1;
    let keeping = Promise.resolve();
    const supervisor = {
      config: {
        file,
        warninglists: [],
        lists: [{ name: 'evil', source: 'evil.txt', format: null, names: null }],
      },
      reload: async () => undefined,
      lastReload: null,
      rules: {
        settled: () => keeping,
        lists: () => [{ name: 'evil', entries }],
        textInForce: () => ({ config: { format: null }, body: { kind: 'file', path: 'x' }, key }),
      },
    };
    const publishing = new Publishing({
      ...{ dir, supervisor, publisher, config: { publish: ['lists'], override: [] } },
      report: (_: unknown, text: string) => t.fail(text),
    } as unknown as PublishingParts);
    t.teardown(() => publishing.stop());
    await publishing.publish();
    for (const [now, isKept] of [
      ['evil', false],
      ['fine', true],
    ] as const) {
      key = now;
      const { length } = asked;
      publishing.committed();
      await until('the texts to be looked at', () => asked.length > length);
      t.equal(asked.at(-1)?.lists[0]?.isKept, isKept, now);
    }

    // A head that starts with a file that says nothing it can read.
    writeFileSync(join(dir, 'sources.json'), '{"evil": "ev');
    const told: string[] = [];
    const after = new Publishing({
      ...{ dir, supervisor, publisher, config: { publish: ['lists'], override: [] } },
      report: (_: unknown, text: string) => told.push(text),
    } as unknown as PublishingParts);
    t.teardown(() => after.stop());
    t.match(told, [
      /sources\.json cannot be read \(.*\): until `cenote fleet publish` the texts of published lists stay/,
    ]);
    key = 'evil';
    const { length: looked } = asked;
    after.committed();
    await until('the texts to be looked at', () => asked.length > looked);
    t.equal(asked.at(-1)?.lists[0]?.isKept, true, 'what came by an unknown source is not published');
    await after.publish();
    after.committed();
    await until('the texts to be looked at again', () => asked.length > looked + 2);
    t.equal(asked.at(-1)?.lists[0]?.isKept, false, 'a person has said so');

    // In force, and not kept yet: of a list that is new how many names it has is known only then.
    const { promise, resolve } = Promise.withResolvers<void>();
    [keeping, entries, key] = [promise, 0, 'evil'];
    const { length } = asked;
    const published = publishing.publish();
    await setImmediate();
    t.equal(asked.length, length);
    entries = 2;
    resolve();
    await published;
    t.equal(asked.at(-1)?.lists[0]?.entries, 2);
  },
);

t.test('texts that could not go out without NATS do when it is there', async (t) => {
  const dir = t.testdir();
  const file = join(dir, 'cenote.yaml');
  writeFileSync(file, 'lists: {}\n');
  const told: string[] = [];
  let tries = 0;
  let isAway = true;
  const publisher = {
    document: null,
    publish: async () => {
      tries += 1;
      if (isAway) throw new Error('NATS has not been reached');
      return null;
    },
  };
  const supervisor = { config: { file }, rules: { settled: async () => undefined } };
  const publishing = new Publishing({
    ...{ dir, supervisor, publisher, config: { publish: [], override: [] } },
    report: (_: unknown, text: string) => told.push(text),
  } as unknown as PublishingParts);
  t.teardown(() => publishing.stop());
  publishing.committed();
  await until('it to be refused', () => told.length > 0);
  isAway = false;
  publishing.connected();
  await until('it to go out', () => tries === 2);
  await setImmediate();
  t.equal(told.length, 1);
});
