// What was told of late stands among the incidents of late, however long ago it was asked.
import type { IncidentSummary } from '../../../src/hits/incidents/summary.ts';
import type { OfficeDays } from '../office.ts';
import { DAY_MS } from '../world/day.ts';

/** What is noted while another program locks the store may be lost by a kill. */
const LOCKED_MS = 400_000;

export async function compareRecent(office: OfficeDays): Promise<void> {
  const { api, receivers, report, wall, hasJumped, acknowledged, downs, merged } = office;
  if (hasJumped) return;
  const sinceMs = wall.now() - DAY_MS;
  const { incidents } = await api.get<{ readonly incidents: readonly IncidentSummary[] }>(
    '/api/v1/incidents',
    { since: new Date(sinceMs).toISOString(), limit: '100000' },
  );
  const shown = new Set(incidents.map(({ id }) => id));
  for (const { id, acknowledged: said } of incidents) {
    const ackMs = acknowledged.get(id);
    if (ackMs === undefined || merged.has(id)) continue;
    const isLost = downs.some(({ fromMs }) => fromMs >= ackMs && fromMs - ackMs < LOCKED_MS);
    report.hold(
      'incident',
      said !== null || isLost,
      () => `incident ${id}: that somebody has seen it is lost`,
    );
  }
  for (const { notice } of receivers.accepted)
    if (notice.incident !== null && notice.kind === 'opened' && Date.parse(notice.time) >= sinceMs)
      report.hold(
        'incident',
        shown.has(notice.incident.id),
        () => `incident ${notice.incident?.id} was told at ${notice.time}, and is not among those of the day`,
        'missed',
      );
}
