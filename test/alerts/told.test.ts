// Who is told what of an incident that grows, is acknowledged, ends and goes on; and what becomes of it when receivers change.

import t from 'tap';
import { textOf } from '../../src/alerts/describe.ts';
import { alertmanager } from '../../src/alerts/payloads/alertmanager.ts';
import type { Notice } from '../../src/alerts/receiver.ts';
import type { Hit } from '../../src/hits/hit.ts';
import type { EndReason } from '../../src/hits/incidents/incident.ts';
import type { Match } from '../../src/hits/match.ts';
import type { OutboxRow } from '../../src/hits/store/outbox-table.ts';
import { acknowledged } from '../support/acknowledged.ts';
import { deliveryTo, ScriptedReceiver } from '../support/alerts-delivery.ts';
import { noticeOf } from '../support/hits-receivers.ts';
import { START_MS } from '../support/hits-records.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const of = (list: string, confidence: 'low' | 'high', name: string): Partial<Hit> => {
  const indicator = { campaign: '3CX', source: null, firstPublished: null, confidence };
  return {
    list,
    indicator,
    question: { name, type: 'A', class: 'IN' },
    matches: [{ list, rule: name, indicator, mode: 'enforce' }],
  };
};
const indicatorOf = (campaign: string) => ({
  campaign,
  source: null,
  firstPublished: null,
  confidence: null,
});
const kindsOf = ({ taken }: ScriptedReceiver) => taken.map(({ kind }) => kind);

t.test(
  'a receiver whose severity is reached later is told then, with what went before counted',
  async (t) => {
    const all = new ScriptedReceiver('all');
    const grave = new ScriptedReceiver('grave');
    const severityOf = (name: string) => (name === 'grave' ? { severityMin: 'high' as const } : {});
    const { hit, pass } = deliveryTo([all, grave], severityOf);
    hit({ ...of('a', 'low', 'low.evil.example'), count: 3 });
    await pass(3000);
    t.same([kindsOf(all), kindsOf(grave)], [['opened'], []]);
    hit(of('b', 'high', 'high.evil.example'));
    await pass(1500);
    t.match(grave.taken, [
      {
        kind: 'opened',
        hits: [{ question: { name: 'high.evil.example' } }],
        furtherHits: 3,
        incident: { severity: 'high', hits: 4 },
      },
    ]);
    t.match(
      all.taken[1],
      { kind: 'update', incident: { severity: 'high' } },
      'a graver severity waits for no pause',
    );
    hit(of('a', 'low', 'low.evil.example'));
    await pass(5 * HOUR, MINUTE);
    t.equal(grave.hits, 5);
    t.equal(all.hits, 5);
  },
);

t.test('a receiver of a list hears of a campaign once that list has part in it', async (t) => {
  const b = new ScriptedReceiver('b');
  const { hit, pass } = deliveryTo([b], { lists: ['b'] });
  hit(of('a', 'high', 'one.evil.example'));
  await pass(3000);
  t.same(b.taken, []);
  hit(of('b', 'high', 'two.evil.example'));
  await pass(3000);
  t.match(b.taken, [{ kind: 'opened', furtherHits: 1, incident: { lists: ['a', 'b'] } }]);
});

t.test(
  'a receiver that was told of it is told its end, whatever group the machine is in by then',
  async (t) => {
    const office = new ScriptedReceiver('office');
    const servers = new ScriptedReceiver('servers');
    const { hit, pass } = deliveryTo([office, servers], (name) => ({ groups: [name] }));
    const at = (group: string) => ({
      machine: 'm-1',
      client: { ip: '192.0.2.7', name: null, mac: null, group },
    });
    hit({ ...at('office'), count: 3 });
    await pass(3000);
    hit({ ...at('servers'), count: 4 });
    await pass(2 * HOUR, MINUTE);
    t.same(kindsOf(office), ['opened', 'update', 'closed']);
    t.same(kindsOf(servers), ['opened', 'closed']);
    t.match(servers.taken[0], { furtherHits: 3, hits: [{ count: 4 }] });
    t.equal(office.hits, 7);
    t.equal(servers.hits, 7);
  },
);

