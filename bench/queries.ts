// What a query costs, cenote beside its peers: CPU a query (user and system), peak rate, latency at half of it, memory.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Latency, type Load, latency, load, untilAnswered } from './support/load.ts';
import { listNames } from './support/names.ts';
import { CENOTE, PEERS, type Peer, startUpstream, type Work } from './support/peers.ts';
import { cpuOf, type Running, residentOf, run } from './support/process.ts';
import { median } from './support/table.ts';

export interface QueryRow {
  readonly work: string;
  readonly server: string;
  readonly version: string;
  readonly perSecond: number;
  readonly lost: number;
  readonly userUs: number;
  readonly systemUs: number;
  readonly cpuUs: number;
  readonly latency: Latency | null;
  readonly residentMiB: number;
}

export interface QueryOptions {
  readonly rounds: number;
  readonly seconds: number;
  /** Names of the large list. */
  readonly manyNames: number;
}

interface Scenario {
  readonly work: string;
  readonly names: readonly string[];
  readonly questions: (round: number) => readonly string[];
  readonly cacheEntries: number;
  readonly transport: 'udp' | 'tcp';
  readonly servers: readonly Contestant[];
  /** Whether names that are asked first are asked again: a warm-up then fills caches. */
  readonly warm: boolean;
}

interface Contestant {
  readonly name: string;
  readonly peer: Peer;
  readonly change?: Partial<Work>;
}

const PORT = 15_300;
const UPSTREAM_PORT = 15_299;
/** Below this a latency run would compete with its own generator. */
const LATENCY_RATE_MAX = 10_000;

const few = listNames(21, 7);
const plain = (peers: readonly Peer[]): Contestant[] => peers.map((peer) => ({ name: peer.name, peer }));
const cached = Array.from({ length: 10_000 }, (_, i) => `n${i}.cached.bench.example.org`);

function scenarios(many: readonly string[]): Scenario[] {
  const blocked = [...few, ...few.map((name) => `www.${name}`)];
  const fresh = (round: number): string[] =>
    Array.from({ length: 600_000 }, (_, i) => `r${round}x${i}.fresh.bench.example.org`);
  const base = {
    names: few,
    cacheEntries: 100_000,
    transport: 'udp',
    warm: true,
    servers: plain(PEERS),
  } as const;
  return [
    {
      ...base,
      work: 'sinkholed',
      questions: () => blocked,
      servers: [
        ...plain(PEERS),
        { name: 'cenote (portable)', peer: CENOTE, change: { udp: 'portable' } },
        { name: 'cenote (2 workers)', peer: CENOTE, change: { workers: 2 } },
      ],
    },
    { ...base, work: 'cached', questions: () => cached },
    { ...base, work: 'forwarded', questions: fresh, cacheEntries: 0, warm: false },
    {
      ...base,
      work: 'sinkholed, TCP',
      questions: () => blocked,
      transport: 'tcp',
      servers: plain(PEERS.filter((peer) => ['cenote', 'dnsdist', 'unbound'].includes(peer.name))),
    },
    {
      ...base,
      work: `sinkholed, ${many.length.toLocaleString('en')} names`,
      names: many,
      questions: () => many.filter((_, i) => i % 97 === 0),
      servers: plain([CENOTE]),
    },
  ];
}

