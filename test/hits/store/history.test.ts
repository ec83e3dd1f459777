// The history beside a Map, its retention, and its bounds.
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { Interner } from '../../../src/hits/store/interner.ts';
import type { NameBounds } from '../../../src/hits/store/new-budget.ts';
import { DAY_MS, dayOf } from '../../../src/hits/store/schema.ts';
import { Store } from '../../../src/hits/store/store.ts';
import { START_MS } from '../../support/hits-records.ts';
import { type Sighting, writeSightings } from '../../support/hits-sightings.ts';

const openStore = (path: string, bounds?: NameBounds) =>
  new Store({
    path,
    now: () => START_MS,
    report: () => {},
    ...(bounds === undefined ? {} : { bounds }),
  });

const sighting = (more: Partial<Sighting> = {}): Sighting => ({
  ip: '192.0.2.7',
  name: 'www.example.com',
  firstMs: START_MS,
  lastMs: START_MS,
  count: 1,
  outcome: 'data',
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
      outcome: fc.constantFrom('data', 'nxdomain', 'blocked'),
    });
    let run = 0;
    const dir = t.testdir();
    fc.assert(
      fc.property(fc.array(seen, { minLength: 1, maxLength: 40 }), (all) => {
        run += 1;
        const store = openStore(join(dir, `run${run}.db`));
        const twin = new Map<string, { first: number; last: number; count: number }>();
        const sightings = all.map(({ ip, name, second, length, day, count, outcome }) => {
          const firstMs = midnight + day * DAY_MS + second * 1000;
          const key = `${day} ${ip} ${name} ${outcome}`;
          const known = twin.get(key);
          const last = firstMs + length * 1000;
          twin.set(key, {
            first: Math.min(known?.first ?? firstMs, firstMs),
            last: Math.max(known?.last ?? last, last),
            count: (known?.count ?? 0) + count,
          });
          return sighting({ ip, name, firstMs, lastMs: last, count, outcome } as Partial<Sighting>);
        });
        for (const one of sightings) store.write((tables) => writeSightings(tables.history, [one]));
        const found = store.read(
          (tables) =>
            ['192.0.2.1', '192.0.2.2', '2001:db8::1'].flatMap((ip) =>
              tables.history.ofMachine(ip, 0, 1000).map((line) => ({ ...line, ip })),
            ),
          [],
        );
        store.close();
        return (
          found.length === twin.size &&
          found.every(({ ip, name, first, last, count, outcome, blocked }) => {
            const expected = twin.get(
              `${dayOf(Date.parse(first)) - dayOf(midnight)} ${ip} ${name} ${outcome}`,
            );
            return (
              expected?.first === Date.parse(first) &&
              expected.last === Date.parse(last) &&
              expected.count === count &&
              blocked === (outcome === 'blocked')
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
    store.read((tables) => tables.history.ofMachine('192.0.2.7', 0, 10).map((line) => line.name), []),
    ['both.example'],
  );
  t.equal(
    store.read((tables) => tables.database.prepare('SELECT name FROM names').all().length, 0),
    1,
  );
  store.write((tables) => writeSightings(tables.history, [sighting({ name: 'old.example' })]));
  t.equal(
    store.read((tables) => tables.history.ofMachine('192.0.2.7', 0, 10).length, 0),
    2,
  );
});

t.test(
  'a machine that asks for ever new names has a bound of its own, and every query still counts',
  async (t) => {
    const bounds = { ofMachine: 50, ofAll: 100, least: 5 };
    const store = openStore(join(t.testdir(), 'cenote.db'), bounds);
    const random = (ip: string, names: number) =>
      Array.from({ length: names }, (_, i) => sighting({ ip, name: `r${i}.tunnel.example` }));
    const write = (sightings: readonly Sighting[]) =>
      store.write((tables) => writeSightings(tables.history, sightings));
    write([sighting({ name: 'tunnel.example' })]);
    write(random('192.0.2.7', 500));
    const linesOf = (ip: string) => store.read((tables) => tables.history.ofMachine(ip, 0, 1000), []);
    const lines = linesOf('192.0.2.7');
    t.ok(lines.length <= 54, `${lines.length} rows`);
    t.equal(
      lines.reduce((sum, line) => sum + line.count, 0),
      501,
    );
    const below = lines.filter(({ name }) => name === '*.tunnel.example');
    t.match(below, [{ count: 451 }], 'what was not kept is not said to be its parent');
    t.match(
      lines.filter(({ name }) => name === 'tunnel.example'),
      [{ count: 1 }],
    );
    write([sighting({ ip: '192.0.2.8', name: 'www.mine.example' })]);
    t.match(linesOf('192.0.2.8'), [{ name: 'www.mine.example' }], 'another machine has a bound of its own');
    write(random('192.0.2.9', 60).map((one) => ({ ...one, name: `x${one.name}` })));
    write(Array.from({ length: 7 }, (_, i) => sighting({ ip: '192.0.2.10', name: `s${i}.late.example` })));
    t.equal(
      linesOf('192.0.2.10').filter(({ name }) => name.startsWith('s')).length,
      5,
      'when all together have used theirs, each still has a few',
    );
  },
);

t.test(
  'names that are not kept stand below the nearest that is, also when that comes later or the day turns',
  async (t) => {
    const none = { ofMachine: 0, ofAll: 0, least: 0 };
    const store = openStore(join(t.testdir(), 'cenote.db'), none);
    const day = dayOf(START_MS);
    const below = (name: string, on = day): number =>
      store.write(({ history }) => {
        id = history.nameId(name, on, 'm');
      })
        ? id
        : 0;
    let id = 0;
    const root = below('a.b.example');
    t.ok(root < 0);
    t.equal(below('c.test'), root);
    store.write(
      ({ database }) => void database.exec(`INSERT INTO names (name, day) VALUES ('example', ${day})`),
    );
    const example = below('a.b.example');
    t.not(example, root);
    t.equal(below('x.b.example'), example);
    t.equal(below('a.b.example', day + 1), example);
    const dayOfMark = (): unknown =>
      store.read(
        ({ database }) => database.prepare('SELECT day FROM names WHERE id = ?').get(-example)?.['day'],
        0,
      );
    t.equal(dayOfMark(), day + 1, 'it is in use on the new day');
    store.write(({ history }) => {
      history.nameId('a.b.example', day + 2, 'm');
      throw new Error('no');
    });
    below('a.b.example', day + 2);
    t.equal(dayOfMark(), day + 2, 'a transaction that was rolled back left nothing');
  },
);

t.test('of many names below one that is not kept, the store is asked for each once', async (t) => {
  let finds = 0;
  const { find } = Interner.prototype;
  Interner.prototype.find = function (text) {
    finds += 1;
    return find.call(this, text);
  };
  t.teardown(() => Object.assign(Interner.prototype, { find }));
  const store = openStore(join(t.testdir(), 'cenote.db'), { ofMachine: 2, ofAll: 100, least: 1 });
  const day = dayOf(START_MS);
  let asked = 0;
  store.write(({ history }) => {
    history.nameId('first.test', day, 'm');
    history.nameId('second.test', day, 'm');
    history.nameId('x.a.b.c.example', day, 'm');
    const root = history.nameId('0.a.b.c.example', day, 'm');
    const known = finds;
    for (let i = 1; i <= 10; i += 1) t.equal(history.nameId(`${i}.a.b.c.example`, day, 'm'), root);
    asked = finds - known;
    history.nameId('c.example', day, 'other');
    t.not(history.nameId('11.a.b.c.example', day, 'm'), root, 'a nearer one that came since is found');
  });
  t.equal(asked, 10);
});

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
          .ofMachine('192.0.2.7', 0, 10)
          .map((line) => line.name)
          .sort(),
      [],
    ),
    ['gone.example', 'kept.example'],
  );
});
