import t from 'tap';
import type { Hit, HitClient } from '../../../src/hits/hit.ts';
import type { Change, Watch } from '../../../src/hits/incidents/change.ts';
import type { EndReason, Incident } from '../../../src/hits/incidents/incident.ts';
import { Registry } from '../../../src/hits/incidents/registry.ts';
import { summaryOf } from '../../../src/hits/incidents/summary.ts';
import { createUlidMaker } from '../../../src/hits/ulid.ts';
import { acknowledged } from '../../support/acknowledged.ts';
import { hitOf, START_MS } from '../../support/hits-records.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** A registry whose wall clock and monotonic clock go on together unless one is set. */
function setUp(more: { openMax?: number; onFull?: (hit: Hit) => void } = {}) {
  const changes: [subject: string, kind: Change['kind']][] = [];
  const news: Change['news'][] = [];
  const incidents = new Map<string, Incident>();
  const clock = { wall: START_MS, monotonic: 0 };
  const registry = new Registry({
    id: createUlidMaker(),
    monotonic: () => clock.monotonic,
    quietMs: HOUR,
    ...more,
    ended: (subject) =>
      [...incidents.values()].findLast((one) => one.subject === subject && one.state === 'closed') ?? null,
    onChange: (incident, change) => {
      changes.push([incident.subject, change.kind]);
      news.push(change.news);
      incidents.set(incident.id, incident);
    },
  });
  const take = (change: Partial<Hit> = {}) =>
    registry.addHits([hitOf({ time: new Date(clock.wall).toISOString(), ...change })], clock.wall);
  /** Lets time pass, a minute at a go. */
  const pass = (ms: number, watch?: Watch) => {
    for (let gone = 0; gone < ms; gone += MINUTE) {
      clock.wall += MINUTE;
      clock.monotonic += MINUTE;
      registry.tick(clock.wall, watch);
    }
  };
  const all = () => [...incidents.values()];
  return { changes, kinds: () => changes.map(([, kind]) => kind), news, all, registry, clock, take, pass };
}

const indicator = (campaign: string, confidence: 'low' | 'medium' | 'high' = 'high') => ({
  campaign,
  source: null,
  firstPublished: null,
  confidence,
});
const client = (ip: string, more: Partial<HitClient> = {}): HitClient => ({
  ip,
  name: null,
  mac: null,
  group: 'default',
  ...more,
});
const asking = (name: string) => ({ name, type: 'A', class: 'IN' });
const match = (list: string, confidence: 'low' | 'high' = 'high', campaign = '3CX') => ({
  list,
  rule: 'evil.example',
  indicator: indicator(campaign, confidence),
  mode: 'enforce' as const,
});

t.test(
  'hits of one machine on one campaign are one incident, whatever its addresses and the list',
  async (t) => {
    const { changes, all, take } = setUp();
    take({ machine: 'm-1', list: 'a', indicator: indicator('3CX') });
    take({ machine: 'm-1', client: client('2001:db8::7'), list: 'b', indicator: indicator('3CX'), count: 5 });
    take({ machine: 'm-2', client: client('192.0.2.8'), list: 'b', indicator: indicator('3CX') });
    t.same(changes, [
      ['m-1 3CX', 'opened'],
      ['m-1 3CX', 'grown'],
      ['m-2 3CX', 'opened'],
    ]);
    t.match(all()[0], { hits: 6, lists: ['a', 'b'], addresses: ['192.0.2.7', '2001:db8::7'] });
  },
);

t.test(
  'an address that another machine has taken over is another incident, and neither gets the other one’s name',
  async (t) => {
    const { all, take } = setUp();
    const c = client('192.0.2.8', { name: 'machine-c', machine: 'm-c' });
    for (let i = 0; i < 3; i += 1) take({ machine: 'm-c', client: c });
    take({ machine: 'm-d', client: client('192.0.2.8', { name: 'machine-d', machine: 'm-d' }) });
    t.match(all(), [
      { machine: 'm-c', hits: 3, client: { name: 'machine-c' } },
      { machine: 'm-d', hits: 1, client: { name: 'machine-d' } },
    ]);
  },
);

t.test('a machine that is unplugged keeps its name and MAC in its incident', async (t) => {
  const { all, take, registry, clock } = setUp();
  const e = client('192.0.2.10', { name: 'machine-e', mac: 'aa:bb:cc:dd:ee:0e', machine: 'm-e' });
  take({ machine: 'm-e', client: e });
  registry.complete(() => ({ id: 'm-e', name: null, nameFrom: null, mac: null }), clock.wall);
  take({ machine: 'm-e', client: client('192.0.2.10', { machine: 'm-e' }) });
  t.match(all(), [{ client: { name: 'machine-e', mac: 'aa:bb:cc:dd:ee:0e' }, hits: 2 }]);
});

