// Looks into the history for who asked for given names: a second's work for a large one, so it runs where nobody waits for it.
//
// Names stand reversed in an ordered index, so that a name and all below it are one range; the days are then joined by number.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { PastAsking } from '../incidents/incident.ts';
import { rangeBelow, reverseName } from '../store/reversed-name.ts';
import { numberIn, textIn } from '../store/row.ts';
import { DAY_MS, dayTable } from '../store/schema.ts';
import { Tallies } from './tallies.ts';

export type Covers = 'exact' | 'subtree' | 'below';

export interface HuntTarget {
  /** Presentation form, lower case. */
  readonly name: string;
  readonly covers: Covers;
}

/** One client and one name, over all days. */
export interface Asked {
  readonly ip: string;
  readonly name: string;
  /** Index of the target that covers it; the longest when several do. */
  readonly target: number;
  readonly count: number;
  readonly firstMs: number;
  readonly lastMs: number;
  /** Days on which it was asked for. */
  readonly days: number;
  /** Whether any of it was blocked. */
  readonly blocked: boolean;
}

/** What one client asked for, the earliest first. */
export interface ClientAskings {
  readonly ip: string;
  readonly askings: readonly PastAsking[];
  /** Names beyond those. */
  readonly furtherNames: number;
}

/** Askings (a client and a name) that an answer shows, shared by its clients; each shows at least a few. */
const ASKINGS_SHOWN = 5000;
const NAMES_A_CLIENT_MIN = 20;
const CLIENTS_MAX = 0x100000;
/** Above the seconds of a day and of what may hang over its end. */
const SPAN_MAX = 0x20000;

/** Names of the history that the targets cover: number → target. */
export function findNames(database: DatabaseSync, targets: readonly HuntTarget[]): Map<number, number> {
  const exact = database.prepare('SELECT id FROM names WHERE name = ?');
  const below = database.prepare('SELECT id FROM names WHERE name > ? AND name < ?');
  below.setReturnArrays(true);
  const found = new Map<number, number>();
  const ordered = targets
    .map(({ name, covers }, target) => ({ reversed: reverseName(name), covers, target }))
    .sort((a, b) => a.reversed.length - b.reversed.length);
  for (const { reversed, covers, target } of ordered) {
    if (covers !== 'below') {
      const row = exact.get(reversed);
      if (row !== undefined) found.set(numberIn(row, 'id'), target);
    }
    if (covers !== 'exact')
      for (const row of below.all(...rangeBelow(reversed)) as unknown as [number][])
        found.set(row[0], target);
  }
  return found;
}

/**
 * Who asked for these names, on which days.
 * @param names number → target, as findNames gave it
 * @param days the days that are kept
 */
export function findAskers(
  database: DatabaseSync,
  names: ReadonlyMap<number, number>,
  days: readonly number[],
): Asked[] {
  return named(database, names, tally(database, names, days));
}

/** The same by client, with so many names of each as a person or a page takes in. */
export function findFirstAskers(
  database: DatabaseSync,
  names: ReadonlyMap<number, number>,
  { days, sinceMs }: { readonly days: readonly number[]; readonly sinceMs: number },
): ClientAskings[] {
  return firstOfEach(database, names, tally(database, names, days), sinceMs);
}

function tally(database: DatabaseSync, names: ReadonlyMap<number, number>, days: readonly number[]): Tallies {
  const tallies = new Tallies();
  if (names.size === 0) return tallies;
  database.exec('CREATE TEMP TABLE IF NOT EXISTS hunting (id INTEGER PRIMARY KEY); DELETE FROM temp.hunting');
  const insert = database.prepare('INSERT OR IGNORE INTO temp.hunting (id) VALUES (?)');
  const ids = [...names.keys()].sort((a, b) => a - b);
  for (const id of ids) insert.run(id);
  for (const day of days) {
    // Three numbers a row in place of six: handing them over costs more than finding them.
    const select = database.prepare(`SELECT d.name * ${CLIENTS_MAX} + d.client,
        (d.first * ${SPAN_MAX} + min(d.span, ${SPAN_MAX - 1})) * 2 + d.blocked, d.count
      FROM temp.hunting h CROSS JOIN ${dayTable(day)} d ON d.name = h.id`);
    select.setReturnArrays(true);
    const rows = select.all() as unknown as [key: number, when: number, count: number][];
    for (const [key, when, count] of rows) {
      const blocked = when % 2;
      const span = ((when - blocked) / 2) % SPAN_MAX;
      const first = ((when - blocked) / 2 - span) / SPAN_MAX;
      const firstMs = day * DAY_MS + first * 1000;
      tallies.add(key, firstMs, firstMs + span * 1000, count, blocked);
    }
  }
  return tallies;
}

/** All of them as objects. */
function named(database: DatabaseSync, names: ReadonlyMap<number, number>, tallies: Tallies): Asked[] {
  const askedAt = describer(database, names, tallies);
  return Array.from({ length: tallies.size }, (_, place) => askedAt(place));
}

/** The first askings of each client, and how many more there are: half a million are nobody's to read. */
function firstOfEach(
  database: DatabaseSync,
  names: ReadonlyMap<number, number>,
  tallies: Tallies,
  sinceMs: number,
): ClientAskings[] {
  const byClient = new Map<number, number[]>();
  for (let place = 0; place < tallies.size; place += 1) {
    if (tallies.lastMsAt(place) < sinceMs) continue;
    const client = tallies.keyAt(place) % CLIENTS_MAX;
    const places = byClient.get(client);
    if (places === undefined) byClient.set(client, [place]);
    else places.push(place);
  }
  const shown = Math.max(NAMES_A_CLIENT_MIN, Math.floor(ASKINGS_SHOWN / Math.max(1, byClient.size)));
  const askedAt = describer(database, names, tallies);
  return [...byClient.values()].map((places) => {
    places.sort((a, b) => tallies.firstMsAt(a) - tallies.firstMsAt(b));
    const some = places.slice(0, shown).map(askedAt);
    return {
      ip: some[0]?.ip ?? '',
      askings: some.map(({ name, count, firstMs, lastMs }) => ({ name, count, firstMs, lastMs })),
      furtherNames: places.length - some.length,
    };
  });
}

function describer(database: DatabaseSync, names: ReadonlyMap<number, number>, tallies: Tallies) {
  const nameOf = remembering(database.prepare('SELECT name AS text FROM names WHERE id = ?'), reverseName);
  const clientOf = remembering(database.prepare('SELECT ip AS text FROM clients WHERE id = ?'), (ip) => ip);
  return (place: number): Asked => {
    const key = tallies.keyAt(place);
    const client = key % CLIENTS_MAX;
    const name = (key - client) / CLIENTS_MAX;
    const { count, firstMs, lastMs, days, blocked } = tallies.at(place);
    const target = names.get(name) ?? -1;
    return { ip: clientOf(client), name: nameOf(name), target, count, firstMs, lastMs, days, blocked };
  };
}

function remembering(select: StatementSync, turn: (text: string) => string): (id: number) => string {
  const known = new Map<number, string>();
  return (id) => {
    const text = known.get(id) ?? turn(textIn(select.get(id), 'text'));
    known.set(id, text);
    return text;
  };
}
