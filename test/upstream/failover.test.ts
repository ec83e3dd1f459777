// Several upstreams, some of them dead, slow, flapping or refusing: somebody always answers, and in time.
import { existsSync, readdirSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import t, { type Test } from 'tap';
import type { UpstreamsConfig } from '../../src/config/config.ts';
import { createForwarder, type ObservedForwarder } from '../../src/upstream/forward.ts';
import { query } from '../support/message.ts';
import { until } from '../support/tool.ts';
import {
  hurriedClock,
  PatientAsker,
  tcpAddress,
  udpAddress,
  upstreamsConfig,
} from '../support/upstream-asker.ts';
import { type ScriptedUpstream, startUpstream } from '../support/upstream-server.ts';

interface Scene {
  readonly upstreams: readonly ScriptedUpstream[];
  readonly forwarder: ObservedForwarder;
  readonly asker: PatientAsker;
}

async function scene(
  t: Test,
  count: number,
  config: Partial<UpstreamsConfig> = {},
  now: () => number = hurriedClock(1),
): Promise<Scene> {
  const upstreams = await Promise.all(Array.from({ length: count }, () => startUpstream()));
  const forwarder = createForwarder({
    upstreams: upstreamsConfig(upstreams.map(udpAddress), config),
    now,
  });
  t.teardown(async () => {
    await forwarder.close();
    await Promise.all(upstreams.map((upstream) => upstream.stop()));
  });
  return { upstreams, forwarder, asker: new PatientAsker() };
}

const at = <T>(items: readonly T[], index: number): T => {
  const item = items[index];
  if (item === undefined) throw new RangeError(`no item ${index}`);
  return item;
};

t.test('parallel asks all and takes the first answer', async (t) => {
  const { upstreams, forwarder, asker } = await scene(t, 3, { strategy: 'parallel' });
  at(upstreams, 0).on('*', { delayMs: 200 });
  at(upstreams, 1).on('*', { drop: true });

  const { upstream } = await asker.ask(forwarder, query('www.test'));

  t.equal(upstream, at(upstreams, 2).address);
  await until('the others to be asked', () => upstreams.every(({ seen }) => seen.length === 1));
});

t.test('fastest learns who is fast and goes on asking that one', async (t) => {
  const { upstreams, forwarder, asker } = await scene(t, 3, { strategy: 'fastest' });
  at(upstreams, 0).on('*', { delayMs: 40 });
  at(upstreams, 2).on('*', { delayMs: 60 });

  for (let i = 0; i < 60; i += 1) await asker.ask(forwarder, query(`n${i}.test`));

  const counts = upstreams.map(({ seen }) => seen.length);
  t.ok(at(counts, 1) > 45, counts.join());
  t.ok(at(counts, 0) > 0 && at(counts, 2) > 0, 'the others are known too');
});

t.test('random spreads the questions', async (t) => {
  const { upstreams, forwarder, asker } = await scene(t, 2, { strategy: 'random' });

  for (let i = 0; i < 100; i += 1) await asker.ask(forwarder, query(`n${i}.test`));

  t.ok(upstreams.every(({ seen }) => seen.length > 20));
});

t.test('a route sends its names to its own servers, and the rest elsewhere', async (t) => {
  const [corp, all] = [await startUpstream(), await startUpstream()];
  const forwarder = createForwarder({
    upstreams: upstreamsConfig([udpAddress(all)], {
      routes: [{ suffix: 'corp.test', upstreams: [tcpAddress(corp)] }],
    }),
    now: () => performance.now(),
  });
  t.teardown(async () => {
    await forwarder.close();
    await Promise.all([corp.stop(), all.stop()]);
  });
  const asker = new PatientAsker();

  await asker.ask(forwarder, query('www.corp.test'));
  await asker.ask(forwarder, query('www.other.test'));

  t.same(
    corp.seen.map(({ name, transport }) => `${name.toLowerCase()} ${transport}`),
    ['www.corp.test tcp'],
  );
  t.same(
    all.seen.map(({ name }) => name.toLowerCase()),
    ['www.other.test'],
  );
});

t.test('a dead upstream is soon asked by probes alone, and taken back when it answers one', async (t) => {
  const { upstreams, forwarder, asker } = await scene(t, 2, {}, hurriedClock(5));
  const [first, second] = [at(upstreams, 0), at(upstreams, 1)];
  first.on('*', { drop: true });

  for (let i = 0; i < 10; i += 1) t.equal((await asker.ask(forwarder, query(`n${i}.test`))).failure, 'none');
  const healthy = (): boolean[] => forwarder.states().map((state) => state.healthy);
  await until('it to count as down', () => healthy()[0] === false);
  const before = first.seen.length;
  for (let i = 0; i < 20; i += 1) await asker.ask(forwarder, query(`m${i}.test`));
  const names = first.seen.slice(before).map(({ name }) => name);
  t.same(
    names.filter((name) => name !== ''),
    [],
    'no question of a client',
  );
  t.ok(second.seen.length >= 30);

  // A server of one zone refuses the root; it lives all the same.
  first.on('*', {});
  first.on('', { rcode: 'REFUSED' });
  await until('the probe', () => healthy()[0] === true);
  t.equal((await asker.ask(forwarder, query('back.test'))).upstream, first.address);
});

t.test(
  'all upstreams down: each question fails in time, and answers come again when one is back',
  async (t) => {
    const { upstreams, forwarder, asker } = await scene(t, 2, {}, hurriedClock(5));
    for (const upstream of upstreams) upstream.on('*', { drop: true });

    const failed = await Promise.all(
      Array.from({ length: 40 }, (_, i) => asker.ask(forwarder, query(`n${i}.test`))),
    );
    t.ok(failed.every(({ failure }) => failure === 'timeout'));
    t.same(
      forwarder.states().map(({ healthy }) => healthy),
      [false, false],
    );

    at(upstreams, 1).on('*', {});
    t.equal((await asker.ask(forwarder, query('again.test'))).failure, 'none');
  },
);

t.test('while all upstreams are down a crowd is turned away at once, but for a few that try', async (t) => {
  const { upstreams, forwarder, asker } = await scene(t, 1, {}, hurriedClock(5));
  at(upstreams, 0).on('*', { drop: true });
  await Promise.all(Array.from({ length: 20 }, (_, i) => asker.ask(forwarder, query(`n${i}.test`))));
  t.equal(forwarder.states()[0]?.healthy, false);
  const before = at(upstreams, 0).seen.length;

  const settled = await Promise.all(
    Array.from({ length: 500 }, (_, i) => asker.ask(forwarder, query(`m${i}.test`))),
  );

  t.ok(settled.every(({ failure }) => failure === 'timeout'));
  t.ok(at(upstreams, 0).seen.length - before < 64 * 3 + 10, `${at(upstreams, 0).seen.length - before} asked`);
});

t.test(
  'an upstream that folds letters is found out over TCP and asked in plain letters from then on',
  async (t) => {
    const { upstreams, forwarder, asker } = await scene(t, 1);
    const upstream = at(upstreams, 0);
    upstream.on('*', { foldCase: true });

    for (let i = 0; i < 10; i += 1) {
      const { failure, message } = await asker.ask(forwarder, query(`N${i}.Folded-Letters.test`));
      t.equal(failure, 'none');
      t.match(message?.question?.name, `N${i}.Folded-Letters.test`);
    }

    t.equal(forwarder.states()[0]?.streamRetries, 1);
  },
);

t.test('an upstream that flaps loses no question while another stands', async (t) => {
  const { upstreams, forwarder, asker } = await scene(t, 2, { strategy: 'fastest' }, hurriedClock(2));
  const flapping = at(upstreams, 0);
  let turns = 0;
  const flap = setInterval(() => {
    turns += 1;
    flapping.on('*', turns % 2 === 0 ? {} : turns % 4 === 1 ? { drop: true } : { rcode: 'REFUSED' });
  }, 50);
  t.teardown(() => clearInterval(flap));
  const asked = [];
  for (let i = 0; i < 300; i += 1) {
    asked.push(asker.ask(forwarder, query(`n${i}.test`)));
    if (i % 10 === 9) await asked.at(-1);
  }

  const settled = await Promise.all(asked);

  t.ok(settled.every(({ failure, message }) => failure === 'none' && message?.rcode === 0));
});

const noProc = existsSync('/proc/self/fd') ? false : 'there is no /proc to count descriptors in';

t.test('sockets do not pile up however many questions fail', { skip: noProc }, async (t) => {
  const { upstreams, forwarder, asker } = await scene(t, 2, {}, hurriedClock(10));
  for (const upstream of upstreams) upstream.on('*', { drop: true });
  const sockets = (): number => readdirSync('/proc/self/fd').length;

  const before = sockets();

  for (let round = 0; round < 3; round += 1) {
    const asked = Array.from({ length: 500 }, (_, i) =>
      asker.ask(forwarder, query(`n${i}.round${round}.test`)),
    );
    await Promise.all(asked);
  }

  t.ok(sockets() - before <= 2 * 128, `${sockets() - before} sockets`);
  t.equal(forwarder.inFlight, 0);
  await until('them to be closed', () => sockets() - before <= 2 * 16);
});

t.test('a thread that is ended from outside leaves no socket behind', { skip: noProc }, async (t) => {
  const upstream = await startUpstream();
  t.teardown(() => upstream.stop());
  upstream.on('*', { drop: true });
  const before = readdirSync('/proc/self/fd').length;
  const worker = new Worker(new URL('../support/upstream-thread.ts', import.meta.url), {
    workerData: upstreamsConfig([udpAddress(upstream)]),
  });
  await until('its queries', () => upstream.seen.length >= 40);
  t.ok(readdirSync('/proc/self/fd').length > before);

  await worker.terminate();

  t.ok(readdirSync('/proc/self/fd').length <= before + 1);
});

/** For what never ends when it is wrong. */
const PATIENCE = { timeout: 20_000 };

/** A clock that can be stopped: what is settled after that needed no waiting. */
function stoppable(hurry: number): { now: () => number; stop: () => void } {
  const running = hurriedClock(hurry);
  let stoppedAt: number | null = null;
  return {
    now: () => stoppedAt ?? running(),
    stop: () => {
      stoppedAt = running();
    },
  };
}

t.test('while all count as down, whichever is back is found within its round trip', PATIENCE, async (t) => {
  const clock = stoppable(5);
  const { upstreams, forwarder, asker } = await scene(t, 3, {}, clock.now);
  for (const upstream of upstreams) upstream.on('*', { drop: true });
  await Promise.all(Array.from({ length: 20 }, (_, i) => asker.ask(forwarder, query(`n${i}.test`))));
  t.ok(forwarder.states().every(({ healthy }) => !healthy));

  at(upstreams, 2).on('*', {});
  clock.stop();
  const settled = asker.ask(forwarder, query('again.test'));
  const { failure } = await settled;

  t.equal(failure, 'none');
});

t.test('who guesses at one upstream says nothing against the answer of another', PATIENCE, async (t) => {
  const clock = stoppable(1);
  const { upstreams, forwarder, asker } = await scene(t, 2, {}, clock.now);
  const [guessed, other] = [at(upstreams, 0), at(upstreams, 1)];
  guessed.on('*', { wrongId: 1, over: 'udp' }, { drop: true, over: 'tcp' });
  other.on('*', { delayMs: 50 });

  const settled = asker.ask(forwarder, query('www.test'));
  await until('the other to be asked', () => other.seen.length > 0);
  clock.stop();
  const { failure } = await settled;

  t.equal(failure, 'none');
});
