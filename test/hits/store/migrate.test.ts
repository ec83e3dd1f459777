// Steps from one version of the store to the next: what the old tables said is said by the new ones.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import t from 'tap';
import { LED } from '../../../src/events/led-to.ts';
import { SCHEMA_VERSION } from '../../../src/hits/store/schema.ts';
import { Store, type StoreState, type Tables } from '../../../src/hits/store/store.ts';
import { VERSION_1, VERSION_6 } from '../../support/hits-old-store.ts';
import { START_MS } from '../../support/hits-records.ts';

/** A store of this text, as it was written, opened by this release. */
function takenOver(path: string, old: string) {
  const before = new DatabaseSync(path);
  before.exec(old);
  before.close();
  const kinds: StoreState['kind'][] = [];
  const store = new Store({ path, now: () => START_MS, report: ({ kind }) => kinds.push(kind), busyMs: 20 });
  return { store, kinds };
}

const tablesIn = ({ database }: Tables): unknown[] =>
  database
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")
    .all()
    .map(({ name }) => name);

const TAKEN_OVER = ['takingOver', 'takenOver'];
const SHOP = 4;
const NEWS = 5;

t.test('spans of a store of version 6 are the first of several, and go on', (t) => {
  const { store, kinds } = takenOver(join(t.testdir(), 'cenote.db'), VERSION_6);
  t.same(kinds, TAKEN_OVER);
  store.read((tables) => {
    const { led, elsewhere, told, database } = tables;
    t.match(database.prepare('PRAGMA user_version').get(), { user_version: SCHEMA_VERSION });
    t.same(
      ['ledTo', 'elsewhere'].filter((name) => tablesIn(tables).includes(name)),
      [],
      'the old tables are gone',
    );
    t.same(led.ledTo('edge.cdn.example', false), [
      { name: SHOP, fromDay: 20_780, toDay: 20_785 },
      { name: NEWS, fromDay: 20_781, toDay: 20_781 },
    ]);
    t.same(led.ledTo('192.0.2.66', true), [{ name: SHOP, fromDay: 20_783, toDay: 20_784 }]);
    t.same(led.below('cdn.example'), ['edge.cdn.example']);
    t.same(elsewhere.of(SHOP), [
      { list: 'cx', campaign: null, fromDay: 20_780, toDay: 20_785 },
      { list: 'cx', campaign: 'Old', fromDay: 20_782, toDay: 20_782 },
    ]);
    t.same(elsewhere.of(NEWS), [{ list: 'cy', campaign: 'Old', fromDay: 20_785, toDay: 20_785 }]);
    t.equal(
      told.untilMs({ machine: 'm', name: 'shop.example', list: 'cx', campaign: 'Old' }),
      1_795_424_400_123,
    );
  }, undefined);
  const address = Uint8Array.of(LED.address, 16, ...new Uint8Array(10), 255, 255, 192, 0, 2, 66);
  t.ok(
    store.write(({ led, elsewhere }) => {
      led.add(address, SHOP, 20_786);
      elsewhere.add(SHOP, { list: 'cx', campaign: null }, 20_786);
      elsewhere.add(SHOP, { list: 'cx', campaign: 'Old' }, 20_786);
    }),
  );
  store.read(({ led, elsewhere }) => {
    t.same(led.ledTo('192.0.2.66', true), [{ name: SHOP, fromDay: 20_783, toDay: 20_786 }]);
    t.same(
      elsewhere.of(SHOP),
      [
        { list: 'cx', campaign: null, fromDay: 20_780, toDay: 20_786 },
        { list: 'cx', campaign: 'Old', fromDay: 20_782, toDay: 20_782 },
        { list: 'cx', campaign: 'Old', fromDay: 20_786, toDay: 20_786 },
      ],
      'after days without a note it is another span',
    );
  }, undefined);
  t.same(kinds, TAKEN_OVER);
  store.close();
  t.end();
});

t.test('how a time that was watched ended is not known of a store of version 6', (t) => {
  const row = 'INSERT INTO watched (fromMs, toMs, history, lost) VALUES (1000, 2000, 1, 0);';
  const { store, kinds } = takenOver(join(t.testdir(), 'cenote.db'), `${VERSION_6} ${row}`);
  const watched = store.read((tables) => tables.watched.since(0), []);
  t.match(watched, [{ fromMs: 1000, toMs: 2000, keptToMs: 0, isClosed: null, jumpedFromMs: null }]);
  t.same(kinds, TAKEN_OVER);
  store.close();
  t.end();
});

t.test(
  'what an older release told as blocked is not recorded where some of it may have been rewritten',
  (t) => {
    const body = (outcome: string): string =>
      `INSERT INTO hitKinds VALUES (9, '${JSON.stringify({ outcome })}', 'cx');
    INSERT INTO incidentParts VALUES ('1', 0, '${JSON.stringify({ past: { hits: 3, got: { answered: 1, blocked: 2 } } })}');`;
    for (const [outcome, got] of [
      ['rewritten', { answered: 1 }],
      ['blocked', { answered: 1, blocked: 2 }],
    ] as const) {
      const { store, kinds } = takenOver(join(t.testdir(), 'cenote.db'), `${VERSION_6} ${body(outcome)}`);
      const part = store.read(
        ({ database }) => database.prepare('SELECT content FROM incidentParts WHERE part = 0').get(),
        undefined,
      );
      t.same(JSON.parse(String(part?.['content'])), { past: { hits: 3, got } }, outcome);
      t.same(kinds, TAKEN_OVER);
      store.close();
    }
    t.end();
  },
);

t.test('whose hits a batch has is a list where it was a row a client', (t) => {
  const rows = 'INSERT INTO hitBatchClients VALUES (3, 1), (3, 4097), (5, 1);';
  const { store, kinds } = takenOver(join(t.testdir(), 'cenote.db'), `${VERSION_6} ${rows}`);
  store.read((tables) => {
    t.same(tables.database.prepare('SELECT * FROM hitClientLists').all(), [
      { batch: 1, clients: '[3,5]' },
      { batch: 4097, clients: '[3]' },
    ]);
    t.notOk(tablesIn(tables).includes('hitBatchClients'));
  }, undefined);
  t.same(kinds, TAKEN_OVER);
  store.close();
  t.end();
});

t.test('hits of a store of version 1 are found by their time', (t) => {
  const { store, kinds } = takenOver(join(t.testdir(), 'cenote.db'), VERSION_1);
  store.read(({ database }) => {
    t.match(database.prepare("SELECT sql FROM sqlite_schema WHERE name = 'hitsByTime'").get(), {
      sql: 'CREATE INDEX hitsByTime ON hits (timeMs)',
    });
    t.match(database.prepare('PRAGMA integrity_check').get(), { integrity_check: 'ok' });
  }, undefined);
  t.same(kinds, TAKEN_OVER);
  store.close();
  t.end();
});

t.test('copies of starts that were cut short go, too, once all steps have succeeded', (t) => {
  const left = ['cenote.db.version-2', 'cenote.db.version-6', 'cenote.db.version-6.part'];
  const dir = t.testdir(Object.fromEntries(left.map((name) => [name, 'of a start before'])));
  const { store, kinds } = takenOver(join(dir, 'cenote.db'), VERSION_6);
  t.same(kinds, TAKEN_OVER);
  store.close();
  t.same(
    readdirSync(dir).filter((name) => name.includes('version')),
    [],
  );
  t.end();
});