t.test('two machines that turn out to be one go on as one incident, and the other says so', async (t) => {
  const { all, take, registry, clock, kinds } = setUp();
  take({ machine: 'm-mac', client: client('192.0.2.7', { machine: 'm-mac' }), count: 2 });
  take({
    machine: 'm-ip',
    client: client('2001:db8::9', { machine: 'm-ip' }),
    question: asking('b.evil.example'),
    count: 3,
  });
  const known = { id: 'm-mac', name: 'laptop-7', nameFrom: 'lease', mac: 'aa:bb:cc:dd:ee:07' } as const;
  registry.complete(() => known, clock.wall);
  t.same(kinds(), ['opened', 'opened', 'closed']);
  const [into, from] = all();
  t.match(into, { state: 'open', hits: 5, addresses: ['192.0.2.7', '2001:db8::9'] });
  t.match(into?.client, { name: 'laptop-7', nameFrom: 'lease' });
  t.match(from, { state: 'closed', end: 'merged', mergedInto: into?.id, hits: 3 });
  take({ machine: 'm-mac' });
  t.equal(into?.hits, 6);
  t.equal(registry.openCount, 1);
});

t.test('severity is that of the gravest indicator, and lists and indicators grow', async (t) => {
  const { all, take, news } = setUp();
  take({ matches: [match('a', 'low')] });
  take({ matches: [match('b', 'high')], question: asking('high.evil.example') });
  take({ matches: [match('a', 'low')] });
  t.match(all(), [{ severity: 'high', lists: ['a', 'b'], indicator: { confidence: 'high' } }]);
  t.same(news, ['content', 'severity', null]);
});

t.test('a hit that another list decided counts for the campaign that has the name', async (t) => {
  const { all, take } = setUp();
  take({ list: 'big', indicator: null, matches: [match('cx')] });
  take({ list: 'big', indicator: null, matches: [] });
  t.match(all(), [{ list: 'cx', campaign: '3CX', hits: 1, decided: { big: 1 } }]);
});

t.test('a hit of two campaigns is in both incidents', async (t) => {
  const { all, take } = setUp();
  take({ matches: [match('a'), match('b', 'low', 'Other'), match('c')] });
  t.match(all(), [
    { campaign: '3CX', lists: ['a', 'c'] },
    { campaign: 'Other', lists: ['b'], severity: 'low' },
  ]);
});

t.test('what the machine got is counted by outcome, and attempts of one visit once', async (t) => {
  const { all, take } = setUp();
  take({ visit: 'v1', outcome: 'data', verdict: 'monitor' });
  take({
    visit: 'v1',
    outcome: 'data',
    verdict: 'monitor',
    question: { ...asking('www.akamaicontainer.com'), type: 'AAAA' },
  });
  take({ visit: 'v2', outcome: 'blocked', count: 3 });
  const [incident] = all();
  t.match(incident, { hits: 5, visits: 2, outcomes: { data: 2, blocked: 3 } });
  t.match(summaryOf(incident!), { visits: 2, names: [{ count: 5, visits: 2 }] });
});

t.test('a hit that another thread held on to stands where it was asked', async (t) => {
  const { all, take } = setUp();
  const at = (seconds: number): string => new Date(START_MS + seconds * 1000).toISOString();
  take({ visit: 'v1', time: at(5) });
  take({ visit: 'v1', time: at(0) });
  take({ visit: 'v3', time: at(3605) });
  take({ visit: 'v2', time: at(1800), question: asking('new.akamaicontainer.com') });
  take({ visit: 'v3', time: at(3600) });
  const [incident] = all();
  t.match(incident, { openedMs: START_MS, firstMs: START_MS, visits: 3 });
  t.same(
    incident?.timesMs,
    [0, 1_800_000, 3_600_000].map((ms) => START_MS + ms),
  );
});

t.test('silence while watched ends it, and the next hit goes on with the same incident', async (t) => {
  const { all, registry, take, pass, kinds } = setUp();
  take();
  pass(59 * MINUTE);
  t.equal(registry.openCount, 1);
  pass(2 * MINUTE);
  t.match(all(), [{ state: 'closed', end: 'silent' }]);
  take();
  t.match(all(), [{ state: 'open', end: null, reopened: 1, hits: 2, closedMs: null }]);
  t.same(kinds(), ['opened', 'closed', 'reopened']);
  pass(9 * 24 * HOUR);
  take();
  t.equal(all().length, 2, 'after more than a week it is another');
});

