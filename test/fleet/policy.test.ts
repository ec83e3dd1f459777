// A head and sites over a real NATS server, in this process; what puts a configuration into force is played.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import t, { type Test } from 'tap';
import { type KeptMessage, Link } from '../../src/fleet/link.ts';
import { policyMessage, readPolicy } from '../../src/fleet/policy/document.ts';
import type { Said } from '../../src/fleet/policy/draft.ts';
import { Follower, type FollowerParts } from '../../src/fleet/policy/follower.ts';
import { KeptPolicy } from '../../src/fleet/policy/kept.ts';
import { type Published, Publisher } from '../../src/fleet/policy/publisher.ts';
import { readWake, type Wake } from '../../src/fleet/policy/wake.ts';
import { privateKey, publicKeyText, signatureOf } from '../../src/fleet/signing.ts';
import { blobSubject, STREAMS, SUBJECTS } from '../../src/fleet/subjects.ts';
import { missingNats, type Nats, startNats } from '../support/nats.ts';
import { until } from '../support/tool.ts';

interface Office {
  readonly link: Link;
  readonly publisher: Publisher;
  readonly list: string;
  readonly key: string;
  said(change?: Partial<Said>): Said;
  /** @param names of its list; without, that says what it said */
  publish(names?: readonly string[]): Promise<Published>;
  /** A policy as it would sign it. */
  signed(document: object): Uint8Array;
  stop(): Promise<void>;
}

/** Answers as a server of a cluster does that is behind the others. */
class LateLink extends Link {
  /** How often it still is. */
  late = 0;
  #before: KeptMessage | null = null;

  override async last(
    ...[stream, subject, deadlinesMs]: Parameters<Link['last']>
  ): Promise<KeptMessage | null> {
    const newest = await super.last(stream, subject, deadlinesMs);
    if (subject !== SUBJECTS.policy) return newest;
    if (this.late > 0) {
      this.late -= 1;
      return this.#before;
    }
    this.#before = newest;
    return newest;
  }
}

function linkTo(t: Test, nats: Nats, site: string): LateLink {
  const servers = [{ host: '127.0.0.1', port: nats.port }];
  const fleet = { site, nats: { servers, isTls: false }, ca: null, credentials: null };
  const link = new LateLink({ fleet, report: () => undefined, now: Date.now });
  link.start();
  t.teardown(() => link.stop());
  return link;
}

async function openHead(t: Test, nats: Nats, dir: string, isAlone = false): Promise<Office> {
  const link = linkTo(t, nats, 'head');
  const headKey = privateKey(join(dir, 'head.key'));
  const list = join(dir, 'names.txt');
  const publisher = new Publisher({
    ...{ site: 'head', dir: join(dir, 'head'), key: headKey, link, now: Date.now },
    ...{ report: () => undefined, changed: () => undefined },
  });
  publisher.start();
  t.teardown(() => publisher.stop());
  if (!isAlone) await until('the head to connect', () => link.connection !== null);
  const said: Office['said'] = (change = {}) => ({
    tree: { lists: { evil: { source: list } }, groups: { default: { clients: ['any'], lists: ['evil'] } } },
    published: ['lists', 'groups'],
    override: ['networks'],
    lists: [{ name: 'evil', format: null, isFolder: false, files: [list], entries: 1, key: 'k' }],
    warnings: [],
    ...change,
  });
  const publish = async (names?: readonly string[]): Promise<Published> => {
    if (names !== undefined) writeFileSync(list, `${names.join('\n')}\n`);
    const done = await publisher.publish(() => said());
    if (done === null) throw new Error('nothing was published');
    return done;
  };
  const stop = async (): Promise<void> => {
    await publisher.stop();
    await link.stop();
  };
  const signed = (document: object): Uint8Array => policyOf(document, headKey);
  return { link, publisher, list, key: publicKeyText(headKey), said, publish, signed, stop };
}

function policyOf(document: object, key: ReturnType<typeof privateKey>): Uint8Array {
  const body = Buffer.from(JSON.stringify(document));
  return policyMessage(body, signatureOf(body, key));
}

/** A head that published a list of one name, `one.test`; beside its folder there are those of a site and of a second head. */
async function begunHead(t: Test) {
  const nats = await startNats(t);
  const dir = t.testdir({ head: {}, site: {}, back: {} });
  const head = await openHead(t, nats, join(dir, 'head'));
  await head.publish(['one.test']);
  return { nats, dir, head };
}

