// An incident ends as "asks no more" only of a machine that was watched all the while: what hides its indicators at some hours counts as no silence.
import t from 'tap';
import { RECEIVER_DEFAULTS } from '../../src/alerts/settings.ts';
import type { GroupConfig } from '../../src/config/config.ts';
import { answerQuestion } from '../../src/desk/answers.ts';
import type { HitsSettings } from '../../src/desk/messages.ts';
import type { IncidentSummary } from '../../src/hits/incidents/summary.ts';
import type { RuleSet } from '../../src/policy/rule.ts';
import { minuteOfWeek } from '../../src/policy/schedule.ts';
import { textToAddress } from '../../src/wire/names/address.ts';
import { TYPE } from '../../src/wire/records/iana.ts';
import { ScriptedReceiver } from '../support/alerts-delivery.ts';
import { groupOf } from '../support/group.ts';
import { type House, house, INDICATOR, settingsOf } from '../support/hits-desk.ts';
import { START_MS } from '../support/hits-records.ts';
import { type ListWords, type RuleWords, ruleSetOf } from '../support/rule-set.ts';

const NAME = 'akamaicontainer.com';
const ADDRESS = textToAddress('192.0.2.7') ?? new Uint8Array(16);
const QUIET_S = 180;
/** The hours begin within the second minute after the start, or end there. */
const TURN_S = 120;

const minuteIn = (minutes: number): number => minuteOfWeek(new Date(START_MS + minutes * 60_000)) % 1440;
const hours = (from: number, to: number) => ({
  text: 'hours of the test',
  days: 127,
  fromMinute: minuteIn(from),
  toMinute: minuteIn(to),
});
const BEGINNING = hours(2, 600);
const BRIEF = hours(2, 4);
const ENDING = hours(-600, 2);

const CAMPAIGN: ListWords = { name: '3cx-2023', alert: true };
const entry = (names: readonly string[] = [NAME], list = '3cx-2023'): RuleWords => ({
  list,
  names,
  ...(list === '3cx-2023' ? { rule: { indicator: INDICATOR } } : {}),
});

interface Case {
  readonly what: string;
  readonly ruleSet: RuleSet;
  readonly group: Partial<GroupConfig>;
  readonly ask?: (made: House) => void;
  readonly notesQueries?: false;
  /** A minute after the asking. */
  readonly change?: Partial<HitsSettings>;
  /** Why nobody sees it ask from then on. */
  readonly end: string;
}

const watchedForAll = ruleSetOf(
  [
    { ...CAMPAIGN, mode: 'monitor' },
    { name: 'ours', action: 'allow' },
  ],
  [entry(), entry([NAME], 'ours')],
);
const forAll = { lists: ['3cx-2023', 'ours'], alwaysLists: ['3cx-2023'] };
const listed = ruleSetOf([CAMPAIGN, { name: 'ours', action: 'allow' }], [entry()]);
const rest = [groupOf({ name: 'servers', lists: [] })];
const own = groupOf({ lists: ['3cx-2023', 'ours'] });
const endsAt = new Date(START_MS + TURN_S * 1000).toISOString();

const CASES: readonly Case[] = [
  {
    what: 'an exception of the group whose hours begin, before a list that is for all',
    ruleSet: watchedForAll,
    group: { ...forAll, schedule: BEGINNING },
    end: 'allowed',
  },
  {
    what: 'the same where a list that is for all blocks',
    ruleSet: ruleSetOf([CAMPAIGN, { name: 'ours', action: 'allow' }], [entry(), entry([NAME], 'ours')]),
    group: { ...forAll, schedule: BEGINNING },
    end: 'allowed',
  },
  {
    what: 'a list of the group whose hours begin, which blocks the name in front of what is listed',
    ruleSet: ruleSetOf([CAMPAIGN, { name: 'ads' }], [entry(), entry(['front.example'], 'ads')]),
    group: { lists: ['3cx-2023', 'ads'], alwaysLists: ['3cx-2023'], schedule: BEGINNING },
    ask: (made) => made.hit({ name: 'front.example' }, { via: NAME }),
    end: 'unreached',
  },
  {
    what: 'hours of its list that end, where no queries are noted',
    ruleSet: listed,
    group: { lists: ['3cx-2023'], schedule: ENDING },
    notesQueries: false,
    end: 'paused',
  },
  {
    what: 'a pause, where no queries are noted',
    ruleSet: listed,
    group: { lists: ['3cx-2023'] },
    notesQueries: false,
    change: { paused: ['default'] },
    end: 'paused',
  },
  {
    what: 'the end of an entry of a zone, behind which another zone lets it through',
    ruleSet: ruleSetOf(
      [
        { ...CAMPAIGN, action: 'zone' },
        { name: 'passes', action: 'zone' },
      ],
      [
        { ...entry(), rule: { indicator: { ...INDICATOR, expires: endsAt }, action: 'sinkhole' } },
        { list: 'passes', names: [NAME], rule: { action: 'allow' } },
      ],
    ),
    group: { lists: ['3cx-2023', 'passes'] },
    end: 'allowed',
  },
  {
    what: 'an exception of the admin for some minutes',
    ruleSet: listed,
    group: own,
    change: { ruleSet: { ...watchedForAll, revision: 2 } },
    end: 'allowed',
  },
  {
    what: 'a list that the group does not use any more',
    ruleSet: listed,
    group: own,
    change: { groups: [groupOf({ lists: ['ours'] }), ...rest] },
    end: 'delisted',
  },
  {
    what: 'a machine that is put into another group',
    ruleSet: listed,
    group: own,
    change: { assignments: [{ address: ADDRESS, group: 1 }] },
    end: 'delisted',
  },
  {
    what: 'a list that is gone',
    ruleSet: listed,
    group: own,
    change: { ruleSet: { ...ruleSetOf([{ name: 'ours', action: 'allow' }], []), revision: 2 } },
    end: 'delisted',
  },
  {
    what: 'a list that alerts no more',
    ruleSet: listed,
    group: own,
    change: { ruleSet: { ...ruleSetOf([{ ...CAMPAIGN, alert: false }], [entry()]), revision: 2 } },
    end: 'alert-off',
  },
];

