// What a list that alerts has of a query, and what would be reported if the query were made again.
import type { HitIndicator } from '../policy/rule-meaning.ts';

/** What a list that has the name does about it: `paused`, `schedule` and `expired` are entries that would block, or did. */
export type MatchMode = 'enforce' | 'monitor' | 'paused' | 'schedule' | 'expired';

/** One list that alerts and has what was asked for. */
export interface Match {
  readonly list: string;
  /** Its entry: a name, a network or /an expression/. */
  readonly rule: string;
  readonly indicator: HitIndicator | null;
  readonly mode: MatchMode;
}

/** Who asked for which type: rules may be limited to some. */
export interface Asking {
  readonly qtype: number;
  /** Number of the group that the client was in. */
  readonly group: number;
  /** The client's 16 octets. */
  readonly address: Uint8Array;
  /** When: rules may be over. */
  readonly timeMs: number;
  /** Also lists that the group does not use. */
  readonly anyGroup?: boolean;
}

/** A lower-case wire name, or 4 or 16 octets of an address. */
export interface Behind {
  readonly octets: Uint8Array;
  readonly isAddress: boolean;
}

/** A name, and what stood behind it where that is what is listed. */
export interface AskedAgain extends Asking {
  readonly qname: Uint8Array;
  readonly via: Behind | null;
}

/** What lists decide of a name or an address: `passes-all` by an exception for every name, which says nothing of this one. */
export type Ruling = 'blocks' | 'watches' | 'excepts' | 'passes-all' | 'nothing';

/** What a hit would report, and what the admin's own word keeps out of it. */
export interface Foreseen {
  readonly told: readonly Match[];
  readonly allowed: readonly Match[];
  /** What stands behind a name that is blocked before, or where nobody looks (`inspect: false`). */
  readonly unreached: readonly Match[];
}

/** Whose entries are looked for. */
export interface Chosen {
  /** These, whatever they do; null is all that alert. */
  readonly lists: readonly string[] | null;
  /** Also those that the client's group does not use. */
  readonly anyGroup: boolean;
}
