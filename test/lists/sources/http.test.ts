// A web server that misbehaves in every way faults.md names; the source must say what happened and leave nothing behind.
import { existsSync, readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import t, { type Test } from 'tap';
import { type HttpOptions, httpSource } from '../../../src/lists/sources/http.ts';
import { NO_VALIDATORS } from '../../../src/lists/sources/source.ts';
import { body, redirect, startListServer } from '../../support/lists-server.ts';

const LIST = '0.0.0.0 a.example\n'.repeat(100);
const signal = new AbortController().signal;

function source(t: Test, url: string, said: Partial<HttpOptions> = {}) {
  const path = join(t.testdir({}), 'list.fresh');
  const slept: number[] = [];
  const options: HttpOptions = {
    url,
    path,
    lookup: async (hostname) => {
      throw new Error(`not to be looked up: ${hostname}`);
    },
    random: () => 0.5,
    sleep: async (ms) => {
      slept.push(ms);
    },
    ...said,
    limits: { attempts: 1, idleTimeoutMs: 2000, totalTimeoutMs: 5000, ...said.limits },
  };
  return { source: httpSource(options), path, slept };
}

t.test('a list is fetched, plain or packed, into its file', async (t) => {
  const { origin } = await startListServer(t, {
    '/plain': body(LIST),
    '/gzip': body(gzipSync(LIST), { 'content-encoding': 'gzip' }),
    '/br': body(brotliCompressSync(LIST), { 'content-encoding': 'br' }),
    '/zstd': body(zstdCompressSync(LIST), { 'content-encoding': 'zstd' }),
    '/deflate': body(deflateSync(LIST), { 'content-encoding': 'deflate' }),
  });
  for (const kind of ['plain', 'gzip', 'br', 'zstd', 'deflate']) {
    const { source: list, path } = source(t, `${origin}/${kind}`);
    const fetched = await list.fetch(null, signal);
    t.match(fetched, { kind: 'body', body: { kind: 'file', path } });
    t.equal(readFileSync(path, 'utf8'), LIST, kind);
  }
});

t.test(
  'what the server gave to recognise the list by is asked with, and "not modified" is unchanged',
  async (t) => {
    const { origin } = await startListServer(t, {
      '/list': (request, response) => {
        if (request.headers['if-none-match'] === '"v1"' && request.headers['if-modified-since'] !== undefined)
          response.writeHead(304).end();
        else
          response
            .writeHead(200, { etag: '"v1"', 'last-modified': 'Mon, 23 Nov 2026 09:00:00 GMT' })
            .end(LIST);
      },
    });
    const { source: list } = source(t, `${origin}/list`);
    const fetched = await list.fetch(null, signal);
    if (fetched.kind !== 'body') throw new Error('no body');
    t.same(fetched.validators, {
      etag: '"v1"',
      lastModified: 'Mon, 23 Nov 2026 09:00:00 GMT',
      identity: null,
    });
    t.same(await list.fetch(fetched.validators, signal), { kind: 'unchanged' });
  },
);

t.test('"not modified" is no answer to who told the server of no copy', async (t) => {
  const { origin } = await startListServer(t, {
    '/list': (_request, response) => response.writeHead(304).end(),
  });
  const { source: list } = source(t, `${origin}/list`);
  for (const previous of [null, NO_VALIDATORS])
    await t.rejects(list.fetch(previous, signal), { code: 'LIST_STATUS', message: /status 304/ });
});

t.test('of the statuses that are no failure, only those with the whole list bring it', async (t) => {
  const answer = (status: number) => (_request: unknown, response: ServerResponse) =>
    void response.writeHead(status).end(status === 204 ? undefined : LIST);
  const { origin } = await startListServer(
    t,
    Object.fromEntries([200, 201, 202, 203, 204, 206].map((status) => [`/${status}`, answer(status)])),
  );
  const fetched = async (status: number): Promise<string> =>
    source(t, `${origin}/${status}`)
      .source.fetch(null, signal)
      .then(
        ({ kind }) => kind,
        ({ code }) => code,
      );
  t.same(await Promise.all([200, 201, 202, 203, 204, 206].map(fetched)), [
    ...['body', 'LIST_STATUS', 'LIST_FETCH', 'body', 'LIST_STATUS', 'LIST_STATUS'],
  ]);
});

t.test(
  'Apache, which marks the ETag of what it packs, is also asked by the one without the mark',
  async (t) => {
    const asked: unknown[] = [];
    const { origin } = await startListServer(t, {
      '/list': (request, response) => {
        asked.push(request.headers['if-none-match']);
        response.writeHead(304).end();
      },
    });
    const { source: list } = source(t, `${origin}/list`);
    for (const etag of ['"da66-66-gzip"', 'W/"da66-br"', '"gzip"', '"-gzip"'])
      await list.fetch({ etag, lastModified: null, identity: null }, signal);
    t.same(asked, ['"da66-66-gzip", "da66-66"', 'W/"da66-br", W/"da66"', '"gzip"', '"-gzip"']);
  },
);

t.test('a body that does not come whole is refused and removed', async (t) => {
  const packed = gzipSync(LIST.repeat(50));
  const { origin } = await startListServer(t, {
    '/length': (_request, response) => {
      response.writeHead(200, { 'content-length': '5000' });
      response.write(LIST.slice(0, 100), () => response.destroy());
    },
    '/chunked': (_request, response) => {
      response.writeHead(200, { 'transfer-encoding': 'chunked' });
      response.write(LIST.slice(0, 100), () => response.destroy());
    },
    '/gzip': body(packed.subarray(0, packed.length - 20), { 'content-encoding': 'gzip' }),
    '/not-gzip': body('this is no gzip', { 'content-encoding': 'gzip' }),
  });
  for (const path of ['/length', '/chunked', '/gzip', '/not-gzip']) {
    const { source: list, path: file } = source(t, `${origin}${path}`);
    await t.rejects(list.fetch(null, signal), { code: 'LIST_TRUNCATED' }, path);
    t.notOk(existsSync(file), 'nothing is left');
  }
  const { source: strange } = source(
    t,
    `${(await startListServer(t, { '/x': body('x', { 'content-encoding': 'lzma' }) })).origin}/x`,
  );
  await t.rejects(strange.fetch(null, signal), { code: 'LIST_FETCH' });
});

t.test('bombs, lies and endless bodies end at the limit', async (t) => {
  const { origin } = await startListServer(t, {
    '/bomb': body(gzipSync(Buffer.alloc(20_000_000)), { 'content-encoding': 'gzip' }),
    '/announced': (_request, response) => {
      response.writeHead(200, { 'content-length': '99999999999' });
      response.write('a.example\n');
    },
    '/endless': (_request, response) => {
      response.writeHead(200);
      const more = (): void => {
        while (!response.destroyed && response.write('a.example\n'.repeat(5000)));
      };
      response.on('drain', more);
      more();
    },
  });
  for (const path of ['/bomb', '/announced', '/endless']) {
    const { source: list, path: file } = source(t, `${origin}${path}`, {
      limits: { bodyOctetsMax: 1_000_000 },
    });
    await t.rejects(list.fetch(null, signal), { code: 'LIST_TOO_BIG' }, path);
    t.notOk(existsSync(file));
  }
});

t.test('an answer that is none ends it', async (t) => {
  const { origin } = await startListServer(t, {
    '/switching': ({ socket }) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n');
    },
    '/hangs-up': ({ socket }) => socket.end(),
  });
  for (const path of ['/switching', '/hangs-up'])
    await t.rejects(source(t, `${origin}${path}`).source.fetch(null, signal), {
      code: 'LIST_FETCH',
      message: /(ended before an answer came|hang up).*it is tried again later/,
    });
});