function setUp(
  dir: string,
  { ruleSet, group, notesQueries }: Pick<Case, 'ruleSet' | 'group' | 'notesQueries'>,
) {
  const receiver = new ScriptedReceiver();
  const made = house({
    dir,
    settings: { ...settingsOf(), ruleSet, groups: [groupOf(group), ...rest] },
    outlets: [{ receiver, settings: RECEIVER_DEFAULTS }],
    quietMs: QUIET_S * 1000,
    ...(notesQueries === undefined ? {} : { notesQueries }),
  });
  return { ...made, receiver };
}

async function pass({ clock, settle }: House, seconds: number): Promise<void> {
  for (let i = 0; i < seconds; i += 1) {
    clock.advance(1000);
    settle();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function incidentOf({ desk, clock }: House): Promise<IncidentSummary | undefined> {
  const filter = { sinceMs: clock.now() - 86_400_000 };
  const [incident] = (await answerQuestion(desk, { what: 'incidents', filter })) as IncidentSummary[];
  return incident;
}

for (const one of CASES)
  t.test(`what ${one.what} hides has not asked no more`, async (t) => {
    const made = setUp(t.testdir(), one);
    const who = { id: 'm-one', name: null, nameFrom: null, mac: null };
    const binding = { address: ADDRESS, who, fromMs: 0, toMs: null };
    made.desk.useMachines({ machines: [], merges: [], bindings: [binding] });
    (one.ask ?? ((to: House) => to.hit({ name: NAME })))(made);
    await pass(made, 60);
    t.match(await incidentOf(made), { state: 'open', unwatched: [] });
    if (one.change !== undefined) {
      made.desk.useSettings({ ...made.desk.settings, ...one.change });
    }
    await pass(made, QUIET_S);
    t.match(await incidentOf(made), { state: 'closed', end: one.end });
    const told = made.receiver.taken.find(({ kind }) => kind === 'closed');
    t.match(told?.text, /^No longer watched: .*still asks is not known/);
    await made.desk.stop();
  });

t.test('of its names one that is allowed meanwhile is said to be unknown', async (t) => {
  const lists = ['3cx-2023', 'ours'];
  const faces = [CAMPAIGN, { name: 'ours', action: 'allow' } as const];
  const both = entry([NAME, 'c2.example']);
  const made = setUp(t.testdir(), { ruleSet: ruleSetOf(faces, [both]), group: { lists } });
  made.hit({ name: NAME });
  made.hit({ name: 'c2.example' });
  await pass(made, 20);
  const rules = (ruleSet: RuleSet, revision: number) =>
    made.desk.useSettings({ ...made.desk.settings, ruleSet: { ...ruleSet, revision } });
  rules(ruleSetOf(faces, [both, entry([NAME], 'ours')]), 2);
  await pass(made, 20);
  rules(ruleSetOf(faces, [both]), 3);
  await pass(made, QUIET_S);
  t.match(await incidentOf(made), { state: 'closed', end: 'silent', unseenNames: [NAME] });
  t.match(
    made.receiver.taken.at(-1)?.text,
    /^Over: .*UTC\. Whether 192\.0\.2\.7 still asks for akamaicontainer\[\.\]com is not known: not watched all that time\./,
  );
  await made.desk.stop();
});

t.test(
  'what is hidden for some minutes goes on, and its end says for how long it was not watched',
  async (t) => {
    const made = setUp(t.testdir(), { ruleSet: watchedForAll, group: { ...forAll, schedule: BRIEF } });
    await pass(made, 90);
    made.hit({ name: NAME });
    await pass(made, QUIET_S - 10);
    t.match(await incidentOf(made), { state: 'open', unwatched: [{ reason: 'allowed', to: String }] });
    await pass(made, 110);
    t.match(await incidentOf(made), { state: 'open' }, 'not watched for as long as it takes');
    await pass(made, 30);
    t.match(await incidentOf(made), { state: 'closed', end: 'silent' });
    t.match(made.receiver.taken.at(-1)?.text, /^Over: .*\(it was not watched from .* to .*\)/);
    await made.desk.stop();
  },
);

t.test(
  'a name that is listed no more for one of the types that were asked for is said to be unknown',
  async (t) => {
    const lists = ['3cx-2023'];
    const made = setUp(t.testdir(), {
      ruleSet: ruleSetOf([CAMPAIGN], [entry([NAME, 'c2.example'])]),
      group: { lists },
    });
    made.hit({ name: NAME, type: TYPE.A });
    made.hit({ name: NAME, type: TYPE.AAAA });
    made.hit({ name: 'c2.example' });
    await pass(made, 20);
    const ofOneType = { ...entry(), rule: { indicator: INDICATOR, types: [TYPE.AAAA] } };
    const ruleSet = { ...ruleSetOf([CAMPAIGN], [ofOneType, entry(['c2.example'])]), revision: 2 };
    made.desk.useSettings({ ...made.desk.settings, ruleSet });
    await pass(made, QUIET_S);
    t.match(await incidentOf(made), { state: 'closed', end: 'silent', unseenNames: [NAME] });
    await made.desk.stop();
  },
);
