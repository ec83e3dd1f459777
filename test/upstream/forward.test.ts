// Forwarding over UDP with TCP behind it, against an upstream that does as it is told.
import { createHook } from 'node:async_hooks';
import t, { type Test } from 'tap';
import {
  createForwarder,
  type ForwarderOptions,
  type ObservedForwarder,
} from '../../src/upstream/forward.ts';
import type { UdpSocketKind } from '../../src/upstream/transport/udp-sockets.ts';
import { query } from '../support/message.ts';
import { hurriedClock, PatientAsker, udpAddress, upstreamsConfig } from '../support/upstream-asker.ts';
import { type ScriptedUpstream, startUpstream } from '../support/upstream-server.ts';

interface Scene {
  readonly upstream: ScriptedUpstream;
  readonly forwarder: ObservedForwarder;
  readonly asker: PatientAsker;
}

let udp: UdpSocketKind = 'auto';

async function scene(t: Test, more: Partial<ForwarderOptions> = {}): Promise<Scene> {
  const upstream = await startUpstream();
  const forwarder = createForwarder({
    upstreams: upstreamsConfig([udpAddress(upstream)]),
    now: () => performance.now(),
    udp,
    ...more,
  });
  await forwarder.ready;
  t.teardown(async () => {
    await forwarder.close();
    await upstream.stop();
  });
  return { upstream, forwarder, asker: new PatientAsker() };
}

const hurried = { now: hurriedClock(5) };

const address = (line: string | undefined): string => line ?? '';

const MISFITS: Readonly<Record<string, object>> = {
  'with another ID': { wrongId: 1 },
  '200 times with other IDs': { wrongId: 'random', times: 200 },
  'with another question': { question: 'victim.test' },
  'with QR = 0': { isQuery: true },
  'of garbage': { octets: Uint8Array.from({ length: 64 }, (_, i) => (i * 37) & 0xff) },
  'of garbage with the right ID': { octets: new Uint8Array(64).fill(0xff), keepId: true },
  'of a header alone': { headerOnly: true },
  'of no octets': { octets: new Uint8Array(0) },
  'from another port': { fromOtherPort: true },
  'with lying counts': { counts: [null, 9, null, null] },
  'with a record cut short': { cut: 3 },
  'with the letters folded': { foldCase: true },
};

t.test('a forwarder that nobody asks wakes nobody: its clocks begin with a question', async (t) => {
  let timers = 0;
  const hook = createHook({
    init: (_, type) => {
      if (type === 'Timeout') timers += 1;
    },
  }).enable();
  const { forwarder, asker } = await scene(t, hurried);
  const before = timers;
  await asker.ask(forwarder, query('example.test', 'A'));
  const after = timers;
  hook.disable();

  t.equal(before, 0);
  t.ok(after > 0);
});

for (const kind of ['auto', 'portable'] as const) {
  t.test(`UDP sockets: ${kind}`, async (t) => {
    udp = kind;
    await forwarding(t);
  });
}

