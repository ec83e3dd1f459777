// Names that everybody uses are held back where somebody else's list would block them, and where an import would.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { Warnings } from '../../../src/lists/entry/warnings.ts';
import { heldText, holdBack } from '../../../src/lists/import/hold-back.ts';
import { readNetwork } from '../../../src/wire/names/network.ts';
import { askerOf, compileText } from '../../support/lists-compile.ts';
import { gatherText } from '../../support/lists-report.ts';

function files(folder: string): string[] {
  mkdirSync(join(folder, 'misp', 'banks'), { recursive: true });
  writeFileSync(
    join(folder, 'misp', 'banks', 'list.json'),
    JSON.stringify({
      name: 'Banks',
      type: 'hostname',
      list: ['bank.example', '.dotted.example', '192.0.2.0/24'],
    }),
  );
  writeFileSync(
    join(folder, 'top.csv'),
    '1,first.example\r\n"2","www.deep.popular.example"\n10000,last.example\n10001,unknown.example\n',
  );
  writeFileSync(join(folder, 'own.txt'), '# ours\nours.example\n\n*.wild.example\nXN--MNCHEN-3YA.example\n');
  return [join(folder, 'top.csv'), join(folder, 'misp'), join(folder, 'own.txt')];
}

t.test('a popularity list, MISP warninglists and names a line say what everybody uses', async (t) => {
  const warnings = new Warnings(files(t.testdir()));
  t.same(warnings.problems, []);
  const held = (name: string, coversBelow = true): string | null =>
    warnings.of(name, coversBelow)?.where.replace(/^number /, '') ?? null;
  const cases: [name: string, where: string | null][] = [
    ['first.example', '1 of top.csv'],
    ['www.first.example', '1 of top.csv'],
    ['a.first.example', null],
    ['popular.example', '2 of top.csv'],
    ['deep.popular.example', '2 of top.csv'],
    ['last.example', '10000 of top.csv'],
    ['unknown.example', null],
    ['bank.example', 'Banks'],
    ['dotted.example', 'Banks'],
    ['ours.example', 'own.txt'],
    ['wild.example', 'own.txt'],
    ['xn--mnchen-3ya.example', 'own.txt'],
    ['debian.org', 'a name that everybody uses'],
    ['example', null],
  ];
  t.same(
    cases.map(([name]) => [name, held(name)]),
    cases,
  );
  t.equal(held('popular.example', false), null, 'that name alone takes nobody with it');
});

t.test('a file that is none, or has no names, is told', async (t) => {
  const folder = t.testdir({
    'parts.json': '{"name":"n","type":"substring","list":["bank.example"]}',
    'bad.json': '{"list":',
  });
  const { problems } = new Warnings(['parts.json', 'bad.json', 'gone.csv'].map((file) => join(folder, file)));
  t.match(problems, [
    /no names or addresses that could be compared .*parts\.json/,
    /not JSON .*bad\.json/,
    /ENOENT .*gone\.csv/,
  ]);
});

t.test(
  'of a list that alerts what everybody uses is held back and counted, but for what its owner takes',
  async (t) => {
    const warnings = files(t.testdir());
    const text =
      'type,value\ndomain,evil.test\ndomain,first.example\ndomain,popular.example\ndomain,bank.example\n';
    const result = await compileText(text, { alert: true, warnings, take: ['bank.example'] });
    const ask = askerOf(result);
    t.same(
      ['evil.test', 'first.example', 'www.deep.popular.example', 'bank.example'].map((name) => ask(name)),
      ['sinkhole', 'none', 'none', 'sinkhole'],
    );
    t.match(result.lists, [{ format: 'csv', entries: 2, skipped: [{ reason: 'held-back', count: 2 }] }]);
    const lines = await compileText('0.0.0.0 first.example\n0.0.0.0 popular.example\n', { warnings });
    t.same(
      ['first.example', 'popular.example'].map((name) => askerOf(lines)(name)),
      ['none', 'sinkhole'],
    );
    const own = await compileText('indicators:\n  - first.example\n', { warnings });
    t.equal(askerOf(own)('first.example'), 'sinkhole', 'what somebody says himself is not asked about');
    t.equal(askerOf(await compileText(text, { warnings: null }))('first.example'), 'sinkhole');
  },
);

t.test(
  'an import holds back what everybody uses, with the reason, and takes what it is told to take',
  async (t) => {
    const warnings = new Warnings(files(t.testdir()));
    const report = gatherText('type,value\ndomain,evil.top\ndomain,popular.example\ndomain,bank.example\n');
    const { names, held } = holdBack(report, warnings, ['bank.example']);
    t.same(
      names.list().map(({ name }) => name),
      ['evil.top', 'bank.example'],
    );
    t.same(held.map(heldText), ['www.deep.popular.example would go with it: number 2 of top.csv']);
  },
);

