// A daemon that runs another configuration answers for that one, not for the file a command was given.
import { realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { openAdmin } from '../../src/admin/server.ts';
import { DECISION, stateOf } from '../support/admin-state.ts';
import { adminLoaded, run } from '../support/cli-run.ts';

t.test('a command decides by its own file, and says what the daemon runs', async (t) => {
  const cwd = realpathSync(t.testdir({}));
  let configFile = join(cwd, 'other.yaml');
  const server = await openAdmin({
    address: { host: '127.0.0.1', port: 0 },
    state: stateOf({
      decide: () => ({ ...DECISION, name: 'evil.example', verdict: 'pass', rule: null, list: null }),
    }),
    token: 't'.repeat(43),
    metricsEnabled: () => false,
    configFile: () => configFile,
    report: (error) => t.fail(String(error)),
  });
  t.teardown(() => server.close());
  await adminLoaded(`http://${server.bound}`);
  writeFileSync(
    join(cwd, 'c.yaml'),
    `listen: { admin: "${server.bound}" }\nlists: { bad: { names: [evil.example] } }\ngroups: { default: { clients: [any], lists: [bad] } }\n`,
  );
  const byFile = await run(['query', 'evil.example', '-c', 'c.yaml'], { cwd });
  t.equal(byFile.code, 3, 'blocked by the file');
  t.match(byFile.stdout + byFile.stderr, /runs another configuration, .*other\.yaml/);

  const status = await run(['status', '-c', 'c.yaml'], { cwd });
  t.equal(status.code, 1);
  t.match(status.stderr, /runs another configuration, .*other\.yaml; name that one with -c to ask it/);

  configFile = join(cwd, 'c.yaml');
  t.equal(
    (await run(['query', 'evil.example', '-c', './c.yaml'], { cwd })).code,
    0,
    'the daemon answers for its own',
  );
});
