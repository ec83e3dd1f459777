import t from 'tap';
import { parseDocument } from 'yaml';
import { plainRecords } from '../../src/report/yaml/records.ts';

const asParsed = (text: string): unknown =>
  parseDocument(text, { schema: 'failsafe', uniqueKeys: false, stringKeys: true }).toJS();

const VALUES = [
  'evil.com',
  'https://evil.com/a?b=c#d',
  'seen at 10:00, by a#b',
  "it's",
  'a"b"',
  'null',
  '2026-11-01',
  '"a: b # c"',
  "'a: b # c'",
  '""',
  '" a "',
  'a é',
  'a, b] }',
  '10:',
];
const NO_PLAIN_VALUES = [
  '&a evil.com',
  '*a',
  '[a, b]',
  '{ a: b }',
  '|',
  '>-',
  'a: b',
  'a # remark',
  'a ',
  'a  b',
  '"a\\nb"',
  "'it''s'",
  '"a',
  '!!str a',
  '- a',
  'a\n    and more',
  '"a" # remark',
  '',
];
const records = (value: string, end: string): string =>
  `- ioc: ${value}${end}  type: domain${end}${end}- type: url${end}  ioc: ${value}${end}  ioc: ${value}${end}`;

t.test('plain records are what the parser makes of them', (t) => {
  for (const value of VALUES)
    for (const end of ['\n', '\r\n']) {
      const text = records(value, end);
      const read = plainRecords(text);
      if (value !== '10:') t.ok(read, value);
      if (read !== null) t.same(read, asParsed(text), value);
      t.same(plainRecords(text.trimEnd()) ?? asParsed(text), asParsed(text), value);
    }
  t.end();
});

t.test('what is more than plain is left to the parser', (t) => {
  for (const value of NO_PLAIN_VALUES) t.equal(plainRecords(records(value, '\n')), null, value);
  for (const text of [
    '',
    'ioc: a\n',
    '  ioc: a\n',
    '---\n- ioc: a\n',
    '- ioc: a\n   type: b\n',
    '- - ioc: a\n',
    '- ioc:a\n',
  ])
    t.equal(plainRecords(text), null, text);
  t.end();
});

t.test('any line of these pieces is read as the parser reads it, or not at all', (t) => {
  const pieces = [
    '- ',
    '  ',
    'a',
    'b: ',
    ': ',
    ':',
    '#',
    ' ',
    '"',
    "'",
    '\\',
    '\n',
    '\r\n',
    'x',
    '1',
    '-',
    '[',
    ',',
    '&',
    '\t',
  ];
  let read = 0;
  for (let seed = 1; seed <= 20_000; seed += 1) {
    let state = seed;
    let text = '- a: ';
    for (let left = 7; left > 0; left -= 1) {
      state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
      text += pieces[(state >>> 8) % pieces.length];
    }
    const plain = plainRecords(text);
    if (plain === null) continue;
    read += 1;
    const parsed = asParsed(text);
    if (JSON.stringify(plain) !== JSON.stringify(parsed)) t.same(plain, parsed, JSON.stringify(text));
  }
  t.ok(read > 100, `${read} of them are plain`);
  t.end();
});
