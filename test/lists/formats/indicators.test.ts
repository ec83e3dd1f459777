// cenote's own indicator YAML: what it means, what is wrong with it and where, and that it is read as it was written.
import { deepEqual, ok } from 'node:assert';
import fc from 'fast-check';
import t from 'tap';
import { Cancels } from '../../../src/lists/entry/cancels.ts';
import { EntrySink } from '../../../src/lists/entry/entry.ts';
import {
  type IndicatorEntry,
  type IndicatorList,
  readIndicators,
} from '../../../src/lists/formats/indicators/indicators.ts';
import { readPlainItems } from '../../../src/lists/formats/indicators/plain-items.ts';
import { indicatorOf } from '../../../src/lists/formats/indicators/shapes.ts';
import { indicatorsText } from '../../../src/lists/import/indicators-text.ts';
import { readList } from '../../../src/lists/read-list.ts';
import { nameToText } from '../../../src/wire/names/presentation.ts';
import { readText } from '../../support/lists-sink.ts';

const TEXT = `# a comment
name: test
report:
  title: A report
  published: 2023-03-29
campaign: Storm
confidence: high
indicators:
  - evil.com
  - bad[.]org           # defanged as in the report
  - name: hxxps://worse[.]net/path
    confidence: low
    note: doubtful
  - { name: exact.example.com, subdomains: false, firstPublished: 2023-03-22 }
`;

t.test('entries cover the names below them, unless they say otherwise', async (t) => {
  const { entries, skipped, format } = await readText(TEXT, 'auto');
  t.equal(format, 'indicators');
  t.same(entries, ['evil.com subtree', 'bad.org subtree', 'worse.net subtree', 'exact.example.com exact']);
  t.same(skipped, []);
});

t.test('what a list says of its names cannot turn a sentence round, nor break its line', async (t) => {
  const { list } = readIndicators('campaign: "Crane \\u202Egpj\\u200b"\nindicators: [evil.example]\n');
  t.equal(list.campaign, 'Crane \u202egpj\u200b');
  const said = { note: 'one\ntwo\u2028three', source: '\u202e' };
  t.match(indicatorOf(list, said), { campaign: 'Crane  gpj', note: 'one two three', source: null });
});

t.test('each entry carries what the list says and what it says itself, with its line', async (t) => {
  const found = new Map<string, unknown>();
  const sink = new EntrySink(
    {
      add: (name, shape, line) => {
        found.set(nameToText(name), { line, indicator: shape.indicator });
        return null;
      },
      addNetwork: () => null,
      addPattern: () => null,
      cancels: new Cancels(),
    },
    { allowPublicSuffixes: false, addresses: null },
  );
  await readList([Buffer.from(TEXT)], sink, { format: 'indicators', inline: false });
  const all = {
    campaign: 'Storm',
    source: 'A report',
    firstPublished: '2023-03-29',
    confidence: 'high',
    note: null,
  };
  t.same(found.get('evil.com'), { line: 9, indicator: all });
  t.same(found.get('worse.net'), { line: 11, indicator: { ...all, confidence: 'low', note: 'doubtful' } });
  t.same(found.get('exact.example.com'), { line: 14, indicator: { ...all, firstPublished: '2023-03-22' } });
});

const PROBLEMS: readonly (readonly [yaml: string, problems: readonly string[]])[] = [
  ['indicators:\n  - a.com\nconfidnce: high\n', ['3:1 unknown key "confidnce"']],
  ['indicators:\n  - {name: a.com, confidence: sure}\n', ['2:31 "confidence" is one of']],
  ['report: {published: yesterday}\nindicators: [a.com]\n', ['1:21 "published" is not a date']],
  [
    'expires: 2027-02-29\nindicators: [{name: a.com, expires: 2028-02-29}, {name: b.com, expires: 2027-01-01T99:00Z}]\n',
    [
      '1:10 "expires" is not a date; there is no 2027-02-29, the month ends with 2027-02-28',
      '2:73 "expires" is not a date',
    ],
  ],
  ['indicators:\n  - {note: x}\n', ['2:5 an entry without a key "name"']],
  ['indicators:\n  - &x a.com\n  - *x\n', ['3:5 an entry is a name']],
  ['indicators:\n  - [a.com]\n', ['2:5 an entry is a name']],
  ['indicators: a.com\n', ['1:13 "indicators" is not a list']],
  ['indicators:\n', []],
  ['indicators:\n  - {name: a.com, subdomains: maybe}\n', ['2:31 "subdomains" is true, false or only']],
];

