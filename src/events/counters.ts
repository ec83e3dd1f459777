// Named counters that resolver threads raise and the main thread sums: one row a worker in one shared buffer.
//
// HOT. Invariants: a row has one writer; a cell only grows. Cells are plain doubles, not atomics: an aligned 8-octet store
// does not tear on the platforms Node runs on, and exact to 2^53. Trade: a reader may see a count a few ns old.

export const COUNTER_NAMES = [
  'queriesUdp',
  'queriesTcp',
  'queriesTls',
  'queriesHttps',
  'answered',
  'dropped',
  'sinkholed',
  'monitored',
  'allowed',
  'local',
  'cacheHits',
  'cacheMisses',
  'stale',
  'forwarded',
  'servfail',
  'nxdomain',
  'refused',
  'rateLimited',
  'formerr',
  'notimp',
  'truncated',
  /** Hits: one for each query answered (or dropped) on a rule's account, folded or not. */
  'hits',
  'hitsLost',
  /** Hits that were answered while their journal could not be written: a crash may lose them. */
  'hitsUnjournaled',
  'queryRecordsLost',
  'upstreamErrors',
  /** Answers that gave a public name a private address. */
  'rebindingWithheld',
] as const;
export type CounterName = (typeof COUNTER_NAMES)[number];

/** Cell number of each counter: `counters[COUNTER.answered]! += 1`. */
export const COUNTER = Object.freeze(
  Object.fromEntries(COUNTER_NAMES.map((name, cell) => [name, cell])),
) as Readonly<Record<CounterName, number>>;

/** Row length in cells: whole cache lines, so that two workers never write to the same one. */
const ROW_CELLS = Math.ceil(COUNTER_NAMES.length / 8) * 8;

export function createCounters(workers: number): SharedArrayBuffer {
  return new SharedArrayBuffer(workers * ROW_CELLS * 8);
}

/** The row of one worker, to be written by it alone. */
export function counterRow(buffer: SharedArrayBuffer, worker: number): Float64Array {
  return new Float64Array(buffer, worker * ROW_CELLS * 8, ROW_CELLS);
}

/** Sums over all rows. */
export function readCounters(buffer: SharedArrayBuffer): Record<CounterName, number> {
  const cells = new Float64Array(buffer);
  const sums = {} as Record<CounterName, number>;
  for (let cell = 0; cell < COUNTER_NAMES.length; cell += 1) {
    let sum = 0;
    for (let at = cell; at < cells.length; at += ROW_CELLS) sum += cells[at]!;
    sums[COUNTER_NAMES[cell]!] = sum;
  }
  return sums;
}
