// The door as a matrix: every route that openapi.json tells of, against everyone who must not get in. A new route is in it
// as soon as it exists.
import { once } from 'node:events';
import { Agent } from 'node:http';
import { connect } from 'node:net';
import t from 'tap';
import { openAdmin } from '../../src/admin/server.ts';
import { ask, type HttpAnswer, type HttpOptions, stateOf } from '../support/admin-state.ts';
import { mistakes } from '../support/mistakes.ts';

const TOKEN = 't'.repeat(43);
const JSON_TYPE = { 'content-type': 'application/json' };

let changes = 0;
const counted = () => {
  changes += 1;
};
const server = await openAdmin({
  address: { host: '127.0.0.1', port: 0 },
  state: stateOf({
    pause: async () => counted(),
    resume: async () => counted(),
    acknowledge: async () => {
      counted();
      return null;
    },
    testAlerts: async () => {
      counted();
      return [];
    },
  }),
  token: TOKEN,
  metricsEnabled: () => true,
  report: () => undefined,
});
t.teardown(() => server.close());
const { bound } = server;
const port = Number(bound.split(':')[1]);

interface Asked {
  readonly path: string;
  readonly method: string;
}
const { json } = await ask(bound, '/api/v1/openapi.json');
const routes: readonly Asked[] = Object.entries((json as { paths: Record<string, object> }).paths).flatMap(
  ([path, methods]) =>
    Object.entries(methods as Readonly<Record<string, { readonly 'x-role': string }>>)
      .filter(([, { 'x-role': role }]) => role !== 'open')
      .map(([method]) => ({ path: path.replace(/\{\w+\}/, 'x'), method: method.toUpperCase() })),
);

/** Hundreds are asked on one connection: to open each costs most of the time. */
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
t.teardown(() => agent.destroy());

const from = (headers: Readonly<Record<string, string>>, body = '{}') =>
  ({ path, method }: Asked): Promise<HttpAnswer> =>
    ask(bound, path, { agent, method, headers: { ...JSON_TYPE, ...headers }, ...(method === 'POST' ? { body } : {}) } satisfies HttpOptions); // biome-ignore format: one request

/** Reports and lists as people paste them, up to 48 MiB, and leases of a whole network. */
const TAKES_MORE = new Set(['/api/v1/clients', '/api/v1/lists', '/api/v1/report', '/api/v1/report/block']);

/** Who must not get in, the status they get, and whether that holds for reading too. */
const STRANGERS: readonly (readonly [who: string, status: number, readsToo: boolean, ask: ReturnType<typeof from>])[] = [
  ['another machine, by a proxy here', 401, true, from({ 'x-forwarded-for': '192.0.2.7' })],
  ['another machine, by Forwarded', 401, true, from({ forwarded: 'for=192.0.2.7' })],
  ['a wrong token', 401, true, from({ authorization: `Bearer ${TOKEN.slice(1)}u` })],
  ['a token of another scheme', 401, true, from({ authorization: `Basic ${TOKEN}` })],
  ['a strange name (DNS rebinding)', 403, true, from({ host: `rebind.example:${port}` })],
  ['a name that ends like ours', 403, true, from({ host: `127.0.0.1.rebind.example:${port}` })],
  ['a page of another site', 403, true, from({ 'sec-fetch-site': 'cross-site' })],
  ['a page of a neighbour', 403, true, from({ 'sec-fetch-site': 'same-site' })],
  ['a page of another site that knows the token', 403, false, from({ 'sec-fetch-site': 'cross-site', authorization: `Bearer ${TOKEN}` })],
  ['a page of another port', 403, false, from({ origin: `http://127.0.0.1:${port + 1}` })],
  ['a page without origin', 403, false, from({ origin: 'null' })],
  ['a form', 415, false, from({ 'content-type': 'application/x-www-form-urlencoded' }, 'for=1h')],
  ['a form that says text', 415, false, from({ 'content-type': 'text/plain' })],
  ['a form that says almost JSON', 415, false, from({ 'content-type': 'application/jsonx' })],
  ['a body of 2 MB', 413, false, (asked) => (TAKES_MORE.has(asked.path) ? from({ 'content-length': '100000000' })(asked) : from({}, `{"a":"${'x'.repeat(2 << 20)}"}`)(asked))],
  ['a body that is no JSON', 400, false, from({}, '{')],
  ['a body with __proto__', 400, false, from({}, '{"__proto__":{"for":"1m"}}')],
  ['a body with a key nobody knows', 400, false, from({}, '{"nobody":1}')],
]; // biome-ignore format: a table

t.test('every route refuses every stranger, and nothing is changed', async (t) => {
  t.ok(routes.length >= 15, `${routes.length} routes`);
  const wrong = mistakes();
  for (const [who, status, readsToo, asks] of STRANGERS)
    for (const route of routes.filter(({ method }) => readsToo || method === 'POST')) {
      const answer = await asks(route).catch(() => ({ status: 413, text: '' }));
      const tellsNothing = !/hits|lists"|counters/.test(answer.text);
      wrong.compare([answer.status, tellsNothing], [status, true], `${who}: ${route.method} ${route.path}`);
    }
  wrong.none(t);
  t.equal(changes, 0);
});

t.test('no path that looks like an open one opens another', async (t) => {
  for (const path of [
    '/page.js/../api/v1/status',
    '/page.js/..%2fapi/v1/status',
    '/page.js;/api/v1/status',
    '/page.js?/api/v1/status/../',
    '//api/v1/status',
    '/./api/v1/status',
    '/API/V1/STATUS',
    '/api/v1/status/',
    '/api/v1/status%00.js',
    '/api/v1/status#/page.js',
    '/%61pi/v1/status',
  ]) {
    const { status, text } = await ask(bound, path, { headers: { 'x-forwarded-for': '192.0.2.7' } });
    t.ok(
      status === 401 || status === 400 || (status === 200 && /setInterval|setTimeout/.test(text)),
      `${path}: ${status}`,
    );
    t.notMatch(text, /uptimeSeconds/, `${path} tells nothing`);
  }
});

t.test('no upgrade, and no second request inside the first', async (t) => {
  const raw = async (octets: string): Promise<string> => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    socket.setEncoding('latin1').on('data', (part) => {
      text += part;
    });
    socket.on('error', () => {});
    socket.end(octets);
    await once(socket, 'close');
    return text;
  };
  const statuses = (text: string): readonly string[] => text.match(/HTTP\/1\.1 \d+/g) ?? [];
  const upgrade = 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n';
  const away = 'X-Forwarded-For: 192.0.2.7\r\n';
  t.same(
    statuses(await raw(`GET /page.js HTTP/1.1\r\nHost: 127.0.0.1\r\n${upgrade}\r\n`)).includes(
      'HTTP/1.1 101',
    ),
    false,
  );
  t.same(statuses(await raw(`GET /api/v1/status HTTP/1.1\r\nHost: 127.0.0.1\r\n${away}${upgrade}\r\n`)), [
    'HTTP/1.1 401',
  ]);
  for (const lies of [
    'Content-Length: 4\r\nTransfer-Encoding: chunked\r\n',
    'Content-Length: 1\r\nContent-Length: 40\r\n',
  ]) {
    const inner = 'GET /api/v1/status HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n';
    const text = await raw(
      `POST /api/v1/pause HTTP/1.1\r\nHost: 127.0.0.1\r\n${away}Content-Type: application/json\r\n${lies}\r\n0\r\n\r\n${inner}`,
    );
    t.notMatch(text, /uptimeSeconds/, lies.trim());
  }
  t.equal(changes, 0);
});
