// Names that everybody uses are held back where somebody else's list would block them, and where an import would.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { Warnings } from '../../../src/lists/entry/warnings.ts';
import { heldText, holdBack } from '../../../src/lists/import/hold-back.ts';
import { askerOf, compileText } from '../../support/lists-compile.ts';
import { importText } from '../../support/lists-report.ts';

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
    'nets.json': '{"name":"n","type":"cidr","list":["192.0.2.0/24"]}',
    'bad.json': '{"list":',
  });
  const { problems } = new Warnings(['nets.json', 'bad.json', 'gone.csv'].map((file) => join(folder, file)));
  t.match(problems, [
    /no names that could be compared .*nets\.json/,
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
    const report = importText('type,value\ndomain,evil.top\ndomain,popular.example\ndomain,bank.example\n');
    const { taken, held } = holdBack(report, warnings, ['bank.example']);
    t.same(
      taken.map(({ name }) => name),
      ['evil.top', 'bank.example'],
    );
    t.same(held.map(heldText), ['www.deep.popular.example would go with it: number 2 of top.csv']);
  },
);
