// What is said of an asking is what happened: which machine, what it got, whether it was on a list then, and each thing once.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import t, { type Test as Tap } from 'tap';
import { idOfAddress } from '../../src/clients/machine.ts';
import { answerQuestion } from '../../src/desk/answers.ts';
import type { HitsState, HuntFinding } from '../../src/desk/messages.ts';
import type { Find } from '../../src/hits/find.ts';
import type { Hit } from '../../src/hits/hit.ts';
import { type Finding, type Searcher, type SearchRequest, searchStore } from '../../src/hits/hunt/search.ts';
import type { IncidentSummary } from '../../src/hits/incidents/summary.ts';
import type { RuleSet } from '../../src/policy/rule.ts';
import { fakeClock } from '../support/clock.ts';
import { queryOf } from '../support/events-query.ts';
import { groupOf } from '../support/group.ts';
import { type House, house, INDICATOR, settingsOf } from '../support/hits-desk.ts';
import { START_MS } from '../support/hits-records.ts';
import { type ListWords, type RuleWords, ruleSetOf } from '../support/rule-set.ts';

let revision = 10;
const ONE = groupOf({ lists: ['cx', 'cy', 'ads', 'ok'] });

/** Lists in force from now on, with a revision of their own. */
function rules(words: readonly RuleWords[], lists: readonly ListWords[] = []): RuleSet {
  revision += 1;
  const faces = new Map<string, ListWords>([
    ['cx', { name: 'cx', alert: true }],
    ['cy', { name: 'cy', alert: true }],
    ['ads', { name: 'ads' }],
    ['ok', { name: 'ok', action: 'allow' }],
  ]);
  for (const list of lists) faces.set(list.name, list);
  return { ...ruleSetOf([...faces.values()], words), revision };
}
const on = (list: string, ...names: string[]): RuleWords => ({ list, names, rule: { indicator: INDICATOR } });
const plain = (list: string, ...names: string[]): RuleWords => ({ list, names });

function begin(
  t: Tap,
  words: readonly RuleWords[] = [],
  lists: readonly ListWords[] = [],
): House & { dir: string } {
  const dir = t.testdir();
  const own = house({ dir, settings: { ruleSet: rules(words, lists), groups: [ONE] } });
  return { ...own, dir };
}

const use = (
  { desk }: House,
  words: readonly RuleWords[],
  lists: readonly ListWords[] = [],
  groups = [ONE],
): void => desk.useSettings(settingsOf({ ruleSet: rules(words, lists), groups }));

/** Lets every round of the search for the past come to its end. */
async function rounds(own: House): Promise<void> {
  for (let i = 0; i < 8; i += 1) {
    own.settle();
    await new Promise((resolve) => setImmediate(resolve));
    own.settle();
    own.clock.advance(6000);
  }
}

function findsIn(dir: string): Find[] {
  const lines = readFileSync(join(dir, 'hits.jsonl'), { encoding: 'utf8', flag: 'a+' }).split('\n');
  return lines.filter((line) => line.startsWith('{"event":"find"')).map((line) => JSON.parse(line));
}
const hitsOf = async ({ desk }: House) => (await answerQuestion(desk, { what: 'hits', filter: {} })) as Hit[];
const huntOf = async ({ desk }: House, lists: string[] | null, sinceMs = 0) =>
  (await answerQuestion(desk, { what: 'huntLists', lists, sinceMs })) as HuntFinding[];

t.test(
  'a find says what was answered, what was not and what was rewritten; no list blocked what was withheld',
  async (t) => {
    const own = begin(t);
    own.query({ name: 'c2.example' });
    own.query({ name: 'c2.example', type: 28 }, 'nodata');
    own.query({ name: 'c2.example' }, 'nxdomain');
    own.query({ name: 'c2.example' }, 'failed');
    own.query({ name: 'c2.example' }, 'withheld');
    own.query({ name: 'c2.example' }, 'rewritten');
    own.query({ name: 'c2.example', host: 66 }, 'refused');
    own.query({ name: 'c2.example', host: 67 }, 'local');
    own.query({ name: 'x.c2.example', host: 8 });
    own.settle();
    use(own, [on('cx', 'c2.example')]);
    const listedAt = new Date(own.clock.now()).toISOString();
    await rounds(own);
    const finds = findsIn(own.dir);
    t.equal(finds.length, 2, 'what was refused, or answered by the configuration, is no find');
    t.match(
      finds.find(({ client }) => client.ip === '192.0.2.7'),
      {
        list: 'cx',
        rules: ['c2.example'],
        indicator: { campaign: INDICATOR.campaign },
        count: 6,
        answered: 1,
        failed: 4,
        blocked: 0,
        rewritten: 1,
        listedAt,
        first: '2026-11-23T09:00:00.000Z',
        names: [{ name: 'c2.example', visits: 1 }],
      },
    );
    const hunted = await huntOf(own, ['cx']);
    t.match(
      hunted.map(({ client, names }) => [client.ip, names[0]?.refused, names[0]?.local]).sort(),
      [
        ['192.0.2.66', 1, 0],
        ['192.0.2.67', 0, 1],
        ['192.0.2.7', 0, 0],
        ['192.0.2.8', 0, 0],
      ],
      'a hunt shows them, and says so',
    );
  },
);

t.test('a hunt shows a machine in the group it asked from last, within one second too', async (t) => {
  const two = [ONE, { ...ONE, name: 'tills' }];
  const dir = t.testdir();
  const ruleSet = rules([on('cx', 'c2.example')]);
  const own = house({ dir, settings: { ruleSet, groups: two } });
  own.query({ name: 'c2.example', group: 0 });
  own.query({ name: 'c2.example', group: 1 });
  own.settle();
  const byName = { what: 'hunt', targets: [{ name: 'c2.example', covers: 'exact' }], sinceMs: 0 } as const;
  for (const question of [byName, { what: 'huntLists', lists: ['cx'], sinceMs: 0 } as const]) {
    const found = (await answerQuestion(own.desk, question)) as HuntFinding[];
    t.same(
      found.map(({ client }) => client.group),
      ['tills'],
    );
  }
});

