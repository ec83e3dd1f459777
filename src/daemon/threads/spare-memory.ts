// Memory that nobody needs now goes back to the system: what ended threads, replaced rules and past work leave free, and what
// of the program itself was read once.
//
// glibc keeps what is freed in the arena it came from: each resolver thread that died left some 4 MB, each list that was
// compiled anew some more, V8's compiling threads 20 MB in a flood of hits, and what the next one takes comes from elsewhere as
// often as not. Where there is no glibc, or it cannot be called, nothing of that is done.
// Pages of Node's own file count as this process's while they are mapped: what the start read of it is 45 MiB that are not read
// again (docs/decisions/0112).
import { readFileSync, readlinkSync } from 'node:fs';
import { type Libc, loadLibc } from '../../native/libc.ts';
import { type Stretch, unchangedStretches } from '../../native/program-pages.ts';
import { giveHeapBack, HeapBound } from '../../offload/garbage.ts';

/** After the death of a thread or the last of several reloads: by then its memory has been freed. */
const AFTER_MS = 5000;
/** Soon, since a flood may come at once, and again when threads have taken what they live with. */
const AFTER_START_MS = [1000, 8000] as const;
/** The request for which it was loaded has its answer by then. */
const AFTER_LOAD_MS = 1000;
/** A page of 5,000 hits takes 35 MiB to make. */
const GARBAGE_MAX = 16 * 1024 * 1024;
/** To collect takes 100 ms of the main thread where it knows 10,000 machines: not while somebody asks for one page after the other. */
const AFTER_ANSWERS_MS = 3000;
/** How often it is looked whether there is work, and what CPU of all threads is work. */
const LOOK = { everyMs: 5000, busyMs: 250 } as const;
/** Looks in a row without work until it is over: to give all back takes 60 ms of the main thread, and where work comes and goes it is needed again at once. */
const REST_LOOKS = 4;
/** Looks until the program's pages go once more: V8 collects each heap twice of itself, half a minute after the last work. */
const LATE_LOOKS = 12;
let program: readonly Stretch[] | null = null;

/** Soon after the last who asked. */
export const giveBackSoon: () => void = afterLast(
  AFTER_MS,
  () => void withLibc((libc) => libc.giveBackMemory()),
);

/** Of the main thread: what its start has left in heap, arenas and mappings, soon after; then what work leaves. Keeps no process alive. */
export function giveBackStart(): void {
  for (const afterMs of AFTER_START_MS) setTimeout(giveAllBack, afterMs).unref();
  const watch = workWatch({
    cpuMs: () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1000;
    },
    atWork: () => void withLibc((libc) => libc.giveBackMemory()),
    atRest: giveAllBack,
    later: () => void withLibc(giveProgramBack),
  });
  setInterval(watch, LOOK.everyMs).unref();
}

/** The same of code that was loaded later. @param loaded settles with it */
export function giveBackLoaded(loaded: Promise<unknown>): void {
  const settled = (): void => void setTimeout(giveAllBack, AFTER_LOAD_MS).unref();
  loaded.then(settled, settled);
}

/**
 * @returns to be called when an answer of the admin interface is begun, and what that gives when it is made: what they were made of is
 * collected when it is much, none is being made and nobody asks any more
 */
export function garbageOfAnswers(
  heap: Pick<HeapBound, 'tick'> = new HeapBound({ growthMax: GARBAGE_MAX }),
): () => () => void {
  let begun = 0;
  const soon = afterLast(AFTER_ANSWERS_MS, () => {
    if (begun === 0) heap.tick();
  });
  return () => {
    begun += 1;
    return () => {
      begun -= 1;
      soon();
    };
  };
}

/** @returns asks for it: it is done so long after the last who asked, and keeps no process alive */
function afterLast(ms: number, act: () => void): () => void {
  let due: NodeJS.Timeout | undefined;
  return () => {
    clearTimeout(due);
    due = setTimeout(act, ms).unref();
  };
}

function giveAllBack(): void {
  giveHeapBack();
  void withLibc(giveFreeBack);
}

export interface WorkWatchParts {
  /** Of all threads, since the process began. */
  readonly cpuMs: () => number;
  readonly atWork: () => void;
  readonly atRest: () => void;
  readonly later: () => void;
}

/** Made to be called every few seconds: with work since the last call arenas are trimmed; when it is over, once, what only it needed goes; what V8 needed after it, later. */
export function workWatch({ cpuMs, atWork, atRest, later }: WorkWatchParts): () => void {
  let beforeMs = cpuMs();
  let quietLooks = REST_LOOKS;
  return () => {
    const nowMs = cpuMs();
    const isBusy = nowMs - beforeMs >= LOOK.busyMs;
    beforeMs = nowMs;
    quietLooks = isBusy ? 0 : quietLooks + 1;
    if (isBusy) atWork();
    else if (quietLooks === REST_LOOKS) atRest();
    else if (quietLooks === LATE_LOOKS) later();
  };
}

function giveFreeBack(libc: Libc): void {
  libc.giveBackMemory();
  giveProgramBack(libc);
}

/** Where they are is looked up once, 10 ms; after that it takes a millisecond of all threads together, most of it to read anew what they need. */
function giveProgramBack(libc: Libc): void {
  program ??= ownProgram();
  for (const { address, octets } of program) libc.giveBackPages(address, octets);
}

/** Without /proc, or without leave to read it, pages stay: they cost nobody an answer. */
function ownProgram(): readonly Stretch[] {
  try {
    return unchangedStretches(readFileSync('/proc/self/smaps', 'utf8'), readlinkSync('/proc/self/exe'));
  } catch {
    return [];
  }
}

async function withLibc(act: (libc: Libc) => void): Promise<void> {
  const libc = await loadLibc();
  if (typeof libc !== 'string') act(libc);
}
