// More machines at once than can be followed, as where source addresses are forged: what receivers are told then, and what it costs.
import t from 'tap';
import { Crowd, Troubles } from '../../src/alerts/troubles.ts';
import type { HitClient } from '../../src/hits/hit.ts';
import { deliveryTo, ScriptedReceiver } from '../support/alerts-delivery.ts';
import { fakeClock } from '../support/clock.ts';

const from = (number: number): { readonly client: HitClient } => {
  const ip = `10.0.${number >> 8}.${number & 255}`;
  return { client: { ip, name: null, mac: null, group: 'default', machine: ip } };
};

t.test(
  'an incident that ended for want of room before receivers were told of it reaches none, and counts once',
  async (t) => {
    const receivers = [new ScriptedReceiver('one'), new ScriptedReceiver('other')];
    const { hit, pass, untold } = deliveryTo(receivers, { groupWaitMs: 10_000 }, [], true, 3);
    for (let number = 0; number < 5; number += 1) hit(from(number));
    t.equal(untold.length, 2, 'the two that were open longest');
    await pass(20_000);
    for (const { taken } of receivers) {
      const told = taken.map(({ incident }) => incident?.client.ip);
      t.strictSame(told, ['10.0.0.2', '10.0.0.3', '10.0.0.4']);
    }
  },
);

t.test('receivers that were told of an incident are told of its end', async (t) => {
  const receiver = new ScriptedReceiver();
  const { hit, pass, untold } = deliveryTo([receiver], { groupWaitMs: 1000 }, [], true, 1);
  hit(from(0));
  await pass(3000);
  hit(from(1));
  await pass(3000);
  t.strictSame(untold, []);
  t.strictSame(
    receiver.taken.map(({ kind, incident }) => `${kind} ${incident?.client.ip}`),
    ['opened 10.0.0.0', 'closed 10.0.0.0', 'opened 10.0.0.1'],
  );
});

t.test(
  'a receiver that takes nothing has a thousand notices waiting, and gets the rest as one once it does',
  async (t) => {
    const receiver = new ScriptedReceiver();
    receiver.behaviour = 'hang';
    const { hit, pass, waiting } = deliveryTo([receiver], { groupWaitMs: 1000 });
    for (let number = 0; number < 1200; number += 1) hit(from(number));
    await pass(40_000);
    t.equal(waiting(), 1000);
    for (let number = 0; number < 1200; number += 1) hit(from(number));
    receiver.behaviour = 'take';
    await pass(600_000);
    t.equal(receiver.hits, 2400, 'each hit is in one notice');
  },
);

t.test(
  'while the store takes nothing, what was told and is over leaves nothing that waits for it',
  async (t) => {
    const receivers = [new ScriptedReceiver('one'), new ScriptedReceiver('other')];
    const { hit, pass, delivery } = deliveryTo(receivers, { groupWaitMs: 1000 }, [], false, 10);
    const own = delivery.waiting.rows;
    for (let number = 0; number < 500; number += 1) {
      hit(from(number));
      if (number % 10 === 9) await pass(4000);
    }
    await pass(3 * 3_600_000, 60_000);
    for (const { taken } of receivers) t.ok(taken.length >= 500, `${taken.length} notices`);
    t.equal(delivery.waiting.rows, own);
  },
);

t.test('since when something is wrong moves with a clock that is set', (t) => {
  const [steady, clock] = [fakeClock(0), fakeClock(1000)];
  const told: string[] = [];
  const delivery = {
    announce: (kind: string, { since }: { readonly since: string }) => void told.push(`${kind} ${since}`),
    repeatMs: 60_000,
  };
  const clocks = { now: clock.now, steady: steady.now, monotonic: steady.now };
  const troubles = new Troubles({ ...clocks, delivery: () => delivery });
  troubles.begin('store', 'it takes nothing');
  troubles.saved();
  // A box without a battery hears what time it is, a minute later.
  const set = Date.parse('2026-12-01T05:00:00Z');
  clock.advance(set - clock.now());
  steady.advance(60_000);
  troubles.tick();
  t.same(told, ['trouble 1970-01-01T00:00:01.000Z', 'trouble 2026-12-01T04:59:00.000Z']);
  t.match(
    troubles.changed(),
    [{ trouble: { since: '2026-12-01T04:59:00.000Z', state: 'begun' } }],
    'and is kept so',
  );
  const next = new Troubles({ ...clocks, delivery: () => delivery });
  next.restore(troubles.unsaved());
  next.begin('store', 'it takes nothing');
  next.end('store', 'it is written again');
  t.equal(told.at(-1), 'recovered 2026-12-01T04:59:00.000Z');
  t.end();
});

t.test('a crowd is reported once, and how many incidents nobody was told of when it is over', (t) => {
  const clock = fakeClock(0);
  const told: string[] = [];
  const delivery = {
    announce: (kind: string, { text }: { readonly text: string }) => void told.push(`${kind}: ${text}`),
    repeatMs: null,
  };
  const troubles = new Troubles({
    now: clock.now,
    steady: clock.now,
    monotonic: clock.now,
    delivery: () => delivery,
  });
  const crowd = new Crowd({ monotonic: clock.now, troubles });
  for (let incidents = 0; incidents < 3; incidents += 1) crowd.note('untold');
  crowd.tick();
  t.equal(told.length, 1);
  t.match(told[0], /^trouble: more machines ask for listed names than can be followed at once/);
  clock.advance(10 * 60_000);
  crowd.tick();
  t.equal(told[1], 'recovered: machines are followed again; receivers were told nothing of 3 incidents');
  crowd.note('untold');
  t.equal(told.length, 3, 'it began anew');
  crowd.note('unopened', 4);
  crowd.note('unopened');
  clock.advance(10 * 60_000);
  crowd.tick();
  t.match(told[3], /^trouble: more incidents wait for the store .* machines .* get no incident/);
  t.same(told.slice(4), [
    'recovered: machines are followed again; receivers were told nothing of 1 incident',
    'recovered: incidents are opened again; 5 hits opened none, and are in the hit log',
  ]);
  t.end();
});

t.test(
  'of what was told nothing is kept for each receiver: the incident says how often it was',
  async (t) => {
    const receivers = [new ScriptedReceiver('one'), new ScriptedReceiver('other')];
    const site = deliveryTo(receivers, { groupWaitMs: 1000 });
    for (let number = 0; number < 20; number += 1) site.hit(from(number));
    const gatherings = () => site.delivery.rows().filter(({ id }) => id.startsWith('g ')).length;
    t.equal(gatherings(), 40);
    await site.pass(3000);
    t.equal(gatherings(), 0);
    site.replace(receivers);
    await site.pass(2 * 3_600_000, 60_000);
    for (const { taken } of receivers)
      t.strictSame(
        taken.map(({ kind }) => kind),
        [...Array<string>(20).fill('opened'), ...Array<string>(20).fill('closed')],
      );
  },
);
