// One incident's own view against its row: the hits that it shows are those that it counts, of its machine and its campaign.
import type { IncidentDetail } from '../../../src/desk/messages.ts';
import type { Hit } from '../../../src/hits/hit.ts';
import type { IncidentSummary } from '../../../src/hits/incidents/summary.ts';
import type { OfficeDays } from '../office.ts';
import type { Asking } from '../truth/asking.ts';
import type { Match } from '../truth/judge.ts';
import { isCalled } from './incidents.ts';

const VIEWS = 4;

export async function compareDetails(
  { api, habits, report, ledger, hasJumped, merged, admin }: OfficeDays,
  incidents: readonly IncidentSummary[],
): Promise<void> {
  for (let i = incidents.length === 0 ? VIEWS : 0; i < VIEWS; i += 1) {
    const { id } = habits.pick(incidents);
    const { incident, hits, areHitsCut } = await api.get<IncidentDetail>('/api/v1/incidents/:id', {}, { id });
    const about = (): string => `view of incident ${id} (${incident.campaign ?? incident.list})`;
    const machine = ledger.known(incident.machine);
    for (const hit of hits) {
      report.hold(
        'view',
        ledger.known(hit.machine) === machine,
        () => `${about()}: hit ${hit.time} is of ${hit.machine}`,
      );
      const matches = matchesThen(ledger.askings, hit);
      report.hold(
        'view',
        matches.some(({ entry, list }) => isCalled(entry.campaign ?? list, incident)),
        () => `${about()}: hit ${hit.time} of ${hit.question.name} is none of it`,
      );
    }
    // What a jump moved in an incident stands in its hits as it was; what is kept no longer is in neither.
    if (hasJumped || areHitsCut || merged.has(id) || admin.office.hitsDays < DAYS_OF_ALL) continue;
    const shown = hits.reduce((sum, { count }) => sum + count, 0);
    report.same('view', shown, incident.hits - (incident.past?.hits ?? 0), () => `${about()}: hits`);
  }
}

/** What the askings that a hit is said of matched: a list may come between two of one millisecond. */
export function matchesThen(
  askings: readonly Asking[],
  { question, client, time }: Pick<Hit, 'question' | 'client' | 'time'>,
): readonly Match[] {
  const thenMs = Date.parse(time);
  return askings
    .filter(
      ({ wallMs, name, type, ip }) =>
        wallMs === thenMs && name === question.name && type === question.type && ip === client.ip,
    )
    .flatMap(({ matches }) => matches);
}

/** No office is played for longer. */
const DAYS_OF_ALL = 500;
