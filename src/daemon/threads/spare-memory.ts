// Memory that an ended thread or replaced rules leave behind goes back to the system.
//
// glibc keeps what is freed in the arena it came from: each resolver thread that died left some 4 MB, each list that was
// compiled anew some more, and what the next one takes comes from elsewhere as often as not. Where there is no glibc, or it
// cannot be called, nothing is done.
import { loadLibc } from '../../native/libc.ts';
import { giveHeapBack } from '../../offload/garbage.ts';

/** After the death of a thread or the last of several reloads: by then its memory has been freed. */
const AFTER_MS = 5000;
/** Threads have taken by then what they live with. */
const AFTER_START_MS = 8000;
/** The request for which it was loaded has its answer by then. */
const AFTER_LOAD_MS = 1000;
let due: NodeJS.Timeout | null = null;

/** Soon after the last who asked; keeps no process alive. */
export function giveBackSoon(): void {
  if (due !== null) clearTimeout(due);
  due = setTimeout(() => {
    due = null;
    void giveBack();
  }, AFTER_MS).unref();
}

/** Of the main thread: what its start has left in heap and arenas, soon after. Keeps no process alive. */
export function giveBackStart(): void {
  giveAllBack(AFTER_START_MS);
}

/** The same of code that was loaded later. @param loaded settles with it */
export function giveBackLoaded(loaded: Promise<unknown>): void {
  const settled = (): void => giveAllBack(AFTER_LOAD_MS);
  loaded.then(settled, settled);
}

function giveAllBack(afterMs: number): void {
  setTimeout(() => {
    giveHeapBack();
    void giveBack();
  }, afterMs).unref();
}

async function giveBack(): Promise<void> {
  const libc = await loadLibc();
  if (typeof libc !== 'string') libc.giveBackMemory();
}
