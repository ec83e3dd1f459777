// Looks into the history for who asked for given names: a second's work for a large one, so it runs where nobody waits for it.
//
// Names stand reversed in an ordered index, so that a name and all below it are one range; the days are then joined by number.

import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { MachineIds } from '../../clients/machine.ts';
import { GOT_MAX, tallyOfBoth } from '../standing.ts';
import type { AskerFacts } from '../store/askers.ts';
import { visitsIn } from '../store/day-source.ts';
import { type History, shownName } from '../store/history.ts';
import { isBelowOnly, rangeBelow, reverseName } from '../store/reversed-name.ts';
import { numberIn, textIn } from '../store/row.ts';
import { DAY_MS } from '../store/schema.ts';
import type { ToldRows } from '../store/told/close-rows.ts';
import { type Summed, Tallies } from './tallies.ts';

export type Covers = 'exact' | 'subtree' | 'below';

export interface HuntTarget {
  /** Presentation form, lower case. */
  readonly name: string;
  readonly covers: Covers;
}

/** What one machine asked of one name, over all days of a search. */
export interface NameAskings extends Omit<Summed, 'rows' | 'tellings'> {
  /** `*.name`: something below it, which name was not kept. */
  readonly name: string;
  /** What is looked for and stood behind the name; absent: the name itself is. */
  readonly via?: string;
  /** The rows that they are, where they are told by this. */
  readonly told?: readonly ToldRows[];
}

/** One asker and one name, over all days. */
export interface Asked extends Summed {
  /** Numbers in the store. */
  readonly askerId: number;
  readonly nameId: number;
  readonly name: string;
  readonly via?: string;
  readonly told?: readonly ToldRows[];
}

/** What one machine asked for, the earliest first. */
export interface MachineAskings {
  /** As it was when it asked last. */
  readonly asker: AskerFacts;
  readonly askings: readonly NameAskings[];
  /** Names beyond those. */
  readonly furtherNames: number;
}

/** The rows of a search. */
export interface Within {
  readonly days: readonly number[];
  readonly sinceMs: number;
  /** Whether a row counts, by what came of it; all unless said. */
  readonly takes?: (got: number) => boolean;
  /** Whether a name counts on a day, by its number and the types that were asked for; all unless said. */
  readonly takesName?: (name: number, day: number, types: number) => boolean;
}

/** Askings (a machine and a name) that an answer shows, shared by its machines; each shows at least a few. */
const ASKINGS_SHOWN = 5000;
const NAMES_A_MACHINE_MIN = 20;
const ASKERS_MAX = 0x1000000;
/** Above the seconds of a day and of what may hang over its end. */
const SPAN_MAX = 0x20000;
const VISITS_MAX = 0x1000000;
const NAMES_AT_ONCE = 256;

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

/** Who asked for these names, one by one: half a million of them at once are 180 MB, and cost more to keep than to find. */
export function* findAskers(
  history: History,
  names: ReadonlyMap<number, unknown>,
  within: Within,
): Generator<Asked> {
  const tallies = tally(history, names, within);
  const askedAt = describer(history.database, tallies);
  for (let place = 0; place < tallies.size; place += 1) yield askedAt(place);
}

/** The same by machine, with so many names of each as a person or a page takes in. */
export function findFirstAskers(
  history: History,
  ids: MachineIds,
  names: ReadonlyMap<number, unknown>,
  within: Within,
  shownAs: (asked: Asked) => Asked = (asked) => asked,
): MachineAskings[] {
  const tallies = tally(history, names, within);
  const askers = new Map<number, AskerFacts>();
  const byMachine = new Map<string, number[]>();
  for (let place = 0; place < tallies.size; place += 1) {
    const id = tallies.keyAt(place) % ASKERS_MAX;
    const asker = askers.get(id) ?? ids.asker(history.askers.byId(id));
    askers.set(id, asker);
    const places = byMachine.get(asker.machine);
    if (places === undefined) byMachine.set(asker.machine, [place]);
    else places.push(place);
  }
  const shown = Math.max(NAMES_A_MACHINE_MIN, Math.floor(ASKINGS_SHOWN / Math.max(1, byMachine.size)));
  const askedAt = describer(history.database, tallies);
  return [...byMachine.values()].map((places) => {
    places.sort((a, b) => tallies.firstMsAt(a) - tallies.firstMsAt(b));
    const moments = places.map((place) => ({
      askerId: tallies.keyAt(place) % ASKERS_MAX,
      lastMs: tallies.lastMsAt(place),
    }));
    // Some more than are shown: a machine may have asked for one name from several addresses.
    const some = places.slice(0, shown * 2).map((place) => shownAs(askedAt(place)));
    const further = places.length - some.length;
    return { ...joined(some, shown, further), asker: lastAsker(moments, history, ids) };
  });
}

/**
 * The one whose asking was the last. Times are whole seconds: within one, the asker of whom more is known, since what is learnt of a
 * machine stays; then the one that was noted later.
 */
