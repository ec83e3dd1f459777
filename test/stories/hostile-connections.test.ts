// What strangers do to the TCP, DoT and DoH ports of the real daemon, all limits as they are shipped: nothing of it keeps
// others from being answered, and its memory stays where it was.
import { once } from 'node:events';
import { constants } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import t, { type Test } from 'tap';
import { BAD_QUERIES, canary, isCanary, judge } from '../support/bad-queries.ts';
import { askUdp } from '../support/client.ts';
import { blockingConfig, writeList } from '../support/configs.ts';
import { startDaemon } from '../support/daemon.ts';
import { daemonFolder } from '../support/daemon-folder.ts';
import { StreamClient } from '../support/listen-clients.ts';
import { HttpsClient, readReply } from '../support/listen-https-client.ts';
import { concat, query, response, u16 } from '../support/message.ts';
import { answerAll, startSimpleUpstream } from '../support/simple-upstream.ts';
import { until } from '../support/tool.ts';

const GROWTH_OCTETS_MAX = 50 * 1024 * 1024;

const directory = daemonFolder();
const upstream = await startSimpleUpstream((asked, transport) =>
  asked.includes('big')
    ? response(asked, { answer: new Array(200).fill('big.test. 300 A 192.0.2.9') })
    : answerAll(asked, transport),
);
const daemon = await startDaemon({
  directory,
  secure: true,
  config: blockingConfig(upstream.address, writeList(directory, ['blocked.example'])),
});
const { tlsPort, httpsPort } = daemon;
const tcpBound = `127.0.0.1:${daemon.server.port}`;
const tlsBound = `127.0.0.1:${tlsPort}`;
const httpsBound = `127.0.0.1:${httpsPort}`;
t.teardown(async () => {
  await daemon.stop();
  await upstream.close();
});

const OVER = {
  TCP: { dial: () => StreamClient.open(tcpBound), port: daemon.server.port },
  DoT: { dial: () => StreamClient.openTls(tlsBound), port: tlsPort },
} as const;
const POST = { ':method': 'POST', ':path': '/dns-query', 'content-type': 'application/dns-message' };
const framed = (message: Uint8Array): Uint8Array => concat(u16(message.length), message);

/** Every transport answers a newcomer. */
async function isAlive(t: Test, after: string): Promise<void> {
  t.ok(isCanary(await askUdp(daemon.server, canary(1)), 1), `UDP after ${after}`);
  for (const [name, { dial }] of Object.entries(OVER)) {
    const client = await dial();
    client.send(canary(2));
    await client.has(1);
    t.ok(isCanary(client.replies[0] ?? null, 2), `${name} after ${after}`);
    client.close();
  }
  const client = await HttpsClient.open(httpsBound);
  const { status, body } = await client.request(POST, canary(3));
  t.ok(status === 200 && isCanary(body, 3), `DoH after ${after}`);
  client.close();
}

async function rawSocket(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}
const closed = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    if (socket.destroyed) resolve();
    socket.resume().once('close', () => resolve());
  });

t.test('bad queries over DoT, a good one behind each', async (t) => {
  for (const { name, octets, expect } of BAD_QUERIES) {
    const client = await StreamClient.openTls(tlsBound);
    client.send(octets);
    client.send(canary(8));
    await Promise.race([client.has(expect === 'silence' ? 1 : 2), client.ended]);
    const [first = null] = client.replies;
    const isSilent = first === null || isCanary(first, 8);
    const got = isSilent ? 'silence' : judge(first, octets);
    t.ok(expect === 'silence' ? isSilent : expect.includes(got as number), name, { got, expect });
    if (!isSilent) t.ok(isCanary(client.replies[1] ?? null, 8), `a good query is answered after: ${name}`);
    client.close();
  }
  await isAlive(t, 'all of them');
});

t.test('bad queries over DoH: 200 with the RCODE, 400 for what is met with silence', async (t) => {
  const client = await HttpsClient.open(httpsBound);
  for (const { name, octets, expect } of BAD_QUERIES) {
    const { status, body } = await client.request(POST, octets);
    const got = status === 200 ? judge(body, octets) : status;
    t.ok(expect === 'silence' ? got === 400 : expect.includes(got as number), name, { got, expect });
  }
  const { body } = await client.request(POST, canary(9));
  t.ok(isCanary(body, 9), 'on the same connection after all of them');
  client.close();
  t.equal(upstream.asked.length, 0, 'nothing of it went upstream');
});

