// The decision: label boundaries, scopes, allow over block, the most specific rule, conditions, monitor, against a naive twin.
import fc from 'fast-check';
import t from 'tap';
import type { GroupConfig } from '../../src/config/config.ts';
import { Policy } from '../../src/policy/decide.ts';
import type { Scope } from '../../src/policy/rule.ts';
import { VERDICT, Verdict } from '../../src/policy/verdict.ts';
import { groupOf } from '../support/group.ts';
import { type ListWords, type PatternWords, type RuleWords, ruleSetOf, wire } from '../support/rule-set.ts';

const NULLIP = { kind: 'nullip' as const };
const CLIENT = Uint8Array.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 7]);
const group = (...lists: string[]): GroupConfig => groupOf({ lists });

function policyOf(
  lists: readonly ListWords[],
  words: readonly RuleWords[],
  patterns: readonly PatternWords[] = [],
): Policy {
  return new Policy(ruleSetOf(lists, words, patterns), [group(...lists.map((list) => list.name))], NULLIP);
}

function decide(
  policy: Policy,
  name: string,
  { qtype = 1, number = 0 } = {},
): { code: number; rule: number; offset: number } {
  const verdict = new Verdict();
  const octets = wire(name);
  policy.decide(octets, octets.length, qtype, number, CLIENT, verdict);
  return { code: verdict.code, rule: verdict.rule, offset: verdict.nameOffset };
}

t.test('a subtree rule covers the name and all below it, on label boundaries', async (t) => {
  const policy = policyOf([{ name: 'c2' }], [{ list: 'c2', names: ['example.org'] }]);
  const code = (name: string): number => decide(policy, name).code;

  t.equal(code('example.org'), VERDICT.sinkhole);
  t.equal(code('a.b.example.org'), VERDICT.sinkhole);
  t.equal(decide(policy, 'a.b.example.org').offset, 4, 'where the rule begins in the name asked for');
  t.equal(code('notexample.org'), VERDICT.pass);
  t.equal(code('example.org.evil.test'), VERDICT.pass);
  t.equal(code('a\\.example.org'), VERDICT.pass, 'a dot in a label is no boundary');
  t.equal(code('org'), VERDICT.pass);
  t.equal(code('.'), VERDICT.pass);
});

t.test('exact covers the name alone, below only what is below it', async (t) => {
  const policy = policyOf(
    [{ name: 'ads' }],
    [
      { list: 'ads', names: ['exact.test'], rule: { scope: 'exact' } },
      { list: 'ads', names: ['below.test'], rule: { scope: 'below' } },
    ],
  );
  const blocked = (name: string): boolean => decide(policy, name).code === VERDICT.sinkhole;

  t.same(['exact.test', 'a.exact.test', 'below.test', 'a.below.test'].map(blocked), [
    true,
    false,
    false,
    true,
  ]);
});

t.test('the octets of escaped and binary labels are compared, not their text', async (t) => {
  const policy = policyOf([{ name: 'c2' }], [{ list: 'c2', names: ['\\000\\255.test', 'ok\\.example'] }]);

  t.equal(decide(policy, 'x.\\000\\255.test').code, VERDICT.sinkhole);
  t.equal(decide(policy, 'ok\\.example').code, VERDICT.sinkhole);
  t.equal(decide(policy, 'ok.example').code, VERDICT.pass);
});

t.test('an allow beats every block of its group, an important block every plain allow', async (t) => {
  const lists: ListWords[] = [{ name: 'c2' }, { name: 'ours', action: 'allow' }];
  const policy = policyOf(lists, [
    { list: 'c2', names: ['deep.good.test', 'bad.test'] },
    { list: 'ours', names: ['good.test', 'bad.test'] },
    { list: 'c2', names: ['bad.test'], rule: { important: true } },
  ]);

  t.same(decide(policy, 'x.deep.good.test'), { code: VERDICT.pass, rule: 1, offset: 7 });
  t.equal(decide(policy, 'bad.test').code, VERDICT.sinkhole);
});

