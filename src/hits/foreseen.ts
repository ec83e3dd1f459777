// What would be told of an asking if it were made again under the rules in force.
import type { Asking, Match } from './matches.ts';

/** A name, and what stood behind it where that is what is listed. */
export interface AskedAgain extends Asking {
  readonly qname: Uint8Array;
  /** A lower-case wire name, or 4 or 16 octets of an address. */
  readonly via: { readonly octets: Uint8Array; readonly isAddress: boolean } | null;
}

/** What a hit would tell of, and what the admin's own word keeps it from. */
export interface Foreseen {
  readonly told: readonly Match[];
  readonly allowed: readonly Match[];
}
