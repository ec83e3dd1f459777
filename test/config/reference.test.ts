// The generated files are current, and the JSON Schema agrees with what is accepted.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { CONNECTIONS } from '../../src/admin/door/connections.ts';
import { ERROR_CODES } from '../../src/config/error-codes.ts';
import { generatedFiles } from '../../src/config/reference.ts';
import { unsupportedUses } from '../../src/config/supported.ts';
import { ASKERS_A_DAY, NEW_NAMES } from '../../src/hits/store/new-budget.ts';
import { chooseLimits } from '../../src/listen/limits.ts';
import { REFUSED_PER_CLIENT, REFUSED_PER_SECOND } from '../../src/resolver/budgets.ts';

const root = join(import.meta.dirname, '../..');

for (const { path, text } of generatedFiles())
  t.test(`${path} is what \`node src/config/reference.ts\` writes`, async (t) => {
    t.equal(readFileSync(join(root, path), 'utf8'), text);
  });

t.test('every code of the table is one that some error has', async (t) => {
  const source = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && path !== join('config', 'error-codes.ts'))
    .map((path) => readFileSync(join(root, 'src', path), 'utf8'))
    .join('');
  for (const codes of Object.values(ERROR_CODES))
    for (const code of Object.keys(codes)) t.ok(source.includes(`'${code}'`), code);
});

t.test('what one client can use is what the rooms say', async (t) => {
  const limits = chooseLimits({});
  const number = (value: number): string => value.toLocaleString('en');
  const rows = [
    `${number(REFUSED_PER_CLIENT)} a second | ${number(REFUSED_PER_SECOND)} a second`,
    `${number(limits.connectionsPerClientMax)} | ${number(limits.connectionsMax)}`,
    `${number(limits.handshakesPerClientMax)} | ${number(limits.handshakesMax)}`,
    `${number(CONNECTIONS.ofOne)} | ${number(CONNECTIONS.all)}`,
    `${number(NEW_NAMES.ofMachine)} a machine | ${number(NEW_NAMES.ofAll)} | a machine may still bring ${number(NEW_NAMES.least)}`,
    `– | ${number(ASKERS_A_DAY)}`,
  ];
  const text = readFileSync(join(root, 'docs/config.md'), 'utf8');
  t.same(
    rows.filter((row) => !text.includes(`| ${row} `)),
    [],
  );
});

t.test('every setting has a description', async (t) => {
  const file = generatedFiles().find(({ path }) => path.endsWith('.md'));
  const bare = file?.text.split('\n').filter((line) => /^\| `.*\|\s*\|$/.test(line));
  t.same(bare, []);
});

t.test('a setting that this version cannot honour is told, an empty one is not', async (t) => {
  const settings = [
    { path: ['listen', 'tls'], what: 'DoT', instead: 'remove it' },
    {
      path: ['lists', '*', 'action'],
      what: 'zone',
      instead: 'x',
      when: (value: unknown) => value === 'zone',
    },
  ];
  t.same(unsupportedUses({ listen: { tls: [] }, lists: { a: { action: 'allow' } } }, settings), []);
  t.same(unsupportedUses({ listen: { tls: ['x'] }, lists: { a: { action: 'zone' } } }, settings), [
    { path: ['listen', 'tls'], wrong: 'DoT is not in this version', right: 'remove it' },
    { path: ['lists', 'a', 'action'], wrong: 'zone is not in this version', right: 'x' },
  ]);
});
