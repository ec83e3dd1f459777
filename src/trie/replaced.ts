// Has the memory of a trie that was replaced given back.
//
// A shared buffer lives until every thread that knew it has collected its garbage, and a resolver thread, which allocates
// next to nothing, may not do so for days: ten reloads of a million names left a hundred megabytes behind. So each thread
// collects once after a large trie was replaced, some time later, when whatever still looked at it is done.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Smaller ones may wait for a collection that comes by itself. */
const OCTETS_MIN = 1_048_576;

let timer: NodeJS.Timeout | null = null;

/**
 * Tells that this thread holds `before` no more; its memory goes once all threads have said so.
 * @param waitMs different in each thread, so that they do not all pause at once
 */
export function trieReplaced(before: SharedArrayBuffer, now: SharedArrayBuffer, waitMs: number): void {
  if (before === now || before.byteLength < OCTETS_MIN || timer !== null) return;
  timer = setTimeout(() => {
    timer = null;
    collector()();
  }, waitMs);
  timer.unref();
}

/** V8's own full collection: of a resolver thread's few objects, some milliseconds. */
function collector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}
