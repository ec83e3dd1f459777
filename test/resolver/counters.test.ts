// Counters as the resolver's observer raises them: every query of a client is counted once by how it ended, so that queries are
// the sum of endings, by transport and in all, whatever came; and every counter has somebody who raises it.
import t from 'tap';
import { parseLocalRecord } from '../../src/config/values/local-record.ts';
import {
  counterRow,
  createCounters,
  ENDING_NAMES,
  readCounters,
  sumCounters,
} from '../../src/events/counters.ts';
import { EventWriter as Events } from '../../src/events/event-writer.ts';
import { OWN_NAME, QUERY_AT } from '../../src/events/query-record.ts';
import { RESULT } from '../../src/events/result.ts';
import { createRing, RingReader } from '../../src/events/ring.ts';
import { ENDING } from '../../src/resolver/query-observer.ts';
import { RingObserver } from '../../src/resolver/ring-observer.ts';
import { FAILURE } from '../../src/upstream/exchange.ts';
import { OUTCOME, type Query, TRANSPORT } from '../../src/wire/message/query.ts';
import { a, cname, walkBench } from '../support/walk-bench.ts';
import { wireOpt, wireOption } from '../support/wire-message.ts';

const alias = parseLocalRecord('al.lan CNAME www.test');

/** A walk whose observer counts in shared memory, and how many queries went in that must have ended. */
function setUp() {
  const counters = createCounters(2);
  const events = new Events({
    hitRing: createRing(1 << 16),
    queryRing: createRing(1 << 16),
    counters: counterRow(counters, 1),
    worker: 1,
    now: () => 5,
    places: 256,
  });
  const bench = walkBench({
    observer: new RingObserver(events, () => 1),
    lists: [
      { name: 'c2', alert: true },
      { name: 'zone', action: 'zone' },
      { name: 'dead', action: 'drop' },
      { name: 'ours', action: 'allow' },
      { name: 'trial', mode: 'monitor' },
    ],
    words: [
      { list: 'c2', names: ['evil.test'] },
      {
        list: 'zone',
        names: ['page.test'],
        rule: { rewrite: { kind: 'address', addresses: ['192.0.2.9'] } },
      },
      { list: 'zone', names: ['redir.test'], rule: { rewrite: { kind: 'cname', target: 'wall.test' } } },
      { list: 'zone', names: ['tcp.test'], rule: { action: 'tcp-only' } },
      { list: 'dead', names: ['drop.test'] },
      { list: 'ours', names: ['fine.evil.test'] },
      { list: 'trial', names: ['trial.test'] },
    ],
    local: {
      records: alias.ok ? [alias.value] : [],
      hosts: null,
      specialNames: true,
      canaries: true,
    },
  });
  return { bench, counters };
}

t.test('queries are the sum of endings after mixed traffic, each ending has its cell', async (t) => {
  const { bench, counters } = setUp();
  const { ask, respond, fail, advance } = bench;
  const perTransport = [0, 0, 0, 0];
  let sent = 0;
  const put = (parts: Parameters<typeof ask>[0], transport: Query['transport'] = TRANSPORT.udp, from = 7) => {
    sent += 1;
    perTransport[transport]! += 1;
    return ask(parts, from, transport).outcome;
  };
  for (const transport of [TRANSPORT.udp, TRANSPORT.tcp, TRANSPORT.tls, TRANSPORT.https])
    for (let round = 0; round < 3; round += 1) {
      for (const name of ['evil.test', 'page.test', 'drop.test', 'x.onion', 'localhost'])
        put({ name }, transport);
      put({ name: 'redir.test', type: 5 }, transport);
      put({ name: 'evil.test', type: 252 }, transport); // AXFR
      put({ name: 'version.bind', class: 3, type: 16 }, transport);
      put({ name: 'evil.test', flags: 0x8100 }, transport); // a response
      put({ name: 'evil.test', flags: 0x2900 }, transport); // UPDATE
      put({ name: 'evil.test', additional: [wireOpt(), wireOpt()] }, transport); // FORMERR
      put({ name: 'evil.test', additional: [wireOpt([], { version: 1 })] }, transport);
      put({ name: 'evil.test' }, transport, 200 + round); // allowed network, another client
      for (const name of [
        'www.test',
        'al.lan',
        'redir.test',
        'trial.test',
        'fine.evil.test',
        'tcp.test',
        'inside.example.org',
      ])
        if (put({ name }, transport) === OUTCOME.waiting)
          if (round === 0 && name === 'al.lan') fail(FAILURE.timeout);
          else {
            const asked = name === 'redir.test' ? 'wall.test' : name === 'al.lan' ? 'www.test' : name;
            const rdata = name === 'inside.example.org' ? [10, 0, 0, 1] : [192, 0, 2, 1];
            respond({ name: asked, answers: [{ ...a(asked, 20), rdata }] });
          }
      put({ name: `gone${transport}${round}.test` }, transport);
      fail(FAILURE.timeout);
      put({ name: `led${transport}${round}.test` }, transport);
      const led = `led${transport}${round}.test`;
      respond({ name: led, answers: [cname(led, 'drop.test'), a('drop.test')] });
      advance(30_000);
      put({ name: 'www.test' }, transport);
      fail(FAILURE.network);
      advance(60_000);
    }

  const { endings, rcodes, waits, others } = sumCounters(counters);
  const named = readCounters(counters);
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
  t.equal(bench.walk.waiting, 0);
  t.same(endings.map(sum), perTransport);
  t.equal(sum(endings.flat()), sent);
  t.same(
    [named.queriesUdp, named.queriesTcp, named.queriesTls, named.queriesHttps],
    perTransport,
    'and so say the names',
  );
  t.equal(named.answered + named.dropped, sent);
  t.equal(sum(rcodes), named.answered);
  const names = ['sinkholed', 'rewritten', 'tcpOnly', 'droppedByRule', 'local', 'cacheHits', 'forwarded', 'stale', 'upstreamErrors', 'rebindingWithheld', 'notForwarded', 'denied', 'rateLimited', 'malformed', 'ignored'] as const; // biome-ignore format: one a name
  t.equal(sum(names.map((name) => named[name])), sent, 'the names of all endings too');
  t.same(
    ENDING_NAMES.filter((_, i) => sum(endings.map((ofTransport) => ofTransport[i]!)) === 0),
    ['denied', 'limited'],
    'those that the next test has',
  );
  t.equal(named.allowed, 12, 'one of fine.evil.test each time, repeats too');
  t.equal(named.monitored, 12);
  t.equal(named.rewritten, 12 * 3, 'page, redir and its CNAME');
  t.ok(named.truncated >= 3, 'tcp.test over UDP');
  t.equal(others.cacheMisses, sum(waits), 'what was asked upstream was waited for');
});

