// What a worker records comes out of the rings as it went in, counted exactly, with and without room.
import t from 'tap';
import { COUNTER, counterRow, createCounters, readCounters } from '../../src/events/counters.ts';
import { decodeHit, type HitRecord, VIA } from '../../src/events/hit-record.ts';
import { decodeQuery, type QueryRecord } from '../../src/events/query-record.ts';
import { type HitJournal, Recorder } from '../../src/events/recorder.ts';
import { createRing, RingReader } from '../../src/events/ring.ts';
import { nameToText, textToName } from '../../src/wire/presentation.ts';
import { queryOf } from '../support/events-query.ts';

function setUp(options: { ringOctets?: number; places?: number; journal?: HitJournal } = {}) {
  const hitRing = createRing(options.ringOctets ?? 65536);
  const queryRing = createRing(options.ringOctets ?? 65536);
  const counters = createCounters(2);
  const clock = { nowMs: 1_795_000_000_123 };
  const recorder = new Recorder({
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
  return { recorder, clock, counters, hits, drainHits, drainQueries };
}

t.test('a hit comes out with everything that was said of it', async (t) => {
  const { recorder, clock, drainHits } = setUp();
  const via = textToName('cdn.evil.example')!;
  Object.assign(recorder.hitFacts, {
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
  recorder.hit(queryOf({ name: 'www.Shop.example', type: 65, transport: 3, host: 9 }));
  clock.nowMs += 1000;
  recorder.tick();
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

t.test('a flood of equal hits is one record a second, exactly counted', async (t) => {
  const { recorder, clock, drainHits, counters } = setUp();
  const query = queryOf({ name: 'evil.example' });
  for (let i = 0; i < 3000; i += 1) {
    recorder.hit(query);
    clock.nowMs += 1;
    recorder.tick();
  }
  recorder.flush();
  const found = drainHits();
  t.ok(found.length <= 4, `${found.length} records`);
  t.equal(
    found.reduce((sum, hit) => sum + hit.count, 0),
    3000,
  );
  t.equal(readCounters(counters).hits, 3000);
});

t.test('hits that find neither ring nor fold with room are counted as lost, by number', async (t) => {
  const { recorder, drainHits, counters, hits } = setUp({ ringOctets: 1024, places: 4 });
  for (let i = 0; i < 500; i += 1) recorder.hit(queryOf({ name: `h${i}.evil.example` }));
  let out = drainHits().length;
  recorder.flush();
  out += drainHits().length;
  const { hits: recorded, hitsLost } = readCounters(counters);
  t.equal(recorded, 500);
  t.ok(hitsLost > 0);
  t.equal(out + hitsLost, recorded);
  t.equal(hits.lost, hitsLost);
});

t.test('with a journal, commit writes equal hits of a batch once and numbers them', async (t) => {
  const added: number[] = [];
  let commits = 0;
  const journal: HitJournal = {
    resume: () => {},
    add: (bytes, offset, length) => added.push(decodeHit(bytes, offset, length)!.count),
    commit: () => {
      commits += 1;
      return true;
    },
  };
  const { recorder, drainHits } = setUp({ journal });
  recorder.commit();
  t.equal(commits, 0, 'nothing hit, nothing written');
  for (let i = 0; i < 10; i += 1) recorder.hit(queryOf({ name: i < 7 ? 'a.example' : 'b.example' }));
  recorder.commit();
  t.same(added, [7, 3]);
  t.equal(commits, 1);
  t.same(
    drainHits().map((hit) => [hit.sequence, hit.count]),
    [
      [1, 7],
      [2, 3],
    ],
  );
});

t.test('queries fold, and those without room are counted', async (t) => {
  const { recorder, drainQueries, counters } = setUp({ ringOctets: 1024, places: 4 });
  Object.assign(recorder.queryFacts, { verdict: 0, rcode: 3, from: 2 });
  for (let i = 0; i < 10; i += 1) recorder.query(queryOf({ name: 'www.example' }));
  recorder.flush();
  t.match(drainQueries(), [{ count: 10, rcode: 3, from: 2, qtype: 1 }]);
  for (let i = 0; i < 100; i += 1) recorder.query(queryOf({ name: `q${i}.example` }));
  recorder.flush();
  t.equal(drainQueries().length + readCounters(counters).queryRecordsLost, 100);
});

t.test('counters of all workers are summed', async (t) => {
  const buffer = createCounters(3);
  for (let worker = 0; worker < 3; worker += 1) counterRow(buffer, worker)[COUNTER.answered]! += worker + 1;
  t.equal(readCounters(buffer).answered, 6);
  t.equal(readCounters(buffer).dropped, 0);
});

t.test(
  'a hit that neither journal nor ring took is lost by number; one that either took is not',
  async (t) => {
    let works = false;
    let sequence = 0;
    const journal: HitJournal = {
      resume: () => {},
      add: () => {
        sequence += 1;
        return sequence;
      },
      commit: () => works,
    };
    const { recorder, drainHits, counters, hits } = setUp({ journal, ringOctets: 1024 });
    for (let i = 0; i < 40; i += 1) {
      recorder.hit(queryOf({ name: `h${i}.example` }));
      recorder.commit();
    }
    const { hitsLost, hitsUnjournaled } = readCounters(counters);
    t.equal(hitsUnjournaled, 40);
    t.equal(drainHits().length + hitsLost, 40);
    t.equal(hits.noted, 40);
    works = true;
    for (let i = 0; i < 40; i += 1) recorder.hit(queryOf({ name: `h${i}.example` }));
    recorder.commit();
    t.equal(readCounters(counters).hitsLost, hitsLost);
    t.equal(hits.noted, 80);
  },
);
