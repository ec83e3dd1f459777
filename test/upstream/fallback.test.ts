// Servers behind the usual ones, and servers of one group of clients: who is asked when, and who shares a question.
import t, { type Test } from 'tap';
import type { UpstreamAddress, UpstreamsConfig } from '../../src/config/config.ts';
import { createForwarder, type ObservedForwarder } from '../../src/upstream/forward.ts';
import { query } from '../support/message.ts';
import { until } from '../support/tool.ts';
import { hurriedClock, PatientAsker, udpAddress, upstreamsConfig } from '../support/upstream-asker.ts';
import { type ScriptedUpstream, startUpstream } from '../support/upstream-server.ts';

interface Scene {
  readonly usual: ScriptedUpstream;
  readonly other: ScriptedUpstream;
  readonly forwarder: ObservedForwarder;
  readonly asker: PatientAsker;
}

/** One server as usual, another as the fallback, unless told otherwise. */
async function scene(
  t: Test,
  make: (usual: UpstreamAddress, other: UpstreamAddress) => Partial<UpstreamsConfig> = (_, other) => ({
    fallback: [other],
  }),
  views: (other: UpstreamAddress) => readonly (readonly UpstreamAddress[])[] = () => [],
  now: () => number = hurriedClock(4),
): Promise<Scene> {
  const [usual, other] = [await startUpstream(), await startUpstream()];
  const forwarder = createForwarder({
    upstreams: upstreamsConfig([udpAddress(usual)], make(udpAddress(usual), udpAddress(other))),
    views: views(udpAddress(other)),
    firstView: 7,
    now,
  });
  t.teardown(async () => {
    await forwarder.close();
    await Promise.all([usual.stop(), other.stop()]);
  });
  return { usual, other, forwarder, asker: new PatientAsker() };
}

t.test(
  'the fallback is asked nothing while the usual server answers, however fast it would be',
  async (t) => {
    for (const strategy of ['fastest', 'parallel', 'random', 'ordered'] as const) {
      const { usual, other, forwarder, asker } = await scene(t, (_, server) => ({
        fallback: [server],
        strategy,
      }));
      usual.on('*', { delayMs: 20 });

      await Promise.all(Array.from({ length: 100 }, (_, i) => asker.ask(forwarder, query(`n${i}.test`))));

      t.equal(other.seen.length, 0, strategy);
    }
  },
);

t.test('the fallback is asked at once when the usual server refuses, and when it is silent', async (t) => {
  const { usual, other, forwarder, asker } = await scene(t);
  usual.on('refused.test', { rcode: 5 });
  usual.on('silent.test', { drop: true });

  const refused = await asker.ask(forwarder, query('refused.test'));
  const silent = await asker.ask(forwarder, query('silent.test'));

  t.equal(refused.upstream, other.address);
  t.equal(refused.failure, 'none');
  t.equal(silent.upstream, other.address);
  t.equal(silent.failure, 'none');
});

t.test(
  'when the usual server is down the fallback goes first, and gives way when that is back',
  async (t) => {
    const { usual, other, forwarder, asker } = await scene(t);
    usual.on('*', { drop: true });
    for (let i = 0; i < 8; i += 1) await asker.ask(forwarder, query(`n${i}.test`));
    await until('the usual server to be down', () => forwarder.states().some(({ healthy }) => !healthy));

    const asked = usual.seen.length;
    const { upstream } = await asker.ask(forwarder, query('down.test'));
    t.equal(upstream, other.address);
    t.notOk(usual.seen.slice(asked).some(({ name }) => name.toLowerCase() === 'down.test'));

    usual.on('*', {});
    await until('it to be taken back', () => forwarder.states().every(({ healthy }) => healthy));
    t.equal((await asker.ask(forwarder, query('back.test'))).upstream, usual.address);
  },
);

t.test('names with a route keep to it, though it fails', async (t) => {
  const { usual, other, forwarder, asker } = await scene(t, (own, server) => ({
    fallback: [server],
    routes: [{ suffix: 'corp.test', upstreams: [own] }],
  }));
  usual.on('*', { rcode: 5 });

  const { message } = await asker.ask(forwarder, query('www.corp.test'));

  t.equal(message?.rcode, 5, 'what its own server says');
  t.equal(other.seen.length, 0);
});

t.test('a group’s clients are asked for at its own servers, and share no question with others', async (t) => {
  const { usual, other, forwarder, asker } = await scene(
    t,
    () => ({}),
    (server) => [[server]],
    () => 1000, // nothing is asked again, however late an answer is
  );

  // All are asked before the first answer can be read.
  const [theirs, ours, again] = await Promise.all([
    asker.ask(forwarder, query('www.test'), 8),
    asker.ask(forwarder, query('www.test'), 7),
    asker.ask(forwarder, query('www.test'), 8),
  ]);

  t.equal(theirs.upstream, other.address);
  t.equal(ours.upstream, usual.address);
  t.equal(again.upstream, other.address);
  t.same([usual.seen.length, other.seen.length], [1, 1], 'one question each');
});