t.test('a find is told once, whatever changes but what is new', async (t) => {
  const own = begin(t);
  own.query({ name: 'c2.example' });
  own.settle();
  use(own, [on('cx', 'c2.example')]);
  await rounds(own);
  t.equal(findsIn(own.dir).length, 1);
  use(own, [on('cx', 'c2.example'), plain('ads', 'ad.example')]);
  await rounds(own);
  use(own, [on('cy', 'c2.example')]);
  await rounds(own);
  t.equal(findsIn(own.dir).length, 1, 'an unrelated list, or another name of the list, is no news');
  await own.desk.stop();
  const again = {
    ...house({
      dir: own.dir,
      clock: own.clock,
      settings: { ruleSet: rules([on('cx', 'c2.example')]), groups: [ONE] },
    }),
    dir: own.dir,
  };
  await rounds(again);
  t.equal(findsIn(own.dir).length, 1, 'nor is a start');
  use(again, []);
  again.settle();
  again.query({ name: 'c2.example' });
  again.query({ name: 'c2.example' });
  again.settle();
  use(again, [on('cx', 'c2.example')]);
  await rounds(again);
  t.match(
    findsIn(own.dir).slice(1),
    [{ count: 2, answered: 2 }],
    'what was asked since is told, and only that',
  );
  await again.desk.stop();
});

t.test('what a hit told is never found again, and what none told is', async (t) => {
  const own = begin(t, [on('cx', 'm1.example')], []);
  own.hit({ name: 'm1.example' });
  own.settle();
  use(own, []);
  own.settle();
  for (let i = 0; i < 5; i += 1) own.query({ name: 'm1.example' });
  own.settle();
  use(own, [on('cx', 'm1.example')]);
  await rounds(own);
  t.match(
    findsIn(own.dir),
    [{ count: 5, answered: 5, blocked: 0 }],
    'blocked once, then answered five times',
  );
  for (let i = 0; i < 3; i += 1) own.hit({ name: 'm1.example' });
  own.settle();
  use(own, [on('cx', 'm1.example'), plain('ads', 'ad.example')]);
  await rounds(own);
  t.equal(findsIn(own.dir).length, 1);
  await own.desk.stop();
});

t.test('a list that begins to alert finds what it blocked before, and says blocked', async (t) => {
  const own = begin(t, [plain('ads', 'bad.example')]);
  for (let i = 0; i < 3; i += 1) own.hit({ name: 'bad.example' });
  own.settle();
  t.same(await answerQuestion(own.desk, { what: 'incidents', filter: {} }), []);
  use(own, [plain('ads', 'bad.example')], [{ name: 'ads', alert: true }]);
  await rounds(own);
  t.match(findsIn(own.dir), [{ list: 'ads', count: 3, blocked: 3, answered: 0 }]);
});

t.test('names that were on the list all the time are not told as of before', async (t) => {
  const group = groupOf({ lists: ['cx', 'ok'] });
  const other = groupOf({ name: 'others', lists: [] });
  const own = begin(t);
  own.desk.useSettings(
    settingsOf({
      ruleSet: rules([on('cx', 'c2.example'), plain('ok', 'fine.example'), on('cx', 'fine.example')]),
      groups: [group, other],
    }),
  );
  own.query({ name: 'fine.example' });
  own.query({ name: 'c2.example', group: 1 });
  own.query({ name: 'c2.example' });
  own.settle();
  const [paused] = await hitsOf(own);
  t.match(paused, {
    question: { name: 'c2.example' },
    verdict: 'monitor',
    outcome: 'data',
    matches: [{ list: 'cx', mode: 'paused' }],
  });
  t.same(
    ((await answerQuestion(own.desk, { what: 'state' })) as HitsState).counts,
    [{ list: 'cx', group: 'default', count: 1 }],
    'figures count it as the log of hits does',
  );
  t.equal((await hitsOf(own)).length, 1, 'what the admin allowed, and what a group does not use, is no hit');
  own.desk.useSettings(
    settingsOf({
      ruleSet: rules([on('cx', 'c2.example', 'fine.example')]),
      groups: [group, { ...other, lists: ['cx'] }],
    }),
  );
  await rounds(own);
  t.same(findsIn(own.dir), []);
  const hunted = await huntOf(own, ['cx']);
  t.match(
    hunted.flatMap(({ names }) => names.map(({ name, count, allowed }) => [name, count, allowed])).sort(),
    [
      ['c2.example', 2, 0],
      ['fine.example', 1, 1],
    ],
  );
});

t.test(
  'an indicator that is answered is a hit at once: out of schedule, over the limit, by another list',
  async (t) => {
    const never = { days: 0, fromMinute: 0, toMinute: 1, text: 'never' };
    const group = groupOf({ lists: ['cx', 'ads'], schedule: never });
    const own = begin(t);
    own.desk.useSettings(settingsOf({ ruleSet: rules([on('cx', 'c2.example')]), groups: [group] }));
    own.query({ name: 'www.c2.example' });
    own.query({ name: 'c2.example' }, 'limited');
    own.query({ name: 'c2.example', transport: 1 }, 'truncated');
    own.query({ name: 'other.example' });
    own.settle();
    const hits = await hitsOf(own);
    t.same(
      hits
        .map(({ question, verdict, outcome, matches }) => [question.name, verdict, outcome, matches[0]?.mode])
        .sort(),
      [
        ['c2.example', 'drop', 'limited', 'enforce'],
        ['c2.example', 'monitor', 'truncated', 'enforce'],
        ['www.c2.example', 'monitor', 'data', 'schedule'],
      ],
    );
    t.match(await answerQuestion(own.desk, { what: 'incidents', filter: {} }), [{ list: 'cx', hits: 3 }]);
    use(own, [on('cx', 'c2.example'), plain('ads', 'x.example')]);
    await rounds(own);
    t.same(findsIn(own.dir), [], 'told as hits, they are no finds');
  },
);

t.test('records that were decided by the rules before are judged by those', async (t) => {
  const own = begin(t);
  own.query({ name: 'c2.example' });
  // The thread holds the record still while the lists are replaced.
  const before = own.desk.settings.ruleSet.revision;
  use(own, [on('cx', 'c2.example')]);
  own.settle();
  t.same(await hitsOf(own), [], 'not a hit of the new rules');
  t.not(before, own.desk.settings.ruleSet.revision);
  await rounds(own);
  t.match(findsIn(own.dir), [{ count: 1, answered: 1 }], 'but a find');
  t.ok(await answerQuestion(own.desk, { what: 'turned' }));
});

