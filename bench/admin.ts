// The admin's page beside a query log of 60 million rows: when it first shows what somebody came for, and what DNS clients notice of
// those who ask the API meanwhile. Both as a share of the same without: a shared machine's wall time says little by itself.
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { openPage } from '../test/support/browser.ts';
import { type Daemon, startDaemon } from '../test/support/daemon.ts';
import { startSimpleUpstream } from '../test/support/simple-upstream.ts';
import { compileDay, DAY_MS, OFFICE_START_MS } from './log/office.ts';
import type { ToWriter } from './log/write.ts';
import { untilAnswered } from './support/load.ts';
import { type Latency, pace } from './support/pace.ts';
import { median } from './support/table.ts';

export interface AdminRow {
  readonly rows: number;
  /** From navigation to the first paint of content, and of the largest, ms: medians. */
  readonly paint: { readonly without: Paint; readonly withLog: Paint };
  readonly scriptKB: number;
  /** Of DNS answers, in turns without and with API load. */
  readonly quiet: readonly Latency[];
  readonly loaded: readonly Latency[];
  readonly apiAnswers: number;
}

interface Paint {
  readonly firstMs: number;
  readonly largestMs: number;
}

const LOADS = 9;
const ROUNDS = 5;
const ROUND_SECONDS = 6;
const PER_SECOND = 5000;
const ASKERS = 3;
const PATHS = [
  'status',
  'log?limit=100',
  'log?limit=100&name=north',
  'top?of=names&since=24h',
  'top?of=machines',
  'charts?since=24h',
  'clients',
  'lists',
  'hits',
  'incidents',
];

/** @param days of an office, two million queries each */
export async function benchAdmin(days: number): Promise<AdminRow> {
  const folder = mkdtempSync(join(tmpdir(), 'cenote-admin-'));
  const upstream = await startSimpleUpstream();
  const config = {
    upstreams: { default: [upstream.address] },
    lists: { ads: { names: ['ads.example'], subdomains: true } },
    groups: { default: { clients: ['any'], lists: ['ads'] } },
    log: { keep: '10y', size: '64GiB' },
  };
  const start = (name: string): Promise<Daemon> => {
    const directory = join(folder, name);
    mkdirSync(directory, { recursive: true });
    return startDaemon({ directory, config });
  };
  const daemons: Daemon[] = [];
  try {
    daemons.push(await start('without'));
    const without = await paintsOf(daemons[0]!, join(folder, 'browser'));
    await daemons.pop()?.stop();
    mkdirSync(join(folder, 'with', 'data'), { recursive: true });
    const rows = await writeDays(join(folder, 'with', 'data', 'log.db'), days);
    const daemon = await start('with');
    daemons.push(daemon);
    const withLog = await paintsOf(daemon, join(folder, 'browser'));
    const answers = await answersOf(daemon);
    return {
      rows,
      scriptKB: withLog.scriptKB,
      paint: { without: without.paint, withLog: withLog.paint },
      ...answers,
    };
  } finally {
    for (const daemon of daemons) await daemon.stop();
    await upstream.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Ends at the last midnight. */
async function writeDays(path: string, days: number): Promise<number> {
  const shiftMs = Math.floor(Date.now() / DAY_MS) * DAY_MS - (OFFICE_START_MS + days * DAY_MS);
  const writer = new Worker(new URL('log/write.ts', import.meta.url), { workerData: { path, shiftMs } });
  const told = async (message: ToWriter): Promise<void> => {
    writer.postMessage(message);
    await once(writer, 'message');
  };
  let rows = 0;
  for (let number = 0; number < days; number += 1) {
    const day = compileDay(number);
    rows += day.size;
    await told({ day });
  }
  await told({ what: 'rest' });
  await told({ what: 'close' });
  return rows;
}

const SHOWN = `new Promise((resolve) => {
  const first = performance.getEntriesByName('first-contentful-paint')[0]?.startTime;
  new PerformanceObserver((list) => resolve(first === undefined ? null : {
    firstMs: first,
    largestMs: list.getEntries().at(-1).startTime,
    scriptKB: performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('.js')).reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0) / 1000,
  })).observe({ type: 'largest-contentful-paint', buffered: true });
  setTimeout(() => resolve(null), 3000);
})`;

async function paintsOf({ adminUrl }: Daemon, profile: string) {
  const page = await openPage(`${adminUrl}/`, profile);
  try {
    const shown: (Paint & { readonly scriptKB: number })[] = [];
    for (let load = 0; load < LOADS; load += 1) {
      await page.value('void location.reload()').catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 1500));
      const one = await page.value<(Paint & { readonly scriptKB: number }) | null>(SHOWN);
      if (one !== null) shown.push(one);
    }
    const of = (what: (one: Paint) => number): number => Math.round(median(shown.map(what)));
    return {
      paint: { firstMs: of(({ firstMs }) => firstMs), largestMs: of(({ largestMs }) => largestMs) },
      scriptKB: Math.round(shown.at(-1)?.scriptKB ?? 0),
    };
  } finally {
    await page.close();
  }
}

