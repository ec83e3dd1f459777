// Connections of list sources: every address is tried, nothing goes uncaught, and a failure leaves nothing open behind it.
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates, type TLSSocket } from 'node:tls';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import t, { type Test } from 'tap';
import { type HttpOptions, httpSource } from '../../../src/lists/sources/http.ts';
import { openSource } from '../../../src/lists/sources/open-source.ts';
import { mountSmallDisk } from '../../support/hits-small-disk.ts';
import { CERTIFICATE } from '../../support/listen-certificate.ts';
import { listConfig } from '../../support/lists-compile.ts';
import { body, redirect, startListServer } from '../../support/lists-server.ts';

const signal = new AbortController().signal;
const LIST = 'a.example\n'.repeat(1000);

function source(dir: string, url: string, said: Partial<HttpOptions> = {}) {
  const path = join(dir, 'list.fresh');
  const options: HttpOptions = {
    ...{ url, path, random: () => 0.5, sleep: async () => undefined },
    lookup: async () => [],
    ...said,
    limits: { attempts: 1, idleTimeoutMs: 3000, totalTimeoutMs: 6000, ...said.limits },
  };
  return { list: httpSource(options), path };
}

/** Serves over TLS, with the certificate for 127.0.0.1 and dns.upstream.test. */
async function startTls(t: Test, text: string): Promise<{ port: number; heads: Record<string, unknown>[] }> {
  const heads: Record<string, unknown>[] = [];
  const options = { ...CERTIFICATE, requestCert: true, rejectUnauthorized: false };
  const server = createHttps(options, (request, response) => {
    const { subject } = (request.socket as TLSSocket).getPeerCertificate();
    heads.push({ ...request.headers, shown: subject?.CN ?? null });
    response.end(text);
  });
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, heads };
}

t.test('the addresses of a host are tried until one serves', async (t) => {
  const { origin } = await startListServer(t, { '/list': body(LIST) });
  const { port } = new URL(origin);
  const lookup = async () => ['::1', '127.0.0.2', '127.0.0.3', '127.0.0.1'];
  const { list, path } = source(t.testdir({}), `http://lists.test:${port}/list`, { lookup });
  t.match(await list.fetch(null, signal), { kind: 'body' });
  t.equal(readFileSync(path, 'utf8'), LIST);
});

t.test('over TLS the name of the URL is asked for and verified, whatever address served', async (t) => {
  const { port, heads } = await startTls(t, LIST);
  const before = getCACertificates();
  setDefaultCACertificates([...before, CERTIFICATE.cert]);
  t.teardown(() => setDefaultCACertificates(before));
  const lookup = async () => ['127.0.0.2', '127.0.0.1'];
  const right = source(t.testdir({}), `https://dns.upstream.test:${port}/list`, { lookup });
  t.match(await right.list.fetch(null, signal), { kind: 'body' });
  t.equal(readFileSync(right.path, 'utf8'), LIST);
  t.equal(heads[0]?.['host'], `dns.upstream.test:${port}`);
  const wrong = source(t.testdir({}), `https://other.test:${port}/list`, { lookup });
  await t.rejects(wrong.list.fetch(null, signal), { code: 'LIST_FETCH', message: /not match|altnames/ });
});

t.test('a certificate that nobody vouches for is refused in words', async (t) => {
  const { port } = await startTls(t, LIST);
  const { list } = source(t.testdir({}), `https://127.0.0.1:${port}/list`);
  await t.rejects(list.fetch(null, signal), {
    code: 'LIST_FETCH',
    message: /no authority that is trusted here/,
  });
});

for (const [what, octets, encoding] of [
  ['gzip', gzipSync(Buffer.alloc(2_000_000)), 'gzip'],
  ['brotli', brotliCompressSync(Buffer.alloc(2_000_000)), 'br'],
  // Larger than what a socket holds: it is still coming when the limit is passed.
  ['slow gzip', gzipSync(Buffer.from(LIST.repeat(2000)), { level: 0 }), 'gzip'],
] as const)
  t.test(`a body of ${what} that unpacks past the limit ends at once, time and again`, async (t) => {
    const { origin } = await startListServer(t, { '/list': body(octets, { 'content-encoding': encoding }) });
    for (let i = 0; i < 20; i += 1) {
      const { list, path } = source(t.testdir({}), `${origin}/list`, { limits: { bodyOctetsMax: 100_000 } });
      await t.rejects(list.fetch(null, AbortSignal.timeout(5000)), { code: 'LIST_TOO_BIG' });
      t.notOk(existsSync(path));
    }
  });

