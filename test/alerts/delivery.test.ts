// Delivery under receivers that are down, slow, refuse or hang: everything arrives, in order, once a state, counted exactly.
import t from 'tap';
import { Delivery, type Outlet } from '../../src/alerts/delivery.ts';
import { type Notice, type Receiver, ReceiverError } from '../../src/alerts/receiver.ts';
import { RECEIVER_DEFAULTS, type ReceiverSettings } from '../../src/alerts/settings.ts';
import type { Incident } from '../../src/hits/incidents/incident.ts';
import { Registry } from '../../src/hits/incidents/registry.ts';
import type { OutboxRow } from '../../src/hits/store/outbox-table.ts';
import { createUlidMaker } from '../../src/hits/ulid.ts';
import { fakeClock } from '../support/clock.ts';
import { hitOf, START_MS } from '../support/hits-records.ts';

type Behaviour = 'take' | 'fail' | 'refuse' | 'hang';

class ScriptedReceiver implements Receiver {
  readonly name: string;
  readonly taken: Notice[] = [];
  attempts = 0;
  behaviour: Behaviour = 'take';

  constructor(name = 'scripted') {
    this.name = name;
  }

  async deliver(notice: Notice): Promise<void> {
    this.attempts += 1;
    if (this.behaviour === 'fail') throw new ReceiverError('RECEIVER_UNREACHABLE', 'down');
    if (this.behaviour === 'refuse') throw new ReceiverError('RECEIVER_REFUSED', 'no', { permanent: true });
    if (this.behaviour === 'hang') await new Promise(() => {});
    this.taken.push(structuredClone(notice));
  }

  async close(): Promise<void> {}

  get hits(): number {
    return this.taken.reduce(
      (sum, { hits, furtherHits }) => sum + furtherHits + hits.reduce((own, { count }) => own + count, 0),
      0,
    );
  }
}

function setUp(
  receivers: readonly ScriptedReceiver[],
  settings: Partial<ReceiverSettings> = {},
  saved: OutboxRow[] = [],
  /** Whether there is a store that takes what is unsaved. */
  storeTakes = true,
) {
  const clock = fakeClock(START_MS);
  const incidents = new Map<string, Incident>();
  const outlets: Outlet[] = receivers.map((receiver) => ({
    receiver,
    settings: { ...RECEIVER_DEFAULTS, ...settings },
  }));
  const said: string[] = [];
  const delivery = new Delivery({
    outlets,
    now: clock.now,
    monotonic: clock.now,
    random: () => 1,
    id: createUlidMaker(),
    incident: (id) => incidents.get(id) ?? null,
    others: () => [],
    report: (receiver, error) => said.push(`${receiver} ${error === null ? 'works' : 'fails'}`),
    timeoutMs: 50,
  });
  delivery.restore(saved, 'saved');
  const registry = new Registry({
    id: createUlidMaker(),
    quietMs: 3_600_000,
    onChange: (incident, change, hit) => {
      incidents.set(incident.id, incident);
      delivery.take(incident, change, hit);
    },
  });
  const hit = (more: Parameters<typeof hitOf>[0] = {}) =>
    registry.take(hitOf({ time: new Date(clock.now()).toISOString(), ...more }), clock.now());
  const pass = async (ms: number, stepMs = 500) => {
    for (let gone = 0; gone < ms; gone += stepMs) {
      clock.advance(stepMs);
      registry.tick(clock.now());
      delivery.tick();
      if (storeTakes) {
        delivery.saved();
        delivery.tick();
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return { clock, delivery, registry, incidents, hit, pass, said };
}

t.test(
  'a new incident is told after the group wait, with all hits so far, then at growing intervals, then its end',
  async (t) => {
    const receiver = new ScriptedReceiver();
    const { hit, pass } = setUp([receiver]);
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
    const { hit, pass, registry, incidents } = setUp([receiver]);
    hit();
    await pass(2000);
    hit();
    registry.acknowledge([...incidents.keys()][0] ?? '', START_MS);
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
  const { hit, pass } = setUp([receiver]);
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
    const { hit, pass, delivery, said } = setUp([receiver, other]);
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
  const { hit, pass } = setUp([hung, other]);
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

t.test('a notice that is refused for ever is given up in the end, and the next goes through', async (t) => {
  const receiver = new ScriptedReceiver();
  receiver.behaviour = 'refuse';
  const { hit, pass, delivery } = setUp([receiver]);
  hit();
  await pass(600_000, 1000);
  t.match(delivery.states, [{ waiting: 0, givenUp: 1 }]);
  receiver.behaviour = 'take';
  hit({ client: { ip: '192.0.2.99', name: null, mac: null, group: 'default' } });
  await pass(70_000, 1000);
  t.equal(receiver.taken.length, 1);
});

t.test(
  'what was not told when the daemon ended is told after the next start, under the same identifiers',
  async (t) => {
    const receiver = new ScriptedReceiver();
    receiver.behaviour = 'fail';
    const first = setUp([receiver], {}, [], false);
    first.hit();
    await first.pass(2000);
    first.hit({ count: 4 });
    const rows = first.delivery.unsaved().filter((row) => row.body !== null);
    const restored = rows.map(({ id, receiver: of, body }) => ({ id, receiver: of, body }));
    const second = setUp([receiver], {}, restored, false);
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
  const { hit, pass } = setUp([receiver], { lists: ['3cx-2023'], groups: ['servers'], severityMin: 'high' });
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
  const { hit, pass } = setUp([receiver], { quiet });
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
    const { delivery, hit, pass } = setUp([receiver], { groupWaitMs: 0 }, [], false);
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
  const { delivery, pass } = setUp(receivers, { lists: [], severityMin: 'high' });
  delivery.announce('trouble', 'the disk is full');
  await pass(500);
  for (const receiver of receivers)
    t.match(receiver.taken, [{ kind: 'trouble', text: 'the disk is full', incident: null }]);
});
