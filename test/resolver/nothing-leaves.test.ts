// What goes upstream says nothing of who asked, whatever the client's query carried: every octet of ten thousand is accounted for.
import t from 'tap';
import { Identities } from '../../src/resolver/identity/identities.ts';
import { TRANSPORT } from '../../src/wire/message/query.ts';
import { walkBench } from '../support/walk-bench.ts';
import { wireMessage, wireOpt, wireOption } from '../support/wire-message.ts';

const QUERIES = 10_000;
/** A generator of its own (mulberry32), so that a failure is the same each time. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

t.test('ten thousand mixed queries leave with their question and an empty OPT, trusted or not', async (t) => {
  const next = random(18);
  const octets = (length: number): number[] => Array.from({ length }, () => next(256));
  const text = (value: string): number[] => [...Buffer.from(value)];
  const options: readonly (() => number[])[] = [
    () => wireOption(65_001, octets(6)),
    () => wireOption(65_073, text('aa:bb:cc:dd:ee:ff')),
    () => wireOption(65_073, text('qrvM3e4H')),
    () => wireOption(65_074, text(`site-${next(99)}`)),
    () => wireOption(8, [0, 1, 32, 0, 10, 0, next(256), next(256)]),
    () => wireOption(8, [0, 2, 128, 0, ...octets(16)]),
    () => wireOption(8, [0, 1, 24, 0, 192, 0, 2]),
    () => wireOption(3, []),
    () => wireOption(10, octets(next(2) === 0 ? 8 : 24)),
    () => wireOption(11, []),
    () => wireOption(12, octets(next(40))),
    () => wireOption(15, [0, 0, ...octets(next(20))]),
    () => wireOption(26, []),
    () => wireOption(20_292, octets(12)),
    () => wireOption(65_001 + next(533), octets(next(30))),
  ];
  const identities = new Identities([{ bytes: Uint8Array.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 192, 0, 2, 7]), bits: 128, text: '' }], () => undefined); // biome-ignore format: one line
  const bench = walkBench({ identities });
  let leaked = 0;
  for (let i = 0; i < QUERIES; i += 1) {
    const name = `h${i}.Example.net`;
    const type = [1, 28, 15, 16, 65, 257][next(6)]!;
    const flags = [0x0100, 0x0110, 0x0120, 0x0000][next(4)]!;
    const dnssecOk = next(2) === 0;
    const count = next(4);
    const opt = wireOpt(Array.from({ length: count }, () => options[next(options.length)]!()).flat(), {
      dnssecOk,
      size: 512 + next(4000),
    });
    const additional = next(8) === 0 ? [] : [opt];
    const before = bench.asked.length;
    bench.ask({ id: next(65_536), name, type, flags, additional }, 7 + next(2), TRANSPORT.udp);
    const sent = bench.asked.at(-1)?.message;
    const isWhole = bench.asked.length === before + 1;
    const expected = wireMessage({
      id: 0,
      flags: (flags & 0x0110) | 0x0020,
      name,
      type,
      additional: [wireOpt([], { dnssecOk: dnssecOk && additional.length > 0 })],
    });
    if (!isWhole || Buffer.compare(sent ?? new Uint8Array(0), expected) !== 0) leaked += 1;
    // An answer, so that nothing waits for ever; other queries get it from the cache.
    bench.respond({ name, type });
  }
  t.equal(leaked, 0, 'octets that the question and the OPT do not account for');
  const asked = bench.asked.length;
  bench.ask({ name: 'h9999.example.net', type: 1, additional: [wireOpt(wireOption(65_001, octets(6)))] });
  bench.respond({ name: 'h9999.example.net', type: 1, answers: [] });
  bench.ask({
    name: 'h9999.example.net',
    type: 1,
    additional: [wireOpt(wireOption(8, [0, 1, 32, 0, 10, 0, 0, 1]))],
  });
  t.ok(bench.asked.length <= asked + 1, 'and no option splits the cache');
});
