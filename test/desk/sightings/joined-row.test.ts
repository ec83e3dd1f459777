// Sightings of one row that are put together before they are written leave the row that writing each would.
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { joinedRow } from '../../../src/desk/sightings/joined-row.ts';
import type { DayRow } from '../../../src/hits/store/day-source.ts';
import { dayTable } from '../../../src/hits/store/schema.ts';
import { Store } from '../../../src/hits/store/store.ts';
import { START_MS } from '../../support/hits-records.ts';

const DAYS = [20_000, 20_001] as const;

const row: fc.Arbitrary<DayRow> = fc.record({
  day: fc.constantFrom(...DAYS),
  name: fc.constantFrom(1, 2),
  asker: fc.constantFrom(1, 2),
  got: fc.constantFrom(0, 5),
  firstSecond: fc.integer({ min: 0, max: 86_000 }),
  spanSeconds: fc.integer({ min: 0, max: 300 }),
  count: fc.integer({ min: 1, max: 1000 }),
  visits: fc.integer({ min: 0, max: 3 }),
  types: fc.integer({ min: 1, max: 15 }),
});

t.test('they are the rows that the store makes of all', async (t) => {
  let run = 0;
  const dir = t.testdir();
  const stored = (rows: readonly DayRow[]): unknown => {
    run += 1;
    const store = new Store({ path: join(dir, `${run}.db`), now: () => START_MS, report: () => {} });
    store.write(({ history }) => {
      for (const one of rows) history.add(one);
    });
    const all = store.read(
      ({ database, history }) =>
        history
          .days()
          .map((day) => database.prepare(`SELECT * FROM ${dayTable(day)} ORDER BY name, asker, got`).all()),
      [],
    );
    store.close();
    return JSON.stringify(all);
  };
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 12 }), (rows) => {
      const joined: DayRow[] = [];
      for (const one of rows) {
        const last = joined.at(-1);
        const both = last === undefined ? null : joinedRow(last, one);
        if (both === null) joined.push(one);
        else joined[joined.length - 1] = both;
      }
      return stored(joined) === stored(rows);
    }),
    { numRuns: 40 },
  );
});

t.test('rows of another day, machine, name or answer stay apart', async (t) => {
  const one: DayRow = {
    ...{ day: 20_000, name: 1, asker: 1, got: 0 },
    ...{ firstSecond: 5, spanSeconds: 1, count: 1, visits: 1, types: 1 },
  };
  for (const other of [{ day: 20_001 }, { name: 2 }, { asker: 2 }, { got: 1 }])
    t.equal(joinedRow(one, { ...one, ...other }), null);
  t.same(joinedRow(one, { ...one, firstSecond: 3, types: 2 }), {
    ...one,
    firstSecond: 3,
    spanSeconds: 3,
    count: 2,
    visits: 2,
    types: 3,
  });
});