interface Branch {
  readonly link: LateLink;
  readonly kept: KeptPolicy;
  readonly follower: Follower;
  /** Texts of the list in force, in the order in which they came. */
  readonly applied: string[];
}

function openSite(
  t: Test,
  nats: Nats,
  { dir, key, apply }: { dir: string; key: string; apply?: FollowerParts['apply'] },
): Branch {
  const kept = new KeptPolicy(join(dir, 'fleet'), key);
  const link = linkTo(t, nats, 'site-1');
  const applied: string[] = [];
  const follower = new Follower({
    ...{ site: 'site-1', key, link, kept, now: Date.now },
    apply: async () => {
      const why = (await apply?.()) ?? null;
      const said = kept.overlay()?.over({}) as { lists: { evil: { source: string } } } | undefined;
      if (why === null) applied.push(readFileSync(said?.lists.evil.source ?? '', 'utf8'));
      return why;
    },
    ...{ report: () => undefined, changed: () => undefined },
  });
  follower.start();
  t.teardown(() => follower.stop());
  return { link, kept, follower, applied };
}

const skip = missingNats();

t.test('ten names more in a list of a hundred thousand are a few hundred octets', { skip }, async (t) => {
  const nats = await startNats(t);
  const files = { alexa: { 'list.json': '{"list":["everybody.test"]}' }, alone: '1,top.test\n' };
  const dir = t.testdir({ head: {}, site: {}, ...files });
  const head = await openHead(t, nats, join(dir, 'head'));
  const names = Array.from({ length: 100_000 }, (_, index) => `n${(index * 7919) % 1_000_003}.test`);
  const first = await head.publish(names);
  t.match({ revision: first.document.revision, waits: first.waits }, { revision: 1, waits: null });
  t.ok((await head.publish()).isSame, 'the same again is no revision');
  const tree = { ...head.said().tree, groups: { default: { clients: ['any'], lists: [] } } };
  const texts = head.publisher.publish((before) => before && head.said({ tree: before.parts }));
  const other = head.publisher.publish(() => head.said({ tree }));
  // Lists brought something while another configuration was being published: it follows that one, not the one before.
  const last = await head.publisher.publish((before) => before && head.said({ tree: before.parts }));
  t.match([(await texts)?.isSame, (await other)?.document.revision, last?.isSame], [true, 2, true]);
  t.same(last?.document.parts.groups, tree.groups);
  t.equal(last?.document.change, 'group default changed');

  const site = openSite(t, nats, { dir: join(dir, 'site'), key: head.key });
  await until('revision 2', () => site.follower.standing.revision === 2);
  const whole = site.follower.standing.cameOctets;
  for (let index = 0; index < 10; index++) names.splice(index * 9_000, 0, `new-${index}.test`);
  const { document } = await head.publish(names);
  t.equal(document.revision, 3);
  await until('revision 3', () => site.follower.standing.revision === 3);
  t.equal(site.applied.at(-1), readFileSync(head.list, 'utf8'));
  const { cameOctets } = site.follower.standing;
  t.ok(whole > 100_000 && cameOctets < 1_000, `${cameOctets} octets, whole ${whole}`);

  // What is held back at the head is held back at the site, under the name that its list has at the head.
  const warnings = [join(dir, 'alexa/list.json'), join(dir, 'alone')];
  const held = await head.publisher.publish(() => head.said({ warnings }));
  t.equal(held?.document.change, 'the warning lists changed');
  await until('revision 4', () => site.follower.standing.revision === 4);
  const paths = site.kept.overlay()?.over({})['warninglists'] as string[];
  t.same(
    paths.map((path) => [basename(path), readFileSync(path, 'utf8')]),
    [
      ['alexa', '{"list":["everybody.test"]}'],
      ['alone', '1,top.test\n'],
    ],
  );
});

t.test('a server that is behind the others does not hold a revision up for a beat', { skip }, async (t) => {
  const { nats, dir, head } = await begunHead(t);
  const { link, follower } = openSite(t, nats, { dir: join(dir, 'site'), key: head.key });
  await until('revision 1', () => follower.standing.revision === 1);
  link.late = 2;
  // More than goes with the message that tells of it.
  await head.publish(Array.from({ length: 5_000 }, () => `${randomBytes(20).toString('hex')}.test`));
  await until('revision 2', () => follower.standing.revision === 2);
  t.equal(link.late, 0, 'it was asked again while it was told of a newer one');
  // Whoever has an account may say what it likes: that it is looked for has an end.
  head.link.tell(SUBJECTS.wakeAll, Buffer.from('99'));
  await head.publish(['three.test']);
  await until('revision 3', () => follower.standing.revision === 3);
});

