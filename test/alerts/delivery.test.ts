// Delivery under receivers that are down, slow, refuse or hang: everything arrives, in order, once a state, counted exactly.

import t from 'tap';
import type { Hit } from '../../src/hits/hit.ts';
import { acknowledged } from '../support/acknowledged.ts';
import { deliveryTo, ScriptedReceiver } from '../support/alerts-delivery.ts';
import { START_MS } from '../support/hits-records.ts';

t.test(
  'a new incident is told after the group wait, with all hits so far, then at growing intervals, then its end',
  async (t) => {
    const receiver = new ScriptedReceiver();
    const { hit, pass } = deliveryTo([receiver]);
    hit();
    hit();
    await pass(500);
    t.equal(receiver.taken.length, 0);
    await pass(1000);
    t.match(receiver.taken, [{ kind: 'opened', hits: [{ count: 2 }], incident: { hits: 2 } }]);
    hit({ count: 5 });
    await pass(4000);
    t.equal(receiver.taken.length, 1);
    await pass(2000);
    t.match(receiver.taken[1], { kind: 'update', hits: [{ count: 5 }], incident: { hits: 7 } });
    await pass(3_700_000, 60_000);
    t.match(receiver.taken[2], { kind: 'closed', hits: [], incident: { hits: 7, state: 'closed' } });
    t.equal(receiver.taken.length, 3);
    t.equal(receiver.hits, 7);
  },
);

t.test(
  'an incident that somebody has seen is not told again until it is over, and then with every hit',
  async (t) => {
    const receiver = new ScriptedReceiver();
    const { hit, pass, registry, incidents } = deliveryTo([receiver]);
    hit();
    await pass(2000);
    hit();
    acknowledged(registry, [...incidents.keys()][0] ?? '', START_MS);
    hit({ count: 5 });
    await pass(3_000_000, 60_000);
    t.equal(receiver.taken.length, 1);
    await pass(1_000_000, 60_000);
    t.match(receiver.taken[1], { kind: 'closed', incident: { hits: 7 } });
    t.equal(receiver.hits, 7);
  },
);

t.test('a flood is few notices with exact counts', async (t) => {
  const receiver = new ScriptedReceiver();
  const { hit, pass } = deliveryTo([receiver]);
  for (let i = 0; i < 1000; i += 1) {
    hit({ count: 100, question: { name: `r${i}.evil.example`, type: 'A', class: 'IN' } });
    await pass(100, 100);
  }
  await pass(8 * 3_600_000, 600_000);
  t.equal(receiver.hits, 100_000);
  t.ok(receiver.taken.length <= 7, `${receiver.taken.length} notices`);
});

t.test(
  'a receiver that is down for an hour gets everything once it is back, in order and once',
  async (t) => {
    const receiver = new ScriptedReceiver();
    const other = new ScriptedReceiver('other');
    receiver.behaviour = 'fail';
    const { hit, pass, delivery, said } = deliveryTo([receiver, other]);
    for (let i = 0; i < 30; i += 1) {
      hit({ client: { ip: `192.0.2.${i}`, name: null, mac: null, group: 'default' } });
      await pass(110_000, 2000);
    }
    t.equal(other.taken.length, 30, 'the other receiver was told at once');
    t.ok(receiver.attempts < 90, `${receiver.attempts} attempts in an hour`);
    receiver.behaviour = 'take';
    await pass(60_000, 1000);
    t.equal(receiver.hits, 30);
    const ids = receiver.taken.map(({ id }) => id);
    t.same(ids, [...ids].sort());
    t.equal(new Set(ids).size, ids.length);
    t.same(said, ['scripted fails', 'scripted works']);
    t.match(delivery.states, [{ waiting: 0, error: null }, { waiting: 0 }]);
  },
);

t.test('a receiver that hangs delays no other and is tried again', async (t) => {
  const hung = new ScriptedReceiver('hung');
  const other = new ScriptedReceiver('other');
  hung.behaviour = 'hang';
  const { hit, pass } = deliveryTo([hung, other]);
  hit();
  await pass(1500);
  t.equal(other.taken.length, 1);
  hung.behaviour = 'take';
  for (let i = 0; i < 100 && hung.taken.length === 0; i += 1) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    await pass(500);
  }
  t.equal(hung.taken.length, 1);
});