t.test(
  'a hunt finds every list that has a name: not the winner alone, other groups, types, allow lists',
  async (t) => {
    const own = begin(t);
    own.query({ name: 'both.example' });
    own.query({ name: 'six.example', type: 28 });
    own.query({ name: 'four.example', type: 1 });
    own.query({ name: 'fine.example' });
    own.settle();
    const six = {
      list: 'cx',
      names: ['six.example', 'four.example'],
      rule: { types: [28], indicator: INDICATOR },
    };
    const groups = [groupOf({ lists: ['cx'] }), groupOf({ name: 'servers', clients: [], lists: ['cy'] })];
    use(
      own,
      [on('cx', 'both.example'), on('cy', 'both.example'), six, plain('ok', 'fine.example')],
      [],
      groups,
    );
    const found = async (lists: string[] | null) =>
      (await huntOf(own, lists)).map(({ list, isOfGroup, names }) => [
        list,
        isOfGroup,
        ...names.map(({ name }) => name),
      ]);
    t.same(await found(['cx']), [['cx', true, 'both.example', 'six.example']]);
    t.same(
      await found(['cy']),
      [['cy', false, 'both.example']],
      'a list of another group, and said to be that',
    );
    t.same(await found(['ok']), [['ok', false, 'fine.example']]);
    t.same((await found(null)).map(([list]) => list).sort(), ['cx', 'cy']);
    await rounds(own);
    t.same(
      findsIn(own.dir).map(({ list }) => list),
      ['cx'],
      'nobody is told of a list that the group does not use',
    );
  },
);

t.test('who asked stays who asked when the address is another machine’s', async (t) => {
  const own = begin(t);
  const address = queryOf({ name: 'x' }).address.slice();
  const begun = own.clock.now();
  const binding = (id: string, mac: string, fromMs: number, toMs: number | null) => ({
    address,
    fromMs,
    toMs,
    who: { id, name: id, nameFrom: 'lease' as const, mac },
  });
  own.desk.useMachines({
    machines: [],
    merges: [],
    bindings: [binding('machine-a', 'aa:aa:aa:aa:aa:0a', begun - 1000, null)],
  });
  own.query({ name: 'c2.example' });
  own.query({ name: 'c2.example' });
  own.settle();
  own.clock.advance(60_000);
  const moved = own.clock.now();
  own.desk.useMachines({
    machines: [],
    merges: [],
    bindings: [
      binding('machine-a', 'aa:aa:aa:aa:aa:0a', begun - 1000, moved),
      binding('machine-b', 'aa:aa:aa:aa:aa:0b', moved, null),
    ],
  });
  own.query({ name: 'harmless.example' });
  own.settle();
  use(own, [on('cx', 'c2.example')]);
  await rounds(own);
  const asker = { ip: '192.0.2.7', name: 'machine-a', mac: 'aa:aa:aa:aa:aa:0a', group: 'default' };
  t.match(findsIn(own.dir), [{ machine: 'machine-a', client: asker, count: 2 }]);
  t.match(await huntOf(own, ['cx']), [{ client: asker }]);
  t.not(idOfAddress(address, 0), 'machine-a');
});

t.test(
  'an address that turns out to be a known machine is that machine: one finding, told once',
  async (t) => {
    const own = begin(t);
    const address = queryOf({ name: 'x' }).address.slice();
    const unknown = idOfAddress(address, 0);
    own.query({ name: 'c2.example' });
    own.query({ name: 'old.example' });
    own.settle();
    use(own, [on('cx', 'old.example')]);
    await rounds(own);
    t.match(findsIn(own.dir), [{ machine: unknown, names: [{ name: 'old.example' }] }]);
    own.hit({ name: 'old.example' });
    own.settle();
    t.match(await hitsOf(own), [{ client: { name: null, mac: null } }]);
    const nowMs = own.clock.now();
    const who = { id: 'machine-a', name: 'till-3', nameFrom: 'lease' as const, mac: 'aa:aa:aa:aa:aa:0a' };
    own.desk.useMachines({
      machines: [{ ...who, key: 'mac:aa:aa:aa:aa:aa:0a', firstMs: nowMs, lastMs: nowMs }],
      merges: [{ from: unknown, into: who.id }],
      bindings: [{ address, fromMs: nowMs, toMs: null, who }],
    });
    own.query({ name: 'c2.example' });
    own.settle();
    use(own, [on('cx', 'c2.example', 'old.example')]);
    await rounds(own);
    t.match(findsIn(own.dir).slice(1), [
      { machine: who.id, client: { name: 'till-3' }, count: 2, names: [{ name: 'c2.example' }] },
    ]);
    t.equal(findsIn(own.dir).length, 2, 'what was told of the address is not told of the machine');
    const client = { ip: '192.0.2.7', name: 'till-3', nameFrom: 'lease', mac: who.mac };
    t.match(await hitsOf(own), [{ client }], 'what is learnt of a machine completes its hits');
    t.match(
      await answerQuestion(own.desk, { what: 'client', who: { machines: [who.id], ips: [] }, sinceMs: 0 }),
      {
        hits: [{ client }],
      },
    );
    const byName = { what: 'hunt', targets: [{ name: 'c2.example', covers: 'exact' }], sinceMs: 0 } as const;
    for (const found of [await huntOf(own, ['cx']), await answerQuestion(own.desk, byName)])
      t.match(found, [{ client: { machine: who.id, name: 'till-3' } }]);
  },
);

t.test('an hour inside a day is that hour: what may be of before is said to be that', async (t) => {
  const own = begin(t, [on('cx', 'other.example')]);
  own.query({ name: 'a.example' });
  own.settle();
  own.query({ name: 'a.example' });
  own.query({ name: 'b.example' });
  own.settle();
  own.clock.advance(10 * 3_600_000);
  own.query({ name: 'a.example' });
  own.settle();
  own.clock.advance(1_800_000);
  const hunt = (name: string, sinceMs: number) =>
    answerQuestion(own.desk, { what: 'hunt', targets: [{ name, covers: 'subtree' }], sinceMs }) as Promise<
      HuntFinding[]
    >;
  const hourAgo = own.clock.now() - 3_600_000;
  t.match(await hunt('a.example', hourAgo), [
    {
      names: [{ count: 1, countMax: 3, first: '2026-11-23T19:00:00.000Z', last: '2026-11-23T19:00:00.000Z' }],
    },
  ]);
  t.same(await hunt('b.example', hourAgo), []);
  t.match(await hunt('a.example', 0), [{ names: [{ count: 3, countMax: 3, visits: 2 }] }]);
});

