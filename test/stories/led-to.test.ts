// Where answers lead, at the real daemon: listed addresses from a file and a reload, the private network, groups with
// upstreams of their own, and two daemons that forward to each other.
import { createSocket } from 'node:dgram';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { askUdp, type Server } from '../support/client.ts';
import { type Daemon, startDaemon } from '../support/daemon.ts';
import { daemonFolder } from '../support/daemon-folder.ts';
import { query } from '../support/message.ts';
import { type ReadMessage, readMessage } from '../support/read-message.ts';
import { freePort, until } from '../support/tool.ts';
import { type ScriptedUpstream, startUpstream } from '../support/upstream-server.ts';

const EDNS = { edns: {} };

async function ask(server: Server, name: string, type = 'A'): Promise<ReadMessage> {
  const octets = await askUdp(server, query(name, type, EDNS));
  const message = octets === null ? null : readMessage(octets);
  if (message === null) throw new Error(`no answer for ${name}`);
  return message;
}

/** From another address of this machine: another client. */
function askFrom(host: string, server: Server, message: Uint8Array): Promise<ReadMessage | null> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    const finish = (answer: Buffer | null): void => {
      clearTimeout(timer);
      socket.close();
      resolve(answer === null ? null : readMessage(answer));
    };
    const timer = setTimeout(() => finish(null), 10_000);
    socket.once('message', finish);
    socket.bind(0, host, () => socket.send(message, server.port, server.host));
  });
}

const answers = (message: ReadMessage | null): string =>
  (message?.answer ?? []).map(({ type, data }) => `${type} ${data}`).join(', ');
const why = (message: ReadMessage): string =>
  Buffer.concat(
    (message.edns?.options ?? []).filter(({ code }) => code === 15).map(({ data }) => data.subarray(2)),
  ).toString();

async function upstreamOf(t: Test): Promise<ScriptedUpstream> {
  const upstream = await startUpstream();
  t.teardown(() => upstream.stop());
  return upstream;
}

async function daemonOf(
  t: Test,
  config: Readonly<Record<string, unknown>>,
  directory = daemonFolder(),
): Promise<Daemon> {
  const daemon = await startDaemon({ directory, config });
  t.teardown(() => daemon.stop());
  return daemon;
}

