// What was asked for before it was listed is told once for each campaign, row by row: what was told of one row says nothing of another.
import { join } from 'node:path';
import t from 'tap';
import { RECEIVER_DEFAULTS } from '../../src/alerts/settings.ts';
import { answerQuestion } from '../../src/desk/answers.ts';
import { type Finding, type SearchRequest, searchStore } from '../../src/hits/hunt/search.ts';
import type { IncidentSummary } from '../../src/hits/incidents/summary.ts';
import { dayTable } from '../../src/hits/store/schema.ts';
import type { RuleSet } from '../../src/policy/rule.ts';
import { ScriptedReceiver } from '../support/alerts-delivery.ts';
import { groupOf } from '../support/group.ts';
import { house, INDICATOR, settingsOf } from '../support/hits-desk.ts';
import { type ListWords, ruleSetOf } from '../support/rule-set.ts';

const DAY_MS = 86_400_000;
const ROUNDS_MS = [3000, 16_000, 20_000];
type House = ReturnType<typeof house>;

interface Listing extends Partial<ListWords> {
  readonly list: string;
  readonly names: readonly string[];
  /** Null: none. */
  readonly campaign: string | null;
  readonly types?: readonly number[];
}

let revision = 10;
/** Lists that alert, each with names of a campaign. */
function rulesOf(...listings: readonly Listing[]): RuleSet {
  const names = [...new Set(listings.map(({ list }) => list))];
  const words = listings.map(({ list, names: own, campaign, types = null }) => ({
    list,
    names: own,
    rule: { types, indicator: campaign === null ? null : { ...INDICATOR, campaign } },
  }));
  revision += 1;
  return {
    ...ruleSetOf(
      names.map((name) => ({ name, alert: true })),
      words,
    ),
    revision,
  };
}

/** `staff` uses these lists, `servers` those. */
const usedBy = (staff: readonly string[], servers: readonly string[]) => [
  groupOf({ lists: staff }),
  groupOf({ name: 'servers', lists: servers }),
];

const turned = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** All rounds of a search have ended. */
async function searched({ clock, settle }: House): Promise<void> {
  for (const ms of ROUNDS_MS) {
    settle();
    await turned();
    await turned();
    clock.advance(ms);
  }
  settle();
  await turned();
}

/** How often each campaign, or list, is said to have been asked for in the past. */
async function toldOf({ desk }: House): Promise<Record<string, number>> {
  const incidents = (await answerQuestion(desk, { what: 'incidents', filter: {} })) as IncidentSummary[];
  const sums: Record<string, number> = {};
  for (const { campaign, list, past } of incidents) {
    const title = campaign ?? list;
    sums[title] = (sums[title] ?? 0) + (past?.hits ?? 0);
  }
  return sums;
}

t.test(
  'what a machine asked for in one group is told also when other askings of it were told in another',
  async (t) => {
    const receiver = new ScriptedReceiver();
    const own = house({
      dir: t.testdir(),
      settings: { ruleSet: rulesOf(), groups: usedBy(['one'], ['other']) },
      outlets: [{ receiver, settings: RECEIVER_DEFAULTS }],
    });
    const { desk, query, clock, settle } = own;
    for (let i = 0; i < 3; i += 1) query({ name: 'evil.example', group: 1 });
    settle();
    clock.advance(DAY_MS);
    query({ name: 'evil.example', group: 0 });
    settle();
    clock.advance(DAY_MS);
    const one = { list: 'one', names: ['evil.example'], campaign: 'A' };
    const other = { list: 'other', names: ['evil.example'], campaign: 'B' };
    const use = async (ruleSet: RuleSet, groups = usedBy(['one'], ['other'])) => {
      desk.useSettings(settingsOf({ ruleSet, groups }));
      await searched(own);
    };
    await use(rulesOf(one, other));
    t.same(await toldOf(own), { A: 1, B: 3 });
    await use(rulesOf(one, other), usedBy(['one'], ['other', 'one']));
    t.same(await toldOf(own), { A: 4, B: 3 }, 'when its group begins to use the list');
    await use(rulesOf(one, other, { ...one, list: 'third' }), usedBy(['one', 'third'], ['other', 'third']));
    t.same(await toldOf(own), { A: 4, B: 3 }, 'and not by another list of the same campaign');
    const found = receiver.taken.flatMap((notice) => notice.found);
    t.ok(found.length >= 2);
    t.notOk(
      found.some((asked) => 'told' in asked),
      'which rows it was is told to nobody',
    );
    await desk.stop();
  },
);

