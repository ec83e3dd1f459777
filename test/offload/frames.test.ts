// Messages arrive as they were sent, however the channel cuts them.
import { PassThrough } from 'node:stream';
import t from 'tap';
import { hearFrames, sendFrame } from '../../src/offload/frames.ts';

const MESSAGES: readonly unknown[] = [
  null,
  'a',
  { said: Uint8Array.of(1, 2, 255), more: new Map([[1n, new Set(['x'])]]) },
  'long '.repeat(50_000),
  undefined,
];

for (const piece of [1, 3, 4, 5, 1000, 1_000_000])
  t.test(`in pieces of ${piece}`, async (t) => {
    const wire = new PassThrough();
    const sent: Buffer[] = [];
    wire.on('data', (chunk: Buffer) => sent.push(chunk));
    await Promise.all(MESSAGES.map((message) => sendFrame(wire, message)));
    const octets = Buffer.concat(sent);
    const heard: unknown[] = [];
    const cut = new PassThrough();
    hearFrames(cut, (message) => heard.push(message));
    for (let at = 0; at < octets.length; at += piece) cut.emit('data', octets.subarray(at, at + piece));
    t.same(heard, MESSAGES);
  });
