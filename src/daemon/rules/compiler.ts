// Compiles lists: a few names in the thread of reloads, more in a helper process, so that nothing waits for a million names.
import type { CompileRequest, CompileResult } from '../../lists/compile.ts';
import type { Asides, CompileMessage, CompileTask, SharedPart } from '../../lists/compile-process.ts';
import { drop } from '../../lists/library/disk.ts';
import { tablesOfDraft } from '../../lists/library/snapshot.ts';
import { workOf } from '../../lists/work.ts';
import { runOffloaded } from '../../offload/process.ts';
import { progressText, showProgress } from '../machine/progress.ts';
import { reloadThread } from '../threads/reload/reload-thread.ts';

/** Starting a process costs as much as compiling this many octets of names. */
const PROCESS_OCTETS_MIN: number = 1024 * 1024;
/**
 * What it throws away is thrown away at once: a larger nursery takes more and is no faster, and what is made of a line is not to
 * be put among what stays because the first of its kind stayed. And it never grows without end: names are held outside this heap,
 * and what a list may put into it is bounded. Both in MiB.
 */
export const COMPILE_FLAGS: readonly string[] = [
  '--max-semi-space-size=2',
  '--max-old-space-size=512',
  '--no-allocation-site-pretenuring',
];

/** What was compiled, and what was written beside it. */
export type Compiled = CompileResult & Asides;

export interface HowToCompile {
  /** Ends it; its reason is thrown then. */
  readonly signal?: AbortSignal;
  /** Nobody is answered before it is done, so it does not run at the lowest priority. */
  readonly isUrgent?: boolean;
}

/**
 * A few names are compiled without draft and copies.
 *
 * @throws Error when the helper process failed; a list that cannot be used is no failure but stands in its report
 */
export async function compileLists(task: CompileTask, how: HowToCompile = {}): Promise<Compiled> {
  if (isMuchWork(task.request)) return compileInProcess(task, how);
  return { ...(await reloadThread.do('compile', task.request)), draft: null, copies: [] };
}

function isMuchWork({ lists }: CompileRequest): boolean {
  let work = 0;
  for (const { body, fallback, config } of lists)
    for (const each of [body, fallback]) {
      work += workOf(each, config, PROCESS_OCTETS_MIN);
      if (work >= PROCESS_OCTETS_MIN) return true;
    }
  return false;
}

async function compileInProcess(task: CompileTask, how: HowToCompile): Promise<Compiled> {
  try {
    const { done, tables } = await run(task, how);
    const { ruleSet, lists, asides } = done;
    const { draft } = asides;
    const read = draft === null ? tables.shared : await tablesOfDraft(draft.path).catch(() => null);
    if (read !== null) return { ruleSet: { ...ruleSet, ...read }, lists, ...asides };
  } catch (error) {
    await dropAsides(task);
    throw error;
  }
  // A disk that takes it and does not give it back: then by the channel.
  await dropAsides(task);
  return compileInProcess({ ...task, draft: null }, how);
}

/** Never fails. */
export async function dropAsides({ draft, copies }: Asides): Promise<void> {
  if (draft !== null) await drop(draft.path);
  for (const { to } of copies) await drop(to);
}

type Done = Extract<CompileMessage, { kind: 'done' }>;

async function run(
  request: CompileTask,
  how: HowToCompile,
): Promise<{ readonly done: Done; readonly tables: Tables }> {
  let done: Done | null = null;
  let tables = new Tables();
  const begin = (): ((message: unknown) => void) => {
    tables = new Tables();
    return (message) => {
      done = hear(message as CompileMessage, tables);
    };
  };
  try {
    const entry = new URL('../../lists/compile-process.ts', import.meta.url);
    await runOffloaded({ entry, request, begin, flags: COMPILE_FLAGS, ...how });
  } finally {
    showProgress(null);
  }
  if (done === null) throw new Error('the helper process that compiles said nothing of a result');
  return { done, tables };
}

function hear(message: CompileMessage, tables: Tables): Done | null {
  if (message.kind === 'done') return message;
  if (message.kind === 'progress') showProgress(progressText(message.octets, message.octetsTotal));
  else if (message.kind === 'part') tables.begin(message.part, message.octetsTotal);
  else tables.append(message.octets);
  return null;
}

/** Tables as they come over the channel, piece by piece. */
class Tables {
  readonly shared: Record<SharedPart, SharedArrayBuffer> = {
    trie: new SharedArrayBuffer(0),
    addresses: new SharedArrayBuffer(0),
  };
  #target: Uint8Array = new Uint8Array(0);
  #filled = 0;

  begin(part: SharedPart, octets: number): void {
    this.shared[part] = new SharedArrayBuffer(octets);
    this.#target = new Uint8Array(this.shared[part]);
    this.#filled = 0;
  }

  append(octets: Uint8Array): void {
    this.#target.set(octets, this.#filled);
    this.#filled += octets.length;
  }
}
