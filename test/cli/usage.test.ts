// The command line itself: help, mistakes in what was typed, which configuration is used, how it ends.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { ROOT, run } from '../support/cli-run.ts';

const COMMANDS = [
  'serve',
  'check',
  'query',
  'import',
  'lists',
  'status',
  'token',
  'healthcheck',
  'hits',
  'hunt',
  'incidents',
  'client',
  'alerts',
  'pause',
  'resume',
  'allow',
  'block',
  'overrides',
  'migrate',
  'backup',
  'restore',
  'completion',
];
const LISTS = 'lists: { bad: { names: [evil.example] } }\n';

t.test('help names every command, and each command has its own', async (t) => {
  const cwd = t.testdir({});
  const help = await run(['--help'], { cwd });
  t.equal(help.code, 0);
  for (const command of COMMANDS) t.match(help.stdout, new RegExp(`^  ${command} `, 'm'));
  const each = await Promise.all(COMMANDS.map((command) => run([command, '--help'], { cwd })));
  for (const { code, stdout, stderr } of each) {
    t.equal(code, 0);
    t.match(stdout, /^Usage: cenote /);
    t.equal(stderr, '');
  }
});

t.test('`help` prints what `--help` does, of commands below commands too', async (t) => {
  const cwd = t.testdir({});
  for (const words of [[], ['status'], ['lists', 'add'], ['help']])
    t.same(await run(['help', ...words], { cwd }), await run([...words, '--help'], { cwd }), words.join(' '));
});

t.test('what is typed wrongly is told in one line, with exit code 2', async (t) => {
  const cwd = t.testdir({});
  const cases: [args: string[], message: RegExp][] = [
    [['sevre'], /^cenote: unknown command 'sevre' \(did you mean serve\?\)\n$/],
    [['help', 'sevre'], /^cenote: unknown command 'sevre' \(did you mean serve\?\)\n$/],
    [['help', 'lists', 'x'], /^cenote: unknown command 'x' \(see --help\)\n$/],
    [['query'], /^cenote: missing required argument 'name' \(see --help\)\n$/],
    [['query', 'a.example', '--jsn'], /^cenote: unknown option '--jsn' \(did you mean --json\?\)\n$/],
    [['status', '-c'], /^cenote: option '-c, --config <FILE>' argument missing \(see --help\)\n$/],
    [
      ['status', 'extra'],
      /^cenote: too many arguments .* \(a configuration is named with -c FILE; see --help\)\n$/,
    ],
    [['import', '-'], /^cenote: the list needs a name \(import\); give one with --name\n$/],
    [['import', '-', '--name', '../x'], /^cenote: "..\/x" is no name for a list/],
    [['import', '-', '--name', 'x', '--published', 'May'], /^cenote: a day is written as 2023-03-29/],
  ];
  for (const [args, message] of cases) {
    const { code, stdout, stderr } = await run(args, { cwd });
    t.equal(code, 2, args.join(' '));
    t.match(stderr, message);
    t.equal(stdout, '');
  }
});

t.test(
  'the configuration is the one named, else the variable, else a usual place, else an error',
  async (t) => {
    const cwd = t.testdir({
      'named.yaml': LISTS,
      'variable.yaml': LISTS,
      config: { 'cenote.yaml': LISTS },
      empty: {},
    });
    const environment = { CENOTE_CONFIG: 'variable.yaml' };
    t.match((await run(['check', '-c', 'named.yaml'], { cwd, environment })).stdout, /^named.yaml: OK/);
    t.match((await run(['check'], { cwd, environment })).stdout, /^variable.yaml: OK/);
    t.match((await run(['check'], { cwd })).stdout, /^\.\/config\/cenote.yaml: OK/);
    const none = await run(['check'], { cwd: join(cwd, 'empty') });
    t.equal(none.code, 2);
    t.match(
      none.stderr,
      /^cenote: there is no configuration \(looked for \.\/config\/cenote\.yaml and \/etc\/cenote\/cenote\.yaml\)/,
    );
  },
);

t.test('no command prints a stack trace when its configuration is wrong or missing', async (t) => {
  const cwd = t.testdir({ 'bad.yaml': 'upstream: {}\nlisten: { dns: x }\n' });
  const cases = [
    ['serve', 'bad.yaml'],
    ['check', 'missing.yaml'],
    ['query', '.', 'a.example'],
    ['lists', 'bad.yaml'],
  ] as const;
  const ran = cases.map(async ([command, file, ...args]) => ({
    ...(await run([command, '-c', file, ...args], { cwd, alone: true })),
    command,
    file,
  }));
  for (const { code, stderr, command, file } of await Promise.all(ran)) {
    t.equal(code, 2, `${command} ${file}`);
    for (const line of stderr.trim().split('\n')) t.match(line, /^cenote: .+ \(.+\)$/);
  }
});

t.test('a reader that closes early is no error', async (t) => {
  const cwd = t.testdir({ 'c.yaml': LISTS });
  const shell = promisify(execFile);
  const { stdout, stderr } = await shell(
    'sh',
    ['-c', `{ "$0" query evil.example -c c.yaml; echo "code $?" >&2; } | true`, join(ROOT, 'bin/cenote')],
    { cwd },
  );
  t.equal(stdout, '');
  t.equal(stderr, 'code 3\n');
});

t.test('what strangers wrote cannot steer the terminal', async (t) => {
  const cwd = t.testdir({ 'c.yaml': 'lists: { bad: { source: "\\e[31mred.txt" } }\n' });
  const { stderr } = await run(['check', '-c', 'c.yaml'], { cwd });
  t.match(stderr, /red\.txt/);
  t.notOk(stderr.includes('\u001b'));
});
