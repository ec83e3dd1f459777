// Whole reports of every kind: what is taken from each, what is left out, what it says of itself.
import t from 'tap';
import { importFixture } from '../support/lists-report.ts';

const names = (file: string): string[] => importFixture(file).taken.map(({ name }) => name);
const left = (file: string): string[] =>
  importFixture(file).leftOut.map(({ text, reason }) => `${text} ${reason}`);

const SEVEN = [
  'kabarawan.com',
  'penyimpananrapat.net',
  'pembaruansuara.org',
  'awan-data77.com',
  'cdn.suarakita-statis.co.id',
  'rapatdaring.wiki',
  'unduhan-rapat.com',
];

t.test('an article with names set off by pipes', async (t) => {
  t.same(names('article-id.txt'), SEVEN);
  t.same(left('article-id.txt'), [
    'www.lentera-labs.com plain',
    'https://blog.lentera-labs.com plain',
    'pers@lentera-labs.com email',
    'SuarakitaDesktop[.]exe file',
    'libsuara[.]dylib file',
    '192.0.2[.]10 address',
    '4.11[.]208 not-a-name',
    'raw.githubusercontent[.]com shared-host',
  ]);
  const { kind, provenance } = importFixture('article-id.txt', { name: 'suarakita-2024' });
  t.equal(kind, 'text');
  t.match(provenance, { source: 'article-id.txt', campaign: 'Suarakita', published: null, confidence: null });
  t.same(
    provenance.datesMentioned,
    ['2024-02-05'],
    'the day a file was signed is not the day of publication',
  );
});

t.test('a web page with entities and tags inside names', async (t) => {
  t.same(names('article-de.html'), [
    'kabarawan.com',
    'penyimpananrapat.net',
    'pembaruansuara.org',
    'awan-data77.com',
    'xn--bcherwurm-update-jzb.de',
    'cdn.suarakita-statis.co.id',
    'rapatdaring.wiki',
    'unduhan-rapat.com',
  ]);
  t.same(left('article-de.html'), ['https://www.heise.de plain', 'presse&#64;lentera-labs.com email']);
  t.match(importFixture('article-de.html'), {
    kind: 'html',
    provenance: {
      title: 'Suarakita: Trojaner im Update – Lentera Labs',
      url: 'https://blog.lentera-labs.com/de/suarakita/',
      published: '2024-02-22',
    },
  });
});

t.test("a PDF's text with names broken over lines", async (t) => {
  t.same(names('pdf-text.txt'), [
    'kabarawan.com',
    'penyimpananrapat.net',
    'pembaruansuara.org',
    'awan-data77.com',
    'cdn.suarakita-statis.co.id',
    'rapatdaring.wiki',
    'office-unduhan.com',
  ]);
  t.same(left('pdf-text.txt'), [
    'suarakita.com plain',
    'soc@lentera-labs.com email',
    'line[.]com unsure',
    'SuarakitaDesktop[.]exe file',
  ]);
  t.equal(importFixture('pdf-text.txt').provenance.published, '2024-02-22');
});

t.test("a vendor's table with a type column", async (t) => {
  t.same(names('indicators.csv'), ['kabarawan.com', 'penyimpananrapat.net', 'pembaruansuara.org']);
  t.same(
    importFixture('indicators.csv').leftOut.map(({ reason, line }) => `${line} ${reason}`),
    ['2 reference', '6 shared-host', '7 email', '8 type', '8 plain', '9 address', '10 type'],
  );
  t.match(importFixture('indicators.csv').provenance, {
    title: 'Indicators of the Suarakita compromise',
    url: 'https://blog.lentera-labs.com/2024/02/22/suarakita/',
    published: '2024-02-22',
  });
});

t.test('a feed whose header is a comment', async (t) => {
  const { kind, taken, leftOut } = importFixture('feed.csv');
  t.equal(kind, 'csv');
  t.match(taken, [
    {
      name: 'kabarawan.com',
      line: 6,
      said: { confidence: 'high', firstPublished: '2024-02-20', malware: 'SuaraRAT' },
    },
    { name: 'rapatdaring.wiki', line: 8, said: { confidence: 'low', firstPublished: '2024-02-21' } },
  ]);
  t.same(
    leftOut.map(({ reason }) => reason),
    ['address'],
  );
});

t.test('a STIX bundle', async (t) => {
  const { kind, taken, leftOut, provenance } = importFixture('bundle.json');
  t.equal(kind, 'stix');
  t.same(
    taken.map(({ name, line }) => `${line} ${name}`),
    ['22 kabarawan.com', '22 penyimpananrapat.net', '22 pembaruansuara.org', '30 rapatdaring.wiki'],
  );
  t.same(taken[0]?.said, { confidence: 'high', firstPublished: '2024-02-20' });
  t.same(
    leftOut.map(({ text, reason }) => `${text.slice(0, 18)} ${reason}`),
    [
      '9f86d081884c7d659a type',
      'withdrawn-name.com revoked',
      'harmless-name.com benign',
      'a rule type',
      'awan-data77.com observable',
    ],
  );
  t.match(provenance, {
    title: /^Suarakita supply/,
    published: '2024-02-22',
    campaign: 'Suarakita',
    confidence: 'high',
  });
});

t.test('a MISP event', async (t) => {
  const { kind, taken, leftOut, provenance } = importFixture('event.json');
  t.equal(kind, 'misp');
  t.same(
    taken.map(({ name }) => name),
    ['kabarawan.com', 'penyimpananrapat.net', 'rapatdaring.wiki', 'cdn.suarakita-statis.co.id'],
  );
  t.same(taken[0]?.said, { note: 'C2' });
  t.same(
    leftOut.map(({ reason }) => reason),
    ['benign', 'type', 'email', 'reference', 'revoked', 'address'],
  );
  t.match(provenance, { title: /^Suarakita/, published: '2024-02-22', campaign: 'Burung Hantu' });
});

t.test('what a MISP event never flags for detection is taken on request', async (t) => {
  const { taken } = importFixture('event.json', { takeUnflagged: true });
  t.ok(taken.some(({ name }) => name === 'www.lentera-labs.com'));
});
