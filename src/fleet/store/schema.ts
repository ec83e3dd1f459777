// The tables of the central store (PostgreSQL, schema `cenote`), and how one of an earlier release becomes one of this.
//
// What many hits share is a row of its own (kinds, clients), as in a site's own store: who asked, and rule, type and outcome, as JSON.
// Names have their labels turned round ("com.example.www"), so that a name and all below it are one range. A life is one epoch of one
// site's store, with how far it is in here: the mark moves in the transaction of the rows that it stands for.
//
// Hits lie in a partition a month, by when they were asked; those of a clock that is wrong by years in the one without bounds.

/** Each is made in one transaction, in its order; one that was released is never changed. */
export const MIGRATIONS: readonly string[] = [
  `
CREATE TABLE cenote.lives (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, site text NOT NULL, epoch text NOT NULL,
  hits bigint NOT NULL DEFAULT 0, lastId uuid, notes bigint NOT NULL DEFAULT 0,
  begun timestamptz NOT NULL DEFAULT now(), committed timestamptz, whole timestamptz,
  UNIQUE (site, epoch)
);
CREATE TABLE cenote.removed (
  life int NOT NULL, hitsAfter bigint NOT NULL, hitsThrough bigint NOT NULL, noted timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (life, hitsAfter)
);
CREATE TABLE cenote.kinds (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, digest uuid NOT NULL UNIQUE, list text NOT NULL, verdict text NOT NULL, body text NOT NULL
);
CREATE TABLE cenote.clients (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, digest uuid NOT NULL UNIQUE, site text NOT NULL, machine text COLLATE "C" NOT NULL,
  own text COLLATE "C" NOT NULL, ip text COLLATE "C" NOT NULL, mac text COLLATE "C", name text COLLATE "C", body text NOT NULL
);
CREATE INDEX clientsByMachine ON cenote.clients (machine);
CREATE INDEX clientsByIp ON cenote.clients (ip);
CREATE INDEX clientsByOwn ON cenote.clients (own);
CREATE INDEX clientsByName ON cenote.clients (lower(name)) WHERE name IS NOT NULL;
CREATE INDEX clientsByMac ON cenote.clients (mac) WHERE mac IS NOT NULL;
CREATE TABLE cenote.names (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, key text COLLATE "C" NOT NULL UNIQUE
);
CREATE TABLE cenote.hits (
  time timestamptz NOT NULL, id uuid NOT NULL, number bigint NOT NULL, name bigint NOT NULL, life int NOT NULL, client int NOT NULL,
  kind int NOT NULL, count int NOT NULL, tail smallint, via bigint, visit uuid, rule text, matches text,
  PRIMARY KEY (time, id)
) PARTITION BY RANGE (time);
CREATE INDEX hitsByName ON cenote.hits (name, time);
CREATE INDEX hitsByVia ON cenote.hits (via, time) WHERE via IS NOT NULL;
CREATE INDEX hitsByClient ON cenote.hits (client, time);
CREATE TABLE cenote.hits_other PARTITION OF cenote.hits DEFAULT;
CREATE TABLE cenote.incidents (
  site text NOT NULL, id text NOT NULL, life int NOT NULL, number bigint NOT NULL, machine text COLLATE "C" NOT NULL, concern text NOT NULL,
  state text NOT NULL, news timestamptz NOT NULL, body text NOT NULL, PRIMARY KEY (site, id)
);
CREATE INDEX incidentsByNews ON cenote.incidents (news);
CREATE INDEX incidentsByConcern ON cenote.incidents (machine, concern);
CREATE TABLE cenote.finds (
  site text NOT NULL, id text NOT NULL, machine text COLLATE "C" NOT NULL, time timestamptz NOT NULL, body text NOT NULL, PRIMARY KEY (site, id)
);
CREATE INDEX findsByTime ON cenote.finds (time);
CREATE TABLE cenote.troubles (
  site text NOT NULL, id text NOT NULL, life int NOT NULL, number bigint NOT NULL, noted timestamptz NOT NULL, state text NOT NULL,
  body text NOT NULL, PRIMARY KEY (site, id)
);
CREATE TABLE cenote.hunts (id uuid PRIMARY KEY, asked timestamptz NOT NULL, body text NOT NULL);
CREATE INDEX huntsByTime ON cenote.hunts (asked);
CREATE TABLE cenote.huntAnswers (
  hunt uuid NOT NULL REFERENCES cenote.hunts (id) ON DELETE CASCADE, site text NOT NULL, answered timestamptz NOT NULL DEFAULT now(),
  body text NOT NULL, PRIMARY KEY (hunt, site)
);
`,
  // What a hunt sums up stands in the index whole (docs/decisions/0123): the rows themselves are not looked up. Others read until the first
  // index is dropped; what takes long is done by then.
  `
SET LOCAL maintenance_work_mem = '256MB';
CREATE INDEX hitsByNameWhole ON cenote.hits (name, time) INCLUDE (client, count);
CREATE INDEX hitsByViaWhole ON cenote.hits (via, time) INCLUDE (name, client, count) WHERE via IS NOT NULL;
DROP INDEX cenote.hitsByName;
DROP INDEX cenote.hitsByVia;
ALTER INDEX cenote.hitsByNameWhole RENAME TO hitsByName;
ALTER INDEX cenote.hitsByViaWhole RENAME TO hitsByVia;
`,
];
