import fc from 'fast-check';
import t from 'tap';
import { AnswerCache, type CacheLimits } from '../../src/cache/answer-cache.ts';
import { FRESHNESS } from '../../src/cache/freshness.ts';
import { nameOctets } from '../support/message.ts';

const limits: CacheLimits = {
  entries: 1000,
  bytesMax: 1024 * 1024,
  minTtlSeconds: 0,
  maxTtlSeconds: 86_400,
  negativeTtlSeconds: 3600,
  serveStaleSeconds: 50,
  prefetch: true,
};
const key = { first: 1, second: 2 };

/** A message of `length` octets, each `fill`, with this RCODE. */
function message(length: number, fill: number, rcode = 0): Uint8Array {
  const octets = new Uint8Array(length).fill(fill);
  octets[3] = rcode;
  return octets;
}

function put(cache: AnswerCache, name: string, octets: Uint8Array, ttl = 100, now = 0): boolean {
  const qname = nameOctets(name);
  return cache.store(qname, qname.length, 1, 1, 0, 0, octets, octets.length, ttl, now) >= 0;
}

function get(cache: AnswerCache, name: string, now = 0): Uint8Array | null {
  const qname = nameOctets(name);
  const entry = cache.find(qname, qname.length, 1, 1, 0, 0, now);
  if (entry < 0) return null;
  const offset = cache.offset(entry);
  return cache.bytesOf(entry).slice(offset, offset + cache.length(entry));
}

t.test('what was stored is found again with its clocks', async (t) => {
  const cache = new AnswerCache(limits, key);
  t.ok(put(cache, 'www.example.org', message(40, 7), 100, 5));

  t.same(get(cache, 'www.example.org', 6), message(40, 7));
  const qname = nameOctets('www.example.org');
  const entry = cache.find(qname, qname.length, 1, 1, 0, 0, 6);
  t.equal(cache.storedAt(entry), 5);
  t.equal(cache.ttl(entry), 100);
  t.equal(get(cache, 'example.org'), null);
  t.equal(cache.entries, 1);
});

t.test('entries that nobody asked for take no memory', async (t) => {
  const before = process.memoryUsage.rss();
  const cache = new AnswerCache({ ...limits, entries: 2_000_000 }, key);
  t.ok(put(cache, 'www.example.org', message(40, 7)));
  const after = process.memoryUsage.rss();

  t.ok(after - before < 32 * 1024 * 1024, `${after - before} octets of 144 MB`);
});

t.test('type, class, flags and view each make another question', async (t) => {
  const cache = new AnswerCache(limits, key);
  const qname = nameOctets('example.org');
  const questions = [
    [1, 1, 0, 0],
    [28, 1, 0, 0],
    [1, 3, 0, 0],
    [1, 1, 1, 0],
    [1, 1, 0, 1],
    [65_535, 65_535, 255, 70_000],
  ] as const;
  for (const [i, [type, klass, flags, view]] of questions.entries())
    cache.store(qname, qname.length, type, klass, flags, view, message(20, i), 20, 100, 0);

  for (const [i, [type, klass, flags, view]] of questions.entries()) {
    const entry = cache.find(qname, qname.length, type, klass, flags, view, 0);
    t.equal(cache.bytesOf(entry)[cache.offset(entry)], i);
  }
  t.equal(cache.entries, questions.length);
});

t.test('an entry goes from fresh over stale to gone', async (t) => {
  const cache = new AnswerCache(limits, key);
  put(cache, 'a.example', message(20, 1), 100, 0);
  const qname = nameOctets('a.example');
  const at = (now: number): number => {
    const entry = cache.find(qname, qname.length, 1, 1, 0, 0, now);
    return entry < 0 ? -1 : cache.freshness(entry, now);
  };
  t.equal(at(99), FRESHNESS.fresh, 'asked once: not popular');
  t.equal(at(99), FRESHNESS.prefetch);
  t.equal(at(100), FRESHNESS.stale);
  t.equal(at(150), -1);
  t.equal(cache.entries, 0);
  t.equal(cache.bytes, 0);
});

t.test('holding an entry stops prefetch and refresh for a while', async (t) => {
  const cache = new AnswerCache(limits, key);
  put(cache, 'a.example', message(20, 1), 100, 0);
  const qname = nameOctets('a.example');
  cache.find(qname, qname.length, 1, 1, 0, 0, 0);
  const entry = cache.find(qname, qname.length, 1, 1, 0, 0, 0);
  cache.hold(entry, 110);
  t.equal(cache.freshness(entry, 95), FRESHNESS.fresh);
  t.equal(cache.freshness(entry, 105), FRESHNESS.held);
  t.equal(cache.freshness(entry, 110), FRESHNESS.stale);
});

