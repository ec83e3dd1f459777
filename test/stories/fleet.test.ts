// An office and its head, as real daemons over a real NATS server that asks for keys: a policy goes out, the office is cut off and
// restarted without any network, then it refuses, and the head can prove each.
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { parse } from 'yaml';
import { run } from '../support/cli-run.ts';
import { askUdp } from '../support/client.ts';
import { type ConfigLiteral, type Daemon, startDaemon } from '../support/daemon.ts';
import { daemonFolder } from '../support/daemon-folder.ts';
import { query } from '../support/message.ts';
import { missingNats, type NatsKey, natsKey, startNats } from '../support/nats.ts';
import { readMessage } from '../support/read-message.ts';
import { freePort, until } from '../support/tool.ts';

const skip = missingNats();

async function start(t: Test, directory: string, config: ConfigLiteral): Promise<Daemon> {
  const daemon = await startDaemon({ directory, config });
  t.teardown(() => daemon.stop());
  return daemon;
}

async function isBlocked({ server }: Daemon, name: string): Promise<boolean> {
  const reply = await askUdp(server, query(name));
  return reply !== null && readMessage(reply)?.answer.some(({ data }) => data === '0.0.0.0') === true;
}

const cut = (upstream: string): ConfigLiteral => ({ upstreams: { default: [upstream] } });

