// The witness looks at a question and its reply, says what happened, and whether the reply was right by the lists.
import type { Report } from '../compare/report.ts';
import { answerTo, leadsTo, type Names, REFUSED, TYPES, type TypeName } from '../world/names.ts';
import type { Machine } from '../world/network.ts';
import { type Group, groupFor, type List, type Office } from '../world/rules.ts';
import type { Asking, Standing, Way } from './asking.ts';
import { isInForce, type Judgement, judge, type Match, matchesOf } from './judge.ts';
import { readReply } from './reply.ts';

interface Seen {
  readonly machine: Machine;
  readonly ip: string;
  readonly name: string;
  readonly type: TypeName;
  readonly transport: Way;
  readonly worker: number;
  /** Null: none came. */
  readonly reply: Uint8Array | null;
  readonly atMs: number;
  readonly wallMs: number;
}

interface Around {
  readonly office: Office;
  readonly names: Names;
  readonly number: number;
}

/** The way a question goes: its own name, then what it is led to, each judged. */
export interface Step {
  readonly text: string;
  readonly isAddress: boolean;
  readonly judgement: Judgement;
}

export function witnessed(seen: Seen, { office, names, number }: Around, report: Report): Asking {
  const { machine, name, type, reply, wallMs } = seen;
  const group = groupFor(office, machine.mac);
  const { first, behind, aliases, own, target } = wayOf({ name, type, wallMs }, group, office, names);
  const read = reply === null ? null : readReply(reply, TYPES[type]);
  const saysRefused = answerTo(names, target ?? name, TYPES[type])?.flags === REFUSED;
  // Over a connection whoever asks too fast is refused.
  const isTooFast = read?.rcode === 5 && read.got !== 'blocked' && seen.transport !== 'udp' && !saysRefused;
  const isBlocked = read?.got === 'blocked';
  const about = (): string =>
    `${machine.mac} (${group.name}) asks ${name} ${type} at ${new Date(wallMs).toISOString()}`;
  const isOwn = own !== undefined && target === null;
  const decision = first.judgement.decided;
  const blocking = isOwn ? null : decidedBy(first, behind);
  // Too fast: turned away before anybody looks where the name leads.
  const isTurnedAway =
    read === null ||
    isTooFast ||
    (read.got === 'truncated' &&
      (type !== 'TXT' ||
        [target ?? name, ...aliases].every((text) => names.behaviour(text).kind !== 'long')));
  const watching =
    isOwn || isBlocked || isTurnedAway
      ? null
      : behind.find(({ judgement }) => judgement.decided?.does === 'watch');
  if (read !== null && !isTooFast && !isOwn && decision?.does === 'block')
    report.hold(
      'reply',
      isBlocked || read.got === 'truncated',
      () => `${about()}: listed by ${decision.list.name} and answered (${read.got})`,
    );
  else if (read?.got === 'data')
    report.hold(
      'reply',
      blocking === null,
      () => `${about()}: leads to what ${blocking?.name} lists, and is answered`,
    );
  if (isBlocked)
    report.hold(
      'reply',
      blocking !== null && blocking.name === read.list,
      () => `${about()}: blocked by ${read.list}, true is ${blocking?.name ?? 'nobody'}`,
    );
  const got = read === null || isTooFast ? 'limited' : isOwn ? 'local' : read.got;
  // What a list that is for all watches was decided, whatever the schedule.
  const passing =
    isOwn ||
    isBlocked ||
    isTurnedAway ||
    watching != null ||
    first.judgement.matches.length > 0 ||
    isInForce(group, wallMs)
      ? null
      : passed(first, behind);
  const matches = isOwn
    ? []
    : passing !== null
      ? passing.matches
      : matchesAlong(first, isBlocked ? behind : watching == null ? [] : [watching], isBlocked);
  const others = matchesOf(office.lists, { text: name, isAddress: false, type: TYPES[type], wallMs });
  const isAllowed = first.judgement.withoutPause?.does === 'allow' || first.judgement.withoutPause === null;
  // A record of the admin's own stands above every list.
  const isWatched =
    (decision?.does === 'watch' && !isTurnedAway && !isOwn) ||
    (watching != null && decision?.does !== 'allow');
  // What is watched for what it leads to is told as what is blocked for that.
  const isToldByWay = (isBlocked || isWatched) && matches.length > 0;
  const standing = isOwn
    ? 'own'
    : isBlocked
      ? isToldByWay
        ? 'told'
        : 'unlisted'
      : first.judgement.matches.length > 0
        ? isAllowed
          ? 'allowed'
          : 'told'
        : isToldByWay
          ? 'told'
          : (passing?.standing ?? (others.length > 0 ? 'elsewhere' : 'unlisted'));
  return {
    number,
    ...seen,
    group: group.name,
    got,
    rcode: read?.rcode ?? null,
    isInForce: isTurnedAway ? null : isInForce(group, wallMs),
    isBlocked,
    standing,
    isHit: isBlocked || standing === 'told' || isWatched,
    isByRule: isBlocked || isWatched,
    decidedBy: isBlocked ? read.list : null,
    matches: standing === 'told' || isWatched ? matches : [],
    elsewhere: standing === 'elsewhere' ? others : [],
    answer: isBlocked ? read.addresses : [],
    foundBy: new Set(),
    mayBeFoundBy: new Set(),
    isAnonymous: office.privacy === 'anonymise',
    isVolatile: false,
    isPast: false,
  };
}

