// All alerting lists that have a name, whichever rule decides, beside what a person would write down.
import t from 'tap';
import { VIA } from '../../src/events/hit-record.ts';
import { RESULT } from '../../src/events/result.ts';
import { byCampaign, toHit } from '../../src/hits/hit.ts';
import { KnownContext } from '../../src/hits/hit-context.ts';
import { Matcher } from '../../src/hits/matches.ts';
import { STANDING } from '../../src/hits/standing.ts';
import { VISIT_MS, Visits } from '../../src/hits/visits.ts';
import { VERDICT } from '../../src/policy/verdict.ts';
import { queryOf } from '../support/events-query.ts';
import { groupOf } from '../support/group.ts';
import { hitOctets, hitRecord, START_MS } from '../support/hits-records.ts';
import { ruleSetOf, wire } from '../support/rule-set.ts';

const indicator = {
  campaign: 'Cx',
  source: null,
  firstPublished: null,
  confidence: 'high',
  note: null,
} as const;
const RULES = ruleSetOf(
  [
    { name: 'cx', alert: true },
    { name: 'cy', alert: true, mode: 'monitor' },
    { name: 'big' },
    { name: 'allow', action: 'allow' },
  ],
  [
    { list: 'cx', names: ['sub.example'], rule: { indicator } },
    { list: 'big', names: ['www.sub.example', 'ads.example'] },
    { list: 'cy', names: ['sub.example', 'watched.example'] },
    { list: 'cx', names: ['six.example'], rule: { types: [28], indicator } },
    { list: 'cx', names: ['only.example'], rule: { scope: 'exact' } },
    { list: 'cx', names: ['below.example'], rule: { scope: 'below' } },
    { list: 'allow', names: ['allowed.example'] },
  ],
  [{ list: 'cy', source: '^evil[0-9]+\\.' }],
  [{ list: 'cx', networks: ['203.0.113.0/24'] }],
);
const GROUPS = [
  groupOf({ lists: ['cx', 'cy', 'big', 'allow'] }),
  groupOf({ name: 'servers', lists: ['big'] }),
];
const asking = (type = 1, group = 0, timeMs = START_MS) => ({
  ...{ qtype: type, group, timeMs },
  address: queryOf({ name: 'x' }).address,
});

t.test('every list that alerts is found, whatever list is more specific and which mode it has', async (t) => {
  const matcher = new Matcher(RULES, GROUPS);
  const of = (name: string, type = 1, group = 0) =>
    matcher
      .ofName(wire(name), wire(name).length, asking(type, group))
      .map(({ list, rule, mode }) => [list, rule, mode]);
  const both = [
    ['cx', 'sub.example', 'enforce'],
    ['cy', 'sub.example', 'monitor'],
  ];
  t.same(of('sub.example'), both);
  t.same(of('x.www.sub.example'), both, 'a list that does not alert takes none away');
  t.same(of('ads.example'), []);
  t.same(of('allowed.example'), []);
  t.same(of('six.example'), [], 'limited to AAAA');
  t.same(of('six.example', 28), [['cx', 'six.example', 'enforce']]);
  t.same([of('only.example').length, of('a.only.example').length], [1, 0]);
  t.same([of('below.example').length, of('a.below.example').length], [0, 1]);
  t.same(of('evil7.example'), [['cy', '/^evil[0-9]+\\./', 'monitor']]);
  t.same(of('sub.example', 1, 1), [], 'a group without these lists');
  t.same(of('sub.example', 1, 0xffff), [], 'no group at all');
  t.match(matcher.ofAddress(Uint8Array.of(203, 0, 113, 66), asking()), [
    { list: 'cx', rule: '203.0.113.0/24' },
  ]);
  t.same(matcher.ofAddress(Uint8Array.of(203, 0, 114, 66), asking()), []);
});

t.test('a hit that an ad list decided counts for the campaign whose name it is', async (t) => {
  const context = new KnownContext();
  context.useRules(RULES);
  context.useLists(RULES, GROUPS);
  context.useConfig(['default', 'servers'], { kind: 'nullip' });
  const hit = toHit(hitRecord({ name: 'www.sub.example', facts: { rule: 1, nameOffset: 0 } }), context);
  t.match(hit, {
    list: 'big',
    rule: 'www.sub.example',
    indicator: null,
    matches: [{ list: 'cx', rule: 'sub.example', indicator: { campaign: 'Cx' } }, { list: 'cy' }],
  });
  t.match(byCampaign(hit), [
    { list: 'cx', rule: 'sub.example', indicator: { campaign: 'Cx' } },
    { list: 'cy', rule: 'sub.example', indicator: null },
  ]);
  const ad = toHit(hitRecord({ name: 'ads.example', facts: { rule: 1 } }), context);
  t.same([ad.matches, byCampaign(ad)], [[], []]);
});

