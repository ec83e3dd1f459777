// A daemon that runs another configuration answers for that one, not for the file a command was given.
import { realpathSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import t from 'tap';
import { openAdmin } from '../../src/admin/server.ts';
import { askDaemon } from '../../src/cli/daemon-client.ts';
import { noDaemon } from '../../src/cli/running-daemon.ts';
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
  t.match(
    status.stderr,
    /runs another configuration, .*other\.yaml; name that one with -c to ask it\)\n$/,
    'nor is it to be started',
  );

  configFile = join(cwd, 'c.yaml');
  t.equal(
    (await run(['query', 'evil.example', '-c', './c.yaml'], { cwd })).code,
    0,
    'the daemon answers for its own',
  );
});

t.test(
  'a daemon that is there and does not answer in time is not said to be broken off, nor to be started',
  async (t) => {
    const silent = createServer((request, response) => {
      if (request.url === '/half') response.writeHead(200, { server: 'cenote' }).write('{"half":');
    });
    t.teardown(() => {
      silent.closeAllConnections();
      silent.close();
    });
    await new Promise<void>((resolve) => void silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    const target = {
      ...{ file: 'c.yaml', socket: null, admin: { host: '127.0.0.1', port }, certificate: null },
      ...{ eventsDir: t.testdir({}), dns: null, mistakes: 0 },
    };
    for (const path of ['/half', '/nothing']) {
      const reply = await askDaemon(target as never, path, { timeoutMs: 200 });
      t.match(reply, { kind: 'none' });
      if (reply.kind === 'none')
        t.equal(
          noDaemon(reply).message,
          `no daemon answers (no answer from 127.0.0.1:${port} in 0.2 s); it may be busy: ask again, or look at its log`,
        );
    }
  },
);