t.test('a site puts into force what its head signed, never what is older', { skip }, async (t) => {
  const { nats, dir, head } = await begunHead(t);
  const old = (await head.link.last(STREAMS.policy, SUBJECTS.policy))?.octets ?? new Uint8Array();
  const { document } = await head.publish(['one.test', 'two.test']);
  t.equal(document.revision, 2);
  const good = (await head.link.last(STREAMS.policy, SUBJECTS.policy))?.octets ?? new Uint8Array();

  let refuse: string | null = null;
  const site = openSite(t, nats, { dir: join(dir, 'site'), key: head.key, apply: async () => refuse });
  const { follower } = site;
  await until('revision 2', () => follower.standing.revision === 2);
  // Whoever has an account that may publish: the head's own publisher is away meanwhile.
  await head.publisher.stop();
  const forge = async (what: string, message: Uint8Array, why: RegExp): Promise<void> => {
    await head.link.keep(SUBJECTS.policy, message);
    head.link.tell(SUBJECTS.wakeAll, new Uint8Array());
    await until(what, () => why.test(follower.standing.refused?.why ?? ''));
    t.equal(follower.standing.revision, 2, what);
  };
  await forge('a replayed older one is refused', old, /older than revision 2/);
  const next = { ...document, revision: 3 };
  const { privateKey: stranger } = generateKeyPairSync('ed25519');
  await forge('one by another key', policyOf(next, stranger), /did not sign/);
  const changed = Buffer.from(good);
  changed.writeUInt8(changed.readUInt8(changed.length - 5) ^ 1, changed.length - 5);
  await forge('one octet other', changed, /did not sign/);
  const twin = head.signed({ ...document, change: 'another' });
  await forge('another of the same number', twin, /same number/);
  const strange = head.signed({ ...document, revision: 3, version: 2 });
  await forge('a kind it does not know', strange, /revision 3, that this version of cenote cannot read/);
  refuse = 'the own file has a mistake';
  const newer = head.signed({ ...document, revision: 4 });
  await forge('what its own file does not bear', newer, /own file/);
  t.equal(site.kept.revision, 2, 'the next start begins with what is in force');

  refuse = null;
  follower.retry();
  await until('it to be tried again once the file was mended', () => follower.standing.revision === 4);
  t.equal(follower.standing.refused, null);
  t.equal(new KeptPolicy(join(dir, 'site/fleet'), head.key).revision, 4);
  t.equal(
    new KeptPolicy(join(dir, 'site/fleet'), publicKeyText(stranger)).overlay(),
    null,
    'nor by another key',
  );
});

t.test(
  'a stream that is lost is filled again, and a head that was set back counts on',
  { skip },
  async (t) => {
    const { nats, dir, head } = await begunHead(t);
    await head.link.connection?.request(`$JS.API.STREAM.DELETE.${STREAMS.policy}`);
    await nats.kill('SIGTERM');
    await nats.start();
    const site = openSite(t, nats, { dir: join(dir, 'site'), key: head.key });
    await until('revision 1 from the stream that was made anew', () => site.follower.standing.revision === 1);
    t.equal(site.applied.at(-1), 'one.test\n');

    // A server that lost a piece of its disk has the policy, and not all of what it names.
    const { packs } = head.publisher.document ?? { packs: [] };
    await head.link.connection?.request(
      `$JS.API.STREAM.PURGE.${STREAMS.policy}`,
      JSON.stringify({ filter: SUBJECTS.blobs }),
    );
    head.link.tell(SUBJECTS.wakeAll, Buffer.from('9'));
    for (const { blob } of packs)
      await until('its parts to be there again', () => site.link.last(STREAMS.policy, blobSubject(blob, 0)));

    writeFileSync(join(dir, 'back/head.key'), readFileSync(join(dir, 'head/head.key')));
    const again = await openHead(t, nats, join(dir, 'back'));
    again.publisher.saw(Number.MAX_SAFE_INTEGER - 1);
    const { document } = await again.publish(['two.test']);
    t.equal(document.revision, 2, 'no number is given twice, and a site cannot use up all of them');
    await until('revision 2', () => site.follower.standing.revision === 2);
    t.equal(site.applied.at(-1), 'two.test\n');
  },
);

