// A notice in words, for people: a title, a few sentences, and facts as label and value. The words are chosen from the facts:
// outcomes.ts says what was got, endings.ts why an incident ended.
import { momentText } from '../config/values/grouped.ts';
import { usersIn } from '../hits/hit.ts';
import { BEACON_SCORE } from '../hits/incidents/beacon.ts';
import type { IncidentSummary } from '../hits/incidents/summary.ts';
import { endedSentence, endSentence, titleOfEnd } from './endings.ts';
import { defanged, plain, sentences } from './escape.ts';
import { gotText, notBlockedSentence, notListedText, pastGotText } from './outcomes.ts';
import type { Notice } from './receiver.ts';
import {
  andMore,
  askerText,
  intervalText,
  listedText,
  listsText,
  machineText,
  namedBy,
  queriesText,
  timesText,
  tooFewText,
} from './words.ts';

export interface Description {
  readonly title: string;
  readonly sentence: string;
  readonly facts: readonly (readonly [label: string, value: string])[];
}

type Fact = readonly [label: string, value: string];

/** Characters: Slack and Discord take 2,000 with what they escape. */
const SENTENCES_MAX = 1500;
const NAMES_SHOWN = 8;
const OTHERS_SHOWN = 8;
const ADDRESSES_SHOWN = 4;

export function describe(notice: Notice): Description {
  const { incident, kind } = notice;
  if (incident === null) {
    const title =
      kind === 'recovered' ? 'cenote is well again' : kind === 'trouble' ? 'cenote has a problem' : 'cenote';
    const since: Fact[] = notice.trouble === null ? [] : [['Since', momentText(notice.trouble.since)]];
    return { title, sentence: plain(notice.text, 1000), facts: [...since, ...linkOf(notice)] };
  }
  if (kind === 'test')
    return {
      title: 'Test of the alerts of cenote',
      sentence: 'This is a test. No machine asked for anything.',
      facts: factsOf(notice, incident).map(([label, value]) => [label, `(test) ${value}`]),
    };
  return {
    title: plain(titleOf(notice, incident), 140),
    sentence: sentences(sentencesOf(notice, incident), SENTENCES_MAX),
    facts: factsOf(notice, incident),
  };
}

/** All it says, in one line. */
export function textOf(notice: Notice): string {
  const { title, sentence } = describe(notice);
  return `${title}${/[.?!]$/.test(title) ? '' : '.'} ${sentence}`;
}

function titleOf(notice: Notice, incident: IncidentSummary): string {
  const { kind } = notice;
  const what = plain(incident.campaign ?? listedText(incident), 60);
  const who = `${askerText(incident, 40)}${namedBy(incident.client)}`;
  const about = `${who}, ${what}`;
  if (kind === 'closed') return `${titleOfEnd(incident)}: ${about}`;
  if (notice.found.length > 0 && notice.hits.length === 0 && notice.furtherHits === 0)
    return `Found in the past: ${about}`;
  if (kind === 'reopened') return `Again: ${about}`;
  return `${kind === 'update' ? 'Continues' : 'New'}: ${about}`;
}

function sentencesOf(notice: Notice, incident: IncidentSummary): string[] {
  const who = askerText(incident);
  const past = pastSentence(incident, who);
  const liveHits = incident.hits - (incident.past?.hits ?? 0);
  const live =
    liveHits === 0
      ? []
      : [
          `${past === null ? who : 'It has also'} asked ${timesText(liveHits, incident.visits)} for ${whatText(incident)}: ${gotText(incident)}.`,
        ];
  const notBlocked = notBlockedSentence(notice);
  const isEnd = notice.kind === 'closed';
  const isOver = incident.state === 'closed' && (isEnd || incident.end !== 'past');
  const end = isEnd ? endSentence : endedSentence;
  const over = isOver ? [end(incident)] : [];
  const all = [...(past === null ? [] : [past]), ...live, ...(notBlocked === null ? [] : [notBlocked])];
  return isEnd ? [...over, ...all] : [...all, ...over];
}

function pastSentence(incident: IncidentSummary, who: string): string | null {
  const { past, names, furtherHits } = incident;
  if (past === null) return null;
  const one = names.length === 1 && furtherHits === 0 ? names[0] : undefined;
  const what =
    one === undefined
      ? `names of ${listedText(incident)} ${notListedText(incident, 'they were')}`
      : `${defanged(one.name)} (${listedText(incident)}) ${notListedText(incident, 'it was')}`;
  const [first, last] = [momentText(past.first), momentText(past.last)];
  const when = first === last ? `at ${first}` : `from ${first} to ${last}`;
  return `${who} asked ${timesText(past.hits, 0)} for ${what}, ${when}: ${pastGotText(past)}.`;
}

function whatText(incident: IncidentSummary): string {
  const { names, furtherHits } = incident;
  const [first, ...others] = names;
  if (first === undefined || others.length > 0 || furtherHits > 0) return `names of ${listedText(incident)}`;
  return `${defanged(first.name)} (${listedText(incident)})`;
}

function factsOf(notice: Notice, incident: IncidentSummary): Fact[] {
  const { client, addresses, users, beacon, beaconTooFew } = incident;
  const facts: Fact[] = [
    ['Client', `${machineText(client)}${namedBy(client)}`],
    ...(client.mac === null ? [] : [['MAC', client.mac] as const]),
    ...(users.length < 2 && usersIn(client).length === users.length
      ? []
      : [['Users', plain(users.join(', '))] as const]),
  ];
  if (addresses.length > 1) {
    const shown = addresses.slice(-ADDRESSES_SHOWN).reverse();
    facts.push(['Addresses', andMore(shown, addresses.length - shown.length)]);
  }
  facts.push(
    ['Group', plain(incident.groups.join(', ') || client.group)],
    ['Severity', incident.severity],
    ['Asked for', namesText(incident)],
  );
  const deciders = Object.keys(incident.decided).filter((list) => !incident.lists.includes(list));
  if (deciders.length > 0) facts.push(['Decided by', plain(listsText(deciders))]);
  facts.push(['First', momentText(incident.first)], ['Last', momentText(incident.last)]);
  const source = incident.indicator?.source;
  if (source != null) facts.push(['Source', defanged(source)]);
  if (beacon !== null && beacon.score >= BEACON_SCORE)
    facts.push([
      'Beacon',
      `every ${intervalText(beacon.intervalMs)}, score ${beacon.score} over ${beacon.sightings} times`,
    ]);
  else if (beaconTooFew !== null && notice.kind !== 'opened' && beaconTooFew.visits > 1)
    facts.push(['Beacon', `no score yet: ${tooFewText(beaconTooFew)}`]);
  const others = othersText(notice);
  if (others !== null) facts.push(['Same machine', others]);
  facts.push(['Incident', incident.id], ...linkOf(notice));
  return facts;
}

function namesText({ names, furtherNames, furtherNamesAtLeast }: IncidentSummary): string {
  const shown = names.slice(0, NAMES_SHOWN).map(({ name, count }) => `${defanged(name)} (${count})`);
  return andMore(shown, names.length - shown.length + furtherNames, furtherNamesAtLeast);
}

function othersText({ others }: Notice): string | null {
  if (others.length === 0) return null;
  const shown = others
    .slice(0, OTHERS_SHOWN)
    .map(({ list, hits }) => `${plain(list)} (${queriesText(hits)})`);
  return andMore(shown, others.length - shown.length);
}

const linkOf = ({ link }: Notice): Fact[] => (link === null ? [] : [['Page', link]]);
