// A MISP feed on a web server: its events become one list, and only those that changed are fetched again.
import { copyFileSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { loadConfig } from '../../../src/config/load.ts';
import { decideFor } from '../../../src/daemon/explain/decision.ts';
import { linesFor } from '../../../src/daemon/explain/lines.ts';
import { withOfflineLists } from '../../../src/daemon/explain/offline.ts';
import { type FeedOptions, mispFeedSource } from '../../../src/lists/sources/misp-feed.ts';
import { NO_VALIDATORS, type Validators } from '../../../src/lists/sources/source.ts';
import { type Answer, body, redirect, startListServer } from '../../support/lists-server.ts';

const ONE = '11111111-1111-4111-8111-111111111111';
const TWO = '22222222-2222-4222-8222-222222222222';
const THREE = '33333333-3333-4333-8333-333333333333';
const signal = new AbortController().signal;

const attribute = (uuid: number, type: string, value: string, said: object = {}) => ({
  uuid: `${String(uuid).padStart(8, '0')}-0000-4000-8000-000000000000`,
  type,
  value,
  to_ids: true,
  data: 'an attachment',
  ...said,
});

function event(info: string, attributes: readonly object[], said: object = {}): Answer {
  return body(JSON.stringify({ Event: { info, date: '2026-11-20', Attribute: attributes, ...said } }));
}

function manifest(timestamps: Readonly<Record<string, string | number>>): Answer {
  const entries = Object.entries(timestamps).map(([uuid, timestamp]) => [uuid, { timestamp, info: '' }]);
  return body(JSON.stringify(Object.fromEntries(entries)));
}

/** A source and what a library does with its body: what was fetched becomes what is in force. */
function feedOf(t: Test, url: string, said: Partial<FeedOptions> = {}) {
  const dir = t.testdir({});
  const path = join(dir, 'fresh');
  const goodPath = join(dir, 'good');
  const source = mispFeedSource({
    url,
    path,
    goodPath,
    lookup: async () => [],
    random: () => 0,
    sleep: async () => {},
    ...said,
    limits: { attempts: 1 },
  });
  return {
    dir,
    fetch: async (previous: Validators | null = null): Promise<'unchanged' | 'body'> => {
      const fetched = await source.fetch(previous, signal);
      if (fetched.kind === 'body') copyFileSync(path, goodPath);
      return fetched.kind;
    },
  };
}

t.test('every event is fetched once, and again when the manifest gives it another timestamp', async (t) => {
  const answers: Record<string, Answer> = {
    '/feed/manifest.json?key=k': manifest({ [ONE]: '1700000001', [TWO]: 1700000002 }),
    [`/feed/${ONE}.json?key=k`]: event('one', [attribute(1, 'domain', 'one-evil.com')]),
    [`/feed/${TWO}.json?key=k`]: event('two', [attribute(2, 'domain', 'two-evil.com')]),
    [`/feed/${THREE}.json?key=k`]: event('three', [attribute(3, 'domain', 'three-evil.com')]),
  };
  const { origin, asked } = await startListServer(t, answers);
  const feed = feedOf(t, `${origin}/feed/manifest.json?key=k`);
  const paths = (): string[] => asked.splice(0).map((path) => path.slice(6, 14));

  t.equal(await feed.fetch(), 'body');
  t.same(paths().sort(), ['11111111', '22222222', 'manifest']);

  t.equal(await feed.fetch(NO_VALIDATORS), 'unchanged');
  t.same(paths(), ['manifest']);

  answers['/feed/manifest.json?key=k'] = manifest({ [ONE]: '1700000009', [TWO]: 1700000002, [THREE]: 3 });
  t.equal(await feed.fetch(NO_VALIDATORS), 'body');
  t.same(paths().sort(), ['11111111', '33333333', 'manifest']);

  answers['/feed/manifest.json?key=k'] = manifest({ [TWO]: 1700000002 });
  t.equal(await feed.fetch(NO_VALIDATORS), 'body', 'events that are gone');
  t.same(paths(), ['manifest']);
  t.same(readdirSync(feed.dir).sort(), ['fresh', 'good'], 'nothing else is left behind');
});

t.test('its names are decided by, each with its own event and line', async (t) => {
  const { origin } = await startListServer(t, {
    '/feed/manifest.json': manifest({ [ONE]: '1', [TWO]: '2', [THREE]: '3' }),
    [`/feed/${ONE}.json`]: event('Operation One', [
      attribute(1, 'domain', 'one-evil.com'),
      attribute(2, 'md5', 'd41d8cd98f00b204e9800998ecf8427e'),
      attribute(3, 'hostname', 'harmless-evil.com', { to_ids: false }),
    ]),
    [`/feed/${TWO}.json`]: event('Operation Two', [], {
      Tag: [{ name: 'misp-galaxy:threat-actor="Two Group"' }],
      Object: [
        { Attribute: [attribute(4, 'url', 'http://two-evil.com/x'), attribute(5, 'ip-dst', '198.51.100.7')] },
      ],
    }),
    // The manifest names a third, which the server does not have.
  });
  const dir = t.testdir({
    'cenote.yaml': `lists: { feed: { source: "${origin}/feed/manifest.json" } }\n`,
  });
  const { config } = loadConfig({ file: join(dir, 'cenote.yaml'), environment: {}, workingDirectory: dir });
  if (config === null) throw new Error('the config of this test is bad');
  await withOfflineLists(config, async ({ result, lists, textInForce }) => {
    t.match(lists, [{ name: 'feed', condition: 'good', format: 'misp', entries: 2 }]);
    const decide = (name: string) =>
      decideFor({ name, type: 'A', client: '192.0.2.1' }, config, result.ruleSet, [], new Date());
    t.match(decide('www.one-evil.com'), {
      verdict: 'sinkhole',
      indicator: { source: 'Operation One', campaign: null, firstPublished: '2026-11-20' },
    });
    t.match(decide('two-evil.com'), { indicator: { source: 'Operation Two', campaign: 'Two Group' } });
    t.match(decide('harmless-evil.com'), { verdict: 'pass' });
    t.match(await linesFor(decide('two-evil.com'), textInForce), [
      { list: 'feed', text: /"type":"url","value":"http:\/\/two-evil\.com\/x"/ },
    ]);
  });
});

t.test('what goes wrong with a feed is told, and nothing of it is kept', async (t) => {
  const other = await startListServer(t, { '/x': body('{}') }, '127.0.0.2');
  const { origin } = await startListServer(t, {
    '/page/manifest.json': body('<html>log in</html>'),
    '/empty/manifest.json': body('{}'),
    '/path/manifest.json': manifest({ '../../secret': 1 }),
    '/many/manifest.json': manifest({ [ONE]: 1, [TWO]: 1, [THREE]: 1 }),
    '/led/manifest.json': manifest({ [ONE]: 1 }),
    [`/led/${ONE}.json`]: redirect(`${other.origin}/x`),
    '/broken/manifest.json': manifest({ [ONE]: 1 }),
    [`/broken/${ONE}.json`]: body('<html>log in</html>'),
    '/failing/manifest.json': manifest({ [ONE]: 1, [TWO]: 1 }),
    [`/failing/${ONE}.json`]: event('one', [attribute(1, 'domain', 'one-evil.com')]),
    [`/failing/${TWO}.json`]: (_, response) => void response.writeHead(503).end(),
  });
  for (const [path, code, message] of [
    ['page', 'LIST_NOT_FORMAT', /no manifest/],
    ['empty', 'LIST_EMPTY', /names no event/],
    ['path', 'LIST_NOT_FORMAT', /no UUID/],
    ['many', 'LIST_TOO_BIG', /3 events, at most 2/],
    ['led', 'LIST_FORBIDDEN_ADDRESS', /private network/],
    ['broken', 'LIST_NOT_FORMAT', /no MISP event/],
    ['failing', 'LIST_FETCH', /status 503/],
    ['nowhere', 'LIST_STATUS', /status 404/],
  ] as const) {
    const { dir, fetch } = feedOf(t, `${origin}/${path}/manifest.json`, { eventsMax: 2 });
    await t.rejects(fetch(), { code, message }, path);
    t.notOk(existsSync(join(dir, 'fresh')), `${path} leaves no body`);
  }
  t.same(other.asked, [], 'a redirect into the private network is not followed');
});
