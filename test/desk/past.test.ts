// The week before the report: names that were asked for, and answered, before anybody knew.

import { join } from 'node:path';
import t from 'tap';
import { allGotText, pastGotText } from '../../src/alerts/outcomes.ts';
import { whoMeant } from '../../src/clients/who.ts';
import { answerQuestion } from '../../src/desk/answers.ts';
import type { ClientTimeline, HuntFinding } from '../../src/desk/messages.ts';
import { type Finding, type SearchRequest, searchStore } from '../../src/hits/hunt/search.ts';
import type { IncidentSummary } from '../../src/hits/incidents/summary.ts';
import { textToAddress } from '../../src/wire/names/address.ts';
import { house, listing, settingsOf } from '../support/hits-desk.ts';

const DAY_MS = 86_400_000;
type House = ReturnType<typeof house>;

async function until<T>(house: House, ask: () => Promise<T>, enough: (found: T) => boolean): Promise<T> {
  for (let i = 0; ; i += 1) {
    house.settle();
    const found = await ask();
    if (enough(found) || i > 200) return found;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const incidentsOf = async ({ desk }: House) =>
  (await answerQuestion(desk, { what: 'incidents', filter: {} })) as IncidentSummary[];

t.test(
  'when a list gains names, past askers become incidents with when and how often, told once',
  async (t) => {
    const own = house({ dir: t.testdir(), settings: { ruleSet: listing(['nothing.example']) } });
    const { desk, query, hit, clock, settle } = own;
    const askers = [7, 8, 9];
    for (let day = 0; day < 7; day += 1) {
      for (const host of askers) {
        query({ name: 'www.akamaicontainer.com', host });
        query({ name: 'officestoragebox.com', host });
      }
      for (let host = 10; host < 40; host += 1) query({ name: `www.site${host}.example`, host });
      query({ name: 'notakamaicontainer.com', host: 50 });
      settle();
      clock.advance(DAY_MS);
    }
    t.same(await incidentsOf(own), []);
    desk.useSettings(settingsOf({ ruleSet: listing(['akamaicontainer.com', 'officestoragebox.com'], 2) }));
    const found = await until(
      own,
      () => incidentsOf(own),
      ({ length }) => length >= 3,
    );
    t.same(found.map(({ client }) => client.ip).sort(), ['192.0.2.7', '192.0.2.8', '192.0.2.9']);
    for (const incident of found)
      t.match(incident, {
        retrospective: true,
        hits: 14,
        campaign: '3CX supply chain',
        first: '2026-11-23T09:00:00.000Z',
        last: '2026-11-29T09:00:00.000Z',
        names: [{ count: 7 }, { count: 7 }],
      });

    for (let i = 0; i < 5; i += 1) {
      clock.advance(20_000);
      await until(
        own,
        () => incidentsOf(own),
        () => true,
      );
    }
    desk.useSettings(
      settingsOf({ ruleSet: listing(['akamaicontainer.com', 'officestoragebox.com', 'more.example'], 3) }),
    );
    hit({ name: 'www.akamaicontainer.com', host: 60 });
    await until(
      own,
      () => incidentsOf(own),
      ({ length }) => length >= 4,
    );
    clock.advance(20_000);
    const all = await until(
      own,
      () => incidentsOf(own),
      () => true,
    );
    t.equal(all.length, 4, 'a hit of today is no finding in the past, and nothing is told twice');
    await desk.stop();
  },
);

t.test('names are hunted by hand, with all below them and not what only looks alike', async (t) => {
  const own = house({ dir: t.testdir() });
  const { desk, query, settle, clock } = own;
  for (const name of [
    'evil.example',
    'a.b.evil.example',
    'devil.example',
    'evil.example.net',
    'evil-example',
  ])
    query({ name });
  settle();
  const hunt = (covers: 'exact' | 'subtree' | 'below', sinceMs = 0) =>
    answerQuestion(desk, { what: 'hunt', targets: [{ name: 'evil.example', covers }], sinceMs }).then(
      (answer) => (answer as HuntFinding[]).flatMap(({ names }) => names.map(({ name }) => name)).sort(),
    );
  t.same(await hunt('subtree'), ['a.b.evil.example', 'evil.example']);
  t.same(await hunt('exact'), ['evil.example']);
  t.same(await hunt('below'), ['a.b.evil.example']);
  t.same(await hunt('subtree', clock.now() + 60_000), []);
});

t.test('a list is hunted by hand whether or not it was told before', async (t) => {
  const own = house({ dir: t.testdir() });
  const { desk, query, hit, settle } = own;
  query({ name: 'old.akamaicontainer.com', host: 3 });
  settle();
  hit({ name: 'new.akamaicontainer.com', host: 4 });
  query({ name: 'ads.example', host: 5 });
  await until(
    own,
    () => incidentsOf(own),
    ({ length }) => length >= 2,
  );
  const lists = async (names: string[] | null) =>
    ((await answerQuestion(desk, { what: 'huntLists', lists: names, sinceMs: 0 })) as HuntFinding[]).map(
      ({ client, list }) => [client.ip, list],
    );
  const both = [
    ['192.0.2.3', '3cx-2023'],
    ['192.0.2.4', '3cx-2023'],
  ];
  t.same(await lists(null), both);
  t.same(await lists(['3cx-2023']), both);
  t.same(await lists(['ads']), [['192.0.2.5', 'ads']]);
});

t.test(
  'who asked for what led to a name or address is found, for the days on which it led there',
  async (t) => {
    const own = house({ dir: t.testdir(), settings: { ruleSet: listing(['nothing.example']) } });
    const { desk, query, hit, settle, clock } = own;
    query({ name: 'front.example' }, 'data', ['cdn.example', 'c2.evil.example', '203.0.113.66']);
    query({ name: 'front.example' }, 'data');
    query({ name: 'direct.example', host: 8 }, 'data', ['203.0.113.66']);
    query({ name: 'other.example', host: 9 }, 'data', ['devil.example', '203.0.113.67']);
    settle();
    clock.advance(3 * DAY_MS);
    query({ name: 'front.example' }, 'data', ['cdn.example', '203.0.113.9']);
    settle();
    const hunt = async (name: string, covers: 'exact' | 'subtree' | 'below' = 'subtree') =>
      (
        (await answerQuestion(desk, {
          what: 'hunt',
          targets: [{ name, covers }],
          sinceMs: 0,
        })) as HuntFinding[]
      ).flatMap(({ client, names }) =>
        names.map((one) => [client.ip, one.name, one.via, one.count, one.answered]),
      );
    const before = [['192.0.2.7', 'front.example (by c2.evil.example)', null, 2, 2]];
    t.same(await hunt('evil.example'), before);
    t.same(await hunt('c2.evil.example', 'exact'), before);
    t.same(await hunt('evil.example', 'below'), before);
    t.same(await hunt('evil.example', 'exact'), []);
    t.same(await hunt('cdn.example'), [['192.0.2.7', 'front.example (by cdn.example)', null, 3, 3]]);

    desk.useSettings(settingsOf({ ruleSet: listing(['evil.example'], 2) }));
    const found = await until(
      own,
      () => incidentsOf(own),
      ({ length }) => length > 0,
    );
    t.match(found, [
      {
        client: { ip: '192.0.2.7' },
        retrospective: true,
        hits: 2,
        names: [{ name: 'front.example', count: 2 }],
      },
    ]);
    clock.advance(20_000);
    await until(
      own,
      () => incidentsOf(own),
      () => true,
    );
    hit({ name: 'front.example' }, { via: 'c2.evil.example', nameOffset: 3 });
    settle();
    t.same(await hunt('evil.example'), [['192.0.2.7', 'front.example (by c2.evil.example)', null, 3, 2]]);
    const [incident, ...more] = await incidentsOf(own);
    t.match(
      incident,
      { hits: 3, past: { hits: 2, answered: 2, failed: 0, blocked: 0 }, outcomes: { blocked: 1 } },
      'told once, and the live hit beside it',
    );
    t.equal(
      incident && allGotText(incident),
      'it was blocked; before it was listed with an alert all were answered',
      'what it got before is not hidden by what it gets now',
    );
    t.equal(
      incident && allGotText({ ...incident, first: '2020-01-01T00:00:00.000Z' }),
      'it was blocked; while it was not listed with an alert all were answered',
      'what was asked for while it was off the list had been listed before',
    );
    const old = incident?.past && { ...incident.past, answered: 0, unrecorded: 2 };
    t.equal(
      old && pastGotText(old),
      'what it got was not recorded',
      'of an older release nothing is made up',
    );
    t.match(
      incident?.past && pastGotText({ ...incident.past, answered: 0, failed: 2 }),
      /NODATA, .*truncated, withheld/,
      'all that brought no data is one class',
    );
    t.same(more, []);
    const listed = (await answerQuestion(desk, {
      what: 'huntLists',
      lists: null,
      sinceMs: 0,
    })) as HuntFinding[];
    const counts = listed.flatMap(({ names }) => names.map(({ name, count }) => `${count} ${name}`));
    t.same(counts, ['3 front.example (by c2.evil.example)']);
  },
);

t.test('a timeline names who else had the address, and who else has the name', async (t) => {
  const { desk, clock } = house({ dir: t.testdir() });
  const nowMs = clock.now();
  const machineOf = (id: string, name: string | null) => ({
    id,
    name,
    nameFrom: 'lease' as const,
    mac: `02:00:00:00:00:0${id}`,
  });
  const [a, b, c] = [machineOf('a', 'laptop'), machineOf('b', 'laptop'), machineOf('c', 'printer')] as const;
  const at = (host: number) => textToAddress(`192.0.2.${host}`) ?? new Uint8Array(16);
  desk.useMachines({
    machines: [a, b, c].map((who) => ({ ...who, key: `mac:${who.mac}`, firstMs: 0, lastMs: nowMs })),
    merges: [],
    bindings: [
      { address: at(7), fromMs: 1000, toMs: nowMs - 5000, who: a },
      { address: at(9), fromMs: nowMs - 5000, toMs: null, who: a },
      { address: at(7), fromMs: nowMs - 4000, toMs: null, who: c },
      { address: at(8), fromMs: 1000, toMs: null, who: b },
    ],
  });
  const timeline = async (meant: string, sinceMs: number): Promise<ClientTimeline> =>
    (await answerQuestion(desk, {
      what: 'client',
      who: whoMeant(desk.context.machines, meant) ?? { machines: [], ips: [] },
      sinceMs,
    })) as ClientTimeline;
  const [from, to] = ['1970-01-01T00:00:01.000Z', new Date(nowMs - 5000).toISOString()];
  t.match(await timeline('192.0.2.7', 0), {
    machine: 'c',
    others: [{ machine: 'a', ip: '192.0.2.9', name: 'laptop', from, to }],
  });
  t.same((await timeline('192.0.2.7', nowMs - 1000)).others, [], 'it left before the time that is shown');
  const named = await timeline('laptop', 0);
  t.same([named.machine, ...named.others.map((other) => other.machine)].sort(), ['a', 'b']);
  t.match(named.others, [{ from: null, to: null }]);
  t.same((await timeline('printer', 0)).others, []);
  await desk.stop();
});

t.test('one machine’s timeline holds its incidents, hits and what it asked for', async (t) => {
  const own = house({ dir: t.testdir() });
  const { desk, query, hit, settle } = own;
  query({ name: 'www.example.com' });
  hit({ name: 'www.akamaicontainer.com' });
  hit({ name: 'www.akamaicontainer.com', host: 8 });
  settle();
  const timeline = (await answerQuestion(desk, {
    what: 'client',
    who: whoMeant(desk.context.machines, '192.0.2.7') ?? { machines: [], ips: [] },
    sinceMs: 0,
  })) as ClientTimeline;
  t.match(timeline, {
    ip: '192.0.2.7',
    incidents: [{ client: { ip: '192.0.2.7' } }],
    hits: [{ question: { name: 'www.akamaicontainer.com' } }],
    history: [
      { name: 'www.example.com', count: 1, blocked: false, outcome: 'data' },
      { name: 'www.akamaicontainer.com', count: 1, blocked: true, outcome: 'blocked' },
    ],
  });
  const [incident] = timeline.incidents;
  t.match(await answerQuestion(desk, { what: 'acknowledge', id: incident?.id ?? '' }), {
    acknowledged: /^2026/,
  });
  t.equal(await answerQuestion(desk, { what: 'acknowledge', id: 'nobody' }), null);
});

t.test('with privacy the history holds no addresses, and off holds nothing', async (t) => {
  const anonymous = house({ dir: t.testdir(), settings: { privacy: 'anonymise' } });
  anonymous.query({ name: 'evil.example', host: 7 });
  anonymous.query({ name: 'evil.example', host: 8 });
  anonymous.settle();
  const target = { name: 'evil.example', covers: 'subtree' } as const;
  const found = (await answerQuestion(anonymous.desk, {
    what: 'hunt',
    targets: [target],
    sinceMs: 0,
  })) as HuntFinding[];
  t.equal(found.length, 2);
  for (const { client } of found) t.match(client, { ip: /^anon-[0-9a-f]{16}$/, group: 'unknown' });
  const off = house({ dir: t.testdir(), settings: { privacy: 'off' } });
  off.query({ name: 'evil.example' });
  off.settle();
  t.match(await answerQuestion(off.desk, { what: 'hunt', targets: [target], sinceMs: 0 }), []);
});

t.test(
  'a search that fails is told once and made again until what the lists gained was searched for',
  async (t) => {
    const dir = t.testdir();
    let isBroken = true;
    const own = house({
      dir,
      settings: { ruleSet: listing(['nothing.example']) },
      searcher: {
        search: async <R extends SearchRequest>(request: R) => {
          if (isBroken) throw new Error('out of memory');
          return searchStore(join(dir, 'cenote.db'), request) as readonly Finding<R>[];
        },
        close: async () => {},
      },
    });
    const { desk, query, clock, settle, said } = own;
    query({ name: 'www.akamaicontainer.com', host: 7 });
    settle();
    desk.useSettings(settingsOf({ ruleSet: listing(['akamaicontainer.com'], 2) }));
    const rounds = async (): Promise<IncidentSummary[]> => {
      for (let i = 0; i < 4; i += 1) {
        clock.advance(15_000);
        settle();
        await new Promise((resolve) => setImmediate(resolve));
      }
      return incidentsOf(own);
    };
    t.same(await rounds(), []);
    isBroken = false;
    t.match(await rounds(), [{ client: { ip: '192.0.2.7' }, retrospective: true, hits: 1 }]);
    const told = said.flatMap((message) =>
      message.kind === 'log' && /history/.test(message.message) ? [message.message] : [],
    );
    t.match(told, [/cannot be searched .*out of memory; trying again/, /searched again/]);
    t.equal(told.length, 2);
    await desk.stop();
  },
);

t.test('what waited for upstreams is in the history from when it was asked, as in the log', async (t) => {
  const own = house({ dir: t.testdir() });
  const { desk, query, settle, clock } = own;
  clock.advance(60_000);
  const askedMs = Math.floor(clock.now() / 1000) * 1000 - 5000;
  query({ name: 'late.example' }, 'failed', [], { upstream: '192.0.2.53:53', waitedMs: 5000 });
  settle();
  const target = { name: 'late.example', covers: 'subtree' } as const;
  const [found] = (await answerQuestion(desk, {
    what: 'hunt',
    targets: [target],
    sinceMs: 0,
  })) as HuntFinding[];
  t.match(found?.names, [{ first: new Date(askedMs).toISOString(), last: new Date(askedMs).toISOString() }]);
  await desk.stop();
});
