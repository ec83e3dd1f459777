// Machines behind a router or proxy that is trusted: the machine is right in hit, group and list of machines, and only then.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:https';
import { join } from 'node:path';
import { connect } from 'node:tls';
import t from 'tap';
import type { Hit } from '../../src/hits/hit.ts';
import { askUdp } from '../support/client.ts';
import { startDaemon } from '../support/daemon.ts';
import { daemonFolder } from '../support/daemon-folder.ts';
import { query } from '../support/message.ts';
import { readMessage } from '../support/read-message.ts';
import { findTool, freePort, missingTool, until } from '../support/tool.ts';

const MAC = 'aa:bb:cc:dd:ee:07';
const macOption = { code: 65_001, data: Uint8Array.from([0xaa, 0xbb, 0xcc, 0xdd, 0xee, 7]) };
const ecsOption = (host: number) => ({ code: 8, data: Uint8Array.from([0, 1, 32, 0, 192, 0, 2, host]) });

const config = {
  clients: {
    hosts: 'off',
    leases: [],
    neighbours: false,
    reverse: false,
    trust: ['127.0.0.1'],
    names: { [MAC]: 'till-3' },
  },
  access: { allow: ['private', '192.0.2.0/24'] },
  lists: {
    evil: { names: ['evil.example', 'www.evil.example'], alert: true },
    more: { names: ['more.example'] },
  },
  groups: {
    default: { clients: ['any'], lists: ['evil'] },
    tills: { clients: [MAC], lists: ['evil', 'more'] },
  },
};

t.test(
  'a router that is trusted says who asks: hit, group and machine are those of the machine',
  async (t) => {
    const daemon = await startDaemon({ directory: daemonFolder(), config });
    t.teardown(() => daemon.stop());
    const ask = async (name: string, options: readonly { code: number; data: Uint8Array }[]) =>
      readMessage((await askUdp(daemon.server, query(name, 'A', { edns: { options } }))) ?? new Uint8Array(0))
        ?.answer[0]?.data;
    t.equal(await ask('more.example', [macOption]), '0.0.0.0', 'in its group from its first query on');
    await ask('evil.example', [macOption, ecsOption(7)]);
    await ask('www.evil.example', []);
    await until('three hits', () => daemon.hitCount() >= 3);
    const hits = daemon.hits() as readonly Hit[];
    const of = (name: string) => hits.find(({ question }) => question.name === name);
    t.match(of('more.example'), { client: { group: 'tills' } });
    t.match(of('evil.example'), { client: { ip: '192.0.2.7', group: 'tills' } });
    t.match(of('www.evil.example'), {
      client: { ip: '127.0.0.1', mac: null, group: 'default' },
      through: null,
    });
    const machine = await until('the machine', async () => {
      const said = (await (await fetch(`${daemon.adminUrl}/api/v1/clients`)).json()) as {
        clients: { name: string; mac: string }[];
      };
      return said.clients.find(({ mac }) => mac === MAC);
    });
    t.match(machine, { name: 'till-3', nameFrom: 'config', group: 'tills' });
    await ask('www.evil.example', [macOption, ecsOption(7)]);
    await until('a fourth', () => daemon.hitCount() >= 4);
    t.match((daemon.hits() as readonly Hit[]).at(-1), {
      client: { ip: '192.0.2.7', name: 'till-3', mac: MAC, group: 'tills' },
      through: '127.0.0.1',
    });
  },
);

t.test('what one who is not trusted says of others is ignored', async (t) => {
  const daemon = await startDaemon({
    directory: daemonFolder(),
    config: { ...config, clients: { ...config.clients, trust: ['192.0.2.1'] } },
  });
  t.teardown(() => daemon.stop());
  await askUdp(daemon.server, query('evil.example', 'A', { edns: { options: [macOption, ecsOption(7)] } }));
  await until('a hit', () => daemon.hitCount() > 0);
  t.match(daemon.hits()[0], { client: { ip: '127.0.0.1', mac: null, group: 'default' }, through: null });
});