t.test('anonymous machines have one pseudonym, and nothing on the disk joins it to an address', async (t) => {
  const dir = t.testdir();
  const own = house({
    dir,
    settings: { ruleSet: rules([on('cx', 'c2.example')]), groups: [ONE], privacy: 'anonymise' },
  });
  const second = queryOf({ name: 'x', host: 9 }).address.slice();
  const who = { id: 'laptop', name: 'laptop', nameFrom: 'lease' as const, mac: 'aa:aa:aa:aa:aa:0a' };
  own.desk.useMachines({
    machines: [],
    merges: [],
    bindings: [queryOf({ name: 'x' }).address.slice(), second].map((address) => ({
      address,
      fromMs: 0,
      toMs: null,
      who,
    })),
  });
  own.query({ name: 'private-clinic.example' });
  own.query({ name: 'bank.example', host: 9 });
  own.hit({ name: 'c2.example' });
  own.query({ name: 'c2.example' });
  own.settle();
  own.desk.writeHistory();
  const rows = own.desk.store.read(
    ({ database, history }) => {
      const days = history
        .days()
        .flatMap((day) => database.prepare(`SELECT name, asker FROM asked_${day}`).all());
      return { names: days.length, askers: database.prepare('SELECT * FROM askers').all() };
    },
    { names: 0, askers: [] },
  );
  t.match(rows, { names: 2, askers: [{ machine: /^anon-/, name: null, mac: null, inGroup: null }] });
  t.equal(rows.askers.length, 1, 'two addresses of one machine are one');
  t.notMatch(JSON.stringify(rows.askers), /192\.0\.2\.|laptop|aa:aa/);
  use(own, [on('cx', 'c2.example', 'bank.example')]);
  own.desk.useSettings({ ...own.desk.settings, privacy: 'anonymise' });
  await rounds(own);
  const finds = findsIn(dir);
  t.match(finds, [{ names: [{ name: 'bank.example' }], client: { ip: /^anon-/, group: 'unknown' } }]);
  t.equal(finds.length, 1, 'what was blocked is no find');
});

t.test('under pseudonyms a machine has one a day, over restarts, whatever is known of it', async (t) => {
  const dir = t.testdir();
  const clock = fakeClock(START_MS);
  const start = async (asks: () => { name: string; host: number }[]): Promise<void> => {
    const own = house({ dir, clock, settings: { privacy: 'anonymise' } });
    own.desk.useMachines({
      machines: [],
      merges: [],
      bindings: [
        {
          address: queryOf({ name: 'x', host: 7 }).address.slice(),
          fromMs: 0,
          toMs: null,
          who: { id: 'laptop', name: 'laptop', nameFrom: 'lease', mac: 'aa:aa:aa:aa:aa:0a' },
        },
      ],
      beganMs: clock.now(),
    });
    clock.advance(1000);
    for (const one of asks()) own.query(one);
    own.settle();
    own.desk.writeHistory();
    await own.desk.stop();
  };
  const both = () => [7, 8].map((host) => ({ name: 'www.example.org', host }));
  const pseudonyms = () => {
    const database = new DatabaseSync(join(dir, 'cenote.db'), { readOnly: true });
    const rows = database.prepare('SELECT DISTINCT machine FROM askers').all();
    database.close();
    return rows.length;
  };
  await start(both);
  t.equal(statSync(join(dir, 'history.key')).mode & 0o777, 0o600);
  clock.advance(60_000);
  await start(both);
  t.equal(pseudonyms(), 2, 'of one with a MAC, and of one that is known by its address alone');
  clock.advance(86_400_000);
  await start(both);
  t.equal(pseudonyms(), 4, 'another day');
  clock.advance(2 * 86_400_000);
  await start(() => []);
  t.notOk(
    existsSync(join(dir, 'history.key')),
    'what a day was named under is forgotten, also where nobody asks',
  );
  await start(both);
  t.equal(readFileSync(join(dir, 'history.key'), 'utf8').trim().split('\n').length, 1);
});

t.test(
  'a hunt counts hits of times in which the history had no machines, whatever it has of others',
  async (t) => {
    const own = begin(t, [on('cx', 'evil.example'), on('cy', 'evil.example')]);
    for (const privacy of ['none', 'anonymise', 'none', 'off'] as const) {
      own.desk.useSettings({ ...own.desk.settings, privacy });
      own.clock.advance(60_000);
      own.hit({ name: 'evil.example' });
      own.settle();
      own.clock.advance(60_000);
      // In the very moment of the change, and in no hands yet.
      own.hit({ name: 'evil.example' });
    }
    const targets = [{ name: 'evil.example', covers: 'exact' as const }];
    const byName = await answerQuestion(own.desk, { what: 'hunt', targets, sinceMs: 0 });
    for (const found of [byName, await huntOf(own, ['cx']), await huntOf(own, ['cy'])] as HuntFinding[][])
      t.same(
        found.map(({ names }) => names.map(({ name, count }) => [name, count])),
        [[['evil.example', 8]]],
      );
    await own.desk.stop();
  },
);

t.test('a hunt for an address, or a network, finds who asked for what led there', async (t) => {
  const own = begin(t, [on('cx', 'evil.example')]);
  own.query({ name: 'direct.example' }, 'data', ['203.0.113.66']);
  own.query({ name: 'six.example', type: 28, host: 8 }, 'data', ['2001:db8::66']);
  own.query({ name: 'other.example', host: 9 }, 'data', ['198.51.100.1']);
  own.hit({ name: 'front.example', host: 10 }, { via: 'evil.example' });
  own.settle();
  const hunt = async (name: string) => {
    const targets = [{ name, covers: 'subtree' as const }];
    const found = (await answerQuestion(own.desk, { what: 'hunt', targets, sinceMs: 0 })) as HuntFinding[];
    return found.flatMap(({ client, names }) => names.map((one) => [client.ip, one.name, one.count])).sort();
  };
  const direct = ['192.0.2.7', 'direct.example (by 203.0.113.66)', 1];
  t.same(await hunt('203.0.113.66'), [direct]);
  t.same(await hunt('203.0.113.0/24'), [direct]);
  t.same(await hunt('203.0.113.64/30'), [direct]);
  t.same(await hunt('203.0.113.68/30'), []);
  t.same(await hunt('203.0.113.67'), []);
  t.same(await hunt('2001:db8::/32'), [['192.0.2.8', 'six.example (by 2001:db8::66)', 1]]);
  t.equal((await hunt('0.0.0.0/0')).length, 2, 'all of its family');
});