t.test('of two blocks the longer name decides, of equals the list that alerts', async (t) => {
  const lists: ListWords[] = [{ name: 'ads' }, { name: 'c2', alert: true }];
  const policy = policyOf(lists, [
    { list: 'ads', names: ['test', 'same.test'], rule: { action: 'nxdomain' } },
    { list: 'c2', names: ['a.test', 'same.test'] },
  ]);

  t.same(decide(policy, 'x.a.test'), { code: VERDICT.sinkhole, rule: 1, offset: 2 });
  t.same(decide(policy, 'b.test'), { code: VERDICT.nxdomain, rule: 0, offset: 2 });
  t.equal(decide(policy, 'same.test').rule, 1);
});

t.test('a list on trial is told of, and never hides one in force', async (t) => {
  const lists: ListWords[] = [{ name: 'trial', mode: 'monitor' }, { name: 'ads' }];
  const policy = policyOf(lists, [
    { list: 'trial', names: ['a.test', 'deep.b.test'] },
    { list: 'ads', names: ['b.test'] },
  ]);

  t.equal(decide(policy, 'a.test').code, VERDICT.monitor);
  t.equal(decide(policy, 'deep.b.test').code, VERDICT.sinkhole);
});

t.test('a rule may be limited to types, clients and names it spares', async (t) => {
  const policy = policyOf(
    [{ name: 'ads' }],
    [
      { list: 'ads', names: ['v6.test'], rule: { types: [28] } },
      { list: 'ads', names: ['nota.test'], rule: { types: [1], typesNegated: true } },
      { list: 'ads', names: ['ours.test'], rule: { clients: ['192.0.2.0/24'] } },
      { list: 'ads', names: ['theirs.test'], rule: { clients: ['~192.0.2.7'] } },
      { list: 'ads', names: ['wide.test'], rule: { except: ['spared.wide.test'] } },
    ],
  );
  const blocked = (name: string, qtype = 1): boolean => decide(policy, name, { qtype }).code !== VERDICT.pass;

  t.same([blocked('v6.test', 28), blocked('v6.test', 1)], [true, false]);
  t.same([blocked('nota.test', 16), blocked('nota.test', 1)], [true, false]);
  t.same([blocked('ours.test'), blocked('theirs.test')], [true, false]);
  t.same([blocked('a.wide.test'), blocked('x.spared.wide.test')], [true, false]);
});

t.test('an expression is tried after the trie, and an allowing one may still lift a block', async (t) => {
  const policy = policyOf(
    [{ name: 'ads' }, { name: 'ours', action: 'allow' }],
    [{ list: 'ads', names: ['test'] }],
    [
      { list: 'ads', source: '^ads[0-9]+\\.' },
      { list: 'ours', source: '^good' },
    ],
  );

  t.same(decide(policy, 'ads7.example.org'), { code: VERDICT.sinkhole, rule: 1, offset: -1 });
  t.equal(decide(policy, 'adsx.example.org').code, VERDICT.pass);
  t.equal(decide(policy, 'good.test').code, VERDICT.pass);
  t.equal(decide(policy, 'bad.test').code, VERDICT.sinkhole);
});

t.test('a group sees its own lists, in its own hours, unless it is paused', async (t) => {
  const schedule = { days: 0b10, fromMinute: 480, toMinute: 1080, text: 'Mon 08:00-18:00' };
  const ruleSet = ruleSetOf(
    [{ name: 'c2' }, { name: 'ads' }],
    [
      { list: 'c2', names: ['c2.test'] },
      { list: 'ads', names: ['ads.test'] },
    ],
  );
  const policy = new Policy(ruleSet, [group('c2'), { ...group('ads'), schedule }], NULLIP);
  const blocked = (name: string, number: number): boolean =>
    decide(policy, name, { number }).code !== VERDICT.pass;

  policy.setMinute(1440 + 9 * 60);
  t.same(
    [blocked('c2.test', 0), blocked('ads.test', 0), blocked('ads.test', 1), blocked('c2.test', -1)],
    [true, false, true, false],
  );
  policy.setMinute(1440 + 7 * 60);
  t.same([blocked('c2.test', 0), blocked('ads.test', 1)], [true, false]);
  policy.setMinute(1440 + 9 * 60, [true, false]);
  t.same([blocked('c2.test', 0), blocked('ads.test', 1)], [false, true]);
});