t.test('dnsmasq in front: who asked it is who asked', { skip: missingTool('dnsmasq') }, async (t) => {
  const directory = daemonFolder();
  const daemon = await startDaemon({ directory, config });
  t.teardown(() => daemon.stop());
  const port = await freePort();
  const router = spawn(
    findTool('dnsmasq') ?? '',
    [
      ...['--keep-in-foreground', '--no-resolv', '--no-hosts', '--conf-file=/dev/null', '--cache-size=0'],
      ...[
        '--listen-address=127.0.0.1',
        '--bind-interfaces',
        `--port=${port}`,
        '--add-subnet=32,128',
        '--add-mac',
      ],
      `--pid-file=${join(directory, 'dnsmasq.pid')}`,
      `--server=127.0.0.1#${daemon.server.port}`,
    ],
    { stdio: 'ignore' },
  );
  t.teardown(() => router.kill());
  await until(
    'dnsmasq answers',
    async () => (await askUdp({ host: '127.0.0.1', port }, query('evil.example'))) !== null,
  );
  await until('a hit', () => daemon.hitCount() > 0);
  t.match(daemon.hits()[0], { client: { ip: '127.0.0.1' }, through: '127.0.0.1' });
});

const SECRET = 'a1b2c3d4e5f60718';

t.test(
  'a client says which it is by path or server name: its hits, group and rate are its own',
  async (t) => {
    const { trust: _, ...clients } = config.clients;
    const daemon = await startDaemon({
      directory: daemonFolder(),
      secure: true,
      config: {
        ...config,
        clients: { ...clients, ids: { 'kiosk-1': 'local', anna: SECRET } },
        groups: { ...config.groups, tills: { clients: ['kiosk*', 'anna'], lists: ['evil', 'more'] } },
      },
    });
    t.teardown(() => daemon.stop());
    const message = Buffer.from(query('more.example'));
    const viaHttps = (
      path: string,
      servername = '',
    ): Promise<{ status: number; address: string | undefined }> =>
      new Promise((resolve, reject) => {
        const headers = { 'content-type': 'application/dns-message', 'content-length': message.length };
        const to = { host: '127.0.0.1', port: daemon.httpsPort, path, servername, headers };
        request({ ...to, method: 'POST', rejectUnauthorized: false, agent: false }, (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              address:
                response.statusCode === 200 ? readMessage(Buffer.concat(chunks))?.answer[0]?.data : undefined,
            }),
          );
        })
          .on('error', reject)
          .end(message);
      });
    const viaTls = async (servername: string): Promise<string | undefined> => {
      const socket = connect({
        host: '127.0.0.1',
        port: daemon.tlsPort,
        servername,
        rejectUnauthorized: false,
      });
      socket.write(Buffer.concat([Buffer.from([0, message.length]), message]));
      const [reply] = (await once(socket, 'data')) as [Buffer];
      socket.destroy();
      return readMessage(reply.subarray(2))?.answer[0]?.data;
    };
    t.same(
      await viaHttps('/dns-query/kiosk-1'),
      { status: 200, address: '0.0.0.0' },
      'from its first query on',
    );
    t.same(await viaHttps(`/dns-query/Anna-${SECRET.toUpperCase()}`), { status: 200, address: '0.0.0.0' });
    for (const path of [
      '/dns-query/anna',
      '/dns-query/anna-1234567890abcdef',
      '/dns-query/other',
      '/dns-query/kiosk-1/x',
    ])
      t.equal((await viaHttps(path)).status, 404, path);
    t.equal((await viaHttps('/dns-query', 'kiosk-1.dns.example.org')).address, '0.0.0.0', 'by server name');
    t.equal(await viaTls(`anna-${SECRET}.dns.example.org`), '0.0.0.0');
    await until('four hits', () => daemon.hitCount() >= 4);
    for (const hit of daemon.hits() as readonly Hit[]) {
      t.equal(hit.through, null, 'nobody asks for it');
      t.match(hit.client, { group: 'tills', name: /^(kiosk-1|anna)$/, nameFrom: 'config' });
    }
    const said = await (await fetch(`${daemon.adminUrl}/api/v1/clients?client=anna`)).text();
    t.match(said, /"ip":"127\.0\.0\.1","through":null,"name":"anna"/);
    t.notMatch(said + daemon.output(), new RegExp(SECRET, 'i'), 'its secret is shown nowhere');
  },
);
