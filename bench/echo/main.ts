// What one datagram costs: CPU a query, user and system from /proc, of echo servers over loopback under dnsperf.
// `node bench/echo/main.ts [rounds] [seconds]`; needs Linux and dnsperf, and cc for the C row. Rounds are interleaved.
import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const KINDS = ['c', 'udp-batch', 'udp-batch-any', 'poller', 'poll', 'hybrid', 'udp', 'dgram'] as const;
const LOADS = [
  { name: 'saturated', arguments: ['-c', '10', '-q', '400'] },
  { name: '10,000 a second', arguments: ['-c', '10', '-q', '400', '-Q', '10000'] },
] as const;
const PORT = 15_390;
const TICK_US = 10_000;
const [rounds = 3, seconds = 3] = process.argv.slice(2).map(Number);

const folder = mkdtempSync(join(tmpdir(), 'cenote-echo-'));
process.on('exit', () => rmSync(folder, { recursive: true }));
const queries = join(folder, 'queries');
writeFileSync(queries, Array.from({ length: 1_000 }, (_, i) => `name${i}.example.com A\n`).join(''));
const floor = join(folder, 'echo');
execFileSync('cc', ['-O2', join(import.meta.dirname, 'echo.c'), '-o', floor]);

interface Cost {
  readonly user: number;
  readonly system: number;
}

function ticksOf(pid: number): Cost {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return { user: Number(fields[11]), system: Number(fields[12]) };
}

async function start(kind: string): Promise<ChildProcess> {
  const [command, ...rest] =
    kind === 'c' ? [floor] : [process.execPath, join(import.meta.dirname, 'server.ts'), kind];
  const child = spawn(command!, [...rest, String(PORT)], { stdio: ['ignore', 'pipe', 'inherit'] });
  if (kind === 'c') await new Promise((resolve) => setTimeout(resolve, 300));
  else await once(child.stdout!, 'data');
  return child;
}

async function load(extra: readonly string[], duration: number): Promise<number> {
  const fixed = ['-s', '127.0.0.1', '-p', String(PORT), '-d', queries, '-l', String(duration)];
  const { stdout } = await promisify(execFile)('dnsperf', [...fixed, ...extra]);
  return Number(/Queries completed:\s+(\d+)/.exec(stdout)?.[1]);
}

async function measure(kind: string, extra: readonly string[]): Promise<Cost> {
  const child = await start(kind);
  try {
    await load(extra, 1);
    const before = ticksOf(child.pid!);
    const answered = await load(extra, seconds);
    const after = ticksOf(child.pid!);
    return {
      user: ((after.user - before.user) * TICK_US) / answered,
      system: ((after.system - before.system) * TICK_US) / answered,
    };
  } finally {
    child.kill();
    await once(child, 'exit');
  }
}

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;

for (const { name, arguments: extra } of LOADS) {
  const costs = new Map<string, Cost[]>(KINDS.map((kind) => [kind, []]));
  for (let round = 0; round < rounds; round++)
    for (const kind of KINDS) costs.get(kind)!.push(await measure(kind, extra));
  console.log(`\n${name}: CPU µs a query, median of ${rounds} (user + system)`);
  for (const [kind, list] of costs) {
    const user = median(list.map((cost) => cost.user));
    const system = median(list.map((cost) => cost.system));
    const total = median(list.map((cost) => cost.user + cost.system));
    console.log(
      `${kind.padEnd(14)} ${total.toFixed(1).padStart(6)}   ${user.toFixed(1)} + ${system.toFixed(1)}`,
    );
  }
}
