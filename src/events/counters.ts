// Named counters that resolver threads raise and the main thread sums: one row a worker in one shared buffer.
//
// HOT. Invariants: a row has one writer; a cell only grows; a client's query is counted in one cell of `endings`, so that queries
// are the sum of how they ended, by transport and in all. Cells are plain doubles, not atomics: an aligned 8-octet store
// does not tear on the platforms Node runs on, and exact to 2^53. Trade: a reader may see a count a few ns old.
import { TRANSPORT_NAMES } from '../wire/message/query.ts';

/** ENDING of resolver/query-observer.ts, in its order. */
export const ENDING_NAMES = [
  'sinkholed',
  'rewritten',
  'tcpOnly',
  'dropped',
  'local',
  'cached',
  'forwarded',
  'stale',
  'failed',
  'withheld',
  'refused',
  'denied',
  'limited',
  'malformed',
  'ignored',
  'special',
] as const;

/** RCODEs of replies by number (RFC 1035 §4.1.1, RFC 6891 §9); the rest share the last cell. */
export const RCODE_NAMES = [
  'NOERROR',
  'FORMERR',
  'SERVFAIL',
  'NXDOMAIN',
  'NOTIMP',
  'REFUSED',
  'other',
] as const;

/** Upper bounds, in milliseconds, of how long clients' queries waited for upstreams; the last cell is beyond all. */
export const WAIT_BOUNDS_MS: readonly number[] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000];

const OTHER_NAMES = [
  'monitored',
  /** Queries that an exception let pass. */
  'allowed',
  'cacheMisses',
  /** Queries, and PROXY headers, of neighbours that may not say for whom they ask but did. */
  'claimsIgnored',
  /** Replies with TC=1. */
  'truncated',
  /** Hits: one for each query that a rule decided, folded or not. */
  'hits',
  'hitsLost',
  /** Hits that were answered while their journal could not be written: a crash may lose them. */
  'hitsUnjournaled',
  'queryRecordsLost',
  'waitedMs',
] as const;
type OtherName = (typeof OTHER_NAMES)[number];

const ENDINGS = TRANSPORT_NAMES.length * ENDING_NAMES.length;
/** First cells of the families. */
export const CELLS = {
  rcode: ENDINGS,
  wait: ENDINGS + RCODE_NAMES.length,
  other: ENDINGS + RCODE_NAMES.length + WAIT_BOUNDS_MS.length + 1,
} as const;

/** Cell of each counter that stands alone: `counters[COUNTER.hits]! += 1`. */
export const COUNTER = Object.freeze(
  Object.fromEntries(OTHER_NAMES.map((name, i) => [name, CELLS.other + i])),
) as Readonly<Record<OtherName, number>>;

/** Row length in cells: whole cache lines, so that two workers never write to the same one. */
const ROW_CELLS = Math.ceil((CELLS.other + OTHER_NAMES.length) / 8) * 8;

/** The cell of a transport and an ending. */
export function endingCell(transport: number, ending: number): number {
  return transport * ENDING_NAMES.length + ending;
}

/** Counts a reply's RCODE, or that there is none (−1). */
export function countRcode(counters: Float64Array, rcode: number): void {
  if (rcode < 0) return;
  counters[CELLS.rcode + Math.min(rcode, RCODE_NAMES.length - 1)]! += 1;
}

/** Counts how long a client's query waited. */
export function countWait(counters: Float64Array, ms: number): void {
  let bound = 0;
  while (bound < WAIT_BOUNDS_MS.length && ms > WAIT_BOUNDS_MS[bound]!) bound += 1;
  counters[CELLS.wait + bound]! += 1;
  counters[COUNTER.waitedMs]! += ms;
}

export function createCounters(workers: number): SharedArrayBuffer {
  return new SharedArrayBuffer(workers * ROW_CELLS * 8);
}

/** The row of one worker, to be written by it alone. */
export function counterRow(buffer: SharedArrayBuffer, worker: number): Float64Array {
  return new Float64Array(buffer, worker * ROW_CELLS * 8, ROW_CELLS);
}

/** Sums over all rows. */
export interface CounterSums {
  /** [transport][ending]. */
  readonly endings: readonly (readonly number[])[];
  /** In the order of RCODE_NAMES. */
  readonly rcodes: readonly number[];
  /** In the order of WAIT_BOUNDS_MS, and those beyond. */
  readonly waits: readonly number[];
  readonly others: Readonly<Record<OtherName, number>>;
}

export function sumCounters(buffer: SharedArrayBuffer): CounterSums {
  const cells = new Float64Array(buffer);
  const sumOf = (cell: number): number => {
    let sum = 0;
    for (let at = cell; at < cells.length; at += ROW_CELLS) sum += cells[at]!;
    return sum;
  };
  return {
    endings: TRANSPORT_NAMES.map((_, transport) =>
      ENDING_NAMES.map((_name, ending) => sumOf(endingCell(transport, ending))),
    ),
    rcodes: RCODE_NAMES.map((_, i) => sumOf(CELLS.rcode + i)),
    waits: Array.from({ length: WAIT_BOUNDS_MS.length + 1 }, (_, i) => sumOf(CELLS.wait + i)),
    others: Object.fromEntries(OTHER_NAMES.map((name) => [name, sumOf(COUNTER[name])])) as Record<
      OtherName,
      number
    >,
  };
}

/** The same as numbers with names: queries by transport and by how they ended, replies by RCODE. */
export function readCounters(buffer: SharedArrayBuffer) {
  const { endings, rcodes, others } = sumCounters(buffer);
  const queries = endings.map((ofTransport) => ofTransport.reduce((sum, count) => sum + count, 0));
  const total = (ending: (typeof ENDING_NAMES)[number]): number =>
    endings.reduce((sum, ofTransport) => sum + (ofTransport[ENDING_NAMES.indexOf(ending)] ?? 0), 0);
  const rcode = (name: (typeof RCODE_NAMES)[number]): number => rcodes[RCODE_NAMES.indexOf(name)] ?? 0;
  const [queriesUdp = 0, queriesTcp = 0, queriesTls = 0, queriesHttps = 0] = queries;
  const answered = rcodes.reduce((sum, count) => sum + count, 0);
  return {
    queriesUdp,
    queriesTcp,
    queriesTls,
    queriesHttps,
    answered,
    dropped: queriesUdp + queriesTcp + queriesTls + queriesHttps - answered,
    sinkholed: total('sinkholed'),
    rewritten: total('rewritten'),
    tcpOnly: total('tcpOnly'),
    droppedByRule: total('dropped'),
    local: total('local') + total('special'),
    cacheHits: total('cached'),
    forwarded: total('forwarded'),
    stale: total('stale'),
    upstreamErrors: total('failed'),
    rebindingWithheld: total('withheld'),
    notForwarded: total('refused'),
    denied: total('denied'),
    rateLimited: total('limited'),
    malformed: total('malformed'),
    ignored: total('ignored'),
    servfail: rcode('SERVFAIL'),
    nxdomain: rcode('NXDOMAIN'),
    refused: rcode('REFUSED'),
    formerr: rcode('FORMERR'),
    notimp: rcode('NOTIMP'),
    monitored: others.monitored,
    allowed: others.allowed,
    cacheMisses: others.cacheMisses,
    truncated: others.truncated,
    hits: others.hits,
    hitsLost: others.hitsLost,
    hitsUnjournaled: others.hitsUnjournaled,
    queryRecordsLost: others.queryRecordsLost,
  } as const satisfies Record<string, number>;
}
