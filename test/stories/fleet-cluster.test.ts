// A head and a site over three NATS servers that are one, of which any may die.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jetstreamManager } from '@nats-io/jetstream';
import t, { type Test } from 'tap';
import { Link } from '../../src/fleet/link.ts';
import { Follower } from '../../src/fleet/policy/follower.ts';
import { KeptPolicy } from '../../src/fleet/policy/kept.ts';
import { Publisher } from '../../src/fleet/policy/publisher.ts';
import { privateKey } from '../../src/fleet/signing.ts';
import { STREAMS } from '../../src/fleet/subjects.ts';
import { formatEndpoint } from '../../src/wire/names/address.ts';
import { type Nats, startCluster } from '../support/nats.ts';
import { until } from '../support/tool.ts';

const WAIT_MS = 90_000;

function linkTo(t: Test, servers: readonly Nats[], site: string): Link {
  const nats = { servers: servers.map(({ port }) => ({ host: '127.0.0.1', port })), isTls: false };
  const link = new Link({
    fleet: { site, nats, ca: null, credentials: null },
    report: () => undefined,
    now: Date.now,
  });
  link.start();
  t.teardown(() => link.stop());
  return link;
}

t.test('policy goes out over a cluster of three, whichever of them dies', async (t) => {
  const servers = await startCluster(t);
  if (servers === null) {
    t.pass('the newest nats-server is not built: node test/support/nats.ts');
    return;
  }
  const dir = t.testdir({ head: {}, site: {} });
  const link = linkTo(t, servers, 'head');
  const list = join(dir, 'names.txt');
  const quiet = { report: () => undefined, changed: () => undefined, now: Date.now };
  const key = privateKey(join(dir, 'head.key'));
  const publisher = new Publisher({ site: 'head', dir: join(dir, 'head'), key, link, ...quiet });
  publisher.start();
  t.teardown(() => publisher.stop());
  const publish = async (text: string): Promise<void> => {
    writeFileSync(list, text);
    await publisher.publish(() => ({
      tree: { lists: { evil: { source: list } } },
      published: ['lists'],
      override: [],
      lists: [{ name: 'evil', format: null, isFolder: false, files: [list], entries: 1, key: 'k' }],
      warnings: [],
    }));
  };
  await publish('one.test\n');
  const site = linkTo(t, servers, 'site-1');
  const kept = new KeptPolicy(join(dir, 'site'), publisher.publicKey);
  const parts = { site: 'site-1', key: publisher.publicKey, link: site, kept, apply: async () => null };
  const follower = new Follower({ ...parts, ...quiet });
  follower.start();
  t.teardown(() => follower.stop());
  const has = (revision: number): Promise<unknown> =>
    until(`revision ${revision}`, () => follower.standing.revision === revision, WAIT_MS);
  await has(1);
  const { connection } = link;
  if (connection === null) throw new Error('the head is not connected');
  const { config } = await (await jetstreamManager(connection)).streams.info(STREAMS.policy);
  t.equal(config.num_replicas, 3, 'each has all of it');

  for (const revision of [2, 3]) {
    // The one that the head talks to.
    const { state } = link;
    const dying = servers.find(
      ({ port }) => state.is === 'up' && state.server === formatEndpoint('127.0.0.1', port),
    );
    await dying?.kill();
    await publish(`one.test\nt${revision}.test\n`);
    await has(revision);
    t.equal(follower.standing.revision, revision);
    await dying?.start();
    await until('the head to be connected', () => link.state.is === 'up', WAIT_MS);
  }
});
