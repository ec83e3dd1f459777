// Signing in, roles, tokens, the Unix socket, proxies in front, and what the audit log says of it.
import { spawn } from 'node:child_process';
import { scryptSync } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { Audit } from '../../src/admin/audit/audit.ts';
import { Door } from '../../src/admin/door/door.ts';
import { frontOf } from '../../src/admin/door/front.ts';
import { hashPassword, isPassword } from '../../src/admin/door/password.ts';
import { Sessions } from '../../src/admin/door/sessions.ts';
import { codeAt, enrolUri, newSecret, stepOfCode } from '../../src/admin/door/totp.ts';
import { Tries } from '../../src/admin/door/tries.ts';
import { openAdmin } from '../../src/admin/server.ts';
import type { AdminState } from '../../src/admin/state.ts';
import type { AdminConfig, Role } from '../../src/config/meant/admin.ts';
import { parsePrefix } from '../../src/config/values/addresses.ts';
import { formatHash } from '../../src/config/values/password-hash.ts';
import { peerOf } from '../../src/daemon/machine/door.ts';
import { firstPassword } from '../../src/daemon/machine/first-password.ts';
import { ask, CHANGE, type HttpAnswer, INCIDENT, LIST, stateOf } from '../support/admin-state.ts';
import { mistakes } from '../support/mistakes.ts';

const TOKEN = 't'.repeat(43);
const MINUTE = 60_000;
const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
/** A cheap one, so that the tests are fast. */
const cheap = (password: string): string => {
  const [salt, form] = [Buffer.alloc(16, 7), { logCost: 10, blockSize: 8, parallel: 1 }];
  return formatHash({ ...form, salt, hash: scryptSync(password, salt, 32, { N: 1024 }) });
};

const prefix = (text: string) => {
  const parsed = parsePrefix(text);
  return parsed.ok ? [parsed.value] : [];
};

const settings = (change: Partial<AdminConfig> = {}): AdminConfig => ({
  addresses: [],
  tls: false,
  socket: null,
  users: [
    { name: 'rita', password: cheap('reader pass'), totp: null, role: 'reader', system: null },
    { name: 'ana', password: cheap('analyst pass'), totp: null, role: 'analyst', system: null },
    { name: 'adam', password: cheap('admin pass'), totp: null, role: 'admin', system: null },
    { name: 'tom', password: cheap('totp pass'), totp: SECRET, role: 'admin', system: null },
    { name: 'nora', password: null, totp: null, role: 'reader', system: '65534' },
  ],
  password: null,
  trust: [],
  oidc: null,
  idleMs: 60 * MINUTE,
  lastsMs: 720 * MINUTE,
  auditMs: 86_400_000,
  ...change,
});

let nowMs = Date.parse('2026-11-29T12:00:00Z');

async function open(
  t: Test,
  change: Partial<AdminConfig> = {},
  isForAll = false,
  state: Partial<AdminState> = {},
) {
  const dir = t.testdir({});
  let inForce = settings(change);
  const report = (why: unknown): void => void t.fail(String(why));
  const door = new Door({
    token: TOKEN,
    dir,
    settings: () => inForce,
    firstPassword: null,
    now: () => nowMs,
    report,
  });
  const audit = new Audit({ dir, keepMs: () => inForce.auditMs, now: () => nowMs, report });
  const path = join('/tmp', `cenote-test-${process.pid}-${Math.random().toString(36).slice(2)}.sock`);
  const server = await openAdmin({
    address: { host: '127.0.0.1', port: 0 },
    more: [{ host: '127.0.0.2', port: 0 }],
    unix: { path, isForAll, isUsual: false },
    peerUser: peerOf,
    state: stateOf(state),
    token: TOKEN,
    door,
    audit,
    metricsEnabled: () => true,
    report,
    now: () => nowMs,
  });
  t.teardown(async () => {
    await server.close();
    await audit.close();
  });
  const [bound = '', second = ''] = server.bound.split(', ');
  const post = (
    where: string,
    body: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<HttpAnswer> =>
    ask(bound, where, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...headers },
    });
  const signIn = async (user: string, password: string, code?: string): Promise<HttpAnswer> =>
    post('/api/v1/sign-in', { user, password, ...(code === undefined ? {} : { code }) });
  const cookieOf = ({ headers }: HttpAnswer): string => String(headers['set-cookie']).split(';', 1)[0] ?? '';
  const change_ = (next: Partial<AdminConfig>): void => {
    inForce = settings(next);
  };
  return { bound, second, path, door, dir, post, signIn, cookieOf, change: change_ };
}

