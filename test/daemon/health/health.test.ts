// What is said of a hits thread that does not answer: one that takes over a store of an earlier version is no dead one.
import t from 'tap';
import { healthOf } from '../../../src/daemon/health/health.ts';
import { ProblemBook } from '../../../src/daemon/health/problems.ts';
import { healthFacts } from '../../support/health-facts.ts';

function problemsOf(isTakingOver: boolean): { id: string; what: string }[] {
  const facts = healthFacts({ hits: null, isTakingOver });
  return healthOf(facts, new ProblemBook(), 10_000).problems.map(({ id, what }) => ({ id, what }));
}

t.test('a hits thread that takes over a store is not said to be silent', (t) => {
  t.match(problemsOf(true), [{ id: 'store-opening', what: /an earlier version is taken over/ }]);
  t.match(problemsOf(false), [{ id: 'hits-thread', what: 'the hits thread does not answer' }]);
  t.end();
});
