// What the head notes of a publication, beside a publisher that refuses at the test's word.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { Publishing, type PublishingParts } from '../../../src/daemon/fleet/publishing.ts';
import type { Said } from '../../../src/fleet/policy/draft.ts';

t.test('where a list comes from is noted of what was published, not of what was refused', async (t) => {
  const dir = t.testdir();
  const file = join(dir, 'cenote.yaml');
  const config = { file, warninglists: [], lists: [] as object[] };
  let isRefused = false;
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
    rules: { lists: () => [], textInForce: () => null },
  };
  const publishing = new Publishing({
    ...{ dir, supervisor, publisher, config: { publish: ['lists'], override: [] } },
    report: (_: unknown, text: string) => t.fail(text),
  } as unknown as PublishingParts);
  const noted = (): string => readFileSync(join(dir, 'sources.json'), 'utf8');
  const say = (source: string): void => {
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
