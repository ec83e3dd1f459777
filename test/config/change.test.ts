// What a reload changed, as the file names it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { changedSettings } from '../../src/config/change.ts';
import { configOf } from '../support/config-text.ts';

const change = (before: string, after: string): readonly string[] =>
  changedSettings(configOf(before), configOf(after));

t.test('the same meaning written otherwise is no change', async (t) => {
  t.same(change('cache: { minTtl: 60s, entries: 5 }', '# later\ncache: { entries: 5, minTtl: 1m }'), []);
});

const HEAD = 'fleet: { site: head, nats: "nats://127.0.0.1:4222", store: "postgres://127.0.0.1/a"';

t.test('what only a head has is told by its key in the file', async (t) => {
  const fleet = (more: string) => `${HEAD}, ${more} }`;
  const said = 'signingKey: /a.key';
  t.same(change(fleet(said), fleet(said).replace('1/a', '1/b')), ['fleet.store']);
  t.same(change(fleet(said), fleet('signingKey: /b.key')), ['fleet.signingKey']);
  t.same(change(fleet(said), fleet(`${said}, publish: { parts: [lists] }`)), ['fleet.publish']);
  t.same(change(fleet(said), fleet(`${said}, publish: { override: [records] }`)), ['fleet.publish']);
});

t.test('a setting is told by its key in the file', async (t) => {
  const cases: Record<string, readonly string[]> = {
    'listen: { dns: "127.0.0.1:53" }': ['listen.dns'],
    'listen: { admin: off }': ['listen.admin'],
    'workers: 2': ['workers'],
    'profile: small': [
      ...['profile', 'workers', 'cache.entries', 'cache.size'],
      ...['events.history', 'log.keep', 'log.size'],
    ],
    'upstreams: { timeout: 1s }': ['upstreams.timeout'],
    'cache: { entries: 5, minTtl: 1m }': ['cache.entries', 'cache.minTtl'],
    'sinkhole: { ttl: 1m }': ['sinkhole.ttl'],
    'access: { allow: any }': ['access.allow'],
    'events: { dir: /x }': ['events.dir'],
    'log: { without: { clients: ["192.0.2.7"] } }': ['log.without'],
    'alerts: [{ webhook: "https://a.example", name: soc }]': ['alerts.soc'],
    'resolver: { name: dns.example.net }': ['resolver.name'],
    'contact: ["mailto:noc@example.org"]': ['contact'],
    'metrics: false': ['metrics'],
  };
  for (const [text, settings] of Object.entries(cases)) t.same(change('', text), settings, text);
});

t.test('whatever differs, it is a key that the file may have', async (t) => {
  const schema = readFileSync(join(import.meta.dirname, '../../config/cenote.schema.json'), 'utf8');
  const { properties } = JSON.parse(schema);
  const config = configOf(`${HEAD} }`);
  const told = Object.entries(config).flatMap(([section, value]) => {
    if (section === 'file') return [];
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return changedSettings(config, { ...config, [section]: ['another'] });
    return Object.keys(value).flatMap((key) =>
      key === 'head'
        ? []
        : changedSettings(config, { ...config, [section]: { ...value, [key]: ['another'] } }),
    );
  });
  t.ok(told.length > 60 && told.includes('warninglists'), `${told.length}`);
  const isKey = (setting: string): boolean => {
    const [section = '', key] = setting.split('.');
    return key === undefined
      ? section in properties
      : JSON.stringify(properties[section]).includes(`"${key}":`);
  };
  t.same(
    told.filter((setting) => !isKey(setting)),
    [],
  );
});

t.test('lists and groups are told by name', async (t) => {
  const before = 'lists: { a: { names: [a.example] }, b: { names: [b.example] } }';
  t.same(change(before, 'lists: { a: { names: [a.example] }, b: { names: [c.example] } }'), ['lists.b']);
  t.same(change(before, 'lists: { a: { names: [a.example] } }'), ['lists.b', 'groups.default']);
});

t.test('the order of groups counts', async (t) => {
  const a = 'a: { clients: [any], lists: [] }';
  const b = 'b: { clients: ["x*"], lists: [] }';
  t.same(change(`groups: { ${a}, ${b} }`, `groups: { ${b}, ${a} }`), ['groups']);
});
