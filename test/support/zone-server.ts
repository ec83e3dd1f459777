// A primary server of one policy zone for a test: whole transfers of what the test says, over TCP.
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import type { Test } from 'tap';
import { response } from './message.ts';

export interface ZoneServer {
  readonly port: number;
  /** `bad.example.rpz.example. 60 CNAME .` */
  zone: { serial: number; records: readonly string[] };
}

export async function startZoneServer(t: Test): Promise<ZoneServer> {
  const state = { zone: { serial: 1, records: [] as readonly string[] } };
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      const { serial, records } = state.zone;
      const soa = `rpz.example. 60 SOA localhost. root.localhost. ${serial} 120 60 3600 60`;
      const ns = 'rpz.example. 60 NS localhost.';
      const message = response(chunk.subarray(2), { answer: [soa, ns, ...records, soa] });
      const length = Buffer.alloc(2);
      length.writeUInt16BE(message.length);
      socket.end(Buffer.concat([length, message]));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  return Object.assign(state, { port: (server.address() as AddressInfo).port });
}
