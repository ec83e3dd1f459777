// For any name: defanged in any way and put into any surroundings it comes back; for any bytes: nothing is thrown.
import { deepStrictEqual } from 'node:assert';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import t from 'tap';
import { importReport } from '../../src/report/import.ts';
import { type Candidate, ReportError } from '../../src/report/report.ts';
import { extract } from '../../src/report/text/extract.ts';
import { plainHost } from '../../src/report/text/plain-host.ts';
import { NOW, namesIn } from '../support/lists-report.ts';

const label = fc
  .string({ minLength: 1, maxLength: 12, unit: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz0123456789-') })
  .map((text) => text.replaceAll(/^-+|-+$/g, '') || 'q')
  .filter((text) => !/^\d+$/.test(text));
const name = fc
  .tuple(
    fc.array(label, { minLength: 1, maxLength: 3 }),
    fc.constantFrom('com', 'org', 'net', 'ru', 'co.uk', 'com.br', 'wiki'),
  )
  .map(([labels, top]) => `${labels.join('.')}-x.${top}`);

const MARKS = [
  '[.]',
  '(.)',
  '{.}',
  '[dot]',
  '(dot)',
  '{dot}',
  '[ dot ]',
  '\\.',
  '&#46;',
  '&period;',
  '．',
  '[.\n]',
];
const INVISIBLE = [
  '',
  '\u200b',
  '\u200c',
  '\u200d',
  '\ufeff',
  '\u2060',
  '\u00ad',
  '&shy;',
  '&ZeroWidthSpace;',
];
const SCHEMES = ['hxxp://', 'hxxps://', 'hXXps[:]//', 'http[:]//', 'https[://]', 'hxxps:\\/\\/'];
const AFTER = ['', '.', ',', ';', ')', ':443', '/a/b.php?c=d', '/', '"', '’s', ' |', '\n', ' and'];
const BEFORE = ['', '(', '"', '| ', '\n', 'die ', '„', '• ', 'C2: '];

t.test('a name with a mark for every dot comes back', async () => {
  fc.assert(
    fc.property(
      name,
      fc.constantFrom(...MARKS),
      fc.constantFrom(...INVISIBLE),
      fc.constantFrom(...BEFORE),
      fc.constantFrom(...AFTER),
      (plain, mark, invisible, before, after) => {
        const written = plain.replaceAll('.', invisible + mark + invisible);
        deepStrictEqual(
          namesIn(`x ${before}${written}${after}`),
          [plain],
          JSON.stringify(before + written + after),
        );
      },
    ),
    { numRuns: 300 },
  );
});

t.test('a name with one mark, or behind a defanged scheme, comes back', async () => {
  fc.assert(
    fc.property(
      name,
      fc.nat(),
      fc.constantFrom(...MARKS),
      fc.constantFrom(...SCHEMES),
      fc.constantFrom(...AFTER),
      (plain, at, mark, scheme, after) => {
        const parts = plain.split('.');
        const marked = 1 + (at % (parts.length - 1));
        const written = `${parts.slice(0, marked).join('.')}${mark}${parts.slice(marked).join('.')}`;
        deepStrictEqual(namesIn(`a ${written}${after}`), [plain], written);
        deepStrictEqual(namesIn(`a ${scheme}${plain}${after}`), [plain], scheme + plain);
      },
    ),
    { numRuns: 300 },
  );
});

t.test('a name without any mark is never taken from prose', async () => {
  fc.assert(
    fc.property(
      name,
      fc.constantFrom('', 'http://', 'https://', 'a@'),
      fc.constantFrom(...AFTER),
      (plain, front, after) => {
        deepStrictEqual(namesIn(`see ${front}${plain}${after}`), []);
      },
    ),
    { numRuns: 200 },
  );
});

const PIECES = [
  '[',
  ']',
  '(',
  ')',
  '{',
  '}',
  '<',
  '>',
  '.',
  '[.]',
  '[dot]',
  'dot',
  '@',
  '[@]',
  ':',
  '//',
  '[:]',
  'hxxp',
  'http',
  '://',
  '\\',
  'evil',
  'com',
  'co.uk',
  '*',
  '-',
  '_',
  '&',
  '&#',
  '46;',
  '&amp;',
  '\n',
  '\r',
  '\t',
  ' ',
  '"',
  "'",
  ',',
  ';',
  '#',
  '|',
  '。',
  '．',
  '中',
  'ü',
  '\u200b',
  '\u00ad',
  '\ud800',
  '\u{1f600}',
  '<p>',
  '</p>',
  '<script>',
  '<!--',
  '-->',
  '<pre>',
  'value',
  'type',
  'domain',
  '{"type":"bundle","objects":[',
  '{"Event":{"Attribute":[',
  '1',
  '255',
  '\0',
  '\u202e',
  'Published: 2023-03-29',
  '<td>',
  '%2e',
];

t.test('noise never throws, and what is taken is a name', async (t) => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...PIECES), { maxLength: 60 }), (pieces) => {
      for (const taken of namesIn(pieces.join(''))) t.match(taken, /^[a-z0-9_-]+(\.[a-z0-9_-]+)+$/);
    }),
    { numRuns: 600 },
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      try {
        importReport({ bytes, sourceName: 'noise', now: NOW });
      } catch (error) {
        // What no encoding of text has is refused.
        if (!(error instanceof ReportError && error.code === 'REPORT_NOT_TEXT')) throw error;
      }
    }),
    { numRuns: 300 },
  );
  t.pass('nothing was thrown');
});