t.test(
  'a receiver for one group is told of an incident in which that group asked, also when another group asks later',
  async (t) => {
    const grave = new ScriptedReceiver('grave');
    const { hit, pass } = deliveryTo([grave], { groups: ['office'], severityMin: 'high' });
    const at = (group: string) => ({
      machine: 'm-1',
      client: { ip: '192.0.2.7', name: null, mac: null, group },
    });
    hit({ ...of('a', 'low', 'low.evil.example'), ...at('office') });
    await pass(3000);
    t.same(kindsOf(grave), []);
    hit({ ...of('b', 'high', 'high.evil.example'), ...at('servers') });
    await pass(3000);
    t.match(grave.taken, [{ kind: 'opened', incident: { groups: ['office', 'servers'], hits: 2 } }]);
  },
);

t.test('who asked under a pseudonym may be of any group: each group’s receiver is told', async (t) => {
  const servers = new ScriptedReceiver('servers');
  const { hit, pass } = deliveryTo([servers], { groups: ['servers'] });
  const client = { ip: 'anon-7', name: null, mac: null, machine: 'anon-7' };
  hit({ client: { ...client, group: 'default' } });
  await pass(3000);
  t.same(servers.taken, []);
  hit({ client: { ...client, group: 'unknown' } });
  await pass(3000);
  t.match(servers.taken, [{ kind: 'opened' }]);
});

t.test('of an incident that had ended before, its end is told as of then', async (t) => {
  const past = {
    hits: 5,
    first: '2026-11-23T08:00:00.000Z',
    last: '2026-11-23T08:10:00.000Z',
    answered: 5,
    failed: 0,
    blocked: 0,
    rewritten: 0,
    refused: 0,
    local: 0,
    unrecorded: 0,
  };
  const names = [{ name: 'm1.example', count: 6, visits: 1, first: past.first, last: past.last }];
  const notice = noticeOf();
  const told = (kind: Notice['kind'], end: EndReason): string => {
    const incident = notice.incident && {
      ...notice.incident,
      state: 'closed' as const,
      end,
      closed: '2026-11-23T09:00:00.000Z',
      campaign: null,
      lists: ['b'],
      hits: 6,
      names,
      past,
    };
    return textOf({ ...notice, kind, incident, hits: [], found: [] });
  };
  past.last = past.first;
  t.match(told('closed', 'delisted'), 'listed with an alert, at 2026-11-23 08:00:00 UTC:');
  past.last = '2026-11-23T08:10:00.000Z';
  t.match(told('closed', 'delisted'), 'what it asked for is no longer listed for its group by list b.');
  const endings = {
    delisted: 'what it asked for was no longer listed for its group by list b',
    allowed: 'what it asked for was allowed',
    'alert-off': 'what it asked for was listed by list b, but no longer with an alert',
    paused: 'blocking was paused for its group, or its lists were outside their schedule',
    evicted: 'there were more open incidents than cenote could follow',
  } as const;
  for (const [end, words] of Object.entries(endings)) {
    const text = told('update', end as EndReason);
    t.match(text, `Its incident ended at 2026-11-23 09:00:00 UTC, because ${words}.`);
    t.notMatch(text, /still asks|no longer listed for its group by list b\. /);
    t.match(
      text,
      'asked 5 times for m1[.]example (list b) before it was listed with an alert, from 2026-11-23 08:00:00',
    );
  }
});

t.test('what somebody has acknowledged is not told again when it goes on after its end', async (t) => {
  const receiver = new ScriptedReceiver();
  const { hit, pass, registry, delivery, clock, incidents } = deliveryTo([receiver]);
  hit();
  await pass(3000);
  const [id = ''] = incidents.keys();
  acknowledged(registry, id, clock.now());
  delivery.acknowledged(id);
  await pass(61 * MINUTE, MINUTE);
  hit();
  await pass(30 * MINUTE, MINUTE);
  t.same(kindsOf(receiver), ['opened', 'closed']);
  t.equal(incidents.size, 1);
  // It asks about once an hour, as far as is known: three such hours of silence are its end.
  await pass(4 * HOUR, MINUTE);
  t.same(kindsOf(receiver), ['opened', 'closed', 'closed']);
  t.equal(receiver.hits, 2);
});

