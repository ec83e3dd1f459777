// How an incident opens, and what a hit or a find adds to it.
import type { HitIndicator } from '../../policy/rule-meaning.ts';
import { typesIn } from '../asked-types.ts';
import { type Hit, type HitClient, usersIn } from '../hit.ts';
import { textToMoment } from '../log/moment.ts';
import { tallyOfBoth } from '../standing.ts';
import { noteAsking, type PastAsking } from './asked-names.ts';
import { type Concern, isGraver, severityOf } from './concern.ts';
import type { Incident, PastPart } from './incident.ts';
import { noteVisit } from './incident-times.ts';

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
    // What takes part first is there from the beginning: an array that grows from none has room for seventeen.
    addresses: [client.ip],
    firstAddress: client.ip,
    groups: [client.group],
    users: [],
    list: concern.lists[0] ?? '',
    lists: concern.lists.slice(0, LISTS_MAX),
    campaign: concern.campaign,
    indicator: concern.indicator,
    indicators: concern.indicators.slice(0, 1),
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
