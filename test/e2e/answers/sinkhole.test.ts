// The shipped 3CX list at work: every name and a name below it, four types, two transports, count against count.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { askUdp, TcpClient } from '../../support/client.ts';
import { blockingConfig } from '../../support/configs.ts';
import { startDaemon } from '../../support/daemon.ts';
import { daemonFolder } from '../../support/daemon-folder.ts';
import { query } from '../../support/message.ts';
import { readMessage } from '../../support/read-message.ts';
import { startSimpleUpstream } from '../../support/simple-upstream.ts';
import { until } from '../../support/tool.ts';

const list = join(import.meta.dirname, '../../../blocklists/3cx-2023.yaml');
const NAMES = `akamaicontainer.com akamaitechcloudservices.com azuredeploystore.com azureonlinecloud.com
  azureonlinestorage.com dunamistrd.com glcloudservice.com qwepoi123098.com sbmsa.wiki sourcelabs.com
  visualstudiofactory.com msedgepackageinfo.com msstorageazure.com msstorageboxes.com officeaddons.com
  officestoragebox.com pbxcloudeservices.com pbxphonenetwork.com zacharryblogs.com pbxsources.com journalide.org`
  .split(/\s+/)
  .map((name) => name.trim());
const TYPES = ['A', 'AAAA', 'HTTPS', 'MX'] as const;

function isSinkholed(answer: Buffer | null, type: string): boolean {
  const message = answer === null ? null : readMessage(answer);
  if (message === null || message.rcode !== 0 || message.aa || !message.ra) return false;
  const data = message.answer.map((record) => `${record.type} ${record.data}`).join();
  if (type === 'A') return data === 'A 0.0.0.0';
  if (type === 'AAAA') return data === `AAAA ${new Array(8).fill('0000').join(':')}`;
  return message.answer.length === 0 && message.authority[0]?.type === 'SOA';
}

t.test('every indicator and a name below it is sinkholed and logged, over UDP and TCP', async (t) => {
  const directory = daemonFolder();
  const upstream = await startSimpleUpstream();
  t.teardown(() => upstream.close());
  const daemon = await startDaemon({ directory, config: blockingConfig(upstream.address, list) });
  t.teardown(() => daemon.stop());
  t.equal(NAMES.length, 21);
  for (const name of NAMES) t.ok(readFileSync(list, 'utf8').includes(name), `${name} is in the shipped list`);

  const names = NAMES.flatMap((name, i) => [name, `x${(i * 7919).toString(36)}.cdn.${name.toUpperCase()}`]);
  const tcp = await TcpClient.open(daemon.server);
  t.teardown(() => tcp.close());
  const open: string[] = [];
  for (const name of names)
    for (const type of TYPES) {
      if (!isSinkholed(await askUdp(daemon.server, query(name, type)), type))
        open.push(`${name} ${type} udp`);
      tcp.send(query(name, type));
      if (!isSinkholed(await tcp.next(), type)) open.push(`${name} ${type} tcp`);
    }
  t.same(open, [], 'nothing got through');

  const asked = names.length * TYPES.length * 2;
  await until('all hits to be logged', () => daemon.hitCount() >= asked);
  t.equal(daemon.hitCount(), asked, 'as many logged as sinkholed');
  const logged = new Set(
    daemon.hits().map((hit) => `${hit.question.name} ${hit.question.type} ${hit.transport}`),
  );
  t.equal(logged.size, asked, 'each under its own name, type and transport');
  t.ok(daemon.hits().every((hit) => hit.client.ip === '127.0.0.1' && hit.verdict === 'sinkhole'));
  t.same([...new Set(daemon.hits().map((hit) => hit.rule))].sort(), [...NAMES].sort());
  t.equal(upstream.asked.length, 0, 'no query left for upstream');
});

t.test('a name that only looks like an indicator is not sinkholed', async (t) => {
  const directory = daemonFolder();
  const upstream = await startSimpleUpstream();
  t.teardown(() => upstream.close());
  const daemon = await startDaemon({ directory, config: blockingConfig(upstream.address, list) });
  t.teardown(() => daemon.stop());

  for (const name of ['notsbmsa.wiki', 'sbmsa.wiki.example', 'wiki', 'sbmsa\\.wiki', 'www\\.sbmsa.example']) {
    const answer = await askUdp(daemon.server, query(name));
    const data = answer === null ? [] : (readMessage(answer)?.answer.map((record) => record.data) ?? []);
    t.same(data, ['198.51.100.1'], name);
  }
  t.equal(daemon.hitCount(), 0);
});
