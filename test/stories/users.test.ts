// Who was logged on: said by a switch, by Windows and by another program, it stands in hits, incidents, hunts and groups of that time.
import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import t from 'tap';
import type { ClientView } from '../../src/admin/clients/routes.ts';
import type { Hit } from '../../src/hits/hit.ts';
import type { IncidentSummary } from '../../src/hits/incidents/summary.ts';
import type { LogRow } from '../../src/querylog/read/question.ts';
import { run } from '../support/cli-run.ts';
import { askUdp } from '../support/client.ts';
import { startDaemon } from '../support/daemon.ts';
import { daemonFolder } from '../support/daemon-folder.ts';
import { query } from '../support/message.ts';
import { isGenuineReply, radiusPacket } from '../support/radius-packet.ts';
import { readMessage } from '../support/read-message.ts';
import { freePort, until } from '../support/tool.ts';
import { upstreamAndReceiver } from '../support/upstream-and-receiver.ts';

interface Said {
  readonly hits: readonly Hit[];
  readonly incidents: readonly IncidentSummary[];
  readonly clients: readonly ClientView[];
  readonly findings: readonly { readonly client: Hit['client'] }[];
  readonly users: { readonly sessions: number; readonly strangers: number; readonly refused: number };
}

/** Sends one datagram. @returns the reply, or null after a moment without one */
async function sendUdp(port: number, packet: Buffer, isAnswered: boolean): Promise<Buffer | null> {
  const socket = createSocket('udp4');
  const reply = new Promise<Buffer>((resolve) => socket.once('message', resolve));
  await new Promise((resolve) => socket.send(packet, port, '127.0.0.1', resolve));
  const got = isAnswered ? await reply : null;
  socket.close();
  return got;
}

