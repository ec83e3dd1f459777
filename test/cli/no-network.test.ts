// On a machine without any route (not even loopback): commands say so of each list, and nothing goes uncaught.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import t from 'tap';
import { ROOT, run } from '../support/cli-run.ts';
import { findTool } from '../support/tool.ts';

const UNSHARE = findTool('unshare');
const mayUnshare = UNSHARE !== null && spawnSync(UNSHARE, ['-rn', 'true']).status === 0;
const skip = mayUnshare ? false : 'no network namespace of its own may be made here';

const CONFIG = `
lists:
  plain: { source: "http://192.0.2.1/hosts" }
  secure: { source: "https://192.0.2.1/hosts" }
  six: { source: "https://[2001:db8::1]/hosts" }
  named: { source: "https://lists.example/hosts" }
  feed: { source: "http://192.0.2.1/manifest.json" }
  zone: { source: "rpz://192.0.2.1/rpz.example", action: zone }
events: { dir: data }
`;

const unrouted = (cwd: string, args: readonly string[]) =>
  run(['-rn', join(ROOT, 'bin/cenote'), ...args], { cwd, command: UNSHARE ?? '' });

const cwd = t.testdir({ 'c.yaml': CONFIG });
/** Both wait, so they do at once. */
const begun = skip
  ? null
  : {
      check: unrouted(cwd, ['check', '--sources', '-c', 'c.yaml']),
      import: unrouted(cwd, ['import', 'https://192.0.2.1/report']),
    };

t.test('check --sources tells it of every list', { skip }, async (t) => {
  const { code, stderr } = await begun!.check;
  t.equal(code, 6);
  t.notMatch(stderr, /at |node:internal|Uncaught/);
  for (const name of ['plain', 'secure', 'six', 'feed', 'zone'])
    t.match(
      stderr,
      new RegExp(`^cenote: list ${name}: .*(ENETUNREACH|EADDRNOTAVAIL).*there is no good copy of it$`, 'm'),
    );
  t.match(stderr, /^cenote: list named: .*there is no good copy of it$/m);
});

t.test('import says why the report cannot be had', { skip }, async (t) => {
  const { code, stderr } = await begun!.import;
  t.equal(code, 1);
  t.match(stderr, /^cenote: .*ENETUNREACH/);
  t.notMatch(stderr, /at |node:internal/);
});
