import t from 'tap';
import { FRESHNESS, freshnessOf } from '../../src/cache/freshness.ts';

const of = (age: number, popular = false, held = false): number => freshnessOf(age, 100, 50, popular, held);

t.test('an entry is fresh within its TTL, stale within serveStale after it, then expired', async (t) => {
  t.equal(of(0), FRESHNESS.fresh);
  t.equal(of(99), FRESHNESS.fresh);
  t.equal(of(100), FRESHNESS.stale);
  t.equal(of(149), FRESHNESS.stale);
  t.equal(of(150), FRESHNESS.expired);
});

t.test('a popular entry is due for prefetch in the last tenth of its life', async (t) => {
  t.equal(of(89, true), FRESHNESS.fresh);
  t.equal(of(90, true), FRESHNESS.prefetch);
  t.equal(of(99, true), FRESHNESS.prefetch);
});

t.test('a held entry is neither refreshed nor asked for', async (t) => {
  t.equal(of(95, true, true), FRESHNESS.fresh);
  t.equal(of(120, true, true), FRESHNESS.held);
  t.equal(of(150, true, true), FRESHNESS.expired);
});

t.test('very short lives are not prefetched', async (t) => {
  t.equal(freshnessOf(4, 5, 0, true, false), FRESHNESS.fresh);
});

t.test('a clock that jumped back makes nothing expire', async (t) => {
  t.equal(of(-1000, true), FRESHNESS.fresh);
});
