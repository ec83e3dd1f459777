// A certificate renewed as Kubernetes and certbot do it, by a link to another folder, while clients connect all the time: none of them
// fails, and soon all see the new one.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, renameSync, symlinkSync } from 'node:fs';
import { get } from 'node:https';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { connect } from 'node:tls';
import t from 'tap';
import { startDaemon } from '../support/daemon.ts';
import { daemonFolder } from '../support/daemon-folder.ts';
import { freePort, missingTool, until } from '../support/tool.ts';

function makePair(folder: string, name: string): void {
  mkdirSync(folder);
  const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')];
  const subject = ['-subj', `/CN=${name}`, '-days', '90', '-nodes'];
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
  execFileSync('openssl', ['req', '-x509', ...kind, ...files, ...subject], { stdio: 'ignore' });
}

/** The same pair, valid until yesterday. */
function expire(folder: string): void {
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  execFileSync('openssl', ['x509', '-in', cert, '-signkey', key, '-days', '-1', '-out', `${cert}.old`], {
    stdio: 'ignore',
  });
  renameSync(`${cert}.old`, cert);
}

/** The name in the certificate that a client is shown; null where its handshake fails. */
function shown(port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false });
    socket.once('secureConnect', () => {
      resolve(String(socket.getPeerCertificate().subject.CN));
      socket.destroy();
    });
    socket.once('error', () => resolve(null));
  });
}

t.test(
  'the link to the folder of a certificate is swapped under load',
  { skip: missingTool('openssl') },
  async (t) => {
    const directory = daemonFolder();
    for (const name of ['first', 'second']) makePair(join(directory, `..${name}`), name);
    const link = join(directory, '..data');
    symlinkSync('..first', link);
    for (const file of ['cert.pem', 'key.pem']) symlinkSync(join('..data', file), join(directory, file));
    const [ports, tls] = [{ dns: await freePort(), admin: await freePort() }, await freePort()];
    const daemon = await startDaemon({
      directory,
      ports,
      config: {
        workers: 2,
        listen: {
          dns: [`127.0.0.1:${ports.dns}`],
          tls: [`127.0.0.1:${tls}`],
          admin: `127.0.0.1:${ports.admin}`,
          tlsCertificate: { cert: join(directory, 'cert.pem'), key: join(directory, 'key.pem') },
        },
        upstreams: { default: ['127.0.0.1:9'] },
      },
    });
    t.teardown(() => daemon.stop());
    const seen: (string | null)[] = [];
    let isOver = false;
    const client = async (): Promise<void> => {
      while (!isOver) seen.push(await shown(tls));
    };
    const clients = [client(), client(), client()];
    await until('the first', () => seen.length > 20);
    symlinkSync('..second', `${link}.new`);
    renameSync(`${link}.new`, link);
    await until(
      'only the second, by all threads',
      () => seen.length > 60 && seen.slice(-30).every((name) => name === 'second'),
      60_000,
    );
    isOver = true;
    await Promise.all(clients);
    const wrong = seen.filter((name) => name !== 'first' && name !== 'second');
    t.same(wrong, [], `of ${seen.length} handshakes none failed`);
    t.equal(seen[0], 'first');
  },
);

/** What the daemon says of itself over HTTPS. */
function health(port: number): Promise<string> {
  return new Promise((resolve) => {
    const asked = get({ host: '127.0.0.1', port, path: '/healthz', rejectUnauthorized: false, agent: false });
    asked.once('error', () => resolve(''));
    asked.once('response', (response) => text(response).then(resolve, () => resolve('')));
  });
}

t.test(
  'the admin interface: a pair that does not match is refused, a good one served, an expired one refused, none leaves it',
  { skip: missingTool('openssl') },
  async (t) => {
    const directory = daemonFolder();
    for (const name of ['first', 'second']) makePair(join(directory, name), name);
    makePair(join(directory, 'old'), 'old');
    expire(join(directory, 'old'));
    const take = (file: string, from: string): void => {
      copyFileSync(join(directory, from, file), join(directory, `${file}.new`));
      renameSync(join(directory, `${file}.new`), join(directory, file));
    };
    const takePair = (from: string): void => {
      for (const file of ['cert.pem', 'key.pem']) take(file, from);
    };
    takePair('first');
    const [ports, admin] = [{ dns: await freePort(), admin: await freePort() }, await freePort()];
    const upstreams = { default: ['127.0.0.1:9'] };
    const dns = [`127.0.0.1:${ports.dns}`];
    const addresses = [`127.0.0.1:${ports.admin}`, `127.0.0.1:${admin}`];
    const daemon = await startDaemon({
      directory,
      ports,
      config: {
        listen: {
          dns,
          admin: { address: addresses, tls: true },
          tlsCertificate: { cert: join(directory, 'cert.pem'), key: join(directory, 'key.pem') },
        },
        upstreams,
      },
    });
    t.teardown(() => daemon.stop());
    const said = (what: RegExp): Promise<unknown> =>
      until(`${what}`, async () => what.test(await health(ports.admin)) || undefined, 60_000);
    t.equal(await shown(ports.admin), 'first');

    take('cert.pem', 'second');
    await said(/key\.pem does not belong to the certificate .*cert\.pem/);
    t.equal(await shown(ports.admin), 'first');

    take('key.pem', 'second');
    await said(/"refused":null/);
    t.equal(await shown(ports.admin), 'second');
    t.equal(await shown(admin), 'second', 'at each address');

    takePair('old');
    await said(/expired on .*the one in force is valid until/);
    t.equal(await shown(ports.admin), 'second');

    takePair('second');
    await said(/"refused":null/);
    daemon.rewrite({ listen: { dns, admin: { address: addresses } }, upstreams });
    await until('the reload', () => daemon.output().includes('takes effect at the next start'), 60_000);
    await until('the reload', () => daemon.output().includes('"reloaded"') || undefined, 60_000);
    t.equal(await shown(ports.admin), 'second', 'what speaks TLS since the start does so until its end');
    t.match(await health(ports.admin), /"healthy":true/);
  },
);