t.test('a mistake is told with its place, and the rest is read', async (t) => {
  for (const [yaml, expected] of PROBLEMS) {
    const { problems } = readIndicators(yaml);
    t.equal(problems.length, expected.length, yaml);
    problems.forEach(({ line, column, message }, index) => {
      t.ok(`${line}:${column} ${message}`.startsWith(expected[index] ?? '?'), `${line}:${column} ${message}`);
    });
  }
  t.same((await readText('indicators:\n  - {name: a.com, confidnce: x}\n', 'indicators')).entries, [
    'a.com subtree',
  ]);
});

t.test('what is no indicator list is refused with the place where it stops being one', async (t) => {
  const refused = [
    '',
    'a.com\nb.com\n',
    'indicators: [a.com\n',
    'name: x\n',
    '- a.com\n',
    `indicators: ${'['.repeat(5000)}`,
  ];
  for (const yaml of refused)
    t.throws(() => readIndicators(yaml), { code: 'LIST_NOT_FORMAT' }, yaml.slice(0, 40));
  t.throws(() => readIndicators('indicators:\n  - a: b: c\n'), { message: /line 2, column/ });
  t.throws(() => readIndicators(`#${'x'.repeat(9_000_000)}`), { code: 'LIST_TOO_BIG' });
});

t.test('aliases are not followed: no text grows', async (t) => {
  const bomb = `a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nindicators:\n${'  - *c\n'.repeat(100)}`;
  const { list, problems } = readIndicators(bomb);
  t.equal(list.entries.length, 0);
  t.equal(problems.length, 103);
});

t.test('numbers and words of YAML are names when they stand for names', async (t) => {
  const { list } = readIndicators('indicators:\n  - no\n  - 123\n  - "1.5"\n  - null\n');
  t.same(
    list.entries.map(({ name }) => name),
    ['no', '123', '1.5', 'null'],
  );
});

t.test('names nobody may list are skipped with their reason', async (t) => {
  const { skipped } = await readText('indicators:\n  - com\n  - "."\n  - 192.0.2.1\n  - a b\n', 'indicators');
  t.same(skipped.sort(), ['2 public-suffix', '3 root', '5 not-a-name']);
});

t.test('a list without a title is known by its address, file or name', async (t) => {
  const { list } = readIndicators('name: mine\nindicators: [a.com]\n');
  t.equal(indicatorOf(list, {}).source, 'mine');
});

const line = fc
  .string({ minLength: 1, maxLength: 30 })
  .map((text) => text.replaceAll(/[\p{C}\p{Z}]+/gu, ' ').trim() || 'x');
const said = fc.record(
  { note: line, confidence: fc.constantFrom('low' as const, 'high' as const) },
  { requiredKeys: [] },
);

t.test('what is written is what is read', async () => {
  fc.assert(
    fc.property(
      fc.option(line),
      fc.option(line),
      fc.array(fc.record({ name: fc.domain(), isExact: fc.boolean(), said }), { maxLength: 8 }),
      (title, campaign, entries) => {
        const list: IndicatorList = {
          name: 'test',
          title,
          source: 'r.txt',
          url: null,
          published: '2023-03-29',
          campaign,
          confidence: null,
          note: title,
          expires: title === null ? null : '2027-01-31',
          entries: entries.map((entry) => ({ ...entry, line: 0 })),
          addresses: [{ name: '192.0.2.0/24', isExact: false, said: {}, line: 0 }],
        };
        const read = readIndicators(indicatorsText(list));
        deepEqual(read.problems, []);
        const unplaced = (found: readonly IndicatorEntry[]) => found.map((entry) => ({ ...entry, line: 0 }));
        deepEqual(
          { ...read.list, entries: unplaced(read.list.entries), addresses: unplaced(read.list.addresses) },
          list,
        );
      },
    ),
    { numRuns: 200 },
  );
});