t.test('who takes a notice late, while others have it, holds up nothing that follows', async (t) => {
  const receiver = new ScriptedReceiver();
  const { hit, pass, delivery } = deliveryTo([receiver]);
  receiver.behaviour = 'partly';
  hit();
  await pass(2000);
  receiver.behaviour = 'take';
  hit({ client: { ip: '192.0.2.99', name: null, mac: null, group: 'default' } });
  await pass(2000);
  t.same(
    receiver.taken.map(({ incident }) => incident?.client.ip).sort(),
    ['192.0.2.7', '192.0.2.99'],
    'the rest got it when they took it',
  );
  t.match(delivery.states, [{ waiting: 0, delivered: 2, givenUp: 0, error: null }]);
  receiver.behaviour = 'partly';
  receiver.isForEver = true;
  hit({ client: { ip: '192.0.2.98', name: null, mac: null, group: 'default' } });
  await pass(600_000, 1000);
  t.match(delivery.states, [{ waiting: 0, delivered: 2, givenUp: 1, error: 'not all' }]);
});

const from = (ip: string): Partial<Hit> => ({ client: { ip, name: null, mac: null, group: 'default' } });

t.test('a receiver that refuses everything gets everything once it is mended', async (t) => {
  const receiver = new ScriptedReceiver();
  receiver.behaviour = 'refuse';
  const { hit, pass, delivery } = deliveryTo([receiver]);
  for (const ip of ['192.0.2.96', '192.0.2.97', '192.0.2.98']) {
    hit(from(ip));
    await pass(3 * 3_600_000, 1000);
  }
  t.match(delivery.states, [{ waiting: 6, givenUp: 0, error: 'no' }]);
  t.ok(receiver.attempts < 100, `who is refused asks seldom: ${receiver.attempts} times in nine hours`);
  receiver.behaviour = 'take';
  // As `alerts test` does where the sample is accepted.
  delivery.queues[0]?.wake();
  await pass(2000);
  t.same(
    receiver.taken.map(({ time }) => time),
    receiver.taken.map(({ time }) => time).sort(),
    'in order',
  );
  t.match(delivery.states, [{ waiting: 0, delivered: 6, givenUp: 0, error: null, failingForMs: null }]);
});

t.test(
  'a notice that alone is refused lets others go first, and is given up once they are taken',
  async (t) => {
    const receiver = new ScriptedReceiver();
    receiver.refuses = '192.0.2.98';
    const { hit, pass, delivery } = deliveryTo([receiver]);
    hit(from('192.0.2.98'));
    await pass(600_000, 1000);
    t.match(
      delivery.states,
      [{ waiting: 1, givenUp: 0, error: 'no' }],
      'nothing else shows that it is the notice',
    );
    hit(from('192.0.2.99'));
    await pass(700_000, 1000);
    t.match(delivery.states, [{ waiting: 0, delivered: 1, givenUp: 1, error: null, failingForMs: null }]);
    t.match(receiver.taken, [{ incident: { client: { ip: '192.0.2.99' } } }]);
  },
);

t.test(
  'what was not told when the daemon ended is told after the next start, under the same identifiers',
  async (t) => {
    const receiver = new ScriptedReceiver();
    receiver.behaviour = 'fail';
    const first = deliveryTo([receiver], {}, [], false);
    first.hit();
    await first.pass(2000);
    first.hit({ count: 4 });
    const rows = first.delivery.unsaved().filter((row) => row.body !== null);
    const restored = rows.map(({ id, receiver: of, body }) => ({ id, receiver: of, body }));
    const second = deliveryTo([receiver], {}, restored, false);
    for (const [id, incident] of first.incidents) second.incidents.set(id, incident);
    receiver.behaviour = 'take';
    await second.pass(20_000);
    t.match(receiver.taken, [
      { kind: 'opened', hits: [{ count: 1 }] },
      { kind: 'update', hits: [{ count: 4 }] },
    ]);
    t.ok(second.delivery.unsaved().filter(({ body }) => body === null).length >= 2);
  },
);

