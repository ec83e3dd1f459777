// Looks into the history for who asked for given names, step by step, so that whoever drives it can do other work between.
//
// Names stand reversed in an ordered index, so that a name and all below it are one range; the days are then joined by
// number. A step is a slice of names or one day, a few milliseconds.
import type { DatabaseSync } from 'node:sqlite';
import { rangeBelow, reverseName } from '../store/reversed-name.ts';
import { numberIn, textIn } from '../store/row.ts';
import { DAY_MS, dayTable } from '../store/schema.ts';

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

interface Tally {
  count: number;
  firstMs: number;
  lastMs: number;
  days: number;
  blocked: boolean;
}

const NAMES_A_STEP = 250;
const CLIENTS_MAX = 0x100000;

/** Names of the history that the targets cover: number → target. */
export function* findNames(
  database: DatabaseSync,
  targets: readonly HuntTarget[],
): Generator<void, Map<number, number>> {
  const exact = database.prepare('SELECT id FROM names WHERE name = ?');
  const below = database.prepare('SELECT id FROM names WHERE name > ? AND name < ?');
  below.setReturnArrays(true);
  const found = new Map<number, number>();
  const ordered = targets
    .map(({ name, covers }, target) => ({ reversed: reverseName(name), covers, target }))
    .sort((a, b) => a.reversed.length - b.reversed.length);
  for (const [i, { reversed, covers, target }] of ordered.entries()) {
    if (covers !== 'below') {
      const row = exact.get(reversed);
      if (row !== undefined) found.set(numberIn(row, 'id'), target);
    }
    if (covers !== 'exact')
      for (const row of below.all(...rangeBelow(reversed)) as unknown as [number][])
        found.set(row[0], target);
    if (i % NAMES_A_STEP === NAMES_A_STEP - 1) yield;
  }
  return found;
}

/**
 * Who asked for these names, on which days.
 * @param names number → target, as findNames gave it
 * @param days the days that are kept
 */
export function* findAskers(
  database: DatabaseSync,
  names: ReadonlyMap<number, number>,
  days: readonly number[],
): Generator<void, Asked[]> {
  if (names.size === 0) return [];
  database.exec('CREATE TEMP TABLE IF NOT EXISTS hunting (id INTEGER PRIMARY KEY); DELETE FROM temp.hunting');
  const insert = database.prepare('INSERT OR IGNORE INTO temp.hunting (id) VALUES (?)');
  const ids = [...names.keys()].sort((a, b) => a - b);
  for (const id of ids) insert.run(id);
  const tallies = new Map<number, Tally>();
  for (const day of days) {
    const select = database.prepare(`SELECT d.name, d.client, d.first, d.span, d.count, d.blocked
      FROM temp.hunting h CROSS JOIN ${dayTable(day)} d ON d.name = h.id`);
    select.setReturnArrays(true);
    const rows = select.all() as unknown as [number, number, number, number, number, number][];
    for (const [name, client, first, span, count, blocked] of rows) {
      const key = name * CLIENTS_MAX + client;
      const firstMs = day * DAY_MS + first * 1000;
      const lastMs = firstMs + span * 1000;
      const known = tallies.get(key);
      if (known === undefined) tallies.set(key, { count, firstMs, lastMs, days: 1, blocked: blocked === 1 });
      else {
        known.count += count;
        known.days += 1;
        known.firstMs = Math.min(known.firstMs, firstMs);
        known.lastMs = Math.max(known.lastMs, lastMs);
        known.blocked ||= blocked === 1;
      }
    }
    yield;
  }
  return named(database, names, tallies);
}

function named(
  database: DatabaseSync,
  names: ReadonlyMap<number, number>,
  tallies: ReadonlyMap<number, Tally>,
): Asked[] {
  const nameOf = database.prepare('SELECT name FROM names WHERE id = ?');
  const clientOf = database.prepare('SELECT ip FROM clients WHERE id = ?');
  const nameTexts = new Map<number, string>();
  const ips = new Map<number, string>();
  const text = (cache: Map<number, string>, id: number, read: () => string): string => {
    const known = cache.get(id);
    if (known !== undefined) return known;
    const value = read();
    cache.set(id, value);
    return value;
  };
  return [...tallies].map(([key, tally]) => {
    const client = key % CLIENTS_MAX;
    const name = (key - client) / CLIENTS_MAX;
    return {
      ip: text(ips, client, () => textIn(clientOf.get(client), 'ip')),
      name: text(nameTexts, name, () => reverseName(textIn(nameOf.get(name), 'name'))),
      target: names.get(name) ?? -1,
      ...tally,
    };
  });
}

/** Drives a step-by-step search, giving way to other work whenever it has held the thread for `sliceMs`. */
export async function drive<T>(
  search: Generator<void, T>,
  monotonic: () => number,
  sliceMs = 20,
): Promise<T> {
  let begun = monotonic();
  for (;;) {
    const step = search.next();
    if (step.done === true) return step.value;
    if (monotonic() - begun < sliceMs) continue;
    await new Promise((resolve) => setImmediate(resolve));
    begun = monotonic();
  }
}
