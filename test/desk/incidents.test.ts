// Incidents through the desk: what ends them, what is said of their end, and where they are found afterwards.
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import t from 'tap';
import { RECEIVER_DEFAULTS, type ReceiverSettings } from '../../src/alerts/settings.ts';
import type { GroupConfig } from '../../src/config/config.ts';
import { answerQuestion } from '../../src/desk/answers.ts';
import type { HitsSettings, IncidentDetail } from '../../src/desk/messages.ts';
import { type IncidentSummary, listsNow } from '../../src/hits/incidents/summary.ts';
import type { Rule, RuleSet } from '../../src/policy/rule.ts';
import { textToAddress } from '../../src/wire/names/address.ts';
import { ScriptedReceiver } from '../support/alerts-delivery.ts';
import { groupOf } from '../support/group.ts';
import { type House, house, INDICATOR, listing, settingsOf } from '../support/hits-desk.ts';
import { START_MS } from '../support/hits-records.ts';
import { ruleSetOf } from '../support/rule-set.ts';

const NAME = 'akamaicontainer.com';
const DAY = 86_400_000;
const addressOf = (text: string): Uint8Array => textToAddress(text) ?? new Uint8Array(16);

function setUp(dir: string, settings: Partial<HitsSettings> = {}, alerts: Partial<ReceiverSettings> = {}) {
  const receiver = new ScriptedReceiver();
  const made = house({
    dir,
    settings,
    outlets: [{ receiver, settings: { ...RECEIVER_DEFAULTS, ...alerts } }],
  });
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

t.test('the end of a campaign or list that loses a name says nothing of another that has it', async (t) => {
  const indicator = (campaign: string) => ({ indicator: { ...INDICATOR, campaign } });
  const lists = [
    { name: 'cx', alert: true },
    { name: 'cy', alert: true },
  ];
  const groups = grouped(['cx', 'cy']);
  const said: string[] = [];
  for (const [own, other] of [
    [indicator('First'), indicator('Second')],
    [{}, {}],
  ] as const)
    for (const change of ['delisted', 'alert-off'] as const) {
      const names = [NAME];
      const before = ruleSetOf(lists, [
        { list: 'cx', names, rule: own },
        { list: 'cy', names, rule: other },
      ]);
      const made = setUp(t.testdir({ [`${said.length}`]: {} }), { ruleSet: before, groups });
      made.hit({ name: NAME });
      await pass(made, 3);
      const left = { list: 'cx', names: change === 'delisted' ? ['x.example'] : names, rule: own };
      const faces = [{ name: 'cx', alert: change === 'delisted' }, lists[1]!];
      const after = ruleSetOf(faces, [left, { list: 'cy', names, rule: other }]);
      made.desk.useSettings({ ...made.desk.settings, ruleSet: { ...after, revision: 2 } });
      await pass(made, 10);
      const states = (await incidentsOf(made)).map(({ state, end }) => [state, end]);
      t.same(states.toSorted(), [
        ['closed', change],
        ['open', null],
      ]);
      const told = made.receiver.taken.find(({ kind }) => kind === 'closed');
      said.push(/ is not known: (.*?)\.(?: |$)/m.exec(told?.text ?? '')?.[1] ?? 'nothing');
      await made.desk.stop();
    }
  t.same(said, [
    'what it asked for is no longer listed for its group as part of First',
    'what it asked for is listed as part of First, but no longer with an alert',
    'what it asked for is no longer listed for its group by list cx',
    'what it asked for is listed by list cx, but no longer with an alert',
  ]);
});

t.test(
  'an incident shows its own hits alone: not those of its list that are of another campaign or of none',
  async (t) => {
    const entry = (name: string, campaign: string | null) => ({
      list: '3cx-2023',
      names: [name],
      rule: campaign === null ? {} : { indicator: { ...INDICATOR, campaign } },
    });
    const faces = [{ name: '3cx-2023', alert: true }];
    const entries = [
      entry('one.example', 'First'),
      entry('two.example', 'Second'),
      entry('bare.example', null),
    ];
    const made = setUp(t.testdir(), { ruleSet: ruleSetOf(faces, entries) });
    const asked = ['one.example', 'two.example', 'bare.example'];
    const ask = (revision: number) => {
      for (const [rule, name] of asked.entries()) made.hit({ name }, { rule, revision });
    };
    const shown = async () => {
      const details = await Promise.all(
        (await incidentsOf(made)).map(({ id }) => answerQuestion(made.desk, { what: 'incident', id })),
      );
      return (details as IncidentDetail[])
        .map(({ incident, hits }) => [
          incident.campaign,
          incident.hits,
          ...hits.map((hit) => hit.question.name),
        ])
        .toSorted((a, b) => String(a.at(-1)).localeCompare(String(b.at(-1))));
    };
    ask(1);
    await pass(made, 3);
    t.same(await shown(), [
      [null, 1, 'bare.example'],
      ['First', 1, 'one.example'],
      ['Second', 1, 'two.example'],
    ]);
    const renamed = [entry('one.example', 'First, continued'), entry('two.example', 'Second')];
    for (const [i, bare] of [null, 'Third'].entries()) {
      const ruleSet = { ...ruleSetOf(faces, [...renamed, entry('bare.example', bare)]), revision: 2 + i };
      made.desk.useSettings({ ...made.desk.settings, ruleSet });
      await pass(made, 10);
    }
    ask(3);
    await pass(made, 3);
    t.same(
      await shown(),
      [
        ['Third', 2, 'bare.example', 'bare.example'],
        ['First, continued', 2, 'one.example', 'one.example'],
        ['Second', 2, 'two.example', 'two.example'],
      ],
      'whatever they were called when it was asked',
    );
    await made.desk.stop();
  },
);

t.test('what somebody notes, and acknowledges of what is over, is told to the head office too', async (t) => {
  const made = setUp(t.testdir());
  Object.assign(made.desk.options.assignment, { isInFleet: true });
  made.hit({ name: NAME });
  await pass(made, 3);
  await pass(made, 3700);
  const [{ id } = { id: '' }] = await incidentsOf(made);
  const told = () => made.desk.store.read(({ notes }) => notes.after(0, 100).map((note) => note.number), []);
  const before = told();
  await answerQuestion(made.desk, { what: 'note', id, text: 'reinstalled' });
  const noted = told();
  await answerQuestion(made.desk, { what: 'acknowledge', id });
  const acknowledged = told();
  t.same([before.length, noted.length, acknowledged.length], [1, 1, 1], 'once');
  t.ok(noted[0]! > before[0]! && acknowledged[0]! > noted[0]!, 'anew each time');
  await made.desk.stop();
});

t.test('of two who note at once the second sees what the first wrote', async (t) => {
  const made = setUp(t.testdir());
  made.hit({ name: NAME });
  await pass(made, 3);
  const [{ id } = { id: '' }] = await incidentsOf(made);
  const ask = (text: string, base: string | null) =>
    answerQuestion(made.desk, { what: 'note', id, text, base });
  const [first, second] = await Promise.all([ask('by one', null), ask('by the other', null)]);
  t.match(first, { isKept: true, was: null, detail: { note: { text: 'by one' } } });
  t.match(second, { isKept: false, was: { text: 'by one' } });
  const { was } = second as { was: { time: string } };
  t.match(await ask('by both', was.time), { isKept: true, was, detail: { note: { text: 'by both' } } });
  t.match(await ask('late', '2020-01-01T00:00:00.000Z'), { isKept: false, was: { text: 'by both' } });
  await made.desk.stop();
});

const MAC = '02:00:00:00:00:07';
const bound = (host: number, fromMs: number, toMs: number | null = null) => ({
  address: addressOf(`192.0.2.${host}`),
  who: { id: 'm-one', name: null, nameFrom: null, mac: MAC },
  fromMs,
  toMs,
});

/** Rules for the campaign in which an entry is for some types only, or for some clients. */
const only = (name: string, rule: Partial<Rule>) => ({
  ...ruleSetOf(
    [
      { name: '3cx-2023', alert: true },
      { name: 'quiet', alert: false },
    ],
    [{ list: '3cx-2023', names: [name], rule: { indicator: INDICATOR, ...rule } }],
  ),
  revision: 2,
});

/** One machine was answered with an address, another is blocked. */
const askFront = (made: House): void => {
  made.query({ name: NAME, host: 40 }, 'data', ['203.0.113.66']);
  made.hit({ name: NAME });
};

/** The name without an alert, and the address behind it with one. */
const behindFront: RuleSet = {
  ...ruleSetOf(
    [
      { name: '3cx-2023', alert: false },
      { name: 'ads', alert: true },
    ],
    [{ list: '3cx-2023', names: [NAME], rule: { indicator: INDICATOR } }],
    [],
    [{ list: 'ads', networks: ['203.0.113.66/32'], rule: { indicator: INDICATOR } }],
  ),
  revision: 2,
};

const OURS = { name: 'ours', action: 'allow' } as const;
const LISTED = { list: '3cx-2023', names: [NAME], rule: { indicator: INDICATOR } };
const silencedAndAllowed: RuleSet = {
  ...ruleSetOf([{ name: '3cx-2023', alert: false }, OURS], [LISTED, { list: 'ours', names: [NAME] }]),
  revision: 2,
};
const excepted: RuleSet = {
  ...ruleSetOf(
    [{ name: '3cx-2023', alert: true }, OURS, { name: 'all', action: 'allow' }],
    [LISTED, { list: 'ours', names: [NAME] }, { list: 'all', names: ['.'] }],
  ),
  revision: 2,
};
const blockedBefore: RuleSet = {
  ...ruleSetOf(
    [{ name: '3cx-2023', alert: true }, { name: 'ads' }],
    [LISTED, { list: 'ads', names: ['front.example'] }],
  ),
  revision: 2,
};

t.test(
  'whether an asking would be seen again goes by how it was asked, from where the machine is',
  async (t) => {
    const wrong: string[] = [];
    const servers = groupOf({ name: 'servers', clients: [], lists: [] });
    const serversOf = (mac: string) => ({ ...servers, clients: [{ kind: 'mac', mac } as const] });
    const usual = [...settingsOf().groups, servers];
    const cases: readonly {
      readonly what: string;
      readonly groups?: readonly GroupConfig[];
      readonly ask?: (made: House) => void;
      readonly change?: (made: House) => void;
      readonly ruleSet?: RuleSet;
      readonly end: string | null;
    }[] = [
      { what: 'asked by A, listed for AAAA now', ruleSet: only(NAME, { types: [28] }), end: 'delisted' },
      { what: 'asked by A, listed for A now', ruleSet: only(NAME, { types: [1] }), end: null },
      {
        what: 'asked by HTTPS, listed for HTTPS now',
        ask: (made) => made.hit({ name: NAME, type: 65 }),
        ruleSet: only(NAME, { types: [65] }),
        end: null,
      },
      {
        what: 'two names led there, the last to what is listed no more',
        ask: (made) => {
          made.hit({ name: 'front.example' }, { via: NAME });
          made.hit({ name: 'front.example' }, { via: `old.${NAME}` });
        },
        ruleSet: only(NAME, { scope: 'exact' }),
        end: null,
      },
      {
        what: 'its other address is in a group with the list',
        change: ({ desk, clock }) => {
          desk.useMachines({ machines: [], merges: [], bindings: [bound(7, 0), bound(8, clock.now())] });
          desk.useAssignments([{ address: addressOf('192.0.2.7'), group: 1 }]);
        },
        end: null,
      },
      {
        what: 'it is in a group without the list now',
        change: ({ desk }) => desk.useAssignments([{ address: addressOf('192.0.2.7'), group: 1 }]),
        end: 'delisted',
      },
      {
        what: 'it moved to an address in a group without the list',
        change: ({ desk, clock }) => {
          desk.useAssignments([{ address: addressOf('192.0.2.9'), group: 1 }]);
          const bindings = [bound(7, 0, clock.now()), bound(9, clock.now())];
          desk.useMachines({ machines: [], merges: [], bindings });
        },
        end: 'delisted',
      },
      {
        what: 'it is off the network, and whoever has its address is in another group',
        change: ({ desk, clock }) => {
          desk.useMachines({ machines: [], merges: [], bindings: [bound(7, 0, clock.now())] });
          desk.useAssignments([{ address: addressOf('192.0.2.7'), group: 1 }]);
        },
        end: null,
      },
      {
        what: 'it is off the network, and its MAC was put into a group without the list',
        change: ({ desk, clock }) => {
          desk.useMachines({ machines: [], merges: [], bindings: [bound(7, 0, clock.now())] });
          desk.useSettings({ ...desk.settings, groups: [...settingsOf().groups, serversOf(MAC)] });
        },
        end: 'delisted',
      },
      {
        what: 'it is off the network, its MAC was taken out of a group, and the list is everybody’s now',
        groups: [{ ...serversOf(MAC), lists: ['3cx-2023'] }, groupOf()],
        change: ({ desk, clock }) => {
          desk.useMachines({ machines: [], merges: [], bindings: [bound(7, 0, clock.now())] });
          desk.useSettings({ ...desk.settings, groups: usual });
        },
        end: null,
      },
      {
        what: 'only its address is known, and that was put into a group without the list',
        ask: (made) => made.hit({ name: NAME, host: 30 }),
        change: ({ desk }) => {
          const bytes = addressOf('192.0.2.16');
          const clients = [{ kind: 'prefix', bytes, bits: 124, text: '192.0.2.16/28' } as const];
          desk.useSettings({ ...desk.settings, groups: [...settingsOf().groups, { ...servers, clients }] });
        },
        end: 'delisted',
      },
      {
        what: 'its name alerts no more and is blocked; another list has the address behind it',
        ask: askFront,
        ruleSet: behindFront,
        end: 'alert-off',
      },
      {
        what: 'its name alerts no more; in a pause it comes to an address that another list has',
        ask: askFront,
        change: ({ desk }) => desk.useSettings({ ...desk.settings, paused: ['default'] }),
        ruleSet: behindFront,
        end: null,
      },
      {
        what: 'asked by TXT, which leads to no address',
        ask: (made) => {
          made.query({ name: NAME, host: 40 }, 'data', ['203.0.113.66']);
          made.hit({ name: NAME, type: 16 });
        },
        change: ({ desk }) => desk.useSettings({ ...desk.settings, paused: ['default'] }),
        ruleSet: behindFront,
        end: 'alert-off',
      },
      {
        what: 'its list alerts no more, and an exception has the name',
        groups: [groupOf({ lists: ['ours', '3cx-2023'] })],
        change: ({ desk }) => desk.useSettings({ ...desk.settings, ruleSet: silencedAndAllowed }),
        end: 'allowed',
      },
      {
        what: 'its own exception, at hours for which every name is one too',
        groups: [
          groupOf({
            ...{ lists: ['all', 'ours', '3cx-2023'], alwaysLists: ['all'] },
            schedule: { days: 1, fromMinute: 0, toMinute: 1, text: 'Mon 00:00-00:01' },
          }),
        ],
        ask: (made) => made.hit({ name: 'front.example' }, { via: NAME }),
        ruleSet: excepted,
        end: 'allowed',
      },
      {
        what: 'a list without an alert blocks the name that leads there',
        ask: (made) => made.hit({ name: 'front.example' }, { via: NAME }),
        ruleSet: blockedBefore,
        end: 'unreached',
      },
      {
        what: 'nobody looks at what names lead to any more',
        ask: (made) => made.hit({ name: 'front.example' }, { via: NAME }),
        change: ({ desk }) =>
          desk.useSettings({
            ...desk.settings,
            groups: desk.settings.groups.map((group) => ({ ...group, inspect: false })),
          }),
        end: 'unreached',
      },
      {
        what: 'its list alerts no more, and has lost the name as well',
        ruleSet: {
          ...ruleSetOf([{ name: '3cx-2023', alert: false }], [{ list: '3cx-2023', names: ['x.example'] }]),
          revision: 2,
        },
        end: 'delisted',
      },
    ];
    for (const [i, { what, groups = usual, ask, change, ruleSet, end }] of cases.entries()) {
      const made = setUp(t.testdir({ [`${i}`]: {} }), { groups });
      made.desk.useMachines({ machines: [], merges: [], bindings: [bound(7, 0)] });
      (ask ?? ((one: House) => one.hit({ name: NAME })))(made);
      await pass(made, 3);
      change?.(made);
      if (ruleSet !== undefined) made.desk.useSettings({ ...made.desk.settings, ruleSet });
      await pass(made, 10);
      const [said] = (await incidentsOf(made)).filter(({ client }) => client.ip !== '192.0.2.40');
      if (said?.end !== end) wrong.push(`${what}: ended as ${said?.end}, right is ${end}`);
      await made.desk.stop();
    }
    t.same(wrong, []);
  },
);

t.test('it ends though other machines come and go all the time', async (t) => {
  const made = setUp(t.testdir());
  made.hit({ name: NAME });
  await pass(made, 3);
  made.desk.useSettings({ ...made.desk.settings, ruleSet: listing(['other.example'], 2) });
  const come = async (host: number): Promise<void> => {
    const who = { id: `m-${host}`, name: null, nameFrom: null, mac: null };
    const binding = { address: addressOf(`192.0.2.${host}`), who, fromMs: made.clock.now(), toMs: null };
    made.desk.useMachines({ machines: [], merges: [], bindings: [binding] });
    await pass(made, 1);
  };
  for (let host = 50; host < 90; host += 1) await come(host);
  t.match(await incidentsOf(made), [{ state: 'closed', end: 'delisted' }]);
  // A hit that a thread still held goes on with it: the look when it is quiet ends it again.
  made.hit({ name: NAME }, { revision: 1 });
  await come(90);
  t.match(await incidentsOf(made), [{ state: 'open' }]);
  await pass(made, 10);
  t.match(await incidentsOf(made), [{ state: 'closed', end: 'delisted' }]);
  await made.desk.stop();
});

t.test('a list and campaign that get another name end nothing and open nothing', async (t) => {
  const made = setUp(t.testdir());
  made.hit({ name: NAME });
  await pass(made, 3);
  // One is on its way when the names change, and the machine asks on at once.
  made.hit({ name: NAME });
  made.desk.useSettings({ ...made.desk.settings, ruleSet: rules('renamed'), groups: grouped(['cy']) });
  made.hit({ name: NAME });
  await pass(made, 1);
  made.hit({ name: NAME });
  await pass(made, 10);
  const incidents = await incidentsOf(made);
  t.match(incidents, [{ state: 'open', hits: 4, campaign: '3CX, renamed', lists: ['3cx-2023', 'cy'] }]);
  t.equal(incidents.length, 1);
  t.same([...new Set(made.receiver.taken.map(({ kind }) => kind))], ['opened', 'update']);
  await made.desk.stop();
});

t.test('a list that got another name is the same where its machine turns out to be another', async (t) => {
  const bare = (list: string, revision: number): RuleSet => ({
    ...ruleSetOf([{ name: list, alert: true }, { name: 'ads' }], [{ list, names: [NAME] }]),
    revision,
  });
  const made = setUp(t.testdir(), { ruleSet: bare('3cx-2023', 1) });
  const { desk, hit, clock } = made;
  hit({ name: NAME });
  await pass(made, 3);
  desk.useSettings({ ...desk.settings, ruleSet: bare('cy', 2), groups: grouped(['cy', 'ads']) });
  await pass(made, 10);
  const [before] = await incidentsOf(made);
  const who = { id: 'm-one', name: 'till-3', nameFrom: 'lease' as const, mac: MAC };
  const machine = { ...who, key: `mac:${MAC}`, firstMs: clock.now(), lastMs: clock.now() };
  const bindings = [{ ...bound(7, clock.now()), who }];
  desk.useMachines({
    machines: [machine],
    merges: [{ from: before?.machine ?? '', into: who.id }],
    bindings,
  });
  t.same(
    [...desk.registry.open].map(({ subject }) => subject),
    ['m-one list cy'],
  );
  await pass(made, 3);
  hit({ name: NAME });
  await pass(made, 3);
  const incidents = await incidentsOf(made);
  t.match(incidents, [{ state: 'open', hits: 2, machine: 'm-one', lists: ['3cx-2023', 'cy'] }]);
  t.equal(incidents.length, 1);
  await desk.stop();
});

/** Only the list has another name. */
const renamed: RuleSet = {
  ...ruleSetOf(
    [{ name: 'cy', alert: true }, { name: 'ads' }],
    [{ list: 'cy', names: [NAME], rule: { indicator: INDICATOR } }],
  ),
  revision: 2,
};

t.test('to somebody who has seen an incident its list is no news by another name', async (t) => {
  for (const isOver of [false, true]) {
    const made = setUp(t.testdir({ [`${isOver}`]: {} }));
    const { desk, receiver, clock, hit } = made;
    hit({ name: NAME });
    await pass(made, 10);
    const [{ id } = { id: '' }] = await incidentsOf(made);
    if (isOver) clock.advance(2 * 3_600_000);
    await pass(made, 10);
    await answerQuestion(desk, { what: 'acknowledge', id });
    await pass(made, 10);
    const told = receiver.taken.length;
    desk.useSettings({ ...desk.settings, ruleSet: renamed, groups: grouped(['cy', 'ads']) });
    await pass(made, 10);
    for (let i = 0; i < 4; i += 1) {
      hit({ name: NAME });
      clock.advance(20 * 60_000);
      await pass(made, 3);
    }
    t.equal(receiver.taken.length, told, isOver ? 'which was over by then' : 'which goes on');
    const [incident] = await incidentsOf(made);
    t.match(incident, { state: 'open', hits: 5, lists: ['3cx-2023', 'cy'], formerLists: ['3cx-2023'] });
    t.equal(incident?.list, 'cy', 'and programs are');
    t.same(incident && listsNow(incident), ['cy'], 'people are told of one list');
    // A list that is new has the name that the other had.
    desk.useSettings({
      ...desk.settings,
      ruleSet: { ...listing([NAME]), revision: 3 },
      groups: grouped(['3cx-2023', 'ads']),
    });
    await pass(made, 10);
    t.match((await incidentsOf(made)).map(listsNow), [['3cx-2023']]);
    await desk.stop();
  }
});

t.test(
  'what waits to be told of an incident that is over is no news once somebody has seen it',
  async (t) => {
    const told: Record<string, readonly string[]> = {};
    for (const isSeen of [false, true]) {
      const minute = new Date(START_MS).getHours() * 60;
      const quiet = {
        days: 127,
        fromMinute: (minute + 240) % 1440,
        toMinute: (minute + 1380) % 1440,
        text: 'q',
      };
      const made = setUp(t.testdir({ [`${isSeen}`]: {} }), {}, { quiet });
      const { desk, receiver, clock, hit } = made;
      const ask = async (name: string, hours: number) => {
        hit({ name });
        await pass(made, 10);
        clock.advance(hours * 3_600_000);
        await pass(made, 10);
      };
      await ask(NAME, 2);
      clock.advance(3 * 3_600_000);
      await ask(`new.${NAME}`, 16);
      const [{ id, state } = { id: '', state: '' }] = await incidentsOf(made);
      t.equal(state, 'closed');
      if (isSeen) await answerQuestion(desk, { what: 'acknowledge', id });
      for (let i = 0; i < 3; i += 1) {
        clock.advance(4 * 3_600_000);
        await pass(made, 10);
      }
      told[`${isSeen}`] = receiver.taken.map(({ kind, incident }) => `${kind} ${incident?.hits}`);
      await desk.stop();
    }
    t.same(told, {
      false: ['opened 1', 'closed 1', 'reopened 2', 'closed 2'],
      true: ['opened 1', 'closed 1', 'closed 2'],
    });
  },
);

t.test(
  'what has ended goes on as the same incident though its list and campaign got another name since',
  async (t) => {
    const made = setUp(t.testdir());
    made.hit({ name: NAME });
    await pass(made, 3);
    made.clock.advance(2 * 3_600_000);
    await pass(made, 3);
    t.match(await incidentsOf(made), [{ state: 'closed', end: 'silent' }]);
    made.desk.useSettings({ ...made.desk.settings, ruleSet: rules('renamed'), groups: grouped(['cy']) });
    await pass(made, 10);
    made.hit({ name: NAME });
    await pass(made, 10);
    const incidents = await incidentsOf(made);
    t.match(incidents, [{ state: 'open', hits: 2, campaign: '3CX, renamed', reopened: 1 }]);
    t.equal(incidents.length, 1);
    t.same([...new Set(made.receiver.taken.map(({ kind }) => kind))], ['opened', 'closed', 'reopened']);
    await made.desk.stop();
  },
);

t.test(
  'a name that came later, for another address of the machine, is inferred at the one that asked',
  async (t) => {
    for (const [last, nameFrom] of [
      [8, 'inferred'],
      [7, 'lease'],
    ] as const) {
      const made = setUp(t.testdir({ [nameFrom]: {} }));
      const { desk, clock } = made;
      const mac = 'aa:aa:aa:aa:aa:07';
      const who = { id: 'm-7', name: null, nameFrom: null, mac };
      const named = { ...who, name: 'till', nameFrom: 'lease' } as const;
      const at = (
        host: number,
        identity: typeof who | typeof named,
        fromMs: number,
        toMs: number | null,
      ) => ({
        address: addressOf(`192.0.2.${host}`),
        who: identity,
        fromMs,
        toMs,
      });
      const machine = { key: `mac:${mac}`, firstMs: 0, lastMs: 0 };
      desk.useMachines({ machines: [{ ...who, ...machine }], merges: [], bindings: [at(7, who, 0, null)] });
      made.hit({ name: NAME });
      await pass(made, 3);
      const ended = last === 7 ? [at(7, who, 0, clock.now())] : [];
      const bindings = [...ended, at(last, named, clock.now(), null)];
      desk.useMachines({ machines: [{ ...named, ...machine }], merges: [], bindings });
      await pass(made, 3);
      const client = { ip: '192.0.2.7', name: 'till', nameFrom };
      t.match(await incidentsOf(made), [{ client }]);
      t.match(await answerQuestion(desk, { what: 'hits', filter: {} }), [{ client }]);
      await desk.stop();
    }
  },
);

t.test('what was told today of last month is found today', async (t) => {
  const made = setUp(t.testdir());
  const longAgo = made.clock.now() - 45 * DAY;
  made.desk.registry.addFinding(
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

t.test('an acknowledgement that was refused is none once the store takes what waited', async (t) => {
  const dir = t.testdir();
  const made = setUp(dir);
  made.hit({ name: NAME });
  await pass(made, 3);
  const [incident] = await incidentsOf(made);
  const id = incident?.id ?? '';
  const other = new DatabaseSync(join(dir, 'cenote.db'));
  other.exec('BEGIN IMMEDIATE');
  for (let quarter = 0; quarter < 5; quarter += 1) {
    made.clock.advance(15 * 60_000);
    await pass(made, 1);
  }
  t.equal(made.desk.incident(id)?.end, 'silent', 'it waits for the store');
  await t.rejects(
    answerQuestion(made.desk, { what: 'acknowledge', id }),
    /so nothing changed: database is locked; acknowledge it again/,
  );
  other.exec('ROLLBACK');
  other.close();
  await pass(made, 60);
  t.match(await incidentsOf(made), [{ state: 'closed', acknowledged: null }]);
  await answerQuestion(made.desk, { what: 'acknowledge', id });
  t.match(await incidentsOf(made), [{ acknowledged: /^20/ }]);
  await made.desk.stop();
});

t.test('what is done to an open incident is kept with the hits that wait, or is refused', async (t) => {
  const dir = t.testdir();
  const made = setUp(dir);
  made.hit({ name: NAME });
  await pass(made, 3);
  const [{ id } = { id: '' }] = await incidentsOf(made);
  const other = new DatabaseSync(join(dir, 'cenote.db'));
  other.exec('BEGIN IMMEDIATE');
  made.hit({ name: `b.${NAME}` });
  await pass(made, 3);
  for (const question of [
    { what: 'acknowledge', id },
    { what: 'note', id, text: 'reinstalled' },
  ] as const)
    await t.rejects(
      answerQuestion(made.desk, question),
      new RegExp(`so nothing changed: database is locked; ${question.what} it again`),
    );
  t.match(made.desk.incident(id), { acknowledgedMs: null, note: null, hits: 2 });
  other.exec('ROLLBACK');
  other.close();
  // Before the store is tried again by itself: what is counted and the hits are stored at once.
  await answerQuestion(made.desk, { what: 'acknowledge', id });
  t.equal(made.desk.keeper.pending, 0);
  t.match(await incidentsOf(made), [{ acknowledged: /^20/, hits: 2 }]);
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
      /so nothing changed: .* acknowledge it again/,
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
