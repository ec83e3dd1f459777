// What only the batched listener does: wildcard addresses, whole batches, the choice.
import { networkInterfaces } from 'node:os';
import t, { type Test } from 'tap';
import { HIGH_PER_MS, JUDGED_MS } from '../../src/listen/batch/yield-gate.ts';
import { UDP_QUERY_OCTETS_MAX } from '../../src/listen/limits.ts';
import { openListeners, portOf } from '../../src/listen/open.ts';
import { openUdpBatch, whyNoBatch } from '../../src/listen/udp-batch.ts';
import { loadLibc } from '../../src/native/libc.ts';
import { UdpClient } from '../support/listen-clients.ts';
import { Echo, idOf, message } from '../support/listen-messages.ts';
import { LOOPBACK, listenOptions } from '../support/listen-options.ts';

const skip = (await whyNoBatch()) ?? false;

async function start(t: Test, host: string, now: () => number = listenOptions().now) {
  const echo = new Echo();
  const listener = await openUdpBatch({ host, port: 0 }, echo.answer, { ...listenOptions(), now });
  t.teardown(() => listener.close(0));
  return { echo, listener };
}

/** So many queries were answered that the rate is high, once it is judged. */
async function startInRush(t: Test) {
  let nowMs = 0;
  const { echo, listener } = await start(t, '127.0.0.1', () => nowMs);
  const client = await UdpClient.open(listener.bound);
  t.teardown(() => client.close());
  const rush = 2 * JUDGED_MS * HIGH_PER_MS;
  for (let id = 0; id < rush; id++) client.send(message(id));
  await client.has(rush);
  const judge = (): void => {
    nowMs += JUDGED_MS;
  };
  return { echo, client, rush, judge };
}

t.test('a wildcard address answers from the address it was asked on, late or not', { skip }, async (t) => {
  const { echo, listener } = await start(t, '0.0.0.0');
  for (const [index, host] of ['127.0.0.1', '127.0.0.2', '127.9.9.9', '127.0.0.2'].entries()) {
    const client = await UdpClient.open(listener.bound, host);
    t.teardown(() => client.close());

    client.send(message(1));
    client.send(message(2, 'late'));
    await echo.holds(index + 1);
    echo.release(index);
    await client.has(2);

    t.same([...client.senders], [host]);
    t.same(client.replies.map(idOf), [1, 2]);
  }
});

const own = Object.values(networkInterfaces()).flat();
const six = own.filter((entry) => entry?.family === 'IPv6').map((entry) => entry!);
t.test(
  'so does the IPv6 wildcard, link-local addresses included',
  { skip: skip || six.length === 0 },
  async (t) => {
    const { echo, listener } = await start(t, '::');
    for (const [index, entry] of six.entries()) {
      const zone = entry.scopeid ? `%${entry.scopeid}` : '';
      const client = await UdpClient.open(listener.bound, `${entry.address}${zone}`, '::');
      t.teardown(() => client.close());

      client.send(message(1));
      client.send(message(2, 'late'));
      await echo.holds(index + 1);
      echo.release(index);
      await client.has(2);

      t.same(
        [...client.senders].map((sender) => sender.split('%')[0]),
        [entry.address],
      );
    }
  },
);

t.test('datagrams of any length come whole or are counted', { skip }, async (t) => {
  const { echo, listener } = await start(t, '127.0.0.1');
  const client = await UdpClient.open(listener.bound);
  t.teardown(() => client.close());

  client.send(new Uint8Array(UDP_QUERY_OCTETS_MAX + 1));
  client.send(new Uint8Array(0));
  client.send(Buffer.concat([message(1), new Uint8Array(UDP_QUERY_OCTETS_MAX - message(1).length)]));
  await client.has(1);

  t.equal(listener.counters.ignored, 1);
  t.same(
    echo.seen.map(({ length }) => length),
    [0, UDP_QUERY_OCTETS_MAX],
  );
  t.equal(client.replies[0]!.length, UDP_QUERY_OCTETS_MAX);
});

