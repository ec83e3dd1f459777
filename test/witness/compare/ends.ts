// The end of an incident, as it comes: "asked no more" only of a machine that asked no more while it was watched.
import type { Incident } from '../../../src/hits/incidents/incident.ts';
import { type Asking, concernOf } from '../truth/asking.ts';
import { judge } from '../truth/judge.ts';
import type { Ledger } from '../truth/ledger.ts';
import { TYPES } from '../world/names.ts';
import type { Office } from '../world/rules.ts';
import { textOf } from './hits.ts';
import { isCalled } from './incidents.ts';
import type { Report } from './report.ts';

const HELD_MS = 3000;
const QUIET_MS = 3_600_000;
/** What ends because of a change does so some seconds after it. */
const LONGEST_MS = 8 * 86_400_000;

interface Present {
  readonly office: Office;
  readonly atMs: number;
  readonly wallMs: number;
  /** When cenote was started last: silence is counted anew from there. */
  readonly startedMs: number;
}

type Ended = Pick<Incident, 'id' | 'machine' | 'campaign' | 'list' | 'lists' | 'end'>;

export function compareEnd(
  incident: Ended,
  ledger: Ledger,
  report: Report,
  { office, atMs, wallMs, startedMs }: Present,
): void {
  const { id, machine: of, end } = incident;
  const machine = ledger.known(of);
  if (machine === null || end === 'past' || end === 'merged') return;
  const about = (): string =>
    `incident ${id} (${incident.campaign ?? incident.list}) of ${machine.mac} ended as ${end}`;
  const own = ledger
    .of(machine)
    .filter(({ matches }) => matches.some((match) => isCalled(concernOf(match), incident)));
  // What a thread holds still is heard of two seconds later.
  const last = own.findLast((asking) => asking.isByRule || atMs - asking.atMs > HELD_MS);
  if (last === undefined) return;
  const silentMs = atMs - last.atMs;
  const seen = own.find((asking) => isWatched(asking, incident, office, wallMs));
  const watched = seen !== undefined;
  if (end === 'silent') {
    report.hold('end', silentMs >= QUIET_MS, () => `${about()}: asked ${Math.round(silentMs / 1000)} s ago`);
    report.hold('end', watched, () => `${about()}: nobody would have seen it ask`);
  } else
    report.hold(
      'end',
      !watched,
      () => `${about()}: it would be seen: ${seen === undefined ? '' : textOf(seen)}`,
    );
  report.hold(
    'end',
    atMs - Math.max(startedMs, last.atMs) < LONGEST_MS,
    () => `${about()}: silent for ${Math.round(silentMs / QUIET_MS)} h`,
  );
}

/** Whether the same asking would concern the same now: by what was asked for, or what it led to. */
function isWatched(asking: Asking, incident: Ended, office: Office, wallMs: number): boolean {
  const group = office.groups.find(({ name }) => name === asking.group);
  if (group === undefined) return false;
  return asking.matches.some(({ entry, list, target }) => {
    if (!isCalled(concernOf({ entry, list }), incident)) return false;
    const judged = judge(office, group, { ...target, type: TYPES[asking.type], wallMs });
    return (
      judged.withoutPause?.does !== 'allow' &&
      judged.matches.some((match) => isCalled(concernOf(match), incident))
    );
  });
}
