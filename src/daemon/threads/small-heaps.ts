// V8 takes memory for speed that a daemon does not need: a start leaves the main thread 32 MB for new objects of which it uses
// two, and a flood of hits lets the hits thread's heap grow to twice what is alive before garbage is looked for.
import { setFlagsFromString } from 'node:v8';
import { GROWING_PERCENT } from '../../offload/garbage.ts';

/** Call first of all. Flags are the process's: the first two are heeded by heaps that exist, the others by threads that start later. */
export function keepHeapsSmall(): void {
  // Garbage is looked for when a heap has grown by this much: 63 of 396 MB in a flood of distinct hits.
  setFlagsFromString(`--heap-growing-percent=${GROWING_PERCENT}`);
  setFlagsFromString('--semi-space-growth-factor=1');
  // Threads find `gc` among their globals then; the main thread makes a context to get it (offload/garbage.ts).
  setFlagsFromString('--expose-gc');
  // Each thread would map V8's builtins once more, so that calls of them are shorter: 2 MiB a thread, no CPU that could be measured.
  setFlagsFromString('--no-short-builtin-calls');
}

/** Call once the daemon has started: what lives short from now on is to have room. */
export function endSmallStart(): void {
  setFlagsFromString('--semi-space-growth-factor=2');
}
