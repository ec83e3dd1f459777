// Distinct names of a list, each asked once, as fast as they are answered: memory, what is stored in the end, and what a hit costs on the
// disk.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { storedIn } from '../support/hits-load.ts';
import { freePort, until } from '../support/tool.ts';

export interface HitsFlood {
  readonly asked: number;
  readonly answered: number;
  readonly perSecond: number;
  /** Of the daemon: when it was ready, the most ever, and at its end; before and after a restart. */
  readonly residentMiB: Readonly<Record<'before' | 'peak' | 'after' | 'afterRequest' | 'restarted', number>>;
  /** Twice a second. */
  readonly courseMiB: readonly number[];
  readonly seconds: { readonly asking: number; readonly storing: number };
  readonly stored: number;
  readonly octetsEach: { readonly store: number; readonly log: number };
}

const MIB = 1024 * 1024;
const COURSE_MS = 500;
const STORED_MS = 600_000;

/** @param names how many @param directory of its own */
export async function playHits(directory: string, names: number, workers: number): Promise<HitsFlood> {
  const data = join(directory, 'data');
  mkdirSync(data);
  const file = join(directory, 'questions');
  await writeNames(file, names);
  const [dns, admin] = [await freePort(), await freePort()];
  const config = join(directory, 'cenote.yaml');
  writeFileSync(
    config,
    JSON.stringify({
      listen: { dns: [`127.0.0.1:${dns}`], admin: `127.0.0.1:${admin}` },
      workers,
      upstreams: { default: ['192.0.2.53'] },
      lists: { evil: { names: ['*.evil.example'], alert: true } },
      events: { dir: data },
      clients: { hosts: 'off', leases: [], neighbours: false, reverse: false },
    }),
  );
  const daemon = await start(config);
  const course: number[] = [];
  const before = resident(daemon, 'VmRSS');
  const clock = setInterval(() => course.push(resident(daemon, 'VmRSS')), COURSE_MS);
  try {
    const begunMs = performance.now();
    const { answered, perSecond } = await ask(file, dns);
    const askedMs = performance.now();
    await until('the hits to be stored', () => storedIn(data) >= answered, STORED_MS);
    const storedMs = performance.now();
    const after = resident(daemon, 'VmRSS');
    await (await fetch(`http://127.0.0.1:${admin}/api/v1/incidents`)).text();
    await pause(COURSE_MS);
    const afterRequest = resident(daemon, 'VmRSS');
    const peak = resident(daemon, 'VmHWM');
    clearInterval(clock);
    await stop(daemon);
    const octetsEach = octetsOf(data, answered);
    const again = await start(config);
    const restarted = resident(again, 'VmRSS');
    await stop(again);
    return {
      ...{ asked: names, answered, perSecond, octetsEach, courseMiB: course },
      residentMiB: { before, peak, after, afterRequest, restarted },
      seconds: { asking: seconds(askedMs - begunMs), storing: seconds(storedMs - askedMs) },
      stored: storedIn(data),
    };
  } finally {
    clearInterval(clock);
    daemon.kill('SIGKILL');
  }
}

const seconds = (ms: number): number => Math.round(ms / 100) / 10;

async function writeNames(path: string, names: number): Promise<void> {
  const file = createWriteStream(path);
  for (let at = 0; at < names; at += 10_000) {
    const lines = Array.from({ length: Math.min(10_000, names - at) }, (_, i) => {
      const label = (Math.imul(at + i + 1, 0x9e3779b1) >>> 0).toString(36);
      return `${label}.evil.example A\n`;
    });
    if (!file.write(lines.join(''))) await once(file, 'drain');
  }
  file.end();
  await once(file, 'close');
}

async function start(config: string): Promise<ChildProcess> {
  const cenote = join(import.meta.dirname, '../../bin/cenote');
  const child = spawn(cenote, ['serve', '-c', config], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr?.on('data', (text: Buffer) => {
    said += text.toString();
  });
  await until(`the daemon to be ready (${said})`, () => said.includes('cenote is ready.'), 60_000);
  return child;
}

async function stop(daemon: ChildProcess): Promise<void> {
  const closed = once(daemon, 'close');
  daemon.kill('SIGTERM');
  await closed;
}

async function ask(file: string, port: number): Promise<{ answered: number; perSecond: number }> {
  const args = ['-s', '127.0.0.1', '-p', String(port), '-d', file, '-n', '1', '-q', '200', '-c', '20', '-W'];
  const { stdout } = await promisify(execFile)('dnsperf', args, { maxBuffer: 64 * MIB });
  const number = (what: string): number => Number(new RegExp(`${what}:\\s+([0-9.]+)`).exec(stdout)?.[1] ?? 0);
  return { answered: number('Queries completed'), perSecond: Math.round(number('Queries per second')) };
}

/** @param field of /proc/PID/status */
function resident({ pid }: ChildProcess, field: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Math.round((Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0) * 1024) / MIB);
}

function octetsOf(data: string, hits: number): HitsFlood['octetsEach'] {
  const files = readdirSync(data, { recursive: true }).map(String);
  const each = (wanted: RegExp): number => {
    const sizes = files.filter((name) => wanted.test(name)).map((name) => statSync(join(data, name)).size);
    return Math.round(sizes.reduce((sum, size) => sum + size, 0) / hits);
  };
  return { store: each(/cenote\.db/), log: each(/hits\.[^/]*jsonl|hits\.jsonl/) };
}
