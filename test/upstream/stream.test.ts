// TCP towards an upstream: kept open, pipelined, answered in any order, and none of its ways to end loses a query.

import { connect } from 'node:net';
import t, { type Test } from 'tap';
import { StreamExchange } from '../../src/upstream/transport/stream.ts';
import { query } from '../support/message.ts';
import { PatientAsker, SeededRandom } from '../support/upstream-asker.ts';
import { type ScriptedUpstream, startUpstream } from '../support/upstream-server.ts';

interface Scene {
  readonly upstream: ScriptedUpstream;
  readonly exchange: StreamExchange;
  readonly asker: PatientAsker;
}

async function scene(t: Test): Promise<Scene> {
  const upstream = await startUpstream();
  const { host, port } = upstream;
  const exchange = new StreamExchange({
    name: upstream.address,
    dial: () => connect({ host, port }),
    isPadded: false,
    now: () => performance.now(),
    random: new SeededRandom(7),
  });
  const clock = setInterval(() => exchange.advance(performance.now()), 10);
  t.teardown(async () => {
    clearInterval(clock);
    exchange.close();
    await upstream.stop();
  });
  return { upstream, exchange, asker: new PatientAsker() };
}

t.test('many queries share one connection, and answers come in any order', async (t) => {
  const { upstream, exchange, asker } = await scene(t);
  upstream.on('slow.test', { delayMs: 60 });

  const slow = asker.askExchange(exchange, query('slow.test'));
  const quick = Array.from({ length: 300 }, (_, i) => asker.askExchange(exchange, query(`n${i}.test`)));
  const settled = await Promise.all([slow, ...quick]);

  t.ok(settled.every(({ failure }) => failure === 'none'));
  t.same(
    settled.slice(1).map(({ message }) => message?.question?.name.toLowerCase().replace(/\.$/, '')),
    quick.map((_, i) => `n${i}.test`),
  );
  t.equal(asker.settledTickets.at(-1), 1, 'the slow one last');
  t.equal(upstream.connections.accepted, 1);
});

t.test(
  'a connection that the upstream closes after answering is replaced, its queries sent again once',
  async (t) => {
    const { upstream, exchange, asker } = await scene(t);
    await asker.askExchange(exchange, query('first.test'));
    upstream.on('second.test', { close: true, first: 1 }, { after: 1 });

    const { failure } = await asker.askExchange(exchange, query('second.test'));

    t.equal(failure, 'none');
    t.equal(upstream.connections.accepted, 2);
  },
);

t.test('an upstream that closes every connection without an answer is a failure, not a loop', async (t) => {
  const { upstream, exchange, asker } = await scene(t);
  upstream.on('*', { close: true });

  const { failure } = await asker.askExchange(exchange, query('www.test'));

  t.equal(failure, 'network');
  t.equal(upstream.connections.accepted, 1);
});

t.test(
  'an answer that drips is cut off at the deadline, and the next query gets a new connection',
  async (t) => {
    const { upstream, exchange, asker } = await scene(t);
    upstream.on('drip.test', { dripMs: 40 });

    const drip = await asker.askExchange(exchange, query('drip.test'), 200);
    const next = await asker.askExchange(exchange, query('next.test'));

    t.equal(drip.failure, 'timeout');
    t.equal(next.failure, 'none');
    t.equal(upstream.connections.accepted, 2);
  },
);

t.test('an answer that drips fast enough is read whole', async (t) => {
  const { upstream, exchange, asker } = await scene(t);
  upstream.on('drip.test', { dripMs: 1 });

  const { failure } = await asker.askExchange(exchange, query('drip.test'));

  t.equal(failure, 'none');
});

t.test('an answer to another question is no answer', async (t) => {
  const { upstream, exchange, asker } = await scene(t);
  upstream.on('www.test', { question: 'victim.test' });

  const { failure } = await asker.askExchange(exchange, query('www.test'));

  t.equal(failure, 'mismatch');
  t.equal(exchange.mismatches, 1);
});

t.test('an answer nobody asked for is left alone', async (t) => {
  const { upstream, exchange, asker } = await scene(t);
  upstream.on('www.test', { wrongId: 1, times: 50 }, {});

  const { failure } = await asker.askExchange(exchange, query('www.test'));

  t.equal(failure, 'none');
});

t.test('a refused connection fails and the exchange can be asked again', async (t) => {
  const { upstream, exchange, asker } = await scene(t);
  await upstream.closeTcp();

  const first = await asker.askExchange(exchange, query('one.test'));
  const second = await asker.askExchange(exchange, query('two.test'));

  t.equal(first.failure, 'network');
  t.equal(second.failure, 'network');
  t.match(exchange.problem, /ECONNREFUSED/);
});

t.test('close settles what is in flight and leaves no connection', async (t) => {
  const { upstream, exchange, asker } = await scene(t);
  upstream.on('late.test', { delayMs: 5000 });

  const late = asker.askExchange(exchange, query('late.test'));
  await asker.askExchange(exchange, query('www.test'));
  exchange.close();
  const after = await asker.askExchange(exchange, query('more.test'));

  t.equal((await late).failure, 'closed');
  t.equal(after.failure, 'closed');
  t.equal(exchange.inFlight, 0);
});