for (const [what, spoil] of [
  ['cannot be read', (file: string) => writeFileSync(file, 'nothing of a policy')],
  ['is gone', (file: string) => rmSync(file)],
] as const)
  t.test(`a head whose policy ${what} gives no number while NATS is away`, { skip }, async (t) => {
    const nats = await startNats(t);
    const dir = t.testdir({ head: {}, site: {} });
    const head = await openHead(t, nats, join(dir, 'head'));
    for (const name of ['one.test', 'two.test']) await head.publish([name]);
    const { follower } = openSite(t, nats, { dir: join(dir, 'site'), key: head.key });
    await until('revision 2', () => follower.standing.revision === 2);
    await head.stop();
    await nats.kill();
    const file = join(dir, 'head/head/policy');
    spoil(file);
    const left = existsSync(file) ? readFileSync(file, 'utf8') : null;
    const again = await openHead(t, nats, join(dir, 'head'), true);
    await t.rejects(again.publish(['three.test']), {
      code: 'FLEET_PUBLISH',
      message: /NATS, which holds the last one/,
    });
    t.equal(existsSync(file) ? readFileSync(file, 'utf8') : null, left, 'nothing is written');
    t.equal(again.publisher.document, null);
    await nats.start();
    await until('NATS', () => again.link.connection !== null);
    t.match(await again.publish(), { document: { revision: 3 } });
    await until('revision 3', () => follower.standing.revision === 3);
  });

t.test('two heads with one key', { skip }, async (t) => {
  const nats = await startNats(t);
  const dir = t.testdir({ one: {}, other: {}, site: {} });
  const one = await openHead(t, nats, join(dir, 'one'));
  await one.publish(['one.test']);
  writeFileSync(join(dir, 'other/head.key'), readFileSync(join(dir, 'one/head.key')));
  const other = await openHead(t, nats, join(dir, 'other'));
  await until('the other to look at the stream', () => other.publisher.foreign === 1);
  const { follower } = openSite(t, nats, { dir: join(dir, 'site'), key: one.key });
  await until('revision 1', () => follower.standing.revision === 1);

  t.match(await other.publish(['other.test']), { document: { revision: 2 } }, 'no number is given twice');
  t.equal(other.publisher.foreign, null);
  await until('the first to see it', () => one.publisher.foreign === 2);
  await until('revision 2', () => follower.standing.revision === 2);
  const told: Wake[] = [];
  linkTo(t, nats, 'ear').listen(SUBJECTS.wakeAll, (octets) => void told.push(readWake(octets)));
  await until('it to hear', async () => {
    one.link.tell(SUBJECTS.wakeAll, Buffer.from('2'));
    return told.length > 0;
  });
  t.match(
    await one.publish(['one.test']),
    { isSame: false, document: { revision: 3 } },
    'a person says which one counts',
  );
  await until('it to be told', () => told.some(({ revision }) => revision === 3));
  t.equal(
    told.find(({ revision }) => revision === 3)?.packs.length,
    1,
    'with its text: what the stream held was of the other head, whose sites need not have it',
  );
  t.equal(one.publisher.foreign, null);
  await until('revision 3', () => follower.standing.revision === 3);

  // Both gave one number, before either saw that of the other: sites refuse one of the two, and a head sees the other's.
  const document = { ...(one.publisher.document as object), change: 'another' };
  await one.link.keep(SUBJECTS.policy, one.signed(document));
  one.link.tell(SUBJECTS.wakeAll, Buffer.from('4'));
  await until('a twin to be seen', () => one.publisher.foreign === 3);
  t.match(
    await one.publish(),
    { isSame: false, document: { revision: 4 } },
    'which says the same, and is another',
  );
  await until('revision 4', () => follower.standing.revision === 4);
});

