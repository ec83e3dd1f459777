// SIGTERM in the middle of the day's work: what had reached the daemon is answered, over every way it came, and logged.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { TcpClient, UdpClient } from '../support/client.ts';
import { blockingConfig, writeList } from '../support/configs.ts';
import { startDaemon } from '../support/daemon.ts';
import { daemonFolder } from '../support/daemon-folder.ts';
import { query } from '../support/message.ts';
import { startUpstream } from '../support/upstream-server.ts';

const CLIENTS = 4;
/** Of each client: as many blocked as forwarded. In flight at once they stay below what one client may have waiting. */
const QUERIES = 100;
/** Long enough that the daemon is stopping when the answers come. */
const UPSTREAM_DELAY_MS = 300;

function questions(client: string): Uint8Array[] {
  return Array.from({ length: QUERIES }, (_, id) =>
    query(id % 2 === 0 ? `n${id}.${client}.blocked.test` : `n${id}.${client}.example.org`, 'A', { id }),
  );
}

t.test('a daemon that is stopped under load answers all that was sent before', async (t) => {
  const upstream = await startUpstream();
  upstream.on('*', { delayMs: UPSTREAM_DELAY_MS });
  t.teardown(() => upstream.stop());
  const directory = daemonFolder();
  const config = blockingConfig(upstream.address, writeList(directory, ['blocked.test']));
  const daemon = await startDaemon({ directory, config: { ...config, workers: 2 } });
  t.teardown(() => daemon.stop());
  const udp = await Promise.all(Array.from({ length: CLIENTS }, () => UdpClient.open(daemon.server)));
  const tcp = await Promise.all(Array.from({ length: CLIENTS }, () => TcpClient.open(daemon.server)));
  t.teardown(() => {
    for (const client of [...udp, ...tcp]) client.close();
  });

  await Promise.all(
    udp.map(async (client, i) => {
      for (const message of questions(`u${i}`)) await client.send(message);
    }),
  );
  for (const [i, client] of tcp.entries()) for (const message of questions(`t${i}`)) client.send(message);
  // Still on their way: no answer to a forwarded query can have come.
  const stopped = daemon.stop();

  for (const client of tcp) {
    const ids = new Set<number>();
    for (let answer = await client.next(10_000); answer !== null; answer = await client.next(10_000))
      ids.add(answer.readUInt16BE(0));
    t.equal(ids.size, QUERIES, 'TCP: every query answered');
  }
  t.equal(await stopped, 0);
  for (const client of udp) {
    t.equal(client.answers.size, QUERIES, 'UDP: every query answered');
    t.equal(client.received, QUERIES, 'and once');
  }
  const logged = readFileSync(join(directory, 'data', 'hits.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .reduce((sum, line) => sum + (JSON.parse(line) as { count: number }).count, 0);
  t.equal(logged, (2 * CLIENTS * QUERIES) / 2, 'hits logged = hits answered');
});
