// An import is written whole or not at all, and keeps what people wrote into the file.
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { parse, parseDocument } from 'yaml';
import { readIndicators } from '../../../src/lists/formats/indicators/indicators.ts';
import { indicatorsText } from '../../../src/lists/import/indicators-text.ts';
import { checkSlug, listOf, slugOf, type WriteOutcome, writeList } from '../../../src/lists/import/write.ts';
import { importText } from '../../support/lists-report.ts';

function write(folder: string, text: string, mayDrop = false): WriteOutcome {
  return writeList({
    folder,
    slug: 'test',
    list: listOf('test', importText(text, {}, 'report.txt')),
    mayDrop,
  });
}
const read = (folder: string): string => readFileSync(join(folder, 'test.yaml'), 'utf8');

t.test('a new list is written with its provenance, and once only', async (t) => {
  const folder = join(t.testdir(), 'made', 'for', 'it');
  t.match(write(folder, 'a[.]com b[.]org'), { kind: 'written', gained: ['a.com', 'b.org'], lost: [] });
  t.match(readIndicators(read(folder)).list, {
    name: 'test',
    source: 'report.txt',
    entries: [{ name: 'a.com' }, { name: 'b.org' }],
  });
  t.match(write(folder, 'a[.]com b[.]org'), { kind: 'unchanged' });
  t.same(readdirSync(folder), ['test.yaml'], 'no temporary file stays');
});

