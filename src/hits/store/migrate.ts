// Stores of earlier releases are taken over where they are: what they know stays, what they did not note is said to be unrecorded.
//
// Each step runs in a transaction of its own, with the version it leads to; a step that is cut short is made again at the next
// start. Until all have succeeded a copy of the file lies beside it.
import { constants, copyFileSync, renameSync, rmSync, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { idOfAddress } from '../../clients/machine.ts';
import { megabytes } from '../../config/values/grouped.ts';
import { textToAddress } from '../../wire/names/address.ts';
import {
  ASKERS,
  DAY_MS,
  dayOfTable,
  ELSEWHERE,
  HIT_BATCHES,
  HIT_BLOCKS,
  HITS_A_BLOCK,
  INCIDENT_PARTS,
  LED_TO,
  NOTES,
  NUMBERING,
  oldDayTable,
  PART,
  TELLINGS,
  TITLES,
  TOLD,
  WATCHED,
} from './schema.ts';

type Step = (database: DatabaseSync) => void;

/** By the version that each step begins with. */
const STEPS: ReadonlyMap<number, Step> = new Map([
  [1, shareTexts],
  [
    2,
    (database) =>
      database.exec('ALTER TABLE hits ADD COLUMN matches; ALTER TABLE hits ADD COLUMN visit TEXT;'),
  ],
  [
    3,
    // Days of history stay as they are, and go when their time is over; their clients become machines known by address.
    (database) => {
      database.exec(`${ASKERS} ${TOLD}`);
      const add = database.prepare('INSERT INTO askers (id, key, machine, ip, day) VALUES (?, ?, ?, ?, ?)');
      for (const { id, ip, day } of database.prepare('SELECT id, ip, day FROM clients').all()) {
        const machine = machineOf(String(ip));
        add.run(
          Number(id),
          JSON.stringify([machine, ip, null, null, null]),
          machine,
          String(ip),
          Number(day),
        );
      }
      const tell = database.prepare("INSERT OR IGNORE INTO told VALUES (?, ?, ?, '', ?)");
      for (const { client, name, list, lastMs } of database.prepare('SELECT * FROM hunted').all())
        tell.run(machineOf(String(client)), String(name), String(list), Number(lastMs));
      database.exec('DROP TABLE clients; DROP TABLE hunted');
      noteWatched(database);
    },
  ],
  [
    4,
    (database) => {
      database.exec(`${HIT_BLOCKS}
        INSERT OR IGNORE INTO hitBlocks SELECT client, number / ${HITS_A_BLOCK} FROM hits ${inOrderOfClients(database)};
        DROP INDEX IF EXISTS hitsByClient`);
      splitIncidents(database);
    },
  ],
  // Rows of hits stay rows.
  [5, (database) => database.exec(HIT_BATCHES)],
  // One span for all days between the first and the last becomes the first of several.
  [
    6,
    (database) => {
      database.exec(`${LED_TO}${ELSEWHERE}`);
      moveRows(database, 'ledTo', 'ledOn');
      moveRows(database, 'elsewhere', 'elsewhereOn');
    },
  ],
  [7, (database) => database.exec(NUMBERING + NOTES)],
  [8, (database) => database.exec(TITLES)],
  [
    9,
    (database) => {
      noteEnds(database);
      forgetMixed(database);
    },
  ],
  [10, noteUnnamed],
  // What was told before stands in the table of times.
  [11, (database) => database.exec(TELLINGS)],
  [12, listClients],
]);

/** Whose hits a batch has was a row a client. */
function listClients(database: DatabaseSync): void {
  database.exec(HIT_BATCHES);
  if (database.prepare('PRAGMA table_info(hitBatchClients)').all().length === 0) return;
  database.exec(`INSERT INTO hitClientLists SELECT batch, json_group_array(client) FROM hitBatchClients GROUP BY batch;
    DROP TABLE hitBatchClients`);
}

/** @param from of the same columns; it may not be there, and is not afterwards */
function moveRows(database: DatabaseSync, from: string, to: string): void {
  if (database.prepare(`PRAGMA table_info(${from})`).all().length === 0) return;
  database.exec(`INSERT INTO ${to} SELECT * FROM ${from}; DROP TABLE ${from}`);
}

/**
 * Columns of a hit with a label each become two texts that hits share; sums and times of an incident leave its body.
 * The index is there before the rows, which come in about its order: made of all of them it would be sorted in memory.
 */
function shareTexts(database: DatabaseSync): void {
  const label = (column: string): string => `(SELECT text FROM labels WHERE labels.id = old.${column})`;
  const client = `json_object('ip', ip, 'name', ${label('clientName')}, 'mac', ${label('mac')}, 'group', ${label('clientGroup')})`;
  const kind = `json_object('type', type, 'class', class, 'transport', transport, 'verdict', verdict, 'list', ${label('list')},
    'answer', json(coalesce(${label('answer')}, '[]')), 'indicator', json(coalesce(${label('indicator')}, 'null')), 'worker', worker)`;
  database.exec(`
    ALTER TABLE hits RENAME TO old; DROP INDEX IF EXISTS hitsByTime; DROP INDEX IF EXISTS hitsByClient;
    CREATE TABLE hitKinds (id INTEGER PRIMARY KEY, body TEXT NOT NULL UNIQUE, list TEXT NOT NULL);
    CREATE TABLE hitClients (id INTEGER PRIMARY KEY, body TEXT NOT NULL UNIQUE, ip TEXT NOT NULL);
    CREATE TABLE hits (number INTEGER PRIMARY KEY, id TEXT NOT NULL, timeMs INTEGER NOT NULL, count INTEGER NOT NULL,
      client INTEGER NOT NULL, kind INTEGER NOT NULL, name TEXT NOT NULL, rule NOT NULL, via TEXT);
    CREATE INDEX hitsByTime ON hits (timeMs);
    INSERT OR IGNORE INTO hitKinds (body, list) SELECT ${kind}, ${label('list')} FROM old;
    INSERT OR IGNORE INTO hitClients (body, ip) SELECT ${client}, ip FROM old;
    INSERT INTO hits SELECT number, id, timeMs, count, (SELECT id FROM hitClients WHERE body = ${client}),
      (SELECT id FROM hitKinds WHERE body = ${kind}), name,
      CASE WHEN substr(name, -length(rule)) = rule THEN length(rule) ELSE rule END, via FROM old;
    DROP TABLE old; DROP TABLE labels;
    ALTER TABLE incidents ADD COLUMN hits INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE incidents ADD COLUMN furtherHits INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE incidents ADD COLUMN times TEXT NOT NULL DEFAULT '[]';
    UPDATE incidents SET hits = body ->> '$.hits', furtherHits = body ->> '$.furtherHits', times =
      (SELECT json_group_array(json(coalesce(value -> '$.timesMs', '[]'))) FROM json_each(body, '$.names'));
  `);
}

/** By the index that is dropped behind it: rows come in about the order of what is made of them, in a third to a fourteenth of the time. */
function inOrderOfClients(database: DatabaseSync): string {
  const isThere = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'hitsByClient'").get();
  return isThere === undefined ? '' : 'INDEXED BY hitsByClient';
}

/** What is big of an incident goes into a table of its own. */
function splitIncidents(database: DatabaseSync): void {
  const columns = database.prepare('PRAGMA table_info(incidents)').all();
  if (!columns.some(({ name }) => name === 'newsMs'))
    database.exec(`ALTER TABLE incidents ADD COLUMN sums TEXT NOT NULL DEFAULT '{}';
      ALTER TABLE incidents ADD COLUMN newsMs INTEGER NOT NULL DEFAULT 0;
      UPDATE incidents SET newsMs = max(openedMs, lastMs);`);
  database.exec(`${INCIDENT_PARTS}
    INSERT INTO incidentParts SELECT id, ${PART.body}, body FROM incidents;
    INSERT INTO incidentParts SELECT id, ${PART.times}, times FROM incidents;
    ALTER TABLE incidents DROP COLUMN body; ALTER TABLE incidents DROP COLUMN times;`);
}

/** What was kept before was watched, with gaps that nobody noted. */
function noteWatched(database: DatabaseSync): void {
  database.exec(WATCHED);
  const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
  const days = tables.flatMap(({ name }) => dayOfTable(String(name)) ?? []).sort((a, b) => a - b);
  const [first] = days;
  const last = days.at(-1);
  if (first === undefined || last === undefined) return;
  const row = database.prepare(`SELECT max(first + span) AS end FROM ${oldDayTable(last)}`).get();
  const toMs = last * DAY_MS + Number(row?.['end'] ?? 0) * 1000;
  database
    .prepare('INSERT INTO watched (fromMs, toMs, history, lost) VALUES (?, ?, 1, -1)')
    .run(first * DAY_MS, toMs);
}

/** How a time that was watched ended, and whether a jump of the clock began it, was not noted before. */
function noteEnds(database: DatabaseSync): void {
  const columns = database.prepare('PRAGMA table_info(watched)').all();
  if (columns.some(({ name }) => name === 'keptToMs')) return;
  database.exec(`ALTER TABLE watched ADD COLUMN keptToMs INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE watched ADD COLUMN isClosed INTEGER; ALTER TABLE watched ADD COLUMN jumpedFromMs INTEGER;`);
}

/** Of what was found in the past, "blocked" was said of rewritten answers too: where there were any, which of the two it was is not recorded. */
function forgetMixed(database: DatabaseSync): void {
  const rewritten = `SELECT 1 FROM hitKinds WHERE json_extract(body, '$.outcome') = 'rewritten'`;
  if (database.prepare(`${rewritten} LIMIT 1`).get() === undefined) return;
  database.exec(`UPDATE incidentParts SET content = json_remove(content, '$.past.got.blocked')
    WHERE part = ${PART.body} AND json_extract(content, '$.past.got.blocked') IS NOT NULL`);
}

/** How many names were not kept was not noted before. */
function noteUnnamed(database: DatabaseSync): void {
  const columns = database.prepare('PRAGMA table_info(watched)').all();
  if (!columns.some(({ name }) => name === 'unnamed'))
    database.exec('ALTER TABLE watched ADD COLUMN unnamed INTEGER NOT NULL DEFAULT 0');
}

/** A pseudonym is a machine of its own. */
function machineOf(ip: string): string {
  const address = textToAddress(ip);
  return address === null ? ip : idOfAddress(address, 0);
}

/** Of the size of a store: what its steps write beside the copy. */
const STEPS_SHARE = 0.25;

/** Only where the file system lets two files share their blocks. */
function isCloned(path: string, to: string): boolean {
  try {
    copyFileSync(path, to, constants.COPYFILE_FICLONE_FORCE);
    return true;
  } catch {
    return false;
  }
}

/** It is tried again and again while there is no room: it must not fill each time what journals need meanwhile. */
function needRoom(path: string, needed: number): void {
  const { bavail, bsize } = statfsSync(dirname(path));
  if (bavail * bsize < needed)
    throw new Error(
      `the store is of an earlier version, and there is no room to take it over (${path}): ${megabytes(needed)} are needed, ${megabytes(bavail * bsize)} are free`,
    );
}

/**
 * @param path of the file
 * @param begun told of its size when there is room for all
 * @throws Error when it cannot be written; then it is of a version that the next try goes on from
 */
export function migrate(
  database: DatabaseSync,
  path: string,
  { from, to }: { readonly from: number; readonly to: number },
  begun: (bytes: number) => void,
): void {
  const copyOf = (version: number): string => `${path}.version-${version}`;
  const part = `${copyOf(from)}.part`;
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  // Left by a try that was cut short in its first step: the store is still what they are copies of, and their room is needed.
  for (const left of [part, copyOf(from)]) rmSync(left, { force: true });
  const { size, birthtimeMs } = statSync(path);
  // What a try began with that was cut short after a step. A copy older than the store is of one that was set aside since.
  const isKept = Array.from({ length: from }, (_, version) => copyOf(version)).some(
    (copy) => (statSync(copy, { throwIfNoEntry: false })?.mtimeMs ?? Number.NEGATIVE_INFINITY) >= birthtimeMs,
  );
  const isCopied = isKept || isCloned(path, part);
  needRoom(path, size * (isCopied ? STEPS_SHARE : 1 + STEPS_SHARE));
  begun(size);
  if (!isCopied) copyFileSync(path, part);
  // Whole, or not there under its name.
  if (!isKept) renameSync(part, copyOf(from));
  for (let version = from; version < to; version += 1) {
    const step = STEPS.get(version);
    if (step === undefined) throw new Error(`stores of version ${version} cannot be taken over (${path})`);
    database.exec('BEGIN IMMEDIATE');
    try {
      step(database);
      database.exec(`PRAGMA user_version = ${version + 1}; COMMIT`);
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK');
      throw error;
    }
  }
  // Also those of starts that were cut short between two steps.
  for (let version = 1; version < to; version += 1)
    for (const copy of [copyOf(version), `${copyOf(version)}.part`]) rmSync(copy, { force: true });
}
