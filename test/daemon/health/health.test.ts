// What is said of a hits thread that does not answer: one that takes over a store of an earlier version is no dead one.
import t from 'tap';
import { SteadyClock } from '../../../src/config/steady-clock.ts';
import { auditProblems } from '../../../src/daemon/health/audit-waits.ts';
import { healthOf } from '../../../src/daemon/health/health.ts';
import { ProblemBook } from '../../../src/daemon/health/problems.ts';
import { healthFacts } from '../../support/health-facts.ts';

function problemsOf(isTakingOver: boolean): { id: string; what: string }[] {
  const facts = healthFacts({ hits: null, isTakingOver });
  return healthOf(facts, new ProblemBook(new SteadyClock()), 10_000).problems.map(({ id, what }) => ({
    id,
    what,
  }));
}

t.test('a hits thread that takes over a store is not said to be silent', (t) => {
  t.match(problemsOf(true), [{ id: 'store-opening', what: /an earlier version is taken over/ }]);
  t.match(problemsOf(false), [{ id: 'hits-thread', what: 'the hits thread does not answer' }]);
  t.end();
});

t.test('a query log that cannot be written is a problem, as hits that cannot be stored are', async (t) => {
  const hits = {
    storeError: null,
    queryLogError: 'disk is full',
    lost: 0,
    unstored: 0,
    out: [],
    receivers: [],
  };
  t.match(healthOf(healthFacts({ hits }), new ProblemBook(new SteadyClock()), 10_000).problems, [
    {
      id: 'query-log',
      what: /^the query log cannot be written: disk is full; queries wait/,
      remedy: /^make room/,
    },
  ]);
});

t.test('groups that are paused together are one problem', async (t) => {
  const until = '2026-11-23T10:00:00.000Z';
  const groups = Array.from({ length: 40 }, (_, i) => ({ group: `g${i}`, until }));
  const paused = [{ group: 'tills', until: null }, ...groups];
  const problemsNow = healthOf(
    healthFacts({ paused, hits: null }),
    new ProblemBook(new SteadyClock()),
    10_000,
  ).problems;
  t.match(
    problemsNow.filter(({ id }) => id.startsWith('paused')),
    [
      { id: 'paused:tills', what: 'blocking is paused for group tills until it is resumed' },
      { id: 'paused:g0', what: 'blocking is paused for 40 groups until 2026-11-23 10:00:00 UTC' },
    ],
  );
});

t.test('the hit log and the audit log that cannot be written are problems', async (t) => {
  const nothing = { storeError: null, queryLogError: null, lost: 0, unstored: 0, out: [], receivers: [] };
  const hits = { ...nothing, logFailing: true, logLinesLost: 3 };
  t.match(healthOf(healthFacts({ hits }), new ProblemBook(new SteadyClock()), 10_000).problems, [
    { id: 'hit-log', what: /^hits\.jsonl cannot be written: .* 3 are lost to it/ },
  ]);
  t.same(auditProblems(null), []);
  t.match(auditProblems('disk is full'), [{ id: 'audit', what: /^the audit log .* disk is full/ }]);
});

t.test(
  'since when something is so goes with the clock once that was set right, and stays as it is while it drifts',
  (t) => {
    const DAY_MS = 86_400_000;
    let [wallMs, steadyMs] = [Date.parse('1970-01-02T00:00:00Z'), 1000];
    const clock = new SteadyClock(
      () => wallMs,
      () => steadyMs,
    );
    const book = new ProblemBook(clock);
    const facts = healthFacts({
      inForce: { ...healthFacts({}).inForce, sinceMs: clock.now() },
      refusals: [{ kind: 'lists', sinceMs: clock.now(), reason: 'no' }],
      hits: null,
      answering: 0,
      waits: { settings: ['workers'], sinceMs: clock.now() },
    });
    const sinces = (): string[] => {
      const { since, refused, problems } = healthOf(facts, book, wallMs);
      return [...new Set([since, refused?.since ?? '', ...problems.map((problem) => problem.since)])];
    };
    t.same(sinces(), ['1970-01-02T00:00:00.000Z']);
    steadyMs += DAY_MS;
    wallMs += DAY_MS + 700;
    t.same(sinces(), ['1970-01-02T00:00:00.000Z'], 'the same moment is told the same');
    wallMs = Date.parse('2026-12-03T00:00:00Z');
    t.same(sinces(), ['2026-12-02T00:00:00.000Z'], 'set right a day later');
    wallMs = Date.parse('2025-12-03T00:00:00Z');
    t.same(sinces(), ['2025-12-02T00:00:00.000Z'], 'set back');
    t.end();
  },
);