t.test('what is no DNS over HTTPS gets the status that says so', async (t) => {
  const client = await HttpsClient.open(httpsBound);
  const cases: [status: number, headers: Record<string, string>, body?: Uint8Array][] = [
    [404, { ...POST, ':path': '/' }, canary(1)],
    [404, { ...POST, ':path': '/dns-query/../etc/passwd' }, canary(1)],
    [405, { ...POST, ':method': 'PUT' }, canary(1)],
    [405, { ...POST, ':method': 'DELETE' }, canary(1)],
    [415, { ...POST, 'content-type': 'application/json' }, canary(1)],
    [415, { ...POST, 'content-type': '' }, canary(1)],
    [413, POST, new Uint8Array(65_536)],
    [413, POST, new Uint8Array(200_000)],
    [400, { ':path': '/dns-query' }],
    [400, { ':path': '/dns-query?dns=' }],
    [400, { ':path': '/dns-query?dns=***' }],
    [400, { ':path': '/dns-query?dns=AAAAA' }],
    [400, { ':path': '/dns-query?dns=%00%ff' }],
    [400, { ':path': '/dns-query?DNS=AAAA' }],
    [400, { ':path': '/dns-query?dns=AAAA' }],
  ];
  for (const [status, headers, body] of cases)
    t.equal(
      (await client.request(headers, body)).status,
      status,
      `${headers[':method'] ?? 'GET'} ${headers[':path']}`,
    );
  const good = Buffer.from(canary(4)).toString('base64url');
  t.ok(isCanary((await client.request({ ':path': `/dns-query?dns=${good}` })).body, 4));
  client.close();
  const long = await HttpsClient.open(httpsBound);
  const answer = await long.request({ ':path': `/dns-query?dns=${'A'.repeat(90_000)}` }).catch(() => null);
  t.ok(answer === null || answer.status >= 400, 'a parameter over 64 K');
  long.close();
  await isAlive(t, 'all of them');
});

for (const [name, { dial }] of Object.entries(OVER)) {
  t.test(`${name}: beside 400 idle connections the first and the newest are answered`, async (t) => {
    const clients: StreamClient[] = [];
    for (let i = 0; i < 400; i += 20)
      clients.push(...(await Promise.all(Array.from({ length: 20 }, async () => {
        const client = await dial();
        client.send(canary(1));
        await client.has(1);
        return client;
      })))); // biome-ignore format: in steps, since handshakes under way are bounded
    const newest = await dial();
    const ends = [clients[0], newest];
    for (const client of ends) client?.send(canary(5));
    await Promise.all([clients[0]?.has(2), newest.has(1)]);
    t.ok(
      ends.every((client) => isCanary(client?.replies.at(-1) ?? null, 5)),
      '2 of 2',
    );
    await isAlive(t, '400 idle connections');
    for (const client of [...clients, newest]) client.close();
  });

  t.test(`${name}: 10,000 pipelined queries and a client that never reads cost little memory`, async (t) => {
    await isAlive(t, 'nothing yet');
    const client = await dial();
    client.send(query('big.test', 'A', { id: 1 }));
    await client.has(1);
    const before = daemon.rss();
    client.socket.pause();
    for (let id = 0; id < 10_000; id += 1) client.send(query('big.test', 'A', { id }));
    let most = before;
    for (let i = 0; i < 10; i += 1) {
      await isAlive(t, `${i} rounds`);
      most = Math.max(most, daemon.rss());
    }
    t.comment(`${name}: RSS ${Math.round((most - before) / 1024)} KiB more for 40 MB of answers`);
    t.ok(most - before < GROWTH_OCTETS_MAX);
    client.close();
  });
}

