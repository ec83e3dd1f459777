// An incident: what one machine asked of one campaign (or of one list without a campaign), from the first asking to its end.
//
// Everything in it grows: severity is that of the gravest indicator, lists, addresses and names are all that took part, and what
// the machine got is counted by outcome. registry.ts says when it opens, ends and goes on; docs/alerts.md draws it.

import type { ResultName } from '../../events/result.ts';
import type { HitIndicator } from '../../policy/rule-meaning.ts';
import { typesIn } from '../asked-types.ts';
import { type Hit, type HitClient, usersIn } from '../hit.ts';
import { textToMoment } from '../log/moment.ts';
import { type Tally, tallyOfBoth } from '../standing.ts';
import { type AskedName, noteAsking, type PastAsking } from './asked-names.ts';
import { type Concern, isGraver, type Severity, severityOf } from './concern.ts';
import { noteVisit } from './incident-times.ts';

export type { PastAsking } from './asked-names.ts';

/**
 * Why an incident ended. Only `silent` says that the machine asked no more while it was watched; `past` was found in the history
 * and has nothing to watch; `merged` goes on as another incident of the same machine; the others say why it is not known.
 */
export const END_REASONS = [
  'silent',
  'past',
  'merged',
  'paused',
  'delisted',
  'allowed',
  'alert-off',
  'evicted',
] as const;
export type EndReason = (typeof END_REASONS)[number];

/** A time in which an asking would not have been seen. */
export interface Gap {
  readonly reason: EndReason | 'down';
  fromMs: number;
  /** Null while it lasts. */
  toMs: number | null;
}

/** Of the hits, those that were found in the history. */
export interface PastPart {
  hits: number;
  firstMs: number;
  lastMs: number;
  /** What came of them; absent in incidents of releases that did not note it. */
  got?: Tally;
}

export interface Incident {
  /** ULID. */
  readonly id: string;
  /** Machine and campaign: what makes two hits one incident. */
  subject: string;
  /** Its id, as hits say it. */
  machine: string;
  state: 'open' | 'closed';
  severity: Severity;
  /** Who asked last; what was once known of its name stays. */
  client: HitClient;
  /** That it asked from, the latest last. */
  readonly addresses: string[];
  /** That it first asked from. */
  readonly firstAddress: string;
  readonly groups: string[];
  /** Who was logged on when it asked, in the order in which they took part. */
  readonly users: string[];
  /** The first of `lists`. */
  readonly list: string;
  /** That have what it asked for, in the order in which they took part. */
  readonly lists: string[];
  /** Of `lists`, the names that lists had before they were renamed; absent: none. */
  formerLists?: string[];
  campaign: string | null;
  /** What it went by before: its hits of then say so. Null: no campaign; absent: nothing else. */
  formerTitles?: (string | null)[];
  /** The gravest of `indicators`. */
  indicator: HitIndicator | null;
  readonly indicators: HitIndicator[];
  /** Opened by a search of the history. */
  readonly retrospective: boolean;
  openedMs: number;
  firstMs: number;
  lastMs: number;
  closedMs: number | null;
  end: EndReason | null;
  /** The incident that it goes on as, when it was merged. */
  mergedInto: string | null;
  /** How often it went on after an end. */
  reopened: number;
  acknowledgedMs: number | null;
  /** What somebody noted of it. */
  note: { readonly text: string; readonly timeMs: number } | null;
  /** When a receiver was last told; null: none was. */
  toldMs: number | null;
  /** Receiver → notices that it was told. */
  readonly told: Record<string, number>;
  /** Queries, exactly: those that were hits, and those that were found in the history. */
  hits: number;
  /** Attempts of one visit (A beside AAAA, retries) are one. */
  visits: number;
  past: PastPart | null;
  /** What the client got → how many of the hits; what was found in the history is in `past`. */
  readonly outcomes: Partial<Record<ResultName, number>>;
  /** The list that decided → how many of the hits. */
  readonly decided: Record<string, number>;
  /** The first NAMES_MAX names asked for. */
  readonly names: AskedName[];
  /** Queries for names beyond those. */
  furtherHits: number;
  /** Names beyond those, by a hash of 53 bits each, at most FURTHER_MAX. */
  readonly further: number[];
  /** There were more names than could be counted. */
  furtherIsFloor: boolean;
  readonly gaps: Gap[];
  /** When its visits began, whatever the name; oldest first, at most VISITS_KEPT. */
  readonly timesMs: number[];
}

const ADDRESSES_MAX = 16;
export const LISTS_MAX = 32;
const INDICATORS_MAX = 16;
const USERS_MAX = 16;

/** What brought news of an incident: a hit, or what the history was found to hold. */
export interface Asking {
  readonly machine: string;
  readonly client: HitClient;
  readonly concern: Concern;
}

/** What about a hit an admin who has acknowledged the incident does not know yet. */
export type News = 'severity' | 'content' | null;

export function subjectOf(machine: string, { campaign, lists }: Pick<Concern, 'campaign' | 'lists'>): string {
  return `${machine} ${campaign ?? `list ${lists[0] ?? ''}`}`;
}

/** What an incident is of, beside its machine: a list without a campaign by the name that it has now, first. */
export function subjectsLists({ campaign, lists, subject }: Incident): readonly string[] {
  if (campaign !== null) return lists;
  const list = subject.slice(subject.indexOf(' list ') + ' list '.length);
  return [list, ...lists.filter((one) => one !== list)];
}

