// What is said of a hits thread that does not answer: one that takes over a store of an earlier version is no dead one.
import t from 'tap';
import { SteadyClock } from '../../../src/config/steady-clock.ts';
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
      waitsForRestart: ['workers'],
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
