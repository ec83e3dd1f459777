// The tables of the store. A day of history is a table of its own, so that retention is a DROP and costs no row a date.
//
// What many hits share is a row of its own (hitKinds, hitClients, JSON); a hit's `rule` is a number when it is that many
// characters at the end of its name, else text; its `matches` are NULL where its own rule is the only one, 0 where there are
// none, else JSON; its `visit` is NULL where it is the first of one. `times` of an incident is the evidence of its beacon score.
// Names of the history are kept with their labels turned round ("com.example.www"), so that a name and all below it are one range.

/** A change of what is below needs a step in migrate.ts: no store is begun anew for it. */
export const SCHEMA_VERSION = 3;

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
CREATE TABLE IF NOT EXISTS clients (id INTEGER PRIMARY KEY, ip TEXT NOT NULL UNIQUE, day INTEGER NOT NULL);

CREATE TABLE IF NOT EXISTS incidents (
  id TEXT PRIMARY KEY, subject TEXT NOT NULL, state TEXT NOT NULL, openedMs INTEGER NOT NULL,
  lastMs INTEGER NOT NULL, hits INTEGER NOT NULL, furtherHits INTEGER NOT NULL, body TEXT NOT NULL, times TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS incidentsByTime ON incidents (lastMs);

CREATE TABLE IF NOT EXISTS hunted (
  client TEXT NOT NULL, list TEXT NOT NULL, name TEXT NOT NULL, lastMs INTEGER NOT NULL,
  PRIMARY KEY (client, list, name)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS outbox (
  id TEXT PRIMARY KEY, sink TEXT NOT NULL, body TEXT NOT NULL
) WITHOUT ROWID;
`;

/** One day of history. `first` is in seconds of the UTC day, `span` the seconds from first to last. */
export function daySchema(table: string): string {
  return `CREATE TABLE IF NOT EXISTS ${table} (
  name INTEGER NOT NULL, client INTEGER NOT NULL, first INTEGER NOT NULL, span INTEGER NOT NULL,
  count INTEGER NOT NULL, blocked INTEGER NOT NULL, PRIMARY KEY (name, client)
) WITHOUT ROWID`;
}

export const DAY_MS = 86_400_000;

/** Days since 1970 of a time. */
export const dayOf = (timeMs: number): number => Math.floor(timeMs / DAY_MS);

export const dayTable = (day: number): string => `day_${day}`;

/** The day whose table this is, null for other tables. */
export function dayOfTable(table: string): number | null {
  const found = /^day_(\d{1,7})$/.exec(table);
  return found === null ? null : Number(found[1]);
}