async function forwarding(t: Test): Promise<void> {
  t.test('a response comes back whole, with the letters of the question as they were asked', async (t) => {
    const { forwarder, asker, upstream } = await scene(t);

    const { failure, message, upstream: name } = await asker.ask(forwarder, query('WwW.Example.test', 'A'));

    t.equal(failure, 'none');
    t.match(message?.question?.name, /^WwW\.Example\.test\.?$/);
    t.equal(address(message?.answer[0]?.data), '192.0.2.1');
    t.equal(name, upstream.address);
  });

  t.test('every query has an ID, a port and letters of its own', async (t) => {
    const { forwarder, asker, upstream } = await scene(t);

    for (let i = 0; i < 200; i += 1)
      await asker.ask(forwarder, query(`n${i}.some-longer-name.example.test`, 'A'));

    const { seen } = upstream;
    t.equal(seen.length, 200);
    t.ok(new Set(seen.map(({ id }) => id)).size > 190, 'IDs');
    const steps = seen.slice(1).map(({ id }, i) => (id - (seen[i]?.id ?? 0)) & 0xffff);
    t.ok(new Set(steps).size > 180, 'one ID says nothing of the next');
    t.ok(new Set(seen.map(({ port }) => port)).size >= 16, 'ports');
    t.ok(new Set(seen.map(({ name }) => name.replace(/^[nN]\d+/, ''))).size > 150, 'letters');
  });

  t.test('identical questions in flight share one query, whatever their ID and letter case', async (t) => {
    const { forwarder, asker, upstream } = await scene(t);
    upstream.on('shared.test', { delayMs: 30 });

    const asked = ['shared.test', 'SHARED.test', 'shared.TEST'].flatMap((name, i) => [
      asker.ask(forwarder, query(name, 'A', { id: i })),
      asker.ask(forwarder, query(name, 'A', { id: 900 + i })),
    ]);
    const other = asker.ask(forwarder, query('shared.test', 'AAAA'));
    const settled = await Promise.all([...asked, other]);

    t.ok(settled.every(({ failure }) => failure === 'none'));
    t.equal(upstream.seen.length, 2);
    t.equal(new Set(asker.settledTickets).size, 7);
  });

  for (const [what, misfit] of Object.entries(MISFITS)) {
    t.test(`a message ${what} is not believed, and the good answer after it is not lost`, async (t) => {
      const { forwarder, asker, upstream } = await scene(t);
      const name = 'some-name.misfit.test';
      const forged = { answer: [`${name}. 300 A 203.0.113.66`] };
      upstream.on(
        name,
        { ...forged, ...misfit, over: 'udp' },
        { answer: [`${name}. 300 A 192.0.2.5`], delayMs: 20 },
      );

      const { failure, message } = await asker.ask(forwarder, query(name, 'A'));

      t.equal(failure, 'none');
      t.same(
        message?.answer.map(({ data }) => data),
        ['192.0.2.5'],
      );
    });

    // What is decided here does not depend on the kind of socket.
    if (udp === 'auto')
      t.test(`a message ${what} ends no wait when only UDP is served`, async (t) => {
        const { forwarder, asker, upstream } = await scene(t);
        await upstream.closeTcp();
        const name = 'some-name.misfit.test';
        const forged = { answer: [`${name}. 300 A 203.0.113.66`] };
        upstream.on(
          name,
          { ...forged, ...misfit, over: 'udp' },
          { answer: [`${name}. 300 A 192.0.2.5`], delayMs: 20 },
        );

        const { failure, message } = await asker.ask(forwarder, query(name, 'A'));

        t.equal(failure, 'none');
        t.same(
          message?.answer.map(({ data }) => data),
          ['192.0.2.5'],
        );
      });
  }

  t.test('a truncated response is asked again over TCP', async (t) => {
    const { forwarder, asker, upstream } = await scene(t);
    const big = Array.from({ length: 200 }, (_, i) => `big.test. 60 A 192.0.2.${i}`);
    upstream.on('big.test', { truncated: true, over: 'udp' }, { answer: big, over: 'tcp' });

    const { failure, message } = await asker.ask(forwarder, query('big.test', 'A'));

    t.equal(failure, 'none');
    t.equal(message?.tc, false);
    t.equal(message?.answer.length, 200);
  });

  t.test('a truncated response with no TCP behind it fails as unreachable', async (t) => {
    const { forwarder, asker, upstream } = await scene(t, hurried);
    await upstream.closeTcp();
    upstream.on('big.test', { truncated: true });

    const { failure } = await asker.ask(forwarder, query('big.test', 'A'));

    t.equal(failure, 'network');
  });

  t.test('a response that is truncated over TCP as well fails', async (t) => {
    const { forwarder, asker, upstream } = await scene(t, hurried);
    upstream.on('big.test', { truncated: true });

    const { failure } = await asker.ask(forwarder, query('big.test', 'A'));

    t.equal(failure, 'network');
  });

  t.test('a response that is broken over UDP and TCP fails as malformed', async (t) => {
    const { forwarder, asker, upstream } = await scene(t);
    upstream.on('lie.test', { counts: [null, 7, null, null] });

    const { failure } = await asker.ask(forwarder, query('lie.test', 'A'));

    t.equal(failure, 'malformed');
  });

  t.test('a datagram of more than 4096 octets is asked for over TCP', async (t) => {
    const { forwarder, asker, upstream } = await scene(t);
    const answer = Array.from({ length: 300 }, (_, i) => `big.test. 60 A 192.0.2.${i % 250}`);
    upstream.on('big.test', { answer });

    const { failure, message } = await asker.ask(forwarder, query('big.test', 'A'));

    t.equal(failure, 'none');
    t.equal(message?.answer.length, 300);
    t.same(
      upstream.seen.map(({ transport }) => transport),
      ['udp', 'tcp'],
    );
  });

  t.test('octets behind the last record are left off', async (t) => {
    const { forwarder, asker, upstream } = await scene(t);
    upstream.on('tail.test', { tail: new Uint8Array(40).fill(7) });

    const { message } = await asker.ask(forwarder, query('tail.test', 'A'));

    t.equal(message?.trailing, 0);
  });

  t.test('a lost datagram is sent again, with another ID', async (t) => {
    const { forwarder, asker, upstream } = await scene(t);
    upstream.on('lost.test', { drop: true });
    setTimeout(() => upstream.on('lost.test', {}), 200);

    const { failure } = await asker.ask(forwarder, query('lost.test', 'A'));

    t.equal(failure, 'none');
    t.equal(upstream.seen.length, 2);
    t.not(upstream.seen[0]?.id, upstream.seen[1]?.id);
  });

  t.test('the next upstream is asked when the first is silent, and when it refuses', async (t) => {
    const [silent, refusing, good] = [await startUpstream(), await startUpstream(), await startUpstream()];
    silent.on('*', { drop: true });
    refusing.on('*', { rcode: 'REFUSED' });
    const forwarder = createForwarder({
      upstreams: upstreamsConfig([silent, refusing, good].map(udpAddress)),
      now: () => performance.now(),
    });
    t.teardown(async () => {
      await forwarder.close();
      for (const server of [silent, refusing, good]) await server.stop();
    });

    const settled = await new PatientAsker().ask(forwarder, query('www.test', 'A'));

    t.equal(settled.failure, 'none');
    t.equal(settled.upstream, good.address);
    t.equal(refusing.seen.length, 1);
  });

  t.test('an error response is passed on when no upstream does better', async (t) => {
    const { forwarder, asker, upstream } = await scene(t);
    upstream.on('fails.test', { rcode: 'SERVFAIL' });

    const { failure, message } = await asker.ask(forwarder, query('fails.test', 'A'));

    t.equal(failure, 'none');
    t.equal(message?.rcode, 2);
  });

  t.test('a closed port is a failure of the network, long before the deadline', async (t) => {
    const { forwarder, asker, upstream } = await scene(t, hurried);
    await upstream.stop();

    const { failure } = await asker.ask(forwarder, query('gone.test', 'A'));

    t.equal(failure, 'network');
  });

  t.test('a silent upstream fails as a time-out within the flight’s deadline', async (t) => {
    const { forwarder, asker, upstream } = await scene(t, hurried);
    upstream.on('*', { drop: true });

    const { failure } = await asker.ask(forwarder, query('silent.test', 'A'));

    t.equal(failure, 'timeout');
    t.ok(upstream.seen.length <= 3, 'RFC 9520: at most three times');
  });

  t.test('a forwarder whose only upstream is its own listener asks nobody', async (t) => {
    const upstream = await startUpstream();
    t.teardown(() => upstream.stop());
    const { forwarder, asker } = await scene(t, {
      upstreams: upstreamsConfig([udpAddress(upstream)]),
      own: [`0.0.0.0:${upstream.port}`],
    });

    const { failure } = await asker.ask(forwarder, query('loop.test', 'A'));

    t.equal(failure, 'network');
    t.equal(upstream.seen.length, 0);
    t.match(forwarder.states()[0]?.problem, /itself/);
  });

  t.test('close settles what is in flight, refuses what comes later and leaves no socket open', async (t) => {
    const { forwarder, asker, upstream } = await scene(t);
    upstream.on('late.test', { delayMs: 100 });
    const before = process.getActiveResourcesInfo().filter((name) => /UDP|TCP/.test(name)).length;

    const inFlight = asker.ask(forwarder, query('late.test', 'A'));
    const closed = forwarder.close();
    const late = await asker.ask(forwarder, query('more.test', 'A'));
    await closed;

    t.equal((await inFlight).failure, 'none');
    t.equal(late.failure, 'closed');
    await new Promise((resolve) => setImmediate(resolve));
    const after = process.getActiveResourcesInfo().filter((name) => /UDP|TCP/.test(name)).length;
    t.ok(after <= before, `${after} sockets, ${before} before`);
  });
}
