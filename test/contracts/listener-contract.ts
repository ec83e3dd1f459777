// What every Listener keeps, whatever its transport: each query its own reply, late ones included, and a close that drains.
import type { Test } from 'tap';
import type { Answer, Listener } from '../../src/listen/listener.ts';
import { TRANSPORT_NAMES } from '../../src/wire/message/query.ts';
import type { Client } from '../support/listen-clients.ts';
import { Echo, idOf, message, replyTo } from '../support/listen-messages.ts';

export interface Implementation {
  readonly name: string;
  open(host: string, answer: Answer): Promise<Listener>;
  dial(listener: Listener): Promise<Client>;
}

const byId = (a: Uint8Array, b: Uint8Array): number => idOf(a) - idOf(b);

export function listenerContract(t: Test, implementation: Implementation): void {
  async function start(t: Test, host = '127.0.0.1') {
    const echo = new Echo();
    const listener = await implementation.open(host, echo.answer);
    t.teardown(() => listener.close(0));
    const client = await implementation.dial(listener);
    t.teardown(() => client.close());
    return { echo, listener, client };
  }

  for (const host of ['127.0.0.1', '::1']) {
    t.test(`${implementation.name} answers a query sent to ${host}`, async (t) => {
      const { echo, listener, client } = await start(t, host);

      client.send(message(7));
      await client.has(1);

      t.same(client.replies[0], replyTo(message(7)));
      t.match(listener.bound, host === '::1' ? /^\[::1\]:\d+$/ : /^127\.0\.0\.1:\d+$/);
      t.equal(TRANSPORT_NAMES[listener.transport], TRANSPORT_NAMES[echo.seen[0]!.transport as 0]);
      const loopback = host === '::1' ? `${'0'.repeat(31)}1` : `${'0'.repeat(20)}ffff7f000001`;
      t.equal(echo.seen[0]!.address, loopback);
      t.equal(echo.seen[0]!.port, client.port);
      t.equal(echo.seen[0]!.length, message(7).length);
    });
  }

  t.test(`${implementation.name} gives each of many queries its own reply`, async (t) => {
    const { listener, client } = await start(t);
    const queries = Array.from({ length: 600 }, (_, id) => message(id, id % 2 === 0 ? 'now' : `now${id}`));

    for (let sent = 0; sent < queries.length; sent += 60) {
      for (const query of queries.slice(sent, sent + 60)) client.send(query);
      await client.has(sent + 60);
    }

    t.same(client.replies.toSorted(byId), queries.map(replyTo));
    t.equal(listener.counters.queries, 600);
    t.equal(listener.counters.replies, 600);
  });

  t.test(`${implementation.name} sends late replies in whatever order they are ready`, async (t) => {
    const { echo, client } = await start(t);
    const queries = [1, 2, 3, 4, 5].map((id) => message(id, `late${'x'.repeat(id)}`));
    for (const query of queries) client.send(query);
    await echo.holds(5);

    client.send(message(6));
    await client.has(1);
    for (const index of [4, 2, 0, 3, 1]) echo.release(index);
    await client.has(6);

    t.equal(idOf(client.replies[0]!), 6, 'one that need not wait overtakes those that do');
    t.same(client.replies.toSorted(byId), [...queries, message(6)].map(replyTo));
  });

  t.test(`${implementation.name} sends nothing for a query that was dropped or abandoned`, async (t) => {
    const { echo, client } = await start(t);

    client.send(message(1, 'drop'));
    client.send(message(2, 'late'));
    await echo.holds(1);
    echo.held[0]!.origin!.abandon(echo.held[0]!);
    client.send(message(3));
    await client.has(1);

    t.same(client.replies.map(idOf), [3]);
  });

  t.test(`${implementation.name} outlives a late reply to a client that has gone`, async (t) => {
    const { echo, listener, client } = await start(t);
    client.send(message(1, 'late'));
    await echo.holds(1);
    client.close();
    const next = await implementation.dial(listener);
    t.teardown(() => next.close());
    next.send(message(2));
    await next.has(1);

    echo.release(0);
    next.send(message(3));
    await next.has(2);

    t.same(next.replies.map(idOf), [2, 3]);
  });

  t.test(`${implementation.name} closes only when what it accepted is answered`, async (t) => {
    const { echo, listener, client } = await start(t);
    client.send(message(1, 'late'));
    await echo.holds(1);

    let closed = false;
    const closing = listener.close(30_000).then(() => {
      closed = true;
    });
    await new Promise<void>((resolve) => setImmediate(resolve));
    t.equal(closed, false);
    echo.release(0);
    await client.has(1);
    await closing;

    t.same(client.replies.map(idOf), [1]);
  });

  t.test(`${implementation.name} closes without a reply that never comes`, async (t) => {
    const { echo, listener, client } = await start(t);
    client.send(message(1, 'late'));
    await echo.holds(1);

    await listener.close(60);
    echo.release(0);

    t.same(client.replies, []);
    t.equal(listener.counters.sendFailures, 1);
  });
}