t.test(
  'a failure does not replace an answer that may still be served, and holds it (RFC 8767 §5)',
  async (t) => {
    const cache = new AnswerCache(limits, key);
    put(cache, 'a.example', message(20, 1), 100, 0);
    t.notOk(put(cache, 'a.example', message(20, 2, 2), 5, 120));
    t.same(get(cache, 'a.example', 121), message(20, 1));
    const qname = nameOctets('a.example');
    const entry = cache.find(qname, qname.length, 1, 1, 0, 0, 121);
    t.equal(cache.freshness(entry, 121), FRESHNESS.held);
    t.equal(cache.freshness(entry, 125), FRESHNESS.stale);
    t.ok(put(cache, 'a.example', message(20, 2, 2), 5, 150), 'too old to serve: the failure is kept');
  },
);

t.test('a failure is never served stale, and an answer replaces it', async (t) => {
  const cache = new AnswerCache(limits, key);
  put(cache, 'a.example', message(20, 2, 2), 5, 0);
  t.same(get(cache, 'a.example', 4), message(20, 2, 2));
  t.ok(put(cache, 'a.example', message(30, 1), 100, 4));
  t.same(get(cache, 'a.example', 5), message(30, 1));
  put(cache, 'b.example', message(20, 2, 2), 5, 0);
  t.equal(get(cache, 'b.example', 5), null);
});

t.test('all names are forgotten together', async (t) => {
  const cache = new AnswerCache(limits, key);
  for (const name of ['example.org', 'a.example.org', 'org']) put(cache, name, message(20, 1));

  cache.clear();
  t.same([cache.entries, cache.bytes, get(cache, 'org')], [0, 0, null]);
  t.ok(put(cache, 'org', message(20, 3)));
});

t.test('what was asked for lately outlasts a flood of names asked once', async (t) => {
  const cache = new AnswerCache(limits, key);
  put(cache, 'good.example', message(100, 1), 1000);
  let lost = 0;
  for (let i = 0; i < 50_000; i += 1) {
    put(cache, `r${i}.flood.example`, message(100, 2), 1000);
    if (i % 300 === 0 && get(cache, 'good.example') === null) lost += 1;
  }
  t.equal(lost, 0);
  t.equal(cache.entries, limits.entries);
  t.ok(cache.evictions >= 49_000);
});

t.test('a cache of no entries or no octets keeps nothing and says so', async (t) => {
  for (const none of [
    { ...limits, entries: 0 },
    { ...limits, bytesMax: 0 },
  ]) {
    const cache = new AnswerCache(none, key);
    t.notOk(put(cache, 'a.example', message(20, 1)));
    t.equal(get(cache, 'a.example'), null);
  }
});

t.test('the largest message DNS can carry is kept', async (t) => {
  const cache = new AnswerCache(limits, key);
  t.ok(put(cache, 'big.example', message(65_535, 9)));
  t.equal(get(cache, 'big.example')?.length, 65_535);
});

const NAMES = Array.from({ length: 40 }, (_, i) => `n${i}.${'x'.repeat(i)}.example`);
const operation = fc.oneof(
  fc.record({
    kind: fc.constant('store' as const),
    name: fc.constantFrom(...NAMES),
    length: fc.integer({ min: 12, max: 600 }),
    fill: fc.nat(255),
    ttl: fc.integer({ min: 0, max: 200 }),
  }),
  fc.record({ kind: fc.constant('find' as const), name: fc.constantFrom(...NAMES) }),
  fc.record({ kind: fc.constant('clear' as const) }),
  fc.record({ kind: fc.constant('wait' as const), seconds: fc.nat(120) }),
);

t.test('it never says anything the naive Map would not say, and never outgrows its bounds', async () => {
  const model = (bounds: CacheLimits, complete: boolean) =>
    fc.property(fc.array(operation, { minLength: 50, maxLength: 800, size: 'max' }), (operations) => {
      const cache = new AnswerCache(bounds, key);
      const twin = new Map<string, { octets: Uint8Array; goneAt: number }>();
      let now = 0;
      for (const step of operations) {
        if (step.kind === 'wait') now += step.seconds;
        else if (step.kind === 'store') {
          const octets = message(step.length, step.fill);
          const stored = put(cache, step.name, octets, step.ttl, now);
          if (stored) twin.set(step.name, { octets, goneAt: now + step.ttl + bounds.serveStaleSeconds });
          if (stored !== step.ttl > 0) return false;
        } else if (step.kind === 'clear') {
          cache.clear();
          twin.clear();
        } else {
          const found = get(cache, step.name, now);
          const expected = twin.get(step.name);
          const useful = expected !== undefined && now < expected.goneAt;
          if (found === null ? complete && useful : !useful || !Buffer.from(found).equals(expected.octets))
            return false;
        }
        if (cache.entries > bounds.entries || cache.bytes > bounds.bytesMax) return false;
        if (cache.bytesReserved > bounds.bytesMax) return false;
      }
      return true;
    });
  fc.assert(model(limits, true), { numRuns: 150 });
  fc.assert(model({ ...limits, entries: 7 }, false), { numRuns: 150 });
  fc.assert(model({ ...limits, bytesMax: 9000 }, false), { numRuns: 300 });
});
