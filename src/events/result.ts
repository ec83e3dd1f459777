// What a client got for its question, as a number that fits a record and as a word.
//
// HOT. The order is part of the hit record, the query record and the store's rows. `unrecorded` and `data` are 0 and 1, which
// SQLite keeps in no octets.
export const RESULT = {
  /** Written by a release that did not note it. */
  unrecorded: 0,
  /** At least one record of the type asked for. */
  data: 1,
  nodata: 2,
  nxdomain: 3,
  /** SERVFAIL, or any other RCODE that says neither yes nor no; also when no upstream answered. */
  failed: 4,
  /** REFUSED by cenote: by access.allow, or for its class or type. */
  refused: 5,
  /** The answer gave a public name a private address and was kept back. */
  withheld: 6,
  /** Denied by a list; the verdict says how. */
  blocked: 7,
  /** Answered with what a list says instead. */
  rewritten: 8,
  /** TC=1: the client was told to come back over TCP. */
  truncated: 9,
  /** Over the rate limit: no reply, or REFUSED over a connection. */
  limited: 10,
  /** No reply. */
  dropped: 11,
  /** Answered from the configuration, above all lists. */
  local: 12,
  /** Written by a release that noted only that some of them were blocked. */
  partlyBlocked: 13,
} as const;
export type Result = (typeof RESULT)[keyof typeof RESULT];
export type ResultName = keyof typeof RESULT;

export const RESULT_NAMES = Object.freeze(Object.keys(RESULT)) as readonly ResultName[];
