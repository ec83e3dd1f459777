// Lists as a zone for other resolvers: what is listed here is blocked by BIND, Unbound and another cenote, and so is what comes later.
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { ServedView } from '../../src/admin/served/view.ts';
import { askTcp, askUdp, type Server } from '../support/client.ts';
import { type Daemon, startDaemon } from '../support/daemon.ts';
import { daemonFolder } from '../support/daemon-folder.ts';
import { query } from '../support/message.ts';
import { readMessage } from '../support/read-message.ts';
import { PRIMARY_KEY } from '../support/rpz-primary.ts';
import { type SimpleUpstream, startSimpleUpstream } from '../support/simple-upstream.ts';
import { freePort, missingTool, until } from '../support/tool.ts';
import { startConsumer } from '../support/zone-consumers.ts';

const PLAIN = 'plain.rpz.test';
const SIGNED = 'signed.rpz.test';

let upstream: SimpleUpstream;
let primary: Daemon;
let list = '';
const ports = { named: 0, unbound: 0, cenote: 0 };

async function rcode(server: Server, name: string): Promise<number | null> {
  const answer = await askUdp(server, query(name, 'A'), 1000);
  return answer === null ? null : (readMessage(answer)?.rcode ?? null);
}

async function served(): Promise<ServedView> {
  return (await (await fetch(`${primary.adminUrl}/api/v1/served`)).json()) as ServedView;
}

t.before(async () => {
  upstream = await startSimpleUpstream();
  const directory = daemonFolder();
  list = join(directory, 'bad.yaml');
  writeFileSync(list, 'campaign: Test\nindicators:\n  - evil.example\n');
  writeFileSync(join(directory, 'ours.txt'), 'ok.evil.example\n');
  for (const program of ['named', 'unbound', 'cenote'] as const) ports[program] = await freePort();
  const notify = Object.values(ports).map((port) => `127.0.0.1:${port}`);
  primary = await startDaemon({
    directory,
    config: {
      upstreams: { default: [upstream.address] },
      lists: { bad: { source: list, alert: true }, ours: { source: 'ours.txt', action: 'allow' } },
      groups: { default: { clients: ['any'], lists: ['bad', 'ours'] } },
      serve: {
        zones: {
          [PLAIN]: { lists: ['bad', 'ours'], allow: ['127.0.0.1'], notify },
          [SIGNED]: { alerting: true, lists: ['ours'], tsig: PRIMARY_KEY, notify },
        },
        lists: { all: { alerting: true, token: 'of the firewall', formats: ['domains', 'rpz'] } },
      },
    },
  });
});
t.teardown(async () => {
  await primary.stop();
  await upstream.close();
});

t.test(
  'what is listed here is blocked by BIND, Unbound and another cenote, and so is what is listed later',
  { skip: missingTool('named', 'unbound') },
  async (t) => {
    const common = { primary: primary.server, upstream: upstream.address };
    const other = await startDaemon({
      directory: daemonFolder(),
      ports: { dns: ports.cenote, admin: await freePort() },
      config: {
        upstreams: { default: [upstream.address] },
        lists: {
          feed: {
            source: `rpz://127.0.0.1:${primary.server.port}/${SIGNED}`,
            tsig: PRIMARY_KEY,
            action: 'zone',
            refresh: '1d',
          },
        },
        groups: { default: { clients: ['any'], lists: ['feed'] } },
      },
    });
    t.teardown(() => other.stop());
    const servers = [
      startConsumer(t, 'named', { ...common, port: ports.named, zone: SIGNED, tsig: PRIMARY_KEY }),
      startConsumer(t, 'unbound', { ...common, port: ports.unbound, zone: PLAIN }),
      other.server,
    ];
    const allSay = async (name: string, expected: number): Promise<boolean> => {
      const all = await Promise.all(servers.map((server) => rcode(server, name)));
      return all.every((said) => said === expected);
    };
    await until('the zone', () => allSay('evil.example', 3));
    t.ok(await allSay('www.evil.example', 3));
    t.ok(await allSay('ok.evil.example', 0), 'an exception of ours is one of theirs');
    t.ok(await allSay('below.ok.evil.example', 3), 'and covers what it covers here');
    t.ok(await allSay('free.example', 0));

    appendFileSync(list, '  - later.example\n');
    await until('the change', () => allSay('www.later.example', 3));
    const { zones } = await until('all secondaries', async () => {
      const view = await served();
      return view.zones.every(({ transfers }) => transfers.incremental > 0) ? view : null;
    });
    t.match(
      zones.map(({ name, names, error }) => ({ name, names, error })),
      [PLAIN, SIGNED].map((name) => ({ name, names: 6, error: null })),
    );
    t.ok(zones.every(({ secondaries }) => secondaries.some(({ behind }) => !behind)));
  },
);

t.test('nobody else gets a zone, and each is told why', async (t) => {
  const ask = async (type: string, options: Parameters<typeof query>[2] = {}, name = SIGNED) =>
    readMessage((await askTcp(primary.server, query(name, type, options))) ?? new Uint8Array(0))?.rcode;
  t.equal(await ask('AXFR'), 5, 'unsigned');
  t.equal(await ask('SOA'), 5);
  t.equal(await ask('AXFR', {}, PLAIN.toUpperCase()), 0, 'letter case is of no matter');
  t.equal(await ask('AXFR', { class: 'CH' }, PLAIN), 5, 'another class');
  t.equal(await ask('IXFR', {}, PLAIN), 1, 'without the serial to begin from');
  t.equal(await ask('AXFR', {}, 'other.rpz.test'), 5);
  t.equal(await ask('AXFR', {}, `below.${PLAIN}`), 5);
  const overUdp = await askUdp(primary.server, query(PLAIN, 'AXFR'));
  t.equal(readMessage(overUdp ?? new Uint8Array(0))?.rcode, 5);
});

t.test('a list is fetched with its token, and not again while it is the same', async (t) => {
  const url = `${primary.adminUrl}/served/all/domains`;
  const wrong = await fetch(url, { headers: { authorization: 'Bearer another' } });
  t.equal(wrong.status, 401);
  const basic = Buffer.from('firewall:of the firewall').toString('base64');
  const first = await fetch(url, { headers: { authorization: `Basic ${basic}` } });
  t.match(await first.text(), /^evil\.example$/m);
  const etag = first.headers.get('etag') ?? '';
  t.equal(first.headers.get('content-encoding'), 'gzip');
  const again = await fetch(url, { headers: { 'if-none-match': etag } });
  t.equal(again.status, 304);
  t.equal((await fetch(`${primary.adminUrl}/served/all/hosts`)).status, 404, 'a format that is not offered');
  const metrics = await (await fetch(`${primary.adminUrl}/metrics`)).text();
  t.match(metrics, /cenote_served_zone_serial\{zone="plain\.rpz\.test"\} \d+/);
});