t.test('a full disk ends the fetch, says so, and leaves nothing', async (t) => {
  const disk = mountSmallDisk(262_144);
  if (disk === null) return t.pass('no file system may be mounted here');
  t.teardown(disk.remove);
  for (const octets of [gzipSync(Buffer.from(LIST.repeat(100))), Buffer.from(LIST.repeat(100))]) {
    const isPacked = octets.length < 100_000;
    const { origin } = await startListServer(t, {
      '/list': body(octets, isPacked ? { 'content-encoding': 'gzip' } : {}),
    });
    for (let i = 0; i < 10; i += 1) {
      const { list, path } = source(disk.path, `${origin}/list`);
      await t.rejects(list.fetch(null, AbortSignal.timeout(5000)), {
        code: 'LIST_DISK',
        message: /ENOSPC.*make room for `events\.dir`/,
      });
      t.notOk(existsSync(path));
    }
  }
});

t.test('a folder that cannot be written to is an error of the list', async (t) => {
  const { origin } = await startListServer(t, { '/list': body(LIST) });
  const dir = t.testdir({});
  rmSync(dir, { recursive: true });
  const { list } = source(dir, `${origin}/list`);
  await t.rejects(list.fetch(null, signal), { code: 'LIST_DISK', message: /ENOENT.*let cenote write/ });
});

t.test('an abort ends it wherever it is', async (t) => {
  const { origin } = await startListServer(t, {
    '/silent': () => undefined,
    '/trickle': (_request, response) => {
      response.writeHead(200);
      response.write(LIST);
    },
  });
  for (const path of ['/silent', '/trickle']) {
    const abort = new AbortController();
    const { list } = source(t.testdir({}), `${origin}${path}`);
    const fetching = list.fetch(null, abort.signal);
    setImmediate(() => abort.abort(new Error('cenote is stopping')));
    await t.rejects(fetching, /cenote is stopping/);
  }
  const never = source(t.testdir({}), 'http://lists.test/', { lookup: () => new Promise(() => undefined) });
  const abort = new AbortController();
  const fetching = never.list.fetch(null, abort.signal);
  abort.abort(new Error('cenote is stopping'));
  await t.rejects(fetching, /cenote is stopping/);
});

t.test('credentials go to the origin that the list names, and to no other', async (t) => {
  const heads: Record<string, unknown>[] = [];
  const other = await startListServer(t, {
    '/list': (request, response) => {
      heads.push({ ...request.headers });
      response.end(LIST);
    },
  });
  const { origin } = await startListServer(t, {
    '/here': redirect('/there'),
    '/there': (request, response) => {
      heads.push({ ...request.headers });
      redirect(`${other.origin}/list`)(request, response);
    },
  });
  const shown = {
    headers: { authorization: 'Bearer s3cret', 'x-key': 's3cret' },
    clientCertificate: null,
  };
  const { list } = source(t.testdir({}), `${origin}/here`, {
    credentials: () => shown,
    mayVisit: () => true,
  });
  await list.fetch(null, signal);
  t.match(heads[0], { authorization: 'Bearer s3cret', 'x-key': 's3cret' });
  t.equal(heads[1]?.['authorization'], undefined);
  t.equal(heads[1]?.['x-key'], undefined);
  t.notMatch(JSON.stringify(heads[1]), 's3cret');
});

t.test('a client certificate is read from its files at each fetch and shown to the server', async (t) => {
  const { port, heads } = await startTls(t, LIST);
  const before = getCACertificates();
  setDefaultCACertificates([...before, CERTIFICATE.cert]);
  t.teardown(() => setDefaultCACertificates(before));
  const dir = t.testdir({ 'c.pem': CERTIFICATE.cert, 'k.pem': CERTIFICATE.key });
  const clientCertificate = { cert: join(dir, 'c.pem'), key: join(dir, 'k.pem') };
  const config = listConfig({
    source: `https://127.0.0.1:${port}/list`,
    credentials: { headers: {}, clientCertificate },
  });
  const list = openSource(
    config,
    { fresh: join(dir, 'fresh'), good: join(dir, 'good') },
    { lookup: async () => [], random: () => 0, now: Date.now, sleep: async () => undefined },
  );
  t.match(await list.fetch(null, signal), { kind: 'body' });
  t.equal(heads[0]?.['shown'], 'cenote test upstream');
  rmSync(clientCertificate.key);
  await t.rejects(list.fetch(null, signal), {
    code: 'LIST_FETCH',
    message: /^its client certificate cannot be read: no such file .*k\.pem/,
  });
});