const codeOf = ({ json }: HttpAnswer): unknown =>
  (json as { error?: { code?: unknown } } | undefined)?.error?.code;

t.test('codes are those of RFC 6238, count once, and a step early or late', async (t) => {
  for (const [seconds, code] of [
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_111_111_111, '050471'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
    [20_000_000_000, '353130'],
  ] as const)
    t.equal(codeAt(SECRET, Math.floor(seconds / 30)), code);
  const at = 1_111_111_109_000;
  t.equal(stepOfCode('081804', SECRET, at, 0), 37_037_036);
  t.equal(stepOfCode('081804', SECRET, at + 30_000, 0), 37_037_036);
  t.equal(stepOfCode(' 081 804 ', SECRET, at, 0), 37_037_036, 'as an app shows it');
  t.equal(stepOfCode('081804', SECRET, at + 90_000, 0), null, 'too old');
  t.equal(stepOfCode('081804', SECRET, at, 37_037_036), null, 'a second time');
  t.match(newSecret(), /^[A-Z2-7]{32}$/);
  t.equal(enrolUri('a b', SECRET), `otpauth://totp/cenote%3Aa%20b?secret=${SECRET}&issuer=cenote`);
});

t.test('a password is checked against its hash, itself, or nobody', async (t) => {
  const own = await hashPassword('höher');
  t.match(own, /^\$scrypt\$ln=15,r=8,p=3\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  t.ok(await isPassword('ho\u0308her', own), 'however the keyboard writes it');
  t.notOk(await isPassword('hoher', own));
  t.ok(await isPassword('plain pass', 'plain pass'));
  t.notOk(await isPassword('plain pas', 'plain pass'));
  const hash = cheap('a password');
  t.ok(await isPassword('a password', hash));
  t.notOk(await isPassword('', null, hash));
  t.notOk(await isPassword(hash, hash), 'the hash itself opens nothing');
});

t.test('failures hold up their address and their user, not the user where that is known', async (t) => {
  let now = 0;
  const tries = new Tries(() => now);
  tries.begin('adam', '192.0.2.1');
  tries.succeeded('adam', '192.0.2.1');
  for (let i = 0; i < 10; i += 1) tries.begin('adam', '198.51.100.1');
  t.ok(tries.waitMs('rita', '198.51.100.1') > 0, 'the address, whoever is tried');
  t.equal(tries.waitMs('adam', '198.51.100.2'), 0);
  for (let i = 0; i < 30; i += 1) tries.begin('adam', `198.51.100.${10 + i}`);
  t.ok(tries.waitMs('adam', '203.0.113.9') > 0, 'the user, from anywhere new');
  t.equal(tries.waitMs('adam', '192.0.2.1'), 0, 'not where it is known');
  for (let i = 0; i < 10; i += 1) tries.begin(`u${i}`, `2001:db8::${i}`);
  t.ok(tries.waitMs('x', '2001:db8::ffff') > 0, 'a /64 is one');
  t.equal(tries.waitMs('x', '2001:db8:0:1::1'), 0);
  now += 5 * MINUTE;
  t.equal(tries.waitMs('adam', '203.0.113.9'), 0, 'for five minutes');
});

t.test('however many are tried from wherever, so many failures are kept', (t) => {
  const tries = new Tries(() => 0);
  for (let i = 0; i < 30; i += 1) tries.begin('adam', '192.0.2.1');
  const other = (i: number) => tries.begin(`u${i}`, `2001:db8:${(i >> 8).toString(16)}:${i & 255}::1`);
  for (let i = 0; i < 4_999; i += 1) other(i);
  t.ok(tries.waitMs('adam', '203.0.113.9') > 0);
  other(4_999);
  t.equal(tries.waitMs('adam', '203.0.113.9'), 0, 'of the oldest both, the address and the user');
  t.end();
});

t.test('a session ends when idle, at its end, and when there are too many', async (t) => {
  let now = 0;
  const limits = { idleMs: 10, lastsMs: 25 };
  const sessions = new Sessions<string>(() => now);
  const id = sessions.begin('a', 'anna');
  for (now of [10, 20]) t.equal(sessions.use(id, limits), 'anna');
  now = 26;
  t.equal(sessions.use(id, limits), null, 'after all its time');
  const idle = sessions.begin('a', 'anna');
  now += 11;
  t.equal(sessions.use(idle, limits), null);
  const first = sessions.begin('a', 'anna');
  for (let i = 0; i < 20; i += 1) sessions.begin('a', 'anna');
  t.equal(sessions.use(first, limits), null, 'the oldest of one goes');
  t.equal(sessions.use('', limits), null);
});

t.test('a session lasts as long as it is said to, whatever the clock is set to', async (t) => {
  const clock = { wallMs: Date.parse('1970-01-02T00:00:00Z'), steadyMs: 0 };
  const door = new Door({
    ...{ token: TOKEN, dir: null, settings: () => null, firstPassword: null, report: () => undefined },
    now: () => clock.wallMs,
    steady: () => clock.steadyMs,
  });
  const { id } = door.signInByToken(TOKEN, '192.0.2.1');
  clock.wallMs = nowMs;
  t.ok(door.session(id), 'set ahead by years, it ends nothing');
  clock.wallMs -= 86_400_000;
  clock.steadyMs += 3_600_001;
  t.equal(door.session(id), null, 'set back, it lengthens nothing');
});

t.test('what a proxy says counts where it is declared', async (t) => {
  const trust = [...prefix('192.0.2.1'), ...prefix('10.0.0.0/8')];
  const of = (address: string, headers: Record<string, string>) =>
    Object.values(frontOf({ address, isSecure: false }, { host: 'own.test', ...headers }, trust));
  const cases: readonly [string, Record<string, string>, unknown[]][] = [
    [
      '192.0.2.9',
      { 'x-forwarded-for': '127.0.0.1', 'x-forwarded-proto': 'https' },
      ['192.0.2.9', false, 'own.test', true],
    ],
    ['192.0.2.9', {}, ['192.0.2.9', false, 'own.test', false]],
    ['192.0.2.1', {}, ['192.0.2.1', 'own.test', false, true]],
    [
      '192.0.2.1',
      { 'x-forwarded-for': '127.0.0.1, 198.51.100.7' },
      ['198.51.100.7', 'own.test', false, true],
    ],
    ['192.0.2.1', { 'x-forwarded-for': '198.51.100.7, 10.1.1.1' }, ['198.51.100.7', 'own.test', false, true]],
    ['192.0.2.1', { 'x-forwarded-for': '[2001:db8::7]:4711' }, ['2001:db8::7', 'own.test', false, true]],
    [
      '192.0.2.1',
      { 'x-forwarded-for': '198.51.100.7:99', 'x-forwarded-proto': 'http, https' },
      ['198.51.100.7', 'own.test', true, true],
    ],
    [
      '::ffff:192.0.2.1',
      { 'x-forwarded-for': 'unknown', 'x-forwarded-host': 'dns.example' },
      ['::ffff:192.0.2.1', 'dns.example', false, true],
    ],
  ];
  for (const [address, headers, wanted] of cases)
    t.same(new Set(of(address, headers)), new Set(wanted), `${address} ${JSON.stringify(headers)}`);
});

t.test('who signs in has a cookie, which opens what the role may, until the sign-out', async (t) => {
  const { bound, second, signIn, cookieOf, post, change } = await open(t);
  t.equal(
    codeOf(await ask(bound, '/api/v1/status')),
    'NOT_SIGNED_IN',
    'loopback is nobody once somebody is named',
  );
  t.same((await ask(bound, '/api/v1/sign-in')).json, { password: true, oidc: false });
  const answer = await signIn('adam', 'admin pass');
  t.same(answer.json, { name: 'adam', role: 'admin', way: 'password' });
  t.match(answer.headers['set-cookie'], [/^cenote=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/]);
  const cookie = cookieOf(answer);
  for (const at of [bound, second])
    t.same((await ask(at, '/api/v1/session', { headers: { cookie } })).json, answer.json, at);
  t.equal(
    (await ask(bound, '/api/v1/status', { headers: { cookie, 'sec-fetch-site': 'cross-site' } })).status,
    403,
  );
  t.equal((await post('/api/v1/resume', {}, { cookie, origin: 'https://evil.example' })).status, 403);
  t.equal((await post('/api/v1/sign-in', { token: TOKEN }, { origin: 'https://evil.example' })).status, 403);
  t.equal((await post('/api/v1/resume', {}, { cookie })).status, 200);
  await post('/api/v1/sign-out', {}, { cookie });
  t.equal((await ask(bound, '/api/v1/status', { headers: { cookie } })).status, 401);
  const again = cookieOf(await signIn('adam', 'admin pass'));
  change({
    users: [{ name: 'adam', password: cheap('another pass'), totp: null, role: 'admin', system: null }],
  });
  t.equal(
    (await ask(bound, '/api/v1/status', { headers: { cookie: again } })).status,
    401,
    'another password',
  );
});

t.test('a wrong sign-in tells nothing, and too many are held up with the time to wait', async (t) => {
  const { signIn, post } = await open(t, { trust: prefix('127.0.0.1') });
  const wrong = [
    await signIn('adam', 'no such pass'),
    await signIn('nobody', 'admin pass'),
    await signIn('nora', '65534'),
  ];
  t.same([...new Set(wrong.map(({ status, text }) => `${status} ${text}`))].length, 1);
  t.equal(codeOf(wrong[0] as HttpAnswer), 'WRONG_SIGN_IN');
  t.equal(wrong[0]?.headers['www-authenticate'], undefined, 'no dialog of the browser');
  t.equal((await post('/api/v1/sign-in', { user: 'adam' })).status, 400);
  for (let i = 0; i < 7; i += 1) await signIn('x', 'admin pass');
  const held = await signIn('adam', 'admin pass');
  t.equal(held.status, 429);
  t.equal(held.headers['retry-after'], '300');
  const elsewhere = { 'x-forwarded-for': '198.51.100.3' };
  t.equal((await post('/api/v1/sign-in', { user: 'adam', password: 'admin pass' }, elsewhere)).status, 200);
});

t.test('a second factor is asked for after a right password, and a code counts once', async (t) => {
  const { signIn } = await open(t);
  const code = codeAt(SECRET, Math.floor(nowMs / 30_000));
  t.equal(codeOf(await signIn('tom', 'wrong pass', code)), 'WRONG_SIGN_IN');
  t.equal(codeOf(await signIn('tom', 'totp pass')), 'NEEDS_CODE');
  t.equal(codeOf(await signIn('tom', 'totp pass', '000000')), 'WRONG_SIGN_IN');
  t.equal((await signIn('tom', 'totp pass', code)).status, 200);
  t.equal(codeOf(await signIn('tom', 'totp pass', code)), 'WRONG_SIGN_IN', 'a second time');
});

t.test('every route says which role it takes, and refuses the role below', async (t) => {
  const { bound, door } = await open(t);
  const bearer = (role: Role): string => {
    const made = door.tokens?.make({ name: role, role, by: 'test', endsMs: null });
    return `Bearer ${made?.token}`;
  };
  const tokens = { reader: bearer('reader'), analyst: bearer('analyst'), admin: bearer('admin') };
  const { json } = await ask(bound, '/api/v1/openapi.json', { headers: { authorization: tokens.reader } });
  const { paths } = json as {
    paths: Record<string, Record<string, { 'x-role': string; security?: unknown }>>;
  };
  const ranks = ['open', 'reader', 'analyst', 'admin'];
  const wrong = mistakes();
  for (const [path, methods] of Object.entries(paths))
    for (const [method, { 'x-role': needs, security }] of Object.entries(methods)) {
      wrong.compare(ranks.includes(needs), true, `${method} ${path} has a role`);
      wrong.compare(needs === 'open', security !== undefined, `${method} ${path} is open`);
      if (method === 'post')
        wrong.compare(needs === 'reader', path === '/api/v1/none', `${path} is no reader's`);
      for (const role of ['reader', 'analyst'] as const) {
        const headers = { authorization: tokens[role], 'content-type': 'application/json' };
        // No route takes it: what is allowed ends there, a stream too.
        const answer = await ask(bound, `${path.replace(/\{\w+\}/, 'x')}?nobody=1`, {
          method: method.toUpperCase(),
          headers,
          ...(method === 'post' ? { body: '{"nobody":1}' } : {}),
        });
        const isRefused = answer.status === 403 && codeOf(answer) === 'ROLE';
        wrong.compare(isRefused, ranks.indexOf(needs) > ranks.indexOf(role), `${role}: ${method} ${path}`);
      }
    }
  wrong.none(t);
});

t.test('a token has a role and an end, is told once, and is revoked', async (t) => {
  const { bound, post, dir } = await open(t);
  const admin = { authorization: `Bearer ${TOKEN}` };
  const made = await post('/api/v1/tokens', { name: 'prometheus', role: 'reader', for: '90d' }, admin);
  const { token, tokens } = made.json as { token: string; tokens: { id: string; ends: string }[] };
  t.match(token, /^cenote_[\w-]{43}$/);
  const headers = { authorization: `Bearer ${token}` };
  t.equal((await ask(bound, '/metrics', { headers })).status, 200);
  t.equal(codeOf(await post('/api/v1/pause', {}, headers)), 'ROLE');
  const listed = await ask(bound, '/api/v1/tokens', { headers: admin });
  t.notMatch(listed.text, token);
  t.equal(statSync(join(dir, 'admin.tokens')).mode & 0o777, 0o600);
  const signed = await post('/api/v1/sign-in', { token });
  t.same(signed.json, { name: 'prometheus', role: 'reader', way: 'token' });
  const before = nowMs;
  nowMs = Date.parse(tokens[0]?.ends ?? '') + 1;
  const told = {
    error: { code: 'WRONG_TOKEN', message: /^the token "prometheus" ended on 2027-02-27 .* UTC; make/ },
  };
  const late = await ask(bound, '/metrics', { headers });
  t.equal(late.status, 401, 'after its end');
  t.match(late.json, told);
  t.match((await post('/api/v1/sign-in', { token })).json, told);
  nowMs = before;
  t.equal((await post(`/api/v1/tokens/${tokens[0]?.id}/revoke`, {}, admin)).status, 200);
  t.equal((await ask(bound, '/metrics', { headers })).status, 401);
  t.equal(codeOf(await post('/api/v1/tokens/zz/revoke', {}, admin)), 'NO_API_TOKEN');
  t.equal(
    codeOf(await post('/api/v1/tokens', { name: 'x', role: 'reader', for: '0s' }, admin)),
    'BAD_DURATION',
  );
});

t.test('the audit log has who did what, before and after, and no secret', async (t) => {
  const { bound, post, signIn, cookieOf } = await open(t);
  const cookie = cookieOf(await signIn('adam', 'admin pass'));
  for (let i = 0; i < 3; i += 1) await signIn('adam', 'wrong pass');
  await post('/api/v1/overrides', { action: 'allow', name: 'cdn.example' }, { cookie });
  const reader = cookieOf(await signIn('rita', 'reader pass'));
  await post('/api/v1/pause', {}, { cookie: reader });
  await post('/api/v1/tokens', { name: 'x', role: 'admin' }, { cookie });
  const { json, text } = await ask(bound, '/api/v1/audit?limit=3', { headers: { cookie } });
  const { rows, next } = json as { rows: Record<string, unknown>[]; next: string };
  t.match(rows, [
    { who: 'adam', action: 'POST /api/v1/tokens', result: 'ok' },
    { who: 'rita', role: 'reader', action: 'POST /api/v1/pause', result: 'ROLE' },
    { who: 'rita', way: 'password', action: 'POST /api/v1/sign-in', result: 'ok' },
  ]);
  const rest = await ask(bound, `/api/v1/audit?before=${next}`, { headers: { cookie } });
  t.match((rest.json as { rows: unknown[] }).rows, [
    {
      who: 'adam',
      way: 'password',
      address: '127.0.0.1',
      action: 'POST /api/v1/overrides',
      before: null,
      after: /cdn\.example/,
    },
    { who: 'adam', way: null, count: 3, result: 'WRONG_SIGN_IN' },
    { who: 'adam', action: 'POST /api/v1/sign-in', result: 'ok' },
  ]);
  t.notMatch(text + rest.text, /pass"|cenote_/);
  await post('/api/v1/settings', { path: ['cache', 'entries'], value: '30000', dryRun: true }, { cookie });
  const looked = await ask(bound, '/api/v1/audit?limit=3', { headers: { cookie } });
  t.same(looked.json, json, 'what would change is shown, and changes nothing');
  await post(
    '/api/v1/lists',
    { name: 'feed', source: 'https://user:hush@feed.example/a?key=hush' },
    { cookie },
  );
  const added = await ask(bound, '/api/v1/audit?limit=1', { headers: { cookie } });
  t.match(added.text, /feed\.example/);
  t.notMatch(added.text, /hush/);
  nowMs += 2 * 86_400_000;
  const later = await ask(bound, '/api/v1/audit', { headers: { authorization: `Bearer ${TOKEN}` } });
  nowMs -= 2 * 86_400_000;
  t.same((later.json as { rows: unknown[] }).rows, [], 'none beyond its time');
});

t.test('a flood of tries costs a row a minute, which says how many there were', async (t) => {
  const { bound, signIn, cookieOf, post } = await open(t);
  const cookie = cookieOf(await signIn('adam', 'admin pass'));
  const tries = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i += 1)
      await post(
        '/api/v1/sign-in',
        { user: `u${i}`, password: 'a pass' },
        { 'x-forwarded-for': '192.0.2.9' },
      );
  };
  const rows = async () => {
    const { json } = await ask(bound, '/api/v1/audit', { headers: { cookie } });
    const { rows } = json as {
      rows: { readonly result: string; readonly count: number; readonly last: string }[];
    };
    return rows.filter(({ result }) => result === 'TOO_MANY_TRIES');
  };
  const unseen = async (): Promise<unknown> => (await rows()).map(({ count }) => count);
  await tries(10);
  t.same(await unseen(), [], 'those were looked at');
  await tries(7);
  t.same(await unseen(), [6, 1], 'the first at once, the others when somebody looks');
  await tries(5);
  nowMs += MINUTE;
  await tries(1);
  t.same(await unseen(), [6, 6, 1]);
  await tries(2);
  const lastMs = nowMs;
  nowMs += 5 * MINUTE;
  const [newest] = await rows();
  t.match(newest, { count: 2, last: new Date(lastMs).toISOString() }, 'not when somebody looked');
});

