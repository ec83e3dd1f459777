// What `cenote query` explains: verdict, rule, list, group and every entry on the way.
import { join } from 'node:path';
import t from 'tap';
import { loadConfig } from '../../../src/config/load.ts';
import { DecisionError, decideFor } from '../../../src/daemon/explain/decision.ts';
import { compileOffline } from '../../../src/daemon/explain/offline.ts';

t.test('a decision names what decided and what else speaks of the name', async (t) => {
  const dir = t.testdir({
    'c2.txt': '||evil.test^\n',
    'hosts.txt': '0.0.0.0 www.evil.test\n',
    'allow.txt': 'good.evil.test\n',
    'cenote.yaml': `
lists:
  c2: { source: c2.txt, action: sinkhole, alert: true }
  ads: { source: hosts.txt, action: nxdomain }
  ours: { source: allow.txt, action: allow }
groups:
  default: { clients: [any], lists: [c2, ours] }
  lab: { clients: ["192.0.2.0/24"], lists: [ads] }
  shop: { clients: ["192.0.2.77"], lists: [c2], schedule: "Mon-Fri 08:00-18:00" }
`,
  });
  const { config } = loadConfig({ file: join(dir, 'cenote.yaml'), environment: {}, workingDirectory: dir });
  if (config === null) throw new Error('the config of this test is bad');
  const { result, lists } = await compileOffline(config);
  const decide = (name: string, client = '198.51.100.1', type = 'A') =>
    decideFor({ name, type, client }, config, result.ruleSet, [], new Date());

  t.match(decide('WWW.Evil.test.'), {
    name: 'www.evil.test',
    verdict: 'sinkhole',
    rule: 'evil.test',
    list: 'c2',
    client: { group: 'default' },
    answer: ['0.0.0.0'],
  });
  t.match(decide('www.evil.test', '192.0.2.9'), {
    verdict: 'nxdomain',
    rule: 'www.evil.test',
    list: 'ads',
    client: { group: 'lab' },
    answer: [],
  });
  const at = (hour: number) =>
    decideFor(
      { name: 'www.evil.test', type: 'A', client: '192.0.2.77' },
      config,
      result.ruleSet,
      [],
      new Date(2026, 10, 24, hour),
    );
  t.match(at(9), { verdict: 'sinkhole', outsideSchedule: false });
  t.match(at(19), { verdict: 'pass', list: null, outsideSchedule: true });
  t.match(decide('good.evil.test'), { verdict: 'allow', rule: 'good.evil.test', list: 'ours' });
  t.match(decide('example.org'), { verdict: 'pass', rule: null, list: null, entries: [] });
  t.same(decide('x.evil.test', '2001:db8::1', 'AAAA').answer, ['::']);
  t.same(
    decide('www.evil.test').entries.map((entry) => [entry.list, entry.rule, entry.scope, entry.used]),
    [
      ['c2', 'evil.test', 'subtree', true],
      ['ads', 'www.evil.test', 'exact', false],
    ],
  );
  t.same(
    lists.map((list) => [list.name, list.entries, list.condition]),
    [
      ['c2', 1, 'ok'],
      ['ads', 1, 'ok'],
      ['ours', 1, 'ok'],
    ],
  );
  for (const [name, client, type] of [
    ['a..b', '192.0.2.1', 'A'],
    ['a.test', 'till-3', 'A'],
    ['a.test', '192.0.2.1', 'NOPE'],
  ] as const)
    t.throws(() => decide(name, client, type), DecisionError);
});
