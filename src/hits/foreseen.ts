// What is looked for among the rules in force, and what would be told of an asking if it were made again.
import type { Asking, Match } from './matches.ts';

/** A name, and what stood behind it where that is what is listed. */
export interface AskedAgain extends Asking {
  readonly qname: Uint8Array;
  /** A lower-case wire name, or 4 or 16 octets of an address. */
  readonly via: { readonly octets: Uint8Array; readonly isAddress: boolean } | null;
  /** Whether what the group's lists block is blocked at any hour: then nobody comes to what stands behind it. Absent: it is not. */
  readonly isInForce?: boolean;
}

/** What a hit would tell of, and what the admin's own word keeps it from. */
export interface Foreseen {
  readonly told: readonly Match[];
  readonly allowed: readonly Match[];
}

/** Whose entries are looked for. */
export interface Chosen {
  /** These, whatever they do; null is all that alert. */
  readonly lists: readonly string[] | null;
  /** Also those that the client's group does not use. */
  readonly anyGroup: boolean;
}
