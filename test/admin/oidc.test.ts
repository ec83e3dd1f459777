// Sign-in by an OpenID provider, a small one of our own that answers as the specification says, or lies.
import { generateKeyPairSync, sign } from 'node:crypto';
import { createServer } from 'node:http';
import t, { type Test } from 'tap';
import { Door } from '../../src/admin/door/door.ts';
import { openAdmin } from '../../src/admin/server.ts';
import type { OidcConfig } from '../../src/config/meant/admin.ts';
import { ask, stateOf } from '../support/admin-state.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const json = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** What it says of who signs in; changed by tests. */
let claims: Record<string, unknown> = {};
/** What its UserInfo endpoint says. */
let info: Record<string, unknown> = {};
/** How its client must prove who it is, and how it came. */
let wanted: 'any' | 'basic' | 'post' | 'neither' = 'any';
const came: string[] = [];
/** Refusals of a client that are answered together, so many at once. */
let together = 1;
const refusals: (() => void)[] = [];

async function provider(t: Test): Promise<string> {
  let issuer = '';
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', issuer);
    const send = (body: unknown, status = 200): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    if (url.pathname === '/.well-known/openid-configuration')
      return send({
        issuer,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/keys`,
        userinfo_endpoint: `${issuer}/me`,
        token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['RS256'],
      });
    if (url.pathname === '/keys')
      return send({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k', alg: 'RS256', use: 'sig' }] });
    if (url.pathname === '/me') return send({ sub: '7', ...info });
    const how = request.headers.authorization?.startsWith('Basic ') === true ? 'basic' : 'post';
    came.push(how);
    if (wanted !== 'any' && how !== wanted) {
      refusals.push(() => {
        response.setHeader(
          'www-authenticate',
          'Basic realm="x", error="invalid_client", error_description="not so"',
        );
        send({ error: 'invalid_client' }, 401);
      });
      if (refusals.length >= together) for (const refuse of refusals.splice(0)) refuse();
      return;
    }
    const now = Math.floor(Date.now() / 1000);
    const own = { iss: issuer, aud: 'cenote', sub: '7', iat: now, exp: now + 60, ...claims };
    const text = `${json({ alg: 'RS256', kid: 'k' })}.${json(own)}`;
    const token = `${text}.${sign('RSA-SHA256', Buffer.from(text), privateKey).toString('base64url')}`;
    send({ access_token: 'x', token_type: 'Bearer', id_token: token });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.on('error', (error) => t.fail(String(error)));
  t.teardown(() => server.closeAllConnections());
  t.teardown(() => server.close());
  const address = server.address();
  issuer = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  return issuer;
}

t.test('a provider signs in whom its claim gives a role, once, in the browser that began', async (t) => {
  const oidc: OidcConfig = {
    issuer: await provider(t),
    clientId: 'cenote',
    clientSecret: 's3cret',
    scopes: ['openid'],
    claim: 'groups',
    roles: { admin: ['netops'], analyst: ['soc'], reader: [] },
  };
  const settings = { addresses: [], tls: false, socket: null, users: [], password: null, trust: [], oidc, idleMs: 1e6, lastsMs: 1e6, auditMs: 1e9 }; // biome-ignore format: one line
  const door = new Door({ token: '', dir: null, settings: () => settings, firstPassword: null, now: Date.now, report: () => undefined }); // biome-ignore format: one line
  const server = await openAdmin({
    address: { host: '127.0.0.1', port: 0 },
    state: stateOf(),
    token: '',
    door,
    publicUrl: () => 'https://dns.example/',
    metricsEnabled: () => true,
    report: (error) => t.fail(String(error)),
  });
  t.teardown(() => server.close());
  const { bound } = server;
  t.same((await ask(bound, '/api/v1/sign-in')).json, { password: false, oidc: true });

  const begin = async () => {
    const { status, headers } = await ask(bound, '/api/v1/oidc/begin');
    t.equal(status, 302);
    const url = new URL(String(headers['location']));
    const [cookie = ''] = String(headers['set-cookie']).split(';');
    claims = { nonce: url.searchParams.get('nonce'), groups: ['staff', 'soc'], preferred_username: 'ana' };
    return { url, cookie, state: url.searchParams.get('state') ?? '' };
  };
  const back = (query: string, cookie: string) =>
    ask(bound, `/api/v1/oidc/callback?${query}`, { headers: { cookie, 'sec-fetch-site': 'cross-site' } });

  const { url, cookie, state } = await begin();
  t.equal(url.searchParams.get('redirect_uri'), 'https://dns.example/api/v1/oidc/callback');
  t.equal(url.searchParams.get('code_challenge_method'), 'S256');
  t.equal((await back(`code=c&state=${state}`, '')).status, 401, 'another browser');
  const signed = await back(`code=c&state=${state}&session_state=z`, cookie);
  t.equal(signed.status, 302);
  t.equal(signed.headers['location'], 'https://dns.example/', 'the page and nowhere else');
  const [session = ''] = (signed.headers['set-cookie'] ?? []) as string[];
  t.match(session, /HttpOnly; SameSite=Strict/);
  const who = await ask(bound, '/api/v1/session', { headers: { cookie: session.split(';')[0] ?? '' } });
  t.same(who.json, { name: 'ana', role: 'analyst', way: 'oidc' });
  t.equal((await back(`code=c&state=${state}`, cookie)).status, 401, 'a second time');

  wanted = 'basic';
  came.length = 0;
  for (const group of ['soc', 'netops']) {
    const begun = await begin();
    claims = { nonce: claims['nonce'] };
    info = { groups: [group], preferred_username: 'ana' };
    const { headers } = await back(`code=c&state=${begun.state}`, begun.cookie);
    const [own = ''] = (headers['set-cookie'] ?? []) as string[];
    const { json } = await ask(bound, '/api/v1/session', { headers: { cookie: own.split(';')[0] ?? '' } });
    const role = group === 'soc' ? 'analyst' : 'admin';
    t.same(json, { name: 'ana', role, way: 'oidc' }, 'groups that the UserInfo endpoint alone tells');
  }
  t.same(came, ['post', 'basic', 'basic'], 'the way that the provider takes is found, and kept');
  // Two that find at one moment that it takes another way now.
  wanted = 'post';
  together = 2;
  const begun = [await begin(), await begin()];
  const answers = begun.map(({ state: own, cookie: of }) => back(`code=c&state=${own}`, of));
  t.match(
    (await Promise.all(answers)).map(({ text }) => text),
    [/nonce/, ''],
    'each is signed in, but for the nonce that the provider has of the last one alone',
  );
  together = 1;
  const lost = await begin();
  claims = { nonce: claims['nonce'] };
  info = { sub: '8', groups: ['netops'] };
  t.equal((await back(`code=c&state=${lost.state}`, lost.cookie)).status, 424, 'somebody else there');
  info = {};
  const nobody = await begin();
  claims = { ...claims, groups: undefined };
  const told = await ask(bound, `/api/v1/oidc/callback?code=c&state=${nobody.state}`, {
    headers: { cookie: nobody.cookie, accept: 'text/html,*/*;q=0.8' },
  });
  t.equal(told.status, 403);
  t.match(told.headers['content-type'], /^text\/plain/);
  t.match(
    told.text,
    /^cenote: the provider signs in ana, who has no role here: claim groups was not told; a scope/,
  );

  wanted = 'neither';
  const unproved = await begin();
  const proof = await back(`code=c&state=${unproved.state}`, unproved.cookie);
  t.match(proof, { status: 424, text: /it says invalid_client \(not so\)/ });
  wanted = 'any';
  const left = await begin();
  t.match(await back(`error=access_denied&error_description=She%09left&state=${left.state}`, left.cookie), {
    text: /did not sign in: it says access_denied \(Sheleft\)/,
  });

  const lies: readonly [string, (begun: { state: string }) => string, number][] = [
    ['another state', () => 'code=c&state=other', 424],
    ['a refusal', ({ state: own }) => `error=access_denied&error_description=She%09left&state=${own}`, 403],
    ['another nonce', ({ state: own }) => { claims = { ...claims, nonce: 'other' }; return `code=c&state=${own}`; }, 424],
    ['a token for others', ({ state: own }) => { claims = { ...claims, aud: 'other' }; return `code=c&state=${own}`; }, 424],
    ['no role', ({ state: own }) => { claims = { ...claims, groups: ['staff'] }; return `code=c&state=${own}`; }, 403],
  ]; // biome-ignore format: a table
  for (const [what, query, status] of lies) {
    const begun = await begin();
    const answer = await back(query(begun), begun.cookie);
    t.equal(answer.status, status, what);
    t.match(answer.json, { error: { code: 'OIDC' } }, what);
    t.equal(answer.headers['set-cookie'], undefined, what);
  }
});
