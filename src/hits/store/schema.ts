// The tables of the store. A day of history is a table of its own, so that retention is a DROP and costs no row a date.
//
// What many hits share is a row of its own (hitKinds, hitClients, JSON); a hit's `rule` is a number when it is that many
// characters at the end of its name, else text; its `matches` are NULL where its own rule is the only one, 0 where there are
// none, else JSON; its `visit` is NULL where it is the first of one. `times` of an incident is the evidence of its beacon score.
// Names of the history are kept with their labels turned round ("com.example.www"), so that a name and all below it are one range.
import type { DatabaseSync } from 'node:sqlite';

/** A change of what is below needs a step in migrate.ts: no store is begun anew for it. */
export const SCHEMA_VERSION = 4;

/** Who asked, as was known then: a machine at one address, in one group, under one name. */
export const ASKERS = `
CREATE TABLE IF NOT EXISTS askers (
  id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, machine TEXT NOT NULL, ip TEXT NOT NULL, name TEXT, mac TEXT,
  inGroup TEXT, day INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS askersByMachine ON askers (machine);
`;

/** Until when a machine's asking for a name has been told as past, for a list and campaign. */
export const TOLD = `
CREATE TABLE IF NOT EXISTS told (
  machine TEXT NOT NULL, name TEXT NOT NULL, list TEXT NOT NULL, campaign TEXT NOT NULL, untilMs INTEGER NOT NULL,
  PRIMARY KEY (machine, name, list, campaign)
) WITHOUT ROWID;
`;

/** From when to when was watched; `history`: whether what is asked for was kept; `lost`: askings that found no room, -1 not noted. */
export const WATCHED = `
CREATE TABLE IF NOT EXISTS watched (
  fromMs INTEGER PRIMARY KEY, toMs INTEGER NOT NULL, history INTEGER NOT NULL, lost INTEGER NOT NULL
);
`;

export const SCHEMA = `
CREATE TABLE IF NOT EXISTS watermarks (
  boot TEXT NOT NULL, worker INTEGER NOT NULL, sequence INTEGER NOT NULL,
  PRIMARY KEY (boot, worker)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS hitKinds (id INTEGER PRIMARY KEY, body TEXT NOT NULL UNIQUE, list TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS hitClients (id INTEGER PRIMARY KEY, body TEXT NOT NULL UNIQUE, ip TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS hitClientsByIp ON hitClients (ip);

CREATE TABLE IF NOT EXISTS hits (
  number INTEGER PRIMARY KEY, id TEXT NOT NULL, timeMs INTEGER NOT NULL, count INTEGER NOT NULL,
  client INTEGER NOT NULL, kind INTEGER NOT NULL, name TEXT NOT NULL, rule NOT NULL, via TEXT,
  matches, visit TEXT
);
CREATE INDEX IF NOT EXISTS hitsByTime ON hits (timeMs);
CREATE INDEX IF NOT EXISTS hitsByClient ON hits (client, timeMs);

CREATE TABLE IF NOT EXISTS names (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, day INTEGER NOT NULL);
${ASKERS}
CREATE TABLE IF NOT EXISTS incidents (
  id TEXT PRIMARY KEY, subject TEXT NOT NULL, state TEXT NOT NULL, openedMs INTEGER NOT NULL,
  lastMs INTEGER NOT NULL, hits INTEGER NOT NULL, furtherHits INTEGER NOT NULL, body TEXT NOT NULL, times TEXT NOT NULL,
  sums TEXT NOT NULL DEFAULT '{}', newsMs INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
${TOLD}
CREATE TABLE IF NOT EXISTS outbox (
  id TEXT PRIMARY KEY, sink TEXT NOT NULL, body TEXT NOT NULL
) WITHOUT ROWID;
${WATCHED}`;

/** Gives a store of an earlier release the columns that incidents have gained. */
export function completeIncidents(database: DatabaseSync): void {
  const columns = database.prepare('PRAGMA table_info(incidents)').all();
  if (!columns.some(({ name }) => name === 'newsMs'))
    database.exec(`ALTER TABLE incidents ADD COLUMN sums TEXT NOT NULL DEFAULT '{}';
      ALTER TABLE incidents ADD COLUMN newsMs INTEGER NOT NULL DEFAULT 0;
      UPDATE incidents SET newsMs = max(openedMs, lastMs);`);
  database.exec(`CREATE INDEX IF NOT EXISTS incidentsByNews ON incidents (newsMs);
    CREATE INDEX IF NOT EXISTS incidentsBySubject ON incidents (subject, newsMs);`);
}

/**
 * One day of history: who asked for which name, and what came of it (`got`, see standing.ts). `first` is in seconds of the UTC
 * day, `span` the seconds from first to last; `count` are queries, `visits` those that began a visit, × 16, and the types.
 */
export function daySchema(table: string): string {
  return `CREATE TABLE IF NOT EXISTS ${table} (
  name INTEGER NOT NULL, asker INTEGER NOT NULL, got INTEGER NOT NULL, first INTEGER NOT NULL, span INTEGER NOT NULL,
  count INTEGER NOT NULL, visits INTEGER NOT NULL, PRIMARY KEY (name, asker, got)
) WITHOUT ROWID`;
}

export const DAY_MS = 86_400_000;

/** Days since 1970 of a time. */
export const dayOf = (timeMs: number): number => Math.floor(timeMs / DAY_MS);

export const dayTable = (day: number): string => `asked_${day}`;

/** As releases up to store version 3 wrote them: one row a name and client, with whether any of it was blocked. */
export const oldDayTable = (day: number): string => `day_${day}`;

/** The day whose table this is, null for other tables. */
export function dayOfTable(table: string): number | null {
  const found = /^(?:asked|day)_(\d{1,7})$/.exec(table);
  return found === null ? null : Number(found[1]);
}
