// What clients notice of a list of a million names that is compiled and swapped under them: answers lost, percentiles of the
// answers' times idle and during reloads, and whether memory settles: each reload leaves one trie behind.
import { mkdtempSync, rmSync } from 'node:fs';
import { appendFile, copyFile, rename } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { untilAnswered, untilBlocked } from './support/load.ts';
import { listNames } from './support/names.ts';
import { type Latency, pace } from './support/pace.ts';
import { CENOTE, startUpstream } from './support/peers.ts';
import { peakResidentOf, residentOf } from './support/process.ts';

export interface ReloadRow {
  readonly work: string;
  readonly latency: Latency;
  /** From SIGHUP to the first answer by the new list, the median of the reloads; null when idle. */
  readonly reloadSeconds: number | null;
  /** Resident at the beginning, and after each reload once it has settled. */
  readonly residentMiB: readonly number[];
  readonly peakMiB: number;
}

const PORT = 15_450;
const UPSTREAM_PORT = 15_449;
const PER_SECOND = 5000;
const ROUND_SECONDS = 8;
const SETTLE_MS = 2500;

/** Idle, and then with one reload after another. */
export async function benchReload(count: number, reloads: number): Promise<ReloadRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'cenote-reload-'));
  const upstream = startUpstream(folder, UPSTREAM_PORT);
  const names = listNames(count, 3);
  const server = CENOTE.start({
    folder,
    port: PORT,
    upstreamPort: UPSTREAM_PORT,
    names,
    cacheEntries: 50_000,
  });
  try {
    // One query in ten for a listed name, the others for names that are soon cached.
    const asked = Array.from({ length: 20_000 }, (_, i) =>
      i % 10 === 0 ? names[(i * 41) % count]! : `c${i % 5000}.bench.example.org`,
    );
    const ask = (seconds: number): Promise<Latency> =>
      pace({ port: PORT, names: asked, perSecond: PER_SECOND, seconds });
    await untilAnswered(PORT, names[0]!, 60);
    await ask(3);
    const mebi = (octets: number): number => Math.round(octets / 1_048_576);
    const idle = await ask(ROUND_SECONDS);
    const row = { residentMiB: [mebi(residentOf(server.pid))], peakMiB: mebi(peakResidentOf(server.pid)) };
    const rows: ReloadRow[] = [{ work: 'idle', latency: idle, reloadSeconds: null, ...row }];
    const residentMiB = [...row.residentMiB];
    const list = join(folder, 'names.txt');
    const next = join(folder, 'next.txt');
    const seconds: number[] = [];
    const reloading = (async () => {
      for (let i = 1; i <= reloads; i += 1) {
        const marker = `marker-${i}.example`;
        await copyFile(list, next);
        await appendFile(next, `||${marker}^\n`);
        await rename(next, list);
        server.child.kill('SIGHUP');
        seconds.push(await untilBlocked(PORT, marker, 60));
        await wait(SETTLE_MS);
        residentMiB.push(mebi(residentOf(server.pid)));
      }
    })();
    const during: Latency[] = [];
    let isOver = false;
    void reloading.finally(() => {
      isOver = true;
    });
    while (!isOver) during.push(await ask(ROUND_SECONDS));
    await reloading;
    rows.push({
      work: `${reloads} reloads of ${count.toLocaleString('en')} names`,
      latency: worst(during),
      reloadSeconds: seconds.sort((a, b) => a - b)[seconds.length >> 1] ?? 0,
      residentMiB,
      peakMiB: mebi(peakResidentOf(server.pid)),
    });
    return rows;
  } finally {
    await server.stop();
    await upstream.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** All answers lost, and each percentile as it was in the worst stretch. */
function worst(stretches: readonly Latency[]): Latency {
  const most = (of: (stretch: Latency) => number): number => Math.max(...stretches.map(of));
  return {
    perSecond: PER_SECOND,
    lost: stretches.reduce((sum, { lost }) => sum + lost, 0),
    p50Us: most(({ p50Us }) => p50Us),
    p99Us: most(({ p99Us }) => p99Us),
    p999Us: most(({ p999Us }) => p999Us),
  };
}

/** The rows as a table's cells, the heading first. */
export function reloadCells(rows: readonly ReloadRow[]): string[][] {
  const idle = rows[0]?.latency;
  return [
    ['', 'lost', 'p50 µs', 'p99', 'p99.9', 'p99 / idle', 'reload, s', 'RSS MiB', 'peak'],
    ...rows.map(({ work, latency: at, reloadSeconds, residentMiB, peakMiB }) => [
      work,
      ...[at.lost, at.p50Us, at.p99Us, at.p999Us].map(String),
      idle === undefined ? '' : (at.p99Us / idle.p99Us).toFixed(2),
      reloadSeconds === null ? '' : reloadSeconds.toFixed(2),
      residentMiB.join(' '),
      String(peakMiB),
    ]),
  ];
}
