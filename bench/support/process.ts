// What a process costs: CPU of all its threads and resident memory, from /proc.
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

/** USER_HZ of Linux: a tick of /proc/PID/stat in microseconds. */
const TICK_US = 10_000;
/** Calm is a second or two with less than 3 % of a processor; a hit is held for two seconds until it is stored. */
const CALM = { everyMs: 500, us: 15_000, looks: 5, looksMax: 240 } as const;

export interface Cpu {
  readonly userUs: number;
  readonly systemUs: number;
}

/** How much of it is the kernel's is known in ticks only, which are too coarse for a thousand queries a second. */
export function cpuOf(pid: number): Cpu {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  const [userUs, systemUs] = [Number(fields[11]) * TICK_US, Number(fields[12]) * TICK_US];
  // Threads that ended count in ticks alone.
  const totalUs = Math.max(scheduledUs(pid), userUs + systemUs);
  const share = userUs / Math.max(1, userUs + systemUs);
  return { userUs: totalUs * share, systemUs: totalUs * (1 - share) };
}

/** Of the threads that live; 0 where the kernel does not say. */
function scheduledUs(pid: number): number {
  let ns = 0;
  try {
    for (const thread of readdirSync(`/proc/${pid}/task`))
      ns += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]);
  } catch {
    return 0;
  }
  return ns / 1000;
}

/** Resolves when a process has next to nothing left to do: of what was asked a part is done later. */
export async function untilCalm(pid: number): Promise<void> {
  for (let calm = 0, look = 0; calm < CALM.looks && look < CALM.looksMax; look += 1) {
    const before = scheduledUs(pid);
    await wait(CALM.everyMs);
    calm = scheduledUs(pid) - before < CALM.us ? calm + 1 : 0;
  }
}

/** Octets given to write(2) and its kin since the start: files, not datagrams. */
export function writtenOf(pid: number): number {
  return Number(/^wchar: (\d+)/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))?.[1] ?? 0);
}

/** How often threads that live went to sleep of themselves since their start, and so were woken. */
export function wakesOf(pid: number): number {
  let wakes = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const status = readFileSync(`/proc/${pid}/task/${thread}/status`, 'utf8');
    wakes += Number(/^voluntary_ctxt_switches:\s+(\d+)/m.exec(status)?.[1] ?? 0);
  }
  return wakes;
}

/** Resident octets. */
export function residentOf(pid: number): number {
  return statusOf(pid, 'VmRSS');
}

/** Resident octets of a process and of those it started; what they share (the program's text) is counted for each. */
export function residentOfFamily(pid: number): number {
  let octets = 0;
  try {
    octets = residentOf(pid);
    for (const thread of readdirSync(`/proc/${pid}/task`))
      for (const child of readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' '))
        if (child !== '') octets += residentOfFamily(Number(child));
  } catch {
    // One that ended meanwhile holds nothing.
  }
  return octets;
}

/** The most octets that ever were resident. */
export function peakResidentOf(pid: number): number {
  return statusOf(pid, 'VmHWM');
}

function statusOf(pid: number, field: string): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0) * 1024;
}

export interface Running {
  readonly child: ChildProcess;
  readonly pid: number;
  stop(): Promise<void>;
}

const children = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

/** Starts a server that stays in the foreground; what it prints is kept for the error when it ends too early. */
export function run(
  command: string,
  parameters: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Running {
  const child = spawn(command, [...parameters], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  });
  children.add(child);
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text: Buffer) => {
      printed = `${printed}${text.toString()}`.slice(-2000);
    });
  child.on('exit', (code) => {
    children.delete(child);
    if (!stopping) process.stderr.write(`${command} ended with ${code}: ${printed}\n`);
  });
  let stopping = false;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    child,
    pid: child.pid ?? 0,
    async stop() {
      stopping = true;
      child.kill('SIGTERM');
      await Promise.race([ended, wait(5000)]);
      child.kill('SIGKILL');
      await ended;
    },
  };
}
