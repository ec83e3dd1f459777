// What the walk tells of each query. The daemon gives it a recorder that writes into shared memory; tests give it a list.
import type { Verdict } from '../policy/verdict.ts';
import type { Query } from '../wire/message/query.ts';

/** How a query ended, for counters and the query log. */
export const ENDING = {
  sinkholed: 0,
  local: 1,
  cached: 2,
  forwarded: 3,
  stale: 4,
  failed: 5,
  refused: 6,
  malformed: 7,
  limited: 8,
  dropped: 9,
  /** A private address for a public name. */
  withheld: 10,
} as const;
export type Ending = (typeof ENDING)[keyof typeof ENDING];
export const ENDING_NAMES = [
  'sinkholed',
  'local',
  'cached',
  'forwarded',
  'stale',
  'failed',
  'refused',
  'malformed',
  'limited',
  'dropped',
  'withheld',
] as const;

/** Where something that was told is held for a while, to be counted there when it comes again (events/fold.ts). */
export interface Held {
  /** −1: nowhere. */
  readonly place: number;
  readonly number: number;
}

export interface Recorder {
  /**
   * A name on a list was asked for. Called before the reply is handed to the listener.
   * @param via what matched, null when it was QNAME: a name of the chain in lower-case wire form, or, where the verdict has
   * `addressBits`, the 4 or 16 octets of an address
   * @param answers RDATA of the addresses the client gets
   */
  hit(query: Query, verdict: Verdict, via: Uint8Array | null, answers: readonly Uint8Array[]): void;
  /** Every query ends once, with the RCODE the client got (−1: no reply). */
  end(query: Query, ending: Ending, rcode: number): void;
  /** Of the hit told last, or of the query that ended last without one. One object is reused. */
  readonly held: Held;
  /**
   * Counts a query that is equal to what is held, but perhaps for its client, and ends it; QNAME need not be read.
   * False when that is not held any more, or of another client: then it must be told like a first one.
   */
  again(query: Query, ending: Ending, rcode: number, place: number, number: number): boolean;
}
