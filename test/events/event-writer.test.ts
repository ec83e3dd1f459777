// What a worker records comes out of the rings as it went in, counted exactly, with and without room.
import fc from 'fast-check';
import t from 'tap';
import { CALM_HITS_MAX } from '../../src/events/calm.ts';
import { COUNTER, counterRow, createCounters, readCounters } from '../../src/events/counters.ts';
import { EventWriter, type HitJournal } from '../../src/events/event-writer.ts';
import { decodeHit, type HitRecord, VIA } from '../../src/events/hit-record.ts';
import {
  addLed,
  eachLed,
  LED,
  LED_OCTETS_MAX,
  UPSTREAM_OCTETS_MAX,
  upstreamAt,
} from '../../src/events/led-to.ts';
import { decodeQuery, QUERY_AT, type QueryRecord } from '../../src/events/query-record.ts';
import { createRing, RingReader } from '../../src/events/ring.ts';
import { nameToText, textToName } from '../../src/wire/names/presentation.ts';
import { queryOf } from '../support/events-query.ts';

function setUp(options: { ringOctets?: number; places?: number; journal?: HitJournal } = {}) {
  const hitRing = createRing(options.ringOctets ?? 65536);
  const queryRing = createRing(options.ringOctets ?? 65536);
  const counters = createCounters(2);
  const clock = { nowMs: 1_795_000_000_123 };
  const writer = new EventWriter({
    hitRing,
    queryRing,
    counters: counterRow(counters, 1),
    worker: 1,
    now: () => clock.nowMs,
    journal: options.journal ?? null,
    places: options.places ?? 64,
  });
  const hits = new RingReader(hitRing);
  const queries = new RingReader(queryRing);
  const drainHits = () => {
    const found: HitRecord[] = [];
    hits.drain((bytes, offset, length) => found.push(decodeHit(bytes, offset, length)!));
    return found;
  };
  const drainQueries = () => {
    const found: QueryRecord[] = [];
    queries.drain((bytes, offset, length) => found.push(decodeQuery(bytes, offset, length)!));
    return found;
  };
  return { writer, clock, counters, hits, queries, drainHits, drainQueries };
}

t.test('a hit comes out with everything that was said of it', async (t) => {
  const { writer, clock, drainHits } = setUp();
  const via = textToName('cdn.evil.example')!;
  Object.assign(writer.hitFacts, {
    verdict: 1,
    rule: 70000,
    pattern: -1,
    nameOffset: 4,
    revision: 12,
    group: 300,
    viaKind: VIA.name,
    via,
    viaLength: via.length,
  });
  writer.hit(queryOf({ name: 'www.Shop.example', type: 65, transport: 3, host: 9 }));
  clock.nowMs += 1000;
  writer.tick();
  const [hit] = drainHits();
  t.match(hit, {
    count: 1,
    timeMs: 1_795_000_000_123,
    qtype: 65,
    qclass: 1,
    revision: 12,
    rule: 70000,
    pattern: -1,
    group: 300,
    worker: 1,
    transport: 3,
    verdict: 1,
    nameOffset: 4,
    viaKind: VIA.name,
  });
  t.equal(nameToText(hit!.qname), 'www.shop.example');
  t.equal(nameToText(hit!.via), 'cdn.evil.example');
  t.equal(hit!.address[15], 9);
});

t.test('a flood of equal hits is one record a second, exactly counted, once it is a flood', async (t) => {
  const { writer, clock, drainHits, counters } = setUp();
  const query = queryOf({ name: 'evil.example' });
  for (let i = 0; i < 5000; i += 1) {
    writer.hit(query);
    writer.commit();
    clock.nowMs += 1;
    writer.tick();
  }
  writer.flush();
  const found = drainHits();
  t.ok(found.length <= CALM_HITS_MAX + 6, `${found.length} records`);
  t.equal(
    found.reduce((sum, hit) => sum + hit.count, 0),
    5000,
  );
  t.equal(readCounters(counters).hits, 5000);
});

t.test('while hits are few each is passed on with its batch', async (t) => {
  const { writer, clock, drainHits } = setUp();
  for (let i = 0; i < 50; i += 1) {
    writer.hit(queryOf({ name: 'evil.example' }));
    writer.commit();
    t.equal(drainHits().length, 1);
    clock.nowMs += 100;
  }
});

