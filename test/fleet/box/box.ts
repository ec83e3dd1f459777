// `npm run fleet -- [--sites N] [--rounds N] [--seed N] [--cut SECONDS] [--old REF] [--only EXPRESSION]`: a fleet in a box. Real daemons, nats-server and PostgreSQL on
// this machine. Two sites have clocks that are wrong by hours, one runs an older release. In each round names are asked at every site while something
// happens (trials.ts). All the time each site is asked which revision it has, and the head what it says (watch.ts). At the end each question that a client
// got an answer to is in the central store once, and no other is there twice.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { mountSmallDisk } from '../../support/hits-small-disk.ts';
import { natsKey, natsPrograms, startNats } from '../../support/nats.ts';
import { Postgres } from '../../support/postgres.ts';
import { freePort } from '../../support/tool.ts';
import { accountOf } from './account.ts';
import { type Box, FEW, FIRST, publisher, settled } from './parts.ts';
import { Place } from './place.ts';
import { blockedWith, sayingsOf } from './sayings.ts';
import { TRIALS } from './trials.ts';
import { Watch } from './watch.ts';
import { Wire } from './wire.ts';

const { values } = parseArgs({
  options: {
    sites: { type: 'string' },
    rounds: { type: 'string' },
    seed: { type: 'string', default: '7' },
    cut: { type: 'string', default: '120' },
    old: { type: 'string' },
    only: { type: 'string', default: '' },
  },
});
const plan = TRIALS.filter(({ name }) => new RegExp(values.only).test(name));
const needed = Math.max(FEW, ...plan.map(({ sites }) => sites));
const size = Number(values.sites ?? needed);
const rounds = Number(values.rounds ?? plan.length);
const HOUR_MS = 3_600_000;
const ASK_MS = 2_000;
const ASK_PAUSE_MS = 100;
const NAMES_A_ROUND = 100;
const MIB = 1024 * 1024;

let state = Number(values.seed);
/** mulberry32: the plan is the seed's. */
function random(): number {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
}

const began = performance.now();
const say = (text: string): void => {
  process.stdout.write(`${((performance.now() - began) / 1000).toFixed(0).padStart(5)} s  ${text}\n`);
};
const dir = mkdtempSync(join(tmpdir(), 'cenote-fleet-'));
const clock = join(dir, 'clock');
writeFileSync(clock, '0');
const ends: (() => unknown)[] = [];
const program = natsPrograms().at(-1);
if (program === undefined) throw new Error('nats-server is not installed');
const small = [96, 64, 640].map((size) => mountSmallDisk(size * MIB));
const [ofSite, ofNats, ofPostgres] = small;
process.once('exit', () => {
  for (const disk of small) disk?.remove();
});

/** The sources of the commit that made the last version, or of another one. */
function oldRelease(): string {
  const root = join(import.meta.dirname, '../../..');
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
  const ref = values.old ?? git('log', '-1', '--format=%H', '-G"version": ', '--', 'package.json');
  const folder = join(dir, 'old');
  mkdirSync(folder);
  const archive = execFileSync('git', ['archive', ref], { cwd: root, maxBuffer: 512 * MIB });
  execFileSync('tar', ['x', '-C', folder], { input: archive });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  say(`the old release is ${git('log', '-1', '--format=%h of %cs', ref)}`);
  return folder;
}

const headKey = natsKey();
const nats = await startNats(
  { teardown: (end) => void ends.push(end as () => unknown) },
  { program, head: ['head', headKey], ...(ofNats == null ? {} : { parent: ofNats.path }) },
);
const postgres = new Postgres(['max_wal_size=64MB'], ofPostgres?.path);
await postgres.start();

const layWire = async (): Promise<Wire> => {
  const wire = await Wire.lay(await freePort(), nats.port);
  ends.push(() => wire.close());
  return wire;
};
const shared = { dir, clock };
const head = new Place(
  { ...shared, name: 'head', wire: await layWire(), fleet: { store: postgres.url } },
  sayingsOf(FIRST, dir, {}),
);
head.key = headKey;
const started = await head.start();
const view = (await (await fetch(`${started.adminUrl}/api/v1/fleet`)).json()) as { head: { key: string } };
const sites: Place[] = [];
for (let i = 1; i <= size; i += 1)
  sites.push(
    new Place(
      {
        ...{ ...shared, name: `site-${i}`, wire: await layWire(), fleet: { key: view.head.key } },
        skewMs: i === 2 ? 5 * HOUR_MS : i === 3 ? -3 * HOUR_MS : 0,
        release: i === 4 ? oldRelease() : null,
      },
      {},
    ),
  );
