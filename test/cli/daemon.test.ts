// The commands beside a running daemon.
import { Resolver } from 'node:dns/promises';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { adminLoaded, run } from '../support/cli-run.ts';
import { startDaemon } from '../support/daemon.ts';
import { daemonFolder } from '../support/daemon-folder.ts';
import { until } from '../support/tool.ts';

t.test('commands ask the daemon, and stay right when its file is edited wrongly', async (t) => {
  const cwd = daemonFolder();
  const config = {
    upstreams: { default: ['127.0.0.1:9'], fallback: ['127.0.0.1:10'] },
    lists: { bad: { names: ['evil.example'] } },
    groups: { default: { clients: ['any'], lists: ['bad'] } },
  };
  const daemon = await startDaemon({ directory: cwd, config });
  let ended = false;
  t.teardown(async () => {
    if (!ended) await daemon.stop();
  });
  await adminLoaded(daemon.adminUrl);
  const file = daemon.configFile;
  const cenote = (...args: string[]) => run([...args, '-c', file], { cwd });

  const query = await cenote('query', 'evil.example', '--json');
  t.equal(query.code, 3);
  t.match(JSON.parse(query.stdout), {
    from: 'daemon',
    verdict: 'sinkhole',
    list: 'bad',
    answer: ['0.0.0.0'],
  });
  t.match(
    (await cenote('query', 'evil.example')).stdout,
    /decided {2}by the running daemon \(127\.0\.0\.1:\d+\)/,
  );
  const nonsense = await cenote('query', 'a..b');
  t.equal(nonsense.code, 2);
  t.match(nonsense.stderr, /^cenote: not a domain name/);

  const lists = await cenote('lists', '--json');
  t.equal(lists.code, 0);
  t.match(JSON.parse(lists.stdout), {
    from: 'daemon',
    lists: [{ name: 'bad', entries: 1, condition: 'ok' }],
  });

  const status = await cenote('status', '--json');
  t.equal(status.code, 0);
  t.match(JSON.parse(status.stdout), {
    pid: daemon.child.pid,
    listening: [`127.0.0.1:${daemon.server.port}`],
    workers: { configured: 1, answering: 1 },
    rules: { names: 1 },
    health: { healthy: true, ready: true },
  });
  const told = (await cenote('status')).stdout;
  t.match(told, /^cenote is healthy\.$/m);
  t.match(told, /^ {2}upstream +127\.0\.0\.1:9 \(udp\) /m);
  t.match(told, /^ {2}upstream +127\.0\.0\.1:10 \(udp, fallback\) /m);
  t.match(await cenote('healthcheck'), { code: 0, stdout: /^healthy$/m, stderr: '' });

  const token = join(cwd, 'data/admin.token');
  t.equal(statSync(token).mode & 0o777, 0o600);
  t.match(readFileSync(token, 'utf8'), /^[A-Za-z0-9_-]{43}\n$/);
  for (const path of ['/metrics', '/readyz', '/healthz', '/api/v1/openapi.json'])
    t.equal((await fetch(`${daemon.adminUrl}${path}`)).status, 200, path);

  // Most likely a network that was forgotten: whoever looks why a machine gets no answer finds it here.
  t.notMatch(told, /may not ask/);
  const resolver = new Resolver();
  resolver.setServers([`127.0.0.1:${daemon.server.port}`]);
  daemon.rewrite({ ...config, access: { allow: ['192.0.2.0/24'] } });
  await until('it may not ask', () =>
    resolver.resolve4('evil.example').then(
      () => false,
      ({ code }) => code === 'EREFUSED',
    ),
  );
  t.match(
    (await cenote('status')).stdout,
    /^ {2}may not ask +\d+ quer(y|ies) refused, since the client is outside `access\.allow`/m,
  );
  daemon.rewrite(config);

  writeFileSync(file, readFileSync(file, 'utf8').replace('"workers": 1', '"workers": "many"'));
  t.equal((await cenote('healthcheck')).code, 0);
  const refused = async () =>
    ((await (await fetch(`${daemon.adminUrl}/healthz`)).json()) as { refused: unknown }).refused;
  await until('the file is refused', async () => (await refused()) !== null);
  t.match(await cenote('status'), {
    code: 0,
    stdout: /^cenote runs by its earlier configuration: the new one was refused [^\n]* UTC\.\n/,
    stderr: /^cenote: the file has 1 mistake and would not be taken/,
  });

  // By hand: at once, and in spite of the file.
  const verdictOf = async (name: string) =>
    JSON.parse((await cenote('query', name, '--json')).stdout).verdict;
  const allowed = await cenote('allow', 'cdn.evil[.]example', '--reason', 'the shop needs it', '--json');
  t.match(JSON.parse(allowed.stdout), {
    action: 'allow',
    name: 'cdn.evil.example',
    client: null,
    inForce: true,
  });
  t.match(await cenote('block', 'game.example', '--for', '1h', '--client', '127.0.0.1'), {
    code: 0,
    stdout:
      /^game\.example and all below it is blocked for 127\.0\.0\.1, until .* UTC\.\nTake it back with `cenote overrides rm \w+`\.\n$/,
  });
  t.equal(await verdictOf('a.cdn.evil.example'), 'allow');
  t.equal(await verdictOf('evil.example'), 'sinkhole');
  t.equal(await verdictOf('game.example'), 'sinkhole');
  t.match((await cenote('overrides')).stdout, /allow +cdn\.evil\.example +everybody .* the shop needs it$/m);
  const { id } = JSON.parse(allowed.stdout);
  t.match(await cenote('overrides', 'rm', id), { code: 0, stdout: /decided by the lists again/ });
  t.equal(await verdictOf('a.cdn.evil.example'), 'pass', 'the list has evil.example alone');
  t.match(await cenote('allow', '*.parts.example', '--for', '1h'), {
    code: 0,
    stdout: /^All below parts\.example is allowed for everybody, until .* UTC\.\n/,
  });
  t.match(await cenote('allow', '*.co.uk', '--for', '1h', '--yes'), {
    code: 0,
    stdout: /^All below co\.uk is allowed/,
  });
  // A machine that nothing is blocked for is no problem, and is said.
  await cenote('pause', '--client', '127.0.0.1');
  t.match(
    (await cenote('status')).stdout,
    /^ {2}paused +nothing is blocked for 127\.0\.0\.1 until `cenote resume --client 127\.0\.0\.1`$/m,
  );
  t.match(await cenote('resume', '--client', '127.0.0.9'), {
    code: 2,
    stderr: /^cenote: no pause is for "127\.0\.0\.9" alone; paused are 127\.0\.0\.1 \(/,
  });
  t.equal((await cenote('resume', '--client', '127.0.0.1')).stdout, 'Every group blocks.\n');
  const mistyped: [args: string[], stderr: RegExp][] = [
    [['allow', 'a..b'], /^cenote: not a domain name/],
    [['block', '203[.]0.113.9'], /^cenote: not a domain name: "203\[\.\]0\.113\.9" is an address; on a list/],
    [['block', '.'], /^cenote: the root is every name/],
    [
      ['allow', 'com'],
      /^cenote: "com" is a single label, .* all below it would be allowed; if that is meant, say so with --yes \(/,
    ],
    [['allow', 'github[.]io'], /^cenote: "github\[\.\]io" is .* all below it would be allowed; .* --yes \(/],
    [['block', 'co.uk'], /^cenote: "co\.uk" is .* all below it would be blocked; .* --yes/],
    [['block', '0'], /^cenote: "0" cannot be blocked by hand: not a domain name/],
    [['block', 'x.example', '--group', 'nope'], /^cenote: there is no group nope/],
    [['block', 'x.example', '--client', 'nobody'], /^cenote: no machine and no user is known by "nobody"/],
    [['block', 'x.example', '--for', '0s'], /^cenote: not a duration: "0s"/],
    [
      ['block', 'x.example', '--client', '127.0.0.1', '--group', 'default'],
      /^cenote: say a machine or a group/,
    ],
    [['overrides', 'rm'], /^cenote: which one\?/],
    [['overrides', 'rm', id], /^cenote: there is no override of this id/],
  ];
  for (const [args, stderr] of mistyped) t.match(await cenote(...args), { code: 2, stdout: '', stderr });

  t.equal(await daemon.stop(), 0);
  ended = true;
  t.equal((await cenote('healthcheck')).code, 1);
});

t.test('what was decided by hand for a machine is in force again after a restart', async (t) => {
  const directory = daemonFolder();
  writeFileSync(join(directory, 'hosts'), '127.0.0.1 tablet\n');
  const config = {
    lists: { bad: { names: ['evil.example'] } },
    groups: { default: { clients: ['any'], lists: ['bad'] } },
    clients: { hosts: join(directory, 'hosts'), leases: [], neighbours: false, reverse: false },
  };
  const first = await startDaemon({ directory, config });
  await adminLoaded(first.adminUrl);
  const cenote = (...args: string[]) => run([...args, '-c', first.configFile], { cwd: directory });
  t.equal((await cenote('allow', 'evil.example', '--client', 'tablet')).code, 0);
  t.equal((await cenote('block', 'game.example', '--client', '127.0.0.1')).code, 0);
  t.equal(await first.stop(), 0);
  const second = await startDaemon({ directory, config });
  t.teardown(async () => void (await second.stop()));
  await adminLoaded(second.adminUrl);
  const verdictOf = async (name: string) =>
    JSON.parse((await cenote('query', name, '--json')).stdout).verdict;
  t.equal(await verdictOf('evil.example'), 'allow');
  t.equal(await verdictOf('game.example'), 'sinkhole');
});

t.test('a port that is taken stops the start with one line and exit code 1', async (t) => {
  const cwd = daemonFolder();
  const { createServer } = await import('node:net');
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  t.teardown(() => server.close());
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  writeFileSync(
    join(cwd, 'c.yaml'),
    `listen: { dns: "127.0.0.1:0", admin: "127.0.0.1:${port}" }\nworkers: 1\n`,
  );
  const { code, stderr } = await run(['serve', '-c', 'c.yaml'], { cwd });
  t.equal(code, 1);
  t.match(
    stderr,
    new RegExp(`^cenote: .*another program listens there \\(listen\\.admin 127\\.0\\.0\\.1:${port}\\)`, 'm'),
  );
  t.notMatch(stderr, /\n\s+at /);
});
