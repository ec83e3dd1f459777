// What `cenote query` explains: verdict, rule, list, group and every entry on the way.
import { join } from 'node:path';
import t from 'tap';
import { loadConfig } from '../../../src/config/load.ts';
import { DecisionError, decideFor } from '../../../src/daemon/explain/decision.ts';
import { explain } from '../../../src/daemon/explain/explain.ts';
import type { AnswerSource } from '../../../src/daemon/explain/known-answers.ts';
import { compileOffline } from '../../../src/daemon/explain/offline.ts';
import { wireMessage, wireName } from '../../support/wire-message.ts';

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
  for (const pasted of ['evil[.]test', 'hxxps://www[.]evil.test:8443/x', ' "evil.test", '])
    t.match(decide(pasted), { verdict: 'sinkhole', rule: 'evil.test' }, pasted);
  for (const none of ['', 'two words.test', 'a..test', 'user@evil.test'])
    t.throws(() => decide(none), DecisionError, `${JSON.stringify(none)} is never "allowed"`);
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
      ['c2', 1, 'good'],
      ['ads', 1, 'good'],
      ['ours', 1, 'good'],
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

t.test('own records stand above the lists, special names below them', async (t) => {
  const dir = t.testdir({
    hosts: '192.0.2.77 printer.lan two.lan\n',
    'cenote.yaml': `
upstreams: { default: [8.8.8.8], routes: { corp.local: [192.0.2.54] } }
access: { allow: [192.0.2.0/24] }
local:
  records: ["nas.lan A 192.0.2.5", 'nas.lan TXT "the \\"big\\" one"', "*.evil.test A 192.0.2.6", "www.lan CNAME nas.lan", "two.lan 3600 A 192.0.2.7"]
  hosts: hosts
lists:
  c2: { names: [nas.lan, www.evil.test, evil.test, localhost, bad.onion, bad.invalid] }
  ours: { names: [good.onion], action: allow }
  seen: { names: [seen.onion, mask.icloud.com], mode: monitor }
groups: { default: { clients: [any], lists: [c2, ours, seen] } }
`,
  });
  const { config } = loadConfig({ file: join(dir, 'cenote.yaml'), environment: {}, workingDirectory: dir });
  if (config === null) throw new Error('the config of this test is bad');
  const { result } = await compileOffline(config);
  const decide = (name: string, type = 'A', client = '192.0.2.1') =>
    decideFor({ name, type, client }, config, result.ruleSet, [], new Date());
  const said = (name: string, type?: string) => {
    const { answeredBy, verdict, own } = decide(name, type);
    return [answeredBy, verdict, own?.setting, own?.name, own?.rcode, own?.records.join(', ')]
      .join(' ')
      .trim();
  };

  t.equal(said('nas.lan'), 'records pass local.records nas.lan NOERROR A 192.0.2.5', 'though c2 lists it');
  t.equal(
    said('two.lan'),
    'records pass local.records two.lan NOERROR A 192.0.2.7, A 192.0.2.77',
    'of one TTL',
  );
  t.equal(said('NAS.lan', 'MX'), 'records pass local.records nas.lan NOERROR');
  t.equal(said('nas.lan', 'TXT'), 'records pass local.records nas.lan NOERROR TXT "the \\"big\\" one"');
  t.equal(said('www.evil.test'), 'records pass local.records evil.test NOERROR A 192.0.2.6');
  t.equal(said('www.lan'), 'records pass local.records www.lan NOERROR CNAME nas.lan, A 192.0.2.5');
  t.equal(said('www.lan', 'CNAME'), 'records pass local.records www.lan NOERROR CNAME nas.lan');
  t.equal(said('printer.lan'), 'records pass local.hosts printer.lan NOERROR A 192.0.2.77');
  t.equal(
    said('77.2.0.192.in-addr.arpa', 'PTR').split(' ').slice(0, 3).join(' '),
    'records pass local.hosts',
  );
  t.equal(said('localhost', 'AAAA'), 'records pass local.specialNames localhost NOERROR AAAA ::1');
  t.equal(said('evil.test'), 'lists sinkhole', 'the record is for what is below it');
  t.equal(said('bad.onion'), 'lists sinkhole');
  t.equal(said('good.onion'), 'special allow local.specialNames onion NXDOMAIN');
  t.equal(said('seen.onion'), 'special monitor local.specialNames onion NXDOMAIN');
  t.equal(said('x.invalid', 'ANY'), 'special pass local.specialNames invalid NXDOMAIN');
  t.equal(said('mask.icloud.com'), 'special monitor local.canaries mask.icloud.com NXDOMAIN');
  t.equal(said('resolver.arpa', 'SVCB'), 'special pass local.canaries resolver.arpa NOERROR');
  t.equal(
    said('9.1.168.192.in-addr.arpa', 'PTR'),
    'special pass local.specialNames 168.192.in-addr.arpa NXDOMAIN',
  );
  t.equal(said('home.arpa', 'DS'), 'upstreams pass', 'its parent knows');
  t.equal(said('www.corp.local'), 'upstreams pass', 'a route takes it out');
  t.equal(said('example.org', 'ANY'), 'any pass');
  t.equal(said('evil.test', 'AXFR'), 'refused refused');
  t.equal(said('example.org'), 'upstreams pass');

  t.same(decide('nas.lan').answer, ['192.0.2.5']);
  t.match(decide('nas.lan'), { rule: null, list: null, entries: [{ list: 'c2', rule: 'nas.lan' }] });
  t.equal(decide('example.org').access, 'allowed');
  t.match(decide('bad.onion', 'A', '198.51.100.1'), { access: 'refused', verdict: 'sinkhole' });
});

