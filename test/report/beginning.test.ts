import t from 'tap';
import { importReport } from '../../src/report/import.ts';
import { NOW } from '../support/lists-report.ts';

const many = (count: number, each: (number: number) => string): string =>
  Array.from({ length: count }, (_, number) => each(number)).join('');
const read = (text: string): ReturnType<typeof importReport> =>
  importReport({ text, sourceName: 'notes.txt', now: NOW });

// A link to an article among the values leaves it open whether it is a list.
const OPEN = 'report.docx\n- evil.com\n## Wave 1\n';

t.test('a long list of values that says not all by itself is read to its end', (t) => {
  const { taken } = read(`${OPEN}${many(30_000, (n) => `evil-host-number-${n}.com\n`)}`);
  t.equal(taken.length, 30_001);
  t.equal(taken.at(-1)!.name, 'evil-host-number-29999.com');
  t.equal(taken.at(-1)!.line, 30_003);
  t.end();
});

t.test('a long text with parts is read by them to its end', (t) => {
  const text = `${many(20_000, (n) => `The loader asks evil-host-number-${n}[.]com in its turn.\n`)}\nplain.com\n`;
  const { taken } = read(text);
  t.equal(taken.length, 20_000);
  t.equal(taken.at(-1)!.name, 'evil-host-number-19999.com');
  t.end();
});

t.test(
  'a list that begins with half a megabyte of hashes, or of defanged names alone, is read to its end',
  (t) => {
    const names = many(20_000, (n) => `evil-host-number-${n}.com\n`);
    const hashes = many(9000, (n) => `${n.toString(16).padStart(64, '0')}\n`);
    t.equal(read(`report.docx\n${hashes}${names}`).taken.length, 20_000);
    const defanged = many(20_000, (n) => `other-host-number-${n}[.]com\n`);
    t.equal(read(`report.docx\n${defanged}${names}`).taken.length, 40_000);
    t.end();
  },
);
