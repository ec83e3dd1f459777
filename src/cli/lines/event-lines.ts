// Hits, incidents and what a hunt found as tables for people.

import { allGotText, type LetThrough, letThroughBy } from '../../alerts/outcomes.ts';
import { intervalText, tooFewText } from '../../alerts/words.ts';
import { counted, moment, momentText } from '../../config/values/grouped.ts';
import type { ClientTimeline, HuntFinding } from '../../desk/messages.ts';
import type { AskedInPast } from '../../hits/find.ts';
import { type Hit, type HitClient, usersIn } from '../../hits/hit.ts';
import { aboutOf, type IncidentSummary } from '../../hits/incidents/summary.ts';
import { columns, paragraph, room, tableRows } from './table.ts';

/** What is of a site says of which, in a column of its own. */
type OfSite = { readonly site?: string };
const siteOf = ({ site }: OfSite): readonly string[] => (site === undefined ? [] : [site]);
const siteHead = ([first]: readonly OfSite[]): readonly string[] =>
  first?.site === undefined ? [] : ['SITE'];

export function hitLines(hits: readonly (Hit & OfSite)[], within = room()): string[] {
  const rows = hits.map((hit) => {
    const { time, count, client, question, list, via, outcome } = hit;
    const verdict = verdictOf(hit);
    return [
      ...siteOf(hit),
      moment(time),
      count,
      clientText(client),
      `${question.name} ${question.type}`,
      via === null ? verdict : `${verdict} via ${via}`,
      got(outcome),
      list,
    ];
  });
  const head = ['TIME (UTC)', 'COUNT', 'CLIENT', 'QUESTION', 'VERDICT', 'GOT', 'LIST'];
  return columns([[...siteHead(hits), ...head], ...rows], within);
}

const WATCHED: Readonly<Record<LetThrough, string>> = {
  monitor: 'monitor',
  paused: 'monitor, paused',
  schedule: 'monitor, outside its schedule',
  expired: 'monitor, expired',
};

/** `monitor`, and why what would be blocked was not. */
function verdictOf(hit: Hit): string {
  const match = letThroughBy(hit);
  if (match === null) return hit.verdict;
  const expires = match.mode === 'expired' ? match.indicator?.expires : undefined;
  return `${WATCHED[match.mode]}${expires === undefined ? '' : ` on ${expires}`}`;
}

/** What is a sentence stands below: it would make a row of a table wider than a screen. */
export function incidentLines(incidents: readonly IncidentSummary[], within = room()): string[] {
  const rows = incidents.map((incident) => [
    incident.id,
    incident.severity,
    shortClientText(incident.client),
    aboutOf(incident),
    incident.hits,
    incident.visits === 0 ? '' : incident.visits,
    moment(incident.first),
    moment(incident.last),
  ]);
  const head = ['ID', 'SEVERITY', 'CLIENT', 'CAMPAIGN', 'HITS', 'VISITS', 'FIRST (UTC)', 'LAST (UTC)'];
  return tableRows([head, ...rows], within).flatMap((lines, i) => {
    const incident = incidents[i - 1];
    if (incident === undefined) return lines;
    const told = `    ${stateText(incident)}: ${allGotText(incident)}`;
    return [...lines, ...paragraph(told, '      ', within)];
  });
}

export function findingLines(findings: readonly (HuntFinding & OfSite)[]): string[] {
  // Of a name that was looked for by itself it is not known here whether a list has it.
  const byLists = findings.some(({ list }) => list !== null);
  const rows = findings.flatMap((finding) => {
    const { client, list, isOfGroup, names, furtherNames } = finding;
    const text =
      list === null ? 'looked for by name' : isOfGroup ? list : `${list} (not in group ${client.group})`;
    const of = byLists ? [text] : [];
    return [
      ...names.map((asked) => [
        ...siteOf(finding),
        clientText(client),
        asked.name,
        atMost(asked.count, asked.countMax),
        moment(asked.first),
        moment(asked.last),
        outcomesText(asked),
        ...of,
      ]),
      ...(furtherNames === 0
        ? []
        : [
            [...siteOf(finding), clientText(client), `and ${furtherNames} more names`, '', '', '', '', ...of],
          ]),
    ];
  });
  const head = [
    'CLIENT',
    'ASKED FOR',
    'COUNT',
    'FIRST (UTC)',
    'LAST (UTC)',
    'GOT',
    ...(byLists ? ['LIST'] : []),
  ];
  return columns([[...siteHead(findings), ...head], ...rows]);
}