t.test('silence ends at the timeout', async (t) => {
  const { origin } = await startListServer(t, {
    '/never': () => undefined,
    '/stalls': (_request, response) => {
      response.writeHead(200);
      response.write('a.example\n');
    },
  });
  for (const path of ['/never', '/stalls']) {
    const { source: idle } = source(t, `${origin}${path}`, { limits: { idleTimeoutMs: 50 } });
    await t.rejects(idle.fetch(null, signal), { code: 'LIST_TIMEOUT' }, path);
    const { source: total } = source(t, `${origin}${path}`, { limits: { totalTimeoutMs: 50 } });
    await t.rejects(total.fetch(null, signal), { code: 'LIST_TIMEOUT' }, path);
  }
});

t.test('passing failures are tried again, later each time; lasting ones are not', async (t) => {
  let failures = 2;
  const server = await startListServer(t, {
    '/flaky': (_request, response) => {
      if (failures > 0) response.writeHead(503).end();
      else response.end(LIST);
      failures -= 1;
    },
    '/down': (_request, response) => response.writeHead(500).end(),
    '/reset': (request) => request.socket.destroy(),
  });
  const flaky = source(t, `${server.origin}/flaky`, { limits: { attempts: 3, backoffMs: 100 } });
  t.match(await flaky.source.fetch(null, signal), { kind: 'body' });
  t.same(flaky.slept, [100, 200], 'backs off, with the jitter random gives');
  for (const [path, asked, code] of [
    ['/down', 3, 'LIST_FETCH'],
    ['/reset', 3, 'LIST_FETCH'],
    ['/missing', 1, 'LIST_STATUS'],
  ] as const) {
    server.asked.length = 0;
    const { source: list } = source(t, `${server.origin}${path}`, { limits: { attempts: 3 } });
    await t.rejects(list.fetch(null, signal), { code });
    t.equal(server.asked.length, asked, path);
  }
});

