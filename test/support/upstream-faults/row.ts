// One row of the table of upstream faults: what an upstream does, and what its client may get to see of it.
import { concat, nameOctets, recordOctets, response, u16 } from '../message.ts';
import type { ReadMessage } from '../read-message.ts';
import type { Action, Asked } from '../upstream-server.ts';

/** What an honest upstream answers to A, and what a liar would have us believe. */
export const GOOD = '192.0.2.1';
export const FORGED = '203.0.113.66';
/** Nobody asks for this name: where it comes out, a foreign record came through. */
export const VICTIM = 'victim.bank.test';
/** Listed, with all below it. */
export const LISTED = 'listed.test';

export interface Seen {
  readonly message: ReadMessage;
  /** What the upstream of this row was asked. */
  readonly asked: readonly Asked[];
}

/** What is wrong with an answer, null when nothing is. */
export type Judge = (seen: Seen) => string | null;

export interface FaultRow {
  readonly name: string;
  /** A when left out. */
  readonly type?: string;
  /** What the upstream does with this name. */
  readonly does: (name: string) => readonly Action[];
  /** The upstream takes no TCP connections. */
  readonly withoutTcp?: boolean;
  /** Another upstream, an honest one, comes after it. */
  readonly second?: boolean;
  /** `good`: the honest answer. `failed`: SERVFAIL that says why, and the honest answer once the upstream gives it. */
  readonly expect: 'good' | 'failed' | 'blocked' | Judge;
}

/** After the fault, the honest answer. */
export const LATER: Action = { delayMs: 40 };

/** A response with counts and octets of one's own behind its question. */
export function crafted(
  asked: Uint8Array,
  counts: readonly [number, number, number],
  ...records: readonly (Uint8Array | readonly number[])[]
): Uint8Array {
  const head = response(asked);
  return concat(head.subarray(0, 6), ...counts.map(u16), head.subarray(12), ...records);
}

/** A record whose RDATA is given as octets, its owner a pointer to QNAME unless given too. */
export function recordOf(
  type: number,
  rdata: readonly number[],
  { owner = [0xc0, 12] as readonly number[], length = rdata.length, ttl = 300 } = {},
): Uint8Array {
  return concat(owner, u16(type), [0, 1], [0, 0], u16(ttl), u16(length), rdata);
}

/** Octets before the first record of a response to this query. */
export const recordsStart = (asked: Uint8Array): number => response(asked).length;

export const octetsOf = (name: string): number[] => [...nameOctets(name)];
export const line = recordOctets;