/** `3`; `1 to 3` where some may be of before. */
const atMost = (count: number, countMax: number): string | number =>
  countMax === count ? count : `${count} to ${countMax}`;

const OUTCOMES = [
  ['answered', 'answered'],
  // NXDOMAIN, NODATA and SERVFAIL are one class of the history.
  ['failed', 'not resolved'],
  ['blocked', 'blocked'],
  ['rewritten', 'rewritten'],
  ['refused', 'refused'],
  ['local', 'own records'],
  ['unrecorded', 'not recorded'],
] as const;

/** What a machine got, in the words of a hunt. */
const PAST: ReadonlyMap<string, string> = new Map([...OUTCOMES, ['data', 'answered']]);

/** `answered`; `2 answered, 1 not resolved`. */
function outcomesText(asked: Pick<AskedInPast, (typeof OUTCOMES)[number][0] | 'allowed' | 'count'>): string {
  const some = OUTCOMES.filter(([key]) => asked[key] > 0);
  const [only] = some;
  const parts =
    some.length === 1 && only !== undefined ? [only[1]] : some.map(([key, text]) => `${asked[key]} ${text}`);
  const got = parts.join(', ');
  if (asked.allowed === 0) return got;
  return `${got}, ${asked.allowed === asked.count ? 'allowed' : `${asked.allowed} of them allowed`}`;
}

/** Of a pseudonym nobody knows whose it is: it is not counted as a machine beside those that are named. */
export function askersCounted(findings: readonly HuntFinding[], noun: string): string {
  const ids = new Set(findings.map(({ client }) => client.machine ?? client.ip));
  const isPseudonym = ({ client }: HuntFinding): boolean => client.ip.startsWith('anon-');
  const pseudonyms = new Set(findings.filter(isPseudonym).map(({ client }) => client.ip)).size;
  if (pseudonyms === 0) return counted(ids.size, noun);
  const known = ids.size === pseudonyms ? '' : `${counted(ids.size - pseudonyms, noun)} and `;
  return `${known}${counted(pseudonyms, 'pseudonym')} (one a machine and day)`;
}

const MACHINES_NAMED = 5;

