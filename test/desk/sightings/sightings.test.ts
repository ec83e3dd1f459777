// What is gathered for the history beside Maps: numbers of octets, sums by client, name and day, and how a client is written.
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { Newcomers } from '../../../src/desk/sightings/newcomers.ts';
import { type Privacy, Sightings } from '../../../src/desk/sightings/sightings.ts';
import { OctetTable } from '../../../src/events/octet-table.ts';
import { encodeQuery, QUERY_RECORD_OCTETS_MAX, QueryFacts } from '../../../src/events/query-record.ts';
import { Draft, putNumber, putU32, RECORD } from '../../../src/events/record.ts';
import { RESULT } from '../../../src/events/result.ts';
import { createRing, RingWriter } from '../../../src/events/ring.ts';
import type { Asker } from '../../../src/hits/hit.ts';
import { ASKERS_A_DAY, type NameBounds } from '../../../src/hits/store/new-budget.ts';
import { DAY_MS, dayOf } from '../../../src/hits/store/schema.ts';
import { Store } from '../../../src/hits/store/store.ts';
import { addressToText } from '../../../src/wire/names/address.ts';
import { fakeClock } from '../../support/clock.ts';
import { queryOf } from '../../support/events-query.ts';
import { START_MS } from '../../support/hits-records.ts';

const MIDNIGHT_MS = dayOf(START_MS) * DAY_MS;

interface Asked {
  readonly host: number;
  readonly name: string;
  readonly day: number;
  readonly second: number;
  readonly count: number;
  readonly blocked: boolean;
}

function open(dir: string, privacy: Privacy = 'none', bounds?: NameBounds) {
  const buffer = createRing(1 << 20);
  const ring = new RingWriter(buffer);
  const store = new Store({
    path: join(dir, 'cenote.db'),
    now: () => START_MS,
    report: () => {},
    ...(bounds === undefined ? {} : { bounds }),
  });
  const newcomers = new Newcomers(() => 0);
  const machines = new Map<number, Asker>();
  const askerOf = (address: Uint8Array): Asker => {
    const ip = addressToText(address);
    const client = { ip, name: null, mac: null, group: 'default' };
    const known = machines.get(address.at(-1)!) ?? { client, machine: ip, through: null };
    machines.set(address.at(-1)!, known);
    return known;
  };
  const sightings = new Sightings({
    rings: [buffer],
    privacy,
    newcomers,
    askerOf,
    anonymity: { lastingId: (_, machine) => machine, keys: null },
    matcherOf: () => null,
    onAsked: () => {},
  });
  const draft = new Draft(QUERY_RECORD_OCTETS_MAX);
  return {
    store,
    sightings,
    newcomers,
    ask({ host, name, day, second, count, blocked }: Asked): void {
      const facts = Object.assign(new QueryFacts(), { result: blocked ? RESULT.blocked : RESULT.data });
      const length = encodeQuery(draft, queryOf({ name, host }), facts);
      putU32(draft.octets, RECORD.count, count);
      putNumber(draft.octets, RECORD.time, MIDNIGHT_MS + day * DAY_MS + second * 1000);
      ring.write(draft.words, 0, length);
    },
    write(): boolean {
      sightings.drain();
      const isStored = store.write((tables) => sightings.writeTo(tables));
      if (isStored) sightings.written();
      return isStored;
    },
    linesOf: (host: number) =>
      store.read((tables) => tables.history.ofMachine(`192.0.2.${host}`, 0, 1000), []),
  };
}

t.test('octets have numbers as in a Map, through every growth', async (t) => {
  const table = new OctetTable();
  for (let round = 0; round < 2; round += 1) {
    const twin = new Map<string, number>();
    for (let i = 0; i < 20_000; i += 1) {
      const text = `${(i * 7919) % 9001}.example`;
      const octets = Buffer.from(`--${text}`);
      if (table.find(octets, 2, octets.length - 2) !== (twin.get(text) ?? -1)) t.fail(`${text} is not found`);
      const number = table.numberOf(octets, 2, octets.length - 2);
      if (number !== (twin.get(text) ?? twin.size)) t.fail(`${text} has number ${number}`);
      twin.set(text, number);
    }
    t.equal(table.size, 9001);
    for (const [text, number] of twin)
      if (Buffer.from(table.octetsOf(number)).toString() !== text) t.fail(`number ${number} is not ${text}`);
    table.clear();
  }
});

