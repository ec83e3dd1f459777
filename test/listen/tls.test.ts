// What strangers do to a TLS port, and what its certificate may do under it.
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import t, { type Test } from 'tap';
import type { Limits } from '../../src/listen/limits.ts';
import type { CertifiedListener } from '../../src/listen/listener.ts';
import { portOf } from '../../src/listen/open.ts';
import { TICKET_KEYS_MS, ticketKeysAt } from '../../src/listen/stream/tickets.ts';
import { openTls } from '../../src/listen/tls.ts';
import { CERTIFICATE } from '../support/listen-certificate.ts';
import { StreamClient } from '../support/listen-clients.ts';
import { Echo, framed, idOf, message } from '../support/listen-messages.ts';
import { LOOPBACK, listenOptions } from '../support/listen-options.ts';

const closed = (socket: Socket): Promise<void> =>
  new Promise((resolve) => socket.once('close', () => resolve()));

async function start(
  t: Test,
  limits: Partial<Limits> = {},
  welcomes: (address: Uint8Array) => boolean = () => true,
) {
  const echo = new Echo();
  const listener = await openTls(LOOPBACK, CERTIFICATE, echo.answer, {
    ...listenOptions({ sweepMs: 10, ...limits }),
    welcomes,
  });
  t.teardown(() => listener.close(0));
  const raw = async (localAddress = '127.0.0.1'): Promise<Socket> => {
    const socket = connect({ port: portOf(listener.bound), host: '127.0.0.1', localAddress });
    t.teardown(() => socket.destroy());
    socket.on('error', () => {});
    socket.resume();
    await once(socket, 'connect');
    return socket;
  };
  const dial = async (options = {}): Promise<StreamClient> => {
    const client = await StreamClient.openTls(listener.bound, options);
    t.teardown(() => client.close());
    return client;
  };
  return { echo, listener, raw, dial };
}

t.test('octets that are no handshake are cut and counted', async (t) => {
  const { listener, raw, dial } = await start(t);
  const socket = await raw();

  socket.write(Buffer.alloc(4_096, 'GET / HTTP/1.1\r\n'));
  await closed(socket);
  const client = await dial();
  client.send(message(1));
  await client.has(1);

  t.equal(listener.counters.ignored, 1);
  t.equal(listener.counters.opened, 1);
});

t.test('a handshake that never ends is cut', async (t) => {
  const { listener, raw } = await start(t, { handshakeTimeoutMs: 60 });
  const socket = await raw();

  await closed(socket);

  t.equal(listener.counters.timedOut, 1);
});

t.test('handshakes that never end do not keep a newer client out', async (t) => {
  const { listener, raw, dial } = await start(t, { handshakesMax: 3, handshakeTimeoutMs: 60_000 });
  await Promise.all([raw(), raw(), raw()]);

  const client = await dial();
  client.send(message(1));
  await client.has(1);

  t.equal(listener.counters.evicted, 1);
});

t.test('one client that opens many makes room of its own: a slow one keeps its place', async (t) => {
  const { listener, raw } = await start(t, {
    handshakesMax: 4,
    handshakesPerClientMax: 4,
    handshakeTimeoutMs: 60_000,
  });
  const slow = await raw('127.0.0.1');
  let gone = false;
  slow.once('close', () => {
    gone = true;
  });
  const many: Socket[] = [];
  for (let i = 0; i < 8; i += 1) many.push(await raw('127.0.0.9'));
  await Promise.all(many.slice(0, 5).map((socket) => (socket.destroyed ? null : closed(socket))));

  t.notOk(gone);
  t.equal(listener.counters.evicted, 5, 'five of the eight');
});

t.test('one client has so many handshakes under way, and a stranger none', async (t) => {
  const { listener, raw } = await start(
    t,
    { handshakesMax: 100, handshakesPerClientMax: 2, handshakeTimeoutMs: 60_000 },
    (address) => address[15] !== 13,
  );
  const first = await raw('127.0.0.9');
  await raw('127.0.0.9');
  await raw('127.0.0.9');
  await closed(first);
  t.equal(listener.counters.evicted, 1);

  await closed(await raw('127.0.0.13'));
  t.equal(listener.counters.refused, 1);
});

