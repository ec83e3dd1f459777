import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import t from 'tap';
import { UDP_QUERY_OCTETS_MAX } from '../../src/listen/limits.ts';
import { portOf } from '../../src/listen/open.ts';
import { openUdp } from '../../src/listen/udp.ts';
import { UdpClient } from '../support/listen-clients.ts';
import { Echo, idOf, message } from '../support/listen-messages.ts';
import { LOOPBACK, listenOptions } from '../support/listen-options.ts';

t.test('a datagram longer than any query is ignored and counted', async (t) => {
  const echo = new Echo();
  const listener = await openUdp(LOOPBACK, echo.answer, listenOptions());
  t.teardown(() => listener.close(0));
  const client = await UdpClient.open(listener.bound);
  t.teardown(() => client.close());

  client.send(new Uint8Array(UDP_QUERY_OCTETS_MAX + 1));
  client.send(new Uint8Array(0));
  client.send(message(1));
  await client.has(1);

  t.equal(listener.counters.ignored, 1);
  t.same(
    echo.seen.map(({ length }) => length),
    [0, message(1).length],
  );
});

t.test('sockets share a port when told to, and only then', async (t) => {
  const shared = { ...listenOptions(), reusePort: true };
  const first = await openUdp(LOOPBACK, new Echo().answer, shared);
  t.teardown(() => first.close(0));
  const address = { host: '127.0.0.1', port: portOf(first.bound) };

  const second = await openUdp(address, new Echo().answer, shared);
  t.teardown(() => second.close(0));

  t.equal(second.bound, first.bound);
  await t.rejects(openUdp(address, new Echo().answer, listenOptions()), { code: 'EADDRINUSE' });
});

t.test('a reply to a port nobody listens on any more does not end the listener', async (t) => {
  const echo = new Echo();
  const listener = await openUdp(LOOPBACK, echo.answer, listenOptions());
  t.teardown(() => listener.close(0));
  const gone = createSocket('udp4');
  gone.send(message(1, 'late'), portOf(listener.bound), '127.0.0.1');
  await echo.holds(1);
  gone.close();
  await once(gone, 'close');

  echo.release(0);
  const client = await UdpClient.open(listener.bound);
  t.teardown(() => client.close());
  client.send(message(2));
  await client.has(1);

  t.same(client.replies.map(idOf), [2]);
});

t.test('closing answers what lies in the socket already', async (t) => {
  const echo = new Echo();
  const listener = await openUdp(LOOPBACK, echo.answer, listenOptions());
  const client = await UdpClient.open(listener.bound);
  t.teardown(() => client.close());
  for (let id = 0; id < 100; id++) client.send(message(id));

  await Promise.all([listener.close(5_000), client.has(100)]);

  t.equal(listener.counters.replies, 100);
});