t.test('any set of rules decides as the naive twin does', async (t) => {
  const label = fc.constantFrom('a', 'b', 'c', 'ab');
  const name = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'));
  const rule = fc.record({
    name,
    scope: fc.constantFrom<Scope>('exact', 'subtree', 'below'),
    list: fc.constantFrom('c2', 'ours'),
    important: fc.boolean(),
  });
  const covers = (scope: Scope, own: string, asked: string): boolean =>
    (scope !== 'below' && asked === own) || (scope !== 'exact' && asked.endsWith(`.${own}`));
  fc.assert(
    fc.property(
      fc.array(rule, { maxLength: 12 }),
      fc.array(name, { minLength: 1, maxLength: 8 }),
      (rules, asked) => {
        const policy = policyOf(
          [{ name: 'c2' }, { name: 'ours', action: 'allow' }],
          rules.map((own) => ({
            list: own.list,
            names: [own.name],
            rule: { scope: own.scope, important: own.important },
          })),
        );
        return asked.every((wanted) => {
          const found = rules.filter((own) => covers(own.scope, own.name, wanted));
          const has = (list: string, important: boolean): boolean =>
            found.some((own) => own.list === list && own.important === important);
          const blocked =
            !has('ours', true) && (has('c2', true) || (!has('ours', false) && has('c2', false)));
          return (decide(policy, wanted).code !== VERDICT.pass) === blocked;
        });
      },
    ),
    { numRuns: 400 },
  );
  t.pass();
});

t.test(
  'an exception that yields holds where its own list blocks nothing nearer, and against all other lists',
  async (t) => {
    const allow = { action: 'allow', yields: true } as const;
    const lists = [{ name: 'ours' }, { name: 'other' }, { name: 'zone', action: 'zone' }] as const;
    const words: RuleWords[] = [
      { list: 'ours', names: ['a.test', 'c.b.a.test', 'same.test'] },
      { list: 'ours', names: ['b.a.test', 'same.test', 'd.test'], rule: allow },
      { list: 'ours', names: ['e.d.test'], rule: { types: [28] } },
      { list: 'other', names: ['d.test'] },
      { list: 'zone', names: ['z.test', 'y.x.z.test'] },
      { list: 'zone', names: ['x.z.test', 'y.x.z.test'], rule: allow },
    ];
    const policy = policyOf(lists, words);
    const blocked = (name: string, qtype = 1): boolean =>
      decide(policy, name, { qtype }).code === VERDICT.sinkhole;
    const cases: [name: string, isBlocked: boolean, qtype?: number][] = [
      ['a.test', true],
      ['b.a.test', false],
      ['x.b.a.test', false],
      ['c.b.a.test', true],
      ['x.c.b.a.test', true],
      ['same.test', true],
      ['x.same.test', true],
      ['d.test', false],
      ['e.d.test', false],
      ['e.d.test', true, 28],
      ['z.test', true],
      ['x.z.test', false],
      ['y.x.z.test', true],
    ];
    t.same(
      cases.map(([name, , qtype]) => blocked(name, qtype)),
      cases.map(([, isBlocked]) => isBlocked),
    );
  },
);

t.test('a firm rewrite goes before exceptions of lists that block, and behind an allow list', async (t) => {
  const firm = { firm: true, rewrite: { kind: 'address', addresses: ['192.0.2.1'] } } as const;
  const policy = new Policy(
    ruleSetOf(
      [{ name: 'ads' }, { name: 'ours', action: 'allow' }],
      [
        { list: 'ads', names: ['a.test', 'b.test', 'c.test'], rule: firm },
        { list: 'ads', names: ['a.test'], rule: { action: 'allow' } },
        { list: 'ours', names: ['b.test'] },
        { list: 'ads', names: ['c.test'], rule: { action: 'allow', important: true } },
      ],
    ),
    [groupOf({ lists: ['ads', 'ours'] })],
    { kind: 'nullip' },
  );
  const verdict = new Verdict();
  const codes = ['a.test', 'b.test', 'c.test'].map((name) =>
    policy.decide(wire(name), wire(name).length, 1, 0, new Uint8Array(16), verdict),
  );
  t.same(codes, [VERDICT.rewrite, VERDICT.pass, VERDICT.pass]);
});
