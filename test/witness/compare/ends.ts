// The end of an incident, as it comes: "asked no more" only of a machine that asked no more while it was watched.
import type { Incident } from '../../../src/hits/incidents/incident.ts';
import { type Asking, type Concern, concernOf, mayBeApart } from '../truth/asking.ts';
import { type Match, matchesOf } from '../truth/judge.ts';
import type { Ledger } from '../truth/ledger.ts';
import { type Step, wayOf } from '../truth/witnessed.ts';
import { type Names, TYPES } from '../world/names.ts';
import { groupFor, type Office } from '../world/rules.ts';
import { textOf } from './hits.ts';
import { isCalled } from './incidents.ts';
import type { Report } from './report.ts';
import { quietMsOf } from './visits.ts';

const HELD_MS = 3000;
/** A hit opens an incident a moment later. */
const EARLIER_MS = 10_000;
const QUIET_MS = 3_600_000;
/** That it runs is noted once a minute, of what threads have passed on by then. */
const NOTED_MS = 120_000;
/** What ends because of a change does so some seconds after it. */
const LONGEST_MS = 8 * 86_400_000;

interface Present {
  readonly office: Office;
  readonly names: Names;
  readonly atMs: number;
  readonly wallMs: number;
  /** When cenote was started last: silence is counted anew from there. */
  readonly startedMs: number;
  /** When what is in force was changed last. */
  readonly changedMs: number;
  readonly hasJumped: boolean;
  /** When cenote did not run, by the wall clock. */
  readonly downs: readonly { readonly fromMs: number; readonly toMs: number }[];
}

type Ended = Pick<
  Incident,
  | 'id'
  | 'machine'
  | 'campaign'
  | 'list'
  | 'lists'
  | 'end'
  | 'names'
  | 'openedMs'
  | 'past'
  | 'unseenNames'
  | 'gaps'
>;

/** @param sinceMs when it was first seen open, by the clock that cannot jump */
export function compareEnd(
  incident: Ended,
  sinceMs: number,
  ledger: Ledger,
  report: Report,
  present: Present,
): void {
  const { id, machine: of, end, names, openedMs, unseenNames = [], gaps } = incident;
  const { atMs, startedMs, changedMs } = present;
  const machine = ledger.known(of);
  if (machine === null || end === 'past' || end === 'merged') return;
  const about = (): string =>
    `incident ${id} (${incident.campaign ?? incident.list}) of ${machine.mac} ended as ${end}`;
  const isOwn = (concern: Concern): boolean => isCalled(concern, incident);
  const live = ledger.of(machine).filter(({ matches }) => matches.some((match) => isOwn(concernOf(match))));
  // What a thread holds still is heard of two seconds later.
  const last = live.findLast((asking) => asking.isByRule || atMs - asking.atMs > HELD_MS);
  if (last === undefined) return;
  const silentMs = atMs - last.atMs;
  // An earlier incident of the same may have had some of them: then only those of this one must be as it says.
  const all = [...live, ...ledger.of(machine).filter(({ foundBy }) => [...foundBy].some(isOwn))]
    .filter((asking) => names.some(({ name }) => name === asking.name))
    .map((asking) => ({ asking, becomes: wouldBe(asking, incident, present) }));
  const sure = all.filter(({ asking }) => asking.matches.length > 0 && asking.atMs >= sinceMs - EARLIER_MS);
  for (const { reason, fromMs, toMs } of present.hasJumped ? [] : gaps)
    report.hold(
      'end',
      reason !== 'down' ||
        present.downs.some((down) => down.fromMs - NOTED_MS <= fromMs && (toMs ?? 0) <= down.toMs + NOTED_MS),
      () =>
        `${about()}: cenote ran from ${new Date(fromMs).toISOString()} to ${new Date(toMs ?? 0).toISOString()}`,
    );
  if (end === 'silent') {
    // An earlier one, of more than a week ago, is another.
    const since = live.filter(
      ({ wallMs, number }) => wallMs >= openedMs - EARLIER_MS && number <= last.number,
    );
    const quietMs = present.hasJumped || since.some(mayBeApart) ? QUIET_MS : quietMsOf(since);
    report.hold(
      'end',
      silentMs >= quietMs,
      () => `${about()}: asked ${Math.round(silentMs / 1000)} s ago, true is ${Math.round(quietMs / 1000)} s`,
    );
    // It may have been silent for long enough before the change: cenote looks now and then.
    const isSeen = all.some(
      ({ asking, becomes }) => becomes === 'seen' || isDecidedNow(asking, incident, present),
    );
    const wasSeen = changedMs - Math.max(startedMs, last.atMs) >= quietMs;
    report.hold('end', isSeen || wasSeen, () => `${about()}: nobody would have seen it ask`);
    // What it asked for in a way that is told, and again after the last that was.
    const unsaid = ledger.of(machine).find((asking) => {
      const { number, name, type } = asking;
      if (
        number <= last.number ||
        asking.standing === 'told' ||
        // What is over the rate limit is turned away before anybody looks where it leads.
        asking.got === 'limited' ||
        asking.got === 'truncated' ||
        // What was found in the past since was before the time that the end speaks of.
        [...asking.foundBy].some(isOwn) ||
        mayBeApart(asking) ||
        unseenNames.includes(name) ||
        // Its end names the time in which one or another of its names was not watched.
        gaps.some(
          ({ reason, fromMs, toMs }) => reason === 'in-part' && isWithin(asking.wallMs, fromMs, toMs),
        ) ||
        !names.some((own) => own.name === name)
      )
        return false;
      return since.some((known) => known.name === name && known.type === type);
    });
    report.hold(
      'end',
      unsaid === undefined,
      () => `${about()}: since the last that was told it asked ${unsaid && textOf(unsaid)}`,
    );
  } else {
    const seen = sure.find(({ becomes }) => becomes === 'seen');
    report.hold(
      'end',
      seen === undefined,
      () => `${about()}: it would be seen: ${seen && textOf(seen.asking)}`,
    );
    // The history keeps no type: of what was found in the past any may be meant.
    const found = all.flatMap(({ asking }) =>
      asking.matches.length > 0
        ? []
        : typesOfAll.map((type) => ({ becomes: wouldBe({ ...asking, type }, incident, present) })),
    );
    // Of what a kill left the machine may be unknown: then it is no part of it.
    const known = all.filter(({ asking }) => !mayBeApart(asking));
    const reasons = new Set([sure, all, known, [...all, ...found], [...known, ...found]].map(reasonOf));
    report.hold('end', reasons.has(end as Then), () => `${about()}: true is ${[...reasons].join(' or ')}`);
  }
  report.hold(
    'end',
    // What was found in the past may wait for somebody to acknowledge it.
    incident.past !== null || atMs - Math.max(startedMs, last.atMs) < LONGEST_MS,
    () => `${about()}: silent for ${Math.round(silentMs / QUIET_MS)} h`,
  );
}