t.test('a receiver hears only of the lists, groups and severities it asked for', async (t) => {
  const receiver = new ScriptedReceiver();
  const { hit, pass } = deliveryTo([receiver], {
    lists: ['3cx-2023'],
    groups: ['servers'],
    severityMin: 'high',
  });
  const indicator = { campaign: null, source: null, firstPublished: null, confidence: 'high' as const };
  const server = (ip: string) => ({ ip, name: null, mac: null, group: 'servers' });
  hit({ client: server('192.0.2.1'), indicator });
  hit({ client: server('192.0.2.2'), indicator, list: 'ads' });
  hit({ client: server('192.0.2.3'), indicator: null });
  hit({ indicator });
  await pass(3000);
  t.same(
    receiver.taken.map(({ incident }) => incident?.client.ip),
    ['192.0.2.1'],
  );
});

t.test(
  'what a receiver did not take before its quiet hours is told after them, and what went on within them as that',
  async (t) => {
    const receiver = new ScriptedReceiver();
    const start = new Date(START_MS);
    const minute = start.getHours() * 60 + start.getMinutes();
    const hour = (hours: number): number => (minute + hours * 60 + 1440) % 1440;
    // From an hour after the notice of the first.
    const quiet = { days: 127, fromMinute: hour(3), toMinute: hour(9), text: 'q' };
    const { hit, pass, delivery, clock, registry } = deliveryTo([receiver], { quiet });
    const kinds = () => receiver.taken.splice(0).map(({ kind }) => kind);
    const MINUTE = 60_000;
    hit();
    await pass(100 * MINUTE, MINUTE);
    t.same(kinds(), ['opened', 'closed']);
    receiver.behaviour = 'fail';
    hit();
    await pass(85 * MINUTE, MINUTE);
    delivery.announce('trouble', { id: 'store', text: 'it is broken', since: start.toISOString() });
    receiver.behaviour = 'take';
    await pass(20 * MINUTE, MINUTE);
    t.same(kinds(), ['trouble'], 'what is wrong with cenote itself waits for nothing');
    t.ok(clock.now() - START_MS > 180 * MINUTE);
    await pass(360 * MINUTE, MINUTE);
    t.same(kinds(), ['reopened', 'closed']);
    clock.advance(18 * 60 * MINUTE);
    hit();
    registry.rulesChanged(() => ({ reason: 'delisted', concern: null }), clock.now());
    await pass(100 * MINUTE, MINUTE);
    t.same(kinds(), [], 'it went on and ended, all of it within quiet hours');
    await pass(300 * MINUTE, MINUTE);
    t.same(kinds(), ['reopened', 'closed']);
  },
);

t.test('within quiet hours nothing is told; at their end everything is, in one', async (t) => {
  const receiver = new ScriptedReceiver();
  const now = new Date(START_MS);
  const minute = now.getHours() * 60 + now.getMinutes();
  const quiet = {
    days: 127,
    fromMinute: (minute + 1439) % 1440,
    toMinute: (minute + 120) % 1440,
    text: 'test',
  };
  const { hit, pass } = deliveryTo([receiver], { quiet });
  hit();
  await pass(1_800_000, 60_000);
  hit({ count: 9 });
  await pass(3_600_000, 60_000);
  t.equal(receiver.taken.length, 0);
  await pass(3_600_000, 60_000);
  t.match(receiver.taken[0], { kind: 'opened', incident: { hits: 10 } });
  t.equal(receiver.hits, 10);
});

t.test(
  'a notice is not sent before the store has it; a store that takes nothing holds none back',
  async (t) => {
    const receiver = new ScriptedReceiver();
    const { delivery, hit, pass } = deliveryTo([receiver], { groupWaitMs: 0 }, [], false);
    hit();
    await pass(1000);
    t.equal(receiver.attempts, 0);
    delivery.saved();
    await pass(500);
    t.equal(receiver.hits, 1);
    hit({ client: { ip: '192.0.2.99', name: null, mac: null, group: 'default' } });
    await pass(1500);
    t.equal(receiver.hits, 1);
    await pass(2000);
    t.equal(receiver.hits, 2);
  },
);

t.test('trouble is told to every receiver at once', async (t) => {
  const receivers = [new ScriptedReceiver('a'), new ScriptedReceiver('b')];
  const { delivery, pass } = deliveryTo(receivers, { lists: [], severityMin: 'high' });
  const trouble = { id: 'disk', text: 'the disk is full', since: '2026-11-23T09:00:00.000Z' };
  delivery.announce('trouble', trouble);
  await pass(500);
  for (const receiver of receivers)
    t.match(receiver.taken, [{ kind: 'trouble', text: 'the disk is full', incident: null }]);
});
