// What a hit of an earlier start, read after lists have changed, is said to match.
import t from 'tap';
import { KnownContext, UNKNOWN } from '../../src/hits/hit-context.ts';
import type { RuleMeaning } from '../../src/policy/rule-meaning.ts';
import { groupOf } from '../support/group.ts';
import { INDICATOR } from '../support/hits-desk.ts';
import { hitRecord } from '../support/hits-records.ts';
import { ruleSetOf } from '../support/rule-set.ts';

const NAME = 'akamaicontainer.com';
/** As its journal explains the rule that decided. */
const meaningOf = (list: string): RuleMeaning => ({
  list,
  indicator: INDICATOR,
  addresses: null,
  pattern: null,
  alert: true,
});

const contextWith = (...lists: readonly string[]): KnownContext => contextOf(lists, true);

function contextOf(lists: readonly string[], alert: boolean): KnownContext {
  const context = new KnownContext();
  const ruleSet = ruleSetOf(
    lists.map((name) => ({ name, alert })),
    lists.map((list) => ({ list, names: [NAME], rule: { indicator: INDICATOR } })),
  );
  context.useConfig(['default'], { kind: 'nullip' });
  context.useRules(ruleSet);
  context.useLists(ruleSet, [groupOf({ lists })]);
  return context;
}

const matchedBy = (context: KnownContext, list: string): readonly string[] =>
  context
    .recoveredMatches(hitRecord({ name: NAME }), meaningOf(list), NAME, 'default')
    .map((match) => match.list);

t.test('its own list, and those that have the name now', async (t) => {
  t.strictSame(matchedBy(contextWith('one', 'two'), 'one'), ['one', 'two']);
  t.strictSame(matchedBy(contextWith('two'), 'one'), ['one', 'two'], 'one is gone, two is another');
});

t.test('a list that was renamed since is not said to be two, however often', async (t) => {
  const context = contextWith('three', 'other');
  context.useNames([{ from: 'one', to: 'two' }]);
  context.useNames([{ from: 'two', to: 'three' }]);
  t.strictSame(matchedBy(context, 'one'), ['one', 'other']);
  t.strictSame(matchedBy(context, 'two'), ['two', 'other']);
  t.strictSame(matchedBy(context, 'other'), ['other', 'three'], 'that of another list is told beside it');
});

t.test('where damage took what explains its rule, the lists that have the name now', async (t) => {
  const unexplained = (context: KnownContext): readonly string[] =>
    context.recoveredMatches(hitRecord({ name: NAME }), UNKNOWN, NAME, 'default').map((match) => match.list);
  t.strictSame(unexplained(contextWith('one', 'two')), ['one', 'two']);
  t.strictSame(unexplained(contextWith()), ['unknown'], 'it is told nevertheless');
  t.strictSame(
    unexplained(contextOf(['ads'], false)),
    [],
    'where one without an alert has it, nobody is told',
  );
});
