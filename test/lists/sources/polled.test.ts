// TAXII collections and MISP searches as sources: paged, asked for what is new, taken back one by one, and kept across restarts.
import { copyFileSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { loadConfig } from '../../../src/config/load.ts';
import { openSource } from '../../../src/lists/sources/open-source.ts';
import { NO_VALIDATORS, type Validators } from '../../../src/lists/sources/source.ts';
import { readText } from '../../support/lists-sink.ts';

const DAY = 86_400_000;
const START = Date.UTC(2026, 10, 1);
const signal = new AbortController().signal;

interface Asked {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}
type Reply = { status?: number; headers?: Record<string, string>; json: unknown };

async function startServer(
  t: Test,
  reply: (asked: Asked) => Reply,
): Promise<{ origin: string; asked: Asked[] }> {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const { method = '', url = '', headers } = request;
    const one = { method, url: new URL(url, 'http://x'), headers, body };
    asked.push(one);
    const { status = 200, headers: said = {}, json } = reply(one);
    response.writeHead(status, { 'content-type': 'application/taxii+json;version=2.1', ...said });
    response.end(JSON.stringify(json));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

/** A source by its configuration, and what a library does with its bodies. */
function sourceOf(t: Test, source: string, more = '', limits: object = { attempts: 1 }) {
  const dir = t.testdir({ 'c.yaml': `lists: { feed: { source: '${source}'${more} } }\n` });
  const paths = { fresh: join(dir, 'fresh'), good: join(dir, 'good') };
  const list = loadConfig({ file: join(dir, 'c.yaml'), environment: {} }).config!.lists[0];
  let nowMs = START;
  const open = () =>
    openSource(list!, paths, {
      lookup: async () => [],
      random: () => 0,
      now: () => nowMs,
      limits,
    });
  return {
    later: (ms: number) => {
      nowMs += ms;
    },
    /** As after a restart: by a source of its own. */
    poll: async (previous: Validators | null = NO_VALIDATORS): Promise<readonly string[] | 'unchanged'> => {
      const opened = open();
      const fetched = await opened.fetch(previous, signal);
      if (fetched.kind === 'unchanged') return 'unchanged';
      copyFileSync(paths.fresh, paths.good);
      const { entries } = await readText(readFileSync(paths.good), opened.format ?? 'auto', { chunk: 1000 });
      return entries.map((entry) => entry.replace(' subtree', ''));
    },
  };
}

const indicator = (n: number, name: string, said: object = {}) => ({
  ...{ type: 'indicator', spec_version: '2.1', pattern_type: 'stix' },
  id: `indicator--00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
  created: '2026-10-01T00:00:00.000Z',
  modified: '2026-10-01T00:00:00.000Z',
  valid_from: '2026-10-01T00:00:00Z',
  pattern: `[domain-name:value = '${name}']`,
  ...said,
});

/** A collection: objects with the time each was added at. */
function collectionServer(
  t: Test,
  objects: [added: string, object: object][],
  options: { hasNext?: boolean } = {},
) {
  const { hasNext = true } = options;
  return startServer(t, ({ url }) => {
    const after = url.searchParams.get('added_after') ?? '';
    const all = objects.filter(([added]) => added > after);
    const from = Number(url.searchParams.get('next') ?? 0);
    const page = all.slice(from, from + 2);
    const more = from + 2 < all.length;
    return {
      headers: page.length === 0 ? {} : { 'X-TAXII-Date-Added-Last': page.at(-1)![0] },
      json:
        page.length === 0
          ? {}
          : { more, ...(more && hasNext ? { next: String(from + 2) } : {}), objects: page.map(([, o]) => o) },
    };
  });
}

t.test('a collection is read page by page, then only for what is new; revoked names go', async (t) => {
  const objects: [string, object][] = [
    ['2026-10-01T00:00:01Z', indicator(1, 'one.evil.top')],
    ['2026-10-01T00:00:02Z', indicator(2, 'two.evil.top')],
    ['2026-10-01T00:00:03Z', { type: 'x-other', id: 'x-other--1' }],
    ['2026-10-01T00:00:04Z', indicator(3, 'three.evil.top')],
    ['2026-10-01T00:00:05Z', indicator(4, 'old.evil.top', { valid_until: '2026-02-01T00:00:00Z' })],
  ];
  const { origin, asked } = await collectionServer(t, objects);
  const source = sourceOf(t, `taxii+${origin}/root/collections/7/`, ", basic: { user: 'u', password: 'p' }");
  t.same(await source.poll(null), ['one.evil.top', 'two.evil.top', 'three.evil.top']);
  t.same(
    asked
      .splice(0)
      .map(({ url, headers }) => [
        url.pathname,
        url.searchParams.get('next'),
        headers.accept,
        headers.authorization,
      ]),
    [null, '2', '4'].map((next) => [
      '/root/collections/7/objects/',
      next,
      'application/taxii+json;version=2.1',
      'Basic dTpw',
    ]),
  );

  t.equal(await source.poll(), 'unchanged');
  t.same(
    asked.splice(0).map(({ url }) => url.searchParams.get('added_after')),
    ['2026-10-01T00:00:05Z'],
  );

  objects.push(
    [
      '2026-10-02T00:00:00Z',
      indicator(1, 'one.evil.top', { modified: '2026-10-02T00:00:00Z', revoked: true }),
    ],
    [
      '2026-10-02T00:00:01Z',
      indicator(2, 'two.evil.top', { modified: '2026-09-01T00:00:00Z', revoked: true }),
    ],
    ['2026-10-02T00:00:02Z', indicator(5, 'five.evil.top')],
  );
  t.same(await source.poll(), ['two.evil.top', 'three.evil.top', 'five.evil.top']);
  t.same(
    asked.splice(0).map(({ url }) => url.searchParams.get('added_after')),
    ['2026-10-01T00:00:05Z', '2026-10-01T00:00:05Z'],
  );

  t.test('what was deleted without a word goes within a week', async (t) => {
    objects.splice(3, 1);
    t.equal(await source.poll(), 'unchanged');
    source.later(8 * DAY);
    t.same(await source.poll(), ['two.evil.top', 'five.evil.top']);
  });
});

t.test('a server without `next` is paged by the time of the last object', async (t) => {
  const objects = [1, 2, 3, 4, 5].map((n): [string, object] => [
    `2026-10-01T00:00:0${n}Z`,
    indicator(n, `n${n}.evil.top`),
  ]);
  const { origin, asked } = await collectionServer(t, objects, { hasNext: false });
  const names = await sourceOf(t, `taxii+${origin}/root/collections/7/objects/`).poll(null);
  t.same(names, ['n1.evil.top', 'n2.evil.top', 'n3.evil.top', 'n4.evil.top', 'n5.evil.top']);
  t.same(
    asked.map(({ url }) => url.searchParams.get('added_after')),
    [null, '2026-10-01T00:00:02Z', '2026-10-01T00:00:04Z'],
  );
});

t.test('a server that gives one `next` for all pages of an answer is read to the end', async (t) => {
  let left = ['one', 'two', 'three', 'four', 'five'].map((name, at) => indicator(at, `${name}.evil.top`));
  const { origin } = await startServer(t, () => {
    const objects = left.slice(0, 2);
    left = left.slice(2);
    return { json: { more: left.length > 0, ...(left.length > 0 && { next: 'session' }), objects } };
  });
  const names = ['one.evil.top', 'two.evil.top', 'three.evil.top', 'four.evil.top', 'five.evil.top'];
  t.same(await sourceOf(t, `taxii+${origin}/root/collections/7/`).poll(null), names);
});

const LEAVE_ALONE = { headers: { 'retry-after': '120' } };

t.test('a page that did not come is not asked for twice: a server may give the one behind it', async (t) => {
  const names = ['one', 'two', 'three', 'four', 'five', 'six', 'seven'].map((name) => `${name}.evil.top`);
  // Two of them were added at one moment, and stand on two pages.
  const usual = ['01', '02', '03', '04', '04', '05', '06'];
  const play = (fails: (request: number) => number, isForgotten = false, seconds = usual) => {
    const added = seconds.map((second) => `2026-10-01T00:00:${second}.000Z`);
    let left: number[] = [];
    let requests = 0;
    return startServer(t, ({ url }) => {
      requests += 1;
      const status = fails(requests);
      const after = url.searchParams.get('added_after') ?? '';
      const next = url.searchParams.get('next');
      if (next === null) left = names.map((_, n) => n).filter((n) => added[n]! > after);
      else if (isForgotten && requests > 2) return { status: 400, json: {} };
      const page = left.splice(0, 2);
      if (status !== 0) return { status, json: {}, ...(status === 429 && LEAVE_ALONE) };
      const more = left.length > 0;
      return {
        headers: { 'X-TAXII-Date-Added-Last': added[page.at(-1)!]! },
        json: { more, ...(more ? { next: 'same' } : {}), objects: page.map((n) => indicator(n, names[n]!)) },
      };
    });
  };
  // Retries of its own, as outside of tests.
  const pollOf = ({ origin }: { origin: string }) =>
    sourceOf(t, `taxii+${origin}/root/collections/7/`, '', { backoffMs: 1 }).poll(null);

  const errorOf = (server: { origin: string }): Promise<unknown> =>
    pollOf(server).catch((error: unknown) => error);

  t.same(await pollOf(await play(() => 0)), names, 'nothing fails');
  t.same(await pollOf(await play((n) => (n === 1 ? 503 : 0))), names, 'the first page is tried again');
  for (const request of [2, 3, 4])
    t.same(await pollOf(await play((n) => (n === request ? 503 : 0))), names, `request ${request} fails`);
  const atOnce = await play((n) => (n === 2 ? 503 : 0), false, ['01', '01', '02', '02', '03', '03', '04']);
  t.same(await pollOf(atOnce), names, 'the page before comes again as it was');
  const forgetful = await play(() => 0, true);
  t.match(
    await errorOf(forgetful),
    { status: 400 },
    'a server that forgets its next at once, twice, is an error',
  );
  const gone = await play((n) => (n >= 2 ? 503 : 0));
  t.match(await errorOf(gone), { status: 503 }, 'a server that stays away');
  t.equal(gone.asked.length, 1 + 1 + 3);
  const refused = await play((n) => (n === 2 ? 403 : 0));
  t.match(await errorOf(refused), { status: 403 });
  t.equal(refused.asked.length, 2, 'who may not read is not tried from elsewhere');
  const limited = await play((n) => (n === 2 ? 429 : 0));
  t.match(await errorOf(limited), { status: 429, retryAfterMs: 120_000 });
  t.equal(limited.asked.length, 2, 'who asks for a pause gets it between two pages, too');
});

t.test('an empty collection is a list of nothing', async (t) => {
  const { origin } = await collectionServer(t, []);
  t.same(await sourceOf(t, `taxii+${origin}/root/collections/7/`).poll(null), []);
});

t.test('what a server says of whose an indicator is comes with it', async (t) => {
  const one = indicator(1, 'one.evil.top');
  const { origin } = await startServer(t, () => ({
    json: {
      objects: [
        one,
        { type: 'campaign', id: 'campaign--1', name: 'Lentera' },
        {
          type: 'relationship',
          id: 'relationship--1',
          relationship_type: 'indicates',
          source_ref: one.id,
          target_ref: 'campaign--1',
        },
        {
          type: 'relationship',
          id: 'relationship--2',
          relationship_type: 'related-to',
          source_ref: one.id,
          target_ref: 'x',
        },
      ],
    },
  }));
  const source = sourceOf(t, `taxii+${origin}/root/collections/7/?match[type]=indicator`);
  t.same(await source.poll(null), ['one.evil.top']);
});

const REFUSALS: readonly (readonly [
  what: string,
  path: string,
  reply: (asked: Asked) => Reply,
  code: string,
  message: RegExp,
])[] = [
  [
    'an address of no collection',
    '/root/',
    () => ({ json: { collections: [{ id: '7', title: 'Ours' }] } }),
    'LIST_NOT_FORMAT',
    /write one of taxii\+http:\/\/127\.0\.0\.1:\d+\/root\/collections\/7\/ \(Ours\)/,
  ],
  [
    'a key that is wanted',
    '/root/collections/7/',
    () => ({ status: 401, json: {} }),
    'LIST_STATUS',
    /lets cenote not in \(status 401\); give the list `bearer`/,
  ],
  [
    'a server that fails, by the address of the list and not of the page',
    '/root/collections/7/?match[type]=indicator&api_key=s3cr3t',
    () => ({ status: 500, json: {} }),
    'LIST_FETCH',
    /status 500 \(http:\/\/127\.0\.0\.1:\d+\/root\/collections\/7\/\?match%5Btype%5D=indicator&api_key=\*\*\*\); it is/,
  ],
  [
    'an answer that is no envelope',
    '/root/collections/7/',
    () => ({ json: [1] }),
    'LIST_NOT_FORMAT',
    /no envelope of TAXII 2\.1/,
  ],
  [
    'one page again and again',
    '/root/collections/7/',
    () => ({ json: { more: true, next: 'a', objects: [{ type: 'tool', id: 'tool--1' }] } }),
    'LIST_NOT_FORMAT',
    /more and not where/,
  ],
  [
    'pages in a circle',
    '/root/collections/7/',
    () => ({ json: { more: true, next: 'a', objects: [] } }),
    'LIST_NOT_FORMAT',
    /more and not where/,
  ],
];
for (const [what, path, reply, code, message] of REFUSALS)
  t.test(`${what} is told`, async (t) => {
    const { origin } = await startServer(t, reply);
    await t.rejects(sourceOf(t, `taxii+${origin}${path}`).poll(null), { code, message });
  });

const attribute = (n: number, value: string, timestamp: number, said: object = {}) => ({
  uuid: `${String(n).padStart(8, '0')}-0000-4000-8000-000000000000`,
  ...{ type: 'domain', to_ids: true, deleted: false, value, timestamp: String(timestamp) },
  ...said,
});

t.test("a MISP server's search is paged, filtered, and asked for what changed", async (t) => {
  const first = Array.from({ length: 5000 }, (_, n) => attribute(n, `n${n}.evil.top`, 1000));
  let answers = [first, [attribute(5000, 'last.evil.top', 1001, { Event: { info: 'Lentera' } })]];
  const { origin, asked } = await startServer(t, ({ body }) => ({
    json: { response: { Attribute: answers[JSON.parse(body).page - 1] ?? [] } },
  }));
  const source = sourceOf(t, `misp+${origin}/?tags=tlp:green&org=1&org=2`, ', headers: { Authorization: k }');
  t.equal((await source.poll(null)).length, 5001);
  const said = asked.splice(0);
  t.same(
    said.map(({ method, url, headers, body }) => [
      method,
      url.pathname,
      headers.authorization,
      JSON.parse(body).page,
    ]),
    [1, 2].map((page) => ['POST', '/attributes/restSearch', 'k', page]),
  );
  const { tags, org, timestamp, deleted } = JSON.parse(said[0]!.body);
  t.same([tags, org, timestamp, deleted], ['tlp:green', ['1', '2'], undefined, [0, 1]]);

  answers = [
    [
      attribute(1, 'n1.evil.top', 1002, { deleted: true }),
      attribute(2, 'n2.evil.top', 1003, { to_ids: false }),
      attribute(5001, 'new.evil.top', 1004),
    ],
  ];
  const names = await source.poll();
  t.same(
    [names.length, names.at(-1), names.slice(0, 2)],
    [5000, 'new.evil.top', ['n0.evil.top', 'n3.evil.top']],
  );
  t.same(JSON.parse(asked.splice(0)[0]!.body).timestamp, '1001');
  answers = [[attribute(5001, 'new.evil.top', 1004)]];
  t.equal(await source.poll(), 'unchanged');
  t.same(JSON.parse(asked[0]!.body).timestamp, '1004');
});

t.test('a score that has decayed since takes its name back, once in a day', async (t) => {
  let decayed = false;
  const { origin, asked } = await startServer(t, ({ body }) => {
    const { timestamp, includeDecayScore } = JSON.parse(body);
    const scores = includeDecayScore === true ? { decay_score: [{ score: 9, decayed }] } : {};
    const all = [attribute(1, 'old.evil.top', 1000, scores), attribute(2, 'new.evil.top', 1001)];
    return { json: { response: { Attribute: timestamp === undefined ? all : [] } } };
  });
  const source = sourceOf(t, `misp+${origin}/`);
  t.same(await source.poll(null), ['old.evil.top', 'new.evil.top']);
  decayed = true;
  t.equal(await source.poll(), 'unchanged', 'nothing changed but the time');
  source.later(DAY + 1);
  t.same(await source.poll(), ['new.evil.top']);
  t.equal(JSON.parse(asked.at(-1)!.body).timestamp, undefined);
});

t.test('a search that finds nothing is a list of nothing; what is no answer of it is told', async (t) => {
  let json: unknown = { response: [] };
  const { origin } = await startServer(t, () => ({ json }));
  t.same(await sourceOf(t, `misp+${origin}/`).poll(null), []);
  json = { name: 'Not Found.' };
  await t.rejects(sourceOf(t, `misp+${origin}/`).poll(null), {
    code: 'LIST_NOT_FORMAT',
    message: /none of MISP’s restSearch/,
  });
});