t.test('a head whose folder was set back while NATS is away gives no number twice', { skip }, async (t) => {
  const { nats, dir, head: first } = await begunHead(t);
  let head = first;
  const file = join(dir, 'head/head/policy');
  const backup = readFileSync(file);
  for (const name of ['two.test', 'three.test']) await head.publish([name]);
  const { follower } = openSite(t, nats, { dir: join(dir, 'site'), key: head.key });
  await until('revision 3', () => follower.standing.revision === 3);
  await nats.kill();
  await until('the end of its connection', () => head.link.connection === null);
  t.match(
    await head.publish(['four.test']),
    { document: { revision: 4 } },
    'one that has seen the stream counts on',
  );
  await head.stop();

  writeFileSync(file, backup);
  head = await openHead(t, nats, join(dir, 'head'), true);
  t.equal(head.publisher.document?.revision, 1);
  await t.rejects(head.publish(['five.test']), {
    code: 'FLEET_PUBLISH',
    message: /has not been reached since/,
  });
  t.same(readFileSync(file), backup, 'nothing is written');
  await nats.start();
  await until('NATS', () => head.link.connection !== null);
  t.match(await head.publish(), { document: { revision: 4 } });
  await until('revision 4', () => follower.standing.revision === 4);
});

t.test('a policy of a later release, which the head signed', { skip }, async (t) => {
  const { nats, dir, head: first } = await begunHead(t);
  let head = first;
  const file = join(dir, 'head/head/policy');
  const later = { ...(head.publisher.document as object), revision: 7, version: 2 };
  const message = head.signed(later);
  t.throws(() => readPolicy(message, head.key), { code: 'FLEET_RELEASE', revision: 7 });
  t.throws(() => readPolicy(message.subarray(1), head.key), { code: 'FLEET_POLICY' });
  // The head was a later one until now; it is not known whether NATS was as well.
  await head.stop();
  writeFileSync(file, message);
  head = await openHead(t, nats, join(dir, 'head'));
  t.match(
    head.publisher.problem,
    /^What was published last, revision 7, is of a later release than this head's/,
  );
  t.notMatch(head.publisher.problem, /head's release/, 'it is the head');
  t.match(await head.publish(), { document: { revision: 8 } }, 'its number is known all the same');
  t.equal(head.publisher.problem, null);

  const site = openSite(t, nats, { dir: join(dir, 'site'), key: head.key });
  await until('revision 8', () => site.follower.standing.revision === 8);
  // Of another head that is one.
  const written = head.signed({ ...later, revision: 9 });
  await head.link.keep(SUBJECTS.policy, written);
  head.link.tell(SUBJECTS.wakeAll, Buffer.from('9'));
  await until('the site to refuse it', () => site.follower.standing.refused?.revision === 9);
  t.match(site.follower.standing.refused?.why, /bring cenote here to the head's release/);
  await until('the head to see it', () => head.publisher.foreign === 9);
  t.same(
    (await head.link.last(STREAMS.policy, SUBJECTS.policy))?.octets,
    written,
    'and not to write over it',
  );

  // The site's own disk, after its release was set back.
  writeFileSync(join(dir, 'site/fleet/policy'), written);
  const kept = new KeptPolicy(join(dir, 'site/fleet'), head.key);
  t.match([kept.overlay(), kept.document, kept.revision], [null, null, 9], 'nothing older is accepted');
  t.match(kept.problem, /bring cenote here/);
});

t.test('what a change costs a site, in questions and turns', { skip }, async (t) => {
  const { nats, dir, head } = await begunHead(t);
  const { link, follower, applied } = openSite(t, nats, { dir: join(dir, 'site'), key: head.key });
  await until('revision 1', () => follower.standing.revision === 1);
  let asked = 0;
  const last = link.last.bind(link);
  link.last = (...words) => {
    asked += 1;
    return last(...words);
  };
  for (const [revision, names] of [
    [2, ['one.test', 'two.test']],
    [3, ['two.test']],
  ] as const) {
    await head.publish(names);
    await until(`revision ${revision}`, () => follower.standing.revision === revision);
    t.equal(applied.length, revision, 'once');
  }
  t.ok(
    asked <= 2,
    `it comes with the message that tells of it; once more that is told when NATS keeps it (${asked})`,
  );
  // More than goes with that: the policy, then each part of its text once, however often it is told.
  const { document } = await head.publish(
    Array.from({ length: 20_000 }, () => `${randomBytes(10).toString('hex')}.test`),
  );
  await until('revision 4', () => follower.standing.revision === 4);
  const whole = document.packs.find(({ from }) => from === null);
  const most = 2 + 3 + Math.ceil((whole?.octets ?? 0) / (128 * 1024));
  t.ok(asked <= most, `${asked} of ${most}`);
  t.equal(applied.length, 4);
});
