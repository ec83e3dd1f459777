// Of which sites, and until when, the central store speaks: "no hit" is said of that and of nothing else.
import { aheadMs, type SiteClock } from './site-clocks.ts';
import type { Connection, Row } from './statement.ts';

export interface SiteCoverage {
  readonly site: string;
  /** ISO 8601, by the head's clock: what was stored at the site until then is here; null: not known of any time. */
  readonly until: string | null;
}

export interface FleetCoverage {
  /** Sites that the head knows. */
  readonly sites: number;
  /** Those of which all is here until about now. */
  readonly whole: number;
  readonly behind: readonly SiteCoverage[];
  /** Sites whose clocks differ from the head's by more than messages take. */
  readonly clocks: readonly SiteClock[];
  /** Hits that their sites had removed before they came. */
  readonly removed: number;
}

/** A site says at least every half minute that nothing waits. */
const LATE_MS = 90_000;

/** @param clocks of those that differ */
export async function readCoverage(
  sites: readonly string[],
  nowMs: number,
  clocks: readonly SiteClock[],
  connection: Connection,
): Promise<FleetCoverage> {
  const rows = await connection.query(
    'SELECT DISTINCT ON (site) site, whole, lastId AS "lastId" FROM cenote.lives ORDER BY site, id DESC',
  );
  const [removed] = await connection.query(
    'SELECT coalesce(sum(hitsThrough - hitsAfter), 0) AS removed FROM cenote.removed',
  );
  const lives = new Map(rows.map((row) => [String(row['site']), row]));
  const behind: SiteCoverage[] = [];
  for (const site of sites) {
    const untilMs = thereUntilMs(lives.get(site) ?? {}, aheadMs(site, clocks), nowMs);
    if (untilMs === null || nowMs - untilMs > LATE_MS)
      behind.push({ site, until: untilMs === null ? null : new Date(untilMs).toISOString() });
  }
  return {
    sites: sites.length,
    whole: sites.length - behind.length,
    behind,
    clocks,
    removed: Number(removed?.['removed']),
  };
}

/**
 * A site says now and then that nothing waits; one that sends what waited for days does not, and sends hits in the order in which it stored them.
 * What lies ahead says nothing: it is of a clock that was fast, and identifiers of hits do not go back with it.
 * @returns by the head's clock, as `nowMs`
 */
function thereUntilMs({ whole, lastId }: Row, ahead: number, nowMs: number): number | null {
  const times = [
    ...(whole instanceof Date ? [whole.getTime()] : []),
    ...(typeof lastId === 'string' ? [Number.parseInt(lastId.replace('-', '').slice(0, 12), 16)] : []),
  ]
    .map((ms) => ms - ahead)
    .filter((ms) => ms <= nowMs + LATE_MS);
  return times.length === 0 ? null : Math.max(...times);
}
