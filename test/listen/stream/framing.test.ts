import fc from 'fast-check';
import t from 'tap';
import { Framing } from '../../../src/listen/stream/framing.ts';
import { framed } from '../../support/listen-messages.ts';

/** Feeds `octets` cut at `cuts` and returns the messages that came out, or null for a refusal. */
function read(octets: Buffer, cuts: readonly number[]): Uint8Array[] | null {
  const target = new Uint8Array(65_535);
  const framing = new Framing(target);
  const messages: Uint8Array[] = [];
  const edges = [0, ...cuts.map((cut) => cut % (octets.length + 1)).sort((a, b) => a - b), octets.length];
  for (let i = 1; i < edges.length; i++) {
    const chunk = octets.subarray(edges[i - 1]!, edges[i]!);
    let offset = 0;
    while (offset < chunk.length) {
      offset = framing.read(chunk, offset, 0);
      if (offset < 0) return null;
      if (framing.length > 0) messages.push(target.slice(0, framing.length));
    }
  }
  return messages;
}

t.test('messages come out whole wherever the stream is cut', async (t) => {
  const messages = fc.array(fc.uint8Array({ minLength: 1, maxLength: 3_000 }), { maxLength: 8 });
  fc.assert(
    fc.property(messages, fc.array(fc.nat()), (wanted, cuts) => {
      const got = read(framed(...wanted), cuts);
      return (
        got !== null &&
        got.length === wanted.length &&
        got.every((m, i) => Buffer.compare(m, wanted[i]!) === 0)
      );
    }),
  );
  t.pass();
});

t.test('one octet at a time, up to the longest message there is', async (t) => {
  const longest = new Uint8Array(65_535).map((_, i) => i);
  const octets = framed(longest, longest.subarray(0, 1));

  const messages = read(octets, Array.from(octets.keys()));

  t.same(
    messages?.map((m) => m.length),
    [65_535, 1],
  );
  t.ok(Buffer.compare(messages![0]!, longest) === 0);
});

t.test('a length of 0 is refused, cut or not', async (t) => {
  t.equal(read(Buffer.from([0, 0]), []), null);
  t.equal(read(Buffer.from([0, 0]), [1]), null);
  t.equal(read(framed(Buffer.from([1]), Buffer.alloc(0)), [4]), null);
});
