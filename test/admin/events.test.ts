// The routes about what happened, and those that change something.
import t, { type Test } from 'tap';
import { type AdminServer, openAdmin } from '../../src/admin/server.ts';
import type { AdminState } from '../../src/admin/state.ts';
import { ask, COVERAGE, FINDING, HIT, type HttpAnswer, INCIDENT, stateOf } from '../support/admin-state.ts';

const TOKEN = 't'.repeat(43);
const NOW = Date.parse('2026-11-23T12:00:00.000Z');
const DAY_MS = 86_400_000;
const JSON_TYPE = { 'content-type': 'application/json' };

async function open(t: Test, state: Partial<AdminState> = {}): Promise<AdminServer> {
  const server = await openAdmin({
    address: { host: '127.0.0.1', port: 0 },
    state: stateOf(state),
    token: TOKEN,
    metricsEnabled: () => true,
    report: (error) => t.fail(String(error)),
    now: () => NOW,
  });
  t.teardown(() => server.close());
  return server;
}

function post(
  bound: string,
  path: string,
  body: unknown = {},
  headers: Readonly<Record<string, string>> = {},
): Promise<HttpAnswer> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return ask(bound, path, { method: 'POST', body: text, headers: { ...JSON_TYPE, ...headers } });
}

t.test('hits are given as the hit log has them, key by key', async (t) => {
  const asked: unknown[] = [];
  const { bound } = await open(t, {
    hits: async (filter) => {
      asked.push(filter);
      return [HIT, { ...HIT, indicator: null, via: 'cdn.example' }];
    },
  });
  const { text } = await ask(bound, '/api/v1/hits');
  t.ok(text.includes(JSON.stringify(HIT)), 'octet for octet');
  await ask(bound, '/api/v1/hits?since=2026-11-20&until=1h&client=::FFFF:192.0.2.7&list=ads&limit=5');
  t.same(asked, [
    { sinceMs: NOW - 7 * DAY_MS },
    {
      sinceMs: Date.parse('2026-11-20'),
      untilMs: NOW - 3_600_000,
      who: { machines: ['m-0000000007'], ips: ['192.0.2.7'] },
      list: 'ads',
      limit: 5,
    },
  ]);
});

t.test('a hunt goes by lists or names, in a URL or in a body', async (t) => {
  const asked: unknown[] = [];
  const { bound } = await open(t, {
    hunt: async (what) => {
      asked.push(what);
      return [FINDING];
    },
  });
  const { json } = await ask(bound, '/api/v1/hunt');
  t.same(json, {
    since: new Date(NOW - 90 * DAY_MS).toISOString(),
    keepsHistory: true,
    coverage: COVERAGE,
    lookedFor: { lists: ['3cx-2023'], names: 0 },
    findings: [FINDING],
  });
  await ask(
    bound,
    '/api/v1/hunt?lists=3cx-2023,ads&names=EVIL.example.,b%C3%BCcher.example,a%5C,b.example,203%5B.%5D0.113.9,2001:DB8::/32&since=1d',
  );
  await post(bound, '/api/v1/hunt', { names: Array.from({ length: 2000 }, (_, i) => `n${i}.example`) });
  t.same(asked.slice(0, 2), [
    { lists: null, names: [], sinceMs: NOW - 90 * DAY_MS },
    {
      lists: ['3cx-2023', 'ads'],
      names: ['evil.example', 'xn--bcher-kva.example', 'a,b.example', '203.0.113.9', '2001:db8::/32'],
      sinceMs: NOW - DAY_MS,
    },
  ]);
  t.match(asked[2], { lists: null, names: { length: 2000 } });
});

t.test('incidents and a client are given, an incident is acknowledged', async (t) => {
  const asked: unknown[] = [];
  const { bound } = await open(t, {
    incidents: async (filter) => {
      asked.push(filter);
      return [INCIDENT, { ...INCIDENT, beacon: null, indicator: null }];
    },
  });
  t.match((await ask(bound, '/api/v1/incidents?state=open&client=192.0.2.7')).json, {
    incidents: [INCIDENT, { beacon: null }],
  });
  t.same(asked, [
    { sinceMs: NOW - 30 * DAY_MS, state: 'open', who: { machines: ['m-0000000007'], ips: ['192.0.2.7'] } },
  ]);
  const client = await ask(bound, '/api/v1/clients/2001:DB8:0::7?since=1d');
  t.match(client.json, { client: { ip: '2001:db8::7', incidents: [INCIDENT], hits: [HIT] } });
  const done = await post(bound, `/api/v1/incidents/${INCIDENT.id.toLowerCase()}/acknowledge`);
  t.match(done.json, { incident: { id: INCIDENT.id, acknowledged: INCIDENT.last } });
  t.match(await post(bound, '/api/v1/incidents/x/acknowledge'), {
    status: 404,
    json: { error: { code: 'NO_INCIDENT' } },
  });
});