t.test(
  'one that asks every 90 minutes is one incident, and is over once three of its intervals were silent',
  async (t) => {
    const { take, pass, kinds, all, registry } = setUp();
    for (let i = 0; i < 12; i += 1) {
      take();
      pass(90 * MINUTE);
    }
    t.same(
      kinds().filter((kind) => kind === 'opened'),
      ['opened'],
    );
    t.same(
      kinds().filter((kind) => kind === 'closed'),
      ['closed'],
      'only before its interval could be known',
    );
    t.match(summaryOf(all()[0]!), { beacon: { score: 1, intervalMs: 90 * MINUTE, sightings: 12 } });
    pass(2 * HOUR);
    t.equal(registry.openCount, 1);
    pass(2 * HOUR);
    t.equal(registry.openCount, 0);
  },
);

t.test('while blocking is paused silence says nothing: it ends as not watched', async (t) => {
  const { take, pass, all } = setUp();
  take();
  const paused: Watch = () => ({ reason: 'paused', unseen: [] });
  pass(30 * MINUTE, paused);
  t.match(all(), [{ state: 'open', gaps: [{ reason: 'paused', toMs: null }] }]);
  pass(40 * MINUTE, paused);
  t.match(all(), [{ state: 'closed', end: 'paused' }]);
});

t.test('silence says nothing of a name that was hidden meanwhile, nor where each was in turn', async (t) => {
  const { take, pass, all, clock } = setUp();
  const without =
    (...unseen: string[]): Watch =>
    () => ({ reason: null, unseen });
  take({ question: asking('a.example') });
  take({ question: asking('b.example') });
  pass(10 * MINUTE, without('a.example'));
  pass(30 * MINUTE);
  pass(30 * MINUTE);
  t.match(all(), [{ state: 'closed', end: 'silent', unseenNames: ['a.example'] }]);
  take({ question: asking('b.example') });
  t.equal(all()[0]?.unseenNames, undefined, 'it goes on');
  const askedMs = clock.wall;
  pass(40 * MINUTE, without('a.example'));
  pass(30 * MINUTE, without('b.example'));
  t.match(all(), [{ state: 'open' }], 'none of them was watched for an hour');
  const inPart = { reason: 'in-part', fromMs: askedMs, toMs: Number };
  t.match(all()[0]?.gaps, [inPart], 'a.example may have been asked for while it was hidden');
  pass(4 * HOUR, without('b.example'));
  t.match(all(), [{ state: 'closed', end: 'silent', unseenNames: ['b.example'] }]);
  take({ question: asking('b.example') });
  const secondMs = clock.wall;
  pass(10 * MINUTE, without('a.example'));
  pass(10 * MINUTE, () => ({ reason: 'paused', unseen: [] }));
  pass(10 * MINUTE, without('b.example'));
  t.match(
    all()[0]?.gaps,
    [inPart, { reason: 'paused', toMs: Number }, { reason: 'in-part', fromMs: secondMs, toMs: Number }],
    'a pause that is over is closed all the same',
  );
});

t.test(
  'what was found in the past was not watched for until now, nor anything while the incident was over',
  async (t) => {
    const { registry, take, pass, all, clock } = setUp();
    const findAt = (lastMs: number, got: 'answered' | 'blocked'): void => {
      const { machine, client, indicator } = hitOf();
      const asked = { ...found('evil.example'), lastMs, got: { [got]: 4 } };
      registry.addFinding(
        { client: { ...client, machine }, lists: ['3cx-2023'], indicator, indicators: [], askings: [asked] },
        clock.wall,
      );
    };
    take();
    const firstMs = clock.wall;
    pass(10 * MINUTE);
    findAt(firstMs - MINUTE, 'blocked');
    const inPart = { reason: 'in-part', fromMs: firstMs, toMs: clock.wall };
    t.same(all()[0]?.gaps, [inPart], 'of one that is open');
    pass(2 * HOUR);
    t.match(all(), [{ state: 'closed' }]);
    findAt(firstMs + HOUR, 'answered');
    t.match(all(), [{ state: 'open' }]);
    t.same(
      all()[0]?.gaps,
      [inPart, { reason: 'in-part', fromMs: firstMs + HOUR, toMs: clock.wall }],
      'of one that goes on',
    );
  },
);

