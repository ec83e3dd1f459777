// One echo server of the comparison: `server.ts KIND PORT`, each setting QR and nothing else.
import { createSocket } from 'node:dgram';
import koffi from 'koffi';
import { chooseLimits } from '../../src/listen/limits.ts';
import type { Answer } from '../../src/listen/listener.ts';
import { openTcp } from '../../src/listen/tcp.ts';
import { openUdp } from '../../src/listen/udp.ts';
import { openUdpBatch } from '../../src/listen/udp-batch.ts';
import { Datagrams, Path } from '../../src/native/datagrams.ts';
import { loadLibc } from '../../src/native/libc.ts';
import { Poller } from '../../src/native/poller.ts';
import { OUTCOME, Query } from '../../src/wire/message/query.ts';

const [kind, portText] = process.argv.slice(2);
const address = { host: kind === 'udp-batch-any' ? '0.0.0.0' : '127.0.0.1', port: Number(portText) };
const options = {
  reusePort: false,
  udp: 'auto',
  limits: chooseLimits(),
  now: () => performance.now(),
  beforeSend: () => undefined,
  welcomes: () => true,
  clientOf: () => null,
  claimIgnored: () => undefined,
  proxy: null,
  isTrusted: () => false,
} as const;

const echo: Answer = (query) => {
  const { message, reply, messageLength } = query;
  for (let i = 0; i < messageLength; i++) reply[i] = message[i]!;
  reply[2] = reply[2]! | 0x80;
  query.replyLength = messageLength;
  return OUTCOME.answered;
};

/** What a Node program without this room would do. */
function bareDgram(): void {
  const socket = createSocket({ type: 'udp4', recvBufferSize: options.limits.receiveBufferOctets });
  socket.on('message', (message, sender) => {
    message[2] = message[2]! | 0x80;
    socket.send(message, sender.port, sender.address);
  });
  socket.bind(address.port, address.host);
}

/** The system calls of udp-batch without its listener, behind each way to be woken. */
async function bareBatch(wake: 'poll' | 'hybrid' | 'poller'): Promise<void> {
  const libc = await loadLibc();
  if (typeof libc === 'string') throw new Error(libc);
  const receiveBufferOctets = options.limits.receiveBufferOctets;
  const { fd } = libc.openSocket(address, { reusePort: false, receiveBufferOctets, pktinfo: false });
  const received = new Datagrams(libc, 64, false, false);
  const replies = new Datagrams(libc, 64, false, false);
  const path = new Path();
  const query = new Query(received.octets[0]!, replies.octets[0]!);
  const drain = (): void => {
    for (;;) {
      const count = received.receive(libc, fd);
      if (count <= 0) return;
      for (let i = 0; i < count; i++) {
        query.message = received.octets[i]!;
        query.reply = replies.octets[i]!;
        query.messageLength = received.lengthOf(i);
        received.readSender(i, query);
        echo(query);
        replies.address(i, query.replyLength, query, path);
      }
      received.rearm(count);
      replies.send(libc, fd, 0, count);
      if (count < 64) return;
    }
  };
  if (wake === 'poller') {
    new Poller(libc, drain).watch(fd, 0);
  } else if (wake === 'poll') {
    const handle = koffi.node.poll(fd, drain);
    process.once('exit', () => handle.close());
  } else {
    const socket = createSocket('udp4');
    socket.on('message', (message, sender) => {
      message[2] = message[2]! | 0x80;
      socket.send(message, sender.port, sender.address);
      drain();
    });
    socket.bind({ fd });
  }
}

switch (kind) {
  case 'dgram':
    bareDgram();
    break;
  case 'poll':
  case 'hybrid':
  case 'poller':
    await bareBatch(kind);
    break;
  case 'udp':
    await openUdp(address, echo, options);
    break;
  case 'udp-batch':
  case 'udp-batch-any':
    await openUdpBatch(address, echo, options);
    break;
  case 'tcp':
    await openTcp(address, echo, options);
    break;
  default:
    throw new Error(`no server is called ${kind}`);
}
process.stdout.write('ready\n');
