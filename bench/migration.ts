// A store as releases up to version 2 wrote it, taken over by this one: how long it takes, whether every row is still there, how
// much memory it needs, and what a release that is too old for a store says of it.
//
// 20 million rows of history (90 days, 1,000 clients, 300,000 names) and as many hits, each of another machine than the one before, so that
// each machine is in each block of them; 1,000 incidents beside them.
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { oldDayTable, SCHEMA_VERSION } from '../src/hits/store/schema.ts';
import { Store, type Tables } from '../src/hits/store/store.ts';

export interface MigrationRow {
  readonly rows: number;
  readonly storeMiB: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  /** Above what the process had before. */
  readonly peakMiB: number;
  /** By their number and sums over their columns, before and after. */
  readonly isHistoryEqual: boolean;
  readonly areHitsEqual: boolean;
  /** Hits of one machine, by what was made of them. */
  readonly hitsOfOne: number;
  readonly downgrade: string;
}

const DAYS = 90;
const LAST_DAY = 20_785;
const CLIENTS = 1000;
const NAMES = 300_000;
const MIB = 1_048_576;

/** The tables of version 2, as that release wrote them. */
const VERSION_2 = `
PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA user_version = 2;
CREATE TABLE watermarks (boot TEXT NOT NULL, worker INTEGER NOT NULL, sequence INTEGER NOT NULL, PRIMARY KEY (boot, worker)) WITHOUT ROWID;
CREATE TABLE hitKinds (id INTEGER PRIMARY KEY, body TEXT NOT NULL UNIQUE, list TEXT NOT NULL);
CREATE TABLE hitClients (id INTEGER PRIMARY KEY, body TEXT NOT NULL UNIQUE, ip TEXT NOT NULL);
CREATE INDEX hitClientsByIp ON hitClients (ip);
CREATE TABLE hits (number INTEGER PRIMARY KEY, id TEXT NOT NULL, timeMs INTEGER NOT NULL, count INTEGER NOT NULL,
  client INTEGER NOT NULL, kind INTEGER NOT NULL, name TEXT NOT NULL, rule NOT NULL, via TEXT);
CREATE TABLE names (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, day INTEGER NOT NULL);
CREATE TABLE clients (id INTEGER PRIMARY KEY, ip TEXT NOT NULL UNIQUE, day INTEGER NOT NULL);
CREATE TABLE incidents (id TEXT PRIMARY KEY, subject TEXT NOT NULL, state TEXT NOT NULL, openedMs INTEGER NOT NULL,
  lastMs INTEGER NOT NULL, hits INTEGER NOT NULL, furtherHits INTEGER NOT NULL, body TEXT NOT NULL, times TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX incidentsByTime ON incidents (lastMs);
CREATE TABLE hunted (client TEXT NOT NULL, list TEXT NOT NULL, name TEXT NOT NULL, lastMs INTEGER NOT NULL,
  PRIMARY KEY (client, list, name)) WITHOUT ROWID;
CREATE TABLE outbox (id TEXT PRIMARY KEY, sink TEXT NOT NULL, body TEXT NOT NULL) WITHOUT ROWID;`;

/** Made of all rows: they come in another order. */
const INDEXES =
  'CREATE INDEX hitsByTime ON hits (timeMs); CREATE INDEX hitsByClient ON hits (client, timeMs);';

const DAY_MS = 86_400_000;
const upTo = (end: number): string =>
  `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ${end})`;

