// Machines by their names: what a lease says decides the group at once, and stands in hits, incidents, findings and alerts.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { Notice } from '../../src/alerts/receiver.ts';
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
