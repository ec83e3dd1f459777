// `npm run fleet -- cost [--turns N] [--seconds N] [--hits SHARE] [--beside]`: what the fleet costs a site at 1,000 queries a second. Two daemons with the same rules, one of them a
// site whose rules come from a head and whose hits go home, are asked in turns: CPU and memory of each, and how long answers take.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { listNames } from '../../../bench/support/names.ts';
import { pace } from '../../../bench/support/pace.ts';
import { cpuOf, residentOf } from '../../../bench/support/process.ts';
import { median } from '../../../bench/support/table.ts';
import { type Daemon, startDaemon } from '../../support/daemon.ts';
import { natsPrograms, startNats } from '../../support/nats.ts';
import { Postgres } from '../../support/postgres.ts';
import { startSimpleUpstream } from '../../support/simple-upstream.ts';
import { until } from '../../support/tool.ts';

const PER_SECOND = 1_000;
const LISTED = 20_000;
const ALLOWED = 500;
const REST_MS = 700;

interface Measured {
  readonly name: string;
  readonly daemon: Daemon;
  cpuS: number;
  readonly residentMiB: number[];
  readonly p50Us: number[];
  readonly p99Us: number[];
}

const cpuSeconds = ({ child }: Daemon): number => {
  const { userUs, systemUs } = cpuOf(Number(child.pid));
  return (userUs + systemUs) / 1e6;
};

/** What others do on this machine makes a time longer and never shorter: of turns that were disturbed little. */
const quarter = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 4)] ?? Number.NaN;

/** Head, NATS and PostgreSQL are on other machines than a site: here each of their threads waits while a thread of the site could run. */
function asElsewhere(pid = 0): void {
  for (const thread of readdirSync(`/proc/${pid}/task`)) setPriority(Number(thread), 19);
}

