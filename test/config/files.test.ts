// Files that are none must not hold up whoever reads them, least of all a daemon that serves.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import t from 'tap';
import { loadConfig } from '../../src/config/load.ts';
import { problemText } from '../../src/config/problem.ts';
import { realFiles } from '../../src/config/read/files.ts';
import { readHostsFile } from '../../src/daemon/machine/hosts-file.ts';
import { run } from '../support/cli-run.ts';
import { missingTool } from '../support/tool.ts';

const skip = missingTool('mkfifo');

t.test(
  'a FIFO in place of the configuration, of a secret or of the hosts file is told',
  { skip },
  async (t) => {
    const dir = t.testdir({
      'c.yaml': 'lists:\n  a: { source: "https://lists.example/", bearer: "file:pipe" }\n',
    });
    const pipe = join(dir, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const load = (file: string) => loadConfig({ file, environment: {}, workingDirectory: dir });
    t.match(load('pipe').problems.map(problemText), [/cannot read the configuration: it is a FIFO, no file/]);
    t.match(load('c.yaml').problems.map(problemText), [/`file:pipe` names a file that is not there/]);
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