export function lastAsker(
  moments: readonly Pick<Asked, 'askerId' | 'lastMs'>[],
  history: History,
  ids: MachineIds,
): AskerFacts {
  const lastMs = moments.reduce((latest, one) => Math.max(latest, one.lastMs), 0);
  const last = new Set(moments.flatMap((one) => (one.lastMs === lastMs ? [one.askerId] : [])));
  const newestFirst = [...last].sort((a, b) => b - a).map((id) => history.askers.byId(id));
  return ids.asker(newestFirst.reduce((best, one) => (knownOf(one) > knownOf(best) ? one : best)));
}

const knownOf = ({ name, mac }: AskerFacts): number => Number(name !== null) + Number(mac !== null);

/** Askings of one machine by name, whatever its addresses. @param further askings that were left out before */
export function joined(
  all: readonly Asked[],
  shown: number,
  further = 0,
): Pick<MachineAskings, 'askings' | 'furtherNames'> {
  const byName = new Map<string, NameAskings>();
  for (const { askerId, nameId, rows, tellings, ...own } of all) {
    const known = byName.get(own.name);
    byName.set(own.name, known === undefined ? own : sumOfBoth(known, own));
  }
  const askings = [...byName.values()];
  return {
    askings: askings.slice(0, shown),
    furtherNames: Math.max(0, askings.length - shown) + further,
  };
}

/** Askings of one machine for one name, put together. */
export function sumOfBoth(a: NameAskings, b: NameAskings): NameAskings {
  return {
    ...a,
    count: a.count + b.count,
    countMax: a.countMax + b.countMax,
    firstMs: Math.min(a.firstMs, b.firstMs),
    lastMs: Math.max(a.lastMs, b.lastMs),
    visits: a.visits === null && b.visits === null ? null : (a.visits ?? 0) + (b.visits ?? 0),
    types: a.types | b.types,
    got: tallyOfBoth(a.got, b.got),
    allowed: a.allowed + b.allowed,
    ...(a.told === undefined && b.told === undefined ? {} : { told: [...(a.told ?? []), ...(b.told ?? [])] }),
  };
}

function tally(history: History, names: ReadonlyMap<number, unknown>, within: Within): Tallies {
  const { days, sinceMs, takes, takesName } = within;
  const { database } = history;
  const tallies = new Tallies();
  if (names.size === 0) return tallies;
  database.exec('CREATE TEMP TABLE IF NOT EXISTS hunting (id INTEGER PRIMARY KEY); DELETE FROM temp.hunting');
  const insert = database.prepare('INSERT OR IGNORE INTO temp.hunting (id) VALUES (?)');
  const ids = [...names.keys()].sort((a, b) => a - b);
  for (const id of ids) insert.run(id);
  for (const day of days)
    for (const table of history.sourcesOf(day)) {
      // Three numbers a row in place of seven: handing them over costs more than finding them.
      const select = database.prepare(`SELECT d.name * ${ASKERS_MAX} + ${table.asker},
          (d.first * ${SPAN_MAX} + min(d.span, ${SPAN_MAX - 1})) * ${GOT_MAX} + ${table.got},
          d.count * ${VISITS_MAX} + min(${table.visits}, ${VISITS_MAX - 1})
        FROM temp.hunting h CROSS JOIN ${table.name} d ON d.name = h.id WHERE h.id BETWEEN ? AND ?`);
      select.setReturnArrays(true);
      // A few names at a time: what is held until a whole day is read outlives the young generation, and is copied at each collection.
      for (let at = 0; at < ids.length; at += NAMES_AT_ONCE) {
        const last = Math.min(at + NAMES_AT_ONCE, ids.length) - 1;
        const rows = select.all(ids[at]!, ids[last]!) as unknown as [
          key: number,
          when: number,
          counts: number,
        ][];
        for (const [key, when, counts] of rows) {
          const got = when % GOT_MAX;
          if (takes !== undefined && !takes(got)) continue;
          const span = ((when - got) / GOT_MAX) % SPAN_MAX;
          const first = ((when - got) / GOT_MAX - span) / SPAN_MAX;
          const firstMs = day * DAY_MS + first * 1000;
          const lastMs = firstMs + span * 1000;
          if (lastMs < sinceMs) continue;
          const tried = counts % VISITS_MAX;
          const { visits, types } = visitsIn(tried);
          if (takesName?.(Math.floor(key / ASKERS_MAX), day, types) === false) continue;
          tallies.add(
            key,
            { firstMs, lastMs, count: (counts - tried) / VISITS_MAX, visits, types, got },
            sinceMs,
          );
        }
      }
    }
  return tallies;
}

function describer(database: DatabaseSync, tallies: Tallies) {
  const nameOf = remembering(database.prepare('SELECT name AS text FROM names WHERE id = ?'), reverseName);
  return (place: number): Asked => {
    const key = tallies.keyAt(place);
    const askerId = key % ASKERS_MAX;
    const nameId = (key - askerId) / ASKERS_MAX;
    const kept = nameOf(nameId);
    return { askerId, nameId, name: isBelowOnly(kept) ? shownName(kept) : kept, ...tallies.at(place) };
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