t.test(
  'a server that asks for a pause gets it: a short one at once, a longer one until the next look',
  async (t) => {
    let asks = '120';
    const server = await startListServer(t, {
      '/full': (_request, response) => response.writeHead(429, { 'retry-after': asks }).end(),
    });
    const ask = async () => {
      const { source: list, slept } = source(t, `${server.origin}/full`, {
        limits: { attempts: 3, backoffMs: 100 },
      });
      server.asked.length = 0;
      const error = await list.fetch(null, signal).catch((thrown: unknown) => thrown);
      return { error, slept, requests: server.asked.length };
    };
    t.match(await ask(), {
      error: { code: 'LIST_FETCH', retryAfterMs: 120_000, message: /429 and asks for a pause of 120 s/ },
      slept: [],
      requests: 1,
    });
    asks = '3';
    t.match(await ask(), { error: { retryAfterMs: 3000 }, slept: [3000, 3000], requests: 3 });
    asks = new Date(Date.now() + 3_600_000).toUTCString();
    const { error } = await ask();
    t.ok((error as { retryAfterMs: number }).retryAfterMs > 3_500_000, 'a date');
    asks = '999999999';
    t.match(await ask(), { error: { retryAfterMs: 86_400_000 } }, 'a day at most');
    asks = 'soon';
    t.match(await ask(), { error: { retryAfterMs: 0 }, slept: [100, 200] });
  },
);

t.test('redirects are followed five times and no further', async (t) => {
  const server = await startListServer(t, {
    '/loop': redirect('/loop'),
    '/1': redirect('/2', 301),
    '/2': redirect('/3', 303),
    '/3': redirect('/4', 307),
    '/4': redirect('/5', 308),
    '/5': redirect('/6'),
    '/6': body(LIST),
    '/nowhere': (_request, response) => response.writeHead(302).end(),
    '/file': redirect('file:///etc/passwd'),
  });
  t.match(await source(t, `${server.origin}/1`).source.fetch(null, signal), { kind: 'body' });
  server.asked.length = 0;
  for (const path of ['/loop', '/nowhere', '/file'])
    await t.rejects(
      source(t, `${server.origin}${path}`).source.fetch(null, signal),
      { code: 'LIST_REDIRECT' },
      path,
    );
  t.equal(server.asked.filter((path) => path === '/loop').length, 6);
});

t.test('a redirect to an address of the house is refused before a single octet goes there', async (t) => {
  const victim = await startListServer(t, { '/secret': body(LIST) }, '127.0.0.2');
  const { port } = new URL(victim.origin);
  const server = await startListServer(t, {
    '/ip': redirect(`${victim.origin}/secret`),
    '/name': redirect(`http://rebind.example:${port}/secret`),
    '/mapped': redirect(`http://[::ffff:127.0.0.2]:${port}/secret`),
    '/metadata': redirect('http://169.254.169.254/latest/meta-data'),
    '/octal': redirect(`http://0177.0.0.2:${port}/secret`),
  });
  for (const path of ['/ip', '/name', '/mapped', '/metadata', '/octal']) {
    const { source: list } = source(t, `${server.origin}${path}`, { lookup: async () => ['127.0.0.2'] });
    await t.rejects(list.fetch(null, signal), { code: 'LIST_FORBIDDEN_ADDRESS' }, path);
  }
  t.same(victim.asked, []);
});

t.test('a redirect to a public address goes to the very address that was judged', async (t) => {
  const other = await startListServer(t, { '/list': body(LIST) }, '127.0.0.2');
  const { port } = new URL(other.origin);
  const server = await startListServer(t, { '/go': redirect(`http://public.example:${port}/list`) });
  const looked: string[] = [];
  const { source: list } = source(t, `${server.origin}/go`, {
    lookup: async (hostname) => {
      looked.push(hostname);
      return ['127.0.0.2'];
    },
    mayVisit: (address) => address === '127.0.0.2',
  });
  t.match(await list.fetch(null, signal), { kind: 'body' });
  t.same(looked, ['public.example'], 'looked up once, and the connection pinned to it');
});

t.test("names go through the lookup that was given, and its failure is the list's", async (t) => {
  const server = await startListServer(t, { '/list': body(LIST) });
  const { port } = new URL(server.origin);
  const found = source(t, `http://lists.example:${port}/list`, { lookup: async () => ['127.0.0.1'] });
  t.match(await found.source.fetch(null, signal), { kind: 'body' });
  const none = source(t, `http://lists.example:${port}/list`, { lookup: async () => [] });
  await t.rejects(none.source.fetch(null, signal), { code: 'LIST_FETCH', message: /has no address/ });
  const failed = source(t, `http://lists.example:${port}/list`);
  await t.rejects(failed.source.fetch(null, signal), { code: 'LIST_FETCH', message: /not to be looked up/ });
});

t.test('a password in the URL stays out of messages', async (t) => {
  const { origin } = await startListServer(t, {});
  const { source: list } = source(t, `${origin.replace('http://', 'http://user:hunter2@')}/missing`);
  const error: unknown = await list.fetch(NO_VALIDATORS, signal).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  t.ok(error instanceof Error && !error.message.includes('hunter2'));
});
