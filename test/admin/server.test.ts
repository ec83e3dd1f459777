// The admin interface as programs meet it.
import t, { type Test } from 'tap';
import { type AdminServer, openAdmin } from '../../src/admin/server.ts';
import type { AdminState, HealthView } from '../../src/admin/state.ts';
import { CodedError } from '../../src/config/coded-error.ts';
import { ask, DECISION, LIST, STATUS, stateOf } from '../support/admin-state.ts';

const TOKEN = 't'.repeat(43);

async function open(t: Test, state: Partial<AdminState> = {}, metrics = true): Promise<AdminServer> {
  const server = await openAdmin({
    address: { host: '127.0.0.1', port: 0 },
    state: stateOf(state),
    token: TOKEN,
    metricsEnabled: () => metrics,
    report: (error) => t.fail(String(error)),
  });
  t.teardown(() => server.close());
  return server;
}

t.test('status, lists and a decision are given as they are', async (t) => {
  const { bound } = await open(t);
  t.same((await ask(bound, '/api/v1/status')).json, STATUS);
  t.same((await ask(bound, '/api/v1/lists')).json, { lists: [LIST] });
  t.same((await ask(bound, '/api/v1/query?name=a.example&type=MX&client=192.0.2.7')).json, {
    ...DECISION,
    name: 'a.example',
    type: 'MX',
  });
});

t.test(
  'a request that comes while the interface cannot be loaded is told so, and the next one is answered',
  async (t) => {
    let isShort = true;
    const reported: unknown[] = [];
    const server = await openAdmin({
      address: { host: '127.0.0.1', port: 0 },
      state: stateOf({}),
      token: TOKEN,
      metricsEnabled: () => true,
      report: (error) => reported.push(error),
      audit: {
        get add() {
          if (isShort) throw new Error('EMFILE: too many open files');
          return undefined;
        },
      } as never,
    });
    t.teardown(() => server.close());
    const refused = await ask(server.bound, '/api/v1/status');
    t.equal(refused.status, 500);
    t.equal(refused.headers['server'], 'cenote', 'the command line knows whom it asks by this');
    t.match(refused.json, { error: { code: 'INTERNAL', message: /could not be loaded: EMFILE/ } });
    t.equal(reported.length, 1);
    isShort = false;
    t.same((await ask(server.bound, '/api/v1/status')).json, STATUS);
  },
);

t.test('a question has a default for the type, and is of whoever asks it', async (t) => {
  const asked: unknown[] = [];
  const { bound } = await open(t, {
    decide: (question) => {
      asked.push(question);
      return DECISION;
    },
  });
  await ask(bound, '/api/v1/query?name=a.example', { from: '127.0.0.2' });
  await ask(bound, '/api/v1/query?name=a.example&client=till-3');
  t.same(asked, [
    { name: 'a.example', type: 'A', client: '127.0.0.2', ask: false },
    { name: 'a.example', type: 'A', client: 'till-3', ask: false },
  ]);
});

t.test('a field that the description does not know is not sent', async (t) => {
  const { bound } = await open(t, { lists: () => [{ ...LIST, secret: 'x' }] as never });
  t.notMatch((await ask(bound, '/api/v1/lists')).text, /secret/);
});

t.test('health is 503 when it is not there, with the reasons', async (t) => {
  const since = '2026-11-23T09:00:00.000Z';
  const health: HealthView = {
    healthy: true,
    ready: false,
    revision: 4,
    since,
    refused: { kind: 'configuration', since, reason: 'the key does not belong to the certificate' },
    problems: [{ id: 'list:ads', since, what: 'list ads: nothing usable', remedy: 'check its source' }],
  };
  const { bound } = await open(t, { health: () => health });
  t.equal((await ask(bound, '/healthz')).status, 200);
  const ready = await ask(bound, '/readyz');
  t.equal(ready.status, 503);
  t.same(ready.json, health);
});

t.test('what makes no sense is refused with a sentence', async (t) => {
  const { bound } = await open(t, {
    decide: () => {
      throw new CodedError('BAD_TYPE', 'not a record type: "Q"; A, AAAA');
    },
  });
  const cases: [path: string, status: number, code: string, message: RegExp][] = [
    ['/api/v1/query', 400, 'BAD_QUERY', /`name` is missing/],
    ['/api/v1/query?name=a&nmae=b', 400, 'BAD_QUERY', /unknown parameter "nmae"/],
    ['/api/v1/query?name=a&name=b', 400, 'BAD_QUERY', /more than once/],
    [`/api/v1/query?name=${'a'.repeat(1025)}`, 400, 'BAD_QUERY', /`name` must not have more/],
    ['/api/v1/query?name=a&type=Q', 400, 'BAD_TYPE', /not a record type/],
    ['/api/v1/top?of=x', 400, 'BAD_QUERY', /`of` is one of machines, names, lists, upstreams$/],
    ['/api/v1/log?limit=1001', 400, 'BAD_QUERY', /`limit` is not right: At most so many, up to 1000/],
    ['/api/v1/log?cursor=x', 400, 'BAD_QUERY', /`cursor` is not right: Where a page ended/],
    ['/api/v1/status?x=1', 400, 'BAD_QUERY', /unknown parameter/],
    ['/api/v1/nothing', 404, 'NOT_FOUND', /openapi.json/],
    ['/page', 404, 'NOT_FOUND', /openapi.json/],
    ['/%zz', 400, 'BAD_URL', /URL/],
    [`/${'a'.repeat(5000)}`, 414, 'URL_TOO_LONG', /longer/],
  ];
  for (const [path, status, code, message] of cases) {
    const answer = await ask(bound, path);
    t.equal(answer.status, status, path.slice(0, 60));
    t.match(answer.json, { error: { code, message } }, path.slice(0, 60));
  }
});