t.test('more than one batch of each kind at once', { skip }, async (t) => {
  const { echo, listener } = await start(t, '127.0.0.1');
  const client = await UdpClient.open(listener.bound);
  t.teardown(() => client.close());
  const labels = ['now', 'late', 'drop'];

  for (let id = 0; id < 300; id++) client.send(message(id, labels[id % 3]));
  await echo.holds(100);
  for (let index = 99; index >= 0; index--) echo.release(index);
  await client.has(200);

  const ids = client.replies.map(idOf).sort((a, b) => a - b);
  t.same(
    ids,
    Array.from({ length: 300 }, (_, id) => id).filter((id) => id % 3 !== 2),
  );
});

t.test('closing answers what lies in the socket already', { skip }, async (t) => {
  const { listener } = await start(t, '127.0.0.1');
  const client = await UdpClient.open(listener.bound);
  t.teardown(() => client.close());
  for (let id = 0; id < 200; id++) client.send(message(id));

  await Promise.all([listener.close(5_000), client.has(200)]);

  t.equal(listener.counters.replies, 200);
});

t.test('a promise made for a query that waits is kept without further traffic', { skip }, async (t) => {
  const echo = new Echo();
  const listener = await openUdpBatch(
    LOOPBACK,
    (query) => {
      const outcome = echo.answer(query);
      Promise.resolve().then(() => echo.release(0));
      return outcome;
    },
    listenOptions(),
  );
  t.teardown(() => listener.close(0));
  const client = await UdpClient.open(listener.bound);
  t.teardown(() => client.close());

  client.send(message(1, 'late'));
  await client.has(1);

  t.same(client.replies.map(idOf), [1]);
});

t.test('in a rush others run before it reads on, but not before what is owed', { skip }, async (t) => {
  const libc = await loadLibc();
  if (typeof libc === 'string') return;
  const { letOthersRun } = libc;
  let given = 0;
  Object.assign(libc, {
    letOthersRun: () => {
      given += 1;
      return letOthersRun();
    },
  });
  t.teardown(() => Object.assign(libc, { letOthersRun }));
  const { echo, client, rush, judge } = await startInRush(t);
  t.equal(given, 0);

  judge();
  for (let id = 0; id < 5; id++) client.send(message(id));
  await client.has(rush + 5);
  t.ok(given > 0);

  given = 0;
  for (let id = 0; id < 5; id++) client.send(message(id, 'late'));
  await echo.holds(5);
  for (let index = 0; index < 5; index++) echo.release(index);
  await client.has(rush + 10);
  t.equal(given, 0);
});

t.test('in a rush it waits for what comes next without the event loop as well', { skip }, async (t) => {
  const libc = await loadLibc();
  if (typeof libc === 'string') return;
  const { eventLoop } = libc;
  const wait = eventLoop.wait.bind(eventLoop);
  let waits = 0;
  Object.assign(eventLoop, {
    wait: (...how: Parameters<typeof wait>) => {
      waits += 1;
      return wait(...how);
    },
  });
  t.teardown(() => Object.assign(eventLoop, { wait }));
  const { client, rush, judge } = await startInRush(t);
  judge();
  client.send(message(1));
  await client.has(rush + 1);
  waits = 0;

  client.send(message(2));
  await client.has(rush + 2);

  t.ok(waits > 0);
});

t.test('a port that is taken is an error and leaves no socket behind', { skip }, async (t) => {
  const { listener } = await start(t, '127.0.0.1');
  const taken = { host: '127.0.0.1', port: portOf(listener.bound) };

  await t.rejects(openUdpBatch(taken, new Echo().answer, listenOptions()), { code: 'EADDRINUSE' });
  await t.rejects(openUdpBatch({ host: '192.0.2.1', port: 0 }, new Echo().answer, listenOptions()), {
    code: 'EADDRNOTAVAIL',
  });
});

t.test('the choice is by itself, forced or forbidden, and is told', { skip }, async (t) => {
  for (const [udp, method, note] of [
    ['auto', 'udp-batch', /batches/],
    ['batch', 'udp-batch', /batches/],
    ['portable', 'udp', /as configured/],
  ] as const) {
    const { listeners, notes } = await openListeners({
      addresses: [LOOPBACK],
      answer: new Echo().answer,
      options: { udp },
    });
    t.teardown(() => Promise.all(listeners.map((listener) => listener.close(0))));

    t.equal(listeners[0]!.method, method);
    t.match(notes.join(), note);
  }
});
