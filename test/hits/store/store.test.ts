// The store under locks, damage, a full disk and removal: a write is whole or not at all, and says which.
import {
  existsSync,
  readdirSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import t from 'tap';
import { idOfAddress } from '../../../src/clients/machine.ts';
import type { Hit } from '../../../src/hits/hit.ts';
import type { Incident } from '../../../src/hits/incidents/incident.ts';
import { Registry } from '../../../src/hits/incidents/registry.ts';
import type { HitFilter } from '../../../src/hits/store/hit-table.ts';
import { removeUnshared } from '../../../src/hits/store/interner.ts';
import { NotesTable } from '../../../src/hits/store/notes-table.ts';
import { Store, type StoreState } from '../../../src/hits/store/store.ts';
import { createUlidMaker } from '../../../src/hits/ulid.ts';
import { queryOf } from '../../support/events-query.ts';
import { VERSION_1, VERSION_2 } from '../../support/hits-old-store.ts';
import { hitOf, START_MS } from '../../support/hits-records.ts';
import { smallDisk } from '../../support/hits-small-disk.ts';

function open(path: string) {
  const states: StoreState[] = [];
  const store = new Store({ path, now: () => START_MS, report: (state) => states.push(state), busyMs: 20 });
  return { store, states };
}

const asking = (name: string) => ({ name, type: 'A', class: 'IN' });
const withoutTimes = (incident: Incident | null | undefined) => ({
  ...incident,
  timesMs: [],
  names: incident?.names.map((asked) => ({ ...asked, timesMs: [] })),
});
const rowsIn = (store: Store) => store.read((tables) => tables.hits.count().rows, -1);

t.test('hits come back as the lines that went in, newest first, filtered', async (t) => {
  const { store } = open(join(t.testdir(), 'cenote.db'));
  const hits = [
    hitOf({ id: 'A', time: '2026-11-23T09:00:00.000Z', via: 'cdn.example', count: 7 }),
    hitOf({
      id: 'B',
      time: '2026-11-23T10:00:00.000Z',
      list: 'ads',
      answer: [],
      client: { ip: '192.0.2.9', name: 'till-3', mac: 'aa:bb:cc:dd:ee:ff', group: 'servers' },
      indicator: { campaign: 'c', source: null, firstPublished: '2023-03-29', confidence: 'high' },
      machine: 'machine-9',
      through: '66:66:66:66:66:66',
      visit: 'A',
      matches: [],
      outcome: 'data',
      rcode: null,
    }),
  ];
  t.ok(store.write((tables) => tables.hits.write(hits, [{ boot: 'boot', worker: 0, sequence: 9 }])));
  const find = (filter = {}) => store.read((tables) => tables.hits.find(filter), []);
  t.same(find(), [hits[1], hits[0]]);
  t.same(find({ who: { machines: [], ips: ['192.0.2.9'] } }), [hits[1]]);
  t.same(find({ list: '3cx-2023' }), [hits[0]]);
  t.same(find({ sinceMs: Date.parse('2026-11-23T09:30:00Z') }), [hits[1]]);
  t.same(find({ limit: 1 }), [hits[1]]);
  t.same(
    store.read((tables) => tables.hits.watermarks(), []),
    [{ boot: 'boot', worker: 0, sequence: 9 }],
  );
  t.same(
    store.read((tables) => tables.hits.count(), null),
    { rows: 2, hits: 8 },
  );
  store.close();
});

t.test('nobody else may read who asked for what', async (t) => {
  const dir = t.testdir();
  const { store } = open(join(dir, 'cenote.db'));
  store.write((tables) => tables.hits.write([hitOf()], []));
  for (const name of readdirSync(dir)) t.equal(statSync(join(dir, name)).mode & 0o777, 0o600, name);
});

t.test('a write that fails half way leaves nothing, and the next one is whole', async (t) => {
  const { store, states } = open(join(t.testdir(), 'cenote.db'));
  t.notOk(
    store.write((tables) => {
      tables.hits.write([hitOf()], []);
      throw new Error('half way');
    }),
  );
  t.equal(rowsIn(store), 0);
  t.ok(store.write((tables) => tables.hits.removeBefore(0)));
  t.match(store.failing, /half way/, 'that there was nothing to remove says nothing of what failed');
  t.ok(store.write((tables) => tables.hits.write([hitOf()], [])));
  t.equal(rowsIn(store), 1);
  t.match(states, [{ kind: 'failing' }, { kind: 'working' }]);
});

t.test('a database that another program has locked fails the write, and works when it lets go', async (t) => {
  const path = join(t.testdir(), 'cenote.db');
  const { store, states } = open(path);
  store.write((tables) => tables.hits.write([hitOf()], []));
  const other = new DatabaseSync(path);
  other.exec('BEGIN EXCLUSIVE');
  t.notOk(store.write((tables) => tables.hits.write([hitOf()], [])));
  t.match(store.failing, /locked/);
  other.exec('ROLLBACK');
  other.close();
  t.ok(store.write((tables) => tables.hits.write([hitOf()], [])));
  t.equal(rowsIn(store), 2);
  t.match(states, [{ kind: 'failing' }, { kind: 'working' }]);
});

for (const [version, old] of [VERSION_1, VERSION_2].entries())
  t.test(
    `a store of version ${version + 1} is taken over where it is, and says what it did not note`,
    async (t) => {
      const dir = t.testdir();
      const path = join(dir, 'cenote.db');
      const before = new DatabaseSync(path);
      before.exec(old);
      before.close();
      const { store, states } = open(path);
      t.same(
        states.map(({ kind }) => kind),
        ['takingOver', 'takenOver'],
      );
      t.match(
        store.read((tables) => tables.hits.find({}), []),
        [
          {
            id: 'OLD',
            client: { ip: '192.0.2.7', name: 'till-3', mac: 'aa:bb:cc:dd:ee:ff', group: 'default' },
            verdict: 'sinkhole',
            machine: 'aa:bb:cc:dd:ee:ff',
            visit: 'OLD',
            matches: [{ list: 'cx', rule: 'evil.example', mode: 'enforce' }],
            outcome: 'unrecorded',
            rcode: null,
            through: null,
          },
        ],
      );
      const seven = idOfAddress(queryOf({ name: 'x' }).address, 0);
      t.match(
        store.read((tables) => tables.history.ofMachine(seven, 0, 10), []),
        [
          {
            name: 'old.example',
            count: 5,
            blocked: false,
            outcome: 'unrecorded',
            ip: '192.0.2.7',
            visits: null,
          },
        ],
      );
      const told = { machine: seven, name: 'old.example', list: 'cx', campaign: 'Renamed' };
      t.equal(
        store.read((tables) => tables.told.untilMs(told), 0),
        1_795_424_400_123,
      );
      t.ok(store.write((tables) => tables.hits.write([hitOf({ id: 'NEW' })], [])));
      t.match(
        store.read((tables) => tables.hits.find({}), []),
        [{ id: 'NEW', outcome: 'blocked' }, { id: 'OLD' }],
      );
      const who = { ips: ['192.0.2.7'], machines: [] };
      t.match(
        store.read((tables) => tables.hits.find({ who }), []),
        [{ id: 'NEW' }, { id: 'OLD' }],
        'the hits of a client are found, too',
      );
      t.match(
        store.read((tables) => tables.incidents.find({ who }), []),
        [
          {
            id: 'OLDINCIDENT',
            hits: 2,
            names: [{ count: 2, timesMs: [1_795_424_400_123, 1_795_424_460_123] }],
          },
        ],
      );
      t.same(
        readdirSync(dir).filter((name) => !name.startsWith('cenote.db-')),
        ['cenote.db'],
        'nothing is left beside it',
      );
      store.close();
      const later = new DatabaseSync(path);
      later.exec('PRAGMA user_version = 99');
      later.close();
      const refused = open(path);
      t.match(
        refused.states,
        [{ kind: 'failing', error: /newer cenote/ }],
        'a release before refuses it, and says so',
      );
      t.ok(existsSync(path), 'and leaves it where it is');
    },
  );

t.test('the hits of one client are found among those of many, whatever block they are in', async (t) => {
  const { store } = open(join(t.testdir(), 'cenote.db'));
  const of = (ip: string, id: string): Hit => hitOf({ id, visit: id, client: { ...hitOf().client, ip } });
  const many = Array.from({ length: 5000 }, (_, i) => of('192.0.2.9', `other${i}`));
  const own = [of('192.0.2.8', 'first'), of('192.0.2.8', 'second')];
  store.write((tables) => tables.hits.write([own[0]!, ...many], []));
  store.write((tables) => tables.hits.write([own[1]!], []));
  const who = { ips: ['192.0.2.8'], machines: [] };
  const found = (): string[] => store.read((tables) => tables.hits.find({ who }).map(({ id }) => id), []);
  t.same(found(), ['second', 'first']);
  store.write((tables) => tables.hits.removeBefore(Date.parse(own[0]!.time)));
  t.same(found(), ['second', 'first'], 'nothing was older');
  store.write((tables) => tables.hits.removeBefore(Number.MAX_SAFE_INTEGER));
  store.write((tables) => tables.hits.write([of('192.0.2.8', 'third')], []));
  t.ok(found().includes('third'));
});

t.test('hits that came many at once are found as if each had come alone', async (t) => {
  const { store } = open(join(t.testdir(), 'cenote.db'));
  const made = (i: number): Hit => {
    const name = i % 5 === 0 ? 'odd\\"name.example' : `h${i}.example`;
    const list = i % 3 === 0 ? 'ads' : '3cx-2023';
    const indicator = i % 3 === 0 ? null : hitOf().indicator;
    return hitOf({
      id: `id${String(i).padStart(5, '0')}`,
      time: new Date(START_MS + Math.floor(i / 7) * 10 - (i % 2) * 25).toISOString(),
      visit: i % 4 === 0 ? 'earlier' : `id${String(i).padStart(5, '0')}`,
      count: 1 + (i % 3),
      question: asking(name),
      list,
      indicator,
      rule: i % 7 === 0 ? '/od+/' : 'example',
      via: i % 11 === 0 ? 'cdn.example' : null,
      verdict: i % 13 === 0 ? 'monitor' : 'sinkhole',
      matches: i % 2 === 0 ? [] : [{ list: 'other', rule: name, indicator, mode: 'paused' }],
      client: { ...hitOf().client, ip: `192.0.2.${i % 9}` },
    });
  };
  const hits = Array.from({ length: 5300 }, (_, i) => made(i));
  // Rows, a batch, rows, two batches, rows.
  for (const [from, to] of [
    [0, 10],
    [10, 200],
    [200, 202],
    [202, 5295],
    [5295, 5300],
  ] as const)
    store.write((tables) => tables.hits.write(hits.slice(from, to), []));
  store.write((tables) => {
    tables.hits.write(hits.slice(0, 100), []);
    throw new Error('undone');
  });
  const newest = hits.toSorted((a, b) =>
    a.time === b.time ? (a.id < b.id ? 1 : -1) : a.time < b.time ? 1 : -1,
  );
  const middle = START_MS + 3000;
  const wrong: string[] = [];
  const expect = (what: string, filter: HitFilter, takes: (hit: Hit) => boolean): void => {
    const wanted = newest.filter(takes).slice(0, filter.limit ?? 1000);
    const found = store.read((tables) => tables.hits.find(filter), []);
    if (JSON.stringify(found) !== JSON.stringify(wanted)) wrong.push(what);
  };
  const isOf = ({ client }: Hit): boolean => client.ip === '192.0.2.4';
  const who = { machines: [], ips: ['192.0.2.4'] };
  expect('all', { limit: 10_000 }, () => true);
  expect('the last thousand', {}, () => true);
  expect('one', { limit: 1 }, () => true);
  expect('a client', { who, limit: 700 }, isOf);
  expect('a list', { list: 'ads', limit: 3 }, ({ list }) => list === 'ads');
  expect('a list that is none', { list: 'none' }, () => false);
  expect('a time', { sinceMs: middle, untilMs: middle + 500 }, ({ time }) => {
    const timeMs = Date.parse(time);
    return timeMs >= middle && timeMs <= middle + 500;
  });
  expect('all of it', { who, list: '3cx-2023', untilMs: middle }, (hit) => {
    return isOf(hit) && hit.list === '3cx-2023' && Date.parse(hit.time) <= middle;
  });
  const queries = hits.reduce((sum, { count }) => sum + count, 0);
  t.same(
    store.read((tables) => tables.hits.count(), null),
    { rows: 5300, hits: queries },
  );
  const byVia = store.read((tables) => [...tables.hits.each(middle, (_, via) => via !== null)], []);
  const isBehind = ({ via, time }: Hit): boolean => via !== null && Date.parse(time) >= middle;
  t.same(
    byVia.map(({ id }) => id).sort(),
    hits.filter(isBehind).map(({ id }) => id),
  );
  const watched = (i: number): number | null =>
    store.read((tables) => tables.hits.firstWatched(`192.0.2.${i % 9}`, `h${i}.example`), null);
  t.same(
    [watched(13 * 30), watched(26), watched(27)],
    [
      null, // its name is the odd one
      Date.parse(hits[26]!.time),
      null,
    ],
  );
  t.same(wrong, []);
  store.write((tables) => tables.hits.removeBefore(Date.parse(hits[210]!.time)));
  const left = store.read((tables) => tables.hits.find({ limit: 10_000 }), []);
  t.equal(left.length, 5300 - 202, 'rows go, and a batch when all of it is older');
  store.write((tables) => {
    removeUnshared(tables.database);
    tables.hits.forget();
  });
  t.same(
    store.read((tables) => tables.hits.find({ limit: 10_000 }), []),
    left,
    'what they share stays',
  );
  store.close();
});

t.test('an incident comes back with all that it counts, after every small change', async (t) => {
  const path = join(t.testdir(), 'cenote.db');
  const { store } = open(path);
  const registry = new Registry({ id: createUlidMaker(), monotonic: () => 0, onChange: () => undefined });
  const stored = (): Incident | undefined => store.read((tables) => tables.incidents.find(), [])[0];
  const ask = (from: number, to: number): void => {
    for (let i = from; i < to; i += 1)
      registry.addHits(
        [hitOf({ id: `${i}`, visit: `${i}`, question: asking(`n${i}.evil.example`) })],
        START_MS,
      );
    store.write((tables) => tables.incidents.write(registry.unsaved()));
    registry.saved();
    const [held] = registry.open;
    t.same(withoutTimes(stored()), withoutTimes(held), 'but for its times, which are written twice a minute');
  };
  ask(0, 1);
  ask(1, 60);
  ask(60, 130);
  ask(130, 131);
  ask(131, 400);
  ask(20, 21);
  t.equal(stored()?.further.length, 350);
  store.close();
  const [held] = registry.open;
  const again = open(path).store.read((tables) => tables.incidents.byId(held?.id ?? ''), null);
  t.same(withoutTimes(again), withoutTimes(held));
});

t.test('when it was asked stays known though a name came since it was written', async (t) => {
  const path = join(t.testdir(), 'cenote.db');
  const { store } = open(path);
  const registry = new Registry({ id: createUlidMaker(), monotonic: () => 0, onChange: () => undefined });
  const save = (): void => {
    store.write((tables) => tables.incidents.write(registry.unsaved()));
    registry.saved();
  };
  const ask = (id: string, name: string): void =>
    registry.addHits([hitOf({ id, visit: id, question: asking(name) })], START_MS);
  ask('1', 'one.evil.example');
  save();
  ask('2', 'two.evil.example');
  save();
  const [held] = registry.open;
  // As after a kill.
  const [kept] = store.read((tables) => tables.incidents.find(), []);
  t.same(kept?.timesMs, held?.timesMs.slice(0, 1), 'its own are its own');
  t.same(
    kept?.names.map(({ timesMs }) => timesMs.length),
    [1, 0],
  );
  store.close();
});

t.test('a damaged database is set aside with a message, and a new one begun', async (t) => {
  const dir = t.testdir({ 'cenote.db': 'this is no database, '.repeat(1000) });
  const { store, states } = open(join(dir, 'cenote.db'));
  t.match(states, [{ kind: 'setAside' }]);
  t.ok(store.write((tables) => tables.hits.write([hitOf()], [])));
  t.equal(rowsIn(store), 1);
  t.ok(readdirSync(dir).some((name) => name.startsWith('cenote.db.damaged-2026-11-23')));
});

t.test('a database that is damaged while in use is set aside too', async (t) => {
  const dir = t.testdir();
  const path = join(dir, 'cenote.db');
  const first = open(path);
  first.store.write((tables) =>
    tables.hits.write(
      Array.from({ length: 500 }, () => hitOf()),
      [],
    ),
  );
  first.store.close();
  const damaged = Buffer.alloc(200_000, 0xa5);
  const { store, states } = open(path);
  writeFileSync(path, damaged);
  for (let i = 0; i < 3 && states.length === 0; i += 1)
    store.write((tables) => tables.hits.write([hitOf()], []));
  t.match(states, [{ kind: 'setAside' }]);
  t.ok(store.write((tables) => tables.hits.write([hitOf()], [])));
});

t.test('a database that was removed or moved away is begun anew', async (t) => {
  const dir = t.testdir();
  const path = join(dir, 'cenote.db');
  const { store } = open(path);
  store.write((tables) => tables.hits.write([hitOf()], []));
  renameSync(path, join(dir, 'away.db'));
  t.ok(store.write((tables) => tables.hits.write([hitOf()], [])));
  t.equal(rowsIn(store), 1);
});

t.test('a full disk fails the write and loses nothing of what was stored', async (t) => {
  const disk = smallDisk(t, 1024 * 1024);
  if (disk === null) return;
  const filler = join(disk.path, 'filler');
  writeFileSync(filler, Buffer.alloc(256 * 1024));
  const { store, states } = open(join(disk.path, 'cenote.db'));
  let stored = 0;
  for (let i = 0; i < 200 && states.length === 0; i += 1)
    if (
      store.write((tables) =>
        tables.hits.write(
          Array.from({ length: 100 }, () => hitOf()),
          [],
        ),
      )
    )
      stored += 100;
  t.match(states, [{ kind: 'failing' }]);
  t.equal(rowsIn(store), stored);
  rmSync(filler);
  t.ok(store.write((tables) => tables.hits.write([hitOf()], [])));
  t.match(states, [{ kind: 'failing' }, { kind: 'working' }]);
  store.close();
});

t.test('a store of an earlier version waits for room for its copy, and takes none meanwhile', async (t) => {
  const disk = smallDisk(t, 1024 * 1024);
  if (disk === null) return;
  const path = join(disk.path, 'cenote.db');
  const before = new DatabaseSync(path);
  before.exec(`${VERSION_1} CREATE TABLE big (x); INSERT INTO big VALUES (zeroblob(500000))`);
  before.close();
  const free = (): number => statfsSync(disk.path).bavail;
  const { store, states } = open(path);
  const waits = [{ kind: 'failing', error: /no room to take it over .*: \d MB are needed, \d MB are free/ }];
  t.match(states, waits);
  const left = free();
  t.notOk(store.write(() => {}));
  t.equal(free(), left);
  t.match(states, waits);
  t.equal(states.length, 1, 'not at each try');
  t.same(
    readdirSync(disk.path).filter((name) => name.includes('version')),
    [],
  );
  store.close();
});

for (const [what, old, isOfThis] of [
  ['a take-over that was cut short in its first step needs no more room than it had', VERSION_1, true],
  ['a take-over that was cut short after a step needs no more room than it had', VERSION_2, true],
  ['a copy of a store that was set aside is none of this one', VERSION_2, false],
] as const)
  t.test(what, async (t) => {
    const disk = smallDisk(t, 6 * 1024 * 1024);
    if (disk === null) return;
    const path = join(disk.path, 'cenote.db');
    const before = new DatabaseSync(path);
    before.exec(`${old} CREATE TABLE big (x); INSERT INTO big VALUES (zeroblob(1000000))`);
    before.close();
    const { size } = statSync(path);
    const copy = join(disk.path, 'cenote.db.version-1');
    writeFileSync(copy, Buffer.alloc(size));
    if (!isOfThis) utimesSync(copy, 0, 0);
    const { bavail, bsize } = statfsSync(disk.path);
    writeFileSync(join(disk.path, 'filler'), Buffer.alloc(bavail * bsize - Math.ceil(size * 0.7)));
    const { store, states } = open(path);
    t.same(
      states.map(({ kind }) => kind),
      isOfThis ? ['takingOver', 'takenOver'] : ['failing'],
    );
    t.equal(rowsIn(store), isOfThis ? 1 : -1);
    store.close();
  });

t.test('a directory that cannot be made fails until it can', async (t) => {
  const parent = join(t.testdir({ data: '' }), 'data');
  const { store } = open(join(parent, 'cenote.db'));
  t.notOk(store.write(() => {}));
  rmSync(parent);
  t.ok(store.write((tables) => tables.hits.write([hitOf()], [])));
});

t.test('hits past their time are removed', async (t) => {
  const { store } = open(join(t.testdir(), 'cenote.db'));
  store.write((tables) => tables.hits.write([hitOf({ time: '2024-01-01T00:00:00.000Z' }), hitOf()], []));
  const shared = (): unknown[] =>
    store.read(
      ({ database }) =>
        database
          .prepare('SELECT ip FROM hitClients ORDER BY ip')
          .all()
          .map((row) => row['ip']),
      [],
    );
  const old = hitOf({ time: '2024-01-01T00:00:00.000Z' });
  store.write((tables) => tables.hits.write([{ ...old, client: { ...old.client, ip: '192.0.2.99' } }], []));
  t.equal(shared().length, 2);
  store.write((tables) => tables.hits.removeBefore(START_MS - 1000));
  t.equal(rowsIn(store), 1);
  store.write((tables) => {
    removeUnshared(tables.database);
    tables.hits.forget();
  });
  store.write((tables) => tables.hits.write([hitOf()], []));
  t.notOk(shared().includes('192.0.2.99'), 'nor does who asked then and never again stay');
});

t.test('what was told and what lists of others had stays noted through a name that is there already', (t) => {
  const { store } = open(join(t.testdir(), 'cenote.db'));
  const told = { machine: 'm', name: 'evil.example', list: 'cx' };
  t.ok(
    store.write(({ told: table, elsewhere }) => {
      table.write({ ...told, campaign: 'Old' }, 2000);
      table.write({ ...told, campaign: 'New' }, 1000);
      table.write({ ...told, campaign: null }, 3000);
      table.write({ ...told, list: 'cy', campaign: null }, 4000);
      for (const day of [1, 2, 5]) elsewhere.add(9, { list: 'cx', campaign: 'Old' }, day);
      elsewhere.add(9, { list: 'cx', campaign: 'New' }, 1);
    }),
  );
  const spans = () =>
    store
      .read((tables) => tables.elsewhere.of(9), [])
      .map((span) => Object.values(span).join(' '))
      .sort();
  t.same(spans(), ['cx New 1 1', 'cx Old 1 2', 'cx Old 5 5'], 'days between are not made up');
  store.write((tables) => {
    for (const table of [tables.told, tables.elsewhere]) {
      table.retitle('Old', 'New');
      table.relist('cx', 'cy');
    }
  });
  t.same(spans(), ['cy New 1 2', 'cy New 5 5']);
  const until = (campaign: string | null, list: string) =>
    store.read((tables) => tables.told.untilMs({ ...told, list, campaign }), -1);
  t.equal(until('New', 'cy'), 4000, 'of the list itself the later one');
  t.equal(until('New', 'cz'), 2000, 'the later of both titles');
  t.ok(store.write((tables) => tables.elsewhere.removeBefore(5)));
  t.same(spans(), ['cy New 5 5']);
  store.close();
  t.end();
});

t.test('a head office that is joined late gets the latest incidents, as many as are kept', (t) => {
  const path = join(t.testdir(), 'cenote.db');
  const { store } = open(path);
  store.close();
  const database = new DatabaseSync(path);
  for (const [i, id] of ['A', 'B', 'C'].entries())
    database
      .prepare(`INSERT INTO incidents (id, subject, state, openedMs, lastMs, hits, furtherHits, sums, newsMs)
        VALUES (?, '', 'closed', ?, 0, 0, 0, '{}', 0)`)
      .run(id, START_MS + i);
  const notes = new NotesTable(database, 2);
  notes.begin();
  t.same(
    notes.after(0, 10).map(({ id }) => id),
    ['B', 'C'],
  );
  database.close();
  t.end();
});