t.test('what has not changed is not sent again', async (t) => {
  const { bound } = await open(t);
  const first = await ask(bound, '/api/v1/lists');
  const etag = String(first.headers['etag']);
  t.match(etag, /^"[\w-]{22}"$/);
  for (const known of [etag, `"x", W/${etag}`, '*']) {
    const again = await ask(bound, '/api/v1/lists', { headers: { 'if-none-match': known } });
    t.same([again.status, again.text, again.headers['etag']], [304, '', etag], known);
  }
  t.equal((await ask(bound, '/api/v1/lists', { headers: { 'if-none-match': '"x"' } })).status, 200);
  t.equal((await ask(bound, '/nothing', { headers: { 'if-none-match': '*' } })).status, 404);
});

t.test('what shows can only be read', async (t) => {
  const { bound } = await open(t);
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
    const answer = await ask(bound, '/api/v1/status', {
      method,
      body: '{}',
      headers: { 'content-type': 'application/json' },
    });
    t.equal(answer.status, 405, method);
    t.match(answer.headers, { allow: 'GET, HEAD' });
    t.match(answer.json, { error: { code: 'METHOD' } });
  }
  t.equal((await ask(bound, '/api/v1/status', { method: 'HEAD' })).status, 200);
});

t.test('every answer carries the security headers', async (t) => {
  const { bound } = await open(t);
  for (const path of ['/api/v1/status', '/nothing', '/metrics', '/%zz', '/api/v1/query']) {
    const { headers } = await ask(bound, path);
    t.equal(headers['x-content-type-options'], 'nosniff', path);
    t.match(headers['content-security-policy'], /default-src 'none'/, path);
    t.equal(headers['cache-control'], 'no-store', path);
    t.equal(headers['access-control-allow-origin'], undefined, path);
  }
});

t.test('an exception is reported here and not told there', async (t) => {
  const reported: unknown[] = [];
  const server = await openAdmin({
    address: { host: '127.0.0.1', port: 0 },
    state: stateOf({
      lists: () => {
        throw new Error('secret detail');
      },
    }),
    token: TOKEN,
    metricsEnabled: () => true,
    report: (error) => reported.push(error),
  });
  t.teardown(() => server.close());
  const answer = await ask(server.bound, '/api/v1/lists');
  t.equal(answer.status, 500);
  t.notMatch(answer.text, /secret detail/);
  t.equal(reported.length, 1);
});

