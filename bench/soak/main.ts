// The soak: `npm run soak -- [MINUTES] [QUERIES_PER_SECOND]`. Lists are reloaded, threads killed, upstreams slow and silent,
// while every query must be answered exactly once, every hit logged, and memory must not grow.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { untilAnswered } from '../support/load.ts';
import { residentOf } from '../support/process.ts';
import { median } from '../support/table.ts';
import { Traffic } from './traffic.ts';
import { startUpstreams } from './upstreams.ts';

const PORT = 15_390;
const WORKERS = 2;
const RELOAD_MS = 20_000;
const KILL_MS = 60_000;
const REPORT_MS = 15_000;
const SAMPLE_MS = 2000;
/** Memory is compared from here on; each figure is the median of a minute, as a reload takes some and gives it back. */
const SETTLED_MS = 120_000;
const WINDOW_MS = 60_000;
const GROWTH_MAX = 1.1;
const BLOCKED = 2000;
const CACHED = 1000;

const minutes = Number(process.argv[2] ?? 10);
const perSecond = Number(process.argv[3] ?? 5000);
const root = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'cenote-soak-'));
const list = join(folder, 'names.txt');

/** Of ten queries six are blocked, three soon cached, one new to everybody. */
function nameOf(number: number): { name: string; isBlocked: boolean } {
  const kind = number % 10;
  if (kind < 6) return { name: `n${number % BLOCKED}.blocked.test`, isBlocked: true };
  if (kind < 9) return { name: `n${number % CACHED}.example.org`, isBlocked: false };
  return { name: `n${number}.example.org`, isBlocked: false };
}

function writeList(round: number): void {
  const others = Array.from({ length: 20_000 }, (_, i) => `||other${i}-${round}.test^`);
  writeFileSync(list, ['||blocked.test^', ...others, ''].join('\n'));
}

const upstreams = await startUpstreams();
writeList(0);
const config = join(folder, 'cenote.yaml');
writeFileSync(
  config,
  JSON.stringify({
    listen: { dns: [`127.0.0.1:${PORT}`], admin: 'off' },
    workers: WORKERS,
    upstreams: { default: upstreams.addresses },
    // Full before memory is first looked at: a cache that still fills is no leak.
    cache: { entries: 10_000 },
    lists: { soak: { source: list, format: 'adblock', action: 'sinkhole' } },
    groups: { default: { clients: ['any'], lists: ['soak'] } },
    events: { dir: join(folder, 'data') },
    clients: { hosts: 'off', leases: [], neighbours: false, reverse: false },
  }),
);
const daemon = spawn(join(root, 'bin/cenote'), ['serve', '-c', config], {
  stdio: ['ignore', 'pipe', 'pipe'],
  env: {
    ...process.env,
    DYING_THREADS: folder,
    NODE_OPTIONS: `--import=${join(root, 'test/support/dying-thread.ts')}`,
  },
});
const ended = new Promise<number | string>((resolve) =>
  daemon.once('exit', (code, signal) => resolve(code ?? signal ?? 'gone')),
);
let isStopping = false;
let logged = 0;
let reloads = 0;
let deaths = 0;
createInterface({ input: daemon.stdout }).on('line', (line) => {
  if (line.includes('"event":"hit"')) logged += Number(/"count":(\d+)/.exec(line)?.[1] ?? 0);
});
createInterface({ input: daemon.stderr }).on('line', (line) => {
  if (line.includes('"msg":"reloaded"')) reloads += 1;
  else if (line.includes('is being replaced')) deaths += 1;
  else if (/"level":[56]0/.test(line) && !line.includes('dies for a test')) console.log(line.slice(0, 300));
});

await untilAnswered(PORT, 'first.example.org', 60);
const begunMs = performance.now();
const endMs = begunMs + minutes * 60_000;
const traffic = new Traffic(PORT, nameOf);
void ended.then((code) => {
  if (!isStopping) console.log(`the daemon ended with ${code}`);
  traffic.stop();
});
const memory: { atMs: number; octets: number }[] = [];
const timers = [
  setInterval(() => {
    writeList(Math.round(performance.now()));
    daemon.kill('SIGHUP');
  }, RELOAD_MS),
  setInterval(() => {
    writeFileSync(join(folder, `resolver-${deaths % WORKERS}`), '');
  }, KILL_MS),
  setInterval(() => {
    const minute = (performance.now() - begunMs) / 60_000;
    const { sent, answered, retried, lost, doubled } = traffic.counts;
    const megabytes = ((memory.at(-1)?.octets ?? 0) / 1e6).toFixed(0);
    console.log(
      `${minute.toFixed(1)} min: sent ${sent}, answered ${answered}, asked again ${retried}, lost ${lost}, twice ${doubled}; ${megabytes} MB`,
    );
  }, REPORT_MS),
  setInterval(() => {
    memory.push({ atMs: performance.now() - begunMs, octets: residentOf(daemon.pid ?? 0) });
  }, SAMPLE_MS),
];
await traffic.run(perSecond, endMs);
for (const timer of timers) clearInterval(timer);
isStopping = true;
const isCrashed = daemon.exitCode !== null || daemon.signalCode !== null;
daemon.kill('SIGTERM');
const code = await Promise.race([ended, wait(30_000, 'still there after 30 s')]);
daemon.kill('SIGKILL');
upstreams.close();
rmSync(folder, { recursive: true, force: true });

const { sent, answered, retried, lost, doubled, blocked } = traffic.counts;
const settledMs = Math.min(SETTLED_MS, minutes * 30_000);
const windowMs = Math.min(WINDOW_MS, minutes * 15_000);
const memoryFrom = (fromMs: number): number =>
  median(memory.filter(({ atMs }) => atMs >= fromMs && atMs < fromMs + windowMs).map(({ octets }) => octets));
const settled = memoryFrom(settledMs);
const last = memoryFrom(minutes * 60_000 - windowMs);
const growth = settled === 0 ? 0 : last / settled;
const verdicts: readonly [string, boolean][] = [
  [`crashes: ${isCrashed ? 1 : 0}; exit code ${code}`, !isCrashed && code === 0],
  [`reloads ${reloads}, threads killed and replaced ${deaths}`, reloads > 0 || minutes < 1],
  [`queries ${sent}, answered ${answered}, lost ${lost}, answered twice ${doubled}`, lost + doubled === 0],
  [`asked again ${retried} (on their way when a thread died)`, retried === 0 || deaths > 0],
  // What a dying thread had logged and could not send was asked again, and is a second hit.
  [`hits logged ${logged}, answered ${blocked}`, logged >= blocked && logged - blocked <= retried],
  [
    `memory ${(settled / 1e6).toFixed(0)} MB at minute ${(settledMs / 60_000).toFixed(1)}, ${(last / 1e6).toFixed(0)} MB at the end: ${growth.toFixed(2)}`,
    growth <= GROWTH_MAX,
  ],
];
for (const [text, isGood] of verdicts) console.log(`${isGood ? 'ok  ' : 'FAIL'} ${text}`);
process.exitCode = verdicts.every(([, isGood]) => isGood) ? 0 : 1;
