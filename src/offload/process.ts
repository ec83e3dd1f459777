// A helper process, as its parent sees it: started with one request, heard until it ends, gone when we are.
import { readFileSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { loadLibc } from '../native/libc.ts';
import type { Ending } from '../native/spawner.ts';
import { scheduleIdle } from '../native/turns.ts';
import type { FromChild } from './child.ts';
import { hearFrames, sendFrame } from './frames.ts';
import { type Helper, startHelper } from './start.ts';

/** All of V8 on one thread: a helper has no helpers, which would run at our own priority. */
const FLAGS: readonly string[] = ['--single-threaded'];
/** At low priority, and when that gave it no CPU: still behind the threads that answer, but not starved. */
const NICENESS = { idle: 19, urgent: 5 } as const;
/** How much of what a dying helper prints is kept for the error. */
const PRINTED_MAX = 2000;
/** How long a helper may wait for a processor that others keep busy before it is started anew as one of them. */
const PATIENCE_MS = 10_000;
/** With less of a processor than this it waits rather than works. */
const SHARE_MIN = 0.2;
/** States of a process that wants a processor (or was stopped): one that waits for a disk is not helped by another start. */
const WAITING_STATES: ReadonlySet<string> = new Set(['R', 'T']);
/** USER_HZ of Linux: milliseconds in a tick of /proc/PID/stat. */
const TICK_MS = 10;
/** Of memory, in the same file; machines with larger ones are bound the later. */
const PAGE_OCTETS = 4096;
/** A helper that eats a gigabyte a second is past its bound by a tenth. */
const BOUNDS_POLL_MS = 100;

/** What a helper may take; one that takes more is ended. Known where there is a /proc. */
export interface Bounds {
  /** Resident. */
  readonly memoryOctets: number;
  readonly processorMs: number;
}

export interface Offload {
  /** The module that serves the request: child.ts is its side. */
  readonly entry: URL;
  /** What can be cloned between threads, but no shared memory. */
  readonly request: unknown;
  /**
   * Called at the start, and at a second start: whatever the first helper said is void then.
   * @returns what is called with each message, in order
   */
  readonly begin: () => (message: unknown) => void;
  /** Flags of V8 beyond those of every helper. */
  readonly flags?: readonly string[];
  readonly patienceMs?: number;
  readonly bounds?: Bounds;
  /** Somebody waits for it: it runs at an ordinary priority. */
  readonly isUrgent?: boolean;
  /** Ends it; its reason is the error then. */
  readonly signal?: AbortSignal;
}

const helpers = new Set<Helper>();
let isWatching = false;

/**
 * Does something in a process of its own, which runs when no other wants the processor (SCHED_IDLE): threads that answer go first. Where they
 * leave it nothing, it is started again at an ordinary priority, since a list must come into force under a flood too.
 *
 * @throws Error what the work threw; or when the process cannot be started, or ends in any other way than by itself
 */
export async function runOffloaded(offload: Offload): Promise<void> {
  await loadLibc(); // so that a helper that was started is soon in its place
  if (offload.isUrgent === true || !(await runOnce(offload, true))) await runOnce(offload, false);
}

/** @returns false when it was given up, having waited in vain */
async function runOnce(offload: Offload, isIdle: boolean): Promise<boolean> {
  endWithUs();
  const { signal } = offload;
  signal?.throwIfAborted();
  const helper = await start(offload);
  takePlace(helper, isIdle);
  helpers.add(helper);
  const hear = offload.begin();
  let printed = '';
  let failure: Error | null = null;
  let isGivenUp = false;
  const fail = (error: Error): void => {
    failure ??= error;
    helper.kill();
  };
  const abort = (): void => fail(signal?.reason);
  signal?.addEventListener('abort', abort);
  const patience = watch(helper, offload.patienceMs ?? PATIENCE_MS, () => {
    if (!isIdle) return;
    isGivenUp = true;
    helper.kill();
  });
  const bounding = offload.bounds === undefined ? undefined : bound(helper, offload.bounds, fail);
  helper.errors.on('data', (text: Buffer) => {
    printed = `${printed}${text.toString()}`.slice(-PRINTED_MAX);
  });
  // One that ended before it could listen: its ending says how.
  helper.channel.on('error', () => undefined);
  hearFrames(helper.channel, (frame) => {
    const message = frame as FromChild;
    if (failure !== null || isGivenUp) return;
    if ('failed' in message) return fail(new Error(message.failed));
    try {
      hear(message.said);
    } catch (error) {
      fail(error instanceof Error ? error : new Error(String(error)));
    }
  });
  void sendFrame(helper.channel, offload.request);
  const ending = await helper.ended;
  clearInterval(patience);
  clearInterval(bounding);
  signal?.removeEventListener('abort', abort);
  helpers.delete(helper);
  if (failure !== null) throw failure;
  // It may have ended well at the same moment, but was not heard to the end.
  if (isGivenUp) return false;
  if (ending.code === 0) return true;
  throw new Error(endText(ending, printed));
}

async function start({ entry, flags = [] }: Offload): Promise<Helper> {
  try {
    // None of our own flags: a debugger's port or a loader is not meant for it.
    return await startHelper([...FLAGS, ...flags, fileURLToPath(entry)]);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`a helper process could not be started: ${why}`, { cause: error });
  }
}

