// How usable a kept answer is now: a pure function of ages, no clock in it.
//
// HOT. Numbers in, number out.

export const FRESHNESS = {
  /** Within its TTL. */
  fresh: 0,
  /** Within its TTL, asked for repeatedly and in the last tenth of its life: answer with it and refresh it. */
  prefetch: 1,
  /** Past its TTL: ask upstream, fall back on it (RFC 8767 §4). */
  stale: 2,
  /** Past its TTL and upstream has just failed for it: answer with it at once, ask again later (RFC 8767 §5). */
  held: 3,
  /** Of no use any more. */
  expired: 4,
} as const;
export type Freshness = (typeof FRESHNESS)[keyof typeof FRESHNESS];

/** The part of its life at whose end a popular answer is refreshed: one in … */
const PREFETCH_SHARE = 10;
/** Shorter lives are not worth a query of our own before anybody asks. */
const PREFETCH_TTL_SECONDS_MIN = 10;

/**
 * @param ageSeconds since it was stored; less than 0 (a clock that jumped) counts as 0
 * @param staleSeconds how long past its TTL it may be served
 * @param popular it was asked for before, and prefetch is on
 * @param held nobody should ask upstream about it yet
 */
export function freshnessOf(
  ageSeconds: number,
  ttlSeconds: number,
  staleSeconds: number,
  popular: boolean,
  held: boolean,
): Freshness {
  if (ageSeconds < ttlSeconds) {
    if (!popular || held || ttlSeconds < PREFETCH_TTL_SECONDS_MIN) return FRESHNESS.fresh;
    const left = ttlSeconds - ageSeconds;
    return left * PREFETCH_SHARE <= ttlSeconds ? FRESHNESS.prefetch : FRESHNESS.fresh;
  }
  if (ageSeconds - ttlSeconds >= staleSeconds) return FRESHNESS.expired;
  return held ? FRESHNESS.held : FRESHNESS.stale;
}
