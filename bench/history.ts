// The history of an office: how fast it is written, how big it is, how long the hunt for 10,000 new names takes.
//
// 200 clients, about 1,150 names each a day out of 150,000 (Zipf), 90 days: more than 20 million (day, client, name) rows; first
// 20 days alone, for their size.
// The first two days are written as the daemon writes them, a few seconds' worth a transaction; the rest a day at once.
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Newcomers } from '../src/desk/sightings/newcomers.ts';
import { Sightings } from '../src/desk/sightings/sightings.ts';
import { encodeQuery, QUERY_RECORD_OCTETS_MAX, QueryFacts } from '../src/events/query-record.ts';
import { Draft, putNumber, putU32, RECORD } from '../src/events/record.ts';
import { createRing, RingWriter } from '../src/events/ring.ts';
import type { Asker } from '../src/hits/hit.ts';
import { findAskers, findNames, type HuntTarget } from '../src/hits/hunt/past.ts';
import { DAY_MS } from '../src/hits/store/schema.ts';
import { Store } from '../src/hits/store/store.ts';
import { Query } from '../src/wire/message/query.ts';
import { addressToText } from '../src/wire/names/address.ts';
import { textToName } from '../src/wire/names/presentation.ts';

export interface HistoryRow {
  readonly work: string;
  readonly rows: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly found: number;
  readonly note: string;
}

const CLIENTS = 200;
const NAMES = 150_000;
const QUERIES_A_DAY = 1900;
const BATCH = 2000;
const START_MS = Date.UTC(2026, 8, 1);
const RING_OCTETS: number = 8 * 1024 * 1024;

/** One client asked for one name, `count` times between two moments of a day. */
export interface Sighting {
  readonly host: number;
  readonly name: string;
  readonly firstMs: number;
  readonly lastMs: number;
  readonly count: number;
}

function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

let random = chance(42);
const TOPS = ['com', 'net', 'org', 'io', 'example'];
const HOSTS = ['www', 'api', 'cdn', 'static', 'login'];

/** Five hosts a site, as an office's names are. */
function nameOf(number: number): string {
  const site = Math.floor(number / HOSTS.length);
  return `${HOSTS[number % HOSTS.length]}.site-${site.toString(36)}-${((site * 7919) % 46_656).toString(36)}.${TOPS[site % TOPS.length]}`;
}
const siteOf = (number: number): string => nameOf(number).replace(/^[^.]+\./, '');

function dayOf(day: number): Sighting[] {
  const sightings: Sighting[] = [];
  for (let client = 0; client < CLIENTS; client += 1) {
    const seen = new Map<number, [first: number, last: number, count: number]>();
    for (let i = 0; i < QUERIES_A_DAY; i += 1) {
      const name = Math.min(NAMES - 1, Math.floor(NAMES ** random()) - 1 + Math.floor(random() * 4));
      const at = START_MS + day * DAY_MS + Math.floor((8 + 9 * random()) * 3_600_000);
      const known = seen.get(name);
      if (known === undefined) seen.set(name, [at, at, 1]);
      else seen.set(name, [Math.min(known[0], at), Math.max(known[1], at), known[2] + 1]);
    }
    for (const [name, [firstMs, lastMs, count]] of seen)
      sightings.push({ host: client, name: nameOf(name), firstMs, lastMs, count });
  }
  return sightings;
}

export function benchHistory(quick: boolean): HistoryRow[] {
  const dir = mkdtempSync(join(tmpdir(), 'cenote-history-'));
  const path = join(dir, 'cenote.db');
  const measured = buildHistory(join(dir, 'twenty.db'), 20);
  measured.push(...buildHistory(path, quick ? 6 : 90));
  measured.push(...benchHunts(path));
  rmSync(dir, { recursive: true });
  return measured;
}

