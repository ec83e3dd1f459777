// What a client got, as the records say it, beside the reply it got.
import t from 'tap';
import { counterRow, createCounters } from '../../src/events/counters.ts';
import { EventWriter as Events } from '../../src/events/event-writer.ts';
import { decodeHit, type HitRecord } from '../../src/events/hit-record.ts';
import { eachLed, LED } from '../../src/events/led-to.ts';
import { decodeQuery, QUERY_AT, type QueryRecord } from '../../src/events/query-record.ts';
import { RESULT, RESULT_NAMES } from '../../src/events/result.ts';
import { createRing, RingReader } from '../../src/events/ring.ts';
import { VERDICT, Verdict } from '../../src/policy/verdict.ts';
import { ENDING } from '../../src/resolver/query-observer.ts';
import { resultOf } from '../../src/resolver/result.ts';
import { RingObserver } from '../../src/resolver/ring-observer.ts';
import { nameToText } from '../../src/wire/names/presentation.ts';
import { queryOf } from '../support/events-query.ts';

/** A reply to `name`: header, question, then records of these types, by pointers and whole names. */
function reply(name: string, types: readonly number[], { tc = false, rcode = 0, asked = 1 } = {}) {
  const query = queryOf({ name, type: asked });
  const octets = [0, 1, tc ? 0x82 : 0x80, rcode, 0, 1, 0, types.length, 0, 0, 0, 0];
  octets.push(...query.qname.subarray(0, query.qnameEnd - 12), 0, asked, 0, 1);
  for (const [i, type] of types.entries())
    octets.push(
      ...(i % 2 === 0 ? [0xc0, 12] : [1, 97, 0xc0, 12]),
      0,
      type,
      0,
      1,
      0,
      0,
      0,
      9,
      0,
      4,
      192,
      0,
      2,
      1,
    );
  query.reply = Uint8Array.from(octets);
  query.replyLength = octets.length;
  return query;
}

t.test('data is a record of the type asked for; an alias alone, or nothing, is NODATA', async (t) => {
  const of = (...said: Parameters<typeof reply>) =>
    RESULT_NAMES[resultOf(reply(...said), ENDING.forwarded, said[2]?.rcode ?? 0)];
  t.equal(of('a.example', [1]), 'data');
  t.equal(of('a.example', [5, 5, 1]), 'data');
  t.equal(of('a.example', [5, 5]), 'nodata');
  t.equal(of('a.example', []), 'nodata');
  t.equal(of('a.example', [28], { asked: 1 }), 'nodata');
  t.equal(of('a.example', [16], { asked: 255 }), 'data');
  t.equal(of('a.example', [5], { rcode: 3 }), 'nxdomain');
  t.equal(of('a.example', [], { rcode: 2 }), 'failed');
  t.equal(of('a.example', [], { rcode: 5 }), 'failed', 'the upstream’s');
  t.equal(RESULT_NAMES[resultOf(reply('a.example', []), ENDING.refused, 5)], 'refused', 'ours');
  t.equal(of('a.example', [1], { tc: true }), 'truncated');
  const cut = reply('a.example', [5, 1]);
  cut.replyLength -= 20;
  t.equal(RESULT_NAMES[resultOf(cut, ENDING.cached, 0)], 'nodata', 'never reads past the reply');
  t.equal(RESULT_NAMES[resultOf(cut, ENDING.withheld, 0)], 'withheld');
  t.equal(RESULT_NAMES[resultOf(cut, ENDING.failed, 2)], 'failed');
  t.equal(RESULT_NAMES[resultOf(cut, ENDING.dropped, -1)], 'dropped');
  t.equal(RESULT_NAMES[resultOf(cut, ENDING.local, 0)], 'local');
  t.equal(RESULT_NAMES[resultOf(cut, ENDING.special, 3)], 'nxdomain', 'a special name is what it got');
  const any = Object.assign(reply('a.example', [13]), { qtype: 255 });
  t.equal(RESULT_NAMES[resultOf(any, ENDING.special, 0)], 'nodata', 'HINFO of RFC 8482 is none of its data');
});