t.test('only an admin has a report fetched from anywhere', async (t) => {
  const asks: unknown[] = [];
  const state = stateOf();
  const { post, signIn, cookieOf } = await open(t, {}, false, {
    readReport: async (asked) => {
      asks.push(asked.mayAskAnywhere);
      return state.readReport(asked);
    },
  });
  for (const [user, password] of [
    ['ana', 'analyst pass'],
    ['adam', 'admin pass'],
  ] as const) {
    const headers = { cookie: cookieOf(await signIn(user, password)) };
    t.equal((await post('/api/v1/report', { url: 'http://192.0.2.1/r' }, headers)).status, 200);
  }
  t.same(asks, [false, true]);
});

t.test('an audit row has what was and what is', async (t) => {
  const { bound, post, signIn, cookieOf } = await open(t);
  const headers = { cookie: cookieOf(await signIn('adam', 'admin pass')) };
  const rowOf = async (path: string, body: unknown) => {
    await post(path, body, headers);
    const { json } = await ask(bound, '/api/v1/audit?limit=1', { headers });
    const [row] = (json as { rows: { readonly before: string | null; readonly after: string | null }[] })
      .rows;
    return [JSON.parse(row?.before ?? 'null'), JSON.parse(row?.after ?? 'null')];
  };
  const id = INCIDENT.id;
  const facts = { [LIST.name]: { entries: 21, state: 'good', lastChange: LIST.lastChange } };
  const lines = [
    CHANGE.diff.filter(({ kind }) => kind === 'removed'),
    CHANGE.diff.filter(({ kind }) => kind === 'added'),
  ];
  const changedLines = lines.map((some) => some.map(({ text }) => text));
  for (const [path, body, before, after] of [
    ['/api/v1/lists/refresh', {}, facts, facts],
    [`/api/v1/incidents/${id}/note`, { note: 'seen' }, { note: null }, { note: { text: 'seen' } }],
    [`/api/v1/incidents/${id}/acknowledge`, {}, { acknowledged: null }, { acknowledged: /./ }],
    ['/api/v1/settings', { path: ['cache', 'entries'], value: '30000' }, ...changedLines],
    [`/api/v1/lists/${LIST.name}/mode`, { mode: 'monitor' }, ...changedLines],
  ] as const)
    t.match(await rowOf(path, body), [before, after], path);
});