t.test('names have numbers up to a bound, also where nothing of them is stored', async (t) => {
  const asked = { host: 7, day: 0, second: 1, count: 1, blocked: false };
  const bound = 180_224;
  for (const privacy of ['none', 'off'] as const) {
    const { ask, sightings } = open(t.testdir(), 'none');
    sightings.usePrivacy(privacy);
    for (let i = 0; i < bound + 2_000; i += 1) {
      ask({ ...asked, name: `n${i}.example` });
      if (i % 1000 === 999) sightings.drain();
    }
    sightings.drain();
    t.equal(sightings.numbered(), bound, privacy);
    t.equal(sightings.ringsLost, 0);
    t.equal(
      sightings.size + sightings.lost,
      privacy === 'off' ? 0 : bound + 2_000,
      'each is held or counted as lost',
    );
    ask({ ...asked, name: 'n0.example' });
    sightings.drain();
    t.equal(
      sightings.lost,
      privacy === 'off' ? 0 : bound + 2_000 - sightings.size,
      'those that are known go on',
    );
  }
});

t.test(
  'queries whose names were too many for a day are counted, once, whatever transactions fail',
  async (t) => {
    const { ask, write, sightings, store, linesOf } = open(t.testdir(), 'none', {
      ofMachine: 1,
      ofAll: 1,
      least: 1,
    });
    const asked = { host: 7, day: 0, second: 1, count: 2, blocked: false };
    for (const name of ['a.example', 'x.a.example', 'far.test']) ask({ ...asked, name });
    t.ok(write());
    t.equal(sightings.unnamed, 4);
    t.same(
      linesOf(7)
        .map(({ name, count }) => [name, count])
        .sort(),
      [
        ['*.', 2],
        ['*.a.example', 2],
        ['a.example', 2],
      ],
    );
    ask({ ...asked, name: 'a.example' });
    ask({ ...asked, name: 'y.a.example' });
    sightings.drain();
    store.write((tables) => {
      sightings.writeTo(tables);
      throw new Error('the store takes nothing');
    });
    t.ok(write());
    t.equal(sightings.unnamed, 6);
    store.close();
  },
);

t.test(
  'a transaction that fails spends nothing of what a day may bring, and loses no query twice',
  async (t) => {
    const bounds = { ofMachine: 2, ofAll: 2, least: 0 };
    const { ask, write, sightings, store, linesOf } = open(t.testdir(), 'none', bounds);
    const fail = (): boolean =>
      store.write((tables) => {
        sightings.writeTo(tables);
        throw new Error('the store takes nothing');
      });
    const asked = { host: 7, day: 0, second: 1, count: 2, blocked: false };
    ask({ ...asked, name: 'a.example' });
    sightings.drain();
    for (let i = 0; i < 3; i += 1) t.notOk(fail());
    ask({ ...asked, name: 'b.example' });
    t.ok(write());
    t.same(
      linesOf(7)
        .map(({ name }) => name)
        .sort(),
      ['a.example', 'b.example'],
    );
    t.equal(sightings.unnamed, 0);
    store.write(({ history }) => {
      for (let i = 0; i < ASKERS_A_DAY; i += 1)
        history.askerId(
          { machine: `m${i}`, ip: `m${i}`, name: null, mac: null, group: null },
          dayOf(MIDNIGHT_MS),
        );
    });
    ask({ ...asked, host: 8, name: 'a.example' });
    sightings.drain();
    for (let i = 0; i < 3; i += 1) t.notOk(fail());
    t.ok(write());
    t.equal(sightings.lost, 2);
    store.close();
  },
);

t.test('the history holds what a Map would, however records come and transactions fall', async (t) => {
  const asked = fc.record({
    host: fc.integer({ min: 1, max: 3 }),
    name: fc.constantFrom('a.example', 'b.example', 'www.a.example'),
    day: fc.integer({ min: 0, max: 2 }),
    second: fc.integer({ min: 0, max: 86_399 }),
    count: fc.integer({ min: 1, max: 1000 }),
    blocked: fc.boolean(),
  });
  const dir = t.testdir();
  let run = 0;
  fc.assert(
    fc.property(fc.array(fc.array(asked, { maxLength: 20 }), { minLength: 1, maxLength: 4 }), (batches) => {
      run += 1;
      const house = open(join(dir, String(run)));
      const twin = new Map<string, { first: number; last: number; count: number }>();
      for (const batch of batches) {
        for (const one of batch) {
          house.ask(one);
          const at = MIDNIGHT_MS + one.day * DAY_MS + one.second * 1000;
          const key = `${one.host} ${one.day} ${one.name} ${one.blocked}`;
          const known = twin.get(key);
          twin.set(key, {
            first: Math.min(known?.first ?? at, at),
            last: Math.max(known?.last ?? at, at),
            count: (known?.count ?? 0) + one.count,
          });
        }
        house.write();
      }
      const found = [1, 2, 3].flatMap((host) => house.linesOf(host).map((line) => ({ host, ...line })));
      house.store.close();
      return (
        found.length === twin.size &&
        found.every(({ host, name, first, last, count, blocked }) => {
          const day = dayOf(Date.parse(first)) - dayOf(MIDNIGHT_MS);
          const expected = twin.get(`${host} ${day} ${name} ${blocked}`);
          return (
            expected?.first === Date.parse(first) &&
            expected.last === Date.parse(last) &&
            expected.count === count
          );
        })
      );
    }),
    { numRuns: 25 },
  );
});

