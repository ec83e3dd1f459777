// A thread with one client that asks for names nobody has asked for before, as fast as it is told, and counts what comes back.
import { createSocket } from 'node:dgram';
import { parentPort, workerData } from 'node:worker_threads';
import { pace, plainQuery } from './crowd.ts';
import type { FloodOrder, FloodTally } from './flood.ts';

const { server, address, names, perSecond, listedOneIn } = workerData as FloodOrder;
const tally: FloodTally = { sent: 0, answered: 0, sinkholed: 0, truncated: 0, failed: 0 };
const socket = createSocket({ type: 'udp4', recvBufferSize: 8 << 20, sendBufferSize: 8 << 20 });
socket.on('error', () => {});
socket.on('message', (octets) => {
  tally.answered += 1;
  if (((octets[2] ?? 0) & 2) !== 0) tally.truncated += 1;
  else if (((octets[3] ?? 0) & 15) !== 0) tally.failed += 1;
  else if (octets.includes('listed') && octets.readUInt16BE(6) === 1) tally.sinkholed += 1;
});
await new Promise<void>((resolve) => socket.bind(0, address, () => resolve()));
await new Promise<void>((resolve) => socket.connect(server.port, server.host, () => resolve()));

const mask = Math.floor(Math.random() * 0xffff_ffff);
await pace(perSecond, names / perSecond, (number) => {
  const label = ((number ^ mask) >>> 0).toString(36);
  const octets = plainQuery(`${label}.${number % listedOneIn === 0 ? 'listed' : 'flood'}.example`);
  octets.writeUInt16BE(number & 0xffff, 0);
  tally.sent += 1;
  socket.send(octets);
});
setTimeout(() => {
  socket.close();
  parentPort?.postMessage(tally);
}, 4500);
