// When a report was published, what it is called and whom it is about.
import t from 'tap';
import { aboutText } from '../../src/report/provenance/about-text.ts';
import { findDates } from '../../src/report/provenance/dates.ts';
import { importText, NOW } from '../support/lists-report.ts';

const DATES = [
  '2023-03-29',
  '2023/3/29',
  'March 29, 2023',
  'Mar. 29th, 2023',
  '29 March 2023',
  '29th of March 2023',
  '29 Maret 2023',
  '29. März 2023',
  '29 mars 2023',
  '29 de marzo de 2023',
  '29 de março de 2023',
  '29 marzo 2023',
  '29 maart 2023',
  '29 marca 2023',
  '29 марта 2023 г.',
  '29 березня 2023',
  '29 Mart 2023',
  '29 mars 2023',
  '29. března 2023',
  '29 martie 2023',
  '2023年3月29日',
  '2023년 3월 29일',
  'ngày 29 tháng 3 năm 2023',
  '29.03.2023',
  '29/03/2023',
  '03/29/2023',
  '29 maaliskuuta 2023',
];

t.test('a full date is read in many languages', async (t) => {
  for (const written of DATES)
    t.same(
      findDates(`x ${written} y`).map(({ date }) => date),
      ['2023-03-29'],
      written,
    );
});

t.test('what is no full date, no such day or may be two days is none', async (t) => {
  for (const written of [
    '22 Maret',
    '29 Foo 2023',
    '31 April 2023',
    '2023-02-30',
    '03/04/2023',
    '1.2.3.2023',
    '18.12.416',
  ])
    t.same(findDates(written), [], written);
});

const PUBLISHED: readonly (readonly [text: string, date: string | null])[] = [
  [
    'Title of a report\n\nBy Ann Alpha and Bob Beta | Published 28 November 2026 | The Paper of a Town (paper.example) | Security\n\nOn 14 November 2026 it began.',
    '2026-11-28',
  ],
  [
    'Title of a report\n\nAnn Alpha · Updated 30 November 2026 · Published: November 28, 2026 · 12 minutes of reading time\n\nText.',
    '2026-11-28',
  ],
  [
    'Title of a report\n\nIt says: the file was signed on the day when it was sent - published 28 November 2026 was another.',
    null,
  ],
  ['Title of a report\nPublished: 29 March 2023\nText.', '2023-03-29'],
  ['Judul\nDiterbitkan 29 Maret 2023\n', '2023-03-29'],
  ['Titel\nVeröffentlicht am 29. März 2023 von A. Autor\n', '2023-03-29'],
  ['タイトル\n公開日：2023年3月29日\n', '2023-03-29'],
  ['标题\n发布时间：2023-03-29 10:00\n', '2023-03-29'],
  ['Заголовок\nОпубликовано: 29 марта 2023\n', '2023-03-29'],
  ['Title\nBy A. Writer | March 29, 2023\nText', '2023-03-29'],
  ['Title\nMarch 29, 2023 · 5 min read\nText', '2023-03-29'],
  [
    'The sample was signed on 3 March 2023, three weeks ago, with a certificate that is still valid today.',
    null,
  ],
  ['Title\n| evil[.]com | C2 | 2023-03-29\n', null],
  [
    'Title\nUpdated customers since 29 March 2023 about what happened to their installations in the field.\n',
    null,
  ],
];

t.test('the day of publication is a labelled date or a byline, not a date in a sentence', async (t) => {
  for (const [text, date] of PUBLISHED) t.equal(aboutText(text, null).published, date, text);
});

t.test('a date in the address counts, one in the future does not, the caller wins', async (t) => {
  const at = (source: string | null, text = 'evil[.]com', published?: string): string | null =>
    importText(text, published === undefined ? {} : { published }, source).provenance.published;
  t.equal(at('https://blog.example.org/2023/03/29/title/'), '2023-03-29');
  t.equal(at('reports/2023-03-29-title.txt'), '2023-03-29');
  t.equal(at(null, 'Published: 2031-01-01\nevil[.]com'), null);
  t.equal(at('https://blog.example.org/2023/03/29/', 'Published: 2023-04-01\nevil[.]com'), '2023-04-01');
  t.equal(at('https://blog.example.org/2023/03/29/', 'Published: 2023-04-01\n', '2023-03-22'), '2023-03-22');
  t.ok(NOW > 0);
});

t.test(
  'the campaign is named by the text, or by the word of the file name that the text keeps using',
  async (t) => {
    const campaign = (text: string, name: string | null): string | null =>
      aboutText(text, name).campaign ?? null;
    t.equal(campaign('Operation Dream Job, also …', null), 'Operation Dream Job');
    t.equal(campaign('3CX did. The 3CX app of 3CX is used.', '3cx-2023-report'), '3CX');
    t.equal(
      campaign('Raspberry Robin; Raspberry Robin; Raspberry Robin', 'worm-raspberry-robin'),
      'Raspberry Robin',
    );
    t.equal(
      campaign('Malware and Ransomware: Malware, Ransomware, Malware, Ransomware', 'malware-ransomware'),
      null,
    );
    t.equal(campaign('nothing is said', '3cx'), null);
    t.equal(campaign('Lab — Operation Loud Heron\nPublished 2026-11-20', null), 'Operation Loud Heron');
    const full = 'In the last week of the month we have found a group, Operation Loud\nHeron, …';
    t.equal(campaign(full, null), 'Operation Loud Heron', 'a line that was full and broken');
  },
);

t.test('the source is a file name or a URL without secrets', async (t) => {
  t.equal(importText('', {}, '/home/somebody/reports/a.txt').provenance.source, 'a.txt');
  t.equal(importText('', {}, 'https://user:secret@example.org/r').provenance.source, 'https://example.org/r');
  t.equal(importText('', {}, null).provenance.source, null);
});
