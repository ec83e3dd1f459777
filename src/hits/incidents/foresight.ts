// Whether what an incident has asked for would be seen if it were asked for again, under the rules and at the hours in force.
import { IN_FORCE, type InForce } from '../../policy/schedule.ts';
import { plainOctets, textToAddress } from '../../wire/names/address.ts';
import { textToName } from '../../wire/names/presentation.ts';
import { TYPE, textToType } from '../../wire/records/iana.ts';
import type { AskedAgain, Behind, Foreseen, Match, Ruling } from '../match.ts';
import type { Matcher } from '../matches.ts';
import type { Renamed, Retitled } from '../titles.ts';
import type { Standing } from './change.ts';
import type { Concern } from './concern.ts';
import { subjectsLists } from './growth.ts';
import type { AskedName, EndReason, Incident } from './incident.ts';
import { waysLed, waysNoted } from './ways.ts';

export interface Rules {
  readonly matcher: Matcher;
  /** Of lists that do not alert; made where it is needed. */
  readonly silenced: () => Matcher;
  /** What a name leads to, as far as answers have shown it; looked up where it is needed. */
  readonly ledTo: (name: string) => readonly string[];
  readonly renamed: Renamed;
  /** Whether what passes is noted and judged afterwards: else only what the lists in force decide is seen. */
  readonly notesQueries: boolean;
  /** Wall clock. */
  readonly nowMs: number;
}

/** Where a machine would ask from. */
export interface Place {
  readonly address: Uint8Array;
  /** Number of the group. */
  readonly group: number;
  /** Which of its lists are in force. */
  readonly inForce: InForce;
}

export const SEEN: Standing = { reason: null, concern: null };
const NONE: readonly Match[] = [];

/** Why an asking would not be seen from these places at these hours; null when it would. */
export function unseenFor(incident: Incident, places: readonly Place[], rules: Rules): EndReason | null {
  const { reason } = standingOf(incident, places, rules);
  if (reason === null || rules.notesQueries) return reason;
  return standingOf(incident, places, { ...rules, notesQueries: true }).reason === null ? 'paused' : reason;
}

/** Of the names of an incident that would be seen, those that would not, for one of the types that were asked for. */
export function unseenNames(incident: Incident, places: readonly Place[], rules: Rules): readonly string[] {
  const { names } = incident;
  if (names.length < 2) return [];
  const isUnseen = (asked: AskedName): boolean =>
    unseenFor({ ...incident, names: [asked] }, places, rules) !== null;
  const inPart = names.filter((asked) => byType(asked).some(isUnseen));
  // Where each is unseen for some type, only those unseen for all count: with none that is watched the incident would never end.
  const unseen = inPart.length < names.length ? inPart : names.filter(isUnseen);
  return unseen.map(({ name }) => name);
}

/** A rule may be for some types alone. */
function byType(asked: AskedName): AskedName[] {
  const ofTypes = Map.groupBy(asked.ways ?? [], ({ type }) => type);
  return ofTypes.size < 2 ? [asked] : [...ofTypes.values()].map((ways) => ({ ...asked, ways }));
}

export function standingOf(incident: Incident, places: readonly Place[], rules: Rules): Standing {
  const { matcher, silenced, renamed } = rules;
  const isOwn = (match: Match): boolean => isOf(incident, match) || isRenamed(incident, match, renamed);
  const told: Match[] = [];
  let isAllowed = false;
  let isUnreached = false;
  for (const { told: own, allowed, unreached } of foreseen(incident, places, matcher, rules)) {
    if (own.some((match) => isOf(incident, match))) return SEEN;
    told.push(...own);
    isAllowed ||= allowed.some(isOwn);
    isUnreached ||= unreached.some(isOwn);
  }
  const heir = told.find((match) => isRenamed(incident, match, renamed));
  if (heir !== undefined) return { reason: null, concern: concernOf(heir, told) };
  if (isAllowed) return { reason: 'allowed', concern: null };
  // What is listed without an alert is not "no longer listed", whatever an exception or a block says of it.
  let isQuiet = false;
  for (const { told: quiet, allowed, unreached } of foreseen(incident, places, silenced(), rules)) {
    if (allowed.some(isOwn)) return { reason: 'allowed', concern: null };
    isQuiet ||= quiet.some(isOwn);
    isUnreached ||= unreached.some(isOwn);
  }
  return { reason: isQuiet ? 'alert-off' : isUnreached ? 'unreached' : 'delisted', concern: null };
}

/** What it concerns by the name that it has now; null: not known to be another. No list has a title that is gone: the first name that has the new one tells. */
export function heirOf(incident: Incident, places: readonly Place[], rules: Rules): Concern | null {
  if (incident.campaign === null) return standingOf(incident, places, rules).concern;
  for (const { told } of foreseen(incident, places, rules.matcher, rules)) {
    const heir = told.find((match) => isRenamed(incident, match, rules.renamed));
    if (heir !== undefined) return concernOf(heir, told);
  }
  return null;
}

