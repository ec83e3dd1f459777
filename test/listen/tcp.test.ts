// What strangers do to a TCP port (RFC 7766, RFC 9210 §4), each with what becomes of it.
import t, { type Test } from 'tap';
import type { Limits } from '../../src/listen/limits.ts';
import { openTcp } from '../../src/listen/tcp.ts';
import { StreamClient } from '../support/listen-clients.ts';
import { Echo, framed, idOf, message, replyTo } from '../support/listen-messages.ts';
import { LOOPBACK, listenOptions } from '../support/listen-options.ts';

async function start(t: Test, limits: Partial<Limits> = {}) {
  const echo = new Echo();
  const listener = await openTcp(LOOPBACK, echo.answer, listenOptions({ sweepMs: 10, ...limits }));
  t.teardown(() => listener.close(0));
  const dial = async (): Promise<StreamClient> => {
    const client = await StreamClient.open(listener.bound);
    t.teardown(() => client.close());
    return client;
  };
  return { echo, listener, dial };
}

t.test('a query is answered even if each octet comes alone', async (t) => {
  const { dial } = await start(t);
  const client = await dial();

  for (const octet of framed(message(1), message(2))) await client.write(Buffer.from([octet]));
  await client.has(2);

  t.same(client.replies, [replyTo(message(1)), replyTo(message(2))]);
});

t.test('replies to queries that came together leave in one write', async (t) => {
  const { dial } = await start(t);
  const client = await dial();
  let chunks = 0;
  client.socket.on('data', () => chunks++);

  await client.write(framed(...Array.from({ length: 50 }, (_, id) => message(id))));
  await client.has(50);

  t.equal(chunks, 1);
  t.same(client.replies.map(idOf), [...Array(50).keys()]);
});

t.test('a length of 0 ends the connection, replies before it are sent', async (t) => {
  const { listener, dial } = await start(t);
  const client = await dial();

  await client.write(Buffer.concat([framed(message(1)), Buffer.from([0, 0])]));
  await client.ended;

  t.same(client.replies.map(idOf), [1]);
  t.equal(listener.counters.ignored, 1);
});

for (const [what, octets] of [
  ['nothing', []],
  ['one octet', [0]],
  ['half a message', [...framed(message(1)).subarray(0, 20)]],
  ['a length that is too long', [0xff, 0xff, ...message(1)]],
] as const) {
  t.test(`a client that sends ${what} and waits is cut`, async (t) => {
    const { listener, dial } = await start(t, { messageTimeoutMs: 60 });
    const client = await dial();

    await client.write(Buffer.from(octets));
    await client.ended;

    t.same(client.replies, []);
    t.equal(listener.counters.timedOut, 1);
  });
}

t.test('a client that drips octets is cut by the deadline of the whole message', async (t) => {
  const { listener, dial } = await start(t, { messageTimeoutMs: 400, idleTimeoutMs: 60_000 });
  const client = await dial();
  await client.write(framed(message(1)));
  await client.has(1);
  const drip = setInterval(() => client.socket.write(Buffer.from([1])), 10);
  t.teardown(() => clearInterval(drip));

  await client.ended;

  t.equal(listener.counters.timedOut, 1);
});

t.test('an idle client is closed, one that waits for a reply is not', async (t) => {
  const { echo, dial } = await start(t, { idleTimeoutMs: 60 });
  const patient = await dial();
  const idle = await dial();
  patient.send(message(1, 'late'));
  idle.send(message(2));
  await idle.has(1);
  await idle.ended;

  echo.release(0);
  await patient.has(1);

  t.same(patient.replies.map(idOf), [1]);
});

t.test('beside 400 idle connections the first and the newest are answered', async (t) => {
  const { dial } = await start(t);
  const clients = await Promise.all(Array.from({ length: 400 }, dial));
  const newest = await dial();

  clients[0]!.send(message(1));
  newest.send(message(2));
  await Promise.all([clients[0]!.has(1), newest.has(1)]);

  t.same(
    [clients[0]!, newest].map((c) => c.replies.map(idOf)),
    [[1], [2]],
  );
});

t.test(
  'a full listener closes the connection that has not asked for longest and serves the newest',
  async (t) => {
    const { listener, dial } = await start(t, { connectionsMax: 4 });
    const clients: StreamClient[] = [];
    for (let id = 0; id < 4; id++) {
      const client = await dial();
      client.send(message(id));
      await client.has(1);
      clients.push(client);
    }
    clients[0]!.send(message(9));
    await clients[0]!.has(2);

    const newest = await dial();
    newest.send(message(5));
    await newest.has(1);

    await clients[1]!.ended;
    t.equal(listener.counters.evicted, 1);
    for (const index of [0, 2, 3]) t.equal(clients[index]!.socket.readableEnded, false);
  },
);

