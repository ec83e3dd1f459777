// `events.dir` is removed under a daemon that runs: within a second it holds the next one as it held the first.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { run } from '../support/cli-run.ts';
import { askUdp } from '../support/client.ts';
import { alertingConfig, writeList } from '../support/configs.ts';
import { startDaemon } from '../support/daemon.ts';
import { daemonFolder } from '../support/daemon-folder.ts';
import { query } from '../support/message.ts';
import { until } from '../support/tool.ts';

t.test('lock, token, socket and store are made anew where events.dir is removed', async (t) => {
  const directory = daemonFolder();
  const data = join(directory, 'data');
  const daemon = await startDaemon({
    directory,
    config: alertingConfig(writeList(directory, ['evil.example'])),
  });
  t.teardown(() => daemon.stop());
  const token = readFileSync(join(data, 'admin.token'), 'utf8');
  const allowed = await run(['allow', 'good.example', '-c', daemon.configFile], { cwd: directory });
  t.equal(allowed.code, 0);
  rmSync(data, { recursive: true });

  const files = ['cenote.lock', 'cenote.pid', 'admin.token', 'admin.sock', 'cenote.db', 'overrides.json'];
  await until('its files to be there again', () => files.every((file) => existsSync(join(data, file))));
  t.equal(readFileSync(join(data, 'admin.token'), 'utf8'), token, 'the token in use');
  t.match(daemon.output(), /events\.dir was removed or replaced while cenote runs/);

  const second = await run(['serve', '-c', daemon.configFile], { cwd: directory });
  t.equal(second.code, 1);
  t.match(second.stderr, new RegExp(`another cenote uses this folder, process ${daemon.child.pid} `));

  await askUdp(daemon.server, query('evil.example'));
  const hits = await until('the hit to be stored in the new folder', async () => {
    const told = await run(['hits', '-c', daemon.configFile], { cwd: directory });
    return told.stdout.includes('evil.example') ? told : null;
  });
  t.equal(hits.code, 0);
  t.notMatch(hits.stdout, /not running/, 'cenote ran all the time');
  t.match(readFileSync(join(data, 'overrides.json'), 'utf8'), /good\.example/);
  const status = await run(['status', '-c', daemon.configFile], { cwd: directory });
  t.match(
    status.stdout.replaceAll(/\s+/g, ' '),
    /needs attention.*! events\.dir was removed or replaced while cenote runs .*: hits, history and incidents that it held are gone;/,
  );
  t.equal(await daemon.stop(), 0);
});