t.test(
  'what a watching list has is told with what the client got, once, and marked in the history',
  async (t) => {
    const hitRing = createRing(1 << 16);
    const queryRing = createRing(1 << 16);
    const counters = counterRow(createCounters(1), 0);
    const events = new Events({ hitRing, queryRing, counters, worker: 0, now: () => 5, places: 64 });
    const observer = new RingObserver(events, () => 9);
    const verdict = new Verdict();
    const watch = Object.assign(new Verdict(), { code: VERDICT.monitor, rule: 3, nameOffset: 0 });

    const answered = reply('a.example', [1]);
    observer.hit(answered, watch, null, []);
    observer.end(answered, ENDING.forwarded, 0);
    const led = reply('b.example', [5, 1]);
    observer.hit(led, watch, answered.qname, []);
    observer.end(led, ENDING.cached, 0);
    const blockedAfterAll = reply('c.example', []);
    observer.hit(blockedAfterAll, watch, null, []);
    observer.hit(
      blockedAfterAll,
      Object.assign(verdict, { code: VERDICT.sinkhole, rule: 4, nameOffset: 0 }),
      null,
      [],
    );
    observer.end(blockedAfterAll, ENDING.sinkholed, 0);
    const plain = reply('d.example', [1]);
    observer.end(plain, ENDING.forwarded, 0);
    for (const rcode of [-1, 5, 0]) observer.end(reply('e.example', []), ENDING.limited, rcode);
    observer.end(reply('stranger.example', []), ENDING.dropped, -1);
    events.flush();

    const hits: HitRecord[] = [];
    new RingReader(hitRing).drain((bytes, at, length) => hits.push(decodeHit(bytes, at, length)!));
    t.match(hits, [
      { verdict: VERDICT.monitor, rule: 3, revision: 9, result: 1, rcode: 0, viaKind: 0 },
      { verdict: VERDICT.monitor, rule: 3, result: 1, viaKind: 1 },
      { verdict: VERDICT.sinkhole, rule: 4, result: 7, rcode: 0 },
    ]);
    t.equal(hits.length, 3);
    const queries: QueryRecord[] = [];
    const ways: (readonly [number, string])[][] = [];
    new RingReader(queryRing).drain((bytes, at, length) => {
      const query = decodeQuery(bytes, at, length)!;
      queries.push(query);
      const way: (readonly [number, string])[] = [];
      eachLed(bytes, at + QUERY_AT.qname + query.qname.length, at + length, (from, octets) =>
        way.push([bytes[from]!, nameToText(bytes.subarray(from + 2, from + octets))]),
      );
      ways.push(way);
    });
    t.same(
      ways,
      [[], [[LED.name, 'a.example']], [], [], [], []],
      'an answer that was kept says what it leads to',
    );
    t.match(queries, [
      { isHit: true, result: 1, group: 0 },
      { isHit: true, result: 1 },
      { isHit: false, result: 1 },
      { result: RESULT.limited, rcode: -1 },
      { result: RESULT.limited, rcode: 5 },
      { result: RESULT.truncated, rcode: 0 },
    ]);
    t.equal(queries.length, 6, 'over the rate limit is kept, a stranger without a reply is not');
  },
);

t.test(
  'what a validating resolver asks for by itself is no asking: no hit where the name is listed, nothing in the history',
  async (t) => {
    const hitRing = createRing(1 << 16);
    const queryRing = createRing(1 << 16);
    const counters = counterRow(createCounters(1), 0);
    const events = new Events({ hitRing, queryRing, counters, worker: 0, now: () => 5, places: 64 });
    const observer = new RingObserver(events, () => 9);
    const sinkholed = Object.assign(new Verdict(), { code: VERDICT.sinkhole, rule: 4, nameOffset: 0 });
    // DS, RRSIG, NSEC, DNSKEY, NSEC3, NSEC3PARAM, CDS, CDNSKEY, DLV; then A, AAAA, HTTPS and ANY, which somebody asked for.
    const types = [43, 46, 47, 48, 50, 51, 59, 60, 32769, 1, 28, 65, 255];
    for (const asked of types) {
      const query = reply('evil.example', [], { asked: asked & 255 });
      query.qtype = asked;
      observer.hit(query, sinkholed, null, []);
      observer.end(query, ENDING.sinkholed, 0);
      const passed = reply('other.example', [], { asked: asked & 255 });
      passed.qtype = asked;
      observer.end(passed, ENDING.forwarded, 0);
    }
    events.flush();
    const hits: (HitRecord | null)[] = [];
    new RingReader(hitRing).drain((bytes, at, length) => hits.push(decodeHit(bytes, at, length)));
    t.same(
      hits.map((hit) => hit?.qtype),
      [1, 28, 65, 255],
    );
    const queries: (QueryRecord | null)[] = [];
    new RingReader(queryRing).drain((bytes, at, length) => queries.push(decodeQuery(bytes, at, length)));
    t.same(
      queries.map((query) => query?.qtype),
      [1, 28, 65, 255],
    );
  },
);

t.test(
  'a hit of what waited for upstreams is of when it was asked, as its record in the history',
  async (t) => {
    const hitRing = createRing(1 << 16);
    const queryRing = createRing(1 << 16);
    const counters = counterRow(createCounters(1), 0);
    const events = new Events({ hitRing, queryRing, counters, worker: 0, now: () => 9000, places: 64 });
    const observer = new RingObserver(events, () => 9);
    const behind = Uint8Array.from([1, 98, 0]);
    for (const code of [VERDICT.monitor, VERDICT.sinkhole]) {
      const verdict = Object.assign(new Verdict(), { code, rule: 4, nameOffset: 0 });
      for (const waitedMs of [3499.6, -1]) {
        const query = reply(`${code}.${Math.abs(Math.round(waitedMs))}.example`, [1]);
        observer.heardOf('192.0.2.53:53', waitedMs);
        observer.hit(query, verdict, behind, []);
        observer.end(query, code === VERDICT.monitor ? ENDING.forwarded : ENDING.sinkholed, 0);
      }
    }
    events.flush();
    const times: (number | undefined)[] = [];
    new RingReader(hitRing).drain((bytes, at, length) => times.push(decodeHit(bytes, at, length)?.timeMs));
    t.same(times, [5500, 9000, 5500, 9000]);
    times.length = 0;
    new RingReader(queryRing).drain((bytes, at, length) =>
      times.push(decodeQuery(bytes, at, length)?.timeMs),
    );
    t.same(times, [5500, 9000]);
  },
);
