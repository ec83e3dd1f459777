// Completion and the manual page, which are made of what `--help` says.
import { execFileSync, spawnSync } from 'node:child_process';
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
  'fish completes the same, files only where one is meant; zsh can read its script',
  {
    skip:
      ['fish', 'zsh'].some((shell) => spawnSync(shell, ['-c', 'true']).status !== 0) &&
      'zsh or fish is not here',
  },
  async (t) => {
    const dir = t.testdir({
      _cenote: completionFor('zsh', COMMANDS),
      'cenote.fish': completionFor('fish', COMMANDS),
    });
    const asked = [
      'li',
      'lists r',
      'lists add --for',
      'completion ',
      'serve -c ./_c',
      'import ./_c',
      'log --limit ./_c',
    ];
    const told = execFileSync(
      'fish',
      [
        '--no-config',
        '-c',
        `source cenote.fish; ${asked.map((line) => `complete -C 'cenote ${line}'; echo`).join('; ')}`,
      ],
      { cwd: dir, encoding: 'utf8' },
    );
    t.strictSame(
      told.split('\n\n').map((block) => block.split('\n').flatMap((line) => line.split('\t')[0] || [])),
      [['lists'], ['refresh', 'rm'], ['--format'], ['bash', 'fish', 'zsh'], ['./_cenote'], ['./_cenote'], []],
    );
    execFileSync('zsh', ['-n', `${dir}/_cenote`]);
  },
);

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
