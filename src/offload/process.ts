// A helper process, as its parent sees it: started with one request, heard until it ends, gone when we are.
import { type ChildProcess, fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';
import { loadLibc } from '../native/libc.ts';
import { standBack } from '../native/turns.ts';
import type { FromChild } from './child.ts';

/** All of V8 on one thread: a helper has no helpers, which would run at our own priority. */
const FLAGS: readonly string[] = ['--single-threaded'];
/** Of one that stands back, and of one that did so in vain: still behind those who answer, but not for ever. */
const NICENESS = { standingBack: 19, urgent: 5 } as const;
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
  /** Ends it; its reason is the error then. */
  readonly signal?: AbortSignal;
}

const helpers = new Set<ChildProcess>();
let isWatching = false;

/**
 * Does something in a process of its own, which works when nobody else does: those who answer queries go first. Where they
 * leave it nothing, it gives up standing back, since a list must come into force under a flood too.
 *
 * @throws Error what the work threw; or when the process cannot be started, or ends in any other way than by itself
 */
export async function runOffloaded(offload: Offload): Promise<void> {
  await loadLibc(); // so that a helper that was started is soon in its place
  if (!(await runOnce(offload, true))) await runOnce(offload, false);
}

/** @returns false when it was given up, having waited in vain */
function runOnce(offload: Offload, standsBack: boolean): Promise<boolean> {
  endWithUs();
  const { signal } = offload;
  if (signal?.aborted === true) return Promise.reject(signal.reason);
  return new Promise((resolve, reject) => {
    const child = fork(offload.entry, {
      serialization: 'advanced',
      // Nothing of ours: a debugger's port or a loader is not meant for it, and what it prints is not our output.
      execArgv: [...FLAGS, ...(offload.flags ?? [])],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    takePlace(child, standsBack);
    helpers.add(child);
    const hear = offload.begin();
    let printed = '';
    let failure: Error | null = null;
    let isGivenUp = false;
    const fail = (error: Error): void => {
      failure ??= error;
      child.kill('SIGKILL');
    };
    const abort = (): void => fail(signal?.reason);
    signal?.addEventListener('abort', abort);
    const patienceMs = offload.patienceMs ?? PATIENCE_MS;
    let usedMs = 0;
    const patience = setInterval(() => {
      const { state, cpuMs } = stateOf(child);
      const share = (cpuMs - usedMs) / patienceMs;
      usedMs = cpuMs;
      if (!standsBack || share >= SHARE_MIN || !WAITING_STATES.has(state)) return;
      isGivenUp = true;
      child.kill('SIGKILL');
    }, patienceMs);
    child.stderr?.on('data', (text: Buffer) => {
      printed = `${printed}${text.toString()}`.slice(-PRINTED_MAX);
    });
    child.on('message', (message: FromChild) => {
      if (failure !== null || isGivenUp) return;
      if ('failed' in message) return fail(new Error(message.failed));
      try {
        hear(message.said);
      } catch (error) {
        fail(error instanceof Error ? error : new Error(String(error)));
      }
    });
    child.once('error', (error) => {
      failure ??= new Error(`a helper process could not be started: ${error.message}`, { cause: error });
      if (child.pid === undefined) end(null, null);
    });
    // Not 'exit': what it said last may still be on its way.
    child.once('close', end);
    // Without a process there is nothing to talk to, and 'error' says why. One that ended before it could listen: 'close' says how.
    if (child.pid !== undefined)
      child.send(offload.request as object, (error) => {
        if (error !== null) child.kill('SIGKILL');
      });

    function end(code: number | null, by: string | null): void {
      clearInterval(patience);
      signal?.removeEventListener('abort', abort);
      helpers.delete(child);
      if (failure !== null) reject(failure);
      // It may have ended well at the same moment, but was not heard to the end.
      else if (isGivenUp) resolve(false);
      else if (code === 0) resolve(true);
      else reject(new Error(endText(code, by, printed)));
    }
  });
}

/**
 * From the first: before a helper has read its own program it has worked for a tenth of a second. Its threads have the place
 * of the first of them.
 */
function takePlace({ pid }: ChildProcess, standsBack: boolean): void {
  if (pid === undefined) return;
  try {
    // Never forward: that takes a privilege, and whoever started cenote in the background meant it.
    setPriority(pid, Math.max(getPriority(), standsBack ? NICENESS.standingBack : NICENESS.urgent));
  } catch {
    // It has ended already, and 'close' says how; or it may not be, and stands beside us.
  }
  if (standsBack) standBack(pid).catch(() => undefined); // likewise
}

/** Its state by the letter of /proc/PID/stat, and the processor time it has had; no state where that cannot be said. */
function stateOf({ pid }: ChildProcess): { readonly state: string; readonly cpuMs: number } {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return { state: fields[0] ?? '', cpuMs: (Number(fields[11]) + Number(fields[12])) * TICK_MS };
  } catch {
    return { state: '', cpuMs: 0 };
  }
}

function endText(code: number | null, by: string | null, printed: string): string {
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
    for (const helper of helpers) helper.kill('SIGKILL');
  });
}
