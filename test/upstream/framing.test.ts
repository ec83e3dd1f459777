// Messages out of a stream, however the network cuts it.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { Framing } from '../../src/upstream/transport/framing.ts';

const frame = (message: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from([message.length >> 8, message.length & 0xff]), message]);

function feedAll(chunks: readonly Uint8Array[]): { messages: string[]; framing: Framing } {
  const framing = new Framing();
  const messages: string[] = [];
  for (const chunk of chunks)
    framing.feed(chunk, (message) => messages.push(Buffer.from(message).toString('hex')));
  return { messages, framing };
}

t.test('every segmentation of a stream yields the same messages in the same order', async (t) => {
  const stream = fc.record({
    messages: fc.array(fc.uint8Array({ maxLength: 700 }), { maxLength: 8 }),
    cuts: fc.array(fc.nat(4000), { maxLength: 40 }),
  });

  fc.assert(
    fc.property(stream, ({ messages, cuts }) => {
      const octets = Buffer.concat(messages.map(frame));
      const places = [
        0,
        ...cuts.map((cut) => Math.min(cut, octets.length)).sort((a, b) => a - b),
        octets.length,
      ];
      const chunks = places.slice(1).map((end, i) => octets.subarray(places[i], end));

      const { messages: read, framing } = feedAll(chunks);

      assert.deepEqual(
        read,
        messages.map((message) => Buffer.from(message).toString('hex')),
      );
      assert.equal(framing.unfinished, 0);
    }),
    { numRuns: 1000 },
  );
  t.pass();
});

t.test('a stream of single octets yields its messages', async (t) => {
  const messages = [new Uint8Array(300).fill(1), new Uint8Array(0), new Uint8Array(65_535).fill(2)];
  const octets = Buffer.concat(messages.map(frame));

  const { messages: read } = feedAll(Array.from(octets, (octet) => Uint8Array.of(octet)));

  t.same(
    read.map((hex) => hex.length / 2),
    [300, 0, 65_535],
  );
});

t.test('an announced length costs no memory until its octets come', async (t) => {
  const { messages, framing } = feedAll([Uint8Array.of(0xff, 0xff, 1, 2, 3)]);

  t.same(messages, []);
  t.equal(framing.unfinished, 5);
});