export async function cost(words: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...words],
    options: {
      turns: { type: 'string', default: '40' },
      seconds: { type: 'string', default: '2' },
      hits: { type: 'string', default: '0.01' },
      beside: { type: 'boolean', default: false },
    },
  });
  const [turns, seconds, share] = [Number(values.turns), Number(values.seconds), Number(values.hits)];
  const dir = mkdtempSync(join(tmpdir(), 'cenote-cost-'));
  for (const name of ['head', 'site', 'alone']) mkdirSync(join(dir, name));
  const listed = listNames(LISTED);
  writeFileSync(join(dir, 'list.txt'), `${listed.join('\n')}\n`);
  const ends: (() => unknown)[] = [];
  const nats = await startNats(
    { teardown: (end: unknown) => void ends.push(end as () => unknown) },
    { program: natsPrograms().at(-1) ?? '' },
  );
  const postgres = new Postgres([]);
  await postgres.start();
  // Before it has servers of its own for each connection.
  if (!values.beside) asElsewhere(postgres.pid);
  const upstream = await startSimpleUpstream();
  const shared = { upstreams: { default: [upstream.address] } };
  const rules = {
    lists: { threats: { source: join(dir, 'list.txt'), alert: true } },
    groups: { default: { clients: ['any'], lists: ['threats'] } },
  };
  const start = (name: string, config: object): Promise<Daemon> =>
    startDaemon({ directory: join(dir, name), config: { ...shared, ...config } });
  const head = await start('head', {
    ...rules,
    fleet: { nats: nats.url, site: 'head', store: postgres.url },
  });
  if (!values.beside) for (const pid of [head.child.pid, nats.pid]) asElsewhere(pid);
  const ask = async (path = '', method = 'GET'): Promise<{ head: { key: string; says: string[] } }> => {
    const more = method === 'POST' ? { body: '{}', headers: { 'content-type': 'application/json' } } : {};
    return (await fetch(`${head.adminUrl}/api/v1/fleet${path}`, { method, ...more })).json() as never;
  };
  await ask('/publish', 'POST');
  const { key } = (await ask()).head;
  const site = await start('site', { fleet: { nats: nats.url, site: 'site', key } });
  const alone = await start('alone', rules);
  await until('the site to have the policy', async () =>
    (await ask()).head.says.some((one) => one.includes('at 1 of 1 site')),
  );

  const allowed = Array.from({ length: ALLOWED }, (_, i) => `www${i}.allowed.example`);
  const measured = [
    { name: 'without fleet', daemon: alone },
    { name: 'with fleet', daemon: site },
  ].map((one): Measured => ({ ...one, cpuS: 0, residentMiB: [], p50Us: [], p99Us: [] }));
  const size = PER_SECOND * seconds;
  for (let turn = -1; turn < turns; turn += 1)
    for (const one of turn % 2 === 0 ? measured : measured.toReversed()) {
      const { daemon } = one;
      const names = Array.from({ length: size }, (_, i) =>
        i % Math.round(1 / share) === 0
          ? (listed[(((turn + 1) * Math.ceil(size * share) + i * share) % LISTED) | 0] ?? '')
          : (allowed[i % ALLOWED] ?? ''),
      );
      const before = measured.map((each) => cpuSeconds(each.daemon));
      const { p50Us, p99Us, lost } = await pace({
        port: daemon.server.port,
        names,
        perSecond: PER_SECOND,
        seconds,
      });
      // Hits go home after that.
      await pause(REST_MS);
      if (lost > 0) process.stdout.write(`${one.name}: ${lost} were not answered\n`);
      // The first is for what is compiled and cached once.
      if (turn < 0) continue;
      measured.forEach((each, i) => {
        each.cpuS += cpuSeconds(each.daemon) - (before[i] ?? 0);
      });
      one.p50Us.push(p50Us);
      one.p99Us.push(p99Us);
      for (const each of measured) each.residentMiB.push(residentOf(Number(each.daemon.child.pid)) / 2 ** 20);
    }
  const loadedS = turns * seconds;
  for (const { name, cpuS, residentMiB, p50Us, p99Us } of measured)
    process.stdout.write(
      `${name}: ${((cpuS / loadedS) * 100).toFixed(2)} % CPU (${cpuS.toFixed(2)} s in ${loadedS} s of load), resident ${median(residentMiB).toFixed(0)} MiB; p50 ${median(p50Us)} µs, p99 ${median(p99Us)} µs in the middle of ${turns} turns, ${quarter(p99Us)} µs in the best quarter of them, ${Math.min(...p99Us)} µs in the best\n`,
    );
  const [without, within] = measured;
  if (without !== undefined && within !== undefined) {
    const times = (of: (one: Measured) => number): string => (of(within) / of(without)).toFixed(2);
    // Of two turns that follow each other, so that what else this machine does counts for both.
    const pairs = within.p99Us
      .map((us, turn) => us / (without.p99Us[turn] ?? Number.NaN))
      .toSorted((a, b) => a - b);
    const at = (part: number): string => (pairs[Math.floor(pairs.length * part)] ?? Number.NaN).toFixed(2);
    process.stdout.write(
      `p99 of a turn to that of the turn beside it: ${at(0.5)} times in the middle, half of them from ${at(0.25)} to ${at(0.75)}\n`,
    );
    process.stdout.write(
      `the fleet costs ${(((within.cpuS - without.cpuS) / loadedS) * 100).toFixed(2)} % CPU and ${(median(within.residentMiB) - median(without.residentMiB)).toFixed(1)} MiB; p99 ${times((one) => median(one.p99Us))} times in the middle, ${times((one) => quarter(one.p99Us))} in the best quarter; p50 ${times((one) => median(one.p50Us))} times\n`,
    );
  }
  for (const daemon of [site, alone, head]) await daemon.stop();
  await upstream.close();
  for (const end of ends) await end();
  await postgres.stop();
  rmSync(dir, { recursive: true, force: true });
}
