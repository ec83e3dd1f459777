// Lists through the office's proxy: who asks whom for what, what is never asked of it, and what it says when it refuses.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { type AddressInfo, connect, type Server } from 'node:net';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import t, { type Test } from 'tap';
import { type HttpOptions, httpSource } from '../../../src/lists/sources/http.ts';
import { proxyFor } from '../../../src/lists/sources/proxy.ts';
import { CERTIFICATE } from '../../support/listen-certificate.ts';
import { body, startListServer } from '../../support/lists-server.ts';

const signal = new AbortController().signal;
const LIST = 'a.example\n'.repeat(1000);

function source(t: Test, url: string, said: Partial<HttpOptions>) {
  const path = join(t.testdir({}), 'list.fresh');
  const options: HttpOptions = {
    ...{ url, path, random: () => 0.5, sleep: async () => undefined },
    lookup: async (hostname) => {
      throw new Error(`not to be looked up: ${hostname}`);
    },
    limits: { attempts: 1, idleTimeoutMs: 2000, totalTimeoutMs: 5000 },
    ...said,
  };
  return { list: httpSource(options), path };
}

async function portOf(t: Test, server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  return (server.address() as AddressInfo).port;
}

interface Asked {
  readonly what: string;
  readonly headers: IncomingHttpHeaders;
}