t.test('a head and an office', { skip }, async (t) => {
  const dir = daemonFolder();
  for (const office of ['head', 'south']) mkdirSync(join(dir, office));
  writeFileSync(join(dir, 'head/evil.txt'), 'one.test\n');
  const cwd = dir;
  const nowhere = `127.0.0.1:${await freePort()}`;
  const headKey = natsKey();
  const nats = await startNats(t, { head: ['head', headKey] });
  writeFileSync(join(dir, 'head/seed'), headKey.seed);
  const file = (office: string): string => join(dir, office, 'cenote.yaml');
  const fleet = (office: string, ...args: string[]) => run(['fleet', ...args, '-c', file(office)], { cwd });

  const evil = join(dir, 'head/evil.txt');
  const headSays = (names: readonly string[]): ConfigLiteral => ({
    ...cut(nowhere),
    lists: { evil: { source: evil, alert: true }, ours: { names } },
    groups: { default: { clients: ['any'], lists: ['evil', 'ours'] } },
    fleet: { nats: nats.url, site: 'head', credentials: 'seed', signingKey: 'head.key' },
  });
  const head = await start(t, join(dir, 'head'), headSays(['ours.test']));
  t.equal(statSync(join(dir, 'head/head.key')).mode & 0o777, 0o600);

  // One command and one file each; from then on the server lets each do its own.
  const keys: Record<string, NatsKey> = {};
  const offices = ['south'];
  for (const office of offices) {
    // Out of a container; the next takes its place.
    const printed = await fleet('head', 'invite', office, '--out', '-');
    t.match(JSON.parse(printed.stdout), { site: office, seed: /^SU/ }, printed.stderr);
    t.match(printed.stderr, /nkey: "?U[A-Z2-7]{55}/);
    const invited = await fleet('head', 'invite', office, '--out', join(dir, `${office}.fleet`), '--json');
    t.equal(invited.code, 0, invited.stderr);
    const { user } = JSON.parse(invited.stdout);
    keys[office] = { publicKey: user.nkey, seed: '' };
    writeFileSync(file(office), JSON.stringify({ events: { dir: join(dir, office, 'data') } }));
    const joined = await fleet(office, 'join', join(dir, `${office}.fleet`));
    t.match([joined.code, joined.stderr], [0, ''], joined.stdout);
  }
  nats.allow({ head: ['head', headKey], sites: keys });
  const section = (office: string): ConfigLiteral => {
    const { fleet } = parse(readFileSync(file(office), 'utf8'));
    t.equal(statSync(fleet.credentials).mode & 0o777, 0o600);
    return { fleet };
  };
  const [south] = await Promise.all(
    offices.map((office) => start(t, join(dir, office), { ...cut(nowhere), ...section(office) })),
  );
  if (south === undefined) throw new Error('no office');

  t.equal((await fleet('head', 'publish')).code, 0);
  const status = async (): Promise<{ head: { says: string[]; revision: number } }> =>
    JSON.parse((await fleet('head', 'status', '--json')).stdout);
  const says = (wanted: RegExp, timeoutMs = 90_000) =>
    until(
      String(wanted),
      async () => {
        const { says } = (await status()).head;
        return says.some((sentence) => wanted.test(sentence)) ? says : null;
      },
      timeoutMs,
    );
  await says(/^Revision 1 \(the first\) is in force at 1 of 1 site since [0-9:]+ UTC\.$/);
  t.equal((await fleet('head', 'status')).code, 0);
  t.ok(await isBlocked(south, 'ours.test'));

  await t.test('what a list brings goes out by itself, a configuration when it is published', async (t) => {
    writeFileSync(evil, 'one.test\ntwo.test\nthree.test\n');
    await says(/^Revision 2 \(evil: 2 names more\) is in force at 1 of 1 site/);
    t.ok(await isBlocked(south, 'three.test'));
    head.rewrite(headSays(['ours.test', 'more.test']));
    await says(/^The configuration here says something else than what is published/);
    t.notOk(await isBlocked(south, 'more.test'));

    // Another source under the same name: its text belongs to a configuration that nobody has published.
    writeFileSync(join(dir, 'head/fine.txt'), 'fine.test\n');
    const evilIs = (more: object): ConfigLiteral => {
      const { lists, ...others } = headSays(['ours.test', 'more.test']);
      return { ...others, lists: { ...(lists as object), evil: more } };
    };
    head.rewrite(evilIs({ source: join(dir, 'head/fine.txt'), action: 'allow' }));
    await until(
      'the other text to be in force at the head',
      async () => !(await isBlocked(head, 'three.test')),
    );
    const beganMs = performance.now();
    await until('what would go out to go out', async () => {
      t.notOk(await isBlocked(south, 'fine.test'), 'names to allow are not blocked anywhere');
      return performance.now() - beganMs > 2_500;
    });
    t.ok(await isBlocked(south, 'three.test'), 'what was published stays');
    head.rewrite(headSays(['ours.test', 'more.test']));
    await until('the text to be back', () => isBlocked(head, 'three.test'));
  });

  await t.test('an office without any network begins with what it has', async (t) => {
    await south.stop();
    await nats.kill();
    // No daemon is asked: what is decided here is decided with what the head published.
    t.match(await run(['query', 'three.test', '-c', file('south')], { cwd }), {
      code: 3,
      stdout: /list +evil/,
    });
    t.match((await run(['check', '-c', file('south')], { cwd })).stdout, /policy +revision 2 of the head/);
    const alone = await startDaemon({
      directory: join(dir, 'south'),
      config: { ...cut(nowhere), ...section('south') },
    });
    t.teardown(() => alone.stop());
    t.ok(await isBlocked(alone, 'three.test'));
    t.match(
      (await fleet('south', 'status')).stdout,
      /no connection since .*\n.*revision 2 is in force since/,
    );
    const waiting = await fleet('head', 'publish');
    t.match([waiting.code, waiting.stdout], [0, /Revision 3 .*\n.*NATS does not keep it yet/s]);
    await nats.start();
    await says(/^Revision 3 .* is in force at 1 of 1 site/);
    t.ok(await isBlocked(alone, 'more.test'), 'what was published meanwhile came when the network was back');

    // Its own file, in force before, cannot bear what comes: it says so, the other office takes it.
    const reloaded = async (): Promise<string | undefined> => {
      const shown = await (await fetch(`${alone.adminUrl}/api/v1/status`)).json();
      return (shown as { config: { lastReload: { time: string } | null } }).config.lastReload?.time;
    };
    const before = await reloaded();
    alone.rewrite({
      ...cut(nowhere),
      ...section('south'),
      groups: { default: { clients: ['any', '10.1.0.0/16'], lists: [] } },
    });
    await until('the own file to be in force', async () => (await reloaded()) !== before);
    const servers = { clients: ['10.1.0.0/16'], lists: ['evil'] };
    const { groups, ...others } = headSays(['ours.test', 'more.test', 'last.test']);
    head.rewrite({ ...others, groups: { ...(groups as object), servers } });
    t.equal((await fleet('head', 'publish')).code, 0);
    const sentences = await says(
      /^south refuses revision 4 since .* and holds revision 3: .*10\.1\.0\.0\/16/,
    );
    t.match(sentences[0], /^Revision 4 \(.*group servers added\) is not in force at the one site\.$/);
    t.equal((await fleet('head', 'status')).code, 5);
    t.equal((await fleet('south', 'status')).code, 5);
    t.notOk(await isBlocked(alone, 'last.test'));
    t.ok(await isBlocked(alone, 'more.test'), 'revision 3 holds whole');
    alone.rewrite({ ...cut(nowhere), ...section('south') });
    await says(/^Revision 4 .* is in force at 1 of 1 site/);
    t.ok(await isBlocked(alone, 'last.test'), 'mended, and tried again');

    // A mistake of its own file is told, and holds up nothing that the head publishes: what the file said before holds beside it.
    alone.rewrite({ ...cut(nowhere), ...section('south'), workers: 'many' });
    const wrong =
      /^The own file of south has had a mistake since [0-9:]+ UTC: .*workers.* What it said before holds there, beside revision /;
    await says(wrong);
    writeFileSync(evil, 'one.test\ntwo.test\nfour.test\n');
    await says(/^Revision 5 .* is in force at 1 of 1 site/);
    t.ok(await isBlocked(alone, 'four.test'));
    await says(wrong);
    t.match(await fleet('head', 'status'), { code: 0, stdout: /beside revision 5\.$/m });
    alone.rewrite({ ...cut(nowhere), ...section('south') });
    await until(
      'the mistake to be over',
      async () => !(await status()).head.says.some((one) => wrong.test(one)),
    );
    const metrics = await (await fetch(`${head.adminUrl}/metrics`)).text();
    for (const line of [
      'cenote_fleet_connected 1',
      'cenote_fleet_revision 5',
      'cenote_fleet_sites{condition="current"} 1',
      'cenote_fleet_site_revision{site="south"} 5',
    ])
      t.ok(metrics.split('\n').includes(line), line);
  });

  await t.test(
    'a list whose source fails at the head is told, since offices call its text good',
    async (t) => {
      const text = readFileSync(evil);
      rmSync(evil);
      t.equal((await run(['lists', 'refresh', 'evil', '-c', file('head')], { cwd })).code, 5);
      await says(
        /^The list evil is stale at this head, and was last known to be current at .* sites have the text of then/,
      );
      writeFileSync(evil, text);
      await until('the list to be good', async () => {
        await run(['lists', 'refresh', 'evil', '-c', file('head')], { cwd });
        return !(await status()).head.says.some((one) => one.startsWith('The list evil'));
      });
    },
  );

  await t.test('an office that is removed is not waited for, and is told while it still comes', async (t) => {
    const users = join(dir, 'head/data/fleet/head/nats-users.conf');
    const nkey = keys['south']?.publicKey ?? '';
    await start(t, join(dir, 'south'), { ...cut(nowhere), ...section('south') });
    t.match(readFileSync(users, 'utf8'), nkey);
    t.match(await fleet('head', 'remove', 'north'), { code: 2, stderr: /there is no site north/ });
    t.match(await fleet('head', 'remove', 'south'), {
      code: 0,
      stdout: /south is no site of this fleet any more/,
    });
    t.notMatch(readFileSync(users, 'utf8'), nkey);
    // It tells its state every half a minute, and is not believed.
    await says(/^south was removed and still came at .*nats-users\.conf is without it\.$/);
    t.match(await fleet('head', 'status'), { code: 0, stdout: /^Removed: south \(/m });
    // Invited again while it still comes: it is a site as before.
    t.equal((await fleet('head', 'invite', 'south', '--out', join(dir, 'again.fleet'))).code, 0);
    await says(/is in force at 1 of 1 site/);
    t.notOk((await status()).head.says.some((one) => /was removed|in the name of/.test(one)));
    t.equal((await fleet('head', 'remove', 'south')).code, 0);
    nats.allow({ head: ['head', headKey], sites: {} });
    await until('the office to be refused', async () =>
      /no connection since .*/.test((await fleet('south', 'status')).stdout),
    );
  });
});