t.test(
  'what was answered in the past is over once somebody has acknowledged it, and that is told',
  async (t) => {
    const chat = new ScriptedReceiver('chat');
    const alarm = new ScriptedReceiver('alarm', true);
    const { registry, incidents, pass, clock } = deliveryTo([chat, alarm]);
    const { indicator } = of('a', 'high', 'evil.example');
    registry.addFinding(
      {
        client: { ip: '192.0.2.7', name: null, mac: null, group: 'default' },
        lists: ['a'],
        indicator: indicator ?? null,
        indicators: [],
        askings: [
          {
            name: 'evil.example',
            count: 2,
            firstMs: START_MS - HOUR,
            lastMs: START_MS - HOUR,
            got: { answered: 2 },
          },
        ],
      },
      START_MS,
    );
    await pass(6 * HOUR, MINUTE);
    t.same(kindsOf(chat), ['opened'], 'told once');
    t.same(kindsOf(alarm), ['opened', 'update'], 'and kept alight where it would be forgotten');
    t.match(alertmanager(alarm.taken[1]!, 'http://a.example').body, [
      { labels: { alertname: 'CenotePastHit' } },
    ]);
    const [incident] = incidents.values();
    acknowledged(registry, incident?.id ?? '', clock.now());
    await pass(MINUTE);
    t.same(kindsOf(chat), ['opened', 'closed']);
    t.match(
      textOf(chat.taken[1]!),
      /^Acknowledged: 192\.0\.2\.7, 3CX\. Somebody acknowledged it at .* 192\.0\.2\.7 asked 2 times/,
    );
    t.equal(chat.taken[1]?.found.length, 0, 'what was found is told once');
  },
);

t.test('new names under an acknowledged incident are news, known ones are not', async (t) => {
  const receiver = new ScriptedReceiver();
  const { hit, pass, registry, delivery, clock, incidents } = deliveryTo([receiver]);
  hit();
  await pass(3000);
  const [id = ''] = incidents.keys();
  acknowledged(registry, id, clock.now());
  delivery.acknowledged(id);
  for (let i = 0; i < 20; i += 1) {
    hit();
    await pass(20 * MINUTE, MINUTE);
  }
  t.same(kindsOf(receiver), ['opened']);
  for (let i = 0; i < 20; i += 1) hit({ question: { name: `n${i}.evil.example`, type: 'A', class: 'IN' } });
  await pass(10_000);
  t.same(kindsOf(receiver), ['opened', 'update']);
  t.equal(receiver.hits, 41);
  await pass(20 * MINUTE, MINUTE);
  t.same(kindsOf(receiver), ['opened', 'update']);
});

t.test('what somebody has acknowledged, and a clock that was set, are known after a kill', async (t) => {
  const receiver = new ScriptedReceiver();
  const first = deliveryTo([receiver], {}, [], false);
  const kept = new Map<string, OutboxRow>();
  const store = () => {
    for (const { id, receiver: name, body } of first.delivery.unsaved())
      kept.set(id, { id, receiver: name, body });
    first.delivery.saved();
  };
  first.hit();
  await first.pass(3000);
  store();
  first.hit({ question: { name: 'new.evil.example', type: 'A', class: 'IN' } });
  store();
  const gathering = () => JSON.parse([...kept.values()].find(({ id }) => id.startsWith('g '))?.body ?? '{}');
  t.match(gathering(), { news: true });
  const { dueMs } = gathering();
  first.delivery.shift(HOUR);
  store();
  t.equal(gathering().dueMs, dueMs + HOUR);
  first.delivery.shift(-HOUR);
  const [id = ''] = first.incidents.keys();
  acknowledged(first.registry, id, first.clock.now());
  first.delivery.acknowledged(id);
  store();
  const later = new ScriptedReceiver();
  const second = deliveryTo([later], {}, [...kept.values()]);
  second.incidents.set(id, structuredClone(first.incidents.get(id)!));
  await second.pass(10 * HOUR, MINUTE);
  t.same(kindsOf(later), []);
});

t.test('one that goes on after its end is told as that, and its notices still sum up', async (t) => {
  const receiver = new ScriptedReceiver();
  const { hit, pass } = deliveryTo([receiver]);
  hit({ count: 2 });
  await pass(2 * HOUR, MINUTE);
  hit({ count: 3 });
  await pass(3000);
  t.same(kindsOf(receiver), ['opened', 'closed', 'reopened']);
  t.match(receiver.taken[2], { text: /^Again: .*asked 5 times/, incident: { hits: 5, state: 'open' } });
  t.equal(receiver.hits, 5);
});

