// What happened at a site has its time by that site's clock. Asked of all sites at once it is reckoned by the head's, as far as the two are apart now.

/** Year 9999. */
export const LAST_MS = 253_402_300_799_999;

export interface SiteClock {
  readonly site: string;
  /** What it is ahead of the head's, ms. */
  readonly offsetMs: number;
}

/** Of sites whose clocks do not differ: 0. */
export const aheadMs = (site: string, clocks: readonly SiteClock[]): number =>
  clocks.find((one) => one.site === site)?.offsetMs ?? 0;

/** Wall clock of a site, ms → that of the head, or with the offset's sign turned round the other way; within what dates hold. */
export const shifted = (ms: number, byMs: number): number => Math.min(LAST_MS, Math.max(0, ms + byMs));

/** Nothing since a time by the head's clock is before this by that of its site: what an index is asked for. */
export const earliest = (sinceMs: number, clocks: readonly SiteClock[]): Date =>
  new Date(shifted(sinceMs, Math.min(0, ...clocks.map(({ offsetMs }) => offsetMs))));

/** ISO 8601 by the site's clock → by the head's. */
export function atHead(time: string, site: string, clocks: readonly SiteClock[]): string {
  const ms = aheadMs(site, clocks);
  return ms === 0 ? time : new Date(shifted(Date.parse(time), -ms)).toISOString();
}

/** For a table with a column `site`: SQL of a join, and of a time's own by the head's clock. The two values are `clockValues`. */
export const joinedClocks = (sites: string, offsets: string): string =>
  `LEFT JOIN unnest(${sites}::text[], ${offsets}::float8[]) AS clock (site, ms) USING (site)`;
export const sqlAtHead = (time: string): string => `${time} - coalesce(clock.ms, 0) * interval '1 ms'`;

export const clockValues = (clocks: readonly SiteClock[]): [sites: string[], offsetsMs: number[]] => [
  clocks.map(({ site }) => site),
  clocks.map(({ offsetMs }) => offsetMs),
];
