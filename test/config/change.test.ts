// What a reload has to touch.
import t from 'tap';
import { changeOf } from '../../src/config/change.ts';
import { configOf } from '../support/config-text.ts';

function change(before: string, after: string): { settings: readonly string[]; actors: string[] } {
  const { settings, actors } = changeOf(configOf(before), configOf(after));
  return { settings, actors: [...actors] };
}

t.test('the same meaning written otherwise is no change', async (t) => {
  t.same(
    change('cache: { minTtl: 60s, entries: 5 }', '# later\ncache: { entries: 5, minTtl: 1m }').settings,
    [],
  );
});

t.test('what only a head has is told by its key in the file', async (t) => {
  const fleet = (more: string) =>
    `fleet: { site: head, nats: "nats://127.0.0.1:4222", store: "postgres://127.0.0.1/a", ${more} }`;
  const said = 'signingKey: /a.key';
  t.same(change(fleet(said), fleet(said).replace('1/a', '1/b')).settings, ['fleet.store']);
  t.same(change(fleet(said), fleet('signingKey: /b.key')).settings, ['fleet.signingKey']);
  t.same(change(fleet(said), fleet(`${said}, publish: { parts: [lists] }`)).settings, ['fleet.publish']);
  t.same(change(fleet(said), fleet(`${said}, publish: { override: [records] }`)).settings, ['fleet.publish']);
});

t.test('each setting has its room', async (t) => {
  const cases: Record<string, [settings: string[], actors: string[]]> = {
    'listen: { dns: "127.0.0.1:53" }': [['listen.dns'], ['listeners']],
    'listen: { admin: off }': [['listen.admin'], ['admin']],
    'workers: 2': [['workers'], ['workers']],
    'profile: small': [
      [
        'workers',
        'profile',
        'cache.entries',
        'cache.bytesMax',
        'events.historyMs',
        'log.keepMs',
        'log.sizeOctets',
      ],
      ['workers', 'cache', 'events'],
    ],
    'upstreams: { timeout: 1s }': [['upstreams.timeoutMs'], ['upstream']],
    'cache: { entries: 5 }': [['cache.entries'], ['cache']],
    'sinkhole: { ttl: 1m }': [['sinkhole.ttlSeconds'], ['policy']],
    'access: { allow: any }': [['access.allow'], ['access']],
    'events: { dir: /x }': [['events.dir'], ['events']],
    'alerts: [{ webhook: "https://a.example", name: soc }]': [['alerts.soc'], ['alerts']],
    'metrics: false': [['metrics'], ['admin']],
  };
  for (const [text, [settings, actors]] of Object.entries(cases))
    t.same(change('', text), { settings, actors }, text);
});

t.test('lists and groups are told by name', async (t) => {
  const before = 'lists: { a: { names: [a.example] }, b: { names: [b.example] } }';
  t.same(change(before, 'lists: { a: { names: [a.example] }, b: { names: [c.example] } }'), {
    settings: ['lists.b'],
    actors: ['lists'],
  });
  t.same(change(before, 'lists: { a: { names: [a.example] } }').settings, ['lists.b', 'groups.default']);
});

t.test('the order of groups counts', async (t) => {
  const a = 'a: { clients: [any], lists: [] }';
  const b = 'b: { clients: ["x*"], lists: [] }';
  t.same(change(`groups: { ${a}, ${b} }`, `groups: { ${b}, ${a} }`).settings, ['groups']);
});