const isWithin = (timeMs: number, fromMs: number, toMs: number | null): boolean =>
  timeMs >= fromMs && timeMs <= (toMs ?? Number.POSITIVE_INFINITY);

const typesOfAll = Object.keys(TYPES) as (keyof typeof TYPES)[];

type Then = 'seen' | 'allowed' | 'alert-off' | 'unreached' | 'delisted';

const reasonOf = (all: readonly { readonly becomes: Then }[]): Then =>
  (['allowed', 'alert-off', 'unreached'] as const).find((reason) =>
    all.some(({ becomes }) => becomes === reason),
  ) ?? 'delisted';

/** At hours that a schedule leaves out, lists that are for all may decide what an exception of the group lets through at others. */
function isDecidedNow({ name, type, machine }: Asking, incident: Ended, present: Present): boolean {
  const { office, names, wallMs } = present;
  const { first, behind } = wayOf({ name, type, wallMs }, groupFor(office, machine.mac), office, names);
  return [first, ...behind].some(
    ({ judgement: { decided, matches } }) =>
      decided !== null &&
      decided.does !== 'allow' &&
      matches.some((match) => isCalled(concernOf(match), incident)),
  );
}

/** What would become of the same asking if it were made again now, by the machine's group of now. */
function wouldBe({ name, type, machine }: Asking, incident: Ended, { office, names, wallMs }: Present): Then {
  const isOwn = (match: Match): boolean => isCalled(concernOf(match), incident);
  const group = groupFor(office, machine.mac);
  const { first, behind } = wayOf({ name, type, wallMs }, group, office, names);
  // What is blocked by its name leads nowhere.
  const isBlocking =
    (group.schedule === null || first.judgement.decided?.list.isForAll === true) &&
    !group.paused &&
    !group.letThrough &&
    first.judgement.decided?.does === 'block';
  const reached = isBlocking ? [first] : [first, ...behind];
  const excepted = reached.findIndex(({ judgement }) => judgement.withoutPause?.does === 'allow');
  const passed = excepted < 0 ? reached : reached.slice(0, excepted);
  const stopped = excepted < 0 ? [] : reached.slice(excepted);
  const isTold = ({ judgement }: Step): boolean => judgement.matches.some(isOwn);
  if (passed.some(isTold)) return 'seen';
  if (stopped.some(isTold)) return 'allowed';
  const quiet = group.lists.filter(({ alert }) => !alert).map((list) => ({ ...list, alert: true }));
  const isQuiet = ({ text, isAddress }: Step): boolean =>
    matchesOf(quiet, { text, isAddress, type: TYPES[type], wallMs }).some(isOwn);
  // Listed without an alert, and excepted: it is still listed.
  if (stopped.some(isQuiet)) return 'allowed';
  if (passed.some(isQuiet)) return 'alert-off';
  const isBehind = (isBlocking ? behind : []).some((step) => isTold(step) || isQuiet(step));
  return isBehind ? 'unreached' : 'delisted';
}
