// What the walk tells of each query. The daemon gives it a observer that writes into shared memory; tests give it a list.
import type { Verdict } from '../policy/verdict.ts';
import type { Query } from '../wire/message/query.ts';

/**
 * How a client's query ended: each ends once, in one of these ways. Of the first four the hit tells all that the history keeps.
 * The names in order are ENDING_NAMES of events/counters.ts.
 */
export const ENDING = {
  /** A list's rule answered: an address that leads nowhere, NXDOMAIN, NODATA, REFUSED. */
  sinkholed: 0,
  /** A list's rule said what to answer instead, a CNAME with what its target has among it. */
  rewritten: 1,
  /** A list's rule wants the client back over TCP (RPZ). */
  tcpOnly: 2,
  /** A list's rule: no reply. */
  dropped: 3,
  /** From the configuration, above all lists. */
  local: 4,
  cached: 5,
  forwarded: 6,
  stale: 7,
  /** SERVFAIL of our own. */
  failed: 8,
  /** A private address for a public name. */
  withheld: 9,
  /** A class or type that is not forwarded: REFUSED. */
  refused: 10,
  /** Outside access.allow: REFUSED, beyond its rate silence. */
  denied: 11,
  /** Too fast: TC, over a connection REFUSED, or silence. */
  limited: 12,
  /** FORMERR, NOTIMP, BADVERS. */
  malformed: 13,
  /** A response, or no message at all: no reply. */
  ignored: 14,
  /** Below the lists, by cenote itself: a special name's RFC, or ANY. */
  special: 15,
} as const;
export type Ending = (typeof ENDING)[keyof typeof ENDING];

/** Whether a hit tells of it: a list's rule answered. */
export function isByRule(ending: Ending): boolean {
  return ending <= ENDING.dropped;
}

/** Where something that was told is held for a while, to be counted there when it comes again (events/fold.ts). */
export interface Held {
  /** −1: nowhere. */
  readonly place: number;
  readonly number: number;
}

export interface QueryObserver {
  /**
   * A name on a list was asked for. Called before the reply is handed to the listener.
   * @param via what matched, null when it was QNAME: a name of the chain in lower-case wire form, or, where the verdict has
   * `addressBits`, the 4 or 16 octets of an address
   * @param answers RDATA of the addresses the client gets
   * @param rcode of the reply (−1: none), where the verdict does not say it
   * @param revision that the verdict's rule is of, where it is not the one in force
   */
  hit(
    query: Query,
    verdict: Verdict,
    via: Uint8Array | null,
    answers: readonly Uint8Array[],
    rcode?: number,
    revision?: number,
  ): void;
  /** Of the rules in force: their numbers mean something only with it. */
  readonly revision: number;
  /** Every query ends once, with the RCODE the client got (−1: no reply). */
  end(query: Query, ending: Ending, rcode: number): void;
  /** Of the hit told last, or of the query that ended last without one. One object is reused. */
  readonly held: Held;
  /**
   * Counts a query that is equal to what is held, but perhaps for its client, and ends it; QNAME need not be read.
   * False when that is not held any more, or of another client: then it must be told like a first one.
   */
  again(query: Query, ending: Ending, rcode: number, place: number, number: number): boolean;
  /** What the next query that ends was led to by an upstream: events/led-to.ts, `length` octets of it. */
  leads(octets: Uint8Array, length: number): void;
  /** Who answered the query of a client that ends next, or failed to, and after how long. */
  heardOf(upstream: string, ms: number): void;
  /** An exception let a client's query pass. */
  allowed(): void;
  /** Nothing that could be used was kept for a question that is asked upstream now. */
  missed(): void;
  /** A query said for whom it asks, and is not of a neighbour that may. */
  claimIgnored(): void;
  /** A client's query that waited for upstreams has ended. */
  waited(ms: number): void;
}
