// Raw octets at the running daemon, over UDP and TCP: what must be refused is refused, what must be ignored stays unanswered,
// nothing of it reaches upstream, and after each case a good query is answered.
import t from 'tap';
import { BAD_QUERIES, canary, isCanary, judge } from '../support/bad-queries.ts';
import { askUdp, TcpClient } from '../support/client.ts';
import { blockingConfig, writeList } from '../support/configs.ts';
import { startDaemon } from '../support/daemon.ts';
import { daemonFolder } from '../support/daemon-folder.ts';
import { query } from '../support/message.ts';
import { readMessage } from '../support/read-message.ts';
import { questionOf, startSimpleUpstream } from '../support/simple-upstream.ts';
import { until } from '../support/tool.ts';

const SILENCE_MS = 150;

const directory = daemonFolder();
const upstream = await startSimpleUpstream();
const list = writeList(directory, ['blocked.example']);
const daemon = await startDaemon({ directory, config: blockingConfig(upstream.address, list) });
t.teardown(async () => {
  await daemon.stop();
  await upstream.close();
});

t.test('bad queries over UDP', async (t) => {
  for (const { name, octets, expect } of BAD_QUERIES) {
    const got = judge(await askUdp(daemon.server, octets, expect === 'silence' ? SILENCE_MS : 2000), octets);
    t.ok(expect === 'silence' ? got === 'silence' : expect.includes(got as number), name, { got, expect });
    t.ok(isCanary(await askUdp(daemon.server, canary(7)), 7), `a good query is answered after: ${name}`);
  }
  t.equal(upstream.asked.length, 0, 'nothing of it went upstream');
});

t.test('bad queries over TCP, a good one behind each on the same connection or a new one', async (t) => {
  for (const { name, octets, expect } of BAD_QUERIES) {
    const client = await TcpClient.open(daemon.server);
    client.send(octets);
    client.send(canary(8));
    const first = await client.next(2000);
    const silent = isCanary(first, 8) || first === null;
    const got = silent ? 'silence' : judge(first, octets);
    t.ok(expect === 'silence' ? silent : expect.includes(got as number), name, { got, expect });
    if (!silent) t.ok(isCanary(await client.next(2000), 8), `pipelined after: ${name}`);
    client.close();
    t.ok(isCanary(await askTcpOnce(canary(9)), 9), `a new connection after: ${name}`);
  }
  t.equal(upstream.asked.length, 0, 'nothing of it went upstream');
});

async function askTcpOnce(message: Uint8Array): Promise<Buffer | null> {
  const client = await TcpClient.open(daemon.server);
  client.send(message);
  const answer = await client.next(2000);
  client.close();
  return answer;
}

t.test('octets after the message are ignored and not passed on', async (t) => {
  const message = query('tail.example.org', 'A', { id: 3, tail: new Uint8Array(100).fill(0xaa) });
  const answer = await askUdp(daemon.server, message);
  t.equal(readMessage(answer ?? message)?.answer[0]?.data, '198.51.100.1');
  const sent = upstream.asked.at(-1) ?? Buffer.alloc(12);
  t.equal(readMessage(sent)?.trailing, 0);
  t.notOk(sent.includes(Buffer.alloc(8, 0xaa)));
  t.same(sent.subarray(12, 12 + questionOf(sent).length), Buffer.from(questionOf(sent)));
});

t.test('a huge query over TCP is refused, not chewed on', async (t) => {
  const options = Array.from({ length: 16_000 }, () => ({ code: 65_001, data: new Uint8Array(0) }));
  const message = query('www.example.org', 'A', { id: 5, edns: { options } });
  t.equal(readMessage((await askTcpOnce(message)) ?? Buffer.alloc(12))?.rcode, 1);
});

t.test('ANY gets a small answer (RFC 8482), and a listed name is a hit with any type', async (t) => {
  const before = upstream.asked.length;
  const any = await askUdp(daemon.server, query('www.example.org', 'ANY', { id: 6 }));
  const message = readMessage(any ?? Buffer.alloc(12));
  t.ok(message?.rcode === 4 || message?.answer[0]?.type === 'HINFO');
  t.ok((any?.length ?? 999) <= 100);
  t.equal(upstream.asked.length, before, 'not forwarded');
  const hits = daemon.hitCount();
  await askUdp(daemon.server, query('any.blocked.example', 'ANY', { id: 6 }));
  await until('the hit', () => daemon.hitCount() > hits && daemon.hits().at(-1)?.question.type === 'ANY');
});

t.test(
  'TCP: a message in single octets is answered, and a silent or half-open client is cut off',
  async (t) => {
    const slow = await TcpClient.open(daemon.server);
    const framed = Buffer.concat([Buffer.from([0, canary(12).length]), canary(12)]);
    for (const octet of framed) slow.socket.write(Buffer.from([octet]));
    t.ok(isCanary(await slow.next(), 12));
    slow.close();

    const half = await TcpClient.open(daemon.server);
    half.socket.write(framed.subarray(0, 10));
    t.ok(await half.endsWithin(20_000), 'half a message: the connection is closed');
  },
);

t.test('TCP: a client that closes its side still gets all its answers', async (t) => {
  const client = await TcpClient.open(daemon.server);
  for (let id = 0; id < 50; id += 1)
    client.send(id % 2 === 0 ? canary(id) : query(`f${id}.example.org`, 'A', { id }));
  client.socket.end();
  const ids = new Set<number>();
  for (let i = 0; i < 50; i += 1) {
    const answer = await client.next(3000);
    if (answer !== null) ids.add(answer.readUInt16BE(0));
  }
  t.equal(ids.size, 50);
});
