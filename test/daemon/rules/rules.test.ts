// What is said to be in force of a list while another configuration is made ready, which may yet be refused.
import { join } from 'node:path';
import pino from 'pino';
import t from 'tap';
import { Rules } from '../../../src/daemon/rules/rules.ts';
import { openSource } from '../../../src/lists/sources/open-source.ts';
import { configOf } from '../../support/config-text.ts';

t.test('a list has the text in force until the configuration with another one is in force', async (t) => {
  const dir = t.testdir({ 'evil.txt': 'c2.test\n', 'fine.txt': 'fine.test\n', data: {} });
  const config = (file: string) =>
    configOf(
      `events: { dir: ${join(dir, 'data')} }\nlists: { own: { source: ${join(dir, file)} } }\ngroups: { default: { clients: [any], lists: [own] } }\n`,
      { files: { [join(dir, file)]: '', [join(dir, 'data/x')]: '' } },
    );
  const seen: (string | null)[] = [];
  let isRefused = true;
  const rules = await Rules.open({
    config: config('evil.txt'),
    log: pino({ level: 'silent' }),
    now: Date.now,
    openSource: (list, paths) =>
      openSource(list, paths, { lookup: async () => [], random: Math.random, now: Date.now }),
    change: async () => {
      seen.push(textOf());
      if (isRefused) throw new Error('no');
    },
    onTrouble: ({ text }) => t.fail(text),
  });
  t.teardown(() => rules.stop());
  const textOf = (): string | null => {
    const body = rules.textInForce('own')?.body;
    return body?.kind === 'file' ? body.path : null;
  };
  const evil = textOf();
  t.match(evil, /evil|own/);
  await t.rejects(rules.reload(config('fine.txt'), {}), /no/);
  t.equal(textOf(), evil);
  isRefused = false;
  await rules.reload(config('fine.txt'), {});
  t.same(seen, [evil, evil]);
  t.not(textOf(), evil);
});