t.test('plain items are what the YAML library reads in them, or are left to it', async () => {
  const usual = fc.constantFrom('a', 'Evil.com', '0', '1.5', 'true', 'null', '.', '-', '_', '/', ' b');
  const odd = fc.constantFrom(...`' '' " : , + # & * ! | > % @ [ ] { } ? \\ é`.split(' '), ' ', '  ');
  const pieces = fc.oneof({ weight: 6, arbitrary: usual }, { weight: 1, arbitrary: odd });
  const written = fc.array(pieces, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(''));
  const item = fc
    .tuple(written, fc.option(written))
    .map(([name, note]) => (note === null ? [`  - ${name}`] : [`  - name: ${name}`, `    note: ${note}`]));
  const quoted = fc
    .tuple(fc.constantFrom('', "'", '"'), written)
    .map(([quote, text]) => quote + text + quote);
  const flow = fc
    .tuple(quoted, fc.option(quoted), fc.option(quoted), fc.constantFrom(' ', '', '  '))
    .map(([name, note, malware, blank]) => {
      const fields = [
        `name: ${name}`,
        note === null ? [] : `note: ${note}`,
        malware === null ? [] : `malware: ${malware}`,
      ];
      return [`  - {${blank}${fields.flat().join(', ')}${blank}}`];
    });
  let [plain, inOneLine] = [0, 0];
  fc.assert(
    fc.property(fc.array(fc.oneof(item, flow), { minLength: 1, maxLength: 3 }), (items) => {
      const lines = items.flat();
      const found = readPlainItems(lines, 2, () => true);
      if (found === null) return;
      plain += 1;
      if (lines.some((line) => line.includes('{'))) inOneLine += 1;
      const { list, problems } = readIndicators(`indicators:\n${lines.join('\n')}\n`);
      deepEqual([found, problems], [list.entries, []]);
    }),
    { numRuns: 3000 },
  );
  ok(plain > 100, `${plain} were plain`);
  ok(inOneLine > 100, `${inOneLine} had one written in one line`);
});

t.test('addresses among the indicators count; those a report told besides only on request', async (t) => {
  const text =
    'indicators:\n  - evil.example\n  - 192.0.2[.]7\n  - 198.51.100.0/24\naddresses:\n  - 203.0.113.5\n  - 2001:db8[:]:1\n';
  const own = ['evil.example subtree', '192.0.2.7 subtree', '198.51.100.0/24 subtree'];

  const unsaid = await readText(text, 'auto');
  t.same(unsaid.entries, own);
  t.same(unsaid.skipped, ['6 address', '7 address']);
  t.same((await readText(text, 'auto', { addresses: true })).entries, [
    ...own,
    '203.0.113.5 subtree',
    '2001:db8::1 subtree',
  ]);
  t.same((await readText(text, 'auto', { addresses: false })).entries, ['evil.example subtree']);
});

