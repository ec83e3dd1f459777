// Sightings in words, for tests of the history's tables.
import type { History } from '../../src/hits/store/history.ts';
import { DAY_MS, dayOf } from '../../src/hits/store/schema.ts';

/** One client asked for one name, once or several times between two moments of a day. */
export interface Sighting {
  readonly ip: string;
  /** Presentation form. */
  readonly name: string;
  readonly firstMs: number;
  readonly lastMs: number;
  readonly count: number;
  readonly blocked: boolean;
}

/** Call inside a transaction. */
export function writeSightings(history: History, sightings: readonly Sighting[]): void {
  for (const { ip, name, firstMs, lastMs, count, blocked } of sightings) {
    const day = dayOf(firstMs);
    history.add({
      day,
      client: history.clientId(ip, day),
      name: history.nameId(name, day),
      firstSecond: Math.floor((firstMs - day * DAY_MS) / 1000),
      spanSeconds: Math.round((lastMs - firstMs) / 1000),
      count,
      blocked: blocked ? 1 : 0,
    });
  }
}