const HOSTILE = [
  '.',
  '[',
  '<',
  '[.]',
  'a[.]',
  'a.',
  '[[[.]]]',
  '<a ',
  '<a href=">" ',
  '<p><p><p><a x=\'> <b y=">',
  '&#46;',
  '&amp;',
  'hxxp://',
  'http[:]',
  'a@',
  'a[at]',
  'a [.] ',
  '\\.',
  '-',
  '中',
  '\u200b',
  'xn–',
  '<!--',
  '<script>',
  '://',
  'a:1',
  '*.',
  '/a.b',
  'hxxp://a:b',
];

t.test('the work grows with the length of hostile text, not with its square', async (t) => {
  for (const piece of HOSTILE) {
    const work = (length: number): { steps: number; units: number } => {
      let steps = 0;
      let units = 0;
      const onStep = (moved: number): void => {
        steps += 1;
        units += moved;
      };
      extract(
        piece.repeat(Math.ceil(length / piece.length)),
        { isHtml: piece.includes('<'), onStep },
        () => {},
      );
      return { steps, units };
    };
    const once = work(20_000);
    const twice = work(40_000);
    // Each step reads a bounded number of units; steps are at most two a unit, and units at most two a character.
    t.ok(once.steps <= 2 * once.units + 2, `${piece}: ${once.steps} steps over ${once.units} units`);
    t.ok(twice.steps <= 2.1 * once.steps + 100, `${piece}: ${once.steps} steps, then ${twice.steps}`);
  }
});

t.test('a typed value that is a host name and nothing else is what a closer look makes of it', async (t) => {
  const wrong: string[] = [];
  const part = fc.stringMatching(/^[a-z0-9]{1,8}(-{1,2}[a-z0-9]{1,4})?$/);
  fc.assert(
    fc.property(fc.array(part, { minLength: 2, maxLength: 6 }), (labels) => {
      const value = labels.join('.');
      const found: Candidate[] = [];
      extract(value, { isTyped: true }, (candidate) => found.push(candidate));
      if (!isDeepStrictEqual(found, [plainHost(value)])) wrong.push(value);
    }),
  );
  const path = fc.stringMatching(/^(:\d{1,5})?([/?#][A-Za-z0-9/_.=&?+~-]{0,20})?$/);
  const scheme = fc.constantFrom('http://', 'https://', 'HTTP://');
  const typedUrl = fc.property(
    scheme,
    fc.array(part, { minLength: 2, maxLength: 4 }),
    path,
    (front, labels, rest) => {
      const value = `${front}${labels.join('.')}${rest}`;
      const simple = plainHost(value);
      const found: Candidate[] = [];
      extract(value, { isTyped: true }, (candidate) => found.push(candidate));
      const [first, ...others] = found;
      if (simple === null ? !rest.includes('//') : !isDeepStrictEqual(first, simple)) wrong.push(value);
      // The parts of its path are none of a typed value's names.
      if (simple !== null && others.some(({ context }) => context !== 'path')) wrong.push(value);
    },
  );
  fc.assert(typedUrl);
  t.same(wrong, []);
  t.same(
    [
      'a.B',
      'a',
      'a..b',
      '-a.b',
      'a_b.c',
      'a.b/',
      'a.b.',
      'hxxp://a.b',
      'ä.de',
      'http://a_b.c/',
      'http://a.b/x%2Fy',
      'http://a.b@c.d/',
      'http://a.b/http://c.d',
    ]
      .map(plainHost)
      .filter(Boolean),
    [],
  );
});
