// What the hits thread spends on a distinct hit, and on a distinct sighting for the history: everything from the ring to the
// line in the log, the row in the store, the incident, and the row in the history.
//
// The desk is driven without a thread of its own, so that only its work is on the clock: 200 clients, and names that no two
// records share (`fresh names`) or 10,000 names over and over; a drain every 2,000 records.
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../src/config/load.ts';
import { problemText } from '../src/config/problem.ts';
import { compileOffline } from '../src/daemon/explain/offline.ts';
import { hitsSettingsOf } from '../src/daemon/settings.ts';
import { HitsService } from '../src/desk/hits-service.ts';
import type { HitsSettings } from '../src/desk/messages.ts';
import { encodeHit, HIT_OCTETS_MAX, HitFacts } from '../src/events/hit-record.ts';
import { encodeQuery, QueryFacts } from '../src/events/query-record.ts';
import { Draft, putNumber, RECORD } from '../src/events/record.ts';
import { RESULT } from '../src/events/result.ts';
import { createRing, RingWriter } from '../src/events/ring.ts';
import { SearchApart } from '../src/hits/hunt/search-apart.ts';
import { dayTable } from '../src/hits/store/schema.ts';
import { createUlidMaker } from '../src/hits/ulid.ts';
import { VERDICT } from '../src/policy/verdict.ts';
import { Query } from '../src/wire/message/query.ts';
import { textToName } from '../src/wire/names/presentation.ts';

export interface HitsRow {
  readonly work: string;
  readonly records: number;
  /** CPU microseconds a record. */
  readonly cpuUs: number;
  readonly octetsEach: number;
}

const CLIENTS = 200;
const BATCH = 2000;
const RING_OCTETS: number = 1024 * 1024;
const LISTED = 'evil.example';

const wire = (text: string): Uint8Array => {
  const name = textToName(text);
  if (name === null) throw new Error(`not a name: ${text}`);
  return name;
};

/** One list with one alerting name, as a config says it. */
async function settings(): Promise<HitsSettings> {
  const dir = mkdtempSync(join(tmpdir(), 'cenote-hits-'));
  const file = join(dir, 'cenote.yaml');
  const list = { source: join(dir, 'evil.yaml'), alert: true };
  writeFileSync(file, JSON.stringify({ lists: { evil: list }, events: { dir } }));
  writeFileSync(
    list.source,
    JSON.stringify({ campaign: 'Bench', published: '2026-01-01', indicators: [LISTED] }),
  );
  const { config, problems } = loadConfig({ file, environment: {} });
  if (config === null) throw new Error(problems.map(problemText).join('; '));
  const { result } = await compileOffline(config);
  rmSync(dir, { recursive: true });
  return hitsSettingsOf({ config, ruleSet: result.ruleSet, known: [], paused: [] });
}

export async function benchHits(quick: boolean): Promise<HitsRow[]> {
  const shared = await settings();
  const records = quick ? 40_000 : 200_000;
  return [
    measure('hit, fresh names', records, { kind: 'hit', names: Number.POSITIVE_INFINITY }, shared),
    measure('hit, 10,000 names', records, { kind: 'hit', names: 10_000 }, shared),
    measure('sighting, fresh names', records, { kind: 'query', names: Number.POSITIVE_INFINITY }, shared),
    measure('sighting, 10,000 names', records, { kind: 'query', names: 10_000 }, shared),
  ];
}

interface Work {
  readonly kind: 'hit' | 'query';
  /** Different names asked for. */
  readonly names: number;
}

function measure(work: string, records: number, { kind, names }: Work, shared: HitsSettings): HitsRow {
  const dir = mkdtempSync(join(tmpdir(), 'cenote-hits-'));
  const buffers = { hit: createRing(RING_OCTETS), query: createRing(RING_OCTETS) };
  const ring = new RingWriter(buffers[kind]);
  const desk = new HitsService({
    assignment: {
      boot: createUlidMaker()(Date.now()),
      dir,
      hitRings: [buffers.hit],
      queryRings: [buffers.query],
      journal: false,
      stdout: false,
    },
    settings: shared,
    now: Date.now,
    monotonic: () => performance.now(),
    send: () => {},
    resolver: 'resolver.example',
    searcherOf: (path) => new SearchApart(path),
    outletsOf: () => [],
  });
  const put = kind === 'hit' ? hitWriter(ring) : queryWriter(ring);
  let cpuUs = 0;
  const timed = (work: () => void): void => {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    cpuUs += user + system;
  };
  for (let at = 0; at < records; at += BATCH) {
    for (let i = at; i < at + BATCH; i += 1) {
      const name = `h${(Math.imul(i, 7919) >>> 0) % names}.${kind === 'hit' ? LISTED : 'fine.example'}`;
      // A tick takes in so much and no more: the rest waits in the ring.
      while (!put(i % CLIENTS, name)) timed(() => desk.tick());
    }
    timed(() => {
      desk.tick();
      if (kind === 'query') desk.writeHistory();
    });
  }
  const storedHits = (): number => desk.store.read(({ hits }) => hits.count().hits, 0);
  for (let before = -1; kind === 'hit' && before !== storedHits(); ) {
    before = storedHits();
    timed(() => desk.drainRings()); // what waits for more
  }
  const stored = desk.store.read(({ database, history }) => {
    if (kind === 'hit') return storedHits();
    const counts = history.days().map((day) => `SELECT sum(count) AS count FROM ${dayTable(day)}`);
    return Number(
      database.prepare(`SELECT sum(count) AS count FROM (${counts.join(' UNION ALL ')})`).get()?.['count'],
    );
  }, 0);
  if (stored !== records) throw new Error(`${work}: ${stored} of ${records} are stored`);
  desk.store.close();
  const octets = statSync(join(dir, 'cenote.db')).size;
  rmSync(dir, { recursive: true });
  return { work, records, cpuUs: cpuUs / records, octetsEach: octets / records };
}

const asked = new Query(new Uint8Array(512), new Uint8Array(512));
const draft = new Draft(HIT_OCTETS_MAX);

/** A hit of this very moment waits until it may be known who asked, and the ticks until then would be on the clock. */
const AGE_MS = 2500;

function stamped(length: number): number {
  putNumber(draft.octets, RECORD.time, Date.now() - AGE_MS);
  return length;
}

function ask(host: number, name: string): void {
  const octets = wire(name);
  asked.qname.set(octets);
  asked.qnameEnd = 12 + octets.length;
  asked.qtype = 1;
  asked.qclass = 1;
  asked.address.set([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 0, 0, host]);
}

function hitWriter(ring: RingWriter): (host: number, name: string) => boolean {
  const facts = Object.assign(new HitFacts(), { verdict: VERDICT.sinkhole, rule: 0, revision: 1 });
  return (host, name) => {
    ask(host, name);
    facts.nameOffset = asked.qnameEnd - 12 - wire(LISTED).length;
    return ring.write(draft.words, 0, stamped(encodeHit(draft, asked, facts)));
  };
}

function queryWriter(ring: RingWriter): (host: number, name: string) => boolean {
  const facts = Object.assign(new QueryFacts(), { result: RESULT.data, rcode: 0, revision: 1 });
  return (host, name) => {
    ask(host, name);
    return ring.write(draft.words, 0, stamped(encodeQuery(draft, asked, facts)));
  };
}