/** What would be reported of each of its names if it were asked for again: first as it was asked for before, then by all that it leads to. */
function* foreseen(
  { names }: Incident,
  places: readonly Place[],
  matcher: Matcher,
  { ledTo, nowMs, notesQueries }: Rules,
): Generator<Foreseen> {
  for (const waysOf of [waysNoted, waysLed(ledTo)])
    for (const asked of names) {
      const qname = textToName(asked.name);
      if (qname === null) continue;
      for (const { type, via } of waysOf(asked)) {
        const asking = {
          qname,
          qtype: textToType(type) ?? TYPE.A,
          via: via === null ? null : ledOf(via),
          timeMs: nowMs,
        };
        for (const { group, address, inForce } of places) {
          const again = { ...asking, group, address };
          if (inForce !== IN_FORCE.none) yield foresee(matcher, again, inForce);
          // What passes then, for the hours or for an exception of every name, is judged by its record.
          const ruling = matcher.ruling(qname, false, again, inForce);
          const passes = inForce === IN_FORCE.all ? ruling === 'passes-all' : ruling !== 'blocks';
          if (passes && notesQueries) yield foresee(matcher, again);
        }
      }
    }
}

/**
 * What would be told of an asking, as the walk goes, name first.
 * @param inForce what these decide is told, and what they block by its name leads nowhere. `none`: it passes, and is judged
 * afterwards by all lists of the group, whatever pauses and schedules say.
 */
export function foresee(matcher: Matcher, asked: AskedAgain, inForce: InForce = IN_FORCE.none): Foreseen {
  const { qname, via, group } = asked;
  const isJudged = inForce === IN_FORCE.none;
  const lists = isJudged ? IN_FORCE.all : inForce;
  const byName = matcher.ofName(qname, qname.length, asked);
  const ruling = matcher.ruling(qname, false, asked, lists);
  const isLeading = via !== null && matcher.inspects(group) && (isJudged || ruling !== 'blocks');
  const behind = via === null ? NONE : matchesBehind(matcher, via, asked);
  const unreached = isLeading ? NONE : behind;
  if (ruling === 'excepts')
    return { told: NONE, allowed: isLeading ? [...byName, ...behind] : byName, unreached };
  // What no list in force has decided, and what every name passes by, is told by its record alone.
  const own = isJudged || TELLS.includes(ruling) ? byName : NONE;
  if (!isLeading) return { told: own, allowed: NONE, unreached };
  const further = matcher.ruling(via.octets, via.isAddress, asked, lists);
  if (TELLS.includes(further) || (isJudged && further === 'passes-all'))
    return { told: [...own, ...behind], allowed: NONE, unreached };
  const isExcepted = further === 'excepts' || (further === 'nothing' && inForce !== IN_FORCE.always);
  return { told: own, allowed: isExcepted ? behind : NONE, unreached };
}

const TELLS: readonly Ruling[] = ['blocks', 'watches'];

function matchesBehind(matcher: Matcher, { octets, isAddress }: Behind, asked: AskedAgain): readonly Match[] {
  return isAddress ? matcher.ofAddress(octets, asked) : matcher.ofName(octets, octets.length, asked);
}

function ledOf(via: string): Behind | null {
  const address = textToAddress(via);
  if (address !== null) return { octets: plainOctets(address), isAddress: true };
  const octets = textToName(via);
  return octets === null ? null : { octets, isAddress: false };
}

/** Its campaign; without one, its list by the name that it has now. */
const isOf = (incident: Incident, { list, indicator }: Match): boolean =>
  (indicator?.campaign ?? null) === incident.campaign &&
  (incident.campaign !== null || subjectsLists(incident)[0] === list);

/** Whether what has its names now is what the incident is about, under another name: else it is somebody else's. */
function isRenamed({ campaign, lists }: Incident, { list, indicator }: Match, renamed: Renamed): boolean {
  const title = indicator?.campaign ?? null;
  if (campaign !== null) return title === nameNow(campaign, renamed.retitled);
  if (!lists.some((own) => nameNow(own, renamed.relisted) === list)) return false;
  // Where the list had the campaign all along, an entry without one is gone.
  return title === null || renamed.entitled.some((one) => one.list === list && one.title === title);
}

/** Whether its campaign, or without one a list of it, goes by another name. */
export const hasOtherName = ({ campaign, lists }: Incident, { retitled, relisted }: Renamed): boolean =>
  campaign !== null
    ? nameNow(campaign, retitled) !== campaign
    : lists.some((own) => nameNow(own, relisted) !== own);

const nameNow = (name: string, renamed: readonly Retitled[]): string =>
  renamed.reduce((now, { from, to }) => (now === from ? to : now), name);

function concernOf({ list, rule, indicator }: Match, matches: readonly Match[]): Concern {
  const campaign = indicator?.campaign ?? null;
  const own = matches.filter((match) => (match.indicator?.campaign ?? null) === campaign);
  const lists = campaign === null ? [list] : [...new Set(own.map((match) => match.list))];
  return { campaign, lists, rule, indicator, indicators: indicator === null ? [] : [indicator] };
}
