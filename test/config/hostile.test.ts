// Files that mean harm: bombs, depth, size, bytes that are no text.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { loadConfig } from '../../src/config/load.ts';
import { loadText, problemsIn } from '../support/config-text.ts';

t.test('aliases that multiply are refused before they are expanded', async (t) => {
  const levels = Array.from({ length: 12 }, (_, level) => {
    const before = level === 0 ? 'x' : `*a${level - 1}`;
    return `a${level}: &a${level} [${Array(9).fill(before).join(', ')}]`;
  });
  t.match(problemsIn(levels.join('\n')), [/aliases multiply/]);
});

t.test('depth is refused, whichever way it is written', async (t) => {
  for (const text of ['['.repeat(500_000), '{a: '.repeat(100_000), '- '.repeat(100_000), deepBlock(3000)]) {
    const { config, problems } = loadText(text);
    t.equal(config, null);
    t.ok(problems.length >= 1 && problems.length <= 10);
  }
});

t.test('more than a mebibyte is refused', async (t) => {
  t.match(problemsIn(`# ${'x'.repeat(1024 * 1024)}`), [/larger than 1 MiB/]);
});

t.test('octets that are no UTF-8, and a folder in place of a file, are told', async (t) => {
  const directory = t.testdir({ folder: {} });
  writeFileSync(join(directory, 'latin1.yaml'), Uint8Array.of(0x61, 0x3a, 0x20, 0xe4));
  const load = (file: string) => loadConfig({ file, environment: {}, workingDirectory: directory }).problems;
  t.match(load('latin1.yaml'), [{ message: 'the file is not text in UTF-8', line: 0 }]);
  writeFileSync(join(directory, 'cut.yaml'), 'lists: {}\n\0\0\0\0');
  t.match(load('cut.yaml'), [{ message: /holds a NUL/, line: 2 }]);
  t.match(load('folder'), [{ message: /it is a folder/ }]);
});

t.test('whatever the text, loading ends with a Config or with problems that have a place', async (t) => {
  const token = fc.constantFrom(
    ...[
      'listen',
      'dns',
      'lists',
      'groups',
      'cache',
      'answer',
      'default',
      'any',
      'clients',
      'source',
      'names',
    ],
    ...[
      ': ',
      ':\n  ',
      '\n',
      '\n    ',
      '- ',
      '[',
      ']',
      '{',
      '}',
      ', ',
      '"',
      "'",
      '&a ',
      '*a',
      '#',
      '|',
      '>',
      '? ',
      '!!str ',
    ],
    ...[
      'null',
      '~',
      '-1',
      '1e999',
      '0x10',
      'true',
      '__proto__',
      'constructor',
      'file:/x',
      '\t',
      '\u0000',
      '\ufeff',
      '<<',
    ],
  );
  fc.assert(
    fc.property(fc.array(token, { maxLength: 40 }), (tokens) => {
      const { config, problems } = loadText(tokens.join(''));
      if (config !== null) return problems.length === 0;
      return problems.length > 0 && problems.every(({ message, line }) => message !== '' && line >= 0);
    }),
    { numRuns: 2000 },
  );
  t.pass();
});

function deepBlock(levels: number): string {
  return Array.from({ length: levels }, (_, level) => `${' '.repeat(level % 400)}a:`).join('\n');
}