t.test('what waits for a receiver is told to the one that its URL, format or name became', async (t) => {
  for (const [before, after] of [
    [
      ['webhook slack a.example', 'mail b.example'],
      ['webhook slack c.example', 'mail b.example'],
    ],
    [['webhook generic a.example'], ['soc']],
    [
      ['mail b.example', 'webhook slack a.example'],
      ['webhook teams a.example', 'mail b.example'],
    ],
  ] as const) {
    const old = before.map((name) => new ScriptedReceiver(name));
    const now = after.map((name) => new ScriptedReceiver(name));
    for (const receiver of old) receiver.behaviour = 'fail';
    const { hit, pass, replace, said } = deliveryTo(old);
    hit({ count: 5 });
    await pass(3000);
    hit();
    replace(now);
    await pass(10_000);
    t.same(
      said.filter((text) => text.includes('dropped')),
      [],
    );
    for (const receiver of now) {
      t.same(kindsOf(receiver), ['opened', 'update']);
      t.equal(receiver.hits, 6);
    }
  }
});

t.test('a receiver that is corrected inside the group wait is told of the incident', async (t) => {
  const now = new ScriptedReceiver('webhook slack right.example');
  const { hit, pass, replace } = deliveryTo([new ScriptedReceiver('webhook slack wrong.example')]);
  hit({ count: 3 });
  await pass(500);
  replace([now]);
  await pass(3000);
  t.equal(now.hits, 3);
});

t.test(
  'a receiver that has another name is told of no incident as new that it was told of before',
  async (t) => {
    const before = new ScriptedReceiver('webhook slack old.example');
    const { hit, pass, replace } = deliveryTo([before]);
    hit({ count: 3 });
    await pass(2 * HOUR, MINUTE);
    t.same(kindsOf(before), ['opened', 'closed']);
    const [first, second] = ['webhook slack new.example', 'soar'].map((name) => new ScriptedReceiver(name));
    replace([first!]);
    await pass(5000);
    replace([second!]);
    hit();
    await pass(5000);
    t.match(second!.taken, [{ kind: 'reopened', furtherHits: 0, incident: { hits: 4 } }]);
    t.equal(second!.hits, 1, 'what is told sums up, whatever it is called');
  },
);

t.test('a receiver whose name was another’s once is not held for that one', async (t) => {
  const receiver = (name: string) => new ScriptedReceiver(name);
  const severityOf = (name: string) => (name === 'soc' ? { severityMin: 'high' as const } : {});
  const { hit, pass, replace } = deliveryTo([receiver('chat'), receiver('host')], severityOf);
  hit(of('a', 'low', 'a.evil.example'));
  await pass(2 * HOUR, MINUTE);
  replace([receiver('chat'), receiver('soc')]);
  await pass(1000);
  const later = async (now: readonly ScriptedReceiver[], machine: string) => {
    replace(now);
    hit({ ...of('b', 'low', 'low.evil.example'), machine });
    await pass(5000);
    hit({ ...of('b', 'high', 'high.evil.example'), machine });
    await pass(5000);
    return now.map((one) => kindsOf(one));
  };
  t.same(await later([receiver('host'), receiver('soc')], 'm-2'), [['opened', 'update'], ['opened']]);
  replace([receiver('soc')]);
  await pass(1000);
  t.same(await later([receiver('host'), receiver('soc')], 'm-3'), [['opened', 'update'], ['opened']]);
  const renamed = receiver('host');
  replace([renamed, receiver('soc')]);
  hit({ ...of('a', 'low', 'a.evil.example') });
  await pass(5000);
  t.same(kindsOf(renamed), ['opened'], 'nor told of as before what another of that name was told');
});

t.test('what waited for a receiver that is gone is dropped, and that is said', async (t) => {
  const gone = new ScriptedReceiver('gone');
  gone.behaviour = 'fail';
  const { hit, pass, replace, said } = deliveryTo([gone, new ScriptedReceiver('stays')]);
  hit();
  await pass(3000);
  replace([new ScriptedReceiver('stays')]);
  t.ok(said.includes('gone dropped 1'));
});

t.test('what an earlier start left for a receiver whose URL was corrected meanwhile is told', async (t) => {
  const wrong = new ScriptedReceiver('webhook slack wrong.example');
  const right = new ScriptedReceiver('webhook slack right.example');
  wrong.behaviour = 'fail';
  const first = deliveryTo([wrong], {}, [], false);
  first.hit({ count: 6 });
  await first.pass(2000);
  const rows = first.delivery.unsaved().map(({ id, receiver, body }) => ({ id, receiver, body }));
  const second = deliveryTo(
    [right],
    {},
    rows.filter(({ body }) => body !== null),
  );
  for (const [id, incident] of first.incidents) second.incidents.set(id, incident);
  await second.pass(3000);
  t.equal(right.hits, 6);
});

