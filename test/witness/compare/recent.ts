// What was told of late stands among the incidents of late, however long ago it was asked.
import type { IncidentSummary } from '../../../src/hits/incidents/summary.ts';
import type { OfficeDays } from '../office.ts';
import { DAY_MS } from '../world/day.ts';

export async function compareRecent({ api, receivers, report, wall, hasJumped }: OfficeDays): Promise<void> {
  if (hasJumped) return;
  const sinceMs = wall.now() - DAY_MS;
  const { incidents } = await api.get<{ readonly incidents: readonly IncidentSummary[] }>(
    '/api/v1/incidents',
    { since: new Date(sinceMs).toISOString(), limit: '100000' },
  );
  const shown = new Set(incidents.map(({ id }) => id));
  for (const { notice } of receivers.accepted)
    if (notice.incident !== null && notice.kind === 'opened' && Date.parse(notice.time) >= sinceMs)
      report.hold(
        'incident',
        shown.has(notice.incident.id),
        () => `incident ${notice.incident?.id} was told at ${notice.time}, and is not among those of the day`,
        'missed',
      );
}