t.test('a hunt contradicts no hit: by what stood behind a name, and while the history is off', async (t) => {
  const own = begin(t, [on('cx', 'evil.example')]);
  own.hit({ name: 'front.example' }, { via: 'www.evil.example' });
  own.settle();
  own.desk.useSettings({ ...own.desk.settings, privacy: 'off' });
  own.hit({ name: 'evil.example', host: 8 });
  own.hit({ name: 'evil.example', host: 8 });
  own.settle();
  const found = (await answerQuestion(own.desk, {
    what: 'hunt',
    targets: [{ name: 'evil.example', covers: 'subtree' }],
    sinceMs: 0,
  })) as HuntFinding[];
  t.match(
    found
      .map(({ client, names }) => [
        client.ip,
        names.map(({ name, count, blocked }) => [name, count, blocked]),
      ])
      .sort(),
    [
      ['192.0.2.7', [['front.example (by www.evil.example)', 1, 1]]],
      ['192.0.2.8', [['evil.example', 2, 2]]],
    ],
  );
  t.match(
    (await huntOf(own, ['cx']))
      .map(({ client, list, names }) => [client.ip, list, ...names.map(({ name }) => name)])
      .sort(),
    [
      ['192.0.2.7', 'cx', 'front.example (by www.evil.example)'],
      ['192.0.2.8', 'cx', 'evil.example'],
    ],
  );
  own.hit({ name: 'front.example', host: 9 }, { via: 'www.evil.example' });
  own.settle();
  const ruleSet = rules([on('cx', 'evil.example', 'front.example')]);
  own.desk.useSettings({ ...own.desk.settings, ruleSet });
  own.settle();
  t.same(
    (await huntOf(own, ['cx']))
      .map(({ client, names }) => [client.ip, ...names.map(({ name }) => name)])
      .sort(),
    [
      ['192.0.2.7', 'front.example'],
      ['192.0.2.8', 'evil.example'],
      ['192.0.2.9', 'front.example'],
    ],
    'what the list has itself now is shown as asked for, with the history or without',
  );
});

t.test('what lists of one campaign have alike is one find, and names both', async (t) => {
  const own = begin(t);
  own.query({ name: 'c2.example' });
  own.settle();
  use(own, [on('cx', 'c2.example'), on('cy', 'c2.example')]);
  await rounds(own);
  t.match(findsIn(own.dir), [{ count: 1, lists: ['cx', 'cy'] }]);
  t.equal(findsIn(own.dir).length, 1);
  t.match(await answerQuestion(own.desk, { what: 'incidents', filter: {} }), [
    { hits: 1, past: { hits: 1 }, lists: ['cx', 'cy'] },
  ]);
});

t.test('a find is as grave as the gravest entry that speaks of what was asked for', async (t) => {
  const own = begin(t);
  own.query({ name: 'www.c2.example', host: 7 });
  own.query({ name: 'www.c2.example', host: 8 });
  own.query({ name: 'www.c2.example', host: 8, type: 28 });
  own.settle();
  const entry = (name: string, confidence: 'medium' | 'high', types?: number[]): RuleWords => ({
    list: 'cx',
    names: [name],
    rule: { indicator: { ...INDICATOR, confidence }, ...(types === undefined ? {} : { types }) },
  });
  use(own, [entry('c2.example', 'medium'), entry('www.c2.example', 'high', [28])]);
  await rounds(own);
  t.match(
    findsIn(own.dir)
      .map(({ client, count, indicator, rules }) => [client.ip, count, indicator?.confidence, rules])
      .sort(),
    [
      ['192.0.2.7', 1, 'medium', ['c2.example']],
      ['192.0.2.8', 2, 'high', ['c2.example', 'www.c2.example']],
    ],
  );
});

t.test(
  'what is told once more is as grave as the lists that were told of it without the campaign',
  async (t) => {
    const own = begin(t);
    own.query({ name: 'www.c2.example' });
    own.settle();
    const entry = (list: string, name: string, confidence: 'low' | 'high'): RuleWords => ({
      list,
      names: [name],
      rule: { indicator: { ...INDICATOR, confidence } },
    });
    use(own, [plain('cx', 'c2.example')]);
    await rounds(own);
    use(own, [plain('cx', 'c2.example'), entry('cx', 'www.c2.example', 'high')]);
    await rounds(own);
    use(own, [
      plain('cx', 'c2.example'),
      entry('cx', 'www.c2.example', 'high'),
      entry('cy', 'c2.example', 'low'),
    ]);
    await rounds(own);
    t.match(
      findsIn(own.dir).map(({ indicator, lists }) => [indicator?.confidence ?? null, lists]),
      [
        [null, ['cx']],
        ['high', ['cy', 'cx']],
      ],
    );
  },
);

t.test(
  'a find by some types leaves the others to be found, also those that other days had with them',
  async (t) => {
    const own = begin(t);
    const led = ['203.0.113.66'];
    own.query({ name: 'hosted.example' }, 'data', led);
    own.query({ name: 'hosted.example', type: 28 }, 'nodata');
    own.query({ name: 'hosted.example', type: 65 }, 'nodata');
    own.settle();
    own.clock.advance(86_400_000);
    own.query({ name: 'hosted.example' }, 'data', led);
    own.query({ name: 'hosted.example', type: 28 }, 'nodata');
    own.settle();
    const byAddress = ruleSetOf(
      [{ name: 'cx', alert: true }],
      [],
      [],
      [{ list: 'cx', networks: ['203.0.113.66/32'] }],
    );
    own.desk.useSettings(settingsOf({ ruleSet: { ...byAddress, revision: 8300 }, groups: [ONE] }));
    await rounds(own);
    // Of one row's types it is not known how often each was asked for.
    t.same(
      findsIn(own.dir).map(({ count }) => count),
      [4],
    );
    use(own, [plain('cx', 'hosted.example')]);
    await rounds(own);
    t.same(
      findsIn(own.dir).map(({ count, failed }) => [count, failed]),
      [
        [4, 2],
        [1, 1],
      ],
    );
  },
);