t.test('a pause in between does not count as silence', async (t) => {
  const { take, pass, all, clock } = setUp();
  take();
  pass(10 * MINUTE);
  pass(30 * MINUTE, () => ({ reason: 'paused', unseen: [] }));
  const resumedMs = clock.wall;
  pass(30 * MINUTE);
  t.match(all(), [{ state: 'open' }]);
  pass(25 * MINUTE);
  t.match(all(), [
    { state: 'closed', end: 'silent', gaps: [{ reason: 'paused', toMs: resumedMs + MINUTE }] },
  ]);
});

for (const reason of ['delisted', 'allowed', 'alert-off'] as const satisfies readonly EndReason[])
  t.test(`what is ${reason} is not watched any more, and that is its end`, async (t) => {
    const { take, all, registry, clock } = setUp();
    take();
    registry.rulesChanged(() => ({ reason, concern: null }), clock.wall);
    t.match(all(), [{ state: 'closed', end: reason }]);
  });

t.test('a list or campaign that gets another name goes on as the same incident', async (t) => {
  const { take, all, registry, clock, kinds } = setUp();
  take({ list: 'cx', matches: [match('cx', 'high', '3CX')] });
  const concern = {
    campaign: '3CX supply chain',
    lists: ['cy'],
    rule: 'evil.example',
    indicator: indicator('3CX supply chain'),
    indicators: [],
  };
  registry.rulesChanged(() => ({ reason: null, concern }), clock.wall);
  take({ list: 'cy', matches: [match('cy', 'high', '3CX supply chain')] });
  t.same(kinds(), ['opened', 'grown']);
  t.match(all(), [{ campaign: '3CX supply chain', lists: ['cx', 'cy'], hits: 2 }]);
});

t.test('a clock that jumps ends nothing, and its times stay in order', async (t) => {
  for (const jumpMs of [2 * HOUR, -2 * HOUR]) {
    const { take, pass, all, clock, registry, kinds } = setUp();
    take();
    pass(MINUTE);
    take();
    clock.wall += jumpMs;
    registry.clockJumped({ byMs: jumpMs, sinceMs: 0 });
    pass(MINUTE);
    take();
    t.same(kinds(), ['opened', 'grown', 'grown']);
    const [incident] = all();
    const { openedMs, firstMs, lastMs, names } = incident!;
    t.ok(openedMs <= lastMs && firstMs <= lastMs && (names[0]?.lastMs ?? 0) <= lastMs);
    t.equal(lastMs - firstMs, 2 * MINUTE);
    t.equal(lastMs, clock.wall);
  }
});

t.test(
  'a clock that was behind since the start moves what was noted since, and not what an earlier start noted',
  async (t) => {
    const first = setUp();
    first.take();
    const second = setUp();
    second.clock.wall = START_MS + 10 * MINUTE;
    second.registry.restore(structuredClone(first.all()), 0, second.clock.wall);
    second.take();
    second.clock.wall += 2 * HOUR;
    second.registry.clockJumped({ byMs: 2 * HOUR, sinceMs: START_MS + 10 * MINUTE });
    t.match(second.all(), [
      { openedMs: START_MS, firstMs: START_MS, lastMs: second.clock.wall, names: [{ firstMs: START_MS }] },
    ]);
  },
);

t.test(
  'after a restart the silence is counted anew, and the time between is told as not watched',
  async (t) => {
    const first = setUp();
    first.take();
    const left = structuredClone(first.all());
    const second = setUp();
    second.clock.wall = START_MS + 26 * HOUR;
    second.registry.restore(left, START_MS + 20 * HOUR, second.clock.wall);
    second.pass(30 * MINUTE);
    t.equal(second.registry.openCount, 1);
    second.pass(31 * MINUTE);
    t.equal(second.registry.openCount, 0);
    t.match(second.all(), [
      { end: 'silent', gaps: [{ reason: 'down', fromMs: START_MS + 20 * HOUR, toMs: START_MS + 26 * HOUR }] },
    ]);
  },
);

t.test('with too many open the longest open ends for want of room', async (t) => {
  const { take, all } = setUp({ openMax: 2 });
  for (const machine of ['m-1', 'm-2', 'm-3']) take({ machine });
  t.match(all(), [{ end: 'evicted' }, { state: 'open' }, { state: 'open' }]);
});