t.test('addresses that everybody uses, and networks that hold one, are held back', async (t) => {
  const folder = t.testdir({
    'nets.json': '{"name":"Cloud","type":"cidr","list":["198.51.100.0/24","2001:db8:7::/48","203.0.113.5"]}',
    'own.txt': '203.0.113.77\n2001:db8::53\n198.51.100.9\n',
  });
  const warnings = new Warnings([folder]);
  t.same(warnings.problems, []);
  const cases: [network: string, where: string | null][] = [
    ['8.8.8.8', 'a resolver that everybody may use'],
    ['8.8.8.0/24', '8.8.8.8: a resolver that everybody may use'],
    ['2620:fe::fe', 'a resolver that everybody may use'],
    ['198.51.100.0/24', 'Cloud'],
    ['198.51.100.8', null],
    ['198.51.100.128/25', null],
    ['198.51.100.0/25', '198.51.100.9: own.txt'],
    ['198.51.100.8/31', '198.51.100.9: own.txt'],
    ['198.51.0.0/16', '198.51.100.0/24: Cloud'],
    ['203.0.113.4/31', '203.0.113.5: Cloud'],
    ['203.0.113.6/31', null],
    ['203.0.113.77', 'own.txt'],
    ['2001:db8::53', 'own.txt'],
    ['2001:db8::/32', '2001:db8::53: own.txt'],
    ['2001:db8:7::1', null],
    ['192.0.2.1', null],
  ];
  t.same(
    cases.map(([text]) => [text, warnings.ofNetwork(readNetwork(text)!)]),
    cases,
  );
  const text =
    'type,value\nip,8.8.8.8\nip,203.0.113.77\nip,203.0.113.78\nip,198.51.0.0/16\ndomain,evil.test\n';
  const settings = { alert: true, addresses: true, warnings: [folder] };
  const held = await compileText(text, settings);
  t.match(held.lists, [{ entries: 2, skipped: [{ reason: 'held-back', count: 3 }] }]);
  const taken = await compileText(text, { ...settings, take: ['8.8.8.8'] });
  t.match(taken.lists, [{ entries: 3 }]);
});

t.test('an import keeps no address that everybody uses, and none of no machine', async (t) => {
  const text =
    'Indicators of compromise\n8[.]8[.]8[.]8\n203[.]0[.]113[.]78\n127[.]0[.]0[.]1\n0[.]0[.]0[.]0\nevil-c2[.]com\n';
  const none = new Warnings([]);
  const { addresses, leftOut } = holdBack(gatherText(text), none);
  t.same(
    addresses.map(({ address }) => address),
    ['203.0.113.78'],
  );
  t.same(
    leftOut.map(({ text, explanation }) => [
      text,
      explanation.replace(/^an address.?|; .*|: kept under.*/g, ''),
    ]),
    [
      ['8[.]8[.]8[.]8', 'that everybody uses: not kept without --take (a resolver that everybody may use)'],
      ['203[.]0[.]113[.]78', ' not a name'],
      ['127[.]0[.]0[.]1', 'of no machine that others reach: not kept'],
      ['0[.]0[.]0[.]0', 'of no machine that others reach: not kept'],
    ],
  );
  t.match(
    leftOut.map(({ explanation }) => explanation),
    [
      /: not kept without --take \(a resolver that everybody may use\)$/,
      /kept under/,
      /not kept$/,
      /not kept$/,
    ],
  );
  const odd = holdBack(gatherText('type,value\nurl,http://0x7f000001/a\nurl,http://evil-c2.com/\n'), none);
  t.same(
    odd.leftOut.map(({ explanation }) => explanation),
    ['an address of no machine that others reach: not kept; written http://0x7f000001/a'],
  );
  t.same(
    holdBack(gatherText(text), none, ['8[.]8[.]8[.]8']).addresses.map(({ address }) => address),
    ['8.8.8.8', '203.0.113.78'],
  );
});

t.test('what stands beyond the room for warning lists is said, and small files come first', async (t) => {
  const folder = t.testdir({
    'a-big.txt': Array.from({ length: 500 }, (_, n) => `n${n}.big.example\n`).join(''),
    'z-small.txt': 'small.example\n',
  });
  const warnings = new Warnings([folder], 450);
  t.match(warnings.problems, [/more than 450 names and addresses; .*a-big\.txt/]);
  t.equal(warnings.of('small.example', true)?.where, 'z-small.txt');
});

t.test('warning lists that just fit are whole, and are not said to have more', async (t) => {
  const folder = t.testdir({
    'names.txt': 'one.example\ntwo.example\n192.0.2.1\n# end\n\none.example\n',
    'more.json': '{"type":"hostname","list":["three.example","two.example","192.0.2.1"]}',
  });
  const isWhole = (room: number): boolean => new Warnings([folder], room).problems.length === 0;
  let room = 0;
  while (!isWhole(room)) room += 1;
  const just = new Warnings([folder], room);
  for (const name of ['one.example', 'two.example', 'three.example']) t.not(just.of(name, false), null, name);
  t.not(just.ofNetwork(readNetwork('192.0.2.1')!), null);
  const short = new Warnings([folder], room - 1);
  t.match(short.problems, [new RegExp(`more than ${room - 1} names and addresses`)]);
  t.notOk(
    ['one.example', 'two.example', 'three.example'].every((name) => short.of(name, false) !== null) &&
      short.ofNetwork(readNetwork('192.0.2.1')!) !== null,
    'one is left out',
  );
});