const [first] = sites;
if (first === undefined) throw new Error('there are no sites');
if (ofSite != null) {
  rmSync(join(first.dir, 'data'), { recursive: true });
  symlinkSync(ofSite.path, join(first.dir, 'data'));
}

const answered = new Set<string>();
const watch = new Watch(head, sites, () => Date.now() + head.skewMs + Number(readFileSync(clock, 'utf8')));
const box: Box = {
  ...{ head, sites, nats, postgres, watch, clock, random, answered },
  cutMs: Number(values.cut) * 1000,
  disks:
    ofSite == null || ofNats == null || ofPostgres == null
      ? null
      : { site: first, ofSite: ofSite.path, ofNats: ofNats.path, ofPostgres: ofPostgres.path },
  publish: publisher(head, watch, dir),
  allow: (without) => {
    const allowed = sites.filter((site) => site !== without).map(({ name, key }) => [name, key] as const);
    nats.allow({ head: ['head', headKey], sites: Object.fromEntries(allowed) });
  },
};
box.allow();
for (let i = 0; i < sites.length; i += 2)
  await Promise.all(sites.slice(i, i + 2).map((site) => site.start()));
watch.start();
await box.publish();
await settled(box);
say(
  `head and ${sites.length} sites (${size < needed ? `fewer than the ${needed} that these trials want` : `what these trials say needs ${needed}`}) have the first policy; site-2 is 5 hours ahead, site-3 3 hours behind, site-4 of an old release`,
);
const wrongClocks = (await watch.said())?.sites
  .filter(({ clockWrong }) => clockWrong)
  .map(({ site }) => site);
if (
  wrongClocks?.join() !==
  sites
    .slice(1, 3)
    .map(({ name }) => name)
    .join()
)
  watch.faults.push(`clocks are said to be wrong at ${wrongClocks}`);

for (const fault of watch.faults) say(`  FAULT: ${fault}`);

let asked = 0;
/** One name after another, each asked once, while the trial lasts. */
async function askAt(site: Place, round: number, isOver: () => boolean): Promise<void> {
  for (let i = 0; i < NAMES_A_ROUND && !(i > 20 && isOver()); i += 1) {
    const name = `r${round}-${i}.${site.name}.c2.example`;
    asked += 1;
    if ((await blockedWith(site, name, ASK_MS)) !== null) answered.add(name);
    await new Promise((resolve) => setTimeout(resolve, ASK_PAUSE_MS));
  }
}

for (let round = 0; round < rounds; round += 1) {
  // Each once in an order of the seed's, then any.
  const trial = round < plan.length ? plan[round] : plan[Math.floor(random() * plan.length)];
  if (trial === undefined) break;
  const [before, faults] = [performance.now(), watch.faults.length];
  let isOver = false;
  await Promise.all([
    ...sites.map((site) => askAt(site, round, () => isOver)),
    trial
      .play(box)
      .catch((error: unknown) => watch.faults.push(`${trial.name}: ${String(error)}`))
      .finally(() => {
        isOver = true;
      }),
  ]);
  say(
    `${trial.name}: ${((performance.now() - before) / 1000).toFixed(0)} s, revision ${watch.newest?.revision}`,
  );
  for (const fault of watch.faults.slice(faults)) say(`  FAULT: ${fault}`);
}
await watch.end();

const { lost, twice } = await accountOf(answered, postgres);
const took = watch.tookMs.toSorted((a, b) => a - b).map((ms) => (ms / 1000).toFixed(1));
say(
  `${asked} asked, ${answered.size} answered; in the central store ${answered.size - lost.length} of them, ${lost.length} not, ${twice.length} twice`,
);
say(
  `${took.length} revisions with somebody to reach${took.length === 0 ? '' : `: in force at all that could be reached after ${took[Math.floor(took.length / 2)]} s in the middle, ${took.at(-1)} s at most`}; ${watch.looks} looks, ${watch.truth.sentences} sentences, ${watch.faults.length} faults`,
);
for (const name of lost.slice(0, 10)) say(`  not there: ${name}`);
for (const [name, count] of twice.slice(0, 10)) say(`  ${count} times: ${name}`);
const keep = lost.length + twice.length + watch.faults.length > 0 || answered.size === 0;
for (const place of [...sites, head]) {
  await place.daemon?.stop();
  if (keep) writeFileSync(join(dir, place.name, 'output'), place.daemon?.output() ?? '');
}
for (const end of ends.reverse()) await end();
await postgres.stop();
if (keep) say(`logs are in ${dir}`);
else rmSync(dir, { recursive: true, force: true });
process.exitCode = keep ? 1 : 0;
