// The history beside a Map, its retention, and its bounds.
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { DAY_MS, dayOf } from '../../../src/hits/store/schema.ts';
import { Store } from '../../../src/hits/store/store.ts';
import { START_MS } from '../../support/hits-records.ts';
import { type Sighting, writeSightings } from '../../support/hits-sightings.ts';

const openStore = (path: string, newNamesMax?: number) =>
  new Store({
    path,
    now: () => START_MS,
    report: () => {},
    ...(newNamesMax === undefined ? {} : { newNamesMax }),
  });

const sighting = (more: Partial<Sighting> = {}): Sighting => ({
  ip: '192.0.2.7',
  name: 'www.example.com',
  firstMs: START_MS,
  lastMs: START_MS,
  count: 1,
  blocked: false,
  ...more,
});

t.test(
  'the history holds first, last and count of each day, client and name, in whatever order they come',
  async (t) => {
    const midnight = dayOf(START_MS) * DAY_MS;
    const seen = fc.record({
      ip: fc.constantFrom('192.0.2.1', '192.0.2.2', '2001:db8::1'),
      name: fc.constantFrom('a.example', 'b.example', 'www.a.example'),
      second: fc.integer({ min: 0, max: 86_000 }),
      length: fc.integer({ min: 0, max: 300 }),
      day: fc.integer({ min: 0, max: 2 }),
      count: fc.integer({ min: 1, max: 1000 }),
      blocked: fc.boolean(),
    });
    let run = 0;
    const dir = t.testdir();
    fc.assert(
      fc.property(fc.array(seen, { minLength: 1, maxLength: 40 }), (all) => {
        run += 1;
        const store = openStore(join(dir, `run${run}.db`));
        const twin = new Map<string, { first: number; last: number; count: number; blocked: boolean }>();
        const sightings = all.map(({ ip, name, second, length, day, count, blocked }) => {
          const firstMs = midnight + day * DAY_MS + second * 1000;
          const key = `${day} ${ip} ${name}`;
          const known = twin.get(key);
          const last = firstMs + length * 1000;
          twin.set(key, {
            first: Math.min(known?.first ?? firstMs, firstMs),
            last: Math.max(known?.last ?? last, last),
            count: (known?.count ?? 0) + count,
            blocked: (known?.blocked ?? false) || blocked,
          });
          return sighting({ ip, name, firstMs, lastMs: last, count, blocked });
        });
        for (const one of sightings) store.write((tables) => writeSightings(tables.history, [one]));
        const found = store.read(
          (tables) =>
            ['192.0.2.1', '192.0.2.2', '2001:db8::1'].flatMap((ip) =>
              tables.history.ofClient(ip, 0, 1000).map((line) => ({ ip, ...line })),
            ),
          [],
        );
        store.close();
        return (
          found.length === twin.size &&
          found.every(({ ip, name, first, last, count, blocked }) => {
            const expected = twin.get(`${dayOf(Date.parse(first)) - dayOf(midnight)} ${ip} ${name}`);
            return (
              expected?.first === Date.parse(first) &&
              expected.last === Date.parse(last) &&
              expected.count === count &&
              expected.blocked === blocked
            );
          })
        );
      }),
      { numRuns: 25 },
    );
  },
);

t.test('days past their time go, and with them the names nobody asked for since', async (t) => {
  const store = openStore(join(t.testdir(), 'cenote.db'));
  const old = START_MS - 5 * DAY_MS;
  store.write((tables) =>
    writeSightings(tables.history, [
      sighting({ name: 'old.example', firstMs: old, lastMs: old }),
      sighting({ name: 'both.example', firstMs: old, lastMs: old }),
      sighting({ name: 'both.example' }),
    ]),
  );
  store.write((tables) => tables.history.removeBefore(dayOf(START_MS) - 1));
  t.same(
    store.read((tables) => tables.history.days(), []),
    [dayOf(START_MS)],
  );
  t.same(
    store.read((tables) => tables.history.ofClient('192.0.2.7', 0, 10).map((line) => line.name), []),
    ['both.example'],
  );
  t.equal(
    store.read((tables) => tables.database.prepare('SELECT name FROM names').all().length, 0),
    1,
  );
  store.write((tables) => writeSightings(tables.history, [sighting({ name: 'old.example' })]));
  t.equal(
    store.read((tables) => tables.history.ofClient('192.0.2.7', 0, 10).length, 0),
    2,
  );
});

t.test(
  'a client that asks for ever new names fills a bounded number of rows, and every query still counts',
  async (t) => {
    const store = openStore(join(t.testdir(), 'cenote.db'), 50);
    store.write((tables) =>
      writeSightings(
        tables.history,
        Array.from({ length: 500 }, (_, i) => sighting({ name: `r${i}.tunnel.example` })),
      ),
    );
    const lines = store.read((tables) => tables.history.ofClient('192.0.2.7', 0, 1000), []);
    t.ok(lines.length <= 54, `${lines.length} rows`);
    t.equal(
      lines.reduce((sum, line) => sum + line.count, 0),
      500,
    );
    t.ok(lines.some((line) => line.name === 'tunnel.example' || line.name === 'example'));
  },
);

t.test('numbers of names survive a transaction that was rolled back', async (t) => {
  const store = openStore(join(t.testdir(), 'cenote.db'));
  store.write((tables) => {
    writeSightings(tables.history, [sighting({ name: 'gone.example' })]);
    throw new Error('no');
  });
  store.write((tables) =>
    writeSightings(tables.history, [sighting({ name: 'kept.example' }), sighting({ name: 'gone.example' })]),
  );
  t.same(
    store.read(
      (tables) =>
        tables.history
          .ofClient('192.0.2.7', 0, 10)
          .map((line) => line.name)
          .sort(),
      [],
    ),
    ['gone.example', 'kept.example'],
  );
});
