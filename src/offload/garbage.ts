// Has the garbage of this thread collected before V8 would look for it.
//
// A flood makes garbage faster than V8 marks: it begins at a fifth over what is alive, and while it marks, a piece with each allocation,
// nothing young is collected: 69 MiB for 25 that were alive. Collected at once, in some 20 ms, and often enough, the heap stays within a
// bound of what is alive. Only for threads in which such a pause delays no answer.
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

let gc: NodeJS.GCFunction | null = null;

/** By so much of what was alive a heap grows until V8 itself looks for garbage. */
export const GROWING_PERCENT = 20;
/** Of a heap whose bound is looked at often: V8 would only come before, and slowly. */
const BOUNDED_PERCENT = 100;

/**
 * Collects all garbage of this thread's heap now; it takes about a millisecond for each megabyte that is alive. Pages of which a fifth or
 * more is free are put together, 6 MiB at a time: without it 44 MiB stay for 18 that are alive, and who moves all needs all twice.
 */
export function collectGarbage(): void {
  gc ??= exposed();
  setFlagsFromString('--optimize-for-size');
  gc();
  // A flag is the process's: other threads collect as V8 sees fit.
  setFlagsFromString('--no-optimize-for-size');
}

/** The same; V8 itself looks again at twice of what is alive. For a thread that looks at its bound often. */
export function collectAhead(): void {
  setFlagsFromString(`--heap-growing-percent=${BOUNDED_PERCENT}`);
  collectGarbage();
  setFlagsFromString(`--heap-growing-percent=${GROWING_PERCENT}`);
}

/** The same again and again until nothing more is found, and the heap's free pages go back to the system. */
export function giveHeapBack(): void {
  gc ??= exposed();
  gc({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}

const TEXTS_MIN = 32 * 1024 * 1024;

/** Of a helper that has read what it was given: a document of 52 MiB, and what was made of it, stay until more is wanted. */
export function giveTextsBack(): void {
  if (heapUsed() >= TEXTS_MIN) giveHeapBack();
}

/** The function is there only in contexts that are made after the flag was set. */
function exposed(): NodeJS.GCFunction {
  if (globalThis.gc !== undefined) return globalThis.gc;
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as NodeJS.GCFunction;
}

export interface HeapBoundOptions {
  /** Bytes by which the heap may grow over what was alive last. */
  readonly growthMax: number;
  /** Where more than so much is alive, it may grow by half of the rest as well: a collection costs what is alive. */
  readonly usual?: number;
  /** Bytes of the heap, and of buffers outside it that it holds. */
  readonly used?: () => number;
  readonly collect?: () => void;
}

/** Keeps a heap within a bound of what is alive. */
export class HeapBound {
  readonly #growthMax: number;
  readonly #usual: number;
  readonly #used: () => number;
  readonly #collect: () => void;
  #alive: number;

  constructor({
    growthMax,
    usual = Number.POSITIVE_INFINITY,
    used = heapUsed,
    collect = collectGarbage,
  }: HeapBoundOptions) {
    this.#growthMax = growthMax;
    this.#usual = usual;
    this.#used = used;
    this.#collect = collect;
    this.#alive = used();
  }

  /** Call often; collects when the heap has grown by more than the bound. */
  tick(): void {
    const used = this.#used();
    if (used < this.#alive) this.#alive = used;
    if (used - this.#alive <= this.#growthMax + Math.max(0, this.#alive - this.#usual) / 2) return;
    this.#collect();
    this.#alive = this.#used();
  }
}

function heapUsed(): number {
  const { used_heap_size, external_memory } = getHeapStatistics();
  return used_heap_size + external_memory;
}