t.test('names are added, notes and comments stay', async (t) => {
  const folder = t.testdir();
  write(folder, 'a[.]com b[.]org');
  const edited = `${read(folder).replace('  - a.com', '  # seen in our logs\n  - name: a[.]com\n    note: mine')}confidence: low\n`;
  writeFileSync(join(folder, 'test.yaml'), edited);
  t.match(write(folder, 'b[.]org a[.]com c[.]net'), { kind: 'written', gained: ['c.net'], lost: [] });
  t.match(read(folder), /# seen in our logs/);
  t.match(readIndicators(read(folder)).list, {
    confidence: 'low',
    entries: [{ name: 'a[.]com', said: { note: 'mine' } }, { name: 'b.org' }, { name: 'c.net' }],
  });
});

t.test('a long list grows by text, and keeps every line that it has', async (t) => {
  const folder = t.testdir();
  const path = join(folder, 'test.yaml');
  const items = Array.from({ length: 6000 }, (_, i) =>
    i % 2 === 0
      ? `  - n${i}.example\n`
      : `  # seen by us\n  - name: n${i}.example\n    note: 'it''s a "loader": yes'\n`,
  );
  const before = `name: test\nindicators:\n${items.join('')}\n# told besides\naddresses:\n  - 192.0.2.1\n`;
  writeFileSync(path, before);
  const list = listOf(
    'test',
    importText('one[.]top two[.]top and n1[.]example at 198.51.100[.]7', {}, 'report.txt'),
  );
  const outcome = writeList({ folder, slug: 'test', list, mayDrop: false, grows: true });
  t.match(outcome, { kind: 'written', gained: ['one.top', 'two.top'], lost: [], renewed: [] });
  const after = read(folder);
  t.ok(after.includes(items.join('')), 'nothing of it was written anew');
  const { list: now, problems } = readIndicators(after);
  t.same(problems, []);
  t.same(now.entries.map(({ name }) => name).slice(-3), ['n5999.example', 'one.top', 'two.top']);
  t.same(
    now.addresses.map(({ name }) => name),
    ['192.0.2.1', '198.51.100.7'],
  );
  t.match([now.source, after], ['report.txt', /# told besides\naddresses:/]);
  t.match(writeList({ folder, slug: 'test', list, mayDrop: false, grows: true }), { kind: 'unchanged' });
});

t.test('a name that is reported for longer is renewed; an end that somebody set stays', async (t) => {
  const folder = t.testdir({
    'test.yaml':
      'indicators:\n  - { name: a.com, expires: 2026-01-31 }\n  - { name: b.com, expires: 2026-01-31 }\n  - { name: c.com, expires: 2027-01-31 }\n',
  });
  const csv = 'type,value,valid_until\ndomain,a.com,2099-05-01\ndomain,b.com,2026-01-01\ndomain,c.com,\n';
  t.match(write(folder, csv), { kind: 'written', gained: [], renewed: ['a.com'] });
  t.match(
    readIndicators(read(folder)).list.entries.map(({ name, said }) => [name, said.expires]),
    [
      ['a.com', '2099-05-01'],
      ['b.com', '2026-01-31'],
      ['c.com', '2027-01-31'],
    ],
  );
  const anew =
    'type,value,first_seen\ndomain,a.com,2026-02-01\ndomain,b.com,2026-01-01\ndomain,c.com,2028-02-01\n';
  t.match(write(folder, anew), { renewed: ['c.com'] });
  t.match(readIndicators(read(folder)).list.entries[2]?.said.expires, undefined);
});

t.test('a name is dropped with consent only', async (t) => {
  const folder = t.testdir();
  write(folder, 'a[.]com b[.]org');
  const before = read(folder);
  t.match(write(folder, 'a[.]com'), { kind: 'refused', lost: ['b.org'] });
  t.equal(read(folder), before);
  t.match(write(folder, 'a[.]com', true), { kind: 'written', lost: ['b.org'] });
  t.same(
    readIndicators(read(folder)).list.entries.map(({ name }) => name),
    ['a.com'],
  );
});

t.test('a file that is no list, or a folder in its place, is an error that says what to do', async (t) => {
  const folder = t.testdir({ 'test.yaml': 'something: else\n' });
  t.throws(() => write(folder, 'a[.]com', true), {
    code: 'REPORT_WRITE',
    message: /no indicator list .*--name/,
  });
  t.equal(read(folder), 'something: else\n');
  const other = t.testdir({ 'test.yaml': {} });
  t.throws(() => write(other, 'a[.]com'), { code: 'REPORT_WRITE' });
});

t.test('a link in the place of the file is replaced, not followed', async (t) => {
  const folder = t.testdir({ lists: {} });
  const target = join(folder, 'target.yaml');
  mkdirSync(join(folder, 'lists'), { recursive: true });
  writeFileSync(target, 'indicators: []\n');
  symlinkSync(target, join(folder, 'lists', 'test.yaml'));
  write(join(folder, 'lists'), 'a[.]com');
  t.equal(readFileSync(target, 'utf8'), 'indicators: []\n');
});

t.test('only a plain file name is a name for a list', async (t) => {
  for (const slug of [
    '',
    '.',
    '..',
    '../x',
    'a/b',
    'a\\b',
    '.hidden',
    'a b',
    'a\0',
    'ü',
    '-x',
    'a..b',
    'x'.repeat(80),
  ])
    t.throws(() => checkSlug(slug), { code: 'REPORT_NAME' }, JSON.stringify(slug));
  for (const slug of ['3cx-2023', 'a', 'A_b.c']) checkSlug(slug);
  t.equal(slugOf('/tmp/3CX IoCs 2023-03.csv'), '3cx-iocs-2023-03');
  t.equal(slugOf('https://blog.example.org/2023/some-title/?utm=1'), 'utm-1');
  t.equal(slugOf('///'), null);
});

t.test("a stranger's text cannot break out of its line", async (t) => {
  const folder = t.testdir();
  const result = importText(
    'a[.]com',
    { title: 'x\nindicators:\n  - com\u001b[31m: "', campaign: '- # {' },
    'r.txt',
  );
  writeList({ folder, slug: 'test', list: listOf('test', result), mayDrop: false });
  const { list, problems } = readIndicators(read(folder));
  t.same(problems, []);
  t.match(list, { campaign: '- # {', entries: [{ name: 'a.com' }] });
  t.equal(list.entries.length, 1);
  t.notOk(read(folder).includes('\u001b'));
});

t.test('addresses of a report are kept under the names, explained, added and never dropped', async (t) => {
  const folder = t.testdir();
  const report =
    'a[.]com talks to 192.0.2[.]7, hxxp://198.51.100[.]9:8080/x and 192.0.2[.]7 again; version 1.2.3.4';
  t.match(write(folder, report), { kind: 'written', gained: ['a.com'] });
  t.same(
    readIndicators(read(folder)).list.addresses.map(({ name }) => name),
    ['192.0.2.7', '198.51.100.9'],
    'what is not defanged is a version',
  );
  t.match(read(folder), /# Addresses the report names\. Others may stand on them too/);
  t.match(write(folder, report), { kind: 'unchanged' });

  write(folder, 'a[.]com 203.0.113[.]5');
  t.same(
    readIndicators(read(folder)).list.addresses.map(({ name }) => name),
    ['192.0.2.7', '198.51.100.9', '203.0.113.5'],
  );
  const edited = read(folder).replace(/\n# Addresses[\s\S]*/, '\n');
  writeFileSync(join(folder, 'test.yaml'), edited);
  write(folder, 'a[.]com 203.0.113[.]5');
  t.same(
    readIndicators(read(folder)).list.addresses.map(({ name }) => name),
    ['203.0.113.5'],
    'a section somebody took out comes back with what the report says',
  );
});

t.test('every text of an entry is written as YAML writes it, and read back as it was', async (t) => {
  const notes =
    "true Null yes no ~ - -x 12 1.5 1e5 0x1f .inf 2026-01-01 2026-01-01T00:00:00Z x: a,b a/b [a {a it's = << a. a- a, Ab_c a[.]b C2(x) https://a.b/?c=d&e a%20b a:b a: :a a@b a|b a>b a*b a!b a$^~b a; a) 12:30 y:1 x n Кампания 行动 é 😀a"
      .split(' ')
      .concat('a b', 'a  b', 'a: b', 'a #b', '"a"', `${'long '.repeat(12)}e`, `${'long '.repeat(40)}e`);
  const names = [
    'a.example',
    '1.e5',
    '1e5.example',
    '12.34',
    'a.b',
    '0x1.ab',
    `${'a'.repeat(63)}.a12345.example`,
  ];
  const entry = (name: string, note: string | null) => ({
    name,
    isExact: false,
    said: note === null ? {} : { note, tlp: null },
    line: 0,
  });
  const entries = [
    ...notes.map((note, i) => entry(`h${i}.example`, note)),
    ...names.map((name) => entry(name, null)),
  ];
  const addresses = ['192.0.2.1', '2001:db8::/32'].map((address) => entry(address, null));
  const text = indicatorsText({ ...listOf('test', importText('', {}, 'report.txt')), entries, addresses });
  t.same(parse(text).indicators, [...notes.map((note, i) => ({ name: `h${i}.example`, note })), ...names]);
  t.same(parse(text).addresses, ['192.0.2.1', '2001:db8::/32']);
  t.equal(parseDocument(text).toString({ lineWidth: 100, singleQuote: true }), text);
});

t.test('so is a name alone, and the names below one', async (t) => {
  const scopes = ['subtree', 'exact', 'below'];
  const entries = scopes.flatMap((scope) =>
    [{}, { campaign: 'C2 of [x]: y' }, { campaign: 'a (b)' }].map((said, i) => ({
      name: `${scope}${i}.example`,
      isExact: scope === 'exact',
      isBelow: scope === 'below',
      said,
      line: 0,
    })),
  );
  const text = indicatorsText({ ...listOf('test', importText('', {}, 'report.txt')), entries });
  t.match(parse(text).indicators[3], { name: 'exact0.example', subdomains: 'false' });
  t.match(parse(text).indicators[6], { name: 'below0.example', subdomains: 'only' });
  t.equal(parseDocument(text).toString({ lineWidth: 100, singleQuote: true }), text);
  t.match(
    readIndicators(text).list.entries.map(({ isExact, isBelow }) => [isExact, isBelow === true]),
    entries.map(({ isExact, isBelow }) => [isExact, isBelow]),
  );
});