t.test(
  'while nothing is saved for long no further machine gets an incident, and its hits are counted',
  async (t) => {
    let unopened = 0;
    const onFull = ({ count }: Hit): void => {
      unopened += count;
    };
    const { take, registry } = setUp({ openMax: 100, onFull });
    for (let number = 0; number < 20_005; number += 1) take({ machine: `m-${number}`, count: 2 });
    t.equal(registry.waiting.rows, 20_000);
    t.equal(unopened, 10);
    take({ machine: 'm-19999' });
    take({ machine: 'm-7' });
    t.equal(unopened, 10, 'one that is open, and one that waits and is reopened');
    registry.saved();
    take({ machine: 'm-20004' });
    t.equal(unopened, 10);
    t.equal(registry.waiting.rows, 2, 'and the one that made room');
  },
);

t.test('a flood is one incident with exact counts and a bounded size', async (t) => {
  const { all, take, clock } = setUp();
  for (let i = 0; i < 20_000; i += 1) {
    clock.wall += 1;
    take({ count: 5, question: asking(`r${i % 500}.evil.example`) });
  }
  const [incident] = all();
  t.equal(incident?.hits, 100_000);
  const named = incident?.names.reduce((sum, { count }) => sum + count, 0) ?? 0;
  t.equal(named + (incident?.furtherHits ?? 0), 100_000);
  t.equal(incident?.names.length, 50);
  t.match(summaryOf(incident!), { furtherNames: 450, furtherNamesAtLeast: false });
  for (let i = 0; i < 5000; i += 1) take({ question: asking(`s${i}.evil.example`) });
  t.match(summaryOf(incident!), { furtherNames: 1000, furtherNamesAtLeast: true });
  t.ok(JSON.stringify(incident).length < 120_000);
});

const found = (name: string, count = 4) => ({
  name,
  count,
  firstMs: START_MS - 90 * MINUTE,
  lastMs: START_MS - HOUR,
});

t.test('what a machine asked before anybody knew is an incident that is told once', async (t) => {
  const { kinds, registry } = setUp();
  registry.addFinding(
    {
      client: client('192.0.2.7'),
      lists: ['3cx-2023'],
      indicator: indicator('3CX'),
      indicators: [indicator('3CX')],
      askings: [found('evil.example')],
    },
    START_MS,
  );
  t.same(kinds(), ['opened', 'closed']);
  t.match(registry.unsaved(), [
    {
      retrospective: true,
      hits: 4,
      firstMs: START_MS - 90 * MINUTE,
      state: 'closed',
      end: 'past',
      past: { hits: 4 },
    },
  ]);
});

t.test('what was answered before anybody knew is open until somebody has acknowledged it', async (t) => {
  const { kinds, registry, take, pass, all } = setUp({ openMax: 2 });
  const finding = (ip: string, got: 'answered' | 'blocked', campaign = '3CX') => ({
    client: client(ip),
    lists: ['a'],
    indicator: indicator(campaign),
    indicators: [indicator(campaign)],
    askings: [{ ...found('evil.example'), got: { [got]: 4 } }],
  });
  registry.addFinding(finding('192.0.2.7', 'answered'), START_MS);
  pass(24 * HOUR);
  t.match(all(), [{ state: 'open', end: null, past: { hits: 4 } }], 'silence ends nothing');
  pass(2 * HOUR, () => ({ reason: 'paused', unseen: [] }));
  t.match(all(), [{ state: 'open', gaps: [{ reason: 'paused' }] }], 'nor does a pause');
  acknowledged(registry, all()[0]?.id ?? '', START_MS);
  pass(MINUTE);
  t.match(all(), [{ state: 'closed', end: 'past' }]);
  t.same(kinds(), ['opened', 'closed']);

  registry.addFinding(finding('192.0.2.8', 'blocked'), START_MS);
  t.match(all()[1], { state: 'closed', end: 'past' }, 'what was blocked then got nothing');
  registry.addFinding(finding('192.0.2.8', 'answered'), START_MS);
  t.match(all()[1], { state: 'open', end: null, reopened: 1 });
  take({ client: client('192.0.2.8'), machine: '192.0.2.8', matches: [match('a')] });
  pass(24 * HOUR);
  t.match(all()[1], { state: 'open' }, 'what it asks since then does not end it either');
  acknowledged(registry, all()[1]?.id ?? '', START_MS);
  pass(MINUTE);
  t.match(all()[1], { state: 'closed', end: 'silent' });
  t.same(kinds().slice(2), ['opened', 'closed', 'reopened', 'grown', 'closed']);

  registry.addFinding(finding('192.0.2.9', 'answered'), START_MS);
  registry.rulesChanged(() => ({ reason: 'delisted', concern: null }), START_MS);
  t.match(all()[2], { state: 'closed', end: 'delisted' }, 'what is listed no more concerns nobody');
  for (const ip of ['192.0.2.10', '192.0.2.11', '192.0.2.12'])
    registry.addFinding(finding(ip, 'answered'), START_MS);
  t.same(
    all()
      .slice(3)
      .map(({ end }) => end),
    [null, null, 'past'],
    'and none is ended to make room',
  );
});

