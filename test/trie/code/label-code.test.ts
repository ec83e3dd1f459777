import { deepStrictEqual, ok } from 'node:assert';
import fc from 'fast-check';
import t from 'tap';
import { CodedLabel, encodeLabel, putBits } from '../../../src/trie/code/coded-label.ts';
import {
  CODE_BITS_MAX,
  CODED_OCTETS_MAX,
  CONTEXT_SHIFT,
  codeLengths,
  encodingTable,
  START_BELOW,
  START_SECOND,
  TABLE_SIZE,
  trainLengths,
} from '../../../src/trie/code/label-code.ts';
import { LabelDecoder } from '../../../src/trie/code/label-decoder.ts';
import { TYPICAL_LENGTHS } from '../../../src/trie/code/typical-code.ts';
import { mistakes } from '../../support/mistakes.ts';

const counts = fc.func(fc.nat({ max: 5000 })).map((countOf) => {
  const trained = new Uint32Array(TABLE_SIZE);
  for (let i = 0; i < TABLE_SIZE; i += 1) trained[i] = i % 7 === 0 ? countOf(i >> CONTEXT_SHIFT, i % 64) : 0;
  return trained;
});
const anyLabel = fc.oneof(
  fc.uint8Array({ minLength: 0, maxLength: 63 }),
  fc.string({ minLength: 1, maxLength: 63, unit: fc.constantFrom(...'abcdeinorst0123-_') }).map(octetsOf),
);

function octetsOf(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, 'latin1'));
}

t.test(
  'what is coded is decoded again, whatever the code was trained on and whatever bits stand before it',
  async () => {
    const target = new CodedLabel();
    const decoded = new Uint8Array(256);
    const lengths = fc.oneof(
      fc.constant(TYPICAL_LENGTHS),
      counts.map((seen) => trainLengths(seen, TYPICAL_LENGTHS)),
    );
    const model = fc.property(lengths, fc.array(anyLabel), fc.nat({ max: 15 }), (code, labels, bits) => {
      const table = encodingTable(code);
      const decoder = new LabelDecoder(code);
      for (const label of labels)
        for (const context of [START_SECOND, START_BELOW]) {
          target.words.fill(0x5a5a5a5a);
          putBits(target, 0, (1 << bits) - 1, bits);
          const end = encodeLabel(table, context, label, 0, label.length, target, bits);
          const length = decoder.decode(context, target.octets, 0, bits, end, decoded, 0);
          deepStrictEqual(Buffer.from(decoded.subarray(0, length)), Buffer.from(label));
        }
    });
    fc.assert(model, { numRuns: 60 });
  },
);

t.test('two labels never share a coded form', async (t) => {
  const seen = new Map<string, string>();
  const table = encodingTable(TYPICAL_LENGTHS);
  const target = new CodedLabel();
  const letters = [...'aez09-_', '\0', '.', '\xff'];
  const wrong = mistakes();
  const labels = letters.flatMap((a) => letters.flatMap((b) => [a + b, ...letters.map((c) => a + b + c)]));
  for (const label of [...letters, ...labels]) {
    const end = encodeLabel(table, START_BELOW, octetsOf(label), 0, label.length, target, 0);
    const coded = Buffer.from(target.octets.subarray(0, end)).toString('hex');
    wrong.compare(seen.get(coded), undefined, `${JSON.stringify(label)} as ${coded}`);
    seen.set(coded, label);
  }
  wrong.none(t);
});

t.test('the longest label fits where coded labels are kept', async (t) => {
  const table = encodingTable(trainLengths(new Uint32Array(TABLE_SIZE).fill(1e6), TYPICAL_LENGTHS));
  const end = encodeLabel(table, START_BELOW, new Uint8Array(63).fill(0xff), 0, 63, new CodedLabel(), 0);
  t.ok(end <= CODED_OCTETS_MAX, `${end} octets`);
});

t.test(
  'code lengths fit the code space with eight one-bits left over, and the usual gets the shorter',
  async () => {
    const weights = fc.array(fc.integer({ min: 1, max: 1e9 }), { minLength: 1, maxLength: 512 });
    const model = fc.property(weights, (given) => {
      const lengths = codeLengths(given);
      let space = 2 ** -8;
      for (const length of lengths) space += 2 ** -length;
      ok(space <= 1);
      ok(lengths.every((length) => length >= 1 && length <= CODE_BITS_MAX));
      // Of several that are equally usual, one.
      const most = Math.max(...given);
      deepStrictEqual(Math.min(...lengths.filter((_, i) => given[i] === most)), Math.min(...lengths));
    });
    fc.assert(model, { numRuns: 100 });
  },
);
