// Three upstreams that answer everything and take turns at being slow and silent; one of them is always good.
import { createSocket, type Socket } from 'node:dgram';

const SLOW_MS = 600;
const TURN_MS = 15_000;

export interface Upstreams {
  readonly addresses: readonly string[];
  close(): void;
}

/** The query with QR, RA and one address; its OPT is left out. */
function answer(asked: Buffer): Buffer {
  let end = 12;
  while (asked[end] !== undefined && asked[end] !== 0) end += 1 + (asked[end] ?? 0);
  const head = Buffer.from(asked.subarray(0, end + 5));
  head.writeUInt16BE(0x8180, 2);
  head.writeUInt32BE(0x0001_0001, 4);
  head.writeUInt32BE(0, 8);
  return Buffer.concat([head, Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 1, 0x2c, 0, 4, 192, 0, 2, 1])]);
}

export async function startUpstreams(): Promise<Upstreams> {
  const moods = ['good', 'slow', 'silent'];
  const sockets: Socket[] = [];
  const begunMs = performance.now();
  for (let i = 0; i < moods.length; i += 1) {
    const socket = createSocket({ type: 'udp4', recvBufferSize: 4 << 20 });
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', () => resolve()));
    socket.on('message', (message, { port, address }) => {
      const turn = Math.floor((performance.now() - begunMs) / TURN_MS);
      const mood = moods[(i + turn) % moods.length];
      if (mood === 'silent') return;
      const send = (): void => {
        if (sockets.includes(socket)) socket.send(answer(message), port, address);
      };
      if (mood === 'slow') setTimeout(send, SLOW_MS);
      else send();
    });
    sockets.push(socket);
  }
  return {
    addresses: sockets.map((socket) => `127.0.0.1:${socket.address().port}`),
    close: () => {
      for (const socket of sockets.splice(0)) socket.close();
    },
  };
}
