// Everything that cenote says of an office at one moment, held against what happened.
import type { OfficeDays } from '../office.ts';
import { compareCounters } from './counters.ts';
import { missedFinds } from './finds.ts';
import { compareHits } from './hits.ts';
import { compareHunts } from './hunts.ts';
import { compareIncidents } from './incidents.ts';

const LIMIT = 100_000;

export async function checkpoint(office: OfficeDays): Promise<void> {
  const { cenote, ledger, report, admin } = office;
  compareHits(await cenote.question({ what: 'hits', filter: { limit: LIMIT } }), ledger, report);
  missedFinds(admin.office, ledger, report);
  const incidents = await cenote.question({ what: 'incidents', filter: { limit: LIMIT } });
  compareIncidents(incidents, ledger, report);
  await compareHunts(office);
  compareCounters(office);
}
