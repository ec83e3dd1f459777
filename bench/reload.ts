// What clients notice of a list of a million names that is compiled and swapped under them: answers lost, percentiles of the
// answers' times idle and during reloads, and whether memory settles: each reload leaves one trie behind.
import { mkdtempSync, rmSync } from 'node:fs';
import { copyFile, open, rename } from 'node:fs/promises';
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
  /** Resident at the beginning, right after each reload, and at the end once all has settled; without the helper process. */
  readonly residentMiB: readonly number[];
  readonly peakMiB: number;
}

const PORT = 15_450;
const UPSTREAM_PORT = 15_449;
const PER_SECOND = 5000;
const ROUND_SECONDS = 8;
/** At most how long one reload takes; the stretch is measured whole. */
const SECONDS_A_RELOAD = 2;
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
    // Written, to the disk, before anything is timed: what this process does meanwhile must not be what is measured.
    const lists = await writeLists(folder, reloads * 2);
    const idle = await ask(ROUND_SECONDS);
    const row = { residentMiB: [mebi(residentOf(server.pid))], peakMiB: mebi(peakResidentOf(server.pid)) };
    const rows: ReloadRow[] = [{ work: 'idle', latency: idle, reloadSeconds: null, ...row }];
    const residentMiB = [...row.residentMiB];
    const reloadsDone = { seconds: [] as number[], isOver: false };
    const reloading = (async () => {
      for (let i = 1; !reloadsDone.isOver && i <= lists.length; i += 1) {
        await rename(lists[i - 1]!, join(folder, 'names.txt'));
        server.child.kill('SIGHUP');
        reloadsDone.seconds.push(await untilBlocked(PORT, markerOf(i), 60));
        residentMiB.push(mebi(residentOf(server.pid)));
      }
    })();
    const during = await ask(reloads * SECONDS_A_RELOAD);
    reloadsDone.isOver = true;
    await reloading;
    await wait(SETTLE_MS);
    residentMiB.push(mebi(residentOf(server.pid)));
    const { seconds } = reloadsDone;
    rows.push({
      work: `${seconds.length} reloads of ${count.toLocaleString('en')} names, one after the other`,
      latency: during,
      reloadSeconds: [...seconds].sort((a, b) => a - b)[seconds.length >> 1] ?? 0,
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

/** The list again and again, each with a name of its own that tells when it is in force. */
async function writeLists(folder: string, count: number): Promise<string[]> {
  const paths: string[] = [];
  for (let i = 1; i <= count; i += 1) {
    const path = join(folder, `names-${i}.txt`);
    await copyFile(join(folder, 'names.txt'), path);
    const file = await open(path, 'a');
    await file.writeFile(`||${markerOf(i)}^\n`);
    await file.sync();
    await file.close();
    paths.push(path);
  }
  return paths;
}

const markerOf = (reload: number): string => `marker-${reload}.example`;

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
