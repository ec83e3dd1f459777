// What receivers were told against the incidents they were told of: each opened once, its notices summing up to what each of them
// says, its end told once and as what it was.
import type { Notice } from '../../../src/alerts/receiver.ts';
import type { IncidentSummary } from '../../../src/hits/incidents/summary.ts';
import type { Accepted } from '../cenote/receivers.ts';
import type { Ledger } from '../truth/ledger.ts';
import { type Hours, isWithinHours } from '../world/rules.ts';
import type { Report } from './report.ts';

/** A notice waits for company, and then for the one before it. */
const UNTOLD_MS = 60_000;

export interface Told {
  readonly accepted: readonly Accepted[];
  readonly incidents: readonly IncidentSummary[];
  readonly nowMs: number;
  /** Receivers that have heard of everything there is to hear of, from some severity on. */
  readonly hearing: readonly { readonly place: number; readonly severity: 'low' | 'high' }[];
  /** By place: hours in which nothing is told. */
  readonly quiet: readonly (Hours | null)[];
  /** Ids of all that was ever merged. */
  readonly merged: Set<string>;
}

export function compareNotices(
  { accepted, incidents, nowMs, hearing, quiet, merged }: Told,
  ledger: Ledger,
  report: Report,
): void {
  for (const { id, mergedInto } of incidents) if (mergedInto !== null) merged.add(id).add(mergedInto);
  for (const { place, notice, wallMs } of accepted) {
    const hours = quiet[place] ?? null;
    if (hours === null || notice.trouble !== null) continue;
    report.hold(
      'notice',
      !isWithinHours(hours, wallMs),
      () =>
        `receiver ${place}: told in its quiet hours, at ${new Date(wallMs).toISOString()} (${notice.kind})`,
    );
  }
  const places = Map.groupBy(accepted, ({ place }) => place);
  for (const [place, own] of places) {
    const byIncident = Map.groupBy(onceEach(own), ({ incident }) => incident?.id ?? '');
    byIncident.delete('');
    for (const [id, notices] of byIncident)
      compareOne(`receiver ${place}, incident ${id}`, notices, merged.has(id), ledger, report);
  }
  for (const { place, severity: least } of hearing) {
    const told = new Set((places.get(place) ?? []).map(({ notice }) => notice.incident?.id));
    for (const { id, opened, campaign, severity } of incidents)
      if (nowMs - Date.parse(opened) > UNTOLD_MS && (least === 'low' || severity === 'high'))
        report.hold(
          'notice',
          told.has(id),
          () => `receiver ${place} was not told of incident ${id} (${campaign})`,
          'missed',
        );
  }
}

/** A receiver that accepted a notice twice, because of a kill before that was written down, knows it by its id. */
const onceEach = (accepted: readonly Accepted[]): Notice[] => [
  ...new Map(accepted.map(({ notice }) => [notice.id, notice] as const)).values(),
];

function compareOne(
  of: string,
  notices: readonly Notice[],
  isMerged: boolean,
  ledger: Ledger,
  report: Report,
): void {
  let sum = 0;
  let isOver = false;
  notices.forEach((notice, i) => {
    const { incident, kind, hits, furtherHits, found, furtherFound, text } = notice;
    const about = (): string => `${of}, notice ${i + 1} (${kind})`;
    if (incident === null) return;
    report.hold(
      'notice',
      (kind === 'opened') === (i === 0),
      () => `${about()}: ${i === 0 ? 'does not open it' : 'opens it again'}`,
      i === 0 ? 'false' : 'twice',
    );
    report.hold('notice', !(isOver && kind === 'closed'), () => `${about()}: its end is told again`, 'twice');
    if (kind === 'closed') isOver = true;
    if (kind === 'reopened') isOver = false;
    sum += furtherHits + furtherFound + [...hits, ...found].reduce((all, { count }) => all + count, 0);
    if (!isMerged) report.same('notice', sum, incident.hits, () => `${about()}: the sum of what was told`);
    report.hold(
      'notice',
      !/^Over\b/.test(text) || incident.end === 'silent',
      () => `${about()}: "${text}", and its end is ${incident.end}`,
    );
    const machine = ledger.known(incident.machine);
    const wrong =
      machine === null ? null : ledger.meant({ ...incident.client, machine: incident.machine }, machine);
    report.hold('notice', wrong === null, () => `${about()}: ${wrong}`);
  });
}
