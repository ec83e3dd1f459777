// What `cenote query` explains: verdict, rule, list, group and every entry on the way.
import { join } from 'node:path';
import t from 'tap';
import { loadConfig } from '../../../src/config/load.ts';
import { DecisionError, decideFor } from '../../../src/daemon/explain/decision.ts';
import { linesFor } from '../../../src/daemon/explain/lines.ts';
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

t.test('an address is decided as one that an answer leads to', async (t) => {
  const dir = t.testdir({
    'c2.txt': '198.51.100.0/24\n198.51.100.7\nevil.test\n',
    'cenote.yaml': `
lists:
  c2: { source: c2.txt, alert: true }
  told: { source: told.yaml }
`,
    'told.yaml': 'indicators: [a.test]\naddresses: [203.0.113.7]\n',
  });
  const { config } = loadConfig({ file: join(dir, 'cenote.yaml'), environment: {}, workingDirectory: dir });
  if (config === null) throw new Error('the config of this test is bad');
  const { result } = await compileOffline(config);
  const decide = (name: string) =>
    decideFor({ name, type: 'A', client: '192.0.2.1' }, config, result.ruleSet, [], new Date());

  const found = decide('198.51.100.7');
  t.match(found, { verdict: 'sinkhole', rule: '198.51.100.7', list: 'c2' });
  t.same(
    found.entries.map(({ rule }) => rule),
    ['198.51.100.7', '198.51.100.0/24'],
  );
  t.match(decide('198.51.100.9'), { verdict: 'sinkhole', rule: '198.51.100.0/24', list: 'c2' });
  t.match(decide('203.0.113.7'), { verdict: 'pass' }, 'told by a report: only with `addresses: true`');
  t.same(
    (await linesFor(decide('198.51.100.9'), config)).map(({ line, text }) => `${line} ${text}`),
    ['1 198.51.100.0/24'],
  );
});

t.test('what becomes of a name that passes: who is asked, and what its answer may lead to', async (t) => {
  const dir = t.testdir({
    'cenote.yaml': `
upstreams:
  default: [192.0.2.53]
  routes: { corp.example: [192.0.2.54], lab.corp.example: [192.0.2.55] }
rebinding: { except: [plex.direct] }
groups:
  default: { clients: [any], lists: [] }
  kids: { clients: ["192.0.2.0/24"], lists: [], upstreams: ["192.0.2.56"], rebinding: false, inspect: false }
`,
  });
  const { config } = loadConfig({ file: join(dir, 'cenote.yaml'), environment: {}, workingDirectory: dir });
  if (config === null) throw new Error('the config of this test is bad');
  const { result } = await compileOffline(config);
  const decide = (name: string, client = '198.51.100.1') =>
    decideFor({ name, type: 'A', client }, config, result.ruleSet, [], new Date());

  t.match(decide('www.example'), {
    upstreams: { setting: 'upstreams.default', servers: ['192.0.2.53'] },
    inspected: true,
    rebinding: 'protected',
  });
  t.match(decide('a.lab.corp.example', '192.0.2.1'), {
    upstreams: { setting: 'upstreams.routes.lab.corp.example', servers: ['192.0.2.55'] },
  });
  t.match(decide('www.example', '192.0.2.1'), {
    upstreams: { setting: 'groups.kids.upstreams', servers: ['192.0.2.56'] },
    inspected: false,
    rebinding: 'off',
  });
  t.match(decide('x.plex.direct'), { rebinding: 'exempt' });
  t.match(decide('nas.corp.example'), { rebinding: 'exempt' });
});