t.test(
  'what an answer leads to matches too, and rules that were replaced only by what their own said',
  async (t) => {
    const context = new KnownContext();
    context.useRules(RULES);
    context.useLists(RULES, GROUPS);
    const via = wire('a.sub.example');
    const led = { rule: 1, viaKind: VIA.name, via, viaLength: via.length, nameOffset: 0 };
    t.match(toHit(hitRecord({ name: 'front.example', facts: led }), context).matches, [
      { list: 'cx' },
      { list: 'cy' },
    ]);
    const address = {
      rule: 8,
      viaKind: VIA.address,
      via: Uint8Array.of(203, 0, 113, 66),
      viaLength: 4,
      nameOffset: 24,
    };
    t.match(toHit(hitRecord({ name: 'watched.example', facts: address }), context).matches, [
      { list: 'cy', rule: 'watched.example' },
      { list: 'cx', rule: '203.0.113.0/24' },
    ]);
    context.useRules({ ...RULES, revision: 2 });
    context.useLists({ ...RULES, revision: 2 }, GROUPS);
    t.match(toHit(hitRecord({ name: 'a.sub.example', facts: { rule: 0, nameOffset: 2 } }), context).matches, [
      { list: 'cx', rule: 'sub.example', mode: 'enforce' },
    ]);
  },
);

t.test('A, AAAA and tries of one machine are one visit, twenty seconds later begins another', async (t) => {
  const visits = new Visits();
  t.same(
    [0, 5000, 15_000, 19_999].map((ms, i) => visits.of('m', 'a.example', START_MS + ms, `hit${i}`)),
    ['hit0', 'hit0', 'hit0', 'hit0'],
  );
  t.equal(visits.of('m', 'a.example', START_MS + VISIT_MS, 'next'), 'next');
  t.equal(visits.of('m', 'a.example', START_MS + VISIT_MS + 5000, 'again'), 'next');
  t.equal(visits.of('n', 'a.example', START_MS + VISIT_MS, 'other'), 'other');
  for (let i = 0; i < 30_000; i += 1) visits.of('m', `n${i}.example`, START_MS + VISIT_MS, 'flood');
  t.equal(visits.of('m', 'n29999.example', START_MS + VISIT_MS, 'x'), 'flood');
});

t.test(
  'blocking that is off for one machine is no word about a name: what passes is told as in a pause',
  async (t) => {
    const rules = ruleSetOf(
      [
        { name: 'cx', alert: true },
        { name: 'by-hand', action: 'allow' },
      ],
      [
        { list: 'cx', names: ['evil.example', 'spared.example'] },
        { list: 'by-hand', names: ['.'] },
        { list: 'by-hand', names: ['spared.example'] },
      ],
    );
    const judged = (lists: readonly string[], name: string) =>
      new Matcher(rules, [groupOf({ lists: [...lists] })]).judge({
        ...asking(),
        qname: wire(name),
        result: RESULT.data,
      });
    t.match(judged(['cx', 'by-hand'], 'evil.example'), {
      standing: STANDING.told,
      matches: [{ list: 'cx', mode: 'paused' }],
    });
    t.match(
      judged(['cx', 'by-hand'], 'spared.example'),
      { standing: STANDING.allowed },
      'an exception of its own',
    );
    const paused = (lists: readonly string[]) =>
      new Matcher(rules, [groupOf({ lists: [...lists] })]).isPaused(0, asking().address, START_MS);
    t.same([paused(['cx', 'by-hand']), paused(['cx'])], [true, false]);
  },
);

t.test('what the client got is said, and by which list, though an old record does not know', async (t) => {
  const context = new KnownContext();
  context.useRules(RULES);
  context.useLists(RULES, GROUPS);
  const got = (facts: object) => {
    const { outcome, rcode } = toHit(hitRecord({ name: 'sub.example', facts }), context);
    return [outcome, rcode];
  };
  t.same(got({ result: 1, rcode: 0, verdict: 6 }), ['data', 'NOERROR']);
  t.same(got({ result: 3, rcode: 3, verdict: 6 }), ['nxdomain', 'NXDOMAIN']);
  t.same(got({ result: 7, rcode: -1, verdict: 5 }), ['blocked', null]);
  t.same(
    hitOctets({ name: 'sub.example', facts: { result: 0, rcode: -1 } }).subarray(61, 64),
    Uint8Array.of(0, 0, 0),
  );
  t.same(got({ result: 0, rcode: -1 }), ['unrecorded', null]);
});

t.test(
  'an entry whose time is over matches as expired, with the day, and what led to it was still blocked',
  async (t) => {
    const expires = '2026-02-01';
    const rules = ruleSetOf(
      [
        { name: 'cx', alert: true },
        { name: 'whole', alert: true, expires },
      ],
      [
        { list: 'cx', names: ['over.example'], rule: { indicator: { ...indicator, expires } } },
        { list: 'whole', names: ['whole.example'] },
      ],
    );
    const groups = [groupOf({ lists: ['cx', 'whole'] })];
    const matcher = new Matcher(rules, groups);
    const at = (name: string, time: string) =>
      matcher
        .ofName(wire(name), wire(name).length, asking(1, 0, Date.parse(time)))
        .map(({ mode, indicator: said }) => [mode, said?.expires, said?.campaign]);
    t.same(at('over.example', '2026-01-31T23:59:59Z'), [['enforce', expires, 'Cx']]);
    t.same(at('over.example', expires), [['expired', expires, 'Cx']]);
    t.same(at('whole.example', '2026-03-01'), [['expired', expires, null]]);
    const context = new KnownContext();
    context.useRules(rules);
    const hit = toHit(
      hitRecord({
        name: 'over.example',
        facts: { verdict: VERDICT.monitor, revision: rules.revision },
        timeMs: Date.parse('2026-03-01'),
      }),
      context,
    );
    t.match(hit, { verdict: 'monitor', indicator: { expires }, matches: [{ list: 'cx', mode: 'expired' }] });
  },
);
