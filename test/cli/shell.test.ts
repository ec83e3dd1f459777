// Completion and the manual page, which are made of what `--help` says.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import t from 'tap';
import { program } from '../../src/cli/main.ts';
import { describedCommands } from '../../src/cli/shell/commands.ts';
import { completionFor } from '../../src/cli/shell/completion.ts';
import { MAN_PAGE, manPage } from '../../src/cli/shell/man.ts';

const COMMANDS = describedCommands(program());

t.test('bash completes commands, what is below them, choices and options', async (t) => {
  const script = completionFor('bash', COMMANDS);
  const lines: [words: string[], completed: string[]][] = [
    [['cenote', 'li'], ['lists']],
    [
      ['cenote', 'lists', 'r'],
      ['refresh', 'rm'],
    ],
    [['cenote', 'lists', 'add', '--for'], ['--format']],
    [
      ['cenote', 'alerts', ''],
      ['test', '--config', '-c', '--json', '--help', '-h'],
    ],
    [['cenote', 'incidents', 'a'], ['ack']],
    [['cenote', 'migrate', '--d'], ['--dry-run']],
  ];
  const asked = lines.map(
    ([words]) =>
      `COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _cenote; echo "\${COMPREPLY[*]}"`,
  );
  const told = execFileSync('bash', ['-c', `${script}\n${asked.join('\n')}`], { encoding: 'utf8' });
  t.same(
    told.trimEnd().split('\n'),
    lines.map(([, completed]) => completed.join(' ')),
  );
});

t.test(
  'zsh and fish have every command; the manual page is that of the commands that are there',
  async (t) => {
    const [zsh, fish] = [completionFor('zsh', COMMANDS), completionFor('fish', COMMANDS)];
    const page = manPage();
    const missing = COMMANDS.filter(
      ({ words }) =>
        words.length > 0 &&
        !(
          zsh.includes(`'${words.join(' ')}')`) &&
          fish.includes(`-a ${words.at(-1)} -d`) &&
          page.includes(`.SS "cenote ${words.join(' ')}`)
        ),
    );
    t.same(missing, []);
    t.equal(readFileSync(MAN_PAGE, 'utf8'), page, 'node src/cli/shell/man.ts writes it');
  },
);
