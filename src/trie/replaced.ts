// Has the memory of a trie that was replaced given back.
//
// A shared buffer lives until every thread that knew it has collected its garbage, and a resolver thread, which allocates
// next to nothing, may not do so for days: ten reloads of a million names left a hundred megabytes behind. So each thread
// collects once after a large trie was replaced, some time later, when whatever still looked at it is done.
//
// V8 offers no way to ask for a collection in small steps, and the one it does offer holds a resolver up for 20 ms. It
// begins one by itself when a thread is seen to hold a lot of memory outside its heap: so such memory is asked for, never
// touched and dropped at once.

/** Smaller ones may wait for a collection that comes by itself. */
const OCTETS_MIN = 1_048_576;

/** Just above what V8 bears outside a heap before it begins to collect (64 MiB); never touched, so never resident. */
const PRESSURE_OCTETS = 65 * 1_048_576;

let timer: NodeJS.Timeout | null = null;

/**
 * Tells that this thread holds `before` no more; its memory goes once all threads have said so.
 * @param waitMs different in each thread, so that they do not all pause at once
 */
export function trieReplaced(before: SharedArrayBuffer, now: SharedArrayBuffer, waitMs: number): void {
  if (before === now || before.byteLength < OCTETS_MIN || timer !== null) return;
  timer = setTimeout(() => {
    timer = null;
    try {
      void new ArrayBuffer(PRESSURE_OCTETS);
    } catch {
      // A system that promises no memory it has not got: V8 collects when it will.
    }
  }, waitMs);
  timer.unref();
}
