// A block gives back what was put in: compared with the rows themselves, in the block's own order.
import t from 'tap';
import { RESULT } from '../../src/events/result.ts';
import { decodeBatch, encodeBatch } from '../../src/querylog/batch.ts';
import {
  decodeNames,
  decodeNumbers,
  decodeOctets,
  decodePlaces,
  decodeTimes,
  encodeBlock,
} from '../../src/querylog/block.ts';
import { FROM, hasRule, hasWait, type Kind, kindNumber, kindOf } from '../../src/querylog/kind.ts';
import { Names, turned } from '../../src/querylog/names.ts';
import { OctetReader, OctetWriter, unpack } from '../../src/querylog/octets.ts';
import { OUTCOMES, outcomeOf } from '../../src/querylog/outcome.ts';
import { Rows } from '../../src/querylog/rows.ts';
import { isEndOf, ruleOfEnd, ruleOfRow, ruleText } from '../../src/querylog/rule.ts';
import { Summary } from '../../src/querylog/summary.ts';
import { waitCode, waitMs } from '../../src/querylog/wait.ts';
import { nameToText, textToName } from '../../src/wire/names/presentation.ts';

const START_MS = Date.UTC(2026, 9, 1, 8);

function chance(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const KINDS: readonly Kind[] = [
  { qtype: 1, qclass: 1, transport: 0, result: RESULT.data, rcode: 0, from: FROM.cache, source: 0 },
  {
    qtype: 65_535,
    qclass: 1,
    transport: 3,
    result: RESULT.failed,
    rcode: 2,
    from: FROM.nobody,
    source: 65_535,
  },
  { qtype: 28, qclass: 1, transport: 1, result: RESULT.nodata, rcode: 0, from: FROM.upstream, source: 3 },
  { qtype: 1, qclass: 1, transport: 2, result: RESULT.blocked, rcode: -1, from: FROM.list, source: 7 },
  { qtype: 16, qclass: 3, transport: 0, result: RESULT.local, rcode: 23, from: FROM.local, source: 0 },
];

function filled(size: number, names: Names, seed: number): Rows {
  const random = chance(seed);
  const rows = new Rows();
  for (let i = 0; i < size; i += 1) {
    const wire = textToName(
      `${random(40) === 0 ? 'a\\010\\200"\\.b' : `h${random(90)}`}.z${random(9)}.test`,
    )!;
    const kind = kindNumber(KINDS[random(KINDS.length)]!);
    rows.add(
      START_MS + i * 7 - random(3000),
      names.table.numberOf(wire, 0, wire.length),
      seed % 2 === 1 && random(9) === 0 ? 2 ** 31 - 1 - random(50) : random(400) ** 2,
      kind,
      1 + (random(20) === 0 ? random(2 ** 31) : 0),
      hasWait(kind) ? random(256) : 0,
      hasRule(kind) ? random(100) : 0,
    );
  }
  return rows;
}

function whole<T>(steps: Generator<void, T>): T {
  let step = steps.next();
  while (step.done !== true) step = steps.next();
  return step.value;
}

const asTexts = (rows: Rows, nameOf: (at: number) => string): string[] =>
  Array.from({ length: rows.size }, (_, at) =>
    [
      rows.timesMs[at],
      nameOf(at),
      rows.askers[at],
      rows.kindAt(at),
      rows.counts[at],
      rows.waits[at],
      rows.rules[at],
    ].join(' '),
  ).sort();

t.test('what a kind says is what was put in, and its outcome is one of six', async (t) => {
  for (const kind of KINDS) t.same(kindOf(kindNumber(kind)), kind);
  t.equal(kindOf(kindNumber({ ...KINDS[0]!, qclass: 254 })).qclass, 0, 'a class without a name');
  t.same(
    KINDS.map((kind) => OUTCOMES[outcomeOf(kind)]),
    ['cached', 'failed', 'upstream', 'blocked', 'own'],
  );
  t.equal(OUTCOMES[outcomeOf({ from: FROM.local, result: RESULT.limited })], 'refused');
});

t.test('blocks of one stretch and their batches give back every row, whatever the names', async (t) => {
  const names = new Names();
  const pieces: string[] = [];
  for (const [size, seed] of [
    [1, 1],
    [3000, 2],
    [4000, 3],
    [700, 2],
  ] as const) {
    const rows = filled(size, names, seed);
    const before = asTexts(rows, (at) => nameToText(names.table.octetsOf(rows.names[at]!)));
    const again = new Rows();
    const others = new Names();
    for (const [from, to] of [
      [0, size >> 1],
      [size >> 1, size],
    ] as const)
      decodeBatch(encodeBatch(rows, from, to, names.table), again, (name) =>
        others.table.numberOf(name, 0, name.length),
      );
    t.same(
      asTexts(again, (at) => nameToText(others.table.octetsOf(again.names[at]!))),
      before,
    );

    const piece = whole(names.number(rows));
    t.equal(piece.first, pieces.length);
    pieces.push(...Buffer.from(unpack(piece.body)).toString('latin1').split('\n').slice(0, -1).map(turned));
    t.equal(pieces.length, piece.first + piece.count);
    const block = whole(encodeBlock(rows, names));
    const { numbers, begins } = decodeNames(block.names);
    const kinds = decodePlaces(block.kinds, size);
    const askers = decodePlaces(block.askers, size);
    const timesMs = decodeTimes(block.times, block.fromMs, { numbers, begins });
    const counts = decodeNumbers(block.counts, kinds, () => true);
    const waits = decodeOctets(block.waits, kinds, hasWait);
    const rules = decodeNumbers(block.rules, kinds, hasRule);
    const decoded: string[] = [];
    for (let i = 0; i < numbers.length; i += 1)
      for (let at = begins[i]!; at < begins[i + 1]!; at += 1)
        decoded.push(
          [timesMs[at], pieces[numbers[i]!], askers[at], kinds[at], counts[at], waits[at], rules[at]].join(
            ' ',
          ),
        );
    t.same(decoded.sort(), before);
    t.equal(block.fromMs, Math.min(...timesMs));
    t.equal(block.toMs, Math.max(...timesMs));
    t.equal(
      block.queries,
      counts.reduce((a, b) => a + b, 0),
    );
  }
});

t.test('sums of a block are those of its rows, however they are put together', async (t) => {
  const names = new Names();
  const rows = filled(2000, names, 5);
  const whole = new Summary();
  whole.addRows(rows);
  const parts = new Summary();
  for (const [from, to] of [
    [0, 900],
    [900, 2000],
  ] as const) {
    const part = new Summary();
    for (let at = from; at < to; at += 1)
      part.add(rows.timesMs[at]!, rows.askers[at]!, rows.kindAt(at), rows.counts[at]!);
    parts.addEncoded(part.encode());
  }
  t.same(new Map([...parts.askers].sort()), new Map([...whole.askers].sort()));
  t.same(new Map([...parts.kinds].sort()), new Map([...whole.kinds].sort()));
  t.same(parts.slots, whole.slots);
  const queries = [...whole.askers.values()].reduce((sum, one) => sum + one.queries, 0);
  t.equal(
    [...whole.slots.values()].flatMap((counts) => [...counts]).reduce((a, b) => a + b, 0),
    queries,
  );
});

t.test('numbers of any size come back, and what ends too early is an error', async (t) => {
  const writer = new OctetWriter();
  const values = [0, 1, 127, 128, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 40 + 5, 2 ** 53 - 1];
  for (const value of values) writer.number(value);
  for (const value of values.slice(0, -1)) writer.signed(-value);
  writer.piece(Buffer.from('naïve'));
  const octets = writer.drain();
  const reader = new OctetReader(octets);
  t.same(
    values.map(() => reader.number()),
    values,
  );
  t.same(
    values.slice(0, -1).map(() => reader.signed() + 0),
    values.slice(0, -1).map((value) => 0 - value),
  );
  t.equal(Buffer.from(reader.piece()).toString(), 'naïve');
  t.equal(reader.at, octets.length);
  t.throws(() => reader.octet(), /damaged/);
  t.throws(() => new OctetReader(Uint8Array.of(9, 1)).piece(), /damaged/);
});

t.test(
  'how long it took is kept to a few hundredths; a rule is the end of its name, at a label',
  async (t) => {
    const far = [0.05, 0.2, 1, 7.3, 19, 240, 1999, 5000].filter(
      (ms) => Math.abs((waitMs(waitCode(ms)) ?? 0) / ms - 1) > 0.05,
    );
    t.same(far, []);
    t.equal(waitMs(0), null);
    t.equal(waitCode(Number.NaN), 0);
    t.ok((waitMs(waitCode(1e9)) ?? 0) > 10_000, 'the longest is the longest');
    t.ok(isEndOf('ads.test', 'x.ads.test'));
    t.ok(isEndOf('ads.test', 'ads.test'));
    t.notOk(isEndOf('ads.test', 'xads.test'));
    t.equal(
      ruleText(ruleOfEnd(8), 'x.ads.test', () => null),
      'ads.test',
    );
    t.equal(
      ruleText(ruleOfRow(4), 'x.ads.test', (id) => `rule ${id}`),
      'rule 4',
    );
    t.equal(
      ruleText(0, 'x.ads.test', () => null),
      null,
    );
  },
);
