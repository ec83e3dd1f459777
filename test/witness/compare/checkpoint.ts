// Everything that cenote says of an office at one moment, held against what happened.
import type { OfficeDays } from '../office.ts';
import { compareCounters } from './counters.ts';
import { compareCoverage } from './coverage.ts';
import { missedFinds } from './finds.ts';
import { compareHits } from './hits.ts';
import { compareHunts } from './hunts.ts';
import { compareIncidents } from './incidents.ts';
import { compareNotices } from './notices.ts';
import { compareTimelines } from './timelines.ts';

const LIMIT = 100_000;

export async function checkpoint(office: OfficeDays): Promise<void> {
  const { cenote, ledger, report, admin } = office;
  compareHits(await cenote.question({ what: 'hits', filter: { limit: LIMIT } }), ledger, report);
  missedFinds(admin.office, ledger, report);
  const incidents = await cenote.question({ what: 'incidents', filter: { limit: LIMIT } });
  compareIncidents(incidents, ledger, report);
  const { receivers, wall, atMs } = office;
  const hearing = receivers
    .hearing(atMs)
    .map((place) => ({ place, severity: admin.office.receivers[place]?.severity ?? 'low' }));
  compareNotices({ accepted: receivers.accepted, incidents, nowMs: wall.now(), hearing }, ledger, report);
  await compareHunts(office);
  await compareTimelines(office);
  await compareCoverage(office);
  compareCounters(office);
}
