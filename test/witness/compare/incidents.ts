// Incidents against the hits and finds they are made of.
import type { IncidentSummary } from '../../../src/hits/incidents/summary.ts';
import { type Asking, type Concern, concernOf } from '../truth/asking.ts';
import type { Ledger } from '../truth/ledger.ts';
import type { Machine } from '../world/network.ts';
import type { Report } from './report.ts';

/** All hits and finds of one machine and campaign, and the incidents that are said of them. */
interface Subject {
  readonly live: Asking[];
  past: number;
  readonly incidents: IncidentSummary[];
}

export function compareIncidents(
  incidents: readonly IncidentSummary[],
  ledger: Ledger,
  report: Report,
): void {
  const subjects = new Map<Machine, Map<Concern, Subject>>();
  const subjectOf = (machine: Machine, concern: Concern): Subject => {
    const own = subjects.get(machine) ?? new Map<Concern, Subject>();
    subjects.set(machine, own);
    const subject = own.get(concern) ?? { live: [], past: 0, incidents: [] };
    own.set(concern, subject);
    return subject;
  };
  for (const asking of ledger.askings)
    for (const concern of new Set(asking.matches.map(concernOf)))
      subjectOf(asking.machine, concern).live.push(asking);
  for (const { machine, concern, count } of ledger.finds) subjectOf(machine, concern).past += count;
  for (const incident of incidents) {
    const about = (): string =>
      `incident ${incident.id}, ${incident.campaign ?? incident.list} of ${incident.machine}`;
    const machine = ledger.known(incident.machine);
    if (
      !report.hold('incident', machine !== null, () => `${about()}: no machine that asked`) ||
      machine === null
    )
      continue;
    const wrong = ledger.meant({ ...incident.client, machine: incident.machine }, machine);
    report.hold('incident', wrong === null, () => `${about()}: ${wrong}`);
    const concern = [...(subjects.get(machine)?.keys() ?? [])].find((one) => isCalled(one, incident));
    if (
      !report.hold(
        'incident',
        concern !== undefined,
        () => `${about()}: nothing of it was asked for by ${machine.mac}`,
      ) ||
      concern === undefined
    )
      continue;
    subjectOf(machine, concern).incidents.push(incident);
  }
  for (const [machine, own] of subjects)
    for (const [concern, subject] of own) compareSubject(machine, concern, subject, report);
}

/** By its title now or before, or by one of its lists. */
function isCalled(concern: Concern, { campaign, list, lists }: IncidentSummary): boolean {
  if ('title' in concern)
    return campaign !== null && campaign.split(',', 1)[0] === concern.title.split(',', 1)[0];
  return campaign === null && [list, ...lists].some((one) => concern.names.has(one));
}

function compareSubject(
  machine: Machine,
  concern: Concern,
  { live, past, incidents }: Subject,
  report: Report,
): void {
  const title = 'title' in concern ? concern.title : `list ${concern.name}`;
  const about = (): string => `incidents of ${machine.mac}, ${title}`;
  const merged = incidents.filter(({ mergedInto }) => mergedInto === null);
  const hits = merged.reduce((sum, one) => sum + one.hits, 0);
  const found = merged.reduce((sum, one) => sum + (one.past?.hits ?? 0), 0);
  report.same('incident', hits - found, live.length, () => `${about()}: hits`);
  report.same('incident', found, past, () => `${about()}: found in the past`);
  for (const got of new Set(live.map((one) => one.got))) {
    const said = merged.reduce(
      (sum, { outcomes }) => sum + ((outcomes as Record<string, number>)[got] ?? 0),
      0,
    );
    report.same('incident', said, live.filter((one) => one.got === got).length, () => `${about()}: ${got}`);
  }
}
