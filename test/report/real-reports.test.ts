// Real reports of the 3CX campaign beside the repository: counted name by name. Skipped where they are not.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { readIndicators } from '../../src/lists/formats/indicators/indicators.ts';
import { type ImportResult, importReport } from '../../src/report/import.ts';
import { NOW } from '../support/lists-report.ts';

const folder = join(import.meta.dirname, '../../../shared/data/reports');
const options = existsSync(folder) ? {} : { skip: 'no ../shared/data/reports here' };

function read(file: string): ImportResult {
  const path = join(folder, file);
  return importReport({
    bytes: readFileSync(path),
    sourceName: path,
    now: NOW,
    options: { name: '3cx-2023' },
  });
}

const names = (result: ImportResult): string[] => result.taken.map(({ name }) => name).sort();
const committed = readIndicators(
  readFileSync(join(import.meta.dirname, '../../blocklists/3cx-2023.yaml'), 'utf8'),
);

t.test('the committed list holds 21 names, the doubtful one with its doubt', async (t) => {
  t.same(committed.problems, []);
  t.equal(committed.list.entries.length, 21);
  t.match(committed.list, { name: '3cx-2023', campaign: '3CX', published: '2023-03-29', confidence: 'high' });
  const doubtful = committed.list.entries.find(({ name }) => name === 'sourcelabs.com');
  t.match(doubtful?.said, { confidence: 'low', note: /sourceslabs\.com/ });
  t.notOk(committed.list.entries.some(({ name }) => name === 'sourceslabs.com'));
});

t.test('the article gives exactly the names of the committed list', options, async (t) => {
  const article = read('3cx-2023-bleepingcomputer-id.txt');
  t.same(names(article), committed.list.entries.map(({ name }) => name).sort());
  t.match(article.provenance, { campaign: '3CX', published: null });
  t.same(article.provenance.datesMentioned, ['2023-03-03'], 'the day of the signature');
});

t.test("Sophos's table gives its 21 names and leaves GitHub alone", options, async (t) => {
  const sophos = read('3cx-2023-sophos.csv');
  t.equal(sophos.taken.length, 21);
  t.ok(names(sophos).includes('sourceslabs.com'));
  t.notOk(names(sophos).some((name) => name.includes('github') || name.includes('sophos')));
  t.ok(
    sophos.leftOut.some(
      ({ name, reason }) => name === 'raw.githubusercontent.com' && reason === 'shared-host',
    ),
  );
  t.match(sophos.provenance, { published: '2023-03-29', campaign: '3CX' });
});

t.test("Volexity's table gives its hostnames and no e-mail provider", options, async (t) => {
  const text = readFileSync(join(folder, '3cx-2023-volexity.csv'), 'utf8');
  const hostnames = text
    .split('\n')
    .filter((line) => line.includes(',hostname,'))
    .map((line) => line.split(',')[0]);
  const volexity = read('3cx-2023-volexity.csv');
  t.same(names(volexity), hostnames.sort());
  t.same([...new Set(volexity.leftOut.map(({ reason }) => reason))].sort(), ['email', 'type']);
});
