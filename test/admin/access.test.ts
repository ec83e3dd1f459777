// Who gets in.
import { chmodSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { admit, type Caller, isRefusal } from '../../src/admin/door/access.ts';
import { bareDoor } from '../../src/admin/door/door.ts';
import { ensureToken, readToken, tokenOrNone, tokenPath } from '../../src/admin/door/token.ts';
import { openAdmin } from '../../src/admin/server.ts';
import { ask, HEALTHY, stateOf } from '../support/admin-state.ts';
import { mistakes } from '../support/mistakes.ts';

const TOKEN = 'a'.repeat(43);

function refusal(caller: Partial<Caller>): string | null {
  const whole: Caller = {
    address: '127.0.0.1',
    host: '127.0.0.1:5380',
    authorization: undefined,
    fetchSite: undefined,
    origin: undefined,
    isChange: false,
    isForwarded: false,
    isOtherUser: false,
    socketUser: undefined,
    session: undefined,
    ...caller,
  };
  const answer = admit(whole, bareDoor(TOKEN, Date.now));
  return isRefusal(answer) ? answer.code : null;
}

t.test('this machine needs no token', async (t) => {
  for (const address of ['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1'])
    t.equal(refusal({ address }), null, address);
});

t.test('another user of this machine needs the token too', async (t) => {
  t.equal(refusal({ isOtherUser: true }), 'OTHER_USER');
  t.equal(refusal({ isOtherUser: true, authorization: `Bearer ${TOKEN}` }), null);
});

t.test('another machine needs the token, whatever it asks for', async (t) => {
  for (const address of ['192.0.2.7', '::ffff:192.0.2.7', '2001:db8::1', '', '127.evil.example'])
    t.equal(refusal({ address }), 'NO_TOKEN', address);
  t.equal(refusal({ address: '192.0.2.7', authorization: `Bearer ${TOKEN}` }), null);
  t.equal(refusal({ address: '192.0.2.7', authorization: `bearer  ${TOKEN}`, host: 'cenote:5380' }), null);
});

t.test('a wrong token is refused even on this machine', async (t) => {
  for (const authorization of [
    'Bearer x',
    'Bearer',
    '',
    `Basic ${TOKEN}`,
    `Bearer ${TOKEN}x`,
    `Bearer ${TOKEN} x`,
  ])
    t.equal(refusal({ authorization }), 'WRONG_TOKEN', authorization);
});

t.test('a name that a stranger can point here is refused', async (t) => {
  for (const host of ['127.0.0.1', '[::1]:5380', 'localhost:5380', 'LOCALHOST', '192.0.2.1:5380'])
    t.equal(refusal({ host }), null, host);
  for (const host of [
    'rebind.example',
    'localhost.rebind.example:5380',
    '127.0.0.1.rebind.example',
    '',
    undefined,
    '::1',
    '[x]',
    'a@127.0.0.1',
  ])
    t.equal(refusal({ host }), 'STRANGE_HOST', host ?? 'none');
});

t.test('a page of another site and a proxy are refused', async (t) => {
  t.equal(refusal({ fetchSite: 'cross-site' }), 'CROSS_SITE');
  t.equal(refusal({ fetchSite: 'same-site' }), 'CROSS_SITE');
  t.equal(refusal({ fetchSite: 'same-origin' }), null);
  t.equal(refusal({ isForwarded: true }), 'NO_TOKEN');
});

t.test('what a proxy passes on to the Unix socket is nobody of this machine', async (t) => {
  const socketUser = { name: 'root', role: 'admin', way: 'socket' } as const;
  t.equal(refusal({ address: '', socketUser }), null);
  t.equal(refusal({ address: '', socketUser, isForwarded: true }), 'NO_TOKEN');
  t.equal(refusal({ address: '', socketUser: null }), 'OTHER_USER');
  const authorization = `Bearer ${TOKEN}`;
  t.equal(refusal({ address: '', socketUser, isForwarded: true, authorization }), null);
});

t.test('a change is refused to a page of another site, token or not', async (t) => {
  const change = { isChange: true, host: '127.0.0.1:5380' };
  for (const origin of [
    'https://evil.example',
    'null',
    'http://127.0.0.1:53800',
    'http://localhost:5380',
    '',
  ])
    for (const authorization of [undefined, `Bearer ${TOKEN}`])
      t.equal(refusal({ ...change, origin, authorization }), 'CROSS_SITE', origin);
  t.equal(refusal({ ...change, authorization: `Bearer ${TOKEN}`, fetchSite: 'cross-site' }), 'CROSS_SITE');
  for (const origin of [undefined, 'http://127.0.0.1:5380', 'https://127.0.0.1:5380'])
    t.equal(refusal({ ...change, origin }), null, origin ?? 'a program');
  t.equal(refusal({ origin: 'https://evil.example' }), null, 'a read tells a page nothing');
});

t.test('every path is behind the door, those that are not there too', async (t) => {
  const server = await openAdmin({
    address: { host: '127.0.0.1', port: 0 },
    state: stateOf(),
    token: TOKEN,
    metricsEnabled: () => true,
    report: () => undefined,
  });
  t.teardown(() => server.close());
  const paths = [
    '/api/v1/status',
    '/api/v1/lists',
    '/api/v1/query?name=a',
    '/api/v1/openapi.json',
    '/api/v1/hits',
    '/api/v1/hunt',
    '/api/v1/incidents',
    '/api/v1/incidents/x/acknowledge',
    '/api/v1/clients/192.0.2.7',
    '/api/v1/alerts/test',
    '/api/v1/pause',
    '/api/v1/resume',
    '/healthz/',
    '/metrics',
    '/page.js/',
    '/page.css.map',
    '//',
    '/x',
  ];
  const wrong = mistakes();
  for (const path of paths)
    for (const method of ['GET', 'HEAD', 'POST', 'OPTIONS']) {
      const proxied = await ask(server.bound, path, { method, headers: { 'x-forwarded-for': '192.0.2.7' } });
      wrong.compare(
        [proxied.status, proxied.headers['www-authenticate']],
        [401, 'Bearer realm="cenote"'],
        `${method} ${path}`,
      );
      const strange = await ask(server.bound, path, { method, headers: { host: 'rebind.example' } });
      wrong.compare(strange.status, 403, `${method} ${path} by a strange name`);
    }
  wrong.none(t);
  const known = { 'x-forwarded-for': '192.0.2.7', authorization: `Bearer ${TOKEN}` };
  t.equal((await ask(server.bound, '/api/v1/status', { headers: known })).status, 200);
});

t.test(
  'a probe needs no token, and is told by the status and two words; more only who is known',
  async (t) => {
    let health = HEALTHY;
    const server = await openAdmin({
      address: { host: '127.0.0.1', port: 0 },
      state: stateOf({ health: () => health }),
      token: TOKEN,
      metricsEnabled: () => true,
      report: () => undefined,
    });
    t.teardown(() => server.close());
    const stranger = { 'x-forwarded-for': '192.0.2.7' };
    const probe = async (path: string, headers: Readonly<Record<string, string>>) => {
      const { status, json } = await ask(server.bound, path, { headers });
      return [status, json];
    };
    for (const path of ['/healthz', '/readyz']) {
      t.same(await probe(path, stranger), [200, { healthy: true, ready: true }], path);
      t.same(await probe(path, { ...stranger, authorization: `Bearer ${TOKEN}` }), [200, health], path);
    }
    health = { ...health, ready: false };
    t.same(await probe('/healthz', stranger), [200, { healthy: true, ready: false }]);
    t.same(await probe('/readyz', stranger), [503, { healthy: true, ready: false }]);
    health = { ...health, healthy: false };
    t.same(await probe('/healthz', stranger), [503, { healthy: false, ready: false }]);
    t.equal((await ask(server.bound, '/healthz', { method: 'HEAD', headers: stranger })).status, 503);
  },
);

t.test('the token is made once, for its owner alone', async (t) => {
  const dir = t.testdir({});
  t.equal(readToken(dir), null);
  const token = ensureToken(dir);
  t.match(token, /^[A-Za-z0-9_-]{43}$/);
  t.equal(statSync(tokenPath(dir)).mode & 0o777, 0o600);
  chmodSync(tokenPath(dir), 0o644);
  t.equal(ensureToken(dir), token);
  t.equal(statSync(tokenPath(dir)).mode & 0o777, 0o600);
  t.equal(readToken(dir), token);
});

t.test('a token file that holds no token is replaced, one that cannot be kept is told', async (t) => {
  const dir = t.testdir({});
  writeFileSync(tokenPath(dir), '\n');
  t.match(ensureToken(dir), /^[A-Za-z0-9_-]{43}$/);
  t.throws(() => ensureToken(join(dir, 'missing')), { code: 'ADMIN_TOKEN' });
  const told: string[] = [];
  const nobodys = tokenOrNone(join(dir, 'missing'), (why) => told.push(why));
  t.match(nobodys, /^[A-Za-z0-9_-]{43}$/, 'a disk that takes no token does not keep DNS from starting');
  t.match(told, [/^the admin token cannot be kept .*; let this user write there$/]);
  t.equal(
    tokenOrNone(dir, (why) => told.push(why)),
    readToken(dir),
  );
  t.equal(told.length, 1);
});
