// What is published reaches sites that are connected also while no stream takes it.
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jetstreamManager } from '@nats-io/jetstream';
import t from 'tap';
import { Link } from '../../src/fleet/link.ts';
import type { PolicyDocument } from '../../src/fleet/policy/document.ts';
import { Follower } from '../../src/fleet/policy/follower.ts';
import { KeptPolicy } from '../../src/fleet/policy/kept.ts';
import { type Published, Publisher } from '../../src/fleet/policy/publisher.ts';
import { readWake, wakeOf } from '../../src/fleet/policy/wake.ts';
import { privateKey } from '../../src/fleet/signing.ts';
import { STREAMS, SUBJECTS } from '../../src/fleet/subjects.ts';
import { missingNats, startNats } from '../support/nats.ts';
import { until } from '../support/tool.ts';

t.test('a wake message is read as it was written, and anything else as what it can be', async (t) => {
  const policy = randomBytes(2_000);
  const packs = [50_000, 300, 40].map((octets) => ({ to: 'a', from: null, blob: String(octets), octets }));
  const document = { revision: 12, packs } as unknown as PolicyDocument;
  const blobs = { read: async (blob: string) => Buffer.alloc(Number(blob), 1) };
  const lengths = (octets: Uint8Array): unknown => {
    const { revision, policy, packs } = readWake(octets);
    return [revision, policy?.length ?? null, packs.map(({ length }) => length)];
  };
  const whole = await wakeOf(policy, document, null, blobs);
  t.same(lengths(whole), [12, 2_000, [40, 300, 50_000]]);
  t.same(readWake(whole).policy, policy);
  const held = { ...document, packs: packs.slice(0, 1) };
  t.same(lengths(await wakeOf(policy, document, held, blobs)), [12, 2_000, [40, 300]], 'what is new alone');
  t.same(lengths(await wakeOf(randomBytes(20_000), document, null, blobs)), [12, 20_000, [40, 300]]);
  t.same(
    lengths(await wakeOf(randomBytes(70_000), document, null, blobs)),
    [12, null, []],
    'the number alone',
  );
  const both = { ...document, packs: [...packs, { to: 'a', from: 'b', blob: '7', octets: 7 }] };
  t.same(lengths(await wakeOf(policy, both, null, blobs)), [12, 2_000, [7]], 'the difference alone');
  const gone = {
    read: (blob: string) => (blob === '300' ? Promise.reject(new Error('ENOENT')) : blobs.read(blob)),
  };
  t.same(
    lengths(await wakeOf(policy, document, null, gone)),
    [12, 2_000, [40, 50_000]],
    'without what is gone',
  );
  t.same(lengths(Buffer.from('12')), [12, null, []], 'of a head of an earlier release');
  t.ok(Number.isNaN(Number(whole.subarray(0, 16).toString())), 'such a site reads no number, and looks');
  for (let end = 0; end < whole.length; end += 97) lengths(whole.subarray(0, end));
  for (let i = 0; i < 500; i += 1) lengths(randomBytes(i));
  t.same(lengths(Buffer.from('x\n\xff\xff\xff\xff', 'latin1')), [0, null, []]);
});

t.test('while a stream takes nothing', { skip: missingNats() }, async (t) => {
  const nats = await startNats(t);
  const dir = t.testdir({ head: {}, site: {} });
  const linkTo = async (site: string): Promise<Link> => {
    const servers = [{ host: '127.0.0.1', port: nats.port }];
    const fleet = { site, nats: { servers, isTls: false }, ca: null, credentials: null };
    const link = new Link({ fleet, report: () => undefined, now: Date.now });
    link.start();
    t.teardown(() => link.stop());
    await until(`${site} to connect`, () => link.connection !== null);
    return link;
  };
  const quiet = { report: () => undefined, changed: () => undefined, now: Date.now };
  const link = await linkTo('head');
  const key = privateKey(join(dir, 'head.key'));
  const publisher = new Publisher({ site: 'head', dir: join(dir, 'head'), key, link, ...quiet });
  publisher.start();
  t.teardown(() => publisher.stop());
  const list = join(dir, 'names.txt');
  const publish = (names: readonly string[]): Promise<Published | null> => {
    writeFileSync(list, `${names.join('\n')}\n`);
    return publisher.publish(() => ({
      tree: { lists: { evil: { source: list } } },
      published: ['lists'],
      override: [],
      lists: [{ name: 'evil', format: null, isFolder: false, files: [list], entries: 1, key: 'k' }],
      warnings: [],
    }));
  };
  const kept = new KeptPolicy(join(dir, 'site'), publisher.publicKey);
  const refusals: string[] = [];
  let refuse: string | null = null;
  const site = await linkTo('site-1');
  const follower: Follower = new Follower({
    ...{ site: 'site-1', key: publisher.publicKey, link: site, kept, apply: async () => refuse },
    ...quiet,
    changed: () => {
      const why = follower.standing.refused?.why;
      if (why !== undefined) refusals.push(why);
    },
  });
  follower.start();
  t.teardown(() => follower.stop());
  const names = Array.from({ length: 3_000 }, () => `${randomBytes(20).toString('hex')}.test`);
  await publish(names);
  await until('revision 1', () => follower.standing.revision === 1);

  const { connection } = link;
  if (connection === null) throw new Error('the head is not connected');
  const manager = await jetstreamManager(connection);
  const takes = (octets: number): Promise<unknown> =>
    manager.streams.update(STREAMS.policy, { max_msg_size: octets });
  const inStream = async (): Promise<number> =>
    JSON.parse(
      Buffer.from((await link.last(STREAMS.policy, SUBJECTS.policy))?.octets.subarray(64) ?? []).toString(),
    ).revision;
  await takes(10);
  const second = publish([...names, 'two.test']);
  await until('revision 2, by the message that tells of it', () => follower.standing.revision === 2);
  t.equal(await inStream(), 1);
  t.match((await second)?.waits, /maximum/);
  t.ok(follower.standing.cameOctets < 1_000, `a difference, ${follower.standing.cameOctets} octets`);
  follower.retry();
  link.tell(SUBJECTS.wakeAll, Buffer.from('2'));
  // A text that is not small waits for the stream, and the site has no complaint meanwhile.
  const others = names.map((name) => `other-${name}`);
  const third = publish(others);
  await publisher.differs({ tree: {}, published: [], override: [], lists: [], warnings: [] });
  t.equal(follower.standing.revision, 2);
  await takes(-1);
  await third;
  await until('revision 3', () => follower.standing.revision === 3);
  t.same(
    [await inStream(), follower.standing.behind, refusals],
    [3, null, []],
    'nothing older was refused meanwhile',
  );

  await takes(10);
  refuse = 'its own file does not bear it';
  const fourth = publish([...others, 'four.test']);
  await until('revision 4 to be refused', () => follower.standing.refused?.revision === 4);
  await fourth;
  t.equal(refusals.length, 1, 'once, however often it is told');
  refuse = null;
  follower.retry();
  await until('revision 4', () => follower.standing.revision === 4);
  t.equal(follower.standing.refused, null);

  // The stream still holds revision 3, which is older than what is in force, and no replay.
  refuse = 'its own file does not bear it';
  let looks = 0;
  const last = site.last.bind(site);
  site.last = (...asked) => {
    looks += 1;
    return last(...asked);
  };
  await publish([...others, 'four.test', 'five.test']);
  await until('revision 5 to be refused', () => follower.standing.refused?.revision === 5);
  await until('the site to have looked at the stream', () => looks > 1);
  t.equal(refusals.length, 2, 'revision 5 alone');
});