t.test('to Alertmanager an incident never ends while it goes on, and its labels stay', async (t) => {
  const receiver = new ScriptedReceiver('alertmanager', true);
  const { hit, pass, clock, registry, delivery, incidents } = deliveryTo([receiver], {
    repeatMs: 10 * MINUTE,
  });
  const posts = () =>
    receiver.taken.map((notice) => {
      const [alert] = alertmanager(notice, 'http://a.example').body as [
        { labels: Record<string, string>; startsAt: string; endsAt: string },
      ];
      return { ...alert, at: Date.parse(notice.time), kind: notice.kind };
    });
  hit();
  await pass(3000);
  const [id = ''] = incidents.keys();
  acknowledged(registry, id, clock.now());
  delivery.acknowledged(id);
  for (let i = 0; i < 12; i += 1) {
    hit({
      client: { ip: i % 2 === 0 ? '192.0.2.7' : '192.0.2.8', name: 'x', mac: null, group: `g${i}` },
      machine: '192.0.2.7',
    });
    await pass(15 * MINUTE, MINUTE);
  }
  const firing = posts();
  t.ok(firing.length >= 12);
  for (const [i, { at }] of firing.entries())
    if (i > 0) t.ok(Date.parse(firing[i - 1]!.endsAt) > at, 'the next comes before the last ends');
  t.equal(new Set(firing.map(({ labels }) => JSON.stringify(labels))).size, 1);
  await pass(2 * HOUR, MINUTE);
  const last = posts().at(-1)!;
  t.equal(last.kind, 'closed');
  t.ok(Date.parse(last.endsAt) <= last.at);
  t.equal(receiver.hits, 13);
});

t.test('what is over before the quiet hours end still fires at Alertmanager, then ends', async (t) => {
  const receiver = new ScriptedReceiver('alertmanager', true);
  const now = new Date(START_MS);
  const minute = now.getHours() * 60 + now.getMinutes();
  const quiet = { days: 127, fromMinute: (minute + 1439) % 1440, toMinute: (minute + 180) % 1440, text: 'q' };
  const { hit, pass } = deliveryTo([receiver], { quiet });
  hit();
  await pass(170 * MINUTE, MINUTE);
  t.same(receiver.taken, []);
  await pass(HOUR, MINUTE);
  t.same(kindsOf(receiver), ['opened', 'closed']);
  const [opened, closed] = receiver.taken;
  const [alert] = alertmanager(opened!, 'http://a.example').body as [{ endsAt: string }];
  t.ok(Date.parse(alert.endsAt) > Date.parse(opened!.time) + MINUTE);
  t.ok(Date.parse(closed!.time) >= Date.parse(opened!.time) + 10 * MINUTE);
});

t.test(
  'a clock set back while the daemon was down delays nothing by more than the longest pause',
  async (t) => {
    const receiver = new ScriptedReceiver();
    const first = deliveryTo([receiver], {}, [], false);
    first.clock.advance(365 * 24 * HOUR);
    first.hit();
    const rows = first.delivery
      .unsaved()
      .map(({ id, receiver: name, body }) => ({ id, receiver: name, body }));
    const second = deliveryTo([receiver], {}, rows);
    for (const [id, incident] of first.incidents) second.incidents.set(id, incident);
    await second.pass(5 * HOUR, MINUTE);
    t.equal(receiver.hits, 1);
  },
);