t.test('a find by lists of one campaign counts what any of them speaks of', async (t) => {
  const own = begin(t);
  own.query({ name: 'c2.example' });
  own.query({ name: 'c2.example', type: 28 });
  own.query({ name: 'c2.example', type: 65 });
  own.settle();
  own.clock.advance(86_400_000);
  own.query({ name: 'c2.example' });
  own.clock.advance(86_400_000);
  own.query({ name: 'c2.example', type: 28 });
  own.clock.advance(86_400_000);
  own.query({ name: 'c2.example', type: 65 });
  own.settle();
  const entry = (list: string, types: number[]): RuleWords => ({
    list,
    names: ['c2.example'],
    rule: { indicator: INDICATOR, types },
  });
  use(own, [entry('cx', [1]), entry('cy', [28])]);
  await rounds(own);
  t.same(
    findsIn(own.dir).map(({ count, lists }) => [count, lists]),
    [[5, ['cx', 'cy']]],
  );
});

t.test('a find stays told through a new title and then a new name of the list', async (t) => {
  const own = begin(t);
  const titled = (list: string, campaign: string): RuleWords => ({
    list,
    names: ['c2.example'],
    rule: { indicator: { ...INDICATOR, campaign } },
  });
  own.query({ name: 'c2.example' });
  own.settle();
  use(own, [titled('cx', 'First title')]);
  await rounds(own);
  use(own, [titled('cx', 'Second title')]);
  await rounds(own);
  use(own, [titled('cy', 'Second title')]);
  await rounds(own);
  t.equal(findsIn(own.dir).length, 1);
  use(own, [titled('cy', 'Second title'), titled('cy', 'Another campaign')]);
  await rounds(own);
  t.match(
    findsIn(own.dir).map(({ indicator }) => indicator?.campaign),
    ['First title', 'Another campaign'],
    'another campaign is news',
  );
});

t.test('a list that gets another name while the history is searched is told of once', async (t) => {
  const dir = t.testdir();
  const waiting: (() => void)[] = [];
  let isHeld = false;
  const searcher: Searcher = {
    search: async <R extends SearchRequest>(request: R) => {
      if (isHeld) await new Promise<void>((resolve) => waiting.push(resolve));
      return searchStore(join(dir, 'cenote.db'), request) as readonly Finding<R>[];
    },
    close: async () => {},
  };
  const named = (list: string, ...names: string[]): RuleSet => {
    revision += 1;
    return { ...ruleSetOf([{ name: list, alert: true }], [plain(list, ...names)]), revision };
  };
  const groups = [groupOf({ lists: ['cx', 'cy', 'cz'] })];
  const own = { ...house({ dir, searcher, settings: { ruleSet: named('cx'), groups } }), dir };
  const turn = (list: string): void =>
    own.desk.useSettings(settingsOf({ ruleSet: named(list, 'c2.example'), groups }));
  own.query({ name: 'c2.example' });
  own.settle();
  turn('cx');
  await rounds(own);
  t.equal(findsIn(dir).length, 1);

  isHeld = true;
  own.clock.advance(6000);
  turn('cx');
  own.settle();
  t.equal(waiting.length, 1, 'a search by the old name has begun');
  turn('cy');
  turn('cz');
  own.settle();
  isHeld = false;
  for (const go of waiting) go();
  await rounds(own);
  t.equal(findsIn(dir).length, 1, 'what it comes back with was told');
  t.match(await answerQuestion(own.desk, { what: 'incidents', filter: {} }), [
    { hits: 1, past: { hits: 1 } },
  ]);
});

t.test('a name below an entry that covers itself alone is found when it is listed', async (t) => {
  const own = begin(t, [{ ...on('cx', 'c2.example'), rule: { scope: 'exact', indicator: INDICATOR } }]);
  own.query({ name: 'www.c2.example' });
  own.settle();
  use(own, [on('cx', 'c2.example')]);
  await rounds(own);
  t.match(findsIn(own.dir), [{ count: 1, names: [{ name: 'www.c2.example' }] }]);
});

t.test('an incident goes by another campaign only where its own has another title', async (t) => {
  const titled = (campaign: string, ...names: string[]): RuleWords => ({
    list: 'cx',
    names,
    rule: { indicator: { ...INDICATOR, campaign } },
  });
  const own = begin(t, [titled('First', 'c2.example'), titled('Second', 'other.example')]);
  own.hit({ name: 'c2.example' });
  own.settle();
  use(own, [titled('First, edited', 'c2.example'), titled('Second', 'other.example')]);
  await rounds(own);
  const incidents = () => answerQuestion(own.desk, { what: 'incidents', filter: {} });
  t.match(await incidents(), [{ campaign: 'First, edited', state: 'open' }]);
  use(own, [titled('Second', 'c2.example', 'other.example')]);
  await rounds(own);
  t.match(await incidents(), [{ campaign: 'First, edited', state: 'closed', end: 'delisted' }]);
});

t.test(
  'an incident of a list without a campaign becomes one of a campaign that the list gains, not of one it had',
  async (t) => {
    const titled = (campaign: string | null, ...names: string[]): RuleWords => ({
      list: 'cx',
      names,
      rule: { indicator: { ...INDICATOR, campaign } },
    });
    for (const had of [[], [titled('Second', 'example')]]) {
      const own = begin(t, [titled(null, 'c2.example'), ...had]);
      own.hit({ name: 'c2.example' });
      own.settle();
      use(own, [titled('Second', 'example')]);
      await rounds(own);
      const incidents = (await answerQuestion(own.desk, {
        what: 'incidents',
        filter: {},
      })) as IncidentSummary[];
      const bare = incidents.find(({ campaign }) => campaign === null);
      if (had.length === 0)
        t.match([bare, ...incidents], [undefined, { campaign: 'Second', state: 'open', hits: 1 }]);
      else t.match(bare, { state: 'closed', end: 'delisted', hits: 1 });
    }
  },
);

t.test('two lists that change in one second leave no record to be judged by neither', async (t) => {
  const own = begin(t, [on('cx', 'c2.example')]);
  own.query({ name: 'c2.example' });
  // The thread holds the record while lists change, and change again.
  use(own, [on('cx', 'c2.example'), plain('ads', 'one.example')]);
  use(own, [on('cx', 'c2.example'), plain('ads', 'one.example', 'two.example')]);
  own.settle();
  t.match(await hitsOf(own), [{ outcome: 'data', matches: [{ list: 'cx', mode: 'paused' }] }]);
  await rounds(own);
  t.same(findsIn(own.dir), [], 'it was on the list');
});