/** `3 machines asked before: till-1 14 times, last 2026-11-29 12:03:11 UTC, answered; …` */
export function askersText(findings: readonly HuntFinding[]): string {
  const machines = [...Map.groupBy(findings, ({ client }) => client.machine ?? client.ip).values()].map(
    (own) => {
      const { client } = own[0]!;
      const names = own.flatMap((finding) => finding.names);
      const sum = (of: (asked: AskedInPast) => number): number =>
        names.reduce((all, asked) => all + of(asked), 0);
      const count = sum((asked) => asked.count);
      const outcomes = Object.fromEntries(OUTCOMES.map(([key]) => [key, sum((asked) => asked[key])]));
      const got = outcomesText({
        ...(outcomes as Pick<AskedInPast, (typeof OUTCOMES)[number][0]>),
        allowed: sum((asked) => asked.allowed),
        count,
      });
      const last =
        names
          .map((asked) => asked.last)
          .sort()
          .at(-1) ?? '';
      return { who: client.name ?? client.ip, count, last, got };
    },
  );
  machines.sort((a, b) => b.count - a.count);
  const named = machines
    .slice(0, MACHINES_NAMED)
    .map(
      ({ who, count, last, got }) =>
        `${who} ${count === 1 ? 'once' : `${count} times`}, last ${momentText(last)}, ${got}`,
    );
  const more = machines.length - named.length;
  return `${askersCounted(findings, 'machine')} asked before: ${named.join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}

/**
 * Of a machine that asked from several addresses each line is of one of them, and says of which. Of a line that began before the time
 * that is looked at only the last asking is known to be in it. @param since ISO 8601
 */
export function historyLines(history: ClientTimeline['history'], since: string, within = room()): string[] {
  const isOfSeveral = history.some(({ ip }) => ip !== history[0]?.ip);
  const from = (address: string): string[] => (isOfSeveral ? [address] : []);
  const rows = history.map(({ name, first, last, count, outcome, ip }) => [
    moment(first),
    moment(last),
    count > 1 && Date.parse(first) < Date.parse(since) ? `1 to ${count}` : count,
    ...from(ip),
    name,
    PAST.get(outcome) ?? outcome,
  ]);
  return columns(
    [['FIRST (UTC)', 'LAST (UTC)', 'COUNT', ...from('ADDRESS'), 'NAME', 'GOT'], ...rows],
    within,
  );
}

/** What a client got; the verdict of a list that only watches does not say it. */
function got(outcome: Hit['outcome']): string {
  return outcome === 'unrecorded' ? 'not recorded' : outcome === 'partlyBlocked' ? 'some blocked' : outcome;
}

/** `10.0.0.12 (till-3, aa:bb:cc:dd:ee:ff)`. */
export function clientText(client: Omit<HitClient, 'group'>): string {
  const { mac } = client;
  const users = usersIn(client);
  return textOfKnown(client, [
    nameText(client),
    mac,
    users.length === 0 ? null : `user ${users.join(' or ')}`,
  ]);
}

/** A machine that has a name by that alone. */
const shortClientText = (client: HitClient): string => textOfKnown(client, [nameText(client) ?? client.mac]);

/** A name that nobody says for this address is marked. */
const nameText = ({ name, nameFrom }: Omit<HitClient, 'group'>): string | null =>
  name !== null && nameFrom === 'inferred' ? `${name}, inferred by MAC` : name;

function textOfKnown({ ip }: Omit<HitClient, 'group'>, all: readonly (string | null)[]): string {
  const known = all.filter((one) => one !== null);
  return known.length === 0 ? ip : `${ip} (${known.join(', ')})`;
}

/** Only one of the ends says that the machine asks no more. */
const ENDS: Readonly<Record<string, string>> = {
  silent: 'over',
  past: 'found in the past',
  merged: 'goes on as another incident',
  paused: 'not watched: paused',
  delisted: 'not watched: what it asked for is no longer listed',
  allowed: 'not watched: allowed',
  'alert-off': 'not watched: its list alerts no more',
  unreached: 'not watched: blocked before what is listed, or not looked at',
  evicted: 'not followed: too many at once',
};

function stateText({
  state,
  end,
  acknowledged,
  retrospective,
  beacon,
  beaconTooFew,
}: IncidentSummary): string {
  const parts = [
    end === null ? state : `${state} (${ENDS[end] ?? end})`,
    acknowledged === null ? null : 'acknowledged',
    retrospective ? 'retrospective (HITS: also what was asked before it was listed)' : null,
    beacon === null
      ? beaconTooFew !== null && beaconTooFew.visits > 1
        ? `no beacon score yet: ${tooFewText(beaconTooFew)}`
        : null
      : `every ${intervalText(beacon.intervalMs)} (regularity ${beacon.score.toFixed(2)})`,
  ];
  return parts.filter((part) => part !== null).join(', ');
}

/** `CORP\\anna` */
export const userText = ({
  user,
  domain,
}: Pick<ClientTimeline['logons'][number], 'user' | 'domain'>): string =>
  domain === null ? user : `${domain}\\${user}`;

/** Who says that a user is logged on, as people read it. */
export const LOGON_SAYS: Readonly<Record<ClientTimeline['logons'][number]['saidBy'], string>> = {
  radius: 'RADIUS accounting',
  windows: 'Windows logon',
  api: 'another program',
};
