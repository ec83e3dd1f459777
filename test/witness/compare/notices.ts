// What receivers were told against the incidents they were told of: each opened once, its notices summing up to what each of them
// says, its end told once and as what it was.
import type { Notice } from '../../../src/alerts/receiver.ts';
import type { IncidentSummary } from '../../../src/hits/incidents/summary.ts';
import type { Accepted } from '../cenote/receivers.ts';
import type { Ledger } from '../truth/ledger.ts';
import { type Hours, isWithinHours } from '../world/rules.ts';
import { compareAcknowledged } from './acknowledged.ts';
import type { Report } from './report.ts';
import { compareWords } from './words.ts';

/** A notice waits for company, and then for the one before it. */
const UNTOLD_MS = 60_000;

export interface Told {
  readonly accepted: readonly Accepted[];
  readonly incidents: readonly IncidentSummary[];
  readonly nowMs: number;
  /** Receivers that have heard of everything there is to hear of, from some severity on. */
  readonly hearing: readonly Hearing[];
  /** By place: hours in which nothing is told. */
  readonly quiet: readonly (Hours | null)[];
  /** Ids of all that was ever merged. */
  readonly merged: Set<string>;
  /** Incident → when somebody has seen it, by the wall clock. */
  readonly acknowledged: ReadonlyMap<string, number>;
  readonly hasJumped: boolean;
}

interface Hearing {
  readonly place: number;
  readonly severity: 'low' | 'high';
  /** Null: of all. */
  readonly groups: readonly string[] | null;
}

export function compareNotices(
  { accepted, incidents, nowMs, hearing, quiet, merged, acknowledged, hasJumped }: Told,
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
    for (const [id, notices] of byIncident) {
      const ackMs = acknowledged.get(id);
      const of = { isMerged: merged.has(id), isSeen: ackMs !== undefined };
      compareOne(`receiver ${place}, incident ${id}`, notices, of, ledger, report);
      if (ackMs !== undefined && !merged.has(id) && !hasJumped)
        compareAcknowledged(notices, ackMs, ledger, report, () => `receiver ${place}, incident ${id}`);
    }
  }
  for (const hears of hearing) compareHearing(hears, places.get(hears.place) ?? [], incidents, nowMs, report);
}

/** What is for it was told, its end too, and nothing else. */
function compareHearing(
  { place, severity: least, groups }: Hearing,
  accepted: readonly Accepted[],
  incidents: readonly IncidentSummary[],
  nowMs: number,
  report: Report,
): void {
  const isFor = ({ severity, groups: own }: Pick<IncidentSummary, 'severity' | 'groups'>): boolean =>
    (least === 'low' || severity === 'high') &&
    (groups === null || own.some((group) => group === 'unknown' || groups.includes(group)));
  const last = new Map<string, Notice>();
  for (const { notice } of accepted) {
    const { incident, kind } = notice;
    if (incident === null) continue;
    last.set(incident.id, notice);
    if (kind === 'opened')
      report.hold('notice', isFor(incident), () => `receiver ${place} is told of ${incident.id}: not for it`);
  }
  for (const incident of incidents) {
    const { id, opened, campaign, state, end, closed } = incident;
    const told = last.get(id);
    if (nowMs - Date.parse(opened) > UNTOLD_MS && isFor(incident))
      report.hold(
        'notice',
        told !== undefined,
        () => `receiver ${place} was not told of incident ${id} (${campaign})`,
        'missed',
      );
    if (told === undefined || state === 'open' || closed === null) continue;
    if (nowMs - Date.parse(closed) > UNTOLD_MS)
      report.hold(
        'notice',
        told.incident?.state === 'closed',
        () => `receiver ${place} was not told that incident ${id} (${campaign}) ended ${closed} as ${end}`,
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
  { isMerged, isSeen }: { readonly isMerged: boolean; readonly isSeen: boolean },
  ledger: Ledger,
  report: Report,
): void {
  let sum = 0;
  let isOver = false;
  let isNamed = false;
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
    const more = furtherHits + furtherFound + [...hits, ...found].reduce((all, { count }) => all + count, 0);
    // What somebody has seen goes on without a word, and ends with one.
    const isAgain = isOver && kind === 'closed' && !(isSeen && more > 0);
    report.hold('notice', !isAgain, () => `${about()}: its end is told again`, 'twice');
    if (kind === 'closed') isOver = true;
    if (kind === 'reopened') isOver = false;
    sum += more;
    if (!isMerged) report.same('notice', sum, incident.hits, () => `${about()}: the sum of what was told`);
    report.hold(
      'notice',
      !/^Over\b/.test(text) || incident.end === 'silent',
      () => `${about()}: "${text}", and its end is ${incident.end}`,
    );
    compareWords(notice, report, about);
    const { name } = incident.client;
    report.hold('notice', !isNamed || name !== null, () => `${about()}: its machine has no name any more`);
    isNamed ||= name !== null;
    const machine = ledger.known(incident.machine);
    const wrong =
      machine === null ? null : ledger.meant({ ...incident.client, machine: incident.machine }, machine);
    report.hold('notice', wrong === null, () => `${about()}: ${wrong}`);
  });
}