export function openIncident(
  id: string,
  { machine, client, concern }: Asking,
  at: { readonly openedMs: number; readonly firstMs: number; readonly isPast: boolean },
): Incident {
  return {
    id,
    subject: subjectOf(machine, concern),
    machine,
    state: 'open',
    severity: severityOf(concern.indicator),
    client,
    addresses: [],
    firstAddress: client.ip,
    groups: [],
    users: [],
    list: concern.lists[0] ?? '',
    lists: [],
    campaign: concern.campaign,
    indicator: concern.indicator,
    indicators: [],
    retrospective: at.isPast,
    openedMs: at.openedMs,
    firstMs: at.firstMs,
    lastMs: at.firstMs,
    closedMs: null,
    end: null,
    mergedInto: null,
    reopened: 0,
    acknowledgedMs: null,
    note: null,
    toldMs: null,
    told: {},
    hits: 0,
    visits: 0,
    past: null,
    outcomes: {},
    decided: {},
    names: [],
    furtherHits: 0,
    further: [],
    furtherIsFloor: false,
    gaps: [],
    timesMs: [],
  };
}

/**
 * @param isInvolved whether the client asked for what concerns it before, and nobody else has taken part since
 * @returns what of it is news to somebody who knew the incident
 */
export function addHit(incident: Incident, hit: Hit, concern: Concern, isInvolved = false): News {
  const timeMs = textToMoment(hit.time);
  const news = isInvolved ? null : involve(incident, { machine: hit.machine, client: hit.client, concern });
  const isNewOutcome = incident.outcomes[hit.outcome] === undefined;
  incident.outcomes[hit.outcome] = (incident.outcomes[hit.outcome] ?? 0) + hit.count;
  count(incident.decided, hit.list, hit.count);
  const { isNewName, isNewVisit } = noteAsking(incident, {
    name: hit.question.name,
    via: hit.via,
    types: [hit.question.type],
    visit: { id: hit.visit, isBegun: hit.visit === hit.id },
    count: hit.count,
    firstMs: timeMs,
    lastMs: timeMs,
    sightingMs: timeMs,
  });
  noteVisit(incident, timeMs, isNewVisit);
  return news ?? (isNewName || isNewOutcome ? 'content' : null);
}

export function addPast(incident: Incident, asking: Asking, found: readonly PastAsking[]): News {
  const news = involve(incident, asking);
  for (const one of found) {
    const { via = null, types = 0, got = {}, ...asked } = one;
    const { count: hits, firstMs, lastMs } = one;
    incident.past = pastOfBoth(incident.past, { hits, firstMs, lastMs, got });
    noteAsking(incident, { ...asked, via, types: typesIn(types), visit: null, sightingMs: null });
  }
  return news ?? 'content';
}

export function pastOfBoth(a: PastPart | null, b: PastPart): PastPart {
  if (a === null) return { ...b };
  return {
    hits: a.hits + b.hits,
    firstMs: Math.min(a.firstMs, b.firstMs),
    lastMs: Math.max(a.lastMs, b.lastMs),
    got: tallyOfBoth(a.got ?? {}, b.got ?? {}),
  };
}

/** Who, from where, by which list: each once. */
function involve(incident: Incident, { machine, client, concern }: Asking): News {
  incident.machine = machine;
  incident.client = keptOf(incident.client, client);
  if (incident.addresses.at(-1) !== client.ip) {
    const at = incident.addresses.indexOf(client.ip);
    if (at >= 0) incident.addresses.splice(at, 1);
    incident.addresses.push(client.ip);
    if (incident.addresses.length > ADDRESSES_MAX) incident.addresses.shift();
  }
  put(incident.groups, client.group, LISTS_MAX);
  for (const user of usersIn(client)) put(incident.users, user, USERS_MAX);
  const lists = incident.lists.length;
  for (const list of concern.lists) put(incident.lists, list, LISTS_MAX);
  for (const indicator of concern.indicators)
    if (!incident.indicators.some((known) => isSameIndicator(known, indicator)))
      put(incident.indicators, indicator, INDICATORS_MAX);
  const severity = severityOf(concern.indicator);
  if (isGraver(severity, incident.severity) || (incident.hits === 0 && concern.indicator !== null)) {
    const raised = incident.hits > 0;
    incident.severity = severity;
    incident.indicator = concern.indicator;
    if (raised) return 'severity';
  }
  return incident.lists.length > lists && lists > 0 ? 'content' : null;
}

/** What was known of a machine is not forgotten when its lease ends or it is off the network. */
function keptOf(before: HitClient, now: HitClient): HitClient {
  if ((now.name !== null || before.name === null) && (now.mac !== null || before.mac === null)) return now;
  const { user, users, ...known } = before;
  return { ...known, ...now, name: now.name ?? before.name, mac: now.mac ?? before.mac };
}

const isSameIndicator = (a: HitIndicator, b: HitIndicator): boolean =>
  a.campaign === b.campaign && a.source === b.source && a.confidence === b.confidence;

export function put<T>(all: T[], one: T, max: number): void {
  if (!all.includes(one) && all.length < max) all.push(one);
}

function count(sums: Record<string, number>, key: string, by: number): void {
  if (sums[key] === undefined && Object.keys(sums).length >= LISTS_MAX) return;
  sums[key] = (sums[key] ?? 0) + by;
}