t.test(
  'a listed address blocks what leads there, from the moment it is listed until it is not',
  async (t) => {
    const upstream = await upstreamOf(t);
    upstream.on('cdn.example', {
      answer: ['cdn.example. 300 A 192.0.2.1', 'cdn.example. 300 A 198.51.100.66'],
    });
    upstream.on('told.example', { answer: ['told.example. 300 A 203.0.113.5'] });
    const directory = daemonFolder();
    const list = join(directory, 'c2.txt');
    const told = join(directory, 'told.yaml');
    writeFileSync(list, 'evil.example\n');
    writeFileSync(told, 'name: told\nindicators: [other.example]\naddresses:\n  - 203.0.113.5\n');
    const config = (addresses: boolean) => ({
      upstreams: { default: [upstream.address] },
      lists: {
        c2: { source: list, alert: true },
        told: { source: told, ...(addresses ? { addresses } : {}) },
      },
    });
    const daemon = await daemonOf(t, config(false), directory);

    t.equal(answers(await ask(daemon.server, 'cdn.example')), 'A 192.0.2.1, A 198.51.100.66');
    t.equal(
      answers(await ask(daemon.server, 'told.example')),
      'A 203.0.113.5',
      'a report’s address alone blocks nothing',
    );

    writeFileSync(list, 'evil.example\n198.51.100.64/26\n');
    daemon.rewrite(config(true));
    await until(
      'the listed address',
      async () => answers(await ask(daemon.server, 'cdn.example')) === 'A 0.0.0.0',
    );
    const found = await until(
      'what was asked before',
      () => /^\{"event":"find".*$/m.exec(daemon.output())?.[0],
    );
    t.match(JSON.parse(found), {
      list: 'c2',
      rules: ['198.51.100.64/26'],
      names: [{ name: 'cdn.example', via: '198.51.100.66' }],
    });
    t.equal(why(await ask(daemon.server, 'cdn.example')), 'list=c2 rule=198.51.100.64/26');
    t.equal(answers(await ask(daemon.server, 'told.example')), 'A 0.0.0.0', 'with `addresses: true` it does');
    const [hit] = await until('the hit', () => (daemon.hits().length > 0 ? daemon.hits() : null));
    t.match(hit, {
      question: { name: 'cdn.example', type: 'A' },
      verdict: 'sinkhole',
      list: 'c2',
      rule: '198.51.100.64/26',
      via: '198.51.100.66',
      answer: ['0.0.0.0'],
    });

    writeFileSync(list, 'evil.example\n');
    daemon.child.kill('SIGHUP');
    await until('the address to pass', async () =>
      answers(await ask(daemon.server, 'cdn.example')).includes('198.51.100.66'),
    );
  },
);

t.test(
  'the private network is out of reach for public names, in a group that does not say otherwise',
  async (t) => {
    const upstream = await upstreamOf(t);
    for (const name of ['www.example', 'x.plex.direct', 'nas.lan'])
      upstream.on(name, { answer: [`${name}. 300 A 192.168.7.7`] });
    const daemon = await daemonOf(t, {
      upstreams: { default: [upstream.address] },
      rebinding: { except: ['plex.direct'] },
      groups: {
        default: { clients: ['any'], lists: [] },
        lab: { clients: ['127.0.0.2'], lists: [], rebinding: false },
      },
    });

    const withheld = await ask(daemon.server, 'www.example');
    t.equal(`${withheld.rcode} ${answers(withheld)} ${withheld.authority[0]?.type}`, '0  SOA');
    t.match(why(withheld), /^rebinding: /);
    t.equal(answers(await ask(daemon.server, 'x.plex.direct')), 'A 192.168.7.7');
    t.equal(answers(await ask(daemon.server, 'nas.lan')), 'A 192.168.7.7');
    t.equal(
      answers(await askFrom('127.0.0.2', daemon.server, query('www.example'))),
      'A 192.168.7.7',
      'the lab may',
    );
    t.match(why(await ask(daemon.server, 'www.example')), /^rebinding: /, 'and nobody else for that');
  },
);

t.test('each group hears its own upstreams, also after both have asked the same', async (t) => {
  const [usual, family] = [await upstreamOf(t), await upstreamOf(t)];
  usual.on('*', { answer: ['www.example. 300 A 198.51.100.1'] });
  family.on('*', { answer: ['www.example. 300 A 198.51.100.2'] });
  const config = (servers: ScriptedUpstream) => ({
    upstreams: { default: [usual.address] },
    groups: {
      default: { clients: ['any'], lists: [] },
      kids: { clients: ['127.0.0.2'], lists: [], upstreams: [servers.address] },
    },
  });
  const daemon = await daemonOf(t, config(family));
  const kids = (): Promise<ReadMessage | null> => askFrom('127.0.0.2', daemon.server, query('www.example'));

  for (let round = 0; round < 3; round += 1) {
    t.equal(answers(await ask(daemon.server, 'www.example')), 'A 198.51.100.1');
    t.equal(answers(await kids()), 'A 198.51.100.2');
  }
  t.same([usual.seen.length, family.seen.length], [1, 1], 'once each, then from the cache');

  const other = await upstreamOf(t);
  other.on('*', { answer: ['www.example. 300 A 198.51.100.3'] });
  daemon.rewrite(config(other));
  await until('the new server’s answer', async () => answers(await kids()) === 'A 198.51.100.3');
});

t.test('two daemons that forward to each other ask each other little, and say SERVFAIL', async (t) => {
  const ports = await Promise.all(
    [0, 1].map(async () => ({ dns: await freePort(), admin: await freePort() })),
  );
  const [first, second] = await Promise.all(
    ports.map((own, i) =>
      startDaemon({
        directory: daemonFolder(),
        ports: own,
        config: { upstreams: { default: [`127.0.0.1:${ports[1 - i]?.dns}`], strategy: 'ordered' } },
      }),
    ),
  );
  t.teardown(() => Promise.all([first?.stop(), second?.stop()]));
  if (first === undefined || second === undefined) throw new Error('no daemons');

  const message = await ask(first.server, 'circle.example');
  t.equal(message.rcode, 2);
  const counts = await Promise.all(
    [first, second].map(async ({ adminUrl }) => {
      const status = (await (await fetch(`${adminUrl}/api/v1/status`)).json()) as {
        upstreams: readonly { queries: number }[];
      };
      return status.upstreams.reduce((sum, { queries }) => sum + queries, 0);
    }),
  );
  t.ok(
    counts.every((count) => count > 0 && count <= 8),
    `questions of each to the other: ${counts.join(', ')}`,
  );
});