t.test('who may not ask and who asks too fast are counted apart, with reply or without', async (t) => {
  const counters = createCounters(1);
  const row = counterRow(counters, 0);
  const queryRing = createRing(1 << 16);
  const events = new Events({
    hitRing: createRing(1 << 12),
    queryRing,
    counters: row,
    worker: 0,
    now: () => 5,
  });
  const { ask } = walkBench({ observer: new RingObserver(events, () => 1), perSecond: 1 });
  for (let i = 0; i < 10; i += 1) ask({ name: 'localhost' });
  for (let i = 0; i < 150; i += 1) ask({ name: 'localhost' }, 7, TRANSPORT.udp, [198, 51, 100]);

  const named = readCounters(counters);
  t.equal(named.local, 2, 'the burst');
  t.equal(named.rateLimited, 8);
  t.equal(named.denied, 150);
  t.equal(named.refused, 20, 'REFUSED_PER_CLIENT');
  t.equal(named.queriesUdp, 160);
  t.equal(named.truncated, 4, 'every other one limited');
  events.flush();
  const own: boolean[] = [];
  new RingReader(queryRing).drain((bytes, at) => {
    if (bytes[at + QUERY_AT.result] !== RESULT.local) own.push((bytes[at + QUERY_AT.from]! & OWN_NAME) !== 0);
  });
  t.ok(
    own.length > 1 && own.slice(0, 2).every(Boolean),
    'of those limited it is said that lists do not speak of them',
  );
});

t.test('the names of endings are those of the resolver', async (t) => {
  t.same(Object.keys(ENDING), ENDING_NAMES);
  t.same(
    Object.values(ENDING),
    ENDING_NAMES.map((_, i) => i),
  );
});

t.test(
  'what a validating resolver asks by itself of a listed name is blocked, counted and nobody’s asking',
  async (t) => {
    const { bench, counters } = setUp();
    bench.ask({ name: 'evil.test' });
    for (const type of [43, 48, 46, 47, 50, 51, 59, 60])
      for (let round = 0; round < 3; round += 1) {
        const { reply } = bench.ask({
          name: 'evil.test',
          type,
          additional: [wireOpt([], { dnssecOk: true })],
        });
        t.same(reply.slice(6, 10), [0, 0, 0, 1], `NODATA for type ${type}`);
      }
    bench.ask({ name: 'evil.test' });
    const named = readCounters(counters);
    t.equal(named.sinkholed, 26);
    t.equal(sumCounters(counters).others.hits, 2, 'the two of somebody who wants its address');
  },
);

t.test('a claim for whom a query is asked is counted where nobody may make it, each time', async (t) => {
  const { bench, counters } = setUp();
  const mac = wireOption(65_001, [1, 2, 3, 4, 5, 6]);
  const id = wireOption(65_074, [65]);
  for (let i = 0; i < 3; i += 1) bench.ask({ name: 'evil.test', additional: [wireOpt(mac)] });
  bench.ask({ name: 'localhost', additional: [wireOpt(id)] });
  bench.ask({ name: 'localhost', additional: [wireOpt(wireOption(8, [0, 1, 24, 0, 192, 0, 2]))] });
  t.equal(sumCounters(counters).others.claimsIgnored, 4, 'a client’s own subnet is none');
});
