import t from 'tap';
import { importSource } from '../../src/lists/import/import-source.ts';
import { DOCUMENT, ITEM, yamlParts } from '../../src/report/yaml/parts.ts';
import { NOW } from '../support/lists-report.ts';

const many = (count: number, each: (number: number) => string): string =>
  Array.from({ length: count }, (_, number) => each(number)).join('');
const TALK = 'what it does '.repeat(800);

const RULES = many(
  250,
  (n) =>
    `---\ntitle: Rule ${n}\nlogsource: { category: dns }\ndescription: ${TALK}\ndetection:\n  s:\n    query: evil-${n}.com\n  condition: s\nlevel: high\n`,
);
const RECORDS = many(420, (n) => `- ioc: evil-${n}.com\n  type: domain\n  comment: ${TALK}\n`);

t.test('a long document is cut where something begins in it, and nothing of it is lost', (t) => {
  for (const [text, beginning, head] of [
    [RULES, DOCUMENT, '---\n'],
    [RECORDS, ITEM, '- ioc'],
  ] as const) {
    const parts = yamlParts(text, beginning)!;
    t.ok(parts.length > 10);
    t.equal(parts.join(''), text);
    t.ok(parts.every((part) => part.startsWith(head)));
  }
  t.end();
});

t.test('of a megabyte in which nothing begins, and of more than is read, there are no parts', (t) => {
  t.same(yamlParts('a: 1\n', ITEM), ['a: 1\n']);
  t.equal(yamlParts(`- a: ${'x'.repeat(4_200_000)}`, ITEM), null);
  t.equal(yamlParts('- a\n'.repeat(4_200_000), ITEM), null);
  t.end();
});

t.test('a file of many Sigma rules, and a long list of records, are read to their end', async (t) => {
  for (const [text, kind, count, lines] of [
    [RULES, 'sigma', 250, 9],
    [RECORDS, 'json', 420, 3],
  ] as const) {
    const result = await importSource({ bytes: Buffer.from(text), sourceName: null, now: NOW });
    t.equal(result.kind, kind);
    t.same(
      result.taken.map(({ name }) => name),
      Array.from({ length: count }, (_, number) => `evil-${number}.com`),
    );
    const [first, last] = [result.taken[0]!.line, result.taken.at(-1)!.line];
    t.equal(last - first, (count - 1) * lines);
  }
});