/** Runs every scenario; servers take turns inside a round, so that a slow minute of the machine hits all of them. */
export async function benchQueries(options: QueryOptions): Promise<QueryRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'cenote-bench-'));
  const upstream = startUpstream(folder, UPSTREAM_PORT);
  try {
    const rows: QueryRow[] = [await echoRow(folder, options)].flatMap((row) => row ?? []);
    for (const scenario of scenarios(listNames(options.manyNames, 3)))
      rows.push(...(await contest(scenario, folder, options)));
    return rows;
  } finally {
    await upstream.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Measured {
  readonly load: Load;
  readonly userUs: number;
  readonly systemUs: number;
}

async function contest(
  scenario: Scenario,
  folder: string,
  { rounds, seconds }: QueryOptions,
): Promise<QueryRow[]> {
  const running: {
    contestant: Contestant;
    version: string;
    server: Running;
    port: number;
    measured: Measured[];
  }[] = [];
  for (const [i, contestant] of scenario.servers.entries()) {
    const version = contestant.peer.version();
    if (version === null) continue;
    const port = PORT + i;
    const work: Work = {
      folder,
      port,
      upstreamPort: UPSTREAM_PORT,
      names: scenario.names,
      cacheEntries: scenario.cacheEntries,
      ...contestant.change,
    };
    const server = contestant.peer.start({ ...work, folder: mkdtempSync(join(folder, 'run-')) });
    await untilAnswered(port, scenario.names[0] ?? 'bench.test', 120);
    running.push({ contestant, version, server, port, measured: [] });
  }
  const { transport } = scenario;
  const clients = transport === 'tcp' ? 100 : 4;
  for (let round = 0; round < rounds; round += 1) {
    const file = join(folder, 'questions');
    writeFileSync(
      file,
      scenario
        .questions(round)
        .map((name) => `${name} A\n`)
        .join(''),
    );
    for (const { server, port, measured } of running) {
      if (scenario.warm && round === 0) await load({ port, file, seconds: 2, transport, clients });
      const before = cpuOf(server.pid);
      const result = await load({ port, file, seconds, transport, clients });
      const after = cpuOf(server.pid);
      const count = Math.max(1, result.completed);
      measured.push({
        load: result,
        userUs: (after.userUs - before.userUs) / count,
        systemUs: (after.systemUs - before.systemUs) / count,
      });
    }
  }
  const rows: QueryRow[] = [];
  for (const { contestant, version, server, port, measured } of running) {
    const perSecond = median(measured.map((one) => one.load.perSecond));
    const rate = Math.min(LATENCY_RATE_MAX, Math.floor(perSecond / 2));
    const timed = transport === 'udp' ? await latency(port, join(folder, 'questions'), rate, seconds) : null;
    const userUs = median(measured.map((one) => one.userUs));
    const systemUs = median(measured.map((one) => one.systemUs));
    rows.push({
      work: scenario.work, server: contestant.name, version, perSecond: Math.round(perSecond),
      lost: measured.reduce((sum, one) => sum + one.load.sent - one.load.completed, 0),
      userUs, systemUs, cpuUs: median(measured.map((one) => one.userUs + one.systemUs)),
      latency: timed, residentMiB: Math.round(residentOf(server.pid) / 1_048_576),
    }); // biome-ignore format: a row
  }
  for (const { server } of running) await server.stop();
  return rows;
}

/** The floor: a C program that sends each datagram back, 64 a system call. Needs cc. */
async function echoRow(folder: string, { rounds, seconds }: QueryOptions): Promise<QueryRow | null> {
  const binary = join(folder, 'echo');
  try {
    execFileSync('cc', ['-O2', join(import.meta.dirname, 'echo/echo.c'), '-o', binary], { stdio: 'pipe' });
  } catch {
    return null;
  }
  const file = join(folder, 'questions');
  writeFileSync(file, few.map((name) => `${name} A\n`).join(''));
  const server = run(binary, [String(PORT + 50)]);
  await untilAnswered(PORT + 50, 'bench.test', 10);
  const measured: Measured[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const before = cpuOf(server.pid);
    const result = await load({ port: PORT + 50, file, seconds });
    const after = cpuOf(server.pid);
    measured.push({
      load: result,
      userUs: (after.userUs - before.userUs) / result.completed,
      systemUs: (after.systemUs - before.systemUs) / result.completed,
    });
  }
  const residentMiB = Math.round(residentOf(server.pid) / 1_048_576);
  await server.stop();
  return {
    work: 'echo (floor)', server: 'C, recvmmsg', version: '-', perSecond: Math.round(median(measured.map((one) => one.load.perSecond))), lost: 0,
    userUs: median(measured.map((one) => one.userUs)), systemUs: median(measured.map((one) => one.systemUs)),
    cpuUs: median(measured.map((one) => one.userUs + one.systemUs)), latency: null, residentMiB,
  }; // biome-ignore format: a row
}
