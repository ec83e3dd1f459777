// Precedence from a list's text to the verdict, beside a naive reading: allow over block, importance, the longest name,
// conditions, cancelled rules, groups, lists on trial, a policy zone's exceptions, expressions.
import { deepStrictEqual } from 'node:assert';
import fc from 'fast-check';
import t from 'tap';
import { compileRuleSet } from '../../src/lists/compile.ts';
import { Policy } from '../../src/policy/decide.ts';
import { VERDICT_NAMES, Verdict } from '../../src/policy/verdict.ts';
import { nameToText } from '../../src/wire/names/presentation.ts';
import { textToType } from '../../src/wire/records/iana.ts';
import { groupOf } from '../support/group.ts';
import { listConfig } from '../support/lists-compile.ts';
import {
  type NaiveList,
  type NaiveQuestion,
  type NaiveRule,
  naiveDecision,
  textOf,
} from '../support/naive-policy.ts';
import { wire } from '../support/rule-set.ts';

const NAMES = ['one', 'two', 'ours', 'zone', 'zone-2'] as const;
const name = fc
  .array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 3 })
  .map((labels) => `${labels.join('.')}.test`);
const maybe = <T>(values: readonly T[]): fc.Arbitrary<T | null> =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.constantFrom(...values) });

const rule: fc.Arbitrary<NaiveRule> = fc
  .record({
    kind: fc.oneof(
      { weight: 9, arbitrary: fc.constant('host' as const) },
      { weight: 1, arbitrary: fc.constant('pattern' as const) },
    ),
    what: name,
    scope: fc.constantFrom('exact', 'subtree', 'below'),
    isAllow: fc.oneof(
      { weight: 3, arbitrary: fc.constant(false) },
      { weight: 1, arbitrary: fc.constant(true) },
    ),
    isImportant: fc.oneof(
      { weight: 4, arbitrary: fc.constant(false) },
      { weight: 1, arbitrary: fc.constant(true) },
    ),
    types: maybe([['A'], ['AAAA', 'A'], ['TXT']]),
    isTypesNegated: fc.boolean(),
    clients: maybe([['192.0.2.7'], ['192.0.2.0/24', '~192.0.2.7'], ['~192.0.2.7'], ['198.51.100.1']]),
    except: maybe([['a.test'], ['b.a.test', 'c.test']]),
    isBadfilter: fc.oneof(
      { weight: 9, arbitrary: fc.constant(false) },
      { weight: 1, arbitrary: fc.constant(true) },
    ),
  })
  .map((made) =>
    made.kind === 'pattern'
      ? { ...made, scope: 'exact' as const, what: `^${made.what.split('.')[0]}.*\\.test$` }
      : made,
  );

const lists: fc.Arbitrary<NaiveList[]> = fc
  .tuple(
    ...NAMES.map((own) =>
      fc.record({
        name: fc.constant(own),
        action: fc.constant(
          own === 'ours'
            ? ('allow' as const)
            : own.startsWith('zone')
              ? ('zone' as const)
              : own === 'two'
                ? ('nxdomain' as const)
                : ('sinkhole' as const),
        ),
        mode: fc.oneof(
          { weight: 3, arbitrary: fc.constant('enforce' as const) },
          { weight: 1, arbitrary: fc.constant('monitor' as const) },
        ),
        alert: fc.boolean(),
        rules: fc.array(rule, { maxLength: 7 }),
      }),
    ),
  )
  .chain((made) => {
    // Rules of all lists are often the same ones: else nothing meets, and no `$badfilter` finds its twin.
    const all = made.flatMap(({ rules }) => rules);
    return all.length === 0
      ? fc.constant(made)
      : fc
          .array(fc.tuple(fc.nat(NAMES.length - 1), fc.constantFrom(...all), fc.boolean()), { maxLength: 4 })
          .map((copies) =>
            made.map((list, index) => ({
              ...list,
              rules: [
                ...list.rules,
                ...copies
                  .filter(([to]) => to === index)
                  .map(([, copied, isBadfilter]) => ({ ...copied, isBadfilter })),
              ],
            })),
          );
  });

const question: fc.Arbitrary<NaiveQuestion> = fc.record({
  name,
  type: fc.constantFrom('A', 'AAAA', 'TXT'),
  client: fc.constantFrom('192.0.2.7', '192.0.2.8', '198.51.100.1'),
});

t.test('any lists decide as the naive reading does', async (t) => {
  const seen = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(
      lists,
      fc.subarray([...NAMES], { minLength: 1 }),
      fc.array(question, { minLength: 4, maxLength: 10 }),
      async (made, group, questions) => {
        const policy = await policyOf(made, group);
        const verdict = new Verdict();
        for (const asked of questions) {
          const octets = wire(asked.name);
          const client = Uint8Array.from([
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0xff,
            0xff,
            ...asked.client.split('.').map(Number),
          ]);
          policy.decide(octets, octets.length, textToType(asked.type) ?? 0, 0, client, verdict);
          const found = policy.rule(verdict.rule);
          const decided = {
            verdict: VERDICT_NAMES[verdict.code],
            list: found === undefined ? null : (made[found.list]?.name ?? null),
            name: verdict.nameOffset < 0 ? null : nameToText(octets, verdict.nameOffset),
          };
          const wanted = naiveDecision(made, group, asked);
          const what = `${wanted.verdict} ${wanted.name === null && wanted.list !== null ? 'by expression' : ''}`;
          seen.set(what, (seen.get(what) ?? 0) + 1);
          deepStrictEqual(
            decided,
            wanted,
            `${JSON.stringify(asked)} in ${group}: ${made.map((list) => `${list.name} ${list.mode}: ${list.rules.map(textOf).join(' ')}`).join('; ')}`,
          );
        }
      },
    ),
    { numRuns: 400 },
  );
  for (const what of [
    'pass ',
    'sinkhole ',
    'nxdomain ',
    'monitor ',
    'sinkhole by expression',
    'pass by expression',
  ])
    t.ok((seen.get(what) ?? 0) > 5, `${what}: ${seen.get(what)} times`);
});

async function policyOf(made: readonly NaiveList[], group: readonly string[]): Promise<Policy> {
  const { ruleSet } = await compileRuleSet({
    revision: 1,
    seed: 1,
    lists: made.map((list) => ({
      config: listConfig({ ...list, format: 'adblock' }),
      body: { kind: 'bytes', bytes: new TextEncoder().encode(list.rules.map(textOf).join('\n')) },
      fallback: null,
      previousEntries: null,
    })),
  });
  return new Policy(ruleSet, [groupOf({ lists: group })], { kind: 'nullip' });
}
