// The tables of the store. A day of history is a table of its own, so that retention is a DROP and costs no row a date.
//
// What many hits share is a row of its own (hitKinds, hitClients, JSON); a hit's `rule` is a number when it is that many
// characters at the end of its name, else text; its `matches` are NULL where its own rule is the only one, 0 where there are
// none, else JSON; its `visit` is NULL where it is the first of one. Who asked is found by blocks of hit numbers, not by a row of
// an index for each hit, which cost more than the hit. An incident's sums are small and change with every hit; what is big of
// it lies in incidentParts.
// Names of the history are kept with their labels turned round ("com.example.www"), so that a name and all below it are one range. Each
// stands twice, in its row and in the index, 83 octets for a name of 29. WITHOUT ROWID with an index by number is 88, since that index
// holds the key, which is the name; an index of hashes is 67, and has no ranges.
/** A change of what is below needs a step in migrate.ts: no store is begun anew for it. */
export const SCHEMA_VERSION = 13;

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

/** What a row of history was told of, JSON: campaigns, and lists without one. `day`: the latest of a row that has this number. */
export const TELLINGS = `
CREATE TABLE IF NOT EXISTS tellings (id INTEGER PRIMARY KEY, concerns TEXT NOT NULL, day INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS tellingsByConcerns ON tellings (concerns);
`;

/**
 * From when to when was watched; `history`: whether what is asked for was kept; `lost`: askings that found no room, -1 not noted.
 * `keptToMs`: the newest record that is stored, which may be later than what is known whole; `isClosed`: it ended in order (2: its thread failed), NULL not
 * noted; `jumpedFromMs`: it began because the clock jumped, and this is what the clock said before; `unnamed`: askings of
 * which only a name above theirs is kept.
 */
export const WATCHED = `
CREATE TABLE IF NOT EXISTS watched (
  fromMs INTEGER PRIMARY KEY, toMs INTEGER NOT NULL, history INTEGER NOT NULL, lost INTEGER NOT NULL,
  keptToMs INTEGER NOT NULL DEFAULT 0, isClosed INTEGER, jumpedFromMs INTEGER, unnamed INTEGER NOT NULL DEFAULT 0
);
`;

/** Hits are numbered in the order they are stored; a block is so many numbers. */
export const HITS_A_BLOCK = 2048;

/** Which clients have hits in which block. */
export const HIT_BLOCKS = `
CREATE TABLE IF NOT EXISTS hitBlocks (
  client INTEGER NOT NULL, block INTEGER NOT NULL, PRIMARY KEY (client, block)
) WITHOUT ROWID;
`;

/**
 * Hits that came many at once, as one row (hit-batches.ts): `first` is the number of the first, `kinds` JSON, `queries` what they stand for.
 * Beside it, JSON, whose they are: small, and behind those of the batches before, where a row a client and batch was a page a client to be
 * written with each transaction.
 */
export const HIT_BATCHES = `
CREATE TABLE IF NOT EXISTS hitBatches (
  first INTEGER PRIMARY KEY, fromMs INTEGER NOT NULL, toMs INTEGER NOT NULL, rows INTEGER NOT NULL, queries INTEGER NOT NULL,
  kinds TEXT NOT NULL, names BLOB NOT NULL, content BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS hitBatchesByTime ON hitBatches (toMs);
CREATE TABLE IF NOT EXISTS hitClientLists (batch INTEGER PRIMARY KEY, clients TEXT NOT NULL);
`;

/**
 * Parts of an incident. `counts` are those of its names, four numbers each, in place of what the body says of them; `times` is the
 * evidence of its beacon score; from `further` on are the hashes of names that it only counts, FURTHER_A_PART each.
 */
export const PART = { counts: -1, body: 0, times: 1, further: 2 } as const;
export const FURTHER_A_PART = 64;

/** What of an incident is big, in pieces that change apart. */
export const INCIDENT_PARTS = `
CREATE TABLE IF NOT EXISTS incidentParts (
  incident TEXT NOT NULL, part INTEGER NOT NULL, content NOT NULL, PRIMARY KEY (incident, part)
) WITHOUT ROWID;
`;

/** What names led to, by spans of days: `@` before an address, else a name with its labels turned round. */
export const LED_TO = `
CREATE TABLE IF NOT EXISTS ledOn (
  target TEXT NOT NULL, name INTEGER NOT NULL, fromDay INTEGER NOT NULL, toDay INTEGER NOT NULL,
  PRIMARY KEY (target, name, fromDay)
) WITHOUT ROWID;
`;

/** Which lists of other groups had a name on the days on which it was asked for: a span is of days in a row. */
export const ELSEWHERE = `
CREATE TABLE IF NOT EXISTS elsewhereOn (
  name INTEGER NOT NULL, list TEXT NOT NULL, campaign TEXT NOT NULL, fromDay INTEGER NOT NULL, toDay INTEGER NOT NULL,
  PRIMARY KEY (name, list, campaign, fromDay)
) WITHOUT ROWID;
`;

/** `epoch`: another for each store that is begun, so that a number means one hit; `next`: the least number that was never given. */
export const NUMBERING = `
CREATE TABLE IF NOT EXISTS numbering (epoch TEXT NOT NULL, next INTEGER NOT NULL);
INSERT INTO numbering SELECT lower(hex(randomblob(16))), 1 WHERE NOT EXISTS (SELECT 1 FROM numbering);
`;

/** What a site tells its head office beside hits; `body` is null where an incident is read when it is told. */
export const NOTES = `
CREATE TABLE IF NOT EXISTS notes (
  number INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, id TEXT NOT NULL, body TEXT, UNIQUE (kind, id)
);
`;

/** Names of lists, and titles of the campaigns that each has ('' beside them), as they were last. */
export const TITLES = `
CREATE TABLE IF NOT EXISTS titles (list TEXT NOT NULL, campaign TEXT NOT NULL, PRIMARY KEY (list, campaign)) WITHOUT ROWID;
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
${HIT_BLOCKS}${HIT_BATCHES}${NUMBERING}${NOTES}
CREATE TABLE IF NOT EXISTS names (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, day INTEGER NOT NULL);
${ASKERS}
CREATE TABLE IF NOT EXISTS incidents (
  id TEXT PRIMARY KEY, subject TEXT NOT NULL, state TEXT NOT NULL, openedMs INTEGER NOT NULL,
  lastMs INTEGER NOT NULL, hits INTEGER NOT NULL, furtherHits INTEGER NOT NULL, sums TEXT NOT NULL, newsMs INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS incidentsByNews ON incidents (newsMs);
CREATE INDEX IF NOT EXISTS incidentsBySubject ON incidents (subject, newsMs);
${INCIDENT_PARTS}
${TOLD}${TELLINGS}${LED_TO}${ELSEWHERE}${TITLES}
CREATE TABLE IF NOT EXISTS outbox (
  id TEXT PRIMARY KEY, sink TEXT NOT NULL, body TEXT NOT NULL
) WITHOUT ROWID;
${WATCHED}`;

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
