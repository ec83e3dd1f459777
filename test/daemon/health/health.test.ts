// What is said of a hits thread that does not answer: one that takes over a store of an earlier version is no dead one.
import t from 'tap';
import { healthOf } from '../../../src/daemon/health/health.ts';
import { ProblemBook } from '../../../src/daemon/health/problems.ts';

function problemsOf(isTakingOver: boolean): { id: string; what: string }[] {
  const facts = {
    inForce: {
      revision: 1,
      sinceMs: 0,
      ruleSet: { names: 1, patterns: [] },
      certificate: null,
      config: { workers: 1 },
    },
    ...{ refusals: [], lists: [], answering: 1, isListening: true, paused: [], upstreams: [] },
    ...{ waitsForRestart: [], more: [], served: [], hits: null, isTakingOver },
  } as unknown as Parameters<typeof healthOf>[0];
  return healthOf(facts, new ProblemBook(), 10_000).problems.map(({ id, what }) => ({ id, what }));
}

t.test('a hits thread that takes over a store is not said to be silent', (t) => {
  t.match(problemsOf(true), [{ id: 'store-opening', what: /an earlier version is taken over/ }]);
  t.match(problemsOf(false), [{ id: 'hits-thread', what: 'the hits thread does not answer' }]);
  t.end();
});
