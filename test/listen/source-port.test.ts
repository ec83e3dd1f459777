// A datagram from source port 0 can be answered to nobody: both UDP listeners count it and let it go (a raw socket sends it).
import { execFileSync } from 'node:child_process';
import t from 'tap';
import type { Answer, Listener } from '../../src/listen/listener.ts';
import { openUdp } from '../../src/listen/udp.ts';
import { openUdpBatch, whyNoBatch } from '../../src/listen/udp-batch.ts';
import { UdpClient } from '../support/listen-clients.ts';
import { Echo, message, replyTo } from '../support/listen-messages.ts';
import { listenOptions } from '../support/listen-options.ts';
import { findTool } from '../support/tool.ts';

/** Sends hexadecimal octets over IPv4 as UDP from a port of one's choice; the kernel writes the IP header. */
const RAW_SEND = `
use Socket;
my ($from, $to, $hex) = @ARGV;
my $data = pack("H*", $hex);
socket(my $raw, AF_INET, SOCK_RAW, 17) or die "no raw socket: $!";
my $datagram = pack("nnnn", $from, $to, 8 + length($data), 0) . $data;
send($raw, $datagram, 0, sockaddr_in(0, inet_aton("127.0.0.1"))) or die "not sent: $!";
`;

const perl = findTool('perl');
const mayNot =
  process.getuid?.() !== 0 ? 'only root may send from port 0' : perl === null && 'perl is not installed';
const noBatch = await whyNoBatch();

for (const { name, open, skip } of [
  { name: 'udp', open: openUdp, skip: mayNot },
  { name: 'udp-batch', open: openUdpBatch, skip: mayNot || (noBatch ?? false) },
])
  t.test(`${name} gives nothing to port 0 and goes on`, { skip }, async (t) => {
    const echo = new Echo();
    const answer: Answer = echo.answer;
    const listener: Listener = await open({ host: '127.0.0.1', port: 0 }, answer, listenOptions());
    t.teardown(() => listener.close(0));
    const port = listener.bound.split(':')[1] ?? '';
    const send = (from: number, id: number): void => {
      const octets = Buffer.from(message(id)).toString('hex');
      execFileSync(perl ?? '', ['-e', RAW_SEND, String(from), port, octets]);
    };
    const client = await UdpClient.open(listener.bound);
    t.teardown(() => client.close());

    send(client.port, 1);
    await client.has(1);
    send(0, 2);
    send(client.port, 3);
    await client.has(2);

    t.same(client.replies, [replyTo(message(1)), replyTo(message(3))]);
    t.equal(echo.seen.length, 2, 'nothing was asked for port 0');
    t.equal(listener.counters.ignored, 1);
    t.equal(listener.counters.replies, 2);
  });
