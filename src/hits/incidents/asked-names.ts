// The names of an incident: the first NAMES_MAX with their counts and when they were asked for, the rest counted.

import type { Tally } from '../standing.ts';
import type { AskedName, Incident } from './incident.ts';
import { NameHash, NameHashes } from './name-hashes.ts';

/** Queries for a name in the past, as the hunt found them. */
export interface PastAsking {
  readonly name: string;
  /** What stood behind the name, where the list has that. */
  readonly via?: string | null;
  /** TYPE_BIT of hits/asked-types.ts, or-ed; absent or 0: not noted. */
  readonly types?: number;
  /** What came of them. */
  readonly got?: Tally;
  readonly count: number;
  readonly firstMs: number;
  readonly lastMs: number;
}

export interface Noted extends Omit<PastAsking, 'via' | 'types' | 'got'> {
  readonly via: string | null;
  readonly types: readonly string[];
  /** Null for what was found in the history. */
  readonly visit: { readonly id: string; readonly isBegun: boolean } | null;
  readonly sightingMs: number | null;
}

export const NAMES_MAX = 50;
/** Visits of one name that are kept. */
export const VISITS_KEPT = 64;
/** Ways of one name that are kept. */
const WAYS_MAX = 8;
/** Names beyond those kept that are told apart. */
const FURTHER_MAX = 1000;

/** A name, and the last visit of it: a visit is of one name. */
interface Kept {
  readonly asked: AskedName;
  visit: string | null;
}

interface NameIndex {
  readonly byName: Map<string, Kept>;
  readonly further: NameHashes;
  /** The last visits of names that are not told apart, in two halves: a hit's attempts come close together. Null: none yet. */
  visits: Set<string> | null;
  visitsBefore: Set<string> | null;
  /** Counts changes of which names there are, of how they were asked for, and of what stood behind them. */
  version: number;
  /** Counts askings for them. */
  counted: number;
}

/** `countless`: there are too many to say. */
type Familiar = 'known' | 'new' | 'countless';

const RECENT_VISITS = 64;
const indices = new WeakMap<Incident, NameIndex>();

/** Its names by themselves: a client that asks for ever new ones is looked up, not searched for. */
function indexOf(incident: Incident): NameIndex {
  let index = indices.get(incident);
  if (index === undefined) {
    index = {
      byName: new Map(incident.names.map((asked) => [asked.name, { asked, visit: null }])),
      further: new NameHashes(incident.further),
      visits: null,
      visitsBefore: null,
      version: 0,
      counted: 0,
    };
    indices.set(incident, index);
  }
  return index;
}

/**
 * `kept` is another number whenever another name is kept or one is asked for another way, `counted` whenever one of them was
 * asked for: while both stay, only sums and further names changed.
 */
export function namesVersion(incident: Incident): { readonly kept: number; readonly counted: number } {
  const { version, counted } = indexOf(incident);
  return { kept: version, counted };
}

/** Counts an asking. */
export function noteAsking(
  incident: Incident,
  asking: Noted,
): { readonly isNewName: boolean; readonly isNewVisit: boolean } {
  const index = indexOf(incident);
  incident.hits += asking.count;
  incident.firstMs = Math.min(incident.firstMs, asking.firstMs);
  incident.lastMs = Math.max(incident.lastMs, asking.lastMs);
  const known = index.byName.get(asking.name);
  if (known === undefined && incident.names.length >= NAMES_MAX) {
    incident.furtherHits += asking.count;
    const further = noteHash(incident, index, hash.of(asking.name));
    return { isNewName: further === 'new', isNewVisit: isNewVisit(index, asking, further) };
  }
  const kept = known ?? newName(incident, index, asking);
  const { asked: own } = kept;
  const isVisit = asking.visit !== null && asking.visit.id !== kept.visit;
  if (isVisit) kept.visit = asking.visit.id;
  const via = asking.via ?? own.via;
  let isOther = known === undefined || via !== own.via;
  for (const type of asking.types) if (noteWay(own, type, asking.via)) isOther = true;
  if (isOther) index.version += 1;
  index.counted += 1;
  own.via = via;
  own.count += asking.count;
  own.firstMs = Math.min(own.firstMs, asking.firstMs);
  own.lastMs = Math.max(own.lastMs, asking.lastMs);
  if (isVisit && asking.sightingMs !== null) {
    own.visits += 1;
    own.timesMs.push(asking.sightingMs);
    if (own.timesMs.length > VISITS_KEPT) own.timesMs.shift();
  }
  return { isNewName: known === undefined, isNewVisit: isVisit };
}