t.test('a list of thousands of entries is read in pieces, each entry with its line', async (t) => {
  const count = 6000;
  const items = Array.from({ length: count }, (_, i) =>
    i % 3 === 0
      ? `  - n${i}.example`
      : i % 3 === 1
        ? `  - { name: n${i}.example, note: "a - b" }`
        : `  - name: n${i}.example\n    note: |\n      - text`,
  );
  const text = `name: long\ncampaign: C\nindicators:\n${items.join('\n')}\naddresses:\n  - 192.0.2.1\n  - 192.0.2.2\nconfidence: high\n`;
  const { list, problems } = readIndicators(text);
  t.same(problems, []);
  t.equal(list.campaign, 'C');
  t.equal(list.confidence, 'high', 'what stands behind the entries counts');
  t.equal(list.entries.length, count);
  const lines = text.split('\n');
  t.ok(
    list.entries.every(({ name, line }) => lines[line - 1]?.includes(name)),
    'the lines are right',
  );
  t.same(
    list.addresses.map(({ name }) => name),
    ['192.0.2.1', '192.0.2.2'],
  );
  t.match(list.entries[5], { name: 'n5.example', said: { note: '- text\n' } });
});

t.test('a mistake far down has its own line; brackets upon brackets are refused at once', async (t) => {
  const text = `indicators:\n${'  - a.example\n'.repeat(20_000)}  - { nam: b.example }\n`;
  const { problems } = readIndicators(text);
  t.match(problems, [{ line: 20_002 }, { line: 20_002 }]);
  t.throws(() => readIndicators(`indicators: ${'['.repeat(2_000_000)}`), { code: 'LIST_NOT_FORMAT' });
});

t.test('a text that comes an octet at a time is the text that comes at once', async (t) => {
  const text = Buffer.from(
    '\ufeffcampaign: Überfall €\nindicators:\n  - bücher.example\n  - { name: a.example, note: "é😀" }\n',
  );
  const torn = Buffer.concat([text, Buffer.from([0x23, 0xe2, 0x82])]);
  const atOnce = await readText(torn, 'indicators');
  t.strictSame(await readText(torn, 'indicators', { chunk: 1 }), atOnce);
  t.match(atOnce.entries, [/^xn--bcher-kva.example/, /^a.example/]);
});

t.test(
  'items in braces are read however many they are; what the YAML library has to read is refused in a sentence beyond 8 MiB',
  (t) => {
    const list = (count: number, item: (i: number) => string): string =>
      `indicators:\n${Array.from({ length: count }, (_, i) => item(i)).join('\n')}\n`;
    const inBraces = (i: number): string => `  - { name: n${i}.example, note: "${'x'.repeat(900)}" }`;
    t.equal(readIndicators(list(10_000, inBraces)).list.entries.length, 10_000);
    const escaped = (i: number): string => `  - { name: n${i}.example, note: "${'\\t'.repeat(450)}" }`;
    t.throws(() => readIndicators(list(10_000, escaped)), {
      code: 'LIST_TOO_BIG',
      message: /8388608 characters of YAML/,
    });
    t.end();
  },
);

t.test('a long list is read in pieces, and its lines are numbered as they stand', async (t) => {
  const items = (name: string, count: number): string =>
    Array.from({ length: count }, (_, i) => `  - ${name}${i}.example`).join('\n');
  const text = [
    'name: long',
    'addresses: # first',
    '  # what is named besides',
    '  - 192.0.2.1',
    '  - 192.0.2.2',
    'indicators:',
    '',
    items('n', 6000),
    '# between',
    'confidence: surely',
    'entries:\r',
    items('m', 3000),
    '  - { name: last.example, note: [odd] }',
    'odd: key',
  ].join('\n');
  const { list, problems } = readIndicators(text);
  t.match(list, { name: 'long', addresses: [{ name: '192.0.2.1', line: 4 }, { line: 5 }] });
  t.equal(list.entries.length, 9001);
  t.match(
    [list.entries[0], list.entries[5999], list.entries[6000]],
    [
      { name: 'n0.example', line: 8 },
      { name: 'n5999.example', line: 6007 },
      { name: 'm0.example', line: 6011 },
    ],
  );
  t.match(problems, [
    { line: 9012, column: 1, message: /unknown key "odd"/ },
    { line: 6009, column: 13, message: /confidence/ },
    { line: 9011, message: /"note" is not a text/ },
  ]);
  const { entries } = await readText(Buffer.from(text), 'indicators');
  t.equal(entries.length, 9001, 'as a list, too');
});