t.test(
  'half messages, drips, lying lengths and handshakes that never end are cut, and keep nobody out',
  async (t) => {
    const half = framed(canary(6)).subarray(0, 10);
    const openings: readonly (readonly [string, number, Uint8Array])[] = [
      ['nothing over TCP', daemon.server.port, new Uint8Array(0)],
      ['one octet over TCP', daemon.server.port, Uint8Array.from([0])],
      ['half a message over TCP', daemon.server.port, half],
      ['a length that is too long over TCP', daemon.server.port, concat([0xff, 0xff], canary(6))],
      ['a length of 0 over TCP', daemon.server.port, Uint8Array.from([0, 0])],
      ['nothing over DoT', tlsPort, new Uint8Array(0)],
      ['the beginning of a handshake over DoT', tlsPort, Uint8Array.from([0x16, 0x03, 0x01, 0x02, 0x00])],
      ['HTTP over DoT', tlsPort, Buffer.from('GET / HTTP/1.1\r\n\r\n')],
      ['noise over DoT', tlsPort, Uint8Array.from({ length: 3000 }, (_, i) => (i * 151) & 0xff)],
      [
        'a handshake of 16 MB over DoT',
        tlsPort,
        concat([0x16, 3, 1, 0x40, 0, 1, 0xff, 0xff, 0xff], new Uint8Array(5000)),
      ],
      ['nothing over DoH', httpsPort, new Uint8Array(0)],
      ['plain HTTP over DoH', httpsPort, Buffer.from('GET /dns-query HTTP/1.1\r\nHost: x\r\n\r\n')],
    ];
    const cut = openings.flatMap(([name, port, octets]) =>
      Array.from({ length: 12 }, async () => {
        const socket = await rawSocket(port);
        socket.write(octets);
        await closed(socket);
        return name;
      }),
    );
    const drip = await rawSocket(daemon.server.port);
    const clock = setInterval(() => drip.write(Uint8Array.from([0])), 250);
    const halfTls = await StreamClient.openTls(tlsBound);
    halfTls.socket.write(half);
    const slowBody = await HttpsClient.open(httpsBound);
    const slowRequest = slowBody.begin(POST, false);
    slowRequest.write(Buffer.from([0]));
    const slowReply = readReply(slowRequest);

    await isAlive(t, 'they all have begun');
    const names = await Promise.all(cut);
    const [{ status }] = await Promise.all([slowReply, closed(drip), halfTls.ended]);
    slowBody.close();
    clearInterval(clock);

    t.equal(names.length, 12 * openings.length, 'all were cut');
    t.equal(status, 408, 'so was a request whose body does not come');
    await isAlive(t, 'they are gone');
  },
);

/** An HTTP/2 frame (RFC 9113 §4.1). */
const frame = (type: number, flags: number, stream: number, payload: readonly number[] = []): Uint8Array =>
  concat([0], u16(payload.length), [type, flags, 0, 0], u16(stream), payload);
const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
const FLOODS: Readonly<Record<string, Uint8Array>> = {
  PING: frame(6, 0, 0, new Array<number>(8).fill(7)),
  SETTINGS: frame(4, 0, 0),
  'WINDOW_UPDATE by nothing': frame(8, 0, 0, [0, 0, 0, 0]),
  'WINDOW_UPDATE beyond all bounds': frame(8, 0, 0, [0x7f, 0xff, 0xff, 0xff]),
  'HEADERS without end': frame(1, 0, 1, [0x82]),
  'CONTINUATION of nothing': frame(9, 0, 1, [0x82]),
  'RST_STREAM of streams that are not': frame(3, 0, 9, [0, 0, 0, 8]),
  'a frame of a type nobody knows': frame(0xbe, 0xff, 1, [1, 2, 3, 4]),
};

t.test('HTTP/2: floods of frames and of resets', async (t) => {
  const before = daemon.rss();
  for (const [name, octets] of Object.entries(FLOODS)) {
    const socket = connectTls({ port: httpsPort, rejectUnauthorized: false, ALPNProtocols: ['h2'] });
    socket.on('error', () => {});
    await once(socket, 'secureConnect');
    socket.write(concat(PREFACE, frame(4, 0, 0)));
    for (let i = 0; i < 20; i += 1) socket.write(Buffer.concat(new Array<Uint8Array>(1000).fill(octets)));
    await isAlive(t, name);
    socket.destroy();
  }
  const client = await HttpsClient.open(httpsBound);
  const flood = setInterval(() => {
    for (let i = 0; i < 50 && !client.session.destroyed; i += 1) {
      const stream = client.begin(POST, false);
      stream.end(query(`r${i}.test`));
      setImmediate(() => stream.close(constants.NGHTTP2_CANCEL));
    }
  }, 2);
  await client.closed;
  clearInterval(flood);
  await isAlive(t, 'Rapid Reset');
  t.comment(`RSS ${Math.round((daemon.rss() - before) / 1024)} KiB more`);
  t.ok(daemon.rss() - before < GROWTH_OCTETS_MAX);
});

t.test('it is still the same process, and nothing was thrown', async (t) => {
  t.equal(daemon.child.exitCode, null);
  await until('its log', () => daemon.output().length > 0);
  t.notMatch(daemon.output(), /"level":(?:50|60)|uncaught|Error:/i);
});
