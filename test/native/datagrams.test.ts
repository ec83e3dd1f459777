// Replies of a batch: whatever is planned arrives once, at its own client, in its own datagram, segmented or not.
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import { Datagrams, Path } from '../../src/native/datagrams.ts';
import { type Libc, loadLibc } from '../../src/native/libc.ts';
import { ERRNO } from '../../src/native/numbers.ts';
import { Query } from '../../src/wire/message/query.ts';

const loaded = await loadLibc();
const skip = typeof loaded === 'string' && loaded;
const libc = loaded as Libc;

const COUNT = 64;
const HOSTS = { 4: '127.0.0.1', 6: '::1' } as const;
type Version = keyof typeof HOSTS;

interface Client {
  readonly query: Query;
  readonly heard: string[];
}

async function open(t: Test, version: Version): Promise<Client> {
  const socket: Socket = createSocket({ type: `udp${version}`, recvBufferSize: 1 << 20 });
  socket.bind(0, HOSTS[version]);
  await once(socket, 'listening');
  t.teardown(() => socket.close());
  const heard: string[] = [];
  socket.on('message', (message) => heard.push(message.toString('latin1')));
  const query = new Query(new Uint8Array(0), new Uint8Array(0));
  query.address.set(version === 4 ? [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127, 0, 0, 1] : [0]);
  if (version === 6) query.address[15] = 1;
  query.port = socket.address().port;
  return { query, heard };
}

function server(t: Test, version: Version, pktinfo: boolean): number {
  const local = { host: HOSTS[version], port: 0 };
  const { fd } = libc.openSocket(local, { reusePort: false, receiveBufferOctets: 1 << 20, pktinfo });
  t.teardown(() => libc.closeSocket(fd));
  return fd;
}

/** The path of datagrams that came to the loopback address. */
function loopback(version: Version): Path {
  const path = new Path();
  path.hasLocal = true;
  const words = version === 4 ? [0x0100_007f] : [0, 0, 0, 0x0100_0000];
  for (const [i, word] of words.entries()) path.local[i] = word;
  return path;
}

for (const version of [4, 6] as const)
  for (const pktinfo of [false, true])
    t.test(`each gets its own (IPv${version}, local address said: ${pktinfo})`, { skip }, async (t) => {
      const clients = [await open(t, version), await open(t, version), await open(t, version)];
      const fd = server(t, version, pktinfo);
      const datagrams = new Datagrams(libc, COUNT, version === 6, pktinfo);
      const path = pktinfo ? loopback(version) : new Path();
      const replies = fc.array(
        fc.record({
          client: fc.nat(clients.length - 1),
          length: fc.constantFrom(12, 60, 61, 500, 1200),
          seed: fc.nat(),
        }),
        { minLength: 1, maxLength: COUNT },
      );
      await fc.assert(
        fc.asyncProperty(replies, fc.nat(), async (drawn, start) => {
          const first = start % drawn.length;
          const due = clients.map((): string[] => []);
          for (const client of clients) client.heard.length = 0;
          for (const [i, { client, length, seed }] of drawn.entries()) {
            const text = `${seed}`.padEnd(length, 'x');
            datagrams.octets[i]!.set(Buffer.from(text, 'latin1'));
            datagrams.address(i, text.length, clients[client]!.query, path);
            if (i >= first) due[client]!.push(text);
          }

          const headers = datagrams.plan(first, drawn.length);
          t.equal(datagrams.messagesIn(0, headers), drawn.length - first);
          let sent = 0;
          while (sent < headers) sent += datagrams.sendPlanned(libc, fd, sent, headers);

          for (const [i, { heard }] of clients.entries()) {
            while (heard.length < due[i]!.length) await turn();
            t.same(heard.toSorted(), due[i]!.toSorted());
          }
        }),
        { numRuns: 25 },
      );
    });

t.test('equally long ones to one client share a header, and none after a refusal', { skip }, async (t) => {
  if (!libc.segments) return t.pass('left out: the kernel cuts no segments');
  const [one, other] = [await open(t, 4), await open(t, 4)];
  const datagrams = new Datagrams(libc, 8, false, false);
  const path = new Path();
  const wanted: readonly [Client, number][] = [
    [one, 50], [other, 50], [one, 50], [one, 51], [other, 50], [one, 50], [one, 1200], [one, 1200],
  ]; // biome-ignore format: pairs
  const address = () => {
    for (const [i, [client, length]] of wanted.entries()) datagrams.address(i, length, client.query, path);
  };
  address();
  t.equal(datagrams.plan(0, 8), 5);
  t.same(
    [0, 1, 2, 3, 4].map((h) => datagrams.messagesIn(h, h + 1)),
    [3, 2, 1, 1, 1],
  );

  t.equal(datagrams.splitPlan(2, 5, ERRNO.io), 5, 'one alone is not split');
  t.equal(datagrams.plan(0, 8), 5);
  t.equal(datagrams.splitPlan(1, 5, ERRNO.io), 6);
  t.equal(datagrams.messagesIn(0, 6), 8);
  t.equal(datagrams.plan(0, 8), 8);
});
