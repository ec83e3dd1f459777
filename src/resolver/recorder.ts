// What the walk tells of each query. The daemon gives it a recorder that writes into shared memory; tests give it a list.
import type { Verdict } from '../policy/verdict.ts';
import type { Query } from '../wire/query.ts';

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
}
