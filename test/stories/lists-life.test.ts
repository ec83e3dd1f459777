// The life of lists as an admin sees it: at a first start, in a running daemon, with a dead server, after a restart.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import t from 'tap';
import { run } from '../support/cli-run.ts';
import { type Daemon, startDaemon } from '../support/daemon.ts';
import { daemonFolder } from '../support/daemon-folder.ts';
import { httpReceiver } from '../support/hits-receivers.ts';
import { body, startListServer } from '../support/lists-server.ts';
import { until } from '../support/tool.ts';

interface ListSeen {
  readonly name: string;
  readonly state: string;
  readonly inForce: boolean;
  readonly entries: number;
  readonly why: string | null;
}

async function listsOf(daemon: Daemon): Promise<Record<string, ListSeen>> {
  const { lists } = (await (await fetch(`${daemon.adminUrl}/api/v1/lists`)).json()) as { lists: ListSeen[] };
  return Object.fromEntries(lists.map((list) => [list.name, list]));
}

t.test('from the first start to a start without any server', async (t) => {
  const served = { text: 'evil.example\n', isGone: false };
  const { origin, asked } = await startListServer(t, {
    '/list?token=s3cret': (request, response) => {
      if (served.isGone) response.writeHead(404).end();
      else body(served.text)(request, response);
    },
    '/packed.gz': body(gzipSync('packed.example\n')),
    '/hangs': () => undefined,
  });
  const receiver = await httpReceiver();
  t.teardown(() => receiver.close());
  const directory = daemonFolder();
  const far = { source: `${origin}/list?token=s3cret`, onFailure: 'failStart', refresh: '1h' };
  const hangs = { source: `${origin}/hangs` };
  const config = {
    upstreams: { default: ['127.0.0.1:9'] },
    lists: { hangs, far },
    alerts: [{ webhook: receiver.url, groupWait: '0s' }],
  };
  const daemon = await startDaemon({ directory, config });
  let ended = false;
  t.teardown(async () => {
    if (!ended) await daemon.stop();
  });
  const cenote = (...args: string[]) => run([...args, '-c', daemon.configFile], { cwd: directory });

  // A list that must be there is waited for; one that hangs is not, and nobody is alarmed before it has failed.
  let lists = await listsOf(daemon);
  t.match(lists['far'], { state: 'good', inForce: true, entries: 1 });
  t.match(lists['hangs'], { state: 'fetching', inForce: false, why: null });
  t.equal((await cenote('lists')).code, 0);
  t.notMatch(daemon.output(), /list hangs/);

  // A list that is added is fetched at once, whatever hangs beside it.
  daemon.rewrite({ ...config, lists: { hangs, far, packed: { source: `${origin}/packed.gz` } } });
  await until('the added list', async () => (await listsOf(daemon))['packed']?.state === 'good');

  // One that is pasted is looked at first: its text is nowhere yet, and then in force.
  const change = async (path: string, asked: object): Promise<{ status: number; said: string }> => {
    const response = await fetch(`${daemon.adminUrl}/api/v1/lists${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(asked),
    });
    return { status: response.status, said: await response.text() };
  };
  const paste = (text: string, dryRun: boolean) =>
    change('', { name: 'pasted', text, action: 'sinkhole', dryRun });
  const looked = await paste('pasted.example\n', true);
  t.equal(looked.status, 200, looked.said);
  t.match(looked.said, /blocklists\/pasted\.txt/);
  t.equal((await listsOf(daemon))['pasted'], undefined);
  t.equal((await paste('pasted.example\n', false)).status, 200);
  t.match((await listsOf(daemon))['pasted'], { state: 'good', entries: 1 });
  for (const dryRun of [true, false])
    t.match(await paste('x.example\n', dryRun), { status: 409, said: /EDIT_EXISTS/ });

  // Of two who look at the same text, the second is told that it is another now.
  const { digest: base } = JSON.parse((await change('/pasted/remove', { dryRun: true })).said) as {
    readonly digest: string;
  };
  t.equal((await change('/pasted/mode', { mode: 'monitor', base })).status, 200);
  for (const [path, asked] of [
    ['/pasted/mode', { mode: 'enforce', base }],
    ['/pasted/remove', { base }],
    ['', { name: 'other', text: 'other.example\n', base }],
  ] as const)
    t.match(await change(path, asked), { status: 409, said: /EDIT_OVERTAKEN/ }, `${path} of an older text`);
  t.notOk(existsSync(join(directory, 'blocklists/other.txt')), 'no file of what was not done');

  // The name of one that was removed is free again, and its file stays.
  t.equal((await change('/pasted/remove', {})).status, 200);
  const second = await paste('again.example\nonce-more.example\n', false);
  t.match(second, { status: 200, said: /blocklists\/pasted-2\.txt/ });
  t.match((await listsOf(daemon))['pasted'], { state: 'good', entries: 2 });
  t.equal(readFileSync(join(directory, 'blocklists/pasted.txt'), 'utf8'), 'pasted.example\n');
  // The one that hangs goes: on a busy machine it has failed by now, which is what `cenote lists` ends with 5 for.
  daemon.rewrite({ ...config, lists: { far, packed: { source: `${origin}/packed.gz` } } });
  await until('the pasted list to be gone', async () => (await listsOf(daemon))['pasted'] === undefined);

  // A refresh by hand takes what is new, and says what went wrong.
  served.text = 'evil.example\nworse.example\n';
  const fresh = await cenote('lists', 'refresh', 'far');
  t.equal(fresh.code, 0);
  t.match(fresh.stdout, /^far +2 .*good$/m);
  served.isGone = true;
  const stale = await cenote('lists', 'refresh', 'far', '--json');
  t.equal(stale.code, 5);
  t.match(JSON.parse(stale.stdout), {
    lists: [{ name: 'far', state: 'stale', inForce: true, entries: 2, overdue: false, why: /404/ }],
  });
  t.equal((await cenote('lists')).code, 0, 'a list that is stale within its limit is no fault');
  t.equal((await cenote('lists', 'refresh', 'none')).code, 2);
  const one = await fetch(`${daemon.adminUrl}/api/v1/lists/packed/refresh`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
  t.match(await one.json(), { lists: [{ name: 'packed', state: 'good' }] });
  await until('the notice', () => receiver.received.some(({ body }) => body.includes('list far')));
  t.equal(
    (await fetch(`${daemon.adminUrl}/readyz`)).status,
    200,
    'one failed list is nobody else\u2019s failure',
  );

  // A list comes and goes by a command: with a source that is there, and with one that is not.
  const added = await cenote('lists', 'add', 'more', `${origin}/packed.gz`, '--alert', '--json');
  t.equal(added.code, 0, added.stderr);
  t.match(JSON.parse(added.stdout), { groups: 'all', list: { name: 'more', state: 'good', entries: 1 } });
  const absent = await cenote('lists', 'add', 'absent', `${origin}/absent`);
  t.equal(absent.code, 5, absent.stderr);
  t.match(absent.stdout, /^absent .*failed since .*404.*nothing of it is in force$/m);
  t.equal((await cenote('lists', 'add', 'more', `${origin}/packed.gz`)).code, 2, 'a name is taken once');
  t.match((await cenote('lists', 'rm', 'absnt')).stderr, /did you mean absent\?$/m);
  t.match(await cenote('lists', 'rm', 'absent'), { code: 0, stdout: /^It is out of force\.$/m });
  t.strictSame(Object.keys(await listsOf(daemon)).sort(), ['far', 'more', 'packed']);

  // What everybody uses is held back, and from the moment on at which a warning list says so.
  const write = (name: string, text: string): void => writeFileSync(join(directory, name), text);
  write('ours.txt', 'one.example\ntwo.example\n');
  write('everybody.txt', 'other.example\n');
  const ours = { source: 'ours.txt', alert: true };
  daemon.rewrite({ ...config, lists: { far, packed: { source: `${origin}/packed.gz` }, ours }, warninglists: ['everybody.txt'] }); // biome-ignore format: one line
  await until('the list in force', async () => (await listsOf(daemon))['ours']?.state === 'good');
  t.equal((await cenote('query', 'two.example')).code, 3);
  write('everybody.txt', 'other.example\ntwo.example\n');
  await until('the name let through', async () => (await cenote('query', 'two.example')).code === 0);
  t.equal((await cenote('query', 'one.example')).code, 3);

  const told = `${daemon.output()}${JSON.stringify(await listsOf(daemon))}${receiver.received.map((each) => each.body).join('')}`;
  t.notMatch(told, /s3cret/, 'the secret of a URL is shown nowhere');
  t.equal(await daemon.stop(), 0);
  ended = true;

  // A machine that starts before its network: the configuration is right, and the last good copies are served.
  daemon.rewrite({ ...config, lists: { far } });
  t.equal((await cenote('check')).code, 0);
  const checked = await cenote('check', '--sources');
  t.equal(checked.code, 6);
  t.match(checked.stderr, /^cenote: list far: .*404.*; its last good copy of just now is used, 2 entries$/m);
  const before = asked.length;
  const again = await startDaemon({ directory, config: { ...config, lists: { far } } });
  t.teardown(() => again.stop());
  await until('an attempt', () => asked.length > before);
  lists = await listsOf(again);
  t.match(lists['far'], { state: 'stale', inForce: true, entries: 2 });
});
