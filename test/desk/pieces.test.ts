// A change of what is in force may concern every name of every open incident: they are gone through in pieces, and what asks meanwhile is right.
import t from 'tap';
import type { Incident } from '../../src/hits/incidents/incident.ts';
import type { RuleSet } from '../../src/policy/rule.ts';
import { groupOf } from '../support/group.ts';
import { type House, house, INDICATOR, settingsOf } from '../support/hits-desk.ts';
import { hitOf } from '../support/hits-records.ts';
import { ruleSetOf } from '../support/rule-set.ts';

const NAMES: readonly string[] = Array.from({ length: 50 }, (_, i) => `c2-${i}.example`);
const RENAMED = '3CX, second edition';
const GROUPS = [groupOf({ lists: ['3cx-2023'] })];
/** More than a piece takes. */
const MACHINES = 200;
/** Looks a second, and the time after which what changed is looked at. */
const LOOKS = 4;
const QUIET_S = 3;

const listing = (names: readonly string[], campaign: string = INDICATOR.campaign, revision = 1): RuleSet => ({
  ...ruleSetOf(
    [{ name: '3cx-2023', alert: true }],
    [{ list: '3cx-2023', names, rule: { indicator: { ...INDICATOR, campaign } } }],
  ),
  revision,
});

const hitsOf = (machine: string, names: readonly string[], campaign: string, made: House) => {
  const { note: _, ...indicator } = { ...INDICATOR, campaign };
  const client = { ip: '192.0.2.7', name: null, mac: null, group: 'default', machine };
  return names.map((name) =>
    hitOf({
      client,
      indicator,
      question: { name, type: 'A', class: 'IN' },
      time: new Date(made.clock.now()).toISOString(),
    }),
  );
};

function officeOf(dir: string): { made: House; all: () => Incident[]; pass: (seconds: number) => void } {
  const made = house({ dir, settings: { ruleSet: listing(NAMES), groups: GROUPS } });
  made.settle();
  const { desk, clock } = made;
  for (let machine = 0; machine < MACHINES; machine += 1)
    desk.registry.addHits(hitsOf(`m-${machine}`, NAMES, INDICATOR.campaign, made), clock.now());
  const all = [...desk.registry.open];
  const pass = (seconds: number): void => {
    for (let look = 0; look < seconds * LOOKS; look += 1) {
      clock.advance(1000 / LOOKS);
      desk.tick();
    }
  };
  pass(QUIET_S);
  return { made, all: () => all, pass };
}

t.test('what is listed no more ends piece by piece, each with its reason', async (t) => {
  const { made, all, pass } = officeOf(t.testdir());
  const { desk } = made;
  desk.useSettings(settingsOf({ ruleSet: listing(['other.example'], undefined, 2), groups: GROUPS }));
  let before = MACHINES;
  let most = 0;
  for (let look = 0; look < 20 * LOOKS; look += 1) {
    pass(1 / LOOKS);
    const { openCount } = desk.registry;
    most = Math.max(most, before - openCount);
    before = openCount;
  }
  t.equal(desk.registry.openCount, 0);
  t.ok(most > 0 && most < MACHINES, `at most ${most} of ${MACHINES} at once`);
  t.same([...new Set(all().map(({ end }) => end))], ['delisted']);
  await desk.stop();
});

t.test('names that are listed no more are noted piece by piece', async (t) => {
  const { made, all, pass } = officeOf(t.testdir());
  const { desk } = made;
  desk.useSettings(settingsOf({ ruleSet: listing(NAMES.slice(25), undefined, 2), groups: GROUPS }));
  const noted = (): number => all().filter(({ unseenNames = [] }) => unseenNames.length === 25).length;
  pass(1);
  t.ok(noted() > 0 && noted() < MACHINES, `${noted()} of ${MACHINES} after a second`);
  t.ok(desk.waiting > 0, 'the rest is owed');
  pass(20);
  t.equal(noted(), MACHINES);
  await desk.stop();
});

t.test(
  'a campaign with a new title has it in all of them at once: who asks on by it is no new one',
  async (t) => {
    const { made, all, pass } = officeOf(t.testdir());
    const { desk, clock } = made;
    desk.useSettings(settingsOf({ ruleSet: listing(NAMES, RENAMED, 2), groups: GROUPS }));
    t.same([...new Set(all().map(({ campaign }) => campaign))], [RENAMED]);
    const last = all().at(-1);
    desk.registry.addHits(hitsOf(last?.machine ?? '', NAMES.slice(0, 1), RENAMED, made), clock.now());
    t.match(last, { hits: NAMES.length + 1 });
    pass(QUIET_S + 20);
    t.equal(desk.registry.openCount, MACHINES);
    await desk.stop();
  },
);