t.test('what was told of some types or days is told for the others later, and nothing twice', async (t) => {
  const groups = usedBy(['one'], []);
  const own = house({ dir: t.testdir(), settings: { ruleSet: rulesOf(), groups } });
  const { desk, query, clock, settle } = own;
  const use = async (...listings: readonly Listing[]) => {
    desk.useSettings(settingsOf({ ruleSet: rulesOf(...listings), groups }));
    await searched(own);
  };
  query({ name: 'evil.example' });
  query({ name: 'evil.example', type: 28 }, 'nodata');
  query({ name: 'front.example' }, 'data', ['c2.example', '203.0.113.66']);
  settle();
  clock.advance(10 * DAY_MS);
  query({ name: 'front.example' }, 'data', ['203.0.113.9']);
  query({ name: 'front.example' }, 'data', ['203.0.113.9']);
  settle();
  clock.advance(DAY_MS);
  const sixes = { list: 'one', names: ['evil.example'], campaign: 'A', types: [28] };
  await use(sixes);
  t.same(await toldOf(own), { A: 1 });
  const all = { ...sixes, types: null as never };
  await use(all);
  t.same(await toldOf(own), { A: 2 }, 'other types');
  const behind = { list: 'one', names: ['c2.example'], campaign: 'C' };
  await use(all, behind);
  t.same(await toldOf(own), { A: 2, C: 1 }, 'the day on which it led there');
  await use(all, behind, { list: 'one', names: ['front.example'], campaign: 'C' });
  t.same(await toldOf(own), { A: 2, C: 3 }, 'other days');
  await desk.stop();
});

t.test(
  'what was told stays told under another title or name, and for the campaign of a list that had none',
  async (t) => {
    const own = house({ dir: t.testdir(), settings: { ruleSet: rulesOf(), groups: usedBy(['one'], []) } });
    const { desk, query, clock, settle } = own;
    query({ name: 'evil.example' });
    query({ name: 'worse.example' });
    settle();
    clock.advance(DAY_MS);
    const use = async (list: string, campaign: string | null, bare: string | null) => {
      const ruleSet = rulesOf(
        { list, names: ['evil.example'], campaign },
        { list: 'bare', names: ['worse.example'], campaign: bare },
      );
      desk.useSettings(settingsOf({ ruleSet, groups: usedBy([list, 'bare'], []) }));
      await searched(own);
    };
    await use('one', 'A', null);
    t.same(await toldOf(own), { A: 1, bare: 1 });
    await use('one', 'A, second edition', null);
    t.same(await toldOf(own), { 'A, second edition': 1, bare: 1 });
    await use('renamed', 'A, second edition', 'B');
    t.same(await toldOf(own), { 'A, second edition': 1, B: 1 });
    await desk.stop();
  },
);

t.test(
  'what a release before has marked as told is not told again, and is for another campaign',
  async (t) => {
    const groups = usedBy(['one', 'two'], []);
    const own = house({ dir: t.testdir(), settings: { ruleSet: rulesOf(), groups } });
    const { desk, query, settle } = own;
    query({ name: 'evil.example' });
    settle();
    const one = { list: 'one', names: ['evil.example'], campaign: 'A' };
    const use = async (...listings: readonly Listing[]) => {
      desk.useSettings(settingsOf({ ruleSet: rulesOf(...listings), groups }));
      await searched(own);
    };
    await use(one);
    desk.store.write(({ database, history }) => {
      for (const day of history.days())
        database.exec(`UPDATE OR REPLACE ${dayTable(day)} SET got = 64 + got % 64`);
      database.exec('DELETE FROM tellings');
    });
    await use(one);
    t.same(await toldOf(own), { A: 1 });
    for (let i = 0; i < 2; i += 1) await use(one, { ...one, list: 'two', campaign: 'B' });
    t.same(await toldOf(own), { A: 1, B: 1 });
    await desk.stop();
  },
);

t.test(
  'what was asked for while the search ran is told by the next round, and what that found is not told again',
  async (t) => {
    const dir = t.testdir();
    const groups = usedBy(['one', 'two'], []);
    let meanwhile = (): void => {};
    const own = house({
      dir,
      settings: { ruleSet: rulesOf(), groups },
      searcher: {
        search: async <R extends SearchRequest>(request: R) => {
          const found = searchStore(join(dir, 'cenote.db'), request) as readonly Finding<R>[];
          await turned();
          meanwhile();
          meanwhile = () => {};
          return found;
        },
        close: async () => {},
      },
    });
    const { desk, query, settle } = own;
    for (let i = 0; i < 4; i += 1) query({ name: 'evil.example' });
    settle();
    // Held by a resolver thread when the list came: it is asked under the rules before.
    meanwhile = () => {
      settle();
      desk.writeHistory();
    };
    for (let i = 0; i < 3; i += 1) query({ name: 'evil.example' });
    const ruleSet = rulesOf(
      { list: 'one', names: ['evil.example'], campaign: 'A' },
      { list: 'two', names: ['evil.example'], campaign: 'B' },
    );
    const later = { ...desk.settings, ruleSet };
    desk.useSettings(later);
    for (let i = 0; i < 5; i += 1) {
      desk.tick();
      await turned();
    }
    t.same(await toldOf(own), { A: 4, B: 4 });
    await searched(own);
    t.same(await toldOf(own), { A: 7, B: 7 });
    await desk.stop();
  },
);