/** A proxy that brings every tunnel to one port, and answers plain requests itself. */
async function startProxy(t: Test, { status = 200, target = 0, isTls = false } = {}) {
  const asked: Asked[] = [];
  const server = isTls ? createHttps(CERTIFICATE) : createServer();
  server.on('request', (request, response) => {
    asked.push({ what: `${request.method} ${request.url}`, headers: request.headers });
    response.writeHead(status, { 'content-type': 'text/plain' }).end(LIST);
  });
  server.on('connect', (request, socket) => {
    asked.push({ what: `CONNECT ${request.url}`, headers: request.headers });
    socket.on('error', () => undefined);
    t.teardown(() => socket.destroy());
    if (status !== 200) return void socket.end(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\n\r\n`);
    const onward = connect(target, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    onward.on('error', () => socket.destroy());
    t.teardown(() => onward.destroy());
  });
  return { port: await portOf(t, server), asked };
}

function trust(t: Test): void {
  const before = getCACertificates();
  setDefaultCACertificates([...before, CERTIFICATE.cert]);
  t.teardown(() => setDefaultCACertificates(before));
}

t.test(
  'an https list comes through a tunnel, verified by its own name, which nobody here resolves',
  async (t) => {
    trust(t);
    const heads: IncomingHttpHeaders[] = [];
    const web = createHttps(CERTIFICATE, (request, response) => {
      heads.push(request.headers);
      response.end(LIST);
    });
    const target = await portOf(t, web);
    for (const isTls of [false, true]) {
      const { port, asked } = await startProxy(t, { target, isTls });
      const proxy = `${isTls ? 'https' : 'http'}://clerk:pa%20ss@127.0.0.1:${port}`;
      const { list, path } = source(t, 'https://dns.upstream.test/list', {
        environment: { HTTPS_PROXY: proxy },
      });
      t.match(await list.fetch(null, signal), { kind: 'body' });
      t.equal(readFileSync(path, 'utf8'), LIST);
      t.match(asked, [
        {
          what: 'CONNECT dns.upstream.test:443',
          headers: {
            host: 'dns.upstream.test:443',
            'proxy-authorization': `Basic ${Buffer.from('clerk:pa ss').toString('base64')}`,
          },
        },
      ]);
      t.equal(asked.length, 1);
      t.equal(heads.at(-1)?.host, 'dns.upstream.test');
      t.notOk(heads.at(-1)?.['proxy-authorization'], 'the sign-in is for the proxy alone');
    }
    const { port } = await startProxy(t, { target });
    const wrong = source(t, 'https://other.test/list', { environment: { https_proxy: `127.0.0.1:${port}` } });
    await t.rejects(wrong.list.fetch(null, signal), { code: 'LIST_FETCH', message: /not match|altnames/ });
  },
);

t.test('an http list is asked of the proxy by its whole URL', async (t) => {
  const { port, asked } = await startProxy(t);
  const environment = { http_proxy: `http://a:b@127.0.0.1:${port}`, HTTPS_PROXY: 'http://127.0.0.1:1' };
  const { list, path } = source(t, 'http://lists.example:8080/all.txt?of=today', { environment });
  t.match(await list.fetch(null, signal), { kind: 'body' });
  t.equal(readFileSync(path, 'utf8'), LIST);
  t.match(asked, [
    {
      what: 'GET http://lists.example:8080/all.txt?of=today',
      headers: { host: 'lists.example:8080', 'proxy-authorization': 'Basic YTpi' },
    },
  ]);
});

t.test('a password with a % that encodes nothing is sent as it is', async (t) => {
  const { port, asked } = await startProxy(t);
  const environment = { http_proxy: `http://clerk:100%@127.0.0.1:${port}` };
  t.match(await source(t, 'http://lists.example/', { environment }).list.fetch(null, signal), {
    kind: 'body',
  });
  const pair = Buffer.from('clerk:100%').toString('base64');
  t.match(asked, [{ headers: { 'proxy-authorization': `Basic ${pair}` } }]);
});

t.test('a proxy that refuses, wants a sign-in or is not there is what the error names', async (t) => {
  const say = async (environment: Record<string, string>, url: string): Promise<string> => {
    const { list } = source(t, url, { environment });
    return list.fetch(null, signal).then(
      () => 'fetched',
      (error: Error & { code: string }) => `${error.code}: ${error.message}`,
    );
  };
  const closed = await startProxy(t, { status: 403 });
  const https_proxy = `http://clerk:secret@127.0.0.1:${closed.port}`;
  const refused = await say({ https_proxy }, 'https://lists.example/a');
  t.match(
    refused,
    new RegExp(
      `^LIST_FETCH: the proxy 127\\.0\\.0\\.1:${closed.port} answered 403 for lists\\.example:443; allow`,
    ),
  );
  t.notMatch(refused, /secret/);
  const lost = await startProxy(t, { status: 503 });
  t.match(
    await say({ https_proxy: `127.0.0.1:${lost.port}` }, 'https://lists.example/a'),
    /^LIST_FETCH: the proxy \S+ answered 503 for lists\.example:443; it could not reach it/,
  );
  const asking = await startProxy(t, { status: 407 });
  for (const url of ['https://lists.example/a', 'http://lists.example/a'])
    t.match(
      await say({ https_proxy: `127.0.0.1:${asking.port}`, http_proxy: `127.0.0.1:${asking.port}` }, url),
      /^LIST_FETCH: the proxy \S+ answered 407 for lists\.example\S*; it wants a user and a password/,
    );
  t.match(
    await say({ https_proxy: 'http://127.0.0.1:1' }, 'https://lists.example/a'),
    /^LIST_FETCH: the proxy 127\.0\.0\.1:1 from the environment: nothing listens there/,
  );
  t.match(
    await say({ https_proxy: 'proxy.example:3128' }, 'https://lists.example/a'),
    /^LIST_FETCH: the proxy proxy\.example:3128 from the environment: not to be looked up: proxy\.example/,
  );
  for (const https_proxy of ['socks5://127.0.0.1:1', 'not a url'])
    t.match(await say({ https_proxy }, 'https://lists.example/a'), /HTTPS_PROXY .* http:\/\/HOST:PORT/);
});

t.test('who may not have private networks fetched may not through a proxy either', async (t) => {
  const { port, asked } = await startProxy(t);
  const environment = { http_proxy: `http://127.0.0.1:${port}` };
  const mayBegin = (address: string): boolean => !address.startsWith('10.');
  const said = { environment, mayBegin, lookup: async () => ['10.0.0.7'] };
  await t.rejects(source(t, 'http://intranet.example/', said).list.fetch(null, signal), {
    code: 'LIST_FORBIDDEN_ADDRESS',
  });
  await t.rejects(source(t, 'http://10.0.0.7/', said).list.fetch(null, signal), {
    code: 'LIST_FORBIDDEN_ADDRESS',
  });
  t.same(asked, []);
});

t.test('this machine and what NO_PROXY has are asked directly', async (t) => {
  const { origin } = await startListServer(t, { '/list': body(LIST) });
  const direct = source(t, `${origin}/list`, { environment: { HTTP_PROXY: 'http://127.0.0.1:1' } });
  t.match(await direct.list.fetch(null, signal), { kind: 'body' });

  const no_proxy =
    'lists.example, .inner.example,*.other.example 10.0.0.0/8,[2001:db8::]:8443,host.example:8080,fd00::/8,,192.0.2.1/99';
  const goesBy = (url: string): boolean =>
    proxyFor(new URL(url), { HTTP_PROXY: 'proxy:1', HTTPS_PROXY: 'proxy:1', no_proxy }) !== null;
  const direct_ = [
    ...[
      'http://lists.example/',
      'https://www.lists.example./',
      'https://a.inner.example/',
      'http://b.other.example/',
    ],
    ...[
      'http://10.255.0.1/',
      'https://[fd00::7]/',
      'https://[2001:db8::]:8443/',
      'http://host.example:8080/',
    ],
    ...['http://localhost:3000/', 'http://127.9.9.9/', 'https://[::1]/', 'http://x.localhost/'],
  ];
  for (const url of direct_) t.notOk(goesBy(url), url);
  const proxied = [
    ...['http://notlists.example/', 'http://host.example/', 'https://host.example:8443/', 'http://11.0.0.1/'],
    ...['https://[2001:db8::]/', 'https://[2001:db8::1]:8443/', 'http://192.0.2.1/', 'http://example/'],
  ];
  for (const url of proxied) t.ok(goesBy(url), url);
  t.notOk(
    proxyFor(new URL('http://a.example/'), { HTTPS_PROXY: 'proxy:1' }),
    'each variable for its own scheme',
  );
  t.notOk(proxyFor(new URL('http://a.example/'), { HTTP_PROXY: 'proxy:1', NO_PROXY: '*' }));
  t.notOk(
    proxyFor(new URL('http://a.example/'), { HTTP_PROXY: 'proxy:1', http_proxy: '' }),
    'the small letters first',
  );
});

t.test(
  'a redirect through a proxy may lead to a name that is unknown here, and to no private network',
  async (t) => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(String(request.url));
      const target = {
        'http://lists.example/away': 'http://store.example/list',
        'http://lists.example/in': 'http://inner.example/',
      };
      const location = target[request.url as keyof typeof target];
      if (location === undefined) response.end(LIST);
      else response.writeHead(302, { location }).end();
    });
    const environment = { http_proxy: `http://127.0.0.1:${await portOf(t, server)}` };
    const lookup = async (name: string): Promise<string[]> => {
      if (name === 'inner.example') return ['10.0.0.7'];
      throw new Error(`${name} has no address`);
    };
    const away = source(t, 'http://lists.example/away', { environment, lookup });
    t.match(await away.list.fetch(null, signal), { kind: 'body' });
    const limited = { environment, lookup, mayBegin: () => true };
    await t.rejects(source(t, 'http://lists.example/away', limited).list.fetch(null, signal), {
      code: 'LIST_FETCH',
    });
    await t.rejects(source(t, 'http://lists.example/in', { environment, lookup }).list.fetch(null, signal), {
      code: 'LIST_FORBIDDEN_ADDRESS',
    });
    t.same(asked, ['http://lists.example/away', 'http://store.example/list', 'http://lists.example/in']);
  },
);