/** Writes so many days; the first two as the daemon does, the rest in longer transactions. @param sightingsOf a day */
export function buildHistory(
  path: string,
  days: number,
  sightingsOf: (day: number) => Sighting[] = dayOf,
): HistoryRow[] {
  random = chance(42); // every history is the beginning of the same one
  const store = new Store({ path, now: Date.now, report: (state) => console.error(state) });
  const queries = createRing(RING_OCTETS);
  const ring = new RingWriter(queries);
  const clock = () => performance.now();
  const askers = new Map<string, Asker>();
  const intake = new Sightings({
    rings: [queries],
    privacy: 'none',
    newcomers: new Newcomers(clock),
    askerOf(address) {
      const ip = addressToText(address);
      const client = { ip, name: null, mac: null, group: 'default' };
      const asker = askers.get(ip) ?? { client, machine: ip, through: null };
      askers.set(ip, asker);
      return asker;
    },
    anonymity: { lastingId: (_, machine) => machine, keys: null },
    matcherOf: () => null,
    onAsked: () => {},
  });
  const measured: HistoryRow[] = [];
  let rows = 0;
  for (let day = 0; day < days; day += 1) {
    const sightings = sightingsOf(day);
    rows += sightings.length;
    if (day < 2) shuffle(sightings);
    const used = { seconds: 0, cpuSeconds: 0 };
    const batch = day < 2 ? BATCH : BATCH * 20;
    for (let at = 0; at < sightings.length; at += batch) {
      for (const sighting of sightings.slice(at, at + batch)) record(ring, sighting);
      const timed = timer();
      intake.drain();
      if (!store.write((tables) => intake.writeTo(tables))) throw new Error('the store took nothing');
      intake.written();
      const { seconds, cpuSeconds } = timed();
      used.seconds += seconds;
      used.cpuSeconds += cpuSeconds;
    }
    if (day < 2)
      measured.push({
        work: `write, ${BATCH} rows a transaction`,
        rows: sightings.length,
        ...used,
        found: 0,
        note: `${((used.cpuSeconds * 1e6) / sightings.length).toFixed(1)} µs a row, from the ring to the table`,
      });
  }
  store.close();
  const octets = statSync(path).size;
  measured.push({
    work: `size, ${days} days`,
    rows,
    seconds: 0,
    cpuSeconds: 0,
    found: 0,
    note: `${(octets / rows).toFixed(1)} octets a row, names and clients included (${Math.round(octets / 2 ** 20)} MiB)`,
  });
  return measured;
}

/** 10,000 names, so many of which somebody asked for: sites from the middle of the ranking, neither everybody's nor nobody's. */
export function huntedNames(present: number): string[] {
  return Array.from({ length: 10_000 }, (_, i) =>
    i < present ? siteOf(20_000 + i * 5) : `evil-${(i * 7919).toString(36)}.${TOPS[i % TOPS.length]}`,
  );
}

/** The hunt for 10,000 names through a history that is there already. */
export function benchHunts(path: string): HistoryRow[] {
  const measured: HistoryRow[] = [];
  for (const [present, work] of [
    [0, 'hunt, 10,000 names nobody asked for'],
    [100, 'hunt, 10,000 names, 100 of them asked for'],
    [1000, 'hunt, 10,000 names, 1,000 of them asked for'],
    [5000, 'hunt, 10,000 names, 5,000 of them asked for'],
  ] as const)
    measured.push(hunt(path, present, work));
  return measured;
}

const asked = new Query(new Uint8Array(512), new Uint8Array(512));
const draft = new Draft(QUERY_RECORD_OCTETS_MAX);
const facts = new QueryFacts();

/** As a resolver thread writes it: a record for the first moment, and one for the last with the rest of the count. */
function record(ring: RingWriter, { host, name, firstMs, lastMs, count }: Sighting): void {
  const wire = textToName(name);
  if (wire === null) throw new Error(`not a name: ${name}`);
  asked.qname.set(wire);
  asked.qnameEnd = 12 + wire.length;
  asked.qtype = 1;
  asked.address.set([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 0, 0, host]);
  const put = (timeMs: number, times: number): void => {
    const length = encodeQuery(draft, asked, facts);
    putU32(draft.octets, RECORD.count, times);
    putNumber(draft.octets, RECORD.time, timeMs);
    if (!ring.write(draft.words, 0, length)) throw new Error('the ring is full');
  };
  put(firstMs, 1);
  if (count > 1) put(lastMs, count - 1);
}

/** A store that was just opened, so that nothing is in its cache but what the system holds. */
function hunt(path: string, present: number, work: string): HistoryRow {
  const store = new Store({ path, now: Date.now, report: (state) => console.error(state) });
  const targets = huntedNames(present).map((name): HuntTarget => ({ name, covers: 'subtree' }));
  const tables = store.read((present) => present, null);
  if (tables === null) throw new Error('the store cannot be read');
  const timed = timer();
  const names = findNames(tables.database, targets);
  let found = 0;
  for (const _ of findAskers(tables.history, names, { days: tables.history.days(), sinceMs: 0 })) found += 1;
  const row = { work, rows: 0, ...timed(), found, note: `${names.size} names` };
  store.close();
  return row;
}

function shuffle(items: unknown[]): void {
  for (let i = items.length - 1; i > 0; i -= 1) {
    const other = Math.floor(random() * (i + 1));
    [items[i], items[other]] = [items[other], items[i]];
  }
}

function timer(): () => { seconds: number; cpuSeconds: number } {
  const began = performance.now();
  const used = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(used);
    return { seconds: (performance.now() - began) / 1000, cpuSeconds: (user + system) / 1e6 };
  };
}