/** Mostly it is the way it was asked for last, and nothing is made. @returns whether it is another */
function noteWay(asked: AskedName, type: string, via: string | null): boolean {
  const ways = asked.ways ?? [];
  asked.ways = ways;
  for (let i = ways.length - 1; i >= 0; i -= 1)
    if (ways[i]!.type === type && ways[i]!.via === via) return false;
  ways.push({ type, via });
  if (ways.length > WAYS_MAX) ways.shift();
  return true;
}

function newName(incident: Incident, index: NameIndex, asking: Noted): Kept {
  const { name, firstMs, lastMs, via } = asking;
  const asked: AskedName = { name, count: 0, visits: 0, firstMs, lastMs, via, ways: [], timesMs: [] };
  const kept = { asked, visit: null };
  incident.names.push(asked);
  index.byName.set(name, kept);
  return kept;
}

/** Puts the names of another incident, which turned out to be of the same machine, to its own. */
export function absorbNames(into: Incident, from: Incident): void {
  const index = indexOf(into);
  for (const asked of from.names) {
    const known = index.byName.get(asked.name)?.asked;
    if (known !== undefined) {
      known.count += asked.count;
      known.visits += asked.visits;
      known.firstMs = Math.min(known.firstMs, asked.firstMs);
      known.lastMs = Math.max(known.lastMs, asked.lastMs);
      const times = [...known.timesMs, ...asked.timesMs].sort((a, b) => a - b).slice(-VISITS_KEPT);
      known.timesMs.splice(0, known.timesMs.length, ...times);
      for (const { type, via } of asked.ways ?? []) noteWay(known, type, via);
    } else if (into.names.length < NAMES_MAX) {
      const own = { ...asked, ways: [...(asked.ways ?? [])], timesMs: [...asked.timesMs] };
      into.names.push(own);
      index.byName.set(own.name, { asked: own, visit: null });
    } else {
      into.furtherHits += asked.count;
      noteHash(into, index, hash.of(asked.name));
    }
  }
  into.furtherHits += from.furtherHits;
  for (const number of from.further) noteHash(into, index, hash.from(number));
  into.furtherIsFloor ||= from.furtherIsFloor;
  index.version += 1;
  index.counted += 1;
}

/** The times of its names are others: the clock by which they were noted was wrong. */
export function timesMoved(incident: Incident): void {
  indexOf(incident).counted += 1;
}

/**
 * Whether its visit was not counted before, of a name that is not kept. A visit is of one name, so its later attempts are of a
 * name that is known by then; only where names are not told apart any more do the visits have to be remembered.
 */
function isNewVisit(index: NameIndex, { visit }: Noted, name: Familiar): boolean {
  if (visit === null) return false;
  if (name !== 'countless') return visit.isBegun || name === 'new';
  const { visits, visitsBefore } = index;
  if (!visit.isBegun && (visits?.has(visit.id) || visitsBefore?.has(visit.id))) return false;
  if (visits !== null && visits.size < RECENT_VISITS) visits.add(visit.id);
  else {
    index.visitsBefore = visits;
    index.visits = new Set([visit.id]);
  }
  return true;
}

function noteHash(incident: Incident, { further }: NameIndex, { high, low, number }: NameHash): Familiar {
  if (incident.further.length >= FURTHER_MAX) {
    if (further.has(high, low)) return 'known';
    incident.furtherIsFloor = true;
    return 'countless';
  }
  if (!further.add(high, low)) return 'known';
  incident.further.push(number);
  return 'new';
}

/** Of the name that is being noted: one object, used anew for each. */
const hash = new NameHash();
