// Two sightings of one row of the history as one: of a flood of names that are not kept, each is the same row.
//
// Twin: the row that the store makes of both (test/desk/sightings/joined-row.test.ts).
import type { DayRow } from '../../hits/store/day-source.ts';

/** Null: they are rows of their own. */
export function joinedRow(one: DayRow, other: DayRow): DayRow | null {
  const { day, asker, name, got } = one;
  if (other.name !== name || other.asker !== asker || other.got !== got || other.day !== day) return null;
  const firstSecond = Math.min(one.firstSecond, other.firstSecond);
  const lastSecond = Math.max(one.firstSecond + one.spanSeconds, other.firstSecond + other.spanSeconds);
  return {
    ...{ day, asker, name, got, firstSecond },
    spanSeconds: lastSecond - firstSecond,
    count: one.count + other.count,
    visits: one.visits + other.visits,
    types: one.types | other.types,
  };
}