t.test('alerts are tested, blocking is paused and resumed', async (t) => {
  const done: unknown[] = [];
  const { bound } = await open(t, {
    pause: async (...what) => void done.push(what),
    resume: async (...what) => void done.push(what),
    paused: () => [{ group: 'default', until: null }],
  });
  t.same((await post(bound, '/api/v1/alerts/test')).json, {
    receivers: [{ receiver: 'webhook hooks.example', error: null }],
    sinks: [{ sink: 'webhook hooks.example', error: null }],
  });
  const paused = { paused: [{ group: 'default', until: null }], pausedMachines: [] };
  t.same((await post(bound, '/api/v1/pause')).json, paused);
  t.same((await post(bound, '/api/v1/pause', { for: '10m', group: 'default' })).json, paused);
  t.same((await post(bound, '/api/v1/resume', { group: 'default' })).json, paused);
  t.same((await ask(bound, '/api/v1/pause')).json, paused);
  t.same(done, [[null, null], ['default', 600_000], ['default']]);
});

t.test('what makes no sense is refused with a sentence, and changes nothing', async (t) => {
  const never = (): never => t.fail('it was done') as never;
  const { bound } = await open(t, { pause: never, resume: never, hits: never, hunt: never, client: never });
  const cases: [answer: Promise<HttpAnswer>, code: string, message: RegExp][] = [
    [ask(bound, '/api/v1/hits?since=yesterday'), 'BAD_SINCE', /not a duration or a date: "yesterday"/],
    [
      ask(bound, '/api/v1/hits?since=2027-02-29'),
      'BAD_SINCE',
      /"2027-02-29"; there is no 2027-02-29, the month ends with 2027-02-28$/,
    ],
    [
      ask(bound, '/api/v1/hits?until=30d'),
      'BAD_SINCE',
      /^`until`, 2026-\S+, is not after `since`, 2026-\S+ \(7d unless said\); say an earlier `since`/,
    ],
    [ask(bound, '/api/v1/log?until=2d'), 'BAD_SINCE', /\(24h unless said\)/],
    [ask(bound, '/api/v1/log/export?since=1h&until=2h'), 'BAD_SINCE', /is not after `since`, [^(]*;/],
    [ask(bound, '/api/v1/top?since=1h&until=1h'), 'BAD_SINCE', /is not after/],
    [ask(bound, '/api/v1/hits?client=till-4'), 'BAD_CLIENT', /no machine and no user is known by "till-4"/],
    [ask(bound, '/api/v1/hits?limit=0'), 'BAD_QUERY', /`limit`/],
    [ask(bound, '/api/v1/hits?limit=10001'), 'BAD_QUERY', /`limit`/],
    [ask(bound, '/api/v1/hunt?names=a..b'), 'BAD_NAME', /not a domain name: "a..b"/],
    [ask(bound, '/api/v1/hunt?names=.'), 'BAD_NAME', /not a domain name/],
    [ask(bound, '/api/v1/clients/127.1'), 'BAD_CLIENT', /no machine and no user is known by "127.1"/],
    [ask(bound, '/api/v1/incidents?state=x'), 'BAD_QUERY', /`state`/],
    [post(bound, '/api/v1/pause', { for: '10' }), 'BAD_DURATION', /not a duration: "10"/],
    [post(bound, '/api/v1/pause', { for: '0' }), 'BAD_DURATION', /not a duration/],
    [post(bound, '/api/v1/pause', { for: '1y' }), 'BAD_DURATION', /24 days at most/],
    [post(bound, '/api/v1/pause', { group: 7 }), 'BAD_QUERY', /field `group`/],
    [post(bound, '/api/v1/pause', { gruop: 'x' }), 'BAD_QUERY', /unknown field "gruop"/],
    [post(bound, '/api/v1/pause', '{"__proto__":{"for":"1m"}}'), 'NOT_JSON', /no JSON/],
    [post(bound, '/api/v1/pause', '{'), 'NOT_JSON', /no JSON/],
    [post(bound, '/api/v1/resume', '[]'), 'BAD_QUERY', /./],
  ];
  for (const [answer, code, message] of cases) {
    const { status, json } = await answer;
    t.equal(status, code === 'BAD_CLIENT' ? 404 : 400, code);
    t.match(json, { error: { code, message } });
  }
  t.equal((await post(bound, '/api/v1/pause', { group: 'x'.repeat(3000) })).status, 413);
});

t.test('what openapi.json says of a value is what is taken', async (t) => {
  const since: unknown[] = [];
  const { bound } = await open(t, {
    hits: async ({ sinceMs }) => {
      since.push(sinceMs);
      return [];
    },
  });
  const { json } = await ask(bound, '/api/v1/openapi.json');
  interface Said {
    readonly pattern?: string;
    readonly enum?: readonly string[];
    readonly anyOf?: readonly Said[];
  }
  const { paths } = json as {
    paths: Record<string, Record<'get', { parameters: { name: string; schema: Said }[] }>>;
  };
  t.notMatch(JSON.stringify(json), /x-described/);
  const takes = ({ pattern, enum: words, anyOf }: Said, text: string): boolean =>
    (pattern === undefined || new RegExp(pattern).test(text)) &&
    (words === undefined || words.includes(text)) &&
    (anyOf === undefined || anyOf.some((one) => takes(one, text)));
  const tables: [string, string, string[]][] = [
    ['/api/v1/hits', 'since', ['0', '7d', '1h30m', '1.5h', '7', '-7d', '7 d', 'd', '2026-11-20', '2026-11-20T19:30', '2026-11-20 19:30:01', '2026-11-20T19:30Z', '2026-11-20T19:30:01.25+02:00', '2026-11-20T24:00', '2026-02-30', '2026-13-01', '20261120', 'yesterday']],
    ['/api/v1/log', 'type', ['A', 'HTTPS', 'TYPE65', 'TYPE065', 'TYPE65535', 'TYPE65536', 'TYPE', 'Q', '65']],
    ['/api/v1/log', 'outcome', ['blocked', 'nxdomain', 'cached', 'no', 'blocked ']],
    ['/api/v1/clients', 'sort', ['name', 'lastSeen', 'last']],
    ['/api/v1/clients', 'order', ['up', 'down', 'asc']],
  ]; // biome-ignore format: a table
  const wrong: string[] = [];
  for (const [path, name, texts] of tables) {
    const schema = paths[path]?.get.parameters.find((one) => one.name === name)?.schema ?? {};
    for (const text of texts) {
      const { status } = await ask(bound, `${path}?${name}=${encodeURIComponent(text)}`);
      if ((status === 200) !== takes(schema, text)) wrong.push(`${name}=${text}: ${status}`);
    }
  }
  t.same(wrong, []);
  t.ok(since.includes(Date.parse('2026-11-20T19:30Z')), 'a time without its zone is UTC');
  t.equal((await ask(bound, `/api/v1/clients/${'x'.repeat(250)}`)).status, 404, 'a long name is one');
});

const CHANGES = [
  '/api/v1/pause',
  '/api/v1/resume',
  '/api/v1/alerts/test',
  `/api/v1/incidents/${INCIDENT.id}/acknowledge`,
] as const;

t.test('a change needs POST, JSON and a page of its own', async (t) => {
  const never = (): never => t.fail('it was done') as never;
  const { bound } = await open(t, { pause: never, resume: never, testAlerts: never, acknowledge: never });
  const known = { authorization: `Bearer ${TOKEN}` };
  for (const path of CHANGES) {
    if (path !== '/api/v1/pause') {
      const read = await ask(bound, path);
      t.equal(read.status, 405, `GET ${path}`);
      t.equal(read.headers['allow'], 'POST');
    }
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp', ''])
      t.match(
        await post(bound, path, {}, { 'content-type': type }),
        { status: 415, json: { error: { code: 'NOT_JSON' } } },
        `${path} ${type}`,
      );
    t.equal((await ask(bound, path, { method: 'POST' })).status, 415, `${path} without a body`);
    const strange: Readonly<Record<string, string>>[] = [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: `http://${bound}.evil.example` },
    ];
    for (const headers of strange)
      for (const who of [{}, known])
        t.match(
          await post(bound, path, {}, { ...headers, ...who }),
          { status: 403, json: { error: { code: 'CROSS_SITE' } } },
          `${path} ${JSON.stringify(headers)}`,
        );
    t.equal((await post(bound, path, {}, { 'x-forwarded-for': '192.0.2.7' })).status, 401, path);
    t.equal((await post(bound, path, {}, { host: 'rebind.example' })).status, 403, path);
    t.equal((await post(bound, path, {}, { authorization: 'Bearer x' })).status, 401, path);
  }
});

t.test('its own page and a known program may change', async (t) => {
  const { bound } = await open(t);
  const known = { authorization: `Bearer ${TOKEN}`, 'x-forwarded-for': '192.0.2.7' };
  for (const path of CHANGES) {
    t.equal((await post(bound, path)).status, 200, path);
    t.equal((await post(bound, path, {}, { origin: `http://${bound}` })).status, 200, path);
    t.equal((await post(bound, path, {}, known)).status, 200, path);
    const proxied = { ...known, origin: 'https://cenote.example', 'sec-fetch-site': 'same-origin' };
    t.equal((await post(bound, path, {}, proxied)).status, 200, `${path} behind a proxy`);
  }
});
