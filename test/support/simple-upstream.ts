// An upstream in the test's own process: answers UDP and TCP by a function, and keeps what it was asked.
import { createSocket } from 'node:dgram';
import { createServer, type Socket } from 'node:net';
import { query, response } from './message.ts';
import { readMessage } from './read-message.ts';
import { freePort } from './tool.ts';

/** What to answer to these octets; null is silence. */
export type Script = (asked: Buffer, transport: 'udp' | 'tcp') => Uint8Array | null;

export interface SimpleUpstream {
  /** `127.0.0.1:5300`, as a config names it. */
  readonly address: string;
  /** Every message that came in, oldest first. */
  readonly asked: readonly Buffer[];
  readonly close: () => Promise<void>;
}

/** A 198.51.100.1 for A, NODATA for everything else. */
export const answerAll: Script = (asked) => {
  const question = readMessage(asked)?.question;
  if (!question) return null;
  const soa = 'example. 300 SOA ns.example. root.example. 1 7200 3600 1209600 300';
  return question.type === 'A'
    ? response(asked, { answer: [`${question.name} 300 A 198.51.100.1`] })
    : response(asked, { authority: [soa] });
};

export async function startSimpleUpstream(script: Script = answerAll): Promise<SimpleUpstream> {
  const port = await freePort();
  const asked: Buffer[] = [];
  const udp = createSocket({ type: 'udp4', recvBufferSize: 4 << 20 });
  udp.on('message', (message, from) => {
    asked.push(message);
    const answer = script(message, 'udp');
    if (answer !== null) udp.send(answer, from.port, from.address);
  });
  await new Promise<void>((resolve) => udp.bind(port, '127.0.0.1', () => resolve()));

  const open = new Set<Socket>();
  const tcp = createServer((socket) => {
    open.add(socket);
    let pending = Buffer.alloc(0);
    socket.on('error', () => {});
    socket.on('close', () => open.delete(socket));
    socket.on('data', (data: Buffer) => {
      pending = Buffer.concat([pending, data]);
      while (pending.length >= 2 && pending.length >= 2 + pending.readUInt16BE(0)) {
        const end = 2 + pending.readUInt16BE(0);
        const message = pending.subarray(2, end);
        pending = pending.subarray(end);
        asked.push(message);
        const answer = script(message, 'tcp');
        if (answer !== null)
          socket.write(Buffer.concat([Buffer.from([answer.length >> 8, answer.length & 255]), answer]));
      }
    });
  });
  await new Promise<void>((resolve) => tcp.listen(port, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${port}`,
    asked,
    close: async () => {
      for (const socket of open) socket.destroy();
      await Promise.all([
        new Promise<void>((resolve) => udp.close(() => resolve())),
        new Promise<void>((resolve) => tcp.close(() => resolve())),
      ]);
    },
  };
}

/** A query's octets as they must leave for upstream, ID apart: nothing but header, question and OPT. */
export function questionOf(message: Uint8Array): Uint8Array {
  const question = readMessage(message)?.question;
  if (!question) throw new Error('no question');
  return query(question.name, question.type, { class: question.class, id: 0 }).subarray(12);
}
