// The names of an incident: the first NAMES_MAX with their counts and when they were asked for, the rest counted.

import type { Incident } from './incident.ts';

export interface AskedName {
  readonly name: string;
  count: number;
  /** Visits of it; what was found in the history is in none. */
  visits: number;
  firstMs: number;
  lastMs: number;
  /** The CNAME target or address by which it was last listed, when it was not the name itself. */
  via: string | null;
  /** When its visits began, oldest first: what the beacon score works on. */
  readonly timesMs: number[];
}

/** Queries for a name in the past, as the hunt found them. */
export interface PastAsking {
  readonly name: string;
  readonly count: number;
  readonly firstMs: number;
  readonly lastMs: number;
}

export interface Noted extends PastAsking {
  readonly via: string | null;
  /** Null for what was found in the history. */
  readonly visit: string | null;
  readonly sightingMs: number | null;
}

export const NAMES_MAX = 50;
/** Visits of one name that are kept. */
export const VISITS_KEPT = 64;
/** Names beyond those kept that are told apart. */
const FURTHER_MAX = 1000;

interface NameIndex {
  readonly byName: Map<string, AskedName>;
  readonly further: Set<number>;
  /** The last visits: a hit's attempts come close together. */
  readonly visits: Set<string>;
  /** Counts changes of the names. */
  version: number;
}

const RECENT_VISITS = 64;
const indices = new WeakMap<Incident, NameIndex>();

/** Its names by themselves: a client that asks for ever new ones is looked up, not searched for. */
function indexOf(incident: Incident): NameIndex {
  let index = indices.get(incident);
  if (index === undefined) {
    index = {
      byName: new Map(incident.names.map((asked) => [asked.name, asked])),
      further: new Set(incident.further),
      visits: new Set(),
      version: 0,
    };
    indices.set(incident, index);
  }
  return index;
}

/** Another number whenever one of its names was asked for: while it stays, only the sums changed. */
export function namesVersion(incident: Incident): number {
  return indexOf(incident).version;
}

/** Counts an asking. */
export function noteAsking(
  incident: Incident,
  asking: Noted,
): { readonly isNewName: boolean; readonly isNewVisit: boolean } {
  const index = indexOf(incident);
  const isNewVisit = asking.visit !== null && isFirstOf(index, asking.visit);
  incident.hits += asking.count;
  incident.firstMs = Math.min(incident.firstMs, asking.firstMs);
  incident.lastMs = Math.max(incident.lastMs, asking.lastMs);
  let known = index.byName.get(asking.name);
  const isNewName = known === undefined;
  if (known === undefined) {
    if (incident.names.length >= NAMES_MAX) {
      incident.furtherHits += asking.count;
      return { isNewName: noteFurther(incident, index, asking.name), isNewVisit };
    }
    const { name, firstMs, lastMs, via } = asking;
    known = { name, count: 0, visits: 0, firstMs, lastMs, via, timesMs: [] };
    incident.names.push(known);
    index.byName.set(name, known);
  }
  index.version += 1;
  known.count += asking.count;
  known.via = asking.via ?? known.via;
  known.firstMs = Math.min(known.firstMs, asking.firstMs);
  known.lastMs = Math.max(known.lastMs, asking.lastMs);
  if (isNewVisit && asking.sightingMs !== null) {
    known.visits += 1;
    known.timesMs.push(asking.sightingMs);
    if (known.timesMs.length > VISITS_KEPT) known.timesMs.shift();
  }
  return { isNewName, isNewVisit };
}

/** Puts the names of another incident, which turned out to be of the same machine, to its own. */
export function absorbNames(into: Incident, from: Incident): void {
  const index = indexOf(into);
  for (const asked of from.names) {
    const known = index.byName.get(asked.name);
    if (known !== undefined) {
      known.count += asked.count;
      known.visits += asked.visits;
      known.firstMs = Math.min(known.firstMs, asked.firstMs);
      known.lastMs = Math.max(known.lastMs, asked.lastMs);
      const times = [...known.timesMs, ...asked.timesMs].sort((a, b) => a - b).slice(-VISITS_KEPT);
      known.timesMs.splice(0, known.timesMs.length, ...times);
    } else if (into.names.length < NAMES_MAX) {
      const own = { ...asked, timesMs: [...asked.timesMs] };
      into.names.push(own);
      index.byName.set(own.name, own);
    } else {
      into.furtherHits += asked.count;
      noteFurther(into, index, asked.name);
    }
  }
  into.furtherHits += from.furtherHits;
  for (const hash of from.further) noteHash(into, index, hash);
  into.furtherIsFloor ||= from.furtherIsFloor;
  index.version += 1;
}

/** Its times moved: the clock by which they were noted was wrong. */
export function shiftNames(incident: Incident, byMs: number): void {
  for (const asked of incident.names) {
    asked.firstMs += byMs;
    asked.lastMs += byMs;
    for (let i = 0; i < asked.timesMs.length; i += 1) asked.timesMs[i]! += byMs;
  }
  indexOf(incident).version += 1;
}

function isFirstOf(index: NameIndex, visit: string): boolean {
  if (index.visits.has(visit)) return false;
  index.visits.add(visit);
  if (index.visits.size > RECENT_VISITS) {
    const [oldest = ''] = index.visits;
    index.visits.delete(oldest);
  }
  return true;
}

function noteFurther(incident: Incident, index: NameIndex, name: string): boolean {
  return noteHash(incident, index, hashOf(name));
}

function noteHash(incident: Incident, index: NameIndex, hash: number): boolean {
  if (index.further.has(hash)) return false;
  if (incident.further.length >= FURTHER_MAX) {
    incident.furtherIsFloor = true;
    return false;
  }
  index.further.add(hash);
  incident.further.push(hash);
  index.version += 1;
  return true;
}

/** 53 bits of two FNV-1a sums: two of 1,000 names share one once in sixteen thousand million incidents. */
function hashOf(name: string): number {
  let low = 0x811c9dc5;
  let high = 0x9dc5811c;
  for (let i = 0; i < name.length; i += 1) {
    const unit = name.charCodeAt(i);
    low = Math.imul(low ^ unit, 0x01000193);
    high = Math.imul(high ^ unit, 0x0100019d) ^ (high >>> 15);
  }
  return (high >>> 11) * 2 ** 32 + (low >>> 0);
}
