// The 3CX case: three machines asked for the attackers' names, and got them, before anybody knew. Then the list comes.
import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { Notice } from '../../src/hits/alerts/sink.ts';
import { type ConfigLiteral, type Daemon, startDaemon } from '../support/daemon.ts';
import { daemonFolder } from '../support/daemon-folder.ts';
import { httpReceiver } from '../support/hits-receivers.ts';
import { query } from '../support/message.ts';
import { readMessage } from '../support/read-message.ts';
import { startSimpleUpstream } from '../support/simple-upstream.ts';
import { until } from '../support/tool.ts';

const list = join(import.meta.dirname, '../../blocklists/3cx-2023.yaml');

/** Asks as the client at 127.0.1.`host`. */
function askAs(daemon: Daemon, host: number, name: string): Promise<string[]> {
  const socket = createSocket('udp4');
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer for ${name}`)), 10_000);
    socket.on('message', (octets) => {
      clearTimeout(timer);
      socket.close();
      resolve(readMessage(octets)?.answer.map(({ data }) => data) ?? []);
    });
    socket.bind(0, `127.0.1.${host}`, () =>
      socket.send(query(name, 'A'), daemon.server.port, daemon.server.host),
    );
  });
}

t.test(
  'past askers are found and told within seconds of the list, a new one at its first question',
  async (t) => {
    const directory = daemonFolder();
    const upstream = await startSimpleUpstream();
    const receiver = await httpReceiver();
    t.teardown(async () => {
      await upstream.close();
      await receiver.close();
    });
    const before: ConfigLiteral = {
      upstreams: { default: [upstream.address] },
      lists: {},
      groups: { default: { clients: ['any'], lists: [] } },
      alerts: [{ webhook: receiver.url, format: 'generic' }],
    };
    const daemon = await startDaemon({ directory, config: before });
    t.teardown(() => daemon.stop());
    for (let host = 1; host <= 50; host += 1) await askAs(daemon, host, `www.site${host}.example`);
    const asked = ['www.akamaicontainer.com', 'officestoragebox.com', 'msstorageazure.com'];
    for (const [i, name] of asked.entries())
      t.notSame(await askAs(daemon, 10 + i, name), ['0.0.0.0'], `${name} is not known yet`);

    daemon.rewrite({
      ...before,
      lists: { '3cx-2023': { source: list, action: 'sinkhole', alert: true } },
      groups: { default: { clients: ['any'], lists: ['3cx-2023'] } },
    });
    daemon.child.kill('SIGHUP');
    const notices = (): Notice[] => receiver.received.map(({ body }) => JSON.parse(body));
    await until('three findings', () => notices().length >= 3);
    t.same(
      notices()
        .map(({ incident }) => [incident?.client.ip, incident?.names.map(({ name }) => name).join()])
        .sort(),
      asked.map((name, i) => [`127.0.1.${10 + i}`, name]),
    );
    for (const { kind, incident } of notices())
      t.match(
        [kind, incident],
        ['opened', { retrospective: true, hits: 1, list: '3cx-2023', severity: /./ }],
      );

    t.same(await askAs(daemon, 40, 'cdn.akamaicontainer.com'), ['0.0.0.0']);
    await until('the alert', () => notices().length >= 4);
    t.match(notices()[3], {
      kind: 'opened',
      incident: { retrospective: false, client: { ip: '127.0.1.40' } },
      hits: [{ question: { name: 'cdn.akamaicontainer.com' }, rule: 'akamaicontainer.com' }],
    });
    t.match(readFileSync(join(directory, 'data', 'hits.jsonl'), 'utf8'), '"ip":"127.0.1.40"');
  },
);