t.test('the user of the time is in hits, incidents, groups, hunts and the list of machines', async (t) => {
  const { upstream, receiver } = await upstreamAndReceiver(t);
  const [radius, syslog, deaf] = [await freePort(), await freePort(), await freePort()];
  const secret = 'a shared secret';
  const daemon = await startDaemon({
    directory: daemonFolder(),
    config: {
      upstreams: { default: [upstream.address] },
      access: { allow: ['127.0.0.0/8', '192.0.2.0/24'] },
      clients: {
        hosts: 'off',
        leases: [],
        neighbours: false,
        reverse: false,
        trust: ['127.0.0.1'],
        users: {
          radius: {
            listen: [`127.0.0.1:${radius}`, `127.0.0.2:${deaf}`],
            secrets: { '127.0.0.1': secret, '127.0.0.2': 'of another' },
          },
          syslog: { listen: [`127.0.0.1:${syslog}`], from: ['127.0.0.1'] },
        },
      },
      lists: {
        evil: {
          names: ['evil.example', 'a.evil.example', 'b.evil.example', 'c.evil.example', 'd.evil.example'],
          alert: true,
        },
        staff: { names: ['games.example'] },
      },
      groups: {
        default: { clients: ['any'], lists: ['evil'] },
        pupils: { clients: ['user:anna', 'user:SCHOOL\\bert'], lists: ['evil', 'staff'] },
      },
      alerts: [{ webhook: receiver.url, groupWait: '0s' }],
    },
  });
  t.teardown(() => daemon.stop());
  const said = async (path: string): Promise<Said> =>
    (await fetch(`${daemon.adminUrl}/api/v1/${path}`)).json() as Promise<Said>;
  const ask = async (name: string): Promise<string | undefined> =>
    readMessage((await askUdp(daemon.server, query(name))) ?? new Uint8Array(0))?.answer[0]?.data;
  const hitOf = async (name: string): Promise<Hit['client'] | undefined> => {
    await until(`the hit of ${name}`, async () =>
      (await said('hits')).hits.some((hit) => hit.question.name === name),
    );
    return (await said('hits')).hits.find((hit) => hit.question.name === name)?.client;
  };
  const account = async (status: number, user: string, of = secret): Promise<Buffer> =>
    radiusPacket({
      secret: of,
      attributes: [
        [1, user],
        [32, 'switch-1'],
        [40, status],
        [44, 's1'],
        [8, Uint8Array.of(127, 0, 0, 1)],
      ],
      signed: true,
    });
  const sessions = (count: number): Promise<unknown> =>
    until(`${count} sessions`, async () => (await said('status')).users.sessions === count);

  await sendUdp(radius, await account(1, 'anna', 'another secret'), false);
  await until('it is refused', async () => (await said('status')).users.refused === 1);
  t.equal(await ask('games.example'), '198.51.100.1', 'nobody is logged on');
  const start = await account(1, 'anna');
  const reply = await sendUdp(radius, start, true);
  t.ok(reply !== null && isGenuineReply(reply, start, secret), 'answered');
  await until('the group is hers', async () => (await ask('games.example')) === '0.0.0.0');
  await ask('a.evil.example');
  t.match(await hitOf('a.evil.example'), { ip: '127.0.0.1', user: 'anna', group: 'pupils' });
  await until('the machine is known', async () => (await said('clients')).clients.length > 0);
  t.match((await said('clients')).clients, [
    { user: 'anna', group: 'pupils', logons: [{ user: 'anna', saidBy: 'radius', to: null }] },
  ]);
  await until('the alert', () => receiver.received.length > 0);
  t.match(receiver.received[0]?.body ?? '', /"text":"[^"]*127\.0\.0\.1 \(user anna\)/);

  await sendUdp(radius, await account(2, 'anna'), true);
  await until('the group is not hers', async () => (await ask('games.example')) === '198.51.100.1');
  await ask('b.evil.example');
  t.match(await hitOf('b.evil.example'), { user: undefined, group: 'default' }, 'she has gone');

  const logon = (event: number, fields: object): string =>
    `<14>Nov 29 10:00:00 DC1 Security: ${JSON.stringify({ EventID: event, Hostname: 'dc1.school.example', TargetLogonId: '0x77', ...fields })}`;
  const bert = { TargetUserName: 'bert', TargetDomainName: 'SCHOOL', IpAddress: '127.0.0.1', LogonType: '3' };
  // Windows itself writes no more than 127.0.0.1 for a logon at the machine: nobody.
  await sendUdp(syslog, Buffer.from(logon(4624, bert)), false);
  const connection = connect(syslog, '127.0.0.1');
  const other = logon(4624, { ...bert, IpAddress: '192.0.2.9' });
  connection.write(
    `${Buffer.byteLength(other)} ${other}${logon(4624, { ...bert, TargetUserName: 'PC9$', TargetLogonId: '0x78', IpAddress: '192.0.2.9' })}\n`,
  );
  await sessions(1);
  const options = [{ code: 8, data: Uint8Array.of(0, 1, 32, 0, 192, 0, 2, 9) }];
  const askFor = (name: string): Promise<Uint8Array | null> =>
    askUdp(daemon.server, query(name, 'A', { edns: { options } }));
  await until(
    'the group is his',
    async () =>
      readMessage((await askFor('games.example')) ?? new Uint8Array(0))?.answer[0]?.data === '0.0.0.0',
  );
  await askFor('c.evil.example');
  t.match(await hitOf('c.evil.example'), { ip: '192.0.2.9', user: 'bert', group: 'pupils' });
  connection.end(`${logon(4634, { TargetUserName: 'bert' })}\n`);
  await sessions(0);

  const post = await fetch(`${daemon.adminUrl}/api/v1/clients`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      source: 'vpn',
      clients: [
        { ip: '127.0.0.1', user: 'carla', since: new Date(Date.now() - 3_600_000).toISOString() },
        { ip: '127.0.0.1', user: 'host/pc7.example' },
        { ip: '192.0.2.9', user: 'dora', until: '2020-01-01T00:00:00Z' },
      ],
    }),
  });
  t.match(await post.json(), { accepted: 2 });
  await sessions(1);
  await ask('d.evil.example');
  t.match(await hitOf('d.evil.example'), { user: 'carla' });
  const [incident] = (await said('incidents?client=127.0.0.1')).incidents;
  t.same(incident?.users, ['anna', 'carla'], 'all that were logged on when it asked');
  // The history keeps whole seconds: who logged off in the second that she asked in may be named beside her.
  const [asked] = (await said('hunt?names=d.evil.example')).findings;
  t.match(JSON.stringify(asked?.client), /"carla"/);
  // Carla was there by then, as the program says; anna beside her where she logged off in that second: then no one of them is named.
  t.ok([null, 'carla'].includes((await said('hunt?names=b.evil.example')).findings[0]?.client.user ?? null));
  const [{ logons = [] } = { logons: [] }] = (await said('clients?client=127.0.0.1')).clients;
  t.same(
    logons.map(({ user, to }) => [user, to === null]),
    [
      ['anna', false],
      ['carla', true],
    ],
  );

  const rows = async (search: string): Promise<LogRow[]> =>
    (
      (await (await fetch(`${daemon.adminUrl}/api/v1/log?name=evil.example&${search}`)).json()) as {
        rows: LogRow[];
      }
    ).rows;
  const logged = async (search: string): Promise<string[]> => [
    ...new Set(
      (await rows(search)).flatMap(({ name, client: { ip, user, users } }) =>
        /^[a-d]\.evil/.test(name) ? [`${name} ${ip} ${users?.join(' or ') ?? user}`] : [],
      ),
    ),
  ];
  await until('all are in the query log', async () => (await logged('')).length === 4);
  t.same(
    await logged(''),
    [
      'd.evil.example 127.0.0.1 carla',
      'c.evil.example 192.0.2.9 bert',
      'b.evil.example 127.0.0.1 carla',
      'a.evil.example 127.0.0.1 carla or anna',
    ],
    'the query log says who was logged on then, by what is known now',
  );
  t.same(
    await Promise.all(
      [
        'user=ANNA',
        'user=school%5Cbert',
        'user=bert&client=127.0.0.1',
        'user=dora',
        'user=carla&limit=1',
        'client=carla&user=anna',
        'client=carla&user=bert',
      ].map(async (search) => (await logged(search)).map((line) => line.slice(0, 1)).join('')),
    ),
    ['a', 'c', '', '', 'd', 'a', ''],
    'and finds the queries of a user; of two, what was asked while both were logged on',
  );
  // Wherever a machine is named a user may be: what was asked while it was logged on.
  const namesOf = async (client: string): Promise<string[]> =>
    (await said(`hits?client=${encodeURIComponent(client)}`)).hits.flatMap(({ question: { name } }) =>
      /^[a-d]\.evil/.test(name) ? [name] : [],
    );
  t.same(
    await Promise.all(['anna', 'SCHOOL\\bert', 'user:Carla'].map(namesOf)),
    [['a.evil.example'], ['c.evil.example'], ['d.evil.example']],
    'hits',
  );
  t.same(
    (await said('incidents?client=carla')).incidents.map(({ id }) => id),
    [incident?.id],
  );
  t.same((await said('incidents?client=bert')).incidents.length, 1);
  t.same(
    (await said('clients?client=bert')).clients.flatMap(({ addresses }) => addresses.map(({ ip }) => ip)),
    ['192.0.2.9'],
  );
  t.same(
    [...new Set((await rows('client=bert')).map(({ name }) => name))],
    ['c.evil.example'],
    'the query log',
  );
  const allow = async (client: string): Promise<{ readonly status: number; readonly text: string }> => {
    const reply = await fetch(`${daemon.adminUrl}/api/v1/overrides`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ action: 'allow', name: 'staff.example', client }),
    });
    return { status: reply.status, text: await reply.text() };
  };
  t.match(await allow('carla'), { status: 200, text: /"client":"127\.0\.0\.1"/ }, 'the machine it is at');
  t.match(await allow('bert'), { status: 409, text: /bert is logged on nowhere at present; name a machine/ });
  await fetch(`${daemon.adminUrl}/api/v1/clients`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      source: 'dhcp',
      clients: [
        { ip: '127.0.0.1', mac: '02:00:00:00:00:01', name: 'till' },
        { ip: '192.0.2.9', mac: '02:00:00:00:00:09', name: 'till' },
      ],
    }),
  });
  await until('both are known', async () => (await said('clients?client=till')).clients.length === 2);
  t.match(
    await allow('till'),
    {
      status: 409,
      text: /till is the name of 2 machines \([^)]*192\.0\.2\.9[^)]*\); say which by its address or MAC/,
    },
    'who calls itself as another does has nothing of what is decided for that',
  );
  t.match(await allow('02:00:00:00:00:09'), { status: 200 });
  t.match(await allow('nobody'), { status: 404, text: /no machine and no user is known by/ });
  const sheet = await (await fetch(`${daemon.adminUrl}/api/v1/log/export?format=csv&user=anna`)).text();
  t.match(sheet.split('\r\n')[0], /,users$/);
  t.match(sheet, /,a\.evil\.example,.*,carla; anna\r\n/);
  const shown = await run(['log', '-c', daemon.configFile, '--user', 'carla', '--name', 'd.evil'], {
    cwd: dirname(daemon.configFile),
  });
  t.match(shown.stdout, /127\.0\.0\.1 \(user carla\) +d\.evil\.example/);

  await daemon.stop();
  const inLog = daemon.hits().filter(({ question }) => /^[ab]\.evil/.test(question.name));
  t.match(inLog, [{ client: { user: 'anna' } }, { client: { user: undefined } }], 'the hit log says it');
});