interface Led {
  readonly first: Step;
  readonly behind: readonly Step[];
  readonly aliases: readonly string[];
  /** The record of the configuration, in its parts. */
  readonly own: readonly string[] | undefined;
  /** Of that, where it is an alias. */
  readonly target: string | null;
}

/** Where a question leads, each step judged. */
export function wayOf(
  { name, type, wallMs }: Pick<Seen, 'name' | 'type' | 'wallMs'>,
  group: Group,
  office: Office,
  names: Names,
): Led {
  const judged = (text: string, isAddress: boolean): Step => ({
    text,
    isAddress,
    judgement: judge(group, { text, isAddress, type: TYPES[type], wallMs }),
  });
  const own = office.ownRecords.map((record) => record.split(' ')).find(([owner]) => owner === name);
  const target = own?.[1] === 'CNAME' ? (own[2] ?? null) : null;
  const { aliases, ip } = leadsTo(names, target ?? name);
  // ANY is asked of nobody (RFC 8482): it leads nowhere.
  if (type === 'ANY') return { first: judged(name, false), behind: [], aliases: [], own, target: null };
  const behind = [
    ...[...(target === null ? [] : [target]), ...aliases].map((text) => judged(text, false)),
    ...(ip === null || type !== 'A' ? [] : [judged(ip, true)]),
  ];
  return { first: judged(name, false), behind, aliases, own, target };
}

/** The list that blocks a question, by its name or what it leads to; null: none. */
function decidedBy(first: Step, behind: readonly Step[]): List | null {
  const { decided } = first.judgement;
  if (decided?.does === 'block') return decided.list;
  if (decided?.does === 'allow') return null;
  for (const { judgement } of behind) {
    if (judgement.decided?.does === 'block') return judgement.decided.list;
    if (judgement.decided?.does === 'allow') return null;
  }
  return null;
}

/** In a pause, or outside a schedule: what it leads to counts, unless the admin has excepted something before that. */
function passed(
  first: Step,
  behind: readonly Step[],
): { standing: Standing; matches: readonly Match[] } | null {
  let isExcepted = first.judgement.withoutPause?.does === 'allow';
  for (const { judgement } of behind) {
    isExcepted ||= judgement.withoutPause?.does === 'allow';
    if (judgement.matches.length === 0) continue;
    return isExcepted
      ? { standing: 'allowed', matches: [] }
      : { standing: 'told', matches: judgement.matches };
  }
  return null;
}

/** What alerts on the way: of the name, and of the first step that blocked. */
function matchesAlong(first: Step, behind: readonly Step[], isBlocked: boolean): Match[] {
  const all = [...first.judgement.matches];
  if (isBlocked && first.judgement.decided?.does === 'block') return all;
  const blocked = behind.find(({ judgement }) => judgement.decided?.does === 'block') ?? behind[0];
  for (const match of blocked?.judgement.matches ?? [])
    if (!all.some(({ list, entry }) => list === match.list && entry.campaign === match.entry.campaign))
      all.push(match);
  return all;
}