t.test('closing does not wait for a handshake', async (t) => {
  const { listener, raw } = await start(t);
  const socket = await raw();
  socket.write(Buffer.from([0x16, 0x03]));

  await Promise.all([closed(socket), listener.close(60_000)]);

  t.pass();
});

t.test('TLS 1.1 is refused, TLS 1.2 and 1.3 are not', async (t) => {
  const { dial } = await start(t);

  await t.rejects(dial({ minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }));
  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    const client = await dial({ minVersion: version, maxVersion: version });
    client.send(message(1));
    await client.has(1);
    t.same(client.replies.map(idOf), [1]);
  }
});

t.test('a client that speaks another protocol inside TLS is refused', async (t) => {
  const { dial } = await start(t);

  await t.rejects(dial({ ALPNProtocols: ['h2'] }));
});

t.test('a client that offers no protocol is served', async (t) => {
  const { dial } = await start(t);
  const client = await dial({ ALPNProtocols: [] });

  client.send(message(1));
  await client.has(1);

  t.same(client.replies.map(idOf), [1]);
});

t.test('idle, half-sent and FIN are as over TCP', async (t) => {
  const { echo, listener, dial } = await start(t, { idleTimeoutMs: 400, messageTimeoutMs: 400 });

  const ending = await dial();
  ending.socket.end(framed(message(1, 'late'), message(2)));
  await echo.holds(1);
  const half = await dial();
  await half.write(framed(message(3)).subarray(0, 9));
  await half.ended;
  const idle = await dial();
  await idle.ended;
  echo.release(0);
  await ending.ended;

  t.same(ending.replies.map(idOf), [2, 1]);
  t.equal(listener.counters.timedOut, 2);
});

t.test('another certificate is shown from the next handshake on, a bad one never', async (t) => {
  const { listener, dial } = await start(t);
  const before = await dial();

  t.throws(() => listener.useCertificate({ cert: 'no PEM', key: CERTIFICATE.key }), {
    code: 'BAD_CERTIFICATE',
  });
  listener.useCertificate(CERTIFICATE);
  before.send(message(1));
  await before.has(1);
  const after = await dial();

  const shown = (
    after.socket as unknown as { getPeerX509Certificate(): X509Certificate }
  ).getPeerX509Certificate();
  t.equal(shown.fingerprint256, new X509Certificate(CERTIFICATE.cert).fingerprint256);
});

t.test('a bad certificate is an error that says what to do', async (t) => {
  const opening = openTls(LOOPBACK, { cert: '', key: '' }, new Echo().answer, listenOptions());

  await t.rejects(opening, { code: 'BAD_CERTIFICATE', message: /listen\.tlsCertificate/ });
});

t.test('a session goes on at another thread\u2019s listener, and not under another secret', async (t) => {
  const open = async (ticketSecret: string): Promise<CertifiedListener> => {
    const certificate = { ...CERTIFICATE, ticketSecret };
    const listener = await openTls(LOOPBACK, certificate, new Echo().answer, listenOptions());
    t.teardown(() => listener.close(0));
    return listener;
  };
  const [one, other] = [await open('shared'), await open('shared')];
  const dial = (listener: CertifiedListener, session?: Buffer): TLSSocket => {
    const socket = connectTls({
      port: portOf(listener.bound),
      host: '127.0.0.1',
      rejectUnauthorized: false,
      ...(session === undefined ? {} : { session }),
    });
    t.teardown(() => socket.destroy());
    return socket;
  };
  const isResumed = async (listener: CertifiedListener, session: Buffer): Promise<boolean> => {
    const socket = dial(listener, session);
    await once(socket, 'secureConnect');
    return socket.isSessionReused();
  };
  const [ticket] = (await once(dial(one), 'session')) as [Buffer];
  t.equal(await isResumed(other, ticket), true);
  other.useCertificate({ ...CERTIFICATE, ticketSecret: 'renewed' });
  t.equal(await isResumed(other, ticket), false, 'after a renewal the whole handshake is made');
  t.notSame(ticketKeysAt('a', 0), ticketKeysAt('a', TICKET_KEYS_MS), 'keys change with time');
  t.same(ticketKeysAt('a', 1), ticketKeysAt('a', 2));
});