t.test('hits that find neither ring nor fold with room are counted as lost, by number', async (t) => {
  const { writer, drainHits, counters, hits } = setUp({ ringOctets: 1024, places: 4 });
  for (let i = 0; i < 500; i += 1) writer.hit(queryOf({ name: `h${i}.evil.example` }));
  let out = drainHits().length;
  writer.flush();
  out += drainHits().length;
  const { hits: recorded, hitsLost } = readCounters(counters);
  t.equal(recorded, 500);
  t.ok(hitsLost > 0);
  t.equal(out + hitsLost, recorded);
  t.equal(hits.lost, hitsLost);
});

/** A journal in memory: what a reader would find on disk. */
function journalInMemory(options: { works?: () => boolean; isFull?: () => boolean } = {}) {
  const { works = () => true, isFull = () => false } = options;
  const files: Map<number, number>[] = [new Map()];
  const batch = new Map<number, number>();
  let sequence = 0;
  const journal: HitJournal = {
    resume: () => 0,
    add: (bytes, offset, length) => {
      sequence += 1;
      batch.set(sequence, decodeHit(bytes, offset, length)!.count);
      return sequence;
    },
    count: (of, count) => {
      if (!batch.has(of) && files.at(-1)?.has(of) !== true) throw new Error('a count without its hit');
      batch.set(of, count);
    },
    commit: () => {
      if (works()) for (const [of, count] of batch) files.at(-1)?.set(of, count);
      batch.clear();
      return works();
    },
    get isFull() {
      return isFull();
    },
    close: () => files.push(new Map()),
  };
  const kept = () => new Map(files.flatMap((file) => [...file]));
  return { journal, kept, files };
}

const sumOf = (counts: Iterable<number>): number => [...counts].reduce((sum, count) => sum + count, 0);

t.test('with a journal, a hit is written once and then only counted, before it leaves', async (t) => {
  const { journal, kept } = journalInMemory();
  const { writer, clock, drainHits } = setUp({ journal });
  for (let i = 0; i < 1000; i += 1) writer.hit(queryOf({ name: i % 10 < 7 ? 'a.example' : 'b.example' }));
  writer.commit();
  t.same([...kept()], [[1, 700], [2, 300]]); // biome-ignore format: pairs
  writer.hit(queryOf({ name: 'b.example' }));
  writer.commit();
  t.same([...kept()], [[1, 700], [2, 301]]); // biome-ignore format: pairs
  t.same(drainHits(), [], 'a flood: they stay for a while');
  clock.nowMs += 1000;
  writer.tick();
  t.same(
    drainHits().map((hit) => [hit.sequence, hit.count]),
    [[1, 700], [2, 301]],
  ); // biome-ignore format: pairs
});

t.test('whatever happens, ring and journal hold every hit once, and numbers leave in order', async () => {
  const step = fc.record({
    name: fc.integer({ min: 0, max: 9 }),
    times: fc.integer({ min: 1, max: 300 }),
    commit: fc.boolean(),
    elapsed: fc.integer({ min: 0, max: 700 }),
    works: fc.boolean(),
    isFull: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      let now: (typeof steps)[number] | undefined;
      const memory = journalInMemory({
        works: () => now?.works !== false,
        isFull: () => now?.isFull === true,
      });
      const { writer, clock, drainHits, counters, hits } = setUp({ journal: memory.journal, places: 4 });
      const left: HitRecord[] = [];
      const told = new Map<string, number>();
      const held = new Map<string, { place: number; number: number }>();
      for (const step of steps) {
        now = step;
        const name = `h${step.name}.example`;
        for (let i = 0; i < step.times; i += 1) {
          const query = queryOf({ name, host: 7 + (step.name === 0 ? i % 2 : 0) });
          const where = held.get(name) ?? { place: -1, number: 0 };
          if (!writer.hitAgain(query, where.place, where.number)) {
            writer.hit(query);
            held.set(name, { ...writer.held });
          }
          const who = `${name} ${query.address[15]}`;
          told.set(who, (told.get(who) ?? 0) + 1);
        }
        if (step.commit) writer.commit();
        clock.nowMs += step.elapsed;
        if (step.elapsed > 400) writer.tick();
        left.push(...drainHits());
      }
      now = undefined;
      writer.flush();
      left.push(...drainHits());
      const { hits: recorded, hitsLost, hitsUnjournaled } = readCounters(counters);
      const inOrder = left.every((hit, i) => i === 0 || hit.sequence > left[i - 1]!.sequence);
      for (const { qname, address, count } of left) {
        const who = `${nameToText(qname)} ${address[15]}`;
        told.set(who, (told.get(who) ?? 0) - count);
      }
      return (
        inOrder &&
        hitsLost === 0 &&
        [...told.values()].every((rest) => rest === 0) &&
        sumOf(left.map((hit) => hit.count)) === recorded &&
        sumOf(memory.kept().values()) === recorded - hitsUnjournaled &&
        hits.noted === (left.at(-1)?.sequence ?? 0)
      );
    }),
    { numRuns: 200 },
  );
});

