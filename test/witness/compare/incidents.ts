// Incidents against the hits and finds they are made of.
import type { IncidentSummary } from '../../../src/hits/incidents/summary.ts';
import { type Asking, type Concern, concernOf, mayBeLost } from '../truth/asking.ts';
import { type Found, isPseudonym, type Ledger, PAST_CLASSES } from '../truth/ledger.ts';
import type { Machine } from '../world/network.ts';
import type { Report } from './report.ts';
import { type Compared, compareSubjectOnce } from './subjects.ts';

/** All hits and finds of one machine and campaign, and the incidents that are said of them. */
interface Subject {
  readonly live: Asking[];
  readonly told: Found[];
  /** Of those, what may be gone. */
  readonly gone: Found[];
  readonly incidents: IncidentSummary[];
}

export function compareIncidents(
  incidents: readonly IncidentSummary[],
  ledger: Ledger,
  report: Report,
  keptSinceMs: number,
  around: Pick<Compared, 'starts' | 'hasJumped'>,
): void {
  const subjects = new Map<Machine, Map<Concern, Subject>>();
  const subjectOf = (machine: Machine, concern: Concern): Subject => {
    const own = subjects.get(machine) ?? new Map<Concern, Subject>();
    subjects.set(machine, own);
    const subject = own.get(concern) ?? { live: [], told: [], gone: [], incidents: [] };
    own.set(concern, subject);
    return subject;
  };
  for (const asking of ledger.askings)
    for (const concern of new Set(asking.matches.map(concernOf)))
      subjectOf(asking.machine, concern).live.push(asking);
  for (const find of ledger.finds) {
    if (find.machine === null) continue;
    const { told, gone } = subjectOf(find.machine, find.concern);
    told.push(find);
    if (find.wallMs < keptSinceMs) gone.push(find);
  }
  for (const incident of incidents) {
    if (isPseudonym(incident.machine)) continue;
    const about = (): string =>
      `incident ${incident.id}, ${incident.campaign ?? incident.list} of ${incident.machine}`;
    const machine = ledger.known(incident.machine);
    if (
      !report.hold('incident', machine !== null, () => `${about()}: no machine that asked`) ||
      machine === null
    )
      continue;
    compareWaiting(incident, report, about);
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
    for (const [concern, subject] of own) compareSubject(machine, concern, subject, report, around);
}

/** What was answered before it was listed is open until somebody has acknowledged it, or nothing lists it for its machine any more. */
function compareWaiting(
  { state, end, past, acknowledged }: IncidentSummary,
  report: Report,
  about: () => string,
): void {
  if (past === null || past.answered === 0 || acknowledged !== null) return;
  const isEnded = end !== null && ['delisted', 'allowed', 'alert-off', 'merged'].includes(end);
  report.hold(
    'incident',
    state === 'open' || isEnded,
    () => `${about()}: nobody has seen it, and it is ${end}`,
  );
}

/** By its title now or before, or by one of its lists. */
export function isCalled(
  concern: Concern,
  { campaign, list, lists }: Pick<IncidentSummary, 'campaign' | 'list' | 'lists'>,
): boolean {
  if ('title' in concern)
    return campaign !== null && campaign.split(',', 1)[0] === concern.title.split(',', 1)[0];
  return campaign === null && [list, ...lists].some((one) => concern.names.has(one));
}

function compareSubject(
  machine: Machine,
  concern: Concern,
  { live, told, gone, incidents }: Subject,
  report: Report,
  around: Pick<Compared, 'starts' | 'hasJumped'>,
): void {
  const title = 'title' in concern ? concern.title : `list ${concern.name}`;
  const about = (): string => `incidents of ${machine.mac}, ${title}`;
  const merged = incidents.filter(({ mergedInto }) => mergedInto === null);
  compareSubjectOnce({ merged, live, report, about, ...around });
  const hits = merged.reduce((sum, one) => sum + one.hits, 0);
  const found = merged.reduce((sum, one) => sum + (one.past?.hits ?? 0), 0);
  const isWithin = (count: number, own: readonly Asking[], more = 0): boolean =>
    count >= own.filter((one) => !mayBeLost(one)).length && count <= own.length + more;
  report.hold(
    'incident',
    isWithin(hits - found, live),
    () => `${about()}: hits: said ${hits - found}, true is ${live.length}`,
  );
  const pastIs = (said: number, of: (find: Found) => number, what: string): boolean => {
    const most = told.reduce((sum, one) => sum + of(one), 0);
    const least = most - gone.reduce((sum, one) => sum + of(one), 0);
    return report.hold(
      'incident',
      said >= least && said <= most,
      () => `${about()}: ${what}: said ${said}, true is ${least} to ${most}`,
    );
  };
  pastIs(found, ({ count }) => count, 'found in the past');
  for (const name of PAST_CLASSES)
    pastIs(
      merged.reduce((sum, { past }) => sum + (past?.[name] ?? 0), 0),
      ({ got }) => got[name],
      `of what was found in the past, ${name}`,
    );
  for (const [got, own] of Map.groupBy(live, (one) => one.got)) {
    const said = merged.reduce(
      (sum, { outcomes }) => sum + ((outcomes as Record<string, number>)[got] ?? 0),
      0,
    );
    report.hold(
      'incident',
      isWithin(said, own),
      () => `${about()}: ${got}: said ${said}, true is ${own.length}`,
    );
  }
  for (const [name, own] of Map.groupBy(live, (one) => one.name)) {
    const shown = merged.flatMap(({ names }) => names.filter((one) => one.name === name));
    const count = shown.reduce((sum, one) => sum + one.count, 0);
    const most = own.length + found;
    report.hold(
      'incident',
      isWithin(count, own, found),
      () => `${about()}: ${name} ${count} times, true is ${own.length} to ${most}`,
    );
  }
  if (live.some(mayBeLost)) return;
  const concerned = live.flatMap(({ matches }) => matches.filter((match) => concernOf(match) === concern));
  const lists = new Set(merged.flatMap((one) => one.lists));
  for (const listName of new Set(concerned.map((match) => match.listName)))
    report.hold(
      'incident',
      lists.has(listName),
      () => `${about()}: list ${listName} is not among ${[...lists].join()}`,
    );
  const gravest = Math.max(
    -1,
    ...concerned.map(({ entry }) =>
      SEVERITIES.indexOf((entry.campaign === null ? null : entry.confidence) ?? 'medium'),
    ),
  );
  const said = Math.max(-1, ...merged.map(({ severity }) => SEVERITIES.indexOf(severity)));
  report.hold(
    'incident',
    said >= gravest && (found > 0 || said === gravest),
    () => `${about()}: severity ${SEVERITIES[said]}, true is ${SEVERITIES[gravest]}`,
  );
  const macs = new Set(live.map(({ ip }) => ip));
  const addresses = new Set(merged.flatMap((one) => one.addresses));
  report.hold(
    'incident',
    found > 0 || [...addresses].every((ip) => macs.has(ip)),
    () => `${about()}: addresses ${[...addresses].join()}, true are ${[...macs].join()}`,
  );
}

const SEVERITIES = ['low', 'medium', 'high'] as const;
