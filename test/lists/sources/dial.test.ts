// Connecting to a host of several addresses: whichever answers first wins, whatever the others do.
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import t, { type Test } from 'tap';
import { dial } from '../../../src/lists/sources/dial.ts';

const signal = new AbortController().signal;

async function listener(
  t: Test,
  host: string,
  port = 0,
): Promise<{ server: Server; port: number; came: Socket[] }> {
  const came: Socket[] = [];
  const server = createServer((socket) => came.push(socket));
  server.listen(port, host);
  await once(server, 'listening');
  t.teardown(() => {
    for (const socket of came) socket.destroy();
    server.close();
  });
  return { server, port: (server.address() as AddressInfo).port, came };
}

t.test(
  'an address that refuses, or has no route, costs nothing: the next one is tried at once',
  async (t) => {
    const { port } = await listener(t, '127.0.0.1');
    // A documentation address of IPv6 has no route here, or nobody at its end; 127.0.0.2 has no listener.
    const socket = await dial(['127.0.0.2', '127.0.0.1'], { port, timeoutMs: 5000, signal, apartMs: 60_000 });
    t.equal(socket.remoteAddress, '127.0.0.1');
    socket.destroy();
  },
);

t.test('IPv6 is tried first, and the families take turns', async (t) => {
  const six = await listener(t, '::1').catch(() => null);
  if (six === null) return t.pass('no IPv6 here');
  const { port } = six;
  await listener(t, '127.0.0.1', port);
  const socket = await dial(['127.0.0.1', '::1'], { port, timeoutMs: 5000, signal });
  t.equal(socket.remoteAddress, '::1');
  socket.destroy();
});

t.test('of thirty addresses the one that answers is found, wherever it stands', async (t) => {
  const { port } = await listener(t, '127.0.0.1');
  const deaf = Array.from({ length: 29 }, (_, i) => `127.0.1.${i + 1}`);
  const socket = await dial([...deaf, '127.0.0.1'], { port, timeoutMs: 5000, signal, apartMs: 60_000 });
  t.equal(socket.remoteAddress, '127.0.0.1');
  socket.destroy();
});

t.test(
  'where many fail in one way, that is said once, of some by name, of the others by number',
  async (t) => {
    const { server, port } = await listener(t, '127.0.0.1');
    server.close();
    await once(server, 'close');
    const deaf = Array.from({ length: 30 }, (_, i) => `127.0.1.${i + 1}`);
    const failed = await dial(deaf, { port, timeoutMs: 5000, signal }).catch((error) => error.message);
    t.equal(
      failed,
      `nothing listens there: ${[1, 2, 3, 4].map((i) => `connect ECONNREFUSED 127.0.1.${i}:${port}`).join('; ')} and 26 more addresses`,
    );
  },
);

t.test('an address whose turn never came is not said to have given no answer', async (t) => {
  const late = dial(['192.0.2.1', '192.0.2.2'], { port: 9, timeoutMs: 500, signal, apartMs: 60_000 });
  const message: string = await late.catch((error) => error.message);
  t.match(message, /192\.0\.2\.1/);
  // Without a route the first fails at once, and the second is tried.
  if (message.includes('no answer')) t.notMatch(message, /192\.0\.2\.2/);
});

t.test('where all fail, it says what became of each', async (t) => {
  const { server, port } = await listener(t, '127.0.0.1');
  server.close();
  await once(server, 'close');
  await t.rejects(dial(['127.0.0.1', '127.0.0.2'], { port, timeoutMs: 5000, signal }), {
    message: /ECONNREFUSED 127\.0\.0\.1:\d+; .*ECONNREFUSED 127\.0\.0\.2:\d+/,
  });
});

t.test('an abort ends it, before and while it tries', async (t) => {
  const before = AbortSignal.abort(new Error('enough'));
  await t.rejects(dial(['127.0.0.1'], { port: 9, timeoutMs: 5000, signal: before }), /enough/);
  const during = new AbortController();
  const dialling = dial(['192.0.2.1'], { port: 9, timeoutMs: 60_000, signal: during.signal });
  during.abort(new Error('enough'));
  await t.rejects(dialling, /enough|ENETUNREACH/);
});

t.test('the connection that won is the caller\u2019s, its errors too', async (t) => {
  const { port, came } = await listener(t, '127.0.0.1');
  const socket = await dial(['127.0.0.1'], { port, timeoutMs: 5000, signal });
  t.equal(socket.listenerCount('error'), 0);
  t.equal(came.length <= 1, true);
  socket.destroy();
});