function writeOld(path: string, rowsADay: number): { rows: string; hits: string } {
  const database = new DatabaseSync(path);
  const firstMs = (LAST_DAY - DAYS) * DAY_MS;
  const hits = rowsADay * DAYS;
  const stepMs = Math.floor((DAYS * DAY_MS) / hits);
  const body = `json_object('id', printf('OLD%06d', i), 'subject', printf('192.0.2.%d C%d', i % 250, i), 'state', 'closed',
    'severity', 'high', 'client', json_object('ip', printf('192.0.2.%d', i % 250), 'name', NULL, 'mac', NULL, 'group', 'default'),
    'list', 'cx', 'campaign', printf('C%d', i), 'indicator', NULL, 'retrospective', json('false'), 'openedMs', ${firstMs} + i,
    'firstMs', ${firstMs} + i, 'lastMs', ${firstMs} + i, 'closedMs', ${firstMs} + i + 1, 'acknowledgedMs', NULL, 'hits', 1,
    'names', json_array(), 'furtherHits', 1, 'beacon', NULL)`;
  database.exec(`${VERSION_2} BEGIN;
    ${upTo(NAMES)} INSERT INTO names SELECT i + 1, printf('example.site-%06d.www', i), ${LAST_DAY} FROM n;
    ${upTo(CLIENTS)} INSERT INTO clients SELECT i + 1, printf('198.51.%d.%d', i / 250, i % 250), ${LAST_DAY} FROM n;
    INSERT INTO hitKinds VALUES (1, '{"type":"A","class":"IN","transport":"udp","verdict":"sinkhole","list":"cx","answer":["0.0.0.0"],"indicator":null,"worker":0}', 'cx');
    ${upTo(CLIENTS)} INSERT INTO hitClients SELECT i + 1,
      printf('{"ip":"198.51.%d.%d","name":null,"mac":null,"group":"default"}', i / 250, i % 250), printf('198.51.%d.%d', i / 250, i % 250) FROM n;
    ${upTo(hits)} INSERT INTO hits SELECT i + 1, printf('H%025d', i), ${firstMs} + i * ${stepMs}, 1, i % ${CLIENTS} + 1, 1,
      printf('www.evil-%d.example', i % 5000), 16, NULL FROM n;
    ${upTo(1000)} INSERT INTO incidents SELECT printf('OLD%06d', i), printf('192.0.2.%d C%d', i % 250, i), 'closed', ${firstMs} + i,
      ${firstMs} + i, 1, 1, ${body}, '[]' FROM n;
    INSERT INTO hunted SELECT ip, 'cx', 'old.example', ${firstMs} FROM clients; COMMIT;`);
  for (let day = LAST_DAY - DAYS + 1; day <= LAST_DAY; day += 1)
    database.exec(`CREATE TABLE ${oldDayTable(day)} (name INTEGER NOT NULL, client INTEGER NOT NULL, first INTEGER NOT NULL,
        span INTEGER NOT NULL, count INTEGER NOT NULL, blocked INTEGER NOT NULL, PRIMARY KEY (name, client)) WITHOUT ROWID;
      ${upTo(rowsADay)} INSERT INTO ${oldDayTable(day)}
        SELECT i % ${NAMES} + 1, (i * 7919 + ${day}) % ${CLIENTS} + 1, i % 80000, i % 6000, i % 9 + 1, i % 50 = 0 FROM n;`);
  database.exec(INDEXES);
  const sums = { rows: sumOfDays({ database }), hits: sumOfHits({ database }) };
  database.close();
  return sums;
}

const sumIn = ({ database }: Pick<Tables, 'database'>, columns: string, table: string): number[] =>
  Object.values(database.prepare(`SELECT count(*), ${columns} FROM ${table}`).get() ?? {}).map(Number);

function sumOfDays(tables: Pick<Tables, 'database'>): string {
  const sums: number[] = [];
  for (let day = LAST_DAY - DAYS + 1; day <= LAST_DAY; day += 1)
    for (const [index, sum] of sumIn(
      tables,
      'sum(name), sum(client), sum(first), sum(span), sum(count), sum(blocked)',
      oldDayTable(day),
    ).entries())
      sums[index] = (sums[index] ?? 0) + sum;
  return sums.join(' ');
}

const sumOfHits = (tables: Pick<Tables, 'database'>): string =>
  sumIn(
    tables,
    'sum(number), sum(timeMs % 1000003), sum(count), sum(client * (number % 997)), sum(kind), sum(length(name)), sum(rule), sum(substr(id, -4) * client)',
    'hits',
  ).join(' ');

/** What this release says of a store that a later one wrote: it is left as it is. */
function sayOfLater(dir: string): string {
  const path = join(dir, 'later.db');
  const database = new DatabaseSync(path);
  database.exec(`PRAGMA user_version = ${SCHEMA_VERSION + 1}; CREATE TABLE x (y)`);
  database.close();
  let said = 'nothing';
  new Store({
    path,
    now: Date.now,
    report: (state) => {
      if ('error' in state) said = state.error.message;
    },
  }).close();
  return said.replaceAll(dir, '…');
}

export function benchMigration(quick: boolean): MigrationRow {
  const dir = mkdtempSync(join(tmpdir(), 'cenote-migration-'));
  try {
    const path = join(dir, 'cenote.db');
    const rowsADay = quick ? 2000 : 222_223;
    const sums = writeOld(path, rowsADay);
    const storeMiB = statSync(path).size / MIB;
    const before = process.resourceUsage().maxRSS;
    const [begin, cpu] = [performance.now(), process.cpuUsage()];
    const problems: string[] = [];
    const store = new Store({
      path,
      now: () => (LAST_DAY + 1) * DAY_MS,
      report: (state) => {
        if ('error' in state) problems.push(state.error.message);
      },
    });
    const seconds = (performance.now() - begin) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    const peakMiB = (process.resourceUsage().maxRSS - before) / 1024;
    const isHistoryEqual = store.read(sumOfDays, '') === sums.rows;
    const areHitsEqual = store.read(sumOfHits, '') === sums.hits;
    const who = { ips: ['198.51.2.7'], machines: [] };
    const hitsOfOne = store.read((tables) => tables.hits.find({ who, limit: 100_000 }).length, -1);
    store.close();
    if (problems.length > 0) throw new Error(`the store was not taken over: ${problems.join()}`);
    return {
      rows: rowsADay * DAYS,
      storeMiB,
      seconds,
      cpuSeconds: (user + system) / 1e6,
      peakMiB,
      isHistoryEqual,
      areHitsEqual,
      hitsOfOne,
      downgrade: sayOfLater(dir),
    };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
