// `npm run fleet -- [--sites N] [--rounds N] [--seed N]`: a fleet in a box. Real daemons, nats-server and PostgreSQL on this machine; in each round names
// are asked at every site while one of them all is killed with SIGKILL and begun again. At the end each question that a client got an answer to is
// in the central store once, and no other is there twice.
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Database } from '../../../src/fleet/store/connection.ts';
import { nameOfKey } from '../../../src/fleet/store/shared-rows.ts';
import { askUdp } from '../../support/client.ts';
import { type Daemon, startDaemon } from '../../support/daemon.ts';
import { query } from '../../support/message.ts';
import { natsPrograms, startNats } from '../../support/nats.ts';
import { Postgres } from '../../support/postgres.ts';
import { freePort, until } from '../../support/tool.ts';

const { values } = parseArgs({
  options: {
    sites: { type: 'string', default: '3' },
    rounds: { type: 'string', default: '8' },
    seed: { type: 'string', default: '7' },
  },
});
const [sitesCount, rounds] = [Number(values.sites), Number(values.rounds)];
const NAMES_A_ROUND = 40;
const ANSWER_MS = 2_000;
const HOME_MS = 90_000;

let state = Number(values.seed);
/** mulberry32: the plan is the seed's. */
function random(): number {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
}

const dir = mkdtempSync(join(tmpdir(), 'cenote-fleet-'));
writeFileSync(join(dir, 'list.txt'), '||c2.example^\n');
const ends: (() => unknown)[] = [];
const program = natsPrograms().at(-1);
if (program === undefined) throw new Error('nats-server is not installed');
const nats = await startNats({ teardown: (end) => void ends.push(end as () => unknown) }, { program });
const postgres = new Postgres([]);
await postgres.start();

class Place {
  readonly name: string;
  readonly #fleet: object;
  #ports = { dns: 0, admin: 0 };
  daemon: Daemon | null = null;

  constructor(name: string, fleet: object) {
    this.name = name;
    this.#fleet = fleet;
    mkdirSync(join(dir, name));
  }

  async start(): Promise<Daemon> {
    if (this.#ports.dns === 0) this.#ports = { dns: await freePort(), admin: await freePort() };
    this.daemon = await startDaemon({
      directory: join(dir, this.name),
      ports: this.#ports,
      config: {
        workers: 1,
        upstreams: { default: ['127.0.0.1:9'] },
        lists: { threats: { source: join(dir, 'list.txt'), action: 'sinkhole', alert: true } },
        groups: { default: { clients: ['any'], lists: ['threats'] } },
        fleet: { nats: nats.url, site: this.name, ...this.#fleet },
      },
    });
    return this.daemon;
  }

  async kill(): Promise<void> {
    const { child } = this.daemon ?? {};
    if (child === undefined) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }
}

const head = new Place('head', { store: postgres.url });
const started = await head.start();
const view = (await (await fetch(`${started.adminUrl}/api/v1/fleet`)).json()) as { head: { key: string } };
const sites = Array.from(
  { length: sitesCount },
  (_, i) => new Place(`site-${i + 1}`, { key: view.head.key }),
);
for (const site of sites) await site.start();
const answered = new Set<string>();
let asked = 0;

/** One name after another, each asked once. */
async function askAt(site: Place, round: number): Promise<void> {
  for (let i = 0; i < NAMES_A_ROUND; i += 1) {
    const { daemon } = site;
    if (daemon === null) return;
    const name = `r${round}-${i}.${site.name}.c2.example`;
    asked += 1;
    const reply = await askUdp(daemon.server, query(name, 'A'), ANSWER_MS).catch(() => null);
    if (reply !== null) answered.add(name);
    else if (daemon.child.exitCode !== null || daemon.child.signalCode !== null) return;
  }
}

const victims: readonly (readonly [string, () => Promise<unknown>])[] = [
  ['nats-server', () => nats.kill().then(() => nats.start())],
  ['database', () => postgres.kill().then(() => postgres.start())],
  ['head', () => head.kill().then(() => head.start())],
  ...sites.map((site) => [site.name, () => site.kill().then(() => site.start())] as const),
];
for (let round = 0; round < rounds; round += 1) {
  const [name, kill] = victims[Math.floor(random() * victims.length)] ?? ['nobody', async () => undefined];
  const afterMs = Math.floor(random() * 1500);
  process.stdout.write(`round ${round + 1}: ${name} is killed after ${afterMs} ms\n`);
  await Promise.all([...sites.map((site) => askAt(site, round)), pause(afterMs).then(kill)]);
}

const database = new Database({ url: postgres.url });
async function counts(): Promise<Map<string, number>> {
  const rows = await database.query(
    `SELECT n.key, sum(h.count)::int AS count FROM cenote.hits h JOIN cenote.names n ON n.id = h.name GROUP BY n.key`,
  );
  return new Map(rows.map((row) => [nameOfKey(String(row['key'])), Number(row['count'])]));
}
const missing = async (): Promise<string[]> => {
  const there = await counts().catch(() => new Map<string, number>());
  return [...answered].filter((name) => !there.has(name));
};
await until('all hits to be home', async () => (await missing()).length === 0, HOME_MS).catch(
  () => undefined,
);
const lost = await missing();
const twice = [...(await counts())].filter(([, count]) => count > 1);
process.stdout.write(
  `${asked} asked, ${answered.size} answered; in the central store ${answered.size - lost.length} of them, ${lost.length} not, ${twice.length} twice\n`,
);
for (const name of lost.slice(0, 10)) process.stdout.write(`  not there: ${name}\n`);
for (const [name, count] of twice.slice(0, 10)) process.stdout.write(`  ${count} times: ${name}\n`);
await database.close();
for (const place of [...sites, head]) await place.daemon?.stop();
for (const end of ends) await end();
await postgres.stop();
rmSync(dir, { recursive: true, force: true });
process.exitCode = lost.length + twice.length > 0 || answered.size === 0 ? 1 : 0;