t.test('a full listener turns the newest away only when every connection is busy', async (t) => {
  const { echo, listener, dial } = await start(t, { connectionsMax: 2 });
  const busy = await Promise.all([dial(), dial()]);
  for (const client of busy) client.send(message(1, 'late'));
  await echo.holds(2);

  const refused = await dial();
  await refused.ended;
  echo.release(0);
  echo.release(1);
  await Promise.all(busy.map((client) => client.has(1)));

  t.equal(listener.counters.refused, 1);
});

t.test('one client cannot take the connections of all', async (t) => {
  const { listener, dial } = await start(t, { connectionsPerClientMax: 3, connectionsMax: 100 });
  const clients: StreamClient[] = [];
  for (let i = 0; i < 4; i++) clients.push(await dial());

  await clients[0]!.ended;
  clients[3]!.send(message(1));
  await clients[3]!.has(1);

  t.equal(listener.counters.evicted, 1);
});

t.test('a connection with its share in flight is not read until one is answered', async (t) => {
  const { echo, dial } = await start(t, { inFlightMax: 10 });
  const client = await dial();
  await client.write(framed(...Array.from({ length: 25 }, (_, id) => message(id, 'late'))));
  await echo.holds(10);
  await new Promise<void>((resolve) => setImmediate(resolve));
  t.equal(echo.held.length, 10);

  for (let index = 0; index < 25; index++) {
    await echo.holds(index + 1);
    echo.release(index);
  }
  await client.has(25);

  t.same(client.replies.map(idOf), [...Array(25).keys()]);
});

t.test('a client that asks and never reads costs bounded memory and is cut', async (t) => {
  const { echo, listener, dial } = await start(t, { writeStallMs: 100 });
  const client = await dial();
  client.socket.pause();
  const queries = framed(...Array.from({ length: 1_000 }, (_, id) => message(id, 'big')));

  for (let i = 0; i < 10; i++) client.socket.write(queries);
  while (listener.counters.timedOut === 0) await new Promise<void>((resolve) => setImmediate(resolve));

  t.ok(echo.seen.length < 1_000, `${echo.seen.length} of 10,000 queries were taken up`);
  t.equal(listener.counters.timedOut, 1);
});

t.test('late replies beyond the write buffer cut a client that does not read', async (t) => {
  const { echo, dial } = await start(t, { writeBufferOctetsMax: 65_536 });
  const client = await dial();
  client.socket.pause();
  await client.write(framed(...Array.from({ length: 90 }, (_, id) => message(id, 'late'))));
  await echo.holds(90);

  for (const query of echo.held) {
    query.replyLength = 60_000;
    query.origin!.send(query);
  }

  client.socket.resume();
  await client.ended;
  t.ok(client.replies.length < 90);
});

t.test('after FIN everything asked before it is still answered, then FIN comes back', async (t) => {
  const { echo, dial } = await start(t);
  const client = await dial();

  client.socket.end(framed(message(1, 'late'), message(2), message(3, 'late')));
  await echo.holds(2);
  await client.has(1);
  echo.release(1);
  echo.release(0);
  await client.ended;

  t.same(client.replies.map(idOf), [2, 3, 1]);
});

t.test('after FIN a backlog beyond the in-flight limit is answered too', async (t) => {
  const { echo, dial } = await start(t, { inFlightMax: 2 });
  const client = await dial();

  client.socket.end(framed(...[1, 2, 3, 4, 5].map((id) => message(id, 'late'))));
  for (let index = 0; index < 5; index++) {
    await echo.holds(index + 1);
    echo.release(index);
  }
  await client.ended;

  t.same(client.replies.map(idOf), [1, 2, 3, 4, 5]);
});

t.test('RST in the middle of a message or with a reply to come leaves the listener alive', async (t) => {
  const { echo, listener, dial } = await start(t);
  const [one, other] = [await dial(), await dial()];
  other.send(message(1, 'late'));
  await echo.holds(1);

  await one.write(framed(message(2)).subarray(0, 9));
  one.socket.resetAndDestroy();
  other.socket.resetAndDestroy();
  const next = await dial();
  next.send(message(3));
  await next.has(1);
  echo.release(0);
  next.send(message(4));
  await next.has(2);

  t.same(next.replies.map(idOf), [3, 4]);
  t.equal(listener.counters.sendFailures, 1);
});

t.test('closing answers what a client had sent before, however much of it had to wait', async (t) => {
  const { echo, listener, dial } = await start(t, { inFlightMax: 2 });
  const client = await dial();
  await client.write(framed(...Array.from({ length: 9 }, (_, id) => message(id, 'late'))));
  await echo.holds(2);

  const closing = listener.close(30_000);
  for (let at = 0; at < 9; at += 1) {
    await echo.holds(at + 1);
    echo.release(at);
  }
  await closing;
  await client.ended;

  t.same(client.replies.map(idOf), [...Array(9).keys()]);
});
