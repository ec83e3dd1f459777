// Files that are none must not hold up whoever reads them, least of all a daemon that serves.
import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { loadConfig } from '../../src/config/load.ts';
import { problemText } from '../../src/config/problem.ts';
import { type Files, realFiles } from '../../src/config/read/files.ts';
import { readHostsFile } from '../../src/daemon/machine/hosts-file.ts';
import { run } from '../support/cli-run.ts';
import { mountSmallDisk } from '../support/hits-small-disk.ts';
import { missingTool } from '../support/tool.ts';

const skip = missingTool('mkfifo');

t.test(
  'a FIFO in place of the configuration, of a secret or of the hosts file is told',
  { skip },
  async (t) => {
    const dir = t.testdir({
      'c.yaml': 'lists:\n  a: { source: "https://lists.example/", bearer: "file:pipe" }\n',
      'kinds.yaml':
        'lists: { a: { source: pipe }, b: { source: . }, c: { source: "folder:c.yaml" }, d: { source: gone } }',
    });
    const pipe = join(dir, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const load = (file: string) => loadConfig({ file, environment: {}, workingDirectory: dir });
    t.match(load('pipe').problems.map(problemText), [/cannot read the configuration: it is a FIFO, no file/]);
    t.match(load('c.yaml').problems.map(problemText), [/`file:pipe` names a file that is a FIFO, no file/]);
    t.match(load('kinds.yaml').problems.map(problemText), [
      /the list file `pipe` is a FIFO, no file; looked for/,
      /the list file `\.` is a folder, no file; looked for .*; `folder:.*` takes every file in it/,
      /the folder `c\.yaml` is a file, no folder; looked for/,
      /the list file `gone` is not there; looked for/,
    ]);
    const told: unknown[] = [];
    t.same(readHostsFile(pipe, { warn: (facts: unknown) => void told.push(facts) }), []);
    t.match(told, [{ error: /it is a FIFO, no file/ }]);
    t.throws(() => realFiles.read('/dev/zero', 10), /it is a device, no file/);
  },
);

t.test('what the shell hands over is read', { skip: missingTool('bash') }, async (t) => {
  const { code, stdout } = await run(
    [
      '-c',
      `"$0" check -c <(echo 'lists: { a: { names: [a.example] } }')`,
      join(import.meta.dirname, '../../bin/cenote'),
    ],
    { cwd: t.testdir({}), command: 'bash' },
  );
  t.equal(code, 0);
  t.match(stdout, /lists +a \(inline\)/);
});

/** What stands beside `events.dir`, and what is said of it. */
interface Place {
  readonly dir: string;
  readonly problems?: readonly RegExp[];
  readonly warnings?: readonly RegExp[];
}

t.test('a folder in which nothing can be kept is told before a daemon finds out', async (t) => {
  const root = t.testdir({ file: '', data: {} });
  const disk = mountSmallDisk(1_500_000);
  if (disk !== null) t.teardown(disk.remove);
  const places: Place[] = [
    { dir: join(root, 'data') },
    { dir: join(root, 'data/to/be/made') },
    { dir: '/proc/cenote/data', problems: [/is in a file system of the kernel \(\/proc\); name a folder on a disk/] },
    { dir: '/sys/kernel/cenote', problems: [/is in a file system of the kernel \(\/sys\/kernel\)/] },
    { dir: join(root, 'file'), problems: [/file is no folder; name a folder \(c\.yaml:1:16\)/] },
    { dir: join(root, 'file/below'), problems: [/file is no folder; name a folder/] },
  ]; // biome-ignore format: a table
  const wrong: string[] = [];
  const look = ({ dir, problems = [], warnings = [] }: Place): void => {
    const loaded = loadConfig({
      file: 'c.yaml',
      environment: {},
      workingDirectory: root,
      files: fileOf(dir),
    });
    const [told, warned] = [loaded.problems.map(problemText), loaded.warnings.map(problemText)];
    const isAs = (texts: readonly string[], wanted: readonly RegExp[]): boolean =>
      texts.length === wanted.length && wanted.every((one, i) => one.test(texts[i] ?? ''));
    if (!isAs(told, problems) || !isAs(warned, warnings))
      wrong.push(`${dir}: ${JSON.stringify({ told, warned })}`);
  };
  for (const place of places) if (existsSync('/proc/1') || !/^\/(proc|sys)/.test(place.dir)) look(place);
  if (disk !== null) {
    look({ dir: join(disk.path, 'data') });
    writeFileSync(join(disk.path, 'filler'), Buffer.alloc(1_000_000));
    look({ dir: join(disk.path, 'data'), warnings: [/the disk of .*data is full; make room/] });
    execFileSync('mount', ['-o', 'remount,ro', disk.path]);
    look({
      dir: join(disk.path, 'data'),
      warnings: [/is on a read-only file system \(.* is what is there of it\)/],
    });
  }
  t.same(wrong, []);
});

const fileOf = (dir: string): Files => ({
  ...realFiles,
  read: () => Buffer.from(`events: { dir: ${JSON.stringify(dir)} }\n`),
});

t.test(
  'what another user may not write to is told, and is no mistake',
  { skip: process.getuid?.() !== 0 ? 'only root can be another user' : missingTool('setpriv') },
  async (t) => {
    const cwd = t.testdir({ 'c.yaml': 'events: { dir: data }\n' });
    const nobody = ['--reuid', '65534', '--clear-groups', join(import.meta.dirname, '../../bin/cenote')];
    const { code, stderr } = await run([...nobody, 'check', '-c', 'c.yaml'], { cwd, command: 'setpriv' });
    t.equal(code, 0);
    t.match(
      stderr,
      /^cenote: warning: `events\.dir`: this user \(uid 65534\) may not write to .*data \(.* is what is there of it\); check its owner/,
    );
  },
);
