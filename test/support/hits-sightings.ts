// Sightings in words, for tests of the history's tables.
import { RESULT, type ResultName } from '../../src/events/result.ts';
import { TYPE_BIT } from '../../src/hits/asked-types.ts';
import { gotOf, STANDING } from '../../src/hits/standing.ts';
import type { History } from '../../src/hits/store/history.ts';
import { DAY_MS, dayOf } from '../../src/hits/store/schema.ts';

/** One machine asked for one name, once or several times between two moments of a day, and got the same. */
export interface Sighting {
  /** The machine is known by it alone. */
  readonly ip: string;
  /** Presentation form. */
  readonly name: string;
  readonly firstMs: number;
  readonly lastMs: number;
  readonly count: number;
  readonly outcome: ResultName;
  readonly standing?: keyof typeof STANDING;
}

/** Call inside a transaction. */
export function writeSightings(history: History, sightings: readonly Sighting[]): void {
  for (const { ip, name, firstMs, lastMs, count, outcome, standing = 'unlisted' } of sightings) {
    const day = dayOf(firstMs);
    const asker = history.askerId({ machine: ip, ip, name: null, mac: null, group: 'default' }, day);
    if (asker === null) throw new Error('no room for one who asks');
    history.add({
      day,
      asker,
      name: Math.abs(history.nameId(name, day, ip)),
      got: gotOf(RESULT[outcome], STANDING[standing]),
      firstSecond: Math.floor((firstMs - day * DAY_MS) / 1000),
      spanSeconds: Math.round((lastMs - firstMs) / 1000),
      count,
      visits: 1,
      types: TYPE_BIT.a,
    });
  }
}
