// A thread with one upstream that is good, dead, slow, lying or cut off, as it is told from time to time.
//
// Fast on purpose: a response is the query's question with one record behind it, copied octet by octet.
import { createSocket, type RemoteInfo } from 'node:dgram';
import { createServer, type Socket } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import { FORGED_ADDRESS, GOOD_ADDRESS, type Told, type Weather } from './weather.ts';

const SLOW_MS = 3000;
const GUESSES = 20;
const OPT_OCTETS = 11;

const { port, ttlSeconds } = workerData as { port: number; ttlSeconds: number };
const foreign = Buffer.from(
  '\x06victim\x04test\x00\x00\x01\x00\x01\x00\x00\x27\x0f\x00\x04\xcb\x00\x71\x42',
  'latin1',
);
let weather: Weather = 'good';
let served = 0;

function endOfQuestion(asked: Buffer): number {
  let at = 12;
  while (at < asked.length && asked[at] !== 0) at += (asked[at] ?? 0) + 1;
  return at + 5;
}

/** A response with one A record, and what `change` makes of it. */
function answer(
  asked: Buffer,
  address: readonly number[],
  change?: (octets: Buffer, end: number) => void,
): Buffer {
  const end = endOfQuestion(asked);
  const octets = Buffer.alloc(end + 16 + foreign.length);
  asked.copy(octets, 0, 0, end);
  octets.writeUInt32BE(0x8180_0001, 2);
  octets.writeUInt32BE(0x0001_0000, 6);
  octets.writeUInt16BE(0, 10);
  octets.writeUInt32BE(0xc00c_0001, end);
  octets.writeUInt16BE(1, end + 4);
  octets.writeUInt32BE(ttlSeconds, end + 6);
  octets.writeUInt16BE(4, end + 10);
  octets.set(address, end + 12);
  change?.(octets, end);
  return octets.subarray(0, end + 16);
}

function refusal(asked: Buffer, rcode: number): Buffer {
  const octets = answer(asked, GOOD_ADDRESS, (whole) => {
    whole[3] = 0x80 | rcode;
    whole.writeUInt16BE(0, 6);
  });
  return octets.subarray(0, octets.length - 16);
}

/** What goes back, in order; nothing when it is dead. */
function responses(asked: Buffer, overTcp: boolean): readonly Buffer[] {
  const good = answer(asked, GOOD_ADDRESS);
  const forged = (change: (octets: Buffer, end: number) => void): Buffer =>
    answer(asked, FORGED_ADDRESS, change);
  switch (weather) {
    case 'good':
    case 'slow':
      return [good];
    case 'dead':
      return [];
    case 'refusing':
      return [refusal(asked, 5)];
    case 'failing':
      return [refusal(asked, 2)];
    case 'guessing': {
      if (overTcp) return [good];
      const guesses = Array.from({ length: GUESSES }, (_, i) =>
        forged((octets) => octets.writeUInt16BE((octets.readUInt16BE(0) + 1 + i * 2749) & 0xffff, 0)),
      );
      return [...guesses, good];
    }
    case 'answering another question':
      return [forged((octets) => octets.writeUInt8((octets[13] ?? 0) ^ 1, 13))];
    case 'asking back':
      return [forged((octets) => octets.writeUInt8((octets[2] ?? 0) & 0x7f, 2))];
    case 'counting wrong':
      return [forged((octets) => octets.writeUInt16BE(40, 6))];
    case 'cutting':
      return [forged(() => {}).subarray(0, -5)];
    case 'adding records': {
      const octets = Buffer.concat([good, foreign]);
      octets.writeUInt16BE(2, 6);
      return [octets];
    }
    case 'truncating':
      return [answer(asked, GOOD_ADDRESS, (octets) => octets.writeUInt8((octets[2] ?? 0) | 2, 2))];
    default:
      return weather satisfies never;
  }
}

const udp = createSocket({ type: 'udp4', recvBufferSize: 4 << 20, sendBufferSize: 4 << 20 });
udp.on('error', () => {});
udp.on('message', (asked: Buffer, from: RemoteInfo) => {
  if (asked.length < 17 + OPT_OCTETS) return;
  served += 1;
  const send = (): void => {
    for (const octets of responses(asked, false)) udp.send(octets, from.port, from.address);
  };
  if (weather === 'slow') setTimeout(send, SLOW_MS);
  else send();
});
udp.bind({ port, address: '127.0.0.1', exclusive: true });

const tcp = createServer((socket: Socket) => {
  let unread: Buffer = Buffer.alloc(0);
  socket.on('error', () => {});
  socket.on('data', (chunk: Buffer) => {
    if (weather === 'truncating') socket.destroy();
    unread = Buffer.concat([unread, chunk]);
    while (unread.length >= 2 && unread.length >= 2 + unread.readUInt16BE(0)) {
      const end = 2 + unread.readUInt16BE(0);
      const asked = Buffer.from(unread.subarray(2, end));
      unread = unread.subarray(end);
      served += 1;
      const send = (): void => {
        for (const octets of responses(asked, true))
          socket.write(Buffer.concat([Buffer.from([octets.length >> 8, octets.length & 255]), octets]));
      };
      if (weather === 'slow') setTimeout(send, SLOW_MS);
      else send();
    }
  });
});
tcp.listen(port, '127.0.0.1', () => parentPort?.postMessage('ready'));

parentPort?.on('message', (told: Told) => {
  if (told.kind === 'weather') weather = told.weather;
  else parentPort?.postMessage({ served });
});
