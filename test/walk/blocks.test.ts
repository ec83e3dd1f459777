// Every block of the documents is what it says it is, and is either walked or has a reason why it is not.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { argumentsOf, mistakeIn } from './command-line.ts';
import { mistakesIn } from './fragment.ts';
import { type Block, pages, ROOT } from './pages.ts';
import { BLOCKS, rowOf } from './table.ts';

const ALL = pages().flatMap(({ blocks }) => blocks);
const at = ({ file, line }: Block): string => `${file}:${line}`;
const inLanguage = (...languages: string[]): Block[] =>
  ALL.filter(({ language }) => languages.includes(language));

t.test('every block says what it is', async (t) => {
  const known = new Set(['sh', 'console', 'yaml', 'json', 'text']);
  t.same(
    ALL.filter(({ language }) => !known.has(language)).map((block) => `${at(block)}: ${block.language}`),
    [],
  );
});

t.test(
  'every YAML block, and every configuration in a file, is a part of a configuration without a mistake',
  async (t) => {
    const files = [
      'config/cenote.yaml',
      'packaging/deb/cenote.yaml',
      'packaging/docker/cenote.yaml',
      ...readdirSync(join(ROOT, 'config/examples')).map((name) => `config/examples/${name}`),
    ];
    const ours = inLanguage('yaml').filter((block) => rowOf(block) === null);
    t.ok(ours.length > 5);
    t.same(
      [
        ...ours.flatMap((block) => mistakesIn(block.text, at(block))),
        ...files.flatMap((file) => mistakesIn(readFileSync(join(ROOT, file), 'utf8'), file)),
      ],
      [],
    );
  },
);

t.test('every JSON block can be read', async (t) => {
  const wrong = inLanguage('json').filter(({ text }) =>
    [text, `{${text}}`].every((one) => {
      try {
        JSON.parse(one);
        return false;
      } catch {
        return true;
      }
    }),
  );
  t.same(wrong.map(at), []);
});

t.test('every cenote command of a block is one, with the arguments and options that it has', async (t) => {
  const wrong = inLanguage('sh', 'console').flatMap((block) =>
    block.text.split('\n').flatMap((line) => {
      if (block.language === 'console' && !line.startsWith('$ ')) return [];
      const words = argumentsOf(line);
      const mistake = words === null ? null : mistakeIn(words, false);
      return mistake === null ? [] : [`${at(block)}: ${line}: ${mistake}`];
    }),
  );
  t.same(wrong, []);
});

t.test(
  'every block of commands is walked, or says what else walks it, and the table names no other',
  async (t) => {
    const commands = inLanguage('sh', 'console', 'text');
    t.same(
      commands
        .filter((block) => rowOf(block) === null)
        .map((block) => `${at(block)} is not in test/walk/table.ts`),
      [],
    );
    t.same(
      BLOCKS.filter((row) => !ALL.some((block) => rowOf(block) === row)).map(
        ({ file, first }) => `${file}: ${first}`,
      ),
      [],
    );
  },
);
