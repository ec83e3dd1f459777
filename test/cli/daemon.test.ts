// The commands beside a running daemon.
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { run } from '../support/cli-run.ts';
import { startDaemon } from '../support/daemon.ts';
import { daemonFolder } from '../support/daemon-folder.ts';

t.test('commands ask the daemon, and stay right when its file is edited wrongly', async (t) => {
  const cwd = daemonFolder();
  const daemon = await startDaemon({
    directory: cwd,
    config: {
      upstreams: { default: ['127.0.0.1:9'], fallback: ['127.0.0.1:10'] },
      lists: { bad: { names: ['evil.example'] } },
      groups: { default: { clients: ['any'], lists: ['bad'] } },
    },
  });
  let ended = false;
  t.teardown(async () => {
    if (!ended) await daemon.stop();
  });
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

  writeFileSync(file, readFileSync(file, 'utf8').replace('"workers": 1', '"workers": "many"'));
  t.equal((await cenote('healthcheck')).code, 0);
  t.match(await cenote('status'), {
    code: 0,
    stderr: /^cenote: the file has 1 mistake and would not be taken/,
  });

  t.equal(await daemon.stop(), 0);
  ended = true;
  t.equal((await cenote('healthcheck')).code, 1);
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
