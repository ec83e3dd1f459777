// What a query costs, cenote beside its peers: CPU a query (user and system), peak rate, latency at half of it, memory.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Peer, startUpstream, upstreamVersion } from '../support/peers.ts';
import { markdown } from '../support/table.ts';
import { type ContestOptions, contest, type QueryRow, secondsOf } from './contest.ts';
import { type Kind, scenariosOf } from './scenarios.ts';

export interface QueryOptions {
  readonly rounds: number;
  readonly seconds: number;
  /** Names of the large list. */
  readonly manyNames: number;
  readonly kinds: readonly Kind[];
}

const PORT = 15_300;
const UPSTREAM_PORT = 15_299;

export async function benchQueries({ manyNames, kinds, ...options }: QueryOptions): Promise<QueryRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'cenote-bench-'));
  const upstream = startUpstream(folder, UPSTREAM_PORT);
  const alone: Peer = {
    name: 'the upstream itself, unbound',
    version: upstreamVersion,
    fixedPort: UPSTREAM_PORT,
    start: () => ({ ...upstream, stop: async () => {} }),
  };
  try {
    const rows: QueryRow[] = [];
    const all: ContestOptions = { ...options, folder, port: PORT, upstreamPort: UPSTREAM_PORT };
    for (const scenario of scenariosOf(manyNames, alone)) {
      if (!kinds.includes(scenario.kind)) continue;
      process.stderr.write(`${scenario.work}: takes ${Math.round(secondsOf(scenario, all))} s or more\n`);
      try {
        rows.push(...(await contest(scenario, all)));
      } catch (error) {
        // A run of all kinds is long: the others go on.
        process.stderr.write(
          `${scenario.work} was not measured: ${error instanceof Error ? error.stack : error}\n`,
        );
        process.exitCode = 1;
      }
    }
    return rows;
  } finally {
    await upstream.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

export function queryTable(rows: readonly QueryRow[], { rounds, seconds }: QueryOptions): string {
  const heading = 'work|server|CPU µs/query|user|system|queries/s|lost|p50 µs|p99|p99.9|at /s|RSS MiB'.split(
    '|',
  );
  const us = (value: number): string => value.toFixed(1);
  const cells = rows.map((row) => [
    row.work,
    `${row.server} ${row.version}`.trim(),
    us(row.cpuUs),
    us(row.userUs),
    us(row.systemUs),
    row.perSecond.toLocaleString('en'),
    row.lost.toLocaleString('en'),
    ...timesOf(row),
    String(row.residentMiB),
  ]);
  return `${markdown([heading, ...cells])}
Medians of ${rounds} interleaved rounds of ${seconds} s after a warm-up of as long (three times as long at a steady rate, and over TLS), over loopback, one process with one thread each where not
said otherwise. The same names, upstream and EDNS for all; the peers' query logs are off, cenote's hits, journal and history on. CPU is
that of all threads. The rate is what dnsperf, which shares the machine, reaches with 200 outstanding: the echo row is its limit.
Latencies are at half of that rate, or at the rate that a row names (there of the last round), sent by a thread of our own; lost answers of all runs are summed.
`;
}

function timesOf({ latency }: QueryRow): string[] {
  if (latency === null) return ['', '', '', ''];
  return [latency.p50Us, latency.p99Us, latency.p999Us, latency.perSecond].map((value) =>
    value.toLocaleString('en'),
  );
}
