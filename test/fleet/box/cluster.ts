// `npm run fleet -- cluster [SITES]`: head and sites over three NATS servers that are one. Each is killed in turn, then whoever leads the stream of
// policy, whoever leads a site's hits, and two of the three, while names are asked and policies are published. Each answered name is in the central
// store once, no answer is of two revisions, and the newest is in force in its time wherever a majority of the servers is there.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect, nkeyAuthenticator } from '@nats-io/transport-node';
import { hitsStream, STREAMS } from '../../../src/fleet/subjects.ts';
import { type Nats, natsKey, startCluster } from '../../support/nats.ts';
import { Postgres } from '../../support/postgres.ts';
import { until } from '../../support/tool.ts';
import { accountOf } from './account.ts';
import { FIRST, publisher, settled } from './parts.ts';
import { Place } from './place.ts';
import { blockedWith, sayingsOf } from './sayings.ts';
import { Watch } from './watch.ts';

const ASK_PAUSE_MS = 100;
/** So long a server is away. */
const AWAY_MS = 6_000;
/** A stream of a server that was away for seconds is caught up by then. */
const HEALTHY_MS = 60_000;
const LEADER_MS = 90_000;

export async function cluster(words: readonly string[]): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'cenote-fleet-'));
  const ends: (() => unknown)[] = [];
  const headKey = natsKey();
  const servers = await startCluster(
    { teardown: (end) => void ends.push(end as () => unknown) },
    { head: ['head', headKey] },
  );
  if (servers === null) throw new Error('the newest nats-server is not built: node test/support/nats.ts');
  const postgres = new Postgres();
  await postgres.start();
  const shared = { dir, clock: join(dir, 'clock'), nats: servers.map(({ url }) => url) };
  const head = new Place(
    { ...shared, name: 'head', fleet: { store: postgres.url } },
    sayingsOf(FIRST, dir, {}),
  );
  head.key = headKey;
  const { adminUrl } = await head.start();
  const view = (await (await fetch(`${adminUrl}/api/v1/fleet`)).json()) as { head: { key: string } };
  const sites = Array.from(
    { length: Number(words[0] ?? 4) },
    (_, i) => new Place({ ...shared, name: `site-${i + 1}`, fleet: { key: view.head.key } }, {}),
  );
  const allowed = Object.fromEntries(sites.map(({ name, key }) => [name, key] as const));
  for (const server of servers) server.allow({ head: ['head', headKey], sites: allowed });
  for (const site of sites) await site.start();
  const watch = new Watch(head, sites);
  const publish = publisher(head, watch, dir);
  watch.start();
  await publish();
  await settled({ watch, sites });

  const leader = (stream: string) => async (): Promise<readonly Nats[]> => {
    const name = await leaderOf(stream, servers, headKey.seed);
    return servers.filter((_, i) => `n${i + 1}` === name);
  };
  const trials: readonly (readonly [string, () => Promise<readonly Nats[]>])[] = [
    ...servers.map((server, i) => [`server ${i + 1}`, async () => [server]] as const),
    ['the leader of the policy', leader(STREAMS.policy)],
    ['the leader of the hits of site-1', leader(hitsStream('site-1'))],
    ['two of three', async () => servers.slice(0, 2)],
  ];
  const answered = new Set<string>();
  for (const [round, [what, chosen]] of trials.entries()) {
    const led = await Promise.all(
      [STREAMS.policy, STREAMS.state, hitsStream('site-1')].map((stream) =>
        leaderOf(stream, servers, headKey.seed),
      ),
    );
    const [dying, faults, begin] = [await chosen(), watch.faults.length, performance.now()];
    let isOver = false;
    const asking = sites.map(async (site) => {
      for (let i = 0; !isOver; i += 1) {
        const name = `r${round}-${i}.${site.name}.c2.example`;
        if ((await blockedWith(site, name)) !== null) answered.add(name);
        await pause(ASK_PAUSE_MS);
      }
    });
    await Promise.all(dying.map((server) => server.kill()));
    const killed = performance.now();
    const again = Promise.all(
      [STREAMS.policy, STREAMS.state].map(async (stream) => {
        await leaderOf(
          stream,
          servers,
          headKey.seed,
          // Those that are back may lead again.
          () => servers.flatMap(({ pid }, i) => (pid === undefined ? [`n${i + 1}`] : [])),
        );
        return performance.now() - killed;
      }),
    );
    const before = watch.newest?.n ?? 0;
    const publishing = publish();
    await until(
      'it to be in force',
      () => (watch.newest?.n ?? 0) > before && watch.behind().length === 0,
      60_000,
    ).catch(() => undefined);
    const inForce = performance.now();
    const committed = watch.newest?.atMs ?? inForce;
    // Of three servers one takes nothing alone: the others are started again while it is published.
    if (dying.length > 1) {
      await pause(AWAY_MS);
      await Promise.all(dying.map((server) => server.start()));
    }
    await publishing;
    const kept = performance.now();
    await settled({ watch, sites });
    const told = performance.now();
    const ledMs = await again;
    await publish();
    if (dying.length === 1) {
      await pause(AWAY_MS);
      await Promise.all(dying.map((server) => server.start()));
    }
    await settled({ watch, sites });
    await publish();
    await settled({ watch, sites });
    // As whoever takes one server after the other out of service does.
    const started = performance.now();
    await until(
      'all servers to be healthy',
      async () => (await Promise.all(servers.map((server) => server.isHealthy()))).every(Boolean),
      HEALTHY_MS,
    );
    const healthy = performance.now();
    isOver = true;
    await Promise.all(asking);
    const seconds = (ms: number): string => (ms / 1000).toFixed(1);
    say(
      `${what} killed (leaders were ${led.join(' ')}): policy and states had a leader again after ${ledMs.map(seconds).join(' and ')} s; a policy of ${seconds(committed - killed)} s after the kill was in force everywhere ${seconds(inForce - committed)} s later, kept ${seconds(kept - committed)} s, told ${seconds(told - committed)} s; all servers healthy ${seconds(healthy - started)} s after the last settled; ${((performance.now() - begin) / 1000).toFixed(0)} s, revision ${watch.newest?.revision}`,
    );
    for (const fault of watch.faults.slice(faults)) say(`  FAULT: ${fault}`);
  }
  await watch.end();
  const { lost, twice } = await accountOf(answered, postgres);
  const took = watch.tookMs.toSorted((a, b) => a - b).map((ms) => (ms / 1000).toFixed(1));
  say(`${answered.size} answered; ${lost.length} of them not in the central store, ${twice.length} twice`);
  say(
    `${took.length} revisions in force at all sites after ${took.join(' ')} s; ${watch.looks} looks, ${watch.faults.length} faults`,
  );
  for (const place of [...sites, head]) await place.daemon?.stop();
  for (const end of ends.reverse()) await end();
  await postgres.stop();
  rmSync(dir, { recursive: true, force: true });
  process.exitCode = lost.length + twice.length + watch.faults.length > 0 || answered.size === 0 ? 1 : 0;
}

async function leaderOf(
  stream: string,
  servers: readonly Nats[],
  seed: string,
  away: () => readonly string[] = () => [],
): Promise<string | undefined> {
  const connection = await connect({
    servers: servers.map(({ url }) => url),
    authenticator: nkeyAuthenticator(new TextEncoder().encode(seed)),
    inboxPrefix: '_INBOX.head',
  });
  try {
    const manager = await jetstreamManager(connection, { checkAPI: false, timeout: 1_000 });
    return await until(
      `a leader of ${stream}`,
      () =>
        manager.streams.info(stream).then(
          ({ cluster }) => (away().includes(cluster?.leader ?? '') ? null : (cluster?.leader ?? null)),
          () => null,
        ),
      LEADER_MS,
    );
  } finally {
    await connection.close();
  }
}

const say = (text: string): void => void process.stdout.write(`${text}\n`);