t.test('numbers of a store that was set aside are not used for the next', async (t) => {
  const dir = t.testdir();
  const house = open(dir);
  const one = { host: 7, name: 'www.example.com', day: 0, second: 1, count: 1, blocked: false };
  house.ask({ ...one, name: 'first.example' });
  house.ask(one);
  t.ok(house.write());
  house.store.write((tables) => {
    tables.database.exec('DELETE FROM names');
    throw Object.assign(new Error('database disk image is malformed'), { errcode: 11 });
  });
  house.ask(one);
  t.ok(house.write());
  t.same(
    house.linesOf(7).map(({ name, count }) => [name, count]),
    [['www.example.com', 1]],
  );
});

t.test(
  'a client is said to be new once, and later when it last asked; anonymous clients have a name a day',
  async (t) => {
    const house = open(t.testdir(), 'anonymise');
    const one = { host: 7, name: 'www.example.com', day: 0, second: 1, count: 1, blocked: false };
    for (const day of [0, 0, 1]) house.ask({ ...one, day });
    house.ask({ ...one, host: 8 });
    house.write();
    t.same(
      house.newcomers.drain().map(({ address }) => address.at(-1)),
      [7, 8],
    );
    house.ask(one);
    house.write();
    t.same(house.newcomers.drain(), []);
    const clients = house.store.read((tables) => tables.database.prepare('SELECT ip FROM askers').all(), []);
    t.equal(clients.length, 3);
    for (const { ip } of clients) t.match(ip, /^anon-[0-9a-f]{16}$/);

    const clock = fakeClock(0);
    const newcomers = new Newcomers(clock.now);
    newcomers.note(new Uint8Array(16), 0, 1000);
    newcomers.note(new Uint8Array(16), 0, 1500);
    t.match(newcomers.drain(), [{ firstMs: 1000, lastMs: 1500 }], 'a new one is passed on at once');
    newcomers.note(new Uint8Array(16), 0, 2000);
    t.same(newcomers.drain(), [], 'one that goes on asking is passed on now and then');
    clock.advance(10_000);
    t.match(newcomers.drain(), [{ firstMs: 1000, lastMs: 2000 }]);
  },
);

t.test('names that are new one after the other are entered as they are one at a time', async (t) => {
  const bounds = { ofMachine: 300, ofAll: 1000, least: 5 };
  const { ask, write, sightings, store, linesOf } = open(t.testdir(), 'none', bounds);
  const asked = { day: 0, second: 1, count: 1, blocked: false };
  const names = (from: number, until: number): string[] =>
    Array.from({ length: until - from }, (_, i) => `n${from + i}.example`);
  const askAll = (host: number, all: readonly string[], day = 0): void => {
    for (const name of all) ask({ ...asked, host, name, day });
  };
  // Nothing says yet that names are new: one at a time, and from then on many.
  askAll(1, names(0, 100));
  t.ok(write());
  askAll(1, names(100, 200));
  // Another machine asks for some that are there, and for one twice.
  askAll(2, [...names(50, 150), 'n199.example', ...names(400, 500)]);
  t.ok(write());
  t.equal(sightings.unnamed, 0);
  askAll(3, names(500, 600));
  store.write((tables) => {
    sightings.drain();
    sightings.writeTo(tables);
    throw new Error('no');
  });
  t.ok(write());
  askAll(3, names(600, 700));
  t.ok(write());
  // 100 more than a machine may bring, beside some that are known.
  askAll(1, [...names(700, 850), ...names(400, 450), ...names(850, 900)]);
  t.ok(write());
  t.equal(sightings.unnamed, 100, 'exactly those past its bound');
  const kept = (host: number): string[] =>
    linesOf(host)
      .map(({ name }) => name)
      .sort();
  t.same(kept(1), ['*.', ...names(0, 200), ...names(400, 450), ...names(700, 800)].sort());
  t.same(kept(2), [...names(50, 150), 'n199.example', ...names(400, 500)].sort());
  t.same(kept(3), names(500, 700).sort());
  const rows = store.read(
    ({ database }) =>
      database
        .prepare('SELECT name FROM names')
        .all()
        .map((row) => String(row['name'])),
    [],
  );
  t.equal(rows.length, new Set(rows).size);
  // On the next day they are in use anew.
  askAll(2, names(0, 200), 1);
  t.ok(write());
  t.equal(
    store.read(
      ({ database }) =>
        database.prepare(`SELECT count(*) AS c FROM names WHERE day = ?`).get(dayOf(START_MS) + 1)?.['c'],
      0,
    ),
    200,
  );
});