t.test('a hit that is read back from the journal counts for every list that has it', async (t) => {
  const words = [plain('ads', 'www.c2.example'), on('cx', 'c2.example')];
  const own = begin(t, words);
  own.hit({ name: 'www.c2.example' });
  // Killed before the desk heard of it.
  const again = { ...house({ dir: own.dir, clock: own.clock, settings: own.desk.settings }), dir: own.dir };
  again.settle();
  again.settle();
  t.match(await hitsOf(again), [{ list: 'ads', matches: [{ list: 'cx' }] }]);
  t.match(await answerQuestion(again.desk, { what: 'incidents', filter: {} }), [{ lists: ['cx'], hits: 1 }]);
  await again.desk.stop();
});

t.test(
  'a list and a campaign that got other names while nothing ran, or before a kill, go on by those',
  async (t) => {
    const named = (list: string, campaign: string): RuleSet => {
      revision += 1;
      const words = [
        { ...on(list, 'c2.example', 'old.example'), rule: { indicator: { ...INDICATOR, campaign } } },
        plain('other', 'plain.example'),
      ];
      return {
        ...ruleSetOf(
          [
            { name: list, alert: true },
            { name: 'other', alert: true },
          ],
          words,
        ),
        revision,
      };
    };
    const groups = [groupOf({ lists: ['cx', 'cy', 'cz', 'other'] })];
    const dir = t.testdir();
    const first = { ...house({ dir, settings: { ruleSet: ruleSetOf([], []), groups } }), dir };
    first.query({ name: 'old.example' });
    first.settle();
    const turn = (own: House, ruleSet: RuleSet): void =>
      own.desk.useSettings(settingsOf({ ruleSet, groups }));
    turn(first, named('cx', 'Campaign'));
    await rounds(first);
    first.hit({ name: 'c2.example' });
    first.settle();
    t.equal(findsIn(dir).length, 1);
    await first.desk.stop();

    const { clock } = first;
    const second = {
      ...house({ dir, clock, settings: { ruleSet: named('cy', 'Campaign, edited'), groups } }),
      dir,
    };
    await hitsOf(second); // Somebody asks before its first tick.
    await rounds(second);
    const incidents = ({ desk }: House) => answerQuestion(desk, { what: 'incidents', filter: {} });
    const going = [{ state: 'open', campaign: 'Campaign, edited', hits: 2, past: { hits: 1 } }];
    t.match(await incidents(second), going);
    t.equal(((await incidents(second)) as IncidentSummary[]).length, 1);
    t.equal(findsIn(dir).length, 1, 'nothing is told again');

    turn(second, named('cz', 'Campaign, edited again'));
    second.desk.store.close();
    const third = {
      ...house({ dir, clock, settings: { ruleSet: named('cz', 'Campaign, edited again'), groups } }),
      dir,
    };
    await rounds(third);
    t.match(await incidents(third), [{ ...going[0], campaign: 'Campaign, edited again' }]);
    t.equal(findsIn(dir).length, 1);
    await third.desk.stop();
  },
);

t.test('lists that were edited while nothing ran end what they no longer have as delisted', async (t) => {
  const own = begin(t, [on('cx', 'c2.example')]);
  own.hit({ name: 'c2.example' });
  own.settle();
  await own.desk.stop();
  const again = house({ dir: own.dir, clock: own.clock, settings: { ruleSet: rules([]), groups: [ONE] } });
  for (let i = 0; i < 3; i += 1) {
    again.settle();
    again.clock.advance(3000);
  }
  t.match(await answerQuestion(again.desk, { what: 'incidents', filter: {} }), [{ end: 'delisted' }]);
  await again.desk.stop();
});

t.test(
  'what leads to a listed name or address in a pause is told at once, and is no find later',
  async (t) => {
    const never = { days: 0, fromMinute: 0, toMinute: 1, text: 'never' };
    const paused = groupOf({ lists: ['cx', 'ads', 'ok'], schedule: never });
    const listed = ruleSetOf(
      [
        { name: 'cx', alert: true },
        { name: 'cy', alert: true },
        { name: 'ads' },
        { name: 'ok', action: 'allow' },
      ],
      [on('cx', 'evil.example'), plain('ok', 'fine.evil.example')],
      [],
      [{ list: 'cx', networks: ['203.0.113.66/32'], rule: { indicator: INDICATOR } }],
    );
    const ruleSet = { ...listed, revision: 8000 };
    const own = begin(t);
    own.desk.useSettings(settingsOf({ ruleSet, groups: [paused] }));
    own.query({ name: 'front.example' }, 'data', ['www.evil.example', '198.51.100.1']);
    own.query({ name: 'hosted.example' }, 'data', ['203.0.113.66']);
    own.query({ name: 'excepted.example' }, 'data', ['fine.evil.example']);
    own.query({ name: 'clean.example' }, 'data', ['198.51.100.2']);
    own.settle();
    t.same(
      (await hitsOf(own))
        .map(({ question, via, outcome, matches }) => [question.name, via, outcome, matches[0]?.mode])
        .sort(),
      [
        ['front.example', 'www.evil.example', 'data', 'schedule'],
        ['hosted.example', '203.0.113.66', 'data', 'schedule'],
      ],
    );
    own.desk.useSettings(settingsOf({ ruleSet: { ...ruleSet, revision: 8001 }, groups: [ONE] }));
    await rounds(own);
    t.same(findsIn(own.dir), [], 'it was listed when it was asked for');
  },
);

t.test('who answered is nothing that a name led to', async (t) => {
  const never = { days: 0, fromMinute: 0, toMinute: 1, text: 'never' };
  const ruleSet = ruleSetOf([{ name: 'cx', alert: true }], [], [{ list: 'cx', source: '53' }]);
  for (const [i, schedule] of [null, never].entries()) {
    const own = begin(t);
    const groups = [groupOf({ lists: ['cx'], schedule })];
    own.desk.useSettings(settingsOf({ ruleSet: { ...ruleSet, revision: 8100 + i }, groups }));
    own.query({ name: 'clean.example' }, 'data', ['198.51.100.1'], {
      upstream: '192.0.2.53:53',
      waitedMs: 7,
    });
    own.query({ name: 'port53.example' }, 'data', [], { upstream: '192.0.2.53:53', waitedMs: 7 });
    own.settle();
    const hits = (await hitsOf(own)).map(({ question, via }) => [question.name, via]);
    t.same(hits, [['port53.example', null]]);
    await own.desk.stop();
  }
});