t.test(
  'who is said to be where stands in no audit row, and what a program says all the time in one a minute',
  async (t) => {
    const { bound, post, signIn, cookieOf } = await open(t);
    const headers = { cookie: cookieOf(await signIn('adam', 'admin pass')) };
    const clients = [{ ip: '192.0.2.77', mac: '02:00:00:00:00:77', name: 'phone-77', user: 'anna' }];
    for (let i = 0; i < 3; i += 1) {
      const { status } = await post('/api/v1/clients', { source: 'dhcp-7', clients }, headers);
      t.equal(status, 200);
    }
    const { text } = await ask(bound, '/api/v1/audit?limit=3', { headers });
    t.match(text, /POST \/api\/v1\/clients/);
    t.match(text, /dhcp-7/);
    t.match(text, /"count":3/);
    t.notMatch(text, /192\.0\.2\.77|00:77|phone-77|anna/);
  },
);

const isRoot = process.getuid?.() === 0 && existsSync('/usr/bin/python3') && process.platform === 'linux';
const PROGRAM = `import socket,sys
s=socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); s.sendall(("GET "+sys.argv[2]+" HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n\\r\\n").encode())
t=b""
while True:
  p=s.recv(65536)
  if not p: break
  t+=p
print(t.decode())`;

t.test(
  'at the Unix socket the kernel says who asks',
  { skip: !isRoot && 'needs Linux, root and Python' },
  async (t) => {
    const { path, door } = await open(t, {}, true);
    const as = (user: number, where: string): Promise<string> => {
      const child = spawn('/usr/bin/python3', ['-c', PROGRAM, path, where], {
        uid: user,
        gid: user,
        cwd: '/',
        env: {},
      });
      let text = '';
      child.stdout.setEncoding('latin1').on('data', (part: string) => {
        text += part;
      });
      child.on('error', (error) => t.fail(String(error)));
      return new Promise((resolve) => child.once('close', () => resolve(text)));
    };
    t.match(await as(0, '/api/v1/session'), /"name":"root","role":"admin","way":"socket"/);
    t.match(await as(65_534, '/api/v1/session'), /"name":"nora","role":"reader","way":"socket"/);
    t.match(await as(65_534, '/api/v1/tokens'), /"code":"ROLE"/);
    t.match(
      await as(65_533, '/api/v1/session'),
      /"code":"OTHER_USER","message":"this user of the machine has no role here/,
    );
    t.equal(door.system(await peerOf(new Socket())), null, 'who has hung up is not asked, and nobody');
  },
);

t.test('a first password is told once, and its hash is kept', async (t) => {
  const dir = t.testdir({});
  const told: string[] = [];
  const tell = (text: string): void => void told.push(text);
  const hash = await firstPassword(dir, tell);
  const [, password = ''] = /password (\S+)/.exec(told[0] ?? '') ?? [];
  t.ok(await isPassword(password, hash));
  t.equal(await firstPassword(dir, tell), hash);
  t.equal(told.length, 1);
  t.equal(statSync(join(dir, 'admin.password')).mode & 0o777, 0o600);
});
