// What a person reads after an import.
import t from 'tap';
import { safe, summarize } from '../../src/report/summary.ts';
import { TakenNames } from '../../src/report/taken-names.ts';
import { gatherText } from '../support/lists-report.ts';

t.test('it says what was taken, what was left out and why, and what the report says of itself', async (t) => {
  const text =
    'The sample was signed on 3 March 2023 and calls evil[.]com.\nwww.news.org, app[.]exe, lib[.]dll\n';
  t.equal(
    summarize(gatherText(text, {}, 'a/report.txt')),
    [
      'report.txt (text): 1 name taken, 3 left out',
      '  published  the report does not say; dates of other events in it: 2023-03-03',
      '',
      'taken',
      '  1:49      evil.com  evil[.]com',
      '',
      'left out, and why',
      '  written plainly, not defanged',
      '    2:1       www.news.org',
      '  a file name, not a domain name',
      '    2:15      app[.]exe',
      '    2:26      lib[.]dll',
      '',
    ].join('\n'),
  );
});

t.test('a reason is said to its end, and text of the report is cut', async (t) => {
  const long = `${'kabar-'.repeat(30)}awan`;
  const result = gatherText(
    ['C2: evil[.]com', '', `The registrar daftar[.]example took it down; ${long}[.]exe`].join('\n'),
  );
  const shown = summarize(result);
  const reason = 'its sentence calls it a registrar, a hoster or another whom anybody asks';
  t.match(shown, new RegExp(`; ${reason}\n {4}3:15 +daftar`));
  t.match(shown, /kabar-kaba…$/m);
});

t.test('long groups are cut where asked', async (t) => {
  const result = gatherText(Array.from({ length: 9 }, (_, index) => `f${index}[.]exe`).join(' '));
  t.match(summarize(result, { linesMax: 2 }), /f1\[\.\]exe\n {4}and 7 more\n$/);
});

t.test('of a hundred and fifty thousand names the first five thousand are shown', async (t) => {
  const names = new TakenNames();
  for (let index = 0; index < 150_000; index += 1)
    names.add(`f${index}.com`, 'f0[.]com', { line: 1, column: 1 }, {}, 'subtree');
  const shown = summarize({ ...gatherText('f0[.]com'), names });
  t.match(shown, /f4999\.com .*\n {2}and 145000 more; --json has them all\n$/);
});

t.test('nothing but printing characters reaches the terminal', async (t) => {
  t.equal(safe('a\u001b[31mb\u202e\u200b\n\u2028c'), 'a\\u{1b}[31mb\\u{202e}\\u{200b}\\u{a}\\u{2028}c');
  t.equal([...safe('x'.repeat(1000))].length, 101);
  const shown = summarize(
    gatherText('ev\u200bil[.]\ncom', { title: '\u001b]0;x\u0007', campaign: '\r\u009b2J' }),
  );
  t.notMatch(shown, /[^\P{C}\n]/u);
});