t.test(
  'a rule on an address is for the clients it names, and for askings that come to an address',
  async (t) => {
    const own = begin(t);
    own.query({ name: 'hosted.example', host: 7 }, 'data', ['203.0.113.66']);
    own.query({ name: 'hosted.example', host: 8 }, 'data', ['203.0.113.66']);
    own.query({ name: 'hosted.example', host: 7, type: 16 }, 'nodata');
    own.query({ name: 'hosted.example', host: 9, type: 16 }, 'nodata');
    own.settle();
    const ruleSet = ruleSetOf(
      [{ name: 'cx', alert: true }],
      [],
      [],
      [
        {
          list: 'cx',
          networks: ['203.0.113.66/32'],
          rule: { clients: ['192.0.2.7', '192.0.2.9'], indicator: INDICATOR },
        },
      ],
    );
    own.desk.useSettings(settingsOf({ ruleSet: { ...ruleSet, revision: 9000 }, groups: [ONE] }));
    t.same(
      (await huntOf(own, ['cx'])).map(({ client }) => client.ip),
      ['192.0.2.7'],
    );
    await rounds(own);
    t.same(
      findsIn(own.dir).map(({ client }) => client.ip),
      ['192.0.2.7'],
    );
  },
);

t.test(
  'a name of another group’s list is found when a list of its own gains it, and not when its group begins to use that',
  async (t) => {
    const servers = groupOf({ name: 'servers', clients: [], lists: ['cy'] });
    const groups = [groupOf({ lists: ['cx'] }), servers];
    const listed = [on('cy', 'a.example', 'b.example')].map(({ rule, ...word }) => ({
      ...word,
      rule: { ...rule, indicator: { ...INDICATOR, campaign: 'Cy' } },
    }));
    const own = begin(t);
    use(own, listed, [], groups);
    own.query({ name: 'a.example' });
    own.query({ name: 'a.example', type: 28 }, 'nodata');
    own.query({ name: 'b.example' });
    own.settle();
    await rounds(own);
    t.same(findsIn(own.dir), [], 'nobody of its group alerts on it');
    use(own, [...listed, on('cx', 'a.example')], [], groups);
    await rounds(own);
    const found = (find: Find) => [find.list, find.count, find.answered, find.names.map(({ name }) => name)];
    t.same(findsIn(own.dir).map(found), [['cx', 2, 1, ['a.example']]]);
    use(own, [...listed, on('cx', 'a.example')], [], [groupOf({ lists: ['cx', 'cy'] }), servers]);
    await rounds(own);
    use(
      own,
      [...listed, on('cx', 'a.example', 'c.example')],
      [],
      [groupOf({ lists: ['cx', 'cy'] }), servers],
    );
    await rounds(own);
    t.equal(findsIn(own.dir).length, 1, 'told once, and the admin’s own doing is no find');
  },
);

t.test(
  'a name that is listed for one type only is no listed name for the others, and found when it is',
  async (t) => {
    const six = (list: string): RuleWords => ({
      list,
      names: ['six.example'],
      rule: { types: [28], indicator: { ...INDICATOR, campaign: 'Six' } },
    });
    const groups = [groupOf({ lists: ['cx'] }), groupOf({ name: 'servers', clients: [], lists: ['cy'] })];
    const own = begin(t);
    for (const list of ['cx', 'cy']) {
      use(own, [six(list)], [], groups);
      own.query({ name: 'six.example', host: list === 'cx' ? 7 : 8 });
      own.settle();
      await rounds(own);
    }
    t.same(findsIn(own.dir), []);
    use(own, [six('cx'), six('cy'), on('cx', 'six.example')], [], groups);
    await rounds(own);
    t.same(
      findsIn(own.dir).map(({ client, count, answered }) => [client.ip, count, answered]),
      [
        ['192.0.2.7', 1, 1],
        ['192.0.2.8', 1, 1],
      ],
      'whether the list that had it for another type is its own or another group’s',
    );
  },
);

t.test(
  'what led to a listed address is counted by askings that come to one, on days on which it led there',
  async (t) => {
    const own = begin(t);
    const direct = { name: 'direct.example' };
    const dayMs = 86_400_000;
    own.query(direct, 'data', ['203.0.113.66']);
    own.query({ ...direct, type: 16 }, 'nodata');
    own.settle();
    for (let day = 1; day < 40; day += 1) {
      own.clock.advance(dayMs);
      if (day % 13 === 0) own.query(direct, 'data', ['198.51.100.1']);
      own.settle();
    }
    own.clock.advance(dayMs);
    own.query(direct, 'data', ['203.0.113.66']);
    own.settle();
    const network = { list: 'cx', networks: ['203.0.113.66/32'], rule: { indicator: INDICATOR } };
    revision += 1;
    const listed = {
      ...ruleSetOf([{ name: 'cx', alert: true }], [], [], [network]),
      revision,
    };
    own.desk.useSettings(settingsOf({ ruleSet: listed, groups: [groupOf({ lists: ['cx'] })] }));
    await rounds(own);
    t.same(
      findsIn(own.dir).map(({ count, names }) => [count, ...names.map(({ name, via }) => `${name} ${via}`)]),
      [[2, 'direct.example 203.0.113.66']],
      'not the text record, and not the weeks in which it led elsewhere',
    );
  },
);

t.test('an own name that was turned away is on no list, whatever lists have it then or later', async (t) => {
  const own = begin(t, [on('cx', 'printer.lan')]);
  own.query({ name: 'printer.lan', isOwnName: true }, 'limited');
  own.query({ name: 'nas.lan', isOwnName: true }, 'truncated');
  own.query({ name: 'other.lan' }, 'limited');
  own.settle();
  t.same(await hitsOf(own), []);
  use(own, [on('cx', 'printer.lan', 'nas.lan', 'other.lan')]);
  await rounds(own);
  t.same(
    findsIn(own.dir).map(({ names }) => names.map(({ name }) => name)),
    [['other.lan']],
  );
});
