// docs/limits.md has the numbers that the code has.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { ROOT } from './pages.ts';

t.test('every number of the limits is that of its constant', async (t) => {
  const rows = [...readFileSync(join(ROOT, 'docs/limits.md'), 'utf8').matchAll(/^\| [^-w].*\|$/gm)].map(
    ([row]) => row,
  );
  const constants = rows.flatMap((row) => {
    const [, , most = '', , where = ''] = row.split('|');
    const [file = '', ...names] = [...where.matchAll(/`([^`]+)`/g)].map(([, text = '']) => text);
    return names.map((name, index) => ({ row, file, name, said: numbersIn(most)[index] }));
  });
  t.ok(constants.length > 8, `${constants.length} numbers`);
  t.same(
    constants.filter(({ file, name, said }) => constantIn(file, name) !== said).map(({ row }) => row),
    [],
  );
});

/** Products and shifts of numbers and of constants of the same file. */
function constantIn(file: string, name: string): number {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const expression = new RegExp(`const ${name}(?:: number)? = ([^;]+);`).exec(text)?.[1] ?? 'NaN';
  const terms = expression.split(/ (\*|<<) /);
  const number = (term = ''): number =>
    /^[\d_]+$/.test(term)
      ? Number(term.replaceAll('_', ''))
      : /^[A-Z_]+$/.test(term)
        ? constantIn(file, term)
        : Number.NaN;
  return terms[1] === undefined
    ? number(terms[0])
    : terms[1] === '<<'
      ? number(terms[0]) << number(terms[2])
      : terms.filter((_, index) => index % 2 === 0).reduce((product, term) => product * number(term), 1);
}

function numbersIn(text: string): number[] {
  return [...text.matchAll(/\d[\d,]*/g)].map(([digits]) => Number(digits.replaceAll(',', '')));
}
