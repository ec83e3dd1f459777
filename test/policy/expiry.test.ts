// Entries whose time is over watch and block no more, whichever way the clock goes; an exception that is over lets nothing through.
import t from 'tap';
import { Policy } from '../../src/policy/decide.ts';
import { modeAt, nextExpiryMs } from '../../src/policy/expiry.ts';
import { VERDICT_NAMES, Verdict } from '../../src/policy/verdict.ts';
import { groupOf } from '../support/group.ts';
import { ruleSetOf, wire } from '../support/rule-set.ts';

const NOBODY = new Uint8Array(16);
const said = { campaign: null, source: null, firstPublished: null, confidence: null, note: null } as const;
const until = (expires: string) => ({ indicator: { ...said, expires } });
const RULES = ruleSetOf(
  [
    { name: 'own' },
    { name: 'whole', expires: '2027-03-01' },
    { name: 'zone', action: 'zone', expires: '2027-03-01' },
    { name: 'but', action: 'allow' },
    { name: 'net' },
  ],
  [
    { list: 'own', names: ['january.test'], rule: until('2027-01-31') },
    { list: 'own', names: ['noon.test'], rule: until('2027-01-31T12:00:00Z') },
    { list: 'own', names: ['always.test', 'and.excepted.test'] },
    { list: 'own', names: ['nonsense.test'], rule: until('some day') },
    { list: 'whole', names: ['whole.test'] },
    { list: 'whole', names: ['longer.test'], rule: until('2027-06-01') },
    { list: 'zone', names: ['zone.test'] },
    { list: 'but', names: ['excepted.test'], rule: { ...until('2027-01-31'), important: true } },
  ],
  [{ list: 'own', source: '^evil[0-9]+\\.', rule: until('2027-01-31') }],
  [{ list: 'net', networks: ['203.0.113.0/24'], rule: until('2027-01-31') }],
);
const NAMES = [
  'january.test',
  'noon.test',
  'always.test',
  'nonsense.test',
  'whole.test',
  'longer.test',
  'zone.test',
  'and.excepted.test',
  'evil7.test',
];

function verdictsAt(policy: Policy, time: string): string[] {
  policy.setTime(Date.parse(time));
  const verdict = new Verdict();
  const names = NAMES.map((name) => {
    policy.decide(wire(name), wire(name).length, 1, 0, NOBODY, verdict);
    return VERDICT_NAMES[verdict.code];
  });
  policy.decideAddress(Uint8Array.of(203, 0, 113, 7), 0, 4, 1, 0, NOBODY, verdict);
  return [...names, VERDICT_NAMES[verdict.code]].map((name) => String(name));
}

t.test(
  'from its time on an entry watches and blocks no more, and blocks again when the clock is set back',
  async (t) => {
    const policy = new Policy(RULES, [groupOf({ lists: RULES.lists.map(({ name }) => name) })], {
      kind: 'nullip',
    });
    const [on, off] = ['sinkhole', 'monitor'];
    const before = [on, on, on, on, on, on, on, 'pass', on, on];
    const january = [off, on, on, on, on, on, on, on, off, off];
    const noon = [off, off, on, on, on, on, on, on, off, off];
    const march = [off, off, on, on, off, on, off, on, off, off];
    const june = [off, off, on, on, off, off, off, on, off, off];
    const generations = new Set<number>();
    for (const [time, wanted] of [
      ['2027-01-30T23:59:59Z', before],
      ['2027-01-31T00:00:00Z', january],
      ['2027-01-31T12:00:00Z', noon],
      ['2027-03-01T00:00:00Z', march],
      ['2028-01-01T00:00:00Z', june],
      ['2027-01-31T11:59:59Z', january],
      ['2026-01-01T00:00:00Z', before],
    ] as const) {
      t.same(verdictsAt(policy, time), wanted, time);
      generations.add(policy.generation);
    }
    t.equal(generations.size, 7, 'what was found before is looked for again');
    const generation = policy.generation;
    policy.setTime(Date.parse('2026-01-02T00:00:00Z'));
    t.equal(policy.generation, generation, 'nothing ended: nothing is looked for again');
  },
);

t.test('a list that only watches has nothing that expires, and the next end is known', async (t) => {
  const rule = RULES.rules.find(({ indicator }) => indicator?.expires === '2027-01-31')!;
  const list = RULES.lists[0]!;
  const now = Date.parse('2027-02-01');
  t.equal(modeAt(rule, list, now), 'expired');
  t.equal(modeAt(rule, { ...list, mode: 'monitor' }, now), 'monitor');
  t.equal(new Date(nextExpiryMs(RULES, now)).toISOString(), '2027-03-01T00:00:00.000Z');
  t.equal(nextExpiryMs(RULES, Date.parse('2027-06-01')), Number.POSITIVE_INFINITY);
});
