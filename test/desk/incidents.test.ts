// Incidents through the desk: what ends them, what is said of their end, and where they are found afterwards.
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import t from 'tap';
import { RECEIVER_DEFAULTS } from '../../src/alerts/settings.ts';
import { answerQuestion } from '../../src/desk/answers.ts';
import type { HitsSettings } from '../../src/desk/messages.ts';
import type { IncidentSummary } from '../../src/hits/incidents/summary.ts';
import { ScriptedReceiver } from '../support/alerts-delivery.ts';
import { type House, house, INDICATOR, listing, settingsOf } from '../support/hits-desk.ts';
import { ruleSetOf } from '../support/rule-set.ts';

const NAME = 'akamaicontainer.com';
const DAY = 86_400_000;

function setUp(dir: string, settings: Partial<HitsSettings> = {}) {
  const receiver = new ScriptedReceiver();
  const made = house({ dir, settings, outlets: [{ receiver, settings: RECEIVER_DEFAULTS }] });
  return { ...made, receiver };
}

/** Lets time pass, a second at a go. */
async function pass({ clock, settle }: Pick<House, 'clock' | 'settle'>, seconds: number): Promise<void> {
  for (let i = 0; i < seconds; i += 1) {
    clock.advance(1000);
    settle();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const incidentsOf = async ({ desk, clock }: Pick<House, 'desk' | 'clock'>): Promise<IncidentSummary[]> =>
  (await answerQuestion(desk, {
    what: 'incidents',
    filter: { sinceMs: clock.now() - 30 * DAY },
  })) as IncidentSummary[];

/** The list under another name, without alerts, or beside an allow list of the same name. */
function rules(change: 'renamed' | 'silenced' | 'allowed') {
  const list = change === 'renamed' ? 'cy' : '3cx-2023';
  const indicator = { ...INDICATOR, campaign: change === 'renamed' ? '3CX, renamed' : INDICATOR.campaign };
  const made = ruleSetOf(
    [
      { name: list, alert: change !== 'silenced' },
      { name: 'ours', action: 'allow' },
    ],
    [
      { list, names: [NAME], rule: { indicator } },
      ...(change === 'allowed' ? [{ list: 'ours', names: [NAME] }] : []),
    ],
  );
  return { ...made, revision: 2 };
}

const grouped = (lists: readonly string[]) => settingsOf().groups.map((group) => ({ ...group, lists }));

for (const [what, change, end] of [
  ['the name is taken off its list', { ruleSet: listing(['other.example'], 2) }, 'delisted'],
  ['the list alerts no more', { ruleSet: rules('silenced') }, 'alert-off'],
  ['the name is allowed', { ruleSet: rules('allowed'), groups: grouped(['3cx-2023', 'ours']) }, 'allowed'],
] as const)
  t.test(`when ${what} its end is told as not watched, never as silence`, async (t) => {
    const made = setUp(t.testdir());
    made.hit({ name: NAME });
    await pass(made, 3);
    made.desk.useSettings({ ...made.desk.settings, ...change });
    await pass(made, 10);
    t.match(await incidentsOf(made), [{ state: 'closed', end }]);
    const told = made.receiver.taken.at(-1);
    t.match(told, { kind: 'closed', text: /^No longer watched: .*still asks is not known/ });
    t.notMatch(told?.text, /no more names|Over/);
    await made.desk.stop();
  });

t.test('a list and campaign that get another name end nothing and open nothing', async (t) => {
  const made = setUp(t.testdir());
  made.hit({ name: NAME });
  await pass(made, 3);
  made.desk.useSettings({ ...made.desk.settings, ruleSet: rules('renamed'), groups: grouped(['cy']) });
  await pass(made, 10);
  t.match(await incidentsOf(made), [{ state: 'open', campaign: '3CX, renamed', lists: ['3cx-2023', 'cy'] }]);
  t.same(
    made.receiver.taken.map(({ kind }) => kind),
    ['opened'],
  );
  await made.desk.stop();
});

t.test('what was told today of last month is found today', async (t) => {
  const made = setUp(t.testdir());
  const longAgo = made.clock.now() - 45 * DAY;
  made.desk.registry.takePast(
    {
      client: { ip: '192.0.2.7', name: null, mac: null, group: 'default' },
      lists: ['3cx-2023'],
      indicator: INDICATOR,
      indicators: [INDICATOR],
      askings: [{ name: NAME, count: 3, firstMs: longAgo, lastMs: longAgo + 1000 }],
    },
    made.clock.now(),
  );
  await pass(made, 3);
  t.match(made.receiver.taken, [
    { kind: 'opened', found: [{ name: NAME, count: 3 }], text: /^Found in the past/ },
  ]);
  t.match(await incidentsOf(made), [{ hits: 3, past: { hits: 3 }, told: /^20/ }]);
  await made.desk.stop();
});

t.test(
  'trouble with the store is told, and its end, and an acknowledgement that is not kept fails',
  async (t) => {
    const dir = t.testdir();
    const made = setUp(dir);
    made.hit({ name: NAME });
    await pass(made, 3);
    await pass(made, 3700);
    const [incident] = await incidentsOf(made);
    t.match(incident, { state: 'closed', end: 'silent' });
    const other = new DatabaseSync(join(dir, 'cenote.db'));
    other.exec('BEGIN IMMEDIATE');
    await t.rejects(
      answerQuestion(made.desk, { what: 'acknowledge', id: incident?.id ?? '' }),
      /the store takes nothing|acknowledge it again/,
    );
    made.hit({ name: `b.${NAME}` });
    await pass(made, 4);
    other.exec('ROLLBACK');
    other.close();
    await pass(made, 20);
    const own = made.receiver.taken.filter(({ incident }) => incident === null);
    t.match(own, [
      { kind: 'trouble', trouble: { id: 'store' }, text: /the store cannot be written/ },
      { kind: 'recovered', trouble: { id: 'store' }, text: 'the store is written again' },
    ]);
    await made.desk.stop();
  },
);