async function answersOf({ server, adminUrl }: Daemon) {
  const names = Array.from({ length: 5000 }, (_, i) =>
    i % 10 === 0 ? 'x.ads.example' : `c${i % 500}.bench.example`,
  );
  const ask = (seconds: number): Promise<Latency> =>
    pace({ port: server.port, names, perSecond: PER_SECOND, seconds });
  await untilAnswered(server.port, names[1]!, 30);
  await ask(3);
  const [quiet, loaded]: [Latency[], Latency[]] = [[], []];
  let apiAnswers = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    quiet.push(await ask(ROUND_SECONDS));
    const asking = Array.from({ length: ASKERS }, (_, asker) => {
      const paths = PATHS.map((_, i) => PATHS[(i + asker) % PATHS.length]);
      const urls = paths.map((path) => `${adminUrl}/api/v1/${path}`);
      return new Worker(new URL('support/api-asker.ts', import.meta.url), { workerData: { urls } });
    });
    await Promise.all(asking.map((one) => once(one, 'online')));
    loaded.push(await ask(ROUND_SECONDS));
    for (const one of asking) {
      one.postMessage('enough');
      const [answers] = (await once(one, 'message')) as [number];
      apiAnswers += answers;
    }
  }
  return { quiet, loaded, apiAnswers };
}

export function adminCells({ rows, paint, scriptKB, quiet, loaded, apiAnswers }: AdminRow): string[][] {
  const { without, withLog } = paint;
  const p = (all: readonly Latency[], of: 'p50Us' | 'p99Us'): number =>
    Math.round(median(all.map((one) => one[of])));
  const lost = (all: readonly Latency[]): number => all.reduce((sum, one) => sum + one.lost, 0);
  const share = (a: number, b: number): string => (b === 0 ? '' : (a / b).toFixed(2));
  return [
    ['', 'without', 'with', 'share'],
    [
      `first paint, ms (${rows.toLocaleString('en')} rows in the log)`,
      String(without.firstMs),
      String(withLog.firstMs),
      share(withLog.firstMs, without.firstMs),
    ],
    [
      'largest paint, ms',
      String(without.largestMs),
      String(withLog.largestMs),
      share(withLog.largestMs, without.largestMs),
    ],
    ['script, kB', '', String(scriptKB), ''],
    [
      `DNS p50, µs (${apiAnswers.toLocaleString('en')} API answers beside it)`,
      String(p(quiet, 'p50Us')),
      String(p(loaded, 'p50Us')),
      share(p(loaded, 'p50Us'), p(quiet, 'p50Us')),
    ],
    [
      'DNS p99, µs',
      String(p(quiet, 'p99Us')),
      String(p(loaded, 'p99Us')),
      share(p(loaded, 'p99Us'), p(quiet, 'p99Us')),
    ],
    ['DNS lost', String(lost(quiet)), String(lost(loaded)), ''],
  ];
}
