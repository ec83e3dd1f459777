// A reload that is refused changes nothing, and whatever happens to the certificate, lists and pauses go on.
import { copyFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:tls';
import t from 'tap';
import type { HealthView } from '../../src/admin/state.ts';
import { askUdp } from '../support/client.ts';
import { writeList } from '../support/configs.ts';
import { type Daemon, startDaemon } from '../support/daemon.ts';
import { daemonFolder } from '../support/daemon-folder.ts';
import type { Order } from '../support/faulty-thread.ts';
import { query } from '../support/message.ts';
import { readMessage } from '../support/read-message.ts';
import { startSimpleUpstream } from '../support/simple-upstream.ts';
import { freePort, until } from '../support/tool.ts';

const FIXTURES = join(import.meta.dirname, '../fixtures/upstream-tls');

async function isBlocked({ server }: Daemon, name: string): Promise<boolean> {
  const answer = await askUdp(server, query(name, 'A'));
  return answer !== null && readMessage(answer)?.answer[0]?.data === '0.0.0.0';
}

const health = async ({ adminUrl }: Daemon, path = '/healthz'): Promise<HealthView> =>
  (await fetch(`${adminUrl}${path}`)).json() as Promise<HealthView>;

/** Whether a TLS handshake succeeds there. */
function handshakes(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false });
    socket.once('secureConnect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

t.test('a certificate that breaks, with and without other changes', async (t) => {
  const directory = daemonFolder();
  const upstream = await startSimpleUpstream();
  t.teardown(() => upstream.close());
  const ports = { dns: await freePort(), admin: await freePort() };
  const tls = await freePort();
  const [cert, key] = [join(directory, 'cert.pem'), join(directory, 'key.pem')];
  const copy = (): void => {
    copyFileSync(join(FIXTURES, 'cert.pem'), cert);
    copyFileSync(join(FIXTURES, 'key.pem'), key);
  };
  copy();
  const source = writeList(directory, ['first.example']);
  const configOf = (list: string) => ({
    listen: {
      dns: [`127.0.0.1:${ports.dns}`],
      tls: [`127.0.0.1:${tls}`],
      admin: `127.0.0.1:${ports.admin}`,
      tlsCertificate: { cert, key },
    },
    upstreams: { default: [upstream.address] },
    lists: { [list]: { source, action: 'sinkhole', subdomains: true } },
    groups: { default: { clients: ['any'], lists: [list] } },
  });
  const daemon = await startDaemon({ directory, config: configOf('before'), ports });
  t.teardown(() => daemon.stop());
  t.ok(await isBlocked(daemon, 'first.example'));
  const { revision } = await health(daemon);

  writeFileSync(cert, 'not a certificate');
  daemon.rewrite(configOf('after'));
  const refused = await until('the refusal', async () => (await health(daemon)).refused);
  t.match(refused, { kind: 'configuration', reason: /cert\.pem holds no PEM certificate/ });
  t.ok(await isBlocked(daemon, 'first.example'), 'what was in force is');
  const told = await health(daemon, '/readyz');
  t.match(told, { ready: true, healthy: true, revision });
  t.ok(told.problems.some(({ id, remedy }) => id === 'refused:configuration' && remedy !== ''));
  const lists = (await (await fetch(`${daemon.adminUrl}/api/v1/lists`)).json()) as {
    lists: { name: string }[];
  };
  t.same(
    lists.lists.map(({ name }) => name),
    ['before'],
  );
  t.ok(await handshakes(tls), 'the certificate before is shown');

  writeList(directory, ['first.example', 'second.example']);
  await until('the list to follow its file all the same', () => isBlocked(daemon, 'second.example'));

  rmSync(key);
  await fetch(`${daemon.adminUrl}/api/v1/pause`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ for: '1s' }),
  });
  t.notOk(await isBlocked(daemon, 'first.example'), 'paused');
  await until('the end of the pause', () => isBlocked(daemon, 'first.example'));
  t.equal(daemon.child.exitCode, null);
  t.notMatch(daemon.output(), /could not be put into force/);

  copy();
  await until('the refused configuration to be taken once its certificate is good', async () => {
    const now = await health(daemon);
    return now.refused === null && now.revision > revision;
  });
  await until('the new list to be in force', async () => {
    const now = (await (await fetch(`${daemon.adminUrl}/api/v1/lists`)).json()) as typeof lists;
    return now.lists[0]?.name === 'after';
  });
  t.ok(await isBlocked(daemon, 'second.example'));
  t.equal(await daemon.stop(), 0);
});

t.test('a file with mistakes is refused with its reason, once, however often it is looked at', async (t) => {
  const directory = daemonFolder();
  const upstream = await startSimpleUpstream();
  t.teardown(() => upstream.close());
  const source = writeList(directory, ['first.example']);
  const config = {
    upstreams: { default: [upstream.address] },
    lists: { block: { source, action: 'sinkhole' } },
    groups: { default: { clients: ['any'], lists: ['block'] } },
  };
  const daemon = await startDaemon({ directory, config });
  t.teardown(() => daemon.stop());
  daemon.rewrite({ ...config, sinkhole: { answer: 'nullipp' } });
  const refused = await until('the refusal', async () => (await health(daemon)).refused);
  t.match(refused.reason, /nullipp.*cenote\.yaml:\d+:\d+/);
  const refusals = (): number => daemon.output().split('the new configuration is refused').length - 1;
  t.equal(refusals(), 1);
  daemon.rewrite({ ...config, sinkhole: { answer: 'nxdomain' } });
  await until('the mended file to be in force', async () => (await health(daemon)).refused === null);
  t.equal(refusals(), 1);
});

t.test(
  'a thread that refuses a reload, and one that is late: what is shown is what queries are answered by',
  async (t) => {
    const directory = daemonFolder();
    const upstream = await startSimpleUpstream();
    t.teardown(() => upstream.close());
    const configOf = (list: string) => ({
      upstreams: { default: [upstream.address] },
      lists: { [list]: { names: [`${list}.example`] } },
    });
    const daemon = await startDaemon({
      directory,
      config: configOf('before'),
      environment: { FAULTY_THREADS: directory },
      imports: [join(import.meta.dirname, '../support/faulty-thread.ts')],
    });
    t.teardown(() => daemon.stop());
    const shown = async (): Promise<string> => {
      const reply = await fetch(`${daemon.adminUrl}/api/v1/lists`);
      return ((await reply.json()) as { lists: { name: string }[] }).lists.map(({ name }) => name).join();
    };
    const order = (name: string, what: Order): void =>
      writeFileSync(join(directory, name), JSON.stringify(what));

    order('resolver-0', { at: 'prepare', fault: 'refuses' });
    daemon.rewrite(configOf('after'));
    const refused = await until('the refusal', async () => (await health(daemon)).refused);
    t.match(refused, { kind: 'configuration', reason: 'resolver threads: resolver-0 refuses for a test' });
    t.same(
      [await shown(), await isBlocked(daemon, 'before.example'), await isBlocked(daemon, 'after.example')],
      ['before', true, false],
    );

    order('hits', { at: 'prepare', fault: 'late', lateMs: 500 });
    daemon.rewrite(configOf('after'));
    const early: string[] = [];
    await until('the late thread', async () => {
      const name = await shown();
      const isAfter = await isBlocked(daemon, 'after.example');
      if (name === 'after' && !isAfter) early.push(name);
      return isAfter && name === 'after';
    });
    t.same(early, [], 'lists of what is not in force yet are not shown');
    t.equal((await health(daemon)).refused, null);
  },
);
