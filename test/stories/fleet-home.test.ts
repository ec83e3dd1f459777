import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { run } from '../support/cli-run.ts';
import { askUdp } from '../support/client.ts';
import { type Daemon, startDaemon } from '../support/daemon.ts';
import { daemonFolder } from '../support/daemon-folder.ts';
import { query } from '../support/message.ts';
import { missingNats, natsPrograms, startNats } from '../support/nats.ts';
import { missingPostgres, Postgres } from '../support/postgres.ts';
import { until } from '../support/tool.ts';

interface Line {
  readonly site: string;
}

t.test('a head and a site', { skip: missingNats() || missingPostgres() }, async (t) => {
  const nats = await startNats(t, { program: natsPrograms().at(-1) ?? '' });
  const postgres = new Postgres();
  await postgres.start();
  t.teardown(() => postgres.stop());
  const dir = daemonFolder();
  for (const site of ['head', 'site', 'branch']) mkdirSync(join(dir, site));
  writeFileSync(join(dir, 'list.txt'), '||c2.example^\n');
  const lists = { threats: { source: join(dir, 'list.txt'), action: 'sinkhole', alert: true } };
  const groups = { default: { clients: ['any'], lists: ['threats'] } };
  const daemons: Daemon[] = [];
  const startOf = async (name: string, fleet: object, clients: object = {}): Promise<Daemon> => {
    const config = {
      lists,
      groups,
      workers: 1,
      upstreams: { default: ['127.0.0.1:9'] },
      fleet: { nats: nats.url, site: name, ...fleet },
      clients,
    };
    const daemon = await startDaemon({ config, directory: join(dir, name) });
    daemons.push(daemon);
    return daemon;
  };
  t.teardown(() => Promise.all(daemons.map((daemon) => daemon.stop())));
  const head = await startOf(
    'head',
    { store: postgres.url, shareNames: true, networks: ['127.0.0.1'] },
    { names: { '127.0.0.1': 'till-3' }, hosts: 'off' },
  );
  const view = (await (await fetch(`${head.adminUrl}/api/v1/fleet`)).json()) as { head: { key: string } };
  const site = await startOf('site', { key: view.head.key, names: false });
  for (let i = 0; i < 3; i += 1) await askUdp(site.server, query(`w${i}.c2.example`, 'A'));
  await askUdp(head.server, query('own.c2.example', 'A'));

  const cenote = (...args: string[]) => run([...args, '--config', head.configFile], { cwd: dir });
  await until('the hits to be home', async () =>
    (await cenote('hits', '--fleet', '--json')).stdout.includes('own.c2'),
  );
  const lines = await until('the hits of the site to be home', async () => {
    const { stdout } = await cenote('hits', '--fleet', '--json');
    const hits = stdout
      .trim()
      .split('\n')
      .map((line): Line => JSON.parse(line));
    return hits.length === 4 ? hits : null;
  });
  t.same(lines.map(({ site }) => site).sort(), ['head', 'site', 'site', 'site']);
  t.match(
    lines.find((hit) => hit.site === 'site'),
    { client: { ip: /^anon-/ } },
    'a site that does not name machines does not',
  );
  t.match(
    lines.find((hit) => hit.site === 'head'),
    { client: { ip: '127.0.0.1' }, question: { name: 'own.c2.example' } },
  );

  const table = await cenote('hits', '--fleet', '--site', 'site');
  t.match(table.stdout, /^SITE +TIME.*\nsite +/);
  await until('all to be said to be here', async () =>
    (await cenote('hits', '--fleet')).stdout.includes('All of 2 of 2 sites'),
  );
  const incidents = await until('the incident', async () => {
    const told = JSON.parse((await cenote('incidents', '--fleet', '--json')).stdout);
    return told.incidents.length === 2 ? told.incidents : null;
  });
  t.match(
    incidents.find(({ sites }: { sites: string[] }) => sites[0] === 'site'),
    { hits: 3, state: 'open', list: 'threats' },
  );

  for (const { server } of [site, head]) await askUdp(server, query('before.example', 'A'), 100);
  // The history keeps the second: what is listed within it may have been listed before.
  const askedMs = Date.now();
  await until('the next second', () => Date.now() > askedMs + 1_000);
  writeFileSync(join(dir, 'list.txt'), '||c2.example^\n||before.example^\n');
  const finds = await until('what was asked for before it was listed', async () => {
    const told = JSON.parse((await cenote('fleet', 'finds', '--json')).stdout);
    return told.finds.length === 2 ? told.finds : null;
  });
  t.same(finds.flatMap(({ sites }: { sites: string[] }) => sites).sort(), ['head', 'site']);
  t.match(await cenote('fleet', 'finds', '--site', 'site'), {
    code: 3,
    stdout: /anon-[0-9a-f]+ .*threats +before\.example +1 .* site\n\nAll of /,
  });
  t.match(await cenote('fleet', 'troubles', '--since', '2026-01-01'), { code: 0, stdout: /SITE|troubles/ });

  const hunted = await cenote('hunt', 'c2.example', '--fleet', '--json');
  t.equal(hunted.code, 3);
  const hunt = JSON.parse(hunted.stdout);
  t.match(hunt, { sites: 2, answered: 2, notAnswered: [], central: [] });
  t.same(hunt.findings.map(({ site }: { site: string }) => site).sort(), ['head', 'site']);
  t.notMatch(
    JSON.stringify(hunt.findings.filter(({ site }: { site: string }) => site === 'site')),
    /127\.0\.0\.1/,
  );
  t.match((await cenote('hunt', 'nobody.example', '--fleet')).stdout, /2 of 2 sites answered\./);

  const sharing = { key: view.head.key, shareNames: true };
  const branch = await startOf('branch', sharing, { hosts: 'off', reverse: false });
  await askUdp(branch.server, query('w7.c2.example', 'A'));
  const named = await until('the machine to be called as the head calls it', async () => {
    const { stdout } = await run(['clients', '--config', branch.configFile], { cwd: dir });
    return stdout.includes('till-3') ? stdout : null;
  });
  t.match(
    named,
    /till-3 +site head +- +127\.0\.0\.1/,
    'any site names any machine, and says who calls it so',
  );
  t.match(
    (await run(['hits', '--config', branch.configFile], { cwd: dir })).stdout,
    /till-3/,
    'also one that asked before it was known',
  );
  const statusOf = async ({ configFile }: Daemon): Promise<string> =>
    (await run(['fleet', 'status', '--config', configFile], { cwd: dir })).stdout;
  await until('the site to say that all is home', async () =>
    /^hits +all that happened here is at the head$/m.test(await statusOf(site)),
  );
  await postgres.kill('SIGINT');
  await askUdp(site.server, query('later.c2.example', 'A'));
  await until('the head to say that its store takes nothing', async () =>
    /^The central store has taken nothing since .*: hits wait at the sites\.$/m.test(await statusOf(head)),
  );
  await until('the site to say what waits', async () =>
    /^hits +\d+ events? not there yet: the head said last at .* which it has$/m.test(await statusOf(site)),
  );
  await postgres.start();
  await until('it to be home', async () =>
    (await cenote('hits', '--fleet', '--json')).stdout.includes('later.c2'),
  );
  t.notMatch(await statusOf(head), /central store/);

  // A second machine that was given the same credentials.
  mkdirSync(join(dir, 'second'));
  const second = await startOf('second', { site: 'site', key: view.head.key });
  await askUdp(second.server, query('second.c2.example', 'A'));
  await until('it to say that its hits are not taken', async () => {
    await askUdp(site.server, query('site.c2.example', 'A'));
    return /^hits +the head takes none: .*two have one credential file/m.test(await statusOf(second));
  });
  t.match(
    await statusOf(head),
    /^Something came in the name of site .* a second machine has its credential file/m,
  );
  await second.stop();
  await site.stop();
  const again = await cenote('hunt', '--fleet', '--id', hunt.id);
  t.match(again.stdout, /2 of 2 sites answered/, 'a hunt is there to look at again');
});
