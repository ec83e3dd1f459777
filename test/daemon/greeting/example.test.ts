// The name that a start suggests to try is one that a shell leaves alone and that is blocked by itself.
import t from 'tap';
import { exampleName } from '../../../src/daemon/greeting/example.ts';
import { ruleSetOf } from '../../support/rule-set.ts';

t.test(
  'names that need escapes, rules for what is below and rules with conditions are no examples',
  async (t) => {
    const lists = [{ name: 'c2', alert: true }];
    const strange = [
      { list: 'c2', names: ['sp\\032ace.test', 'a\\;b.test'] },
      { list: 'c2', names: ['below.test'], rule: { scope: 'below' } },
      { list: 'c2', names: ['typed.test'], rule: { types: [28] } },
    ] as const;
    t.equal(exampleName(ruleSetOf(lists, strange)), null);
    t.equal(exampleName(ruleSetOf(lists, [...strange, { list: 'c2', names: ['evil.test'] }])), 'evil.test');
  },
);
