// Machines by their names: what a lease says decides the group at once, and stands in hits, incidents, findings and alerts.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { Notice } from '../../src/alerts/receiver.ts';
import type { Hit } from '../../src/hits/hit.ts';
import { askUdp } from '../support/client.ts';
import { startDaemon } from '../support/daemon.ts';
import { daemonFolder } from '../support/daemon-folder.ts';
import { query } from '../support/message.ts';
import { readMessage } from '../support/read-message.ts';
import { until } from '../support/tool.ts';
import { upstreamAndReceiver } from '../support/upstream-and-receiver.ts';

t.test('a group by name follows the leases, and everybody is told name and MAC', async (t) => {
  const directory = daemonFolder();
  const { upstream, receiver } = await upstreamAndReceiver(t);
  const leases = join(directory, 'leases');
  writeFileSync(leases, '');
  const daemon = await startDaemon({
    directory,
    config: {
      upstreams: { default: [upstream.address] },
      clients: { hosts: 'off', leases: [leases], neighbours: false, reverse: false },
      lists: { evil: { names: ['evil.example'], alert: true } },
      groups: {
        default: { clients: ['any'], lists: [] },
        tills: { clients: ['till*'], lists: ['evil'] },
      },
      alerts: [{ webhook: receiver.url, groupWait: '0s' }],
    },
  });
  t.teardown(() => daemon.stop());
  const answer = async (): Promise<string | undefined> =>
    readMessage((await askUdp(daemon.server, query('evil.example'))) ?? new Uint8Array(0))?.answer[0]?.data;

  t.equal(await answer(), '198.51.100.1', 'nobody is a till yet');
  writeFileSync(leases, '1764010000 aa:bb:cc:dd:ee:07 127.0.0.1 Till-3 *\n');
  await until('the lease decides', async () => (await answer()) === '0.0.0.0');
  // The history knows whole seconds: in another one than those that passed, it asks in its new group only.
  const decided = Math.floor(Date.now() / 1000);
  await until('the next second', async () => Math.floor(Date.now() / 1000) > decided);
  t.equal(await answer(), '0.0.0.0');

  const client = { ip: '127.0.0.1', name: 'till-3', mac: 'aa:bb:cc:dd:ee:07', group: 'tills' };
  await until('the hit is logged', () => daemon.hitCount() > 0);
  t.match(daemon.hits()[0]?.client, client);
  await until('the alert', () => receiver.received.length > 0);
  const notice: Notice = JSON.parse(receiver.received[0]?.body ?? '{}');
  t.match(notice.incident?.client, client);
  const said = async (path: string): Promise<unknown> =>
    (await fetch(`${daemon.adminUrl}/api/v1/${path}`)).json();
  t.match(await said('hits'), { hits: [{ client }] });
  t.match(await said('hunt?names=evil.example'), { findings: [{ client }] });
  t.match(await said('clients/127.0.0.1'), { client: { name: 'till-3', mac: 'aa:bb:cc:dd:ee:07' } });
});

interface Said {
  readonly clients: readonly unknown[];
  readonly hits: readonly Hit[];
  readonly client: { readonly hits: readonly Hit[] };
}

t.test('an address that is given to another machine leaves what was asked with the first', async (t) => {
  const directory = daemonFolder();
  const leases = join(directory, 'leases');
  const a = (ip: string) => `1900000000 02:00:00:00:00:0a ${ip} machine-a *\n`;
  const b = '1900000000 02:00:00:00:00:0b 127.0.0.1 machine-b *\n';
  writeFileSync(leases, a('127.0.0.1'));
  const daemon = await startDaemon({
    directory,
    config: {
      clients: { hosts: 'off', leases: [leases], neighbours: false, reverse: false },
      lists: { evil: { names: ['evil.example', 'www.evil.example'], alert: true } },
    },
  });
  t.teardown(() => daemon.stop());
  const said = async (path: string): Promise<Said> =>
    (await fetch(`${daemon.adminUrl}/api/v1/${path}`)).json() as Promise<Said>;
  await askUdp(daemon.server, query('evil.example'));
  writeFileSync(leases, a('127.0.0.9') + b);
  await until('the lease has moved', async () => (await said('clients')).clients.length === 2);
  t.equal((await said('clients?client=machine-b')).clients.length, 1, 'each once');
  await askUdp(daemon.server, query('www.evil.example'));
  await until('both are hits', () => daemon.hitCount() === 2);

  const hits = (client: string) => said(`hits?client=${client}`);
  t.match(await hits('machine-a'), {
    hits: [{ question: { name: 'evil.example' }, client: { name: 'machine-a' } }],
  });
  t.match((await hits('02-00-00-00-00-0B')).hits, [{ question: { name: 'www.evil.example' } }]);
  t.match((await said('clients/127.0.0.9')).client, {
    name: 'machine-a',
    mac: '02:00:00:00:00:0a',
    addresses: ['127.0.0.9', '127.0.0.1'],
    hits: [{ question: { name: 'evil.example' }, client: { ip: '127.0.0.1' } }],
  });
  t.same(
    (await said('clients/127.0.0.1')).client.hits.map(({ question }) => question.name),
    ['www.evil.example'],
    'who has the address now asked once',
  );
  t.match((await said('clients?client=127.0.0.9')).clients, [
    {
      name: 'machine-a',
      nameFrom: 'lease',
      group: 'default',
      addresses: [{ ip: '127.0.0.9', to: null }, { ip: '127.0.0.1' }],
    },
  ]);
  t.match(await said('query?name=evil.example&client=machine-b'), {
    client: { ip: '127.0.0.1', name: 'machine-b' },
  });
  t.match(await said('hits?client=machine-c'), { error: { code: 'BAD_CLIENT' } });
});
