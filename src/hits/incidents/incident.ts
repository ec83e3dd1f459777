// An incident: the hits of one client on one campaign (or list), from the first to the quiet after the last.

import type { HitIndicator } from '../../policy/rule-meaning.ts';
import type { Hit, HitClient } from '../hit.ts';
import { textToMoment } from '../log/moment.ts';
import { type Beacon, beaconOf, SIGHTINGS_KEPT } from './beacon.ts';

export const SEVERITIES = ['low', 'medium', 'high'] as const;
export type Severity = (typeof SEVERITIES)[number];

export interface AskedName {
  readonly name: string;
  count: number;
  firstMs: number;
  lastMs: number;
  /** When it was last asked for, oldest first; for the beacon score. */
  readonly timesMs: number[];
}

export interface Incident {
  /** ULID. */
  readonly id: string;
  /** Client and campaign: what makes two hits one incident. */
  readonly subject: string;
  state: 'open' | 'closed';
  severity: Severity;
  client: HitClient;
  readonly list: string;
  readonly campaign: string | null;
  readonly indicator: HitIndicator | null;
  /** Opened by a search of the history: the names were asked for, and answered, before they were on the list. */
  readonly retrospective: boolean;
  readonly openedMs: number;
  firstMs: number;
  lastMs: number;
  closedMs: number | null;
  acknowledgedMs: number | null;
  /** Queries, exactly. */
  hits: number;
  /** The first NAMES_MAX names asked for. */
  readonly names: AskedName[];
  /** Queries for names beyond those. */
  furtherHits: number;
  beacon: Beacon | null;
}

export const NAMES_MAX = 50;

/** Queries for a name in the past, as the hunt found them. */
export interface PastAsking {
  readonly name: string;
  readonly count: number;
  readonly firstMs: number;
  readonly lastMs: number;
}

export function subjectOf(ip: string, list: string, campaign: string | null): string {
  return `${ip} ${campaign ?? `list ${list}`}`;
}

export function severityOf(indicator: HitIndicator | null): Severity {
  return indicator?.confidence ?? 'medium';
}

export function openIncident(id: string, hit: Hit): Incident {
  const campaign = hit.indicator?.campaign ?? null;
  const timeMs = textToMoment(hit.time);
  return {
    id,
    subject: subjectOf(hit.client.ip, hit.list, campaign),
    state: 'open',
    severity: severityOf(hit.indicator),
    client: hit.client,
    list: hit.list,
    campaign,
    indicator: hit.indicator,
    retrospective: false,
    openedMs: timeMs,
    firstMs: timeMs,
    lastMs: timeMs,
    closedMs: null,
    acknowledgedMs: null,
    hits: 0,
    names: [],
    furtherHits: 0,
    beacon: null,
  };
}

export function addHit(incident: Incident, hit: Hit): void {
  const timeMs = textToMoment(hit.time);
  incident.client = hit.client;
  note(incident, { name: hit.question.name, count: hit.count, firstMs: timeMs, lastMs: timeMs }, timeMs);
}

export function addPast(incident: Incident, asking: PastAsking): void {
  note(incident, asking, null);
}

function note(incident: Incident, asking: PastAsking, sightingMs: number | null): void {
  incident.hits += asking.count;
  incident.firstMs = Math.min(incident.firstMs, asking.firstMs);
  incident.lastMs = Math.max(incident.lastMs, asking.lastMs);
  const index = indexOf(incident);
  let known = index.byName.get(asking.name);
  if (known === undefined) {
    if (incident.names.length >= NAMES_MAX) {
      incident.furtherHits += asking.count;
      return;
    }
    known = { name: asking.name, count: 0, firstMs: asking.firstMs, lastMs: asking.lastMs, timesMs: [] };
    incident.names.push(known);
    index.byName.set(known.name, known);
  }
  index.version += 1;
  known.count += asking.count;
  known.firstMs = Math.min(known.firstMs, asking.firstMs);
  known.lastMs = Math.max(known.lastMs, asking.lastMs);
  if (sightingMs === null) return;
  known.timesMs.push(sightingMs);
  if (known.timesMs.length > SIGHTINGS_KEPT) known.timesMs.shift();
}

interface NameIndex {
  readonly byName: Map<string, AskedName>;
  /** Counts changes of the names. */
  version: number;
}

const indices = new WeakMap<Incident, NameIndex>();

/** Its names by themselves: a client that asks for ever new ones is looked up, not searched for. */
function indexOf(incident: Incident): NameIndex {
  let index = indices.get(incident);
  if (index === undefined) {
    index = { byName: new Map(incident.names.map((asked) => [asked.name, asked])), version: 0 };
    indices.set(incident, index);
  }
  return index;
}

/** Another number whenever one of its names was asked for: while it stays, only the sums changed. */
export function namesVersion(incident: Incident): number {
  return indexOf(incident).version;
}

/** The most regular of its names. Costs a few sorts: ask when it is going to be told, not with every hit. */
export function rateBeacon(incident: Incident): void {
  for (const { timesMs } of incident.names) {
    const beacon = beaconOf(timesMs);
    if (beacon !== null && beacon.score >= (incident.beacon?.score ?? 0)) incident.beacon = beacon;
  }
}