t.test('openapi.json describes every route, and every route is there', async (t) => {
  const { bound } = await open(t);
  const { json } = await ask(bound, '/api/v1/openapi.json');
  const { paths } = json as {
    paths: Record<
      string,
      Record<string, { parameters: unknown[]; operationId: string; requestBody?: unknown }>
    >;
  };
  const exported = paths['/api/v1/incidents/{id}/export']?.['get'];
  t.match(exported, { responses: { 200: { content: { 'application/json': { schema: {} } } } } });
  t.notMatch(
    exported,
    { responses: { 200: { content: { 'application/json': { schema: { type: 'string' } } } } } },
    'a file of JSON is no text',
  );
  t.same(
    Object.entries(paths)
      .map(([path, methods]) => `${path} ${Object.keys(methods).join(' ')}`)
      .sort(),
    [
      '/api/v1/alerts/test post',
      '/api/v1/audit get',
      '/api/v1/charts get',
      '/api/v1/clients get post',
      '/api/v1/clients/{client} get',
      '/api/v1/fleet get',
      '/api/v1/fleet/finds get',
      '/api/v1/fleet/hits get',
      '/api/v1/fleet/hunt post',
      '/api/v1/fleet/hunts/{id} get',
      '/api/v1/fleet/incidents get',
      '/api/v1/fleet/invite post',
      '/api/v1/fleet/publish post',
      '/api/v1/fleet/remove post',
      '/api/v1/fleet/troubles get',
      '/api/v1/groups get post',
      '/api/v1/groups/{group} post',
      '/api/v1/groups/{group}/remove post',
      '/api/v1/hits get',
      '/api/v1/hunt get post',
      '/api/v1/incidents get',
      '/api/v1/incidents/{id} get',
      '/api/v1/incidents/{id}/acknowledge post',
      '/api/v1/incidents/{id}/export get',
      '/api/v1/incidents/{id}/note post',
      '/api/v1/lists get post',
      '/api/v1/lists/catches get',
      '/api/v1/lists/refresh post',
      '/api/v1/lists/{list}/mode post',
      '/api/v1/lists/{list}/refresh post',
      '/api/v1/lists/{list}/remove post',
      '/api/v1/log get',
      '/api/v1/log/export get',
      '/api/v1/log/stream get',
      '/api/v1/log/tail get',
      '/api/v1/openapi.json get',
      '/api/v1/overrides get post',
      '/api/v1/overrides/{id}/remove post',
      '/api/v1/pause get post',
      '/api/v1/pulse get',
      '/api/v1/query get',
      '/api/v1/report post',
      '/api/v1/report/block post',
      '/api/v1/resume post',
      '/api/v1/served get',
      '/api/v1/session get',
      '/api/v1/sign-in get post',
      '/api/v1/sign-out post',
      '/api/v1/settings get post',
      '/api/v1/status get',
      '/api/v1/tokens get post',
      '/api/v1/tokens/{id}/revoke post',
      '/api/v1/top get',
      '/healthz get',
      '/metrics get',
      '/readyz get',
    ].sort(),
  );
  for (const path of Object.keys(paths).filter((name) => !name.endsWith('/stream')))
    t.notMatch((await ask(bound, path)).text, /"NOT_FOUND"/, path);
  t.match(paths['/api/v1/query']?.['get']?.parameters, [{ name: 'name', in: 'query', required: true }]);
  t.match(paths['/api/v1/clients/{client}']?.['get']?.parameters, [
    { name: 'client', in: 'path', required: true },
    { name: 'since', in: 'query', required: false },
  ]);
  const operations = Object.values(paths).flatMap((methods) => Object.values(methods));
  t.equal(new Set(operations.map(({ operationId }) => operationId)).size, operations.length);
  for (const methods of Object.values(paths))
    t.equal(methods['post'] === undefined, methods['post']?.requestBody === undefined);
});

t.test('metrics are text that Prometheus reads, and can be off', async (t) => {
  const { bound } = await open(t, { lists: () => [{ ...LIST, name: 'a"b\nc\\' }] });
  const first = await ask(bound, '/metrics');
  t.match(first.headers['content-type'], /^text\/plain; version=0\.0\.4/);
  t.match(first.text, /^cenote_queries_total\{transport="udp"\} 10$/m);
  for (const line of [
    'cenote_query_endings_total{transport="udp",ending="tcp_only"} 4',
    'cenote_replies_total{rcode="NOERROR"} 12',
    'cenote_list_hits_total{list="a\\"b",group="default"} 4',
    'cenote_open_incidents 2',
    'cenote_notices_waiting{receiver="webhook hooks.example"} 1',
    'cenote_upstream_wait_seconds_bucket{le="0.001"} 3',
    'cenote_upstream_wait_seconds_bucket{le="0.01"} 5',
    'cenote_upstream_wait_seconds_bucket{le="+Inf"} 6',
    'cenote_upstream_wait_seconds_sum 1.234',
  ])
    t.ok(first.text.split('\n').includes(line), line);
  for (const line of first.text.split('\n'))
    t.match(line, /^($|# (HELP|TYPE) cenote_|cenote_)/, 'no name without our prefix');
  t.match(first.text, /^cenote_hits_total 4$/m);
  t.match(first.text, /^cenote_hits_lost_total 0$/m);
  t.match(first.text, /^cenote_upstream_rtt_seconds\{upstream="9\.9\.9\.9:53",transport="udp"\} 0\.0125$/m);
  t.ok(first.text.includes('cenote_list_entries{list="a\\"b\\nc\\\\"} 21'));
  t.match(
    (await ask(bound, '/metrics')).text,
    /^cenote_queries_total\{transport="udp"\} 10$/m,
    'not added up',
  );

  const off = await open(t, {}, false);
  t.match(await ask(off.bound, '/metrics'), { status: 404, json: { error: { code: 'METRICS_OFF' } } });
});

t.test('an address that is taken is told with its remedy', async (t) => {
  const { bound } = await open(t);
  const port = Number(bound.split(':')[1]);
  await t.rejects(
    openAdmin({
      address: { host: '127.0.0.1', port },
      state: stateOf(),
      token: TOKEN,
      metricsEnabled: () => true,
      report: () => undefined,
    }),
    {
      code: 'ADMIN_LISTEN',
      message: new RegExp(`another program listens there \\(listen.admin 127.0.0.1:${port}\\)`),
    },
  );
});
