// Which server is asked, in what order, how soon the next, and when one counts as down: by a clock of our own.
import t from 'tap';
import { Routes } from '../../src/upstream/choice/routes.ts';
import { firstAttempts, HEDGE_MS_MAX, hedgeMs, orderServers } from '../../src/upstream/choice/strategy.ts';
import type { Group } from '../../src/upstream/servers/group.ts';
import { Health } from '../../src/upstream/servers/health.ts';
import type { Server } from '../../src/upstream/servers/server.ts';
import { nameOctets, query } from '../support/message.ts';
import { SeededRandom } from '../support/upstream-asker.ts';

const server = (name: string, rttMs = -1, downUntilMs = 0): Server => {
  const health = new Health();
  if (rttMs >= 0) health.answered(rttMs);
  for (let i = 0; downUntilMs > 0 && i < 8; i += 1) health.failed(downUntilMs - 1000);
  return { name, health } as Server;
};

const group = (...servers: Server[]): Group => ({ servers, usual: servers.length });

function orderOf(
  servers: Group,
  strategy: 'fastest' | 'ordered' | 'random' | 'parallel',
  seed = 1,
): string[] {
  const orders = new Uint8Array(32);
  const count = orderServers(servers, strategy, new SeededRandom(seed), orders, 8, 16);
  return [...orders.subarray(8, 8 + count)].map((index) => servers.servers[index]?.name ?? '?');
}

t.test('ordered keeps the order, with servers that are down behind the others', async (t) => {
  const servers = group(server('a', 50, 9000), server('b', 90), server('c', 10), server('d', 5, 4000));

  t.same(orderOf(servers, 'ordered'), ['b', 'c', 'd', 'a']);
});

t.test('fastest asks the quickest first, and one it has never heard of before that', async (t) => {
  const servers = group(server('slow', 80), server('quick', 5), server('new'), server('down', 1, 5000));

  t.same(orderOf(servers, 'fastest'), ['new', 'quick', 'slow', 'down']);
});

t.test('random begins with each server about as often', async (t) => {
  const servers = group(server('a', 1), server('b', 1), server('c', 1));
  const counts = new Map<string, number>();
  for (let seed = 1; seed <= 3000; seed += 1) {
    const [first = ''] = orderOf(servers, 'random', seed * 7919);
    counts.set(first, (counts.get(first) ?? 0) + 1);
  }

  t.ok(
    [...counts.values()].every((count) => count > 800 && count < 1200),
    JSON.stringify([...counts]),
  );
});

t.test('parallel asks three at once, fastest one or now and then two', async (t) => {
  const random = new SeededRandom(3);
  const samples = Array.from({ length: 6400 }, () => firstAttempts('fastest', 4, random));
  const two = samples.filter((count) => count === 2).length;

  t.equal(firstAttempts('parallel', 5, random), 3);
  t.equal(firstAttempts('parallel', 2, random), 2);
  t.equal(firstAttempts('ordered', 5, random), 1);
  t.ok(two > 60 && two < 140, `${two} of 6400`);
});

t.test(
  'the next server is asked after the 95th percentile, and within 400 ms whatever happens',
  async (t) => {
    t.ok(HEDGE_MS_MAX >= 300 && HEDGE_MS_MAX <= 500, 'a client waits 4 s in all');
    t.equal(hedgeMs('fastest', 60, 1, 2), 60);
    t.equal(hedgeMs('fastest', 2, 1, 2), 20);
    t.equal(hedgeMs('fastest', 5000, 1, 2), HEDGE_MS_MAX);
    t.equal(hedgeMs('fastest', 60, 1, 1), HEDGE_MS_MAX, 'the same server again is no hedge');
    t.equal(hedgeMs('ordered', 60, 1, 2), HEDGE_MS_MAX);
    t.equal(hedgeMs('ordered', 60, 3, 2), 2 * HEDGE_MS_MAX, 'a round later');
  },
);

t.test('the estimate of the 95th percentile comes to rest near it', async (t) => {
  const health = new Health();
  const random = new SeededRandom(11);
  for (let i = 0; i < 20_000; i += 1) health.answered(10 + (random.u16() / 65_536) * 100);

  t.ok(health.p95Ms > 90 && health.p95Ms < 125, String(health.p95Ms));
  t.ok(health.rttMs > 30 && health.rttMs < 90, String(health.rttMs));
});

t.test(
  'a server is down after eight failures in a row, and probes come 1, 2, 4 … 30 seconds apart',
  async (t) => {
    const health = new Health();
    let nowMs = 1000;
    for (let i = 0; i < 7; i += 1) health.failed(nowMs);
    t.notOk(health.isDown);
    health.failed(nowMs);
    t.ok(health.isDown);

    const pauses: number[] = [];
    let lastMs = nowMs;
    while (pauses.length < 8) {
      nowMs += 50;
      if (!health.claimProbe(nowMs)) continue;
      pauses.push(Math.round((nowMs - lastMs) / 1000));
      lastMs = nowMs;
    }
    t.same(pauses, [1, 2, 4, 8, 16, 30, 30, 30]);

    health.answered(20);
    t.notOk(health.isDown);
    t.notOk(health.claimProbe(nowMs + 60_000));
  },
);

t.test('one answer among failures keeps a server up', async (t) => {
  const health = new Health();
  for (let i = 0; i < 100; i += 1) {
    for (let j = 0; j < 7; j += 1) health.failed(i);
    health.answered(5);
  }

  t.notOk(health.isDown);
});

t.test('the longest route that covers a name wins, on label boundaries and in any letter case', async (t) => {
  const suffixes = ['corp.example', 'lab.corp.example', '10.in-addr.arpa'];
  const routes = new Routes<Group>(
    suffixes.map((suffix) => ({ suffix, upstreams: [] })),
    { servers: [], usual: 0 },
  );
  const groups = suffixes.map((name) => group(server(name)));
  const fallback = group(server('default'));
  routes.use([fallback], groups);
  const routed = (name: string): string | undefined =>
    routes.groupOf(query(name), 12 + nameOctets(name).length, 0).servers[0]?.name;

  t.equal(routed('www.corp.example'), 'corp.example');
  t.equal(routed('CORP.Example'), 'corp.example');
  t.equal(routed('a.b.Lab.corp.example'), 'lab.corp.example');
  t.equal(routed('notcorp.example'), 'default');
  t.equal(routed('example'), 'default');
  t.equal(routed('4.3.2.10.in-addr.arpa'), '10.in-addr.arpa');
  t.equal(routed('4.3.2.110.in-addr.arpa'), 'default');
  t.equal(routed('.'), 'default');
});