t.test(
  'a query that comes again is counted where it is held, for its client alone, until it leaves',
  async (t) => {
    const { writer, drainQueries } = setUp();
    const query = queryOf({ name: 'www.example' });
    writer.query(query);
    const { place, number } = writer.held;
    t.ok(writer.queryAgain(query, place, number));
    t.notOk(writer.queryAgain(queryOf({ name: 'www.example', host: 8 }), place, number));
    writer.flush();
    t.notOk(writer.queryAgain(query, place, number));
    writer.query(queryOf({ name: 'other.example' }));
    t.notOk(writer.queryAgain(query, place, number), 'another record has the place');
    t.match(drainQueries(), [{ count: 2 }]);
  },
);

t.test('queries fold, and those without room are counted', async (t) => {
  const { writer, drainQueries, counters } = setUp({ ringOctets: 1024, places: 4 });
  Object.assign(writer.queryFacts, { result: 3, rcode: 3, from: 2 });
  for (let i = 0; i < 10; i += 1) writer.query(queryOf({ name: 'www.example' }));
  writer.flush();
  t.match(drainQueries(), [{ count: 10, rcode: 3, from: 2, qtype: 1 }]);
  for (let i = 0; i < 100; i += 1) writer.query(queryOf({ name: `q${i}.example` }));
  writer.flush();
  t.equal(drainQueries().length + readCounters(counters).queryRecordsLost, 100);
});

t.test('counters of all workers are summed', async (t) => {
  const buffer = createCounters(3);
  for (let worker = 0; worker < 3; worker += 1) counterRow(buffer, worker)[COUNTER.truncated]! += worker + 1;
  t.equal(readCounters(buffer).truncated, 6);
  t.equal(readCounters(buffer).dropped, 0);
});

t.test(
  'a hit that neither journal nor ring took is lost by number; one that either took is not',
  async (t) => {
    let works = false;
    const { journal } = journalInMemory({ works: () => works });
    const { writer, drainHits, counters, hits } = setUp({ journal, ringOctets: 1024 });
    for (let i = 0; i < 40; i += 1) {
      writer.hit(queryOf({ name: `h${i}.example` }));
      writer.commit();
    }
    const { hitsLost, hitsUnjournaled } = readCounters(counters);
    t.equal(hitsUnjournaled, 40);
    t.equal(drainHits().length + hitsLost, 40);
    t.equal(hits.noted, 40);
    works = true;
    for (let i = 0; i < 40; i += 1) writer.hit(queryOf({ name: `h${i}.example` }));
    writer.commit();
    t.equal(readCounters(counters).hitsLost, hitsLost);
    t.equal(hits.noted, 80);
  },
);

t.test(
  'an answer of thirty addresses behind a long alias leads to each of them, and says who gave it',
  async (t) => {
    const { writer, queries } = setUp();
    const long = `${`${'a'.repeat(61)}.`.repeat(4)}bc`;
    const alias = textToName(long)!;
    const led = new Uint8Array(LED_OCTETS_MAX);
    let ledLength = addLed(led, 0, LED.name, alias, 0, alias.length);
    const addresses = Array.from({ length: 30 }, (_, i) => new Uint8Array(16).fill(i + 1));
    for (const address of addresses) ledLength = addLed(led, ledLength, LED.address, address, 0, 16);
    const upstream = new Uint8Array(UPSTREAM_OCTETS_MAX).fill(0x75);
    Object.assign(writer.queryFacts, { led, ledLength, upstream });
    writer.query(queryOf({ name: long, type: 28, transport: 0, host: 9 }));
    writer.flush();
    const found: Uint8Array[] = [];
    let by = 0;
    queries.drain((bytes, offset, length) => {
      const begin = offset + QUERY_AT.qname + alias.length;
      eachLed(bytes, begin, offset + length, (at, octets) => found.push(bytes.slice(at + 2, at + octets)));
      by = bytes[upstreamAt(bytes, begin, offset + length) + 1]!;
    });
    t.same(found, [alias, ...addresses]);
    t.equal(by, UPSTREAM_OCTETS_MAX);
  },
);
