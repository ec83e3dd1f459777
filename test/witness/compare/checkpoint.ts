// Everything that cenote says of an office at one moment, held against what happened.
import type { Hit } from '../../../src/hits/hit.ts';
import type { IncidentSummary } from '../../../src/hits/incidents/summary.ts';
import type { OfficeDays } from '../office.ts';
import { DAY_MS } from '../world/day.ts';
import { isWithinHours } from '../world/rules.ts';
import { compareCounters } from './counters.ts';
import { compareCoverage } from './coverage.ts';
import { compareDetails } from './details.ts';
import { missedFinds } from './finds.ts';
import { compareHits } from './hits.ts';
import { compareHunts } from './hunts.ts';
import { compareIncidents } from './incidents.ts';
import { compareNotices } from './notices.ts';
import { compareRecent } from './recent.ts';
import { compareTimelines } from './timelines.ts';

const LIMIT = '100000';
const EVER = { since: '2000-01-01', limit: LIMIT };
/** Rows are removed once a minute, hits that were packed once all of them are past their time. */
const REMOVED_MS = 2 * DAY_MS;
/** What is due at the end of quiet hours is told within. */
const CAUGHT_UP_MS = 600_000;

export async function checkpoint(office: OfficeDays): Promise<void> {
  const { api, ledger, report, admin, wall, receivers, atMs, merged } = office;
  const goneMs = wall.now() - admin.office.hitsDays * DAY_MS - REMOVED_MS;
  const { hits } = await api.get<{ readonly hits: readonly Hit[] }>('/api/v1/hits', EVER);
  compareHits(hits, ledger, report, office.hasJumped ? null : goneMs);
  missedFinds(admin.office, ledger, report);
  const { incidents } = await api.get<{ readonly incidents: readonly IncidentSummary[] }>(
    '/api/v1/incidents',
    EVER,
  );
  const around = { starts: office.downs.length, hasJumped: office.hasJumped };
  compareIncidents(incidents, ledger, report, goneMs + 2 * REMOVED_MS, around);
  const quiet = admin.office.receivers.map((receiver) => receiver.quiet);
  const isQuiet = (place: number): boolean => {
    const hours = quiet[place] ?? null;
    if (hours === null) return false;
    return [wall.now(), wall.now() - CAUGHT_UP_MS].some((ms) => isWithinHours(hours, ms));
  };
  const hearing = receivers
    .hearing(atMs)
    .filter((place) => !isQuiet(place))
    .map((place) => {
      const { severity = 'low', groups = null } = admin.office.receivers[place] ?? {};
      return { place, severity, groups };
    });
  const { acknowledged, hasJumped } = office;
  const told = { accepted: receivers.accepted, incidents, nowMs: wall.now(), hearing, quiet, merged };
  compareNotices({ ...told, acknowledged, hasJumped }, ledger, report);
  await compareRecent(office);
  await compareDetails(office, incidents);
  await compareHunts(office);
  await compareTimelines(office);
  await compareCoverage(office);
  compareCounters(office);
}
