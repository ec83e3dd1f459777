// What `/metrics` says of each counter of the daemon.

/** Of AdminState.counters: cacheHits is cenote_cache_hits_total. What is not named here is told otherwise. */
export const HELP: Readonly<Record<string, string>> = {
  answered: 'Queries that got a reply.',
  dropped: 'Queries that got none.',
  sinkholed: "Queries that a list's rule answered in place of an upstream.",
  rewritten: "Queries that a list's rule answered with something else.",
  monitored: 'Queries that a list in monitor mode noted.',
  allowed: 'Queries that an exception let pass.',
  local: 'Queries answered from the configuration or as special names.',
  cacheHits: 'Queries answered from the cache.',
  claimsIgnored:
    'Queries that said for whom they ask, and PROXY headers, of neighbours outside clients.trust.',
  cacheMisses: 'Questions that were asked upstream since nothing of use was kept.',
  stale: 'Queries answered with what had expired, since no upstream answered.',
  forwarded: "Queries answered with an upstream's response.",
  upstreamErrors: 'Queries answered SERVFAIL by cenote itself.',
  rebindingWithheld: 'Answers withheld because they gave a public name a private address.',
  rateLimited: 'Queries above the rate limit.',
  servfail: 'Replies with RCODE SERVFAIL.',
  nxdomain: 'Replies with RCODE NXDOMAIN.',
  refused: 'Replies with RCODE REFUSED.',
  formerr: 'Replies with RCODE FORMERR.',
  notimp: 'Replies with RCODE NOTIMP.',
  truncated: 'Replies with TC=1.',
  hitsLost: 'Hits that could not be recorded. Always 0 unless disk and memory are gone.',
  hitsUnjournaled: 'Hits answered while the journal could not be written.',
  queryRecordsLost: 'Queries that the history and the query log had no room for.',
};
