import fc from 'fast-check';
import t from 'tap';
import { RULES_OF_NAME_MAX, RuleSets } from '../../src/trie/rule-sets.ts';

const same = (rules: readonly number[]): readonly number[] => rules;

t.test('a set holds what was put together, whatever the order', async () => {
  const rule = fc.integer({ min: 0, max: 40 });
  fc.assert(
    fc.property(fc.array(fc.array(rule, { minLength: 1, maxLength: 12 }), { maxLength: 8 }), (parts) => {
      const sets = new RuleSets();
      const made = parts.map((rules) =>
        rules.map((each) => sets.single(each)).reduce((a, b) => sets.union(a, b)),
      );
      if (made.length === 0) return true;
      const all = made.reduce((a, b) => sets.union(a, b));
      const wanted = [...new Set(parts.flat())].sort((a, b) => a - b);
      return sets.rulesOf(all).join() === wanted.join();
    }),
    { seed: 5 },
  );
});

t.test('the same rules in another order are one set once they are settled', async (t) => {
  const sets = new RuleSets();
  const [a, b, c] = [sets.single(1), sets.single(2), sets.single(3)];
  const one = sets.union(sets.union(a, b), c);
  const other = sets.union(sets.union(c, a), b);
  t.not(one, other);
  t.equal(sets.settled(one, same), sets.settled(other, same));
  t.equal(sets.settled(a, same), a);
});

t.test('a rule more costs one set more, however many rules the name has', async (t) => {
  const rule = fc.integer({ min: 0, max: 5000 });
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), rule), { maxLength: 4000 }), (adds) => {
      const sets = new RuleSets();
      const names = new Map<number, number>();
      for (const [name, each] of adds) {
        const before = sets.count;
        const single = sets.single(each);
        const had = names.get(name);
        names.set(name, had === undefined ? single : sets.union(had, single));
        if (sets.count > before + 2) return false;
      }
      return true;
    }),
    { seed: 6, numRuns: 30 },
  );
  t.pass('for names with thousands of rules');
});

t.test('a source has room for so many rules on one name, and takes none of the next one’s', async (t) => {
  const sets = new RuleSets();
  sets.beginSource(0);
  let set = sets.single(0);
  for (let rule = 1; rule < 1000; rule += 1) set = sets.union(set, sets.single(rule));
  sets.beginSource(1000);
  for (let rule = 1000; rule < 1002; rule += 1) set = sets.union(set, sets.single(rule));
  const rules = sets.rulesOf(set);
  t.equal(rules.length, RULES_OF_NAME_MAX + 2);
  t.strictSame(rules.slice(-2), [1000, 1001]);
  t.strictSame(sets.leftOut, [1000 - RULES_OF_NAME_MAX, 0]);
});

t.test('what the rules of a name become is asked once, with all of them in order', async (t) => {
  const sets = new RuleSets();
  const set = sets.union(sets.single(9), sets.single(4));
  const settled = sets.settled(set, (rules) => {
    t.strictSame(rules, [4, 9]);
    return [9, 12];
  });
  t.strictSame(sets.rulesOf(settled), [9, 12]);
});