t.test('past and present of one machine and campaign are one incident, whichever comes first', async (t) => {
  const finding = (list: string, confidence: 'low' | 'high', name: string) => ({
    client: client('192.0.2.7'),
    lists: [list],
    indicator: indicator('3CX', confidence),
    indicators: [indicator('3CX', confidence)],
    askings: [found(name)],
  });
  const pastFirst = setUp();
  pastFirst.registry.addFinding(finding('a', 'low', 'lo1.example'), START_MS);
  pastFirst.registry.addFinding(finding('b', 'high', 'hi1.example'), START_MS);
  pastFirst.take({ matches: [match('a')] });
  t.same(pastFirst.kinds(), ['opened', 'closed', 'found', 'reopened']);
  t.match(pastFirst.all(), [
    { severity: 'high', lists: ['a', 'b'], hits: 9, past: { hits: 8 }, state: 'open' },
  ]);
  const liveFirst = setUp();
  liveFirst.take({ matches: [match('a')] });
  liveFirst.registry.addFinding(finding('a', 'high', 'lo1.example'), START_MS);
  t.same(liveFirst.kinds(), ['opened', 'found']);
  t.match(liveFirst.all(), [
    { retrospective: false, hits: 5, past: { hits: 4 }, firstMs: START_MS - 90 * MINUTE },
  ]);
});

t.test(
  'hits that come together leave what they leave one by one, whichever machines they are of',
  async (t) => {
    const machines = ['m1', 'm2', 'm3'];
    const hits = Array.from({ length: 400 }, (_, i) => {
      const machine = machines[((i * 7) % 5) % 3]!;
      const name = `n${(i * 13) % 170}.evil.example`;
      // One machine changes its address, and another hit of it comes from the one before.
      const ip = `192.0.2.${machine === 'm2' && i % 29 === 0 ? 9 : 1}`;
      return hitOf({
        ...{
          id: `${i}`,
          visit: `${i}`,
          machine,
          client: clientsOf(`${machine} ${ip}`, ip),
          question: asking(name),
        },
        time: new Date(START_MS + i * 10).toISOString(),
        matches: i % 17 === 0 ? [match('ads', 'low', 'Other'), match('evil')] : [match('evil')],
      });
    });
    const [together, apart] = [setUp(), setUp()];
    together.registry.addHits(hits, START_MS);
    for (const hit of hits) apart.registry.addHits([hit], START_MS);
    const shown = ({ all }: ReturnType<typeof setUp>) =>
      all()
        .map(({ id: _, ...rest }) => rest)
        .sort((a, b) => a.subject.localeCompare(b.subject));
    t.equal(together.all().length, 6);
    t.same(shown(together), shown(apart));
    t.same([...together.changes].sort(), [...apart.changes].sort());
  },
);

const clients = new Map<string, HitClient>();
/** The same object for the same, as hits share them. */
function clientsOf(key: string, ip: string): HitClient {
  const known = clients.get(key) ?? client(ip);
  clients.set(key, known);
  return known;
}

t.test('what else became known of a machine is shown, though its client asks on', async (t) => {
  const { take, registry, all } = setUp();
  const own = client('192.0.2.7');
  const asks = { client: own, machine: 'm1', matches: [match('evil')] };
  take(asks);
  take(asks);
  registry.complete(() => ({ id: 'm1', name: 'laptop', nameFrom: 'lease', mac: null }), START_MS);
  take(asks);
  t.match(all(), [{ client: { name: 'laptop' }, addresses: ['192.0.2.7'] }]);
  const past = {
    client: client('192.0.2.8', { machine: 'm1' }),
    lists: ['evil'],
    indicator: indicator('3CX'),
    indicators: [],
  };
  const asked = { name: 'old.example', count: 1, firstMs: START_MS - HOUR, lastMs: START_MS - HOUR };
  registry.addFinding({ ...past, askings: [asked] }, START_MS);
  take(asks);
  t.same(all()[0]?.addresses, ['192.0.2.8', '192.0.2.7'], 'the latest is the last');
});
