import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import t, { type Test } from 'tap';
import { Link } from '../../src/fleet/link.ts';
import { Follower } from '../../src/fleet/policy/follower.ts';
import { KeptPolicy } from '../../src/fleet/policy/kept.ts';
import { privateKey, publicKeyText } from '../../src/fleet/signing.ts';
import { makeStreams } from '../../src/fleet/streams.ts';
import { blobSubject, STREAMS, SUBJECTS, stateSubject, wakeSubject } from '../../src/fleet/subjects.ts';
import { missingNats, type Nats, type NatsKey, natsKey, natsPrograms, startNats } from '../support/nats.ts';
import { until } from '../support/tool.ts';

const octets = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (octets: Uint8Array | undefined): string => new TextDecoder().decode(octets);

function linkOf(t: Test, nats: Nats, site: string, key: NatsKey): { link: Link; told: string[] } {
  const folder = mkdtempSync(join(tmpdir(), 'cenote-link-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const credentials = join(folder, 'seed');
  writeFileSync(credentials, `${key.seed}\n`);
  const told: string[] = [];
  const link = new Link({
    fleet: {
      site,
      nats: { servers: [{ host: '127.0.0.1', port: nats.port }], isTls: false },
      ca: null,
      credentials,
    },
    report: (_, text) => told.push(text),
    now: Date.now,
  });
  link.start();
  t.teardown(() => link.stop());
  return { link, told };
}

const isUp = (link: Link) => () => link.state.is === 'up';

for (const program of natsPrograms())
  t.test(`a site over ${program.replace(/.*\//, '')}`, { skip: missingNats() }, async (t) => {
    const [headKey, seven, eight] = [natsKey(), natsKey(), natsKey()];
    const sites = { 'site-7': seven, 'site-8': eight };
    const nats = await startNats(t, { program, head: ['head', headKey], sites });
    const head = linkOf(t, nats, 'head', headKey).link;
    const { link: site, told } = linkOf(t, nats, 'site-7', seven);
    await until('both to connect', () => isUp(head)() && isUp(site)());
    if (head.connection === null) throw new Error('the head is not connected');
    await makeStreams(head.connection);
    await makeStreams(head.connection);

    t.equal(
      told.some((line) => line.includes('when its power is cut')),
      head.connection.info?.version.startsWith('2.9.') ?? false,
      'an old server is told at connect',
    );
    t.equal(await site.last(STREAMS.policy, SUBJECTS.policy), null, 'nothing is published yet');
    const first = await head.keep(SUBJECTS.policy, octets('one'));
    const second = await head.keep(SUBJECTS.policy, octets('two'));
    t.ok(second > first);
    const last = await site.last(STREAMS.policy, SUBJECTS.policy);
    t.match({ sequence: last?.sequence, text: text(last?.octets) }, { sequence: second, text: 'two' });

    await t.resolves(site.keep(stateSubject('site-7'), octets('mine')));
    const refused = { code: 'FLEET_REFUSED', message: /does not let these credentials/ };
    await t.rejects(site.keep(stateSubject('site-8'), octets('forged')), refused, "no other site's state");
    await t.rejects(site.keep(SUBJECTS.policy, octets('forged')), refused, 'no policy');
    await t.rejects(site.keep(blobSubject('00', 0), octets('forged')), refused);
    await t.rejects(site.last(STREAMS.state, stateSubject('site-8')), refused, "no look at others' states");
    await t.rejects(head.keep('cenote.elsewhere', octets('x')), {
      code: 'FLEET_REFUSED',
      message: /no stream/,
    });
    await t.rejects(
      site.keep(stateSubject('site-7'), new Uint8Array(40_000)),
      { code: 'FLEET_REFUSED' },
      'the stream says how large a state may be',
    );

    site.tell(stateSubject('site-7'), new Uint8Array(2 * 1024 * 1024));
    t.ok(
      told.some((line) => line.includes('is not told')),
      'what no server takes is lost, and told',
    );
    const heard: string[] = [];
    site.listen(wakeSubject('site-7'), (octets) => heard.push(text(octets)));
    const ups: string[] = [];
    site.onUp(() => ups.push('up'));
    await nats.kill();
    await until('the site to notice', () => site.state.is === 'down');
    await t.rejects(site.keep(stateSubject('site-7'), octets('mine')), { code: 'FLEET_DOWN' });
    await nats.start();
    await until('the site to be back', isUp(site));
    await until('the head to be back', isUp(head));
    t.same(ups, ['up', 'up'], 'told at once, and at the next connect');
    await until('a message after the restart', () => {
      head.tell(wakeSubject('site-7'), octets('wake'));
      return heard.length > 0;
    });
    t.equal(text((await site.last(STREAMS.policy, SUBJECTS.policy))?.octets), 'two', 'the stream is kept');

    nats.allow({ head: ['head', headKey], sites: { 'site-8': eight } });
    await until('the revoked site to be out', () => site.state.is === 'down');
    await until('it to say so', () => told.some((line) => line.includes('refuses these credentials')));
    t.equal(head.state.is, 'up');
  });

t.test(
  'over TLS a server is who its certificate says, by name or address',
  { skip: missingNats() },
  async (t) => {
    const folder = join(import.meta.dirname, '../fixtures/upstream-tls');
    const tls = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
    const [secure, plain] = [await startNats(t, { tls }), await startNats(t)];
    const told = async (
      port: number,
      isTls: boolean,
      ca: string | null,
      host = '127.0.0.1',
    ): Promise<string> => {
      const link = new Link({
        fleet: { site: 'site-7', nats: { servers: [{ host, port }], isTls }, ca, credentials: null },
        report: () => undefined,
        now: Date.now,
      });
      link.start();
      t.teardown(() => link.stop());
      const { state } = link;
      await until('it to connect or not', () => link.state !== state);
      return link.state.is === 'up' ? 'up' : link.state.why;
    };
    t.equal(await told(secure.port, true, tls.cert), 'up', 'its address is in the certificate');
    t.match(await told(secure.port, true, tls.cert, 'localhost'), /does not match certificate/);
    t.match(await told(secure.port, true, null), /no authority that is trusted here/);
    // As after the server's certificate was renewed by another authority.
    const other = join(t.testdir({}), 'other.pem');
    writeFileSync(other, rootCertificates[0] ?? '');
    t.match(
      await told(secure.port, true, other),
      /leads to none of those in `fleet\.ca`; put that of the authority which signed it into .*other\.pem/,
    );
    t.match(await told(secure.port, false, null), /the server asks for TLS: write `tls:/);
    t.match(
      await told(plain.port, true, tls.cert),
      /does not support 'tls'/,
      'and not without TLS where it is wanted',
    );
  },
);

t.test(
  'streams that are as they should be are left as an admin set them',
  { skip: missingNats() },
  async (t) => {
    const nats = await startNats(t, { program: natsPrograms().at(-1) ?? '' });
    const connection = await connect({ servers: [nats.url] });
    t.teardown(() => connection.close());
    const manager = await jetstreamManager(connection);
    await makeStreams(connection);
    await manager.streams.update(STREAMS.policy, { description: 'of the fleet', max_bytes: 1024 });
    const asked: string[] = [];
    connection.subscribe('$JS.API.STREAM.UPDATE.>', {
      callback: (_, { subject }) => void asked.push(subject),
    });
    await makeStreams(connection);
    t.match((await manager.streams.info(STREAMS.policy)).config, {
      description: 'of the fleet',
      max_bytes: 256 * 1024 * 1024,
    });
    await makeStreams(connection);
    await connection.flush();
    t.same(asked, [`$JS.API.STREAM.UPDATE.${STREAMS.policy}`], 'the one that had another limit, once');
  },
);

t.test(
  'a server that takes small messages alone is told at connect, and what is too long once',
  async (t) => {
    const [headKey, key] = [natsKey(), natsKey()];
    const sites = { 'site-7': key };
    const nats = await startNats(t, { head: ['head', headKey], sites, more: 'max_payload: 2000\n' });
    const { link, told } = linkOf(t, nats, 'head', headKey);
    await until('it to connect', isUp(link));
    t.match(
      told.find((line) => line.includes('max_payload')),
      /no message of more than 2000 octets/,
    );
    t.ok(link.octetsMax < 2_000, `${link.octetsMax}`);
    for (let i = 0; i < 3; i += 1) link.tell(SUBJECTS.wakeAll, new Uint8Array(3_000));
    t.equal(told.filter((line) => line.includes('is not told')).length, 1);
  },
);

t.test(
  'since when there is no connection, and a policy is in force, goes with a clock that was set right',
  (t) => {
    let aheadMs = 0;
    const clocks = { now: () => 1000 + aheadMs, steady: () => 1000 };
    const nats = { servers: [{ host: '127.0.0.1', port: 9 }], isTls: false };
    const fleet = { site: 'site-7', nats, ca: null, credentials: null };
    const link = new Link({ fleet, report: () => undefined, ...clocks });
    const kept = new KeptPolicy(
      join(t.testdir(), 'fleet'),
      publicKeyText(privateKey(join(t.testdir(), 'key'))),
    );
    const follower = new Follower({
      ...{ site: 'site-7', key: '', link, kept, apply: async () => null },
      ...{ report: () => undefined, changed: () => undefined, ...clocks },
    });
    t.equal(link.state.sinceMs, 1000);
    aheadMs = 1_700_000_000_000;
    t.match([link.state, follower.standing], [{ sinceMs: 1000 + aheadMs }, { sinceMs: 1000 + aheadMs }]);
    t.end();
  },
);
