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
const MANY = 1500;
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

/** So many incidents of one name each, stored: more than are renamed at once. */
function manyOf(dir: string): { made: House; all: () => Incident[]; pass: (seconds: number) => void } {
  const made = house({ dir, settings: { ruleSet: listing(NAMES), groups: GROUPS } });
  made.settle();
  const { desk, clock } = made;
  for (let machine = 0; machine < MANY; machine += 1)
    desk.registry.addHits(hitsOf(`m-${machine}`, NAMES.slice(0, 1), INDICATOR.campaign, made), clock.now());
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

const stored = ({ desk }: House): { incidents: Incident[]; titles: string[] } => ({
  incidents: desk.store.read(({ incidents }) => incidents.find({ limit: 2 * MANY }), []),
  titles: desk.store.read(({ titles }) => titles.all(), []).map(({ campaign }) => campaign),
});

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

t.test('a campaign has its new title piece by piece: who asks on by it is no new one', async (t) => {
  const { made, all, pass } = manyOf(t.testdir());
  const { desk, clock } = made;
  desk.useSettings(settingsOf({ ruleSet: listing(NAMES, RENAMED, 2), groups: GROUPS }));
  const renamed = (): number => all().filter(({ campaign }) => campaign === RENAMED).length;
  const last = all().at(-1);
  desk.registry.addHits(hitsOf(last?.machine ?? '', NAMES.slice(0, 1), RENAMED, made), clock.now());
  t.match(last, { hits: 2, campaign: RENAMED, reopened: 0 });
  t.equal(renamed(), 1);
  let most = 0;
  for (let before = renamed(); desk.registry.openCount === MANY && renamed() < MANY; before = renamed()) {
    t.ok(desk.waiting > 0, 'the rest is owed');
    pass(1 / LOOKS);
    most = Math.max(most, renamed() - before);
  }
  t.ok(most < MANY / 2, `at most ${most} of ${MANY} at once`);
  pass(QUIET_S + 20);
  t.equal(desk.registry.openCount, MANY);
  const { incidents, titles } = stored(made);
  t.same([...new Set(incidents.map(({ campaign }) => campaign))], [RENAMED]);
  t.ok(titles.includes(RENAMED));
  await desk.stop();
});

t.test('one that ends while others wait is found by its new title', async (t) => {
  const { made, all } = manyOf(t.testdir());
  const { desk, clock } = made;
  desk.useSettings(settingsOf({ ruleSet: listing(NAMES, RENAMED, 2), groups: GROUPS }));
  clock.advance(30 * 86_400_000);
  desk.registry.tick(clock.now());
  t.same([...new Set(all().map(({ state, campaign }) => `${state} ${campaign}`))], [`closed ${RENAMED}`]);
  await desk.stop();
});

t.test(
  'a kill between two pieces: the next start gives the rest their title, and opens none anew',
  async (t) => {
    const dir = t.testdir();
    const { made, pass } = manyOf(dir);
    const { desk, clock } = made;
    desk.useSettings(settingsOf({ ruleSet: listing(NAMES, RENAMED, 2), groups: GROUPS }));
    pass(2 / LOOKS);
    const left = stored(made).incidents.filter(({ campaign }) => campaign !== RENAMED).length;
    t.ok(left > 0 && left < MANY, `${left} of ${MANY} are stored under the old title`);
    t.notOk(stored(made).titles.includes(RENAMED));
    desk.store.close();
    const next = house({ dir, settings: { ruleSet: listing(NAMES, RENAMED, 2), groups: GROUPS } });
    next.settle();
    for (let look = 0; look < 20 * LOOKS; look += 1) {
      next.clock.advance(1000 / LOOKS);
      next.desk.tick();
    }
    const open = [...next.desk.registry.open];
    t.same([...new Set(open.map(({ campaign }) => campaign))], [RENAMED]);
    const askOn = open.flatMap(({ machine }) => hitsOf(machine, NAMES.slice(0, 1), RENAMED, next));
    next.desk.registry.addHits(askOn, clock.now());
    t.equal(next.desk.registry.openCount, MANY);
    await next.desk.stop();
  },
);

t.test('a list with a new name has it piece by piece, and a second one waits for nothing', async (t) => {
  const { made, all, pass } = manyOf(t.testdir());
  const { desk } = made;
  const called = (name: string, revision: number): RuleSet => ({
    ...ruleSetOf([{ name, alert: true }], [{ list: name, names: NAMES, rule: { indicator: INDICATOR } }]),
    revision,
  });
  const of = (name: string, revision: number) =>
    settingsOf({ ruleSet: called(name, revision), groups: [groupOf({ lists: [name] })] });
  desk.useSettings(of('second', 2));
  pass(1 / LOOKS);
  const second = all().filter(({ list }) => list === 'second').length;
  t.ok(second > 0 && second < MANY, `${second} of ${MANY} after a look`);
  desk.useSettings(of('third', 3));
  pass(QUIET_S + 20);
  t.same([...new Set(all().map(({ list }) => list))], ['third']);
  t.same(all()[0]?.formerLists, ['3cx-2023', 'second']);
  t.equal(desk.registry.openCount, MANY);
  await desk.stop();
});