t.test('an own alias is decided by where it leads, a rewritten name by its rule', async (t) => {
  const dir = t.testdir({
    'zone.rpz': [
      '$TTL 60',
      '@ SOA localhost. root.localhost. 1 3600 600 86400 60',
      'redir.test CNAME wall.test.',
      'gone.test CNAME bad.test.',
    ].join('\n'),
    'cenote.yaml': `
local: { records: ["adb.lan CNAME bad.test", "web.lan CNAME www.test", "a.lan CNAME b.lan", "b.lan CNAME a.lan"] }
lists:
  c2: { names: [bad.test] }
  zone: { source: zone.rpz, format: rpz, action: zone }
groups: { default: { clients: [any], lists: [c2, zone] } }
`,
  });
  const { config, problems } = loadConfig({
    file: join(dir, 'cenote.yaml'),
    environment: {},
    workingDirectory: dir,
  });
  if (config === null) throw new Error(JSON.stringify(problems));
  const { result } = await compileOffline(config);
  const decide = (name: string, type = 'A') =>
    decideFor({ name, type, client: '192.0.2.1' }, config, result.ruleSet, [], new Date());

  t.match(decide('adb.lan'), {
    verdict: 'sinkhole',
    answeredBy: 'lists',
    own: null,
    via: 'bad.test',
    rule: 'bad.test',
    list: 'c2',
    answer: ['0.0.0.0'],
  });
  t.match(decide('web.lan'), {
    verdict: 'pass',
    leadsTo: 'www.test',
    via: null,
    own: { rcode: 'NOERROR', records: ['CNAME www.test'] },
  });
  t.match(decide('a.lan'), { answeredBy: 'records', own: { rcode: 'SERVFAIL', records: [] } });
  t.equal(decide('adb.lan').rewritten, false);
  t.match(decide('redir.test'), {
    verdict: 'sinkhole',
    rewritten: true,
    list: 'zone',
    leadsTo: 'wall.test',
    records: [],
    answer: [],
  });
  t.match(decide('redir.test', 'CNAME'), {
    verdict: 'sinkhole',
    leadsTo: null,
    records: ['CNAME wall.test'],
  });
  t.match(decide('gone.test'), { list: 'zone', rule: 'gone.test', leadsTo: null, records: ['A 0.0.0.0'] });
  t.same(decide('a.lan', 'ANY').records, ['HINFO "RFC8482" ""']);
});

t.test(
  'all that a rewrite leads to is looked at: own records, and what an upstream is known to say',
  async (t) => {
    const dir = t.testdir({
      'rules.txt': '||to-own.test^$dnsrewrite=first.lan\n||to-cdn.test^$dnsrewrite=shop.test\n||bad.test^\n',
      'cenote.yaml': `
lists: { rules: { source: rules.txt } }
groups: { default: { clients: [any], lists: [rules] } }
local: { records: ["first.lan CNAME second.lan", "second.lan CNAME www.bad.test"] }
`,
    });
    const { config } = loadConfig({ file: join(dir, 'cenote.yaml'), environment: {}, workingDirectory: dir });
    if (config === null) throw new Error('the config of this test is bad');
    const { result } = await compileOffline(config);
    const edge = (name: string, target: string) => ({ name, type: 5, rdata: wireName(target) });
    const message = wireMessage({
      flags: 0x8180,
      name: 'shop.test',
      type: 1,
      answers: [
        edge('Edge.cdn.test', 'X.bad.test'),
        edge('shop.test', 'edge.cdn.test'),
        { name: 'x.bad.test', type: 1, rdata: [192, 0, 2, 9] },
      ],
    });
    const decide = (name: string, sources: readonly AnswerSource[]) =>
      explain(
        { name, type: 'A', client: '192.0.2.7' },
        { config, ruleSet: result.ruleSet, known: [], at: new Date(), paused: [], sources },
      );
    t.match(await decide('to-own.test', []), {
      rewritten: true,
      blockedTarget: { name: 'www.bad.test', list: 'rules', rule: 'bad.test' },
    });
    t.equal((await decide('to-cdn.test', [])).blockedTarget, null, 'nothing is known of what is behind it');
    t.match(await decide('to-cdn.test', [async () => ({ message, from: 'asked' })]), {
      blockedTarget: { name: 'x.bad.test', list: 'rules', rule: 'bad.test' },
      reply: { rcode: 'NOERROR', records: ['A 0.0.0.0'] },
    });
  },
);
