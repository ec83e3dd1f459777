// The admin's page beside a query log of 60 million rows: when it first shows what somebody came for, and what DNS clients notice of
// those who ask the API meanwhile. Both as a share of the same without: a shared machine's wall time says little by itself.
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
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
  /** Of DNS answers: without, with readers of the API, and beside a thread that takes as much CPU. */
  readonly turns: readonly { readonly quiet: Latency; readonly loaded: Latency; readonly burnt: Latency }[];
  readonly apiAnswers: number;
  /** Of one processor, that readers cost the daemon. */
  readonly apiCpu: number;
}

interface Paint {
  readonly firstMs: number;
  readonly largestMs: number;
}

const LOADS = 9;
const TURNS = 20;
const TURN_SECONDS = 2;
const PER_SECOND = 5000;
const ASKERS = 3;
/** Each of them: ten times as often as the page asks. */
const ASKED_EVERY_MS = 200;
const TICKS_A_SECOND = 100;
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

/** Turns without, with readers of the API, and beside a thread that takes as much CPU as these cost, one after the other. */
async function answersOf({ server, adminUrl, child }: Daemon) {
  const names = Array.from({ length: 5000 }, (_, i) =>
    i % 10 === 0 ? 'x.ads.example' : `c${i % 500}.bench.example`,
  );
  const ask = async (): Promise<{ readonly latency: Latency; readonly cpu: number }> => {
    const before = cpuSeconds(child.pid ?? 0);
    const latency = await pace({ port: server.port, names, perSecond: PER_SECOND, seconds: TURN_SECONDS });
    return { latency, cpu: (cpuSeconds(child.pid ?? 0) - before) / TURN_SECONDS };
  };
  await untilAnswered(server.port, names[1]!, 30);
  await ask();
  const turns: { quiet: Latency; loaded: Latency; burnt: Latency }[] = [];
  let apiAnswers = 0;
  let cost = 0;
  for (let turn = 0; turn < TURNS; turn += 1) {
    const quiet = await ask();
    const asking = Array.from({ length: ASKERS }, (_, asker) => {
      const paths = PATHS.map((_, i) => PATHS[(i + asker) % PATHS.length]);
      const urls = paths.map((path) => `${adminUrl}/api/v1/${path}`);
      return new Worker(new URL('support/api-asker.ts', import.meta.url), {
        workerData: { urls, everyMs: ASKED_EVERY_MS },
      });
    });
    await Promise.all(asking.map((one) => once(one, 'online')));
    const loaded = await ask();
    for (const one of asking) {
      one.postMessage('enough');
      const [answers] = (await once(one, 'message')) as [number];
      apiAnswers += answers;
    }
    cost += (loaded.cpu - quiet.cpu) / TURNS;
    const share = Math.min(0.95, Math.max(0.01, loaded.cpu - quiet.cpu));
    const burner = new Worker(new URL('support/burner.ts', import.meta.url), { workerData: { share } });
    await once(burner, 'online');
    const burnt = await ask();
    burner.postMessage('enough');
    await once(burner, 'exit');
    turns.push({ quiet: quiet.latency, loaded: loaded.latency, burnt: burnt.latency });
  }
  return { turns, apiAnswers, apiCpu: cost };
}

/** Of a process and all its threads. */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
}

export function adminCells({ rows, paint, scriptKB, turns, apiAnswers, apiCpu }: AdminRow): string[][] {
  const { without, withLog } = paint;
  const share = (a: number, b: number): string => (b === 0 ? '' : (a / b).toFixed(2));
  const painted = (what: keyof Paint, text: string): string[] => [
    text,
    String(without[what]),
    String(withLog[what]),
    '',
    share(withLog[what], without[what]),
    '',
  ];
  // Of each turn by itself: what else the machine did meanwhile is in all three.
  const answered = (of: 'p50Us' | 'p99Us', text: string): string[] => {
    const mid = (which: 'quiet' | 'loaded' | 'burnt'): string =>
      String(Math.round(median(turns.map((turn) => turn[which][of]))));
    const shares = (which: 'loaded' | 'burnt'): string =>
      median(turns.map((turn) => turn[which][of] / turn.quiet[of])).toFixed(2);
    return [text, mid('quiet'), mid('loaded'), mid('burnt'), shares('loaded'), shares('burnt')];
  };
  const lost = (which: 'quiet' | 'loaded' | 'burnt'): string =>
    String(turns.reduce((sum, turn) => sum + turn[which].lost, 0));
  return [
    ['', 'without', 'with', 'beside a burner', 'share', 'burner’s share'],
    painted('firstMs', `first paint, ms (${rows.toLocaleString('en')} rows in the log)`),
    painted('largestMs', 'largest paint, ms'),
    ['script, kB', '', String(scriptKB), '', '', ''],
    answered(
      'p50Us',
      `DNS p50, µs (${apiAnswers.toLocaleString('en')} API answers beside it, ${(100 * apiCpu).toFixed(0)} % of a processor)`,
    ),
    answered('p99Us', 'DNS p99, µs'),
    ['DNS lost', lost('quiet'), lost('loaded'), lost('burnt'), '', ''],
  ];
}