/** Calls `giveUp` each time a helper had less of a processor than it needs to get on, and wanted more. */
function watch(helper: Helper, patienceMs: number, giveUp: () => void): NodeJS.Timeout {
  let usedMs = 0;
  return setInterval(() => {
    const { state, cpuMs } = stateOf(helper);
    const share = (cpuMs - usedMs) / patienceMs;
    usedMs = cpuMs;
    if (share < SHARE_MIN && WAITING_STATES.has(state)) giveUp();
  }, patienceMs);
}

/** Ends a helper that takes more than it may. */
function bound(helper: Helper, bounds: Bounds, fail: (error: Error) => void): NodeJS.Timeout {
  return setInterval(() => {
    const { cpuMs, residentOctets } = stateOf(helper);
    if (residentOctets > bounds.memoryOctets)
      fail(new Error(`it took more than ${Math.round(bounds.memoryOctets / 1_048_576)} MiB of memory`));
    else if (cpuMs > bounds.processorMs)
      fail(new Error(`it took more than ${Math.round(bounds.processorMs / 1000)} s of work`));
  }, BOUNDS_POLL_MS);
}

/**
 * From the first: before a helper has read its own program it has worked for a tenth of a second. Its threads have the place
 * of the first of them.
 */
function takePlace({ pid }: Helper, isIdle: boolean): void {
  try {
    // Never forward: that takes a privilege, and whoever started cenote in the background meant it.
    setPriority(pid, Math.max(getPriority(), isIdle ? NICENESS.idle : NICENESS.urgent));
  } catch {
    // It has ended already, and 'close' says how; or it may not be, and stands beside us.
  }
  if (isIdle) scheduleIdle(pid).catch(() => undefined); // likewise
}

interface HelperState {
  /** The letter of /proc/PID/stat; empty where that cannot be said. */
  readonly state: string;
  /** Processor time it has had. */
  readonly cpuMs: number;
  readonly residentOctets: number;
}

function stateOf({ pid }: Helper): HelperState {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return {
      state: fields[0] ?? '',
      cpuMs: (Number(fields[11]) + Number(fields[12])) * TICK_MS,
      residentOctets: Number(fields[21]) * PAGE_OCTETS,
    };
  } catch {
    return { state: '', cpuMs: 0, residentOctets: 0 };
  }
}

function endText({ code, by }: Ending, printed: string): string {
  const how = by === null ? `ended with code ${code}` : `was ended by ${by}`;
  const why = by === 'SIGKILL' ? ' (no memory left?)' : '';
  const last = printed.trim().split('\n').slice(0, 12).join(' | ');
  return `a helper process ${how}${why}${last === '' ? '' : `; it printed: ${last}`}`;
}

/** However we end, none of them stays: child.ts sees to it when we cannot. */
function endWithUs(): void {
  if (isWatching) return;
  isWatching = true;
  process.on('exit', () => {
    for (const helper of helpers) helper.kill();
  });
}