t.test('why a listed name was not blocked is said of the hits that a notice brings', async (t) => {
  const receiver = new ScriptedReceiver();
  const { hit, pass } = deliveryTo([receiver]);
  const ask = (name: string, mode: Match['mode'], more: Partial<Hit> = {}): void => {
    const indicator = { ...indicatorOf('3CX'), ...(mode === 'expired' ? { expires: '2020-01-01' } : {}) };
    const isBlocked = mode === 'enforce';
    hit({
      list: 'cx',
      verdict: isBlocked ? 'sinkhole' : 'monitor',
      outcome: isBlocked ? 'blocked' : 'data',
      question: { name, type: 'A', class: 'IN' },
      matches: [{ list: 'cx', rule: name, indicator, mode }],
      ...more,
    });
  };
  const said = (): string => /Not blocked.*$/.exec(receiver.taken.at(-1)?.text ?? '')?.[0] ?? '';
  // Another list blocks it: that its entry expired is of no account, and was told as "no longer blocked".
  ask('both.example', 'enforce', {
    list: 'cy',
    matches: [
      {
        list: 'cx',
        rule: 'both.example',
        indicator: { ...indicatorOf('3CX'), expires: '2020-01-01' },
        mode: 'expired',
      },
      { list: 'cy', rule: 'both.example', indicator: indicatorOf('3CX'), mode: 'enforce' },
    ],
  });
  await pass(3000);
  t.equal(said(), '');
  ask('old.example', 'expired');
  ask('live.example', 'enforce');
  ask('live.example', 'paused', { count: 2 });
  await pass(30_000, 1000);
  t.equal(
    said(),
    'Not blocked since the last notice: 1 query, since entry old[.]example expired on 2020-01-01; 2 queries, since blocking was paused.',
  );
  ask('live.example', 'schedule');
  ask('live.example', 'monitor');
  // Nothing was let through.
  ask('live.example', 'paused', { verdict: 'drop', outcome: 'limited' });
  await pass(60_000, 1000);
  t.equal(
    said(),
    'Not blocked since the last notice: 1 query, since its lists were outside their schedule; 1 query, since list cx only watches (mode: monitor).',
  );
  // None of them decided: the gravest says it.
  const by = (list: string, mode: Match['mode'], confidence: 'low' | 'high'): Match => ({
    ...{ list, mode, rule: 'two.example' },
    indicator: { ...indicatorOf('3CX'), confidence },
  });
  ask('two.example', 'paused', {
    list: 'cz',
    matches: [by('cx', 'schedule', 'low'), by('cy', 'paused', 'high')],
  });
  await pass(300_000, 1000);
  t.equal(said(), 'Not blocked since the last notice: 1 query, since blocking was paused.');
  // The rate limit said "come over TCP": no list let anything through, and one that blocks has it besides.
  const both = { list: 'cz', matches: [by('cx', 'enforce', 'high'), by('cy', 'monitor', 'low')] };
  ask('two.example', 'monitor', { ...both, outcome: 'truncated' });
  ask('two.example', 'monitor', { ...both, outcome: 'nodata' });
  ask('two.example', 'monitor', { list: 'cx', outcome: 'truncated' });
  await pass(1_200_000, 1000);
  t.equal(said(), '');
});

t.test('where one user asked after the other, nobody is said to have asked for all of it', async (t) => {
  const receiver = new ScriptedReceiver();
  const { hit, pass } = deliveryTo([receiver]);
  const by = (user: string | null): Partial<Hit> => ({
    client: {
      ip: '192.0.2.12',
      name: 'vpn-12',
      mac: null,
      group: 'default',
      ...(user === null ? {} : { user }),
    },
  });
  hit(by('anna'));
  await pass(3000);
  t.match(receiver.taken[0]?.text, /^New: vpn-12 \(192\.0\.2\.12, user anna\)/);
  hit(by('bert'));
  await pass(30_000, 1000);
  t.match(
    receiver.taken[1]?.text,
    /^Continues: vpn-12 \(192\.0\.2\.12, users anna and bert\).* users anna and bert\) asked 2 times/,
  );
  hit(by(null));
  await pass(60_000, 1000);
  t.match(receiver.taken[2]?.text, /users anna and bert\) asked 3 times/);
});

t.test('a text that is too long ends with a whole sentence, and what is usual has room', async (t) => {
  const receiver = new ScriptedReceiver();
  const { hit, pass } = deliveryTo([receiver]);
  const outcomes = ['data', 'nodata', 'nxdomain', 'withheld', 'limited', 'truncated', 'failed'] as const;
  const nameOf = (i: number): string => `${i}.${'a-label-of-its-own.'.repeat(7)}example`;
  const ask = (list: string): void => {
    for (const [i, outcome] of outcomes.entries())
      hit({
        ...{ list, outcome, count: 1000 + i, verdict: 'monitor', machine: 'm-1' },
        question: { name: nameOf(i), type: 'A', class: 'IN' },
        matches: [{ list, rule: nameOf(i), indicator: indicatorOf('3CX'), mode: 'expired' }],
      });
  };
  for (const i of [1, 2, 3]) ask(`list-of-a-long-name-that-an-admin-gave-it-${i}`);
  await pass(3000);
  const { text, incident } = receiver.taken[0] ?? {};
  t.match(text, /and for 3 more reasons\.$/);
  t.ok((text?.length ?? 0) > 900, 'as long as that');
  const user = 'u'.repeat(299);
  const client = { ...incident?.client, users: [user, `${user}1`, `${user}2`] };
  const notice = { ...receiver.taken[0], incident: { ...incident, client, users: client.users } } as Notice;
  t.match(textOf(notice), /\. …$/);
});
