// Several batches of an output under way at once, as Splunk's acknowledgement wants it, and what waits meanwhile.
import { readdirSync } from 'node:fs';
import t from 'tap';
import { lineOf } from '../../src/out/event.ts';
import { Outlet } from '../../src/out/outlet.ts';
import { ALL_TAKEN, type Outcome, type Receiver, Refusal } from '../../src/out/receiver.ts';
import { hecReceiver } from '../../src/out/receivers/hec.ts';
import { httpReceiver } from '../support/http-receiver.ts';
import { outConfig, queryEvent } from '../support/out-events.ts';

const turn = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve, 1));

interface Underway extends PromiseWithResolvers<Outcome> {
  readonly ids: readonly string[];
}

/** A receiver that answers when the test says so. */
function slowReceiver(atOnce: number): { readonly underway: Underway[]; readonly receiver: Receiver } {
  const underway: Underway[] = [];
  const deliver: Receiver['deliver'] = (lines) => {
    const one = { ids: lines.map(({ event }) => event.id), ...Promise.withResolvers<Outcome>() };
    underway.push(one);
    return one.promise;
  };
  return { underway, receiver: { atOnce, deliver, close: () => undefined } };
}

function outletOf(dir: string, receiver: Receiver, sizeOctets = 1e6, events = 1) {
  const clock = { ms: Date.UTC(2026, 10, 23, 9) };
  const batch = { events, octets: 1e6, waitMs: 1000 };
  const config = outConfig({ url: 'http://127.0.0.1:9', batch, spool: { sizeOctets, ageMs: 60_000 } });
  const outlet = new Outlet({
    config,
    dir,
    receiver,
    now: () => clock.ms,
    steady: () => clock.ms,
    random: () => 0,
  });
  const give = (from: number, to: number): void => {
    for (let i = from; i < to; i += 1) outlet.enqueue(lineOf(JSON.stringify(queryEvent(i))));
  };
  const isWhole = (taken: number): boolean => {
    const { delivered, lost, waiting } = outlet.state;
    return delivered + lost + waiting === taken;
  };
  return { outlet, clock, give, isWhole };
}

t.test('batches are under way at once, each once, and whichever is confirmed first goes', async (t) => {
  const { underway, receiver } = slowReceiver(3);
  const dir = t.testdir();
  const { outlet, give, clock } = outletOf(dir, receiver);
  give(0, 5);
  outlet.tick();
  outlet.tick();
  t.same(
    underway.flatMap(({ ids }) => ids),
    [0, 1, 2].map((i) => queryEvent(i).id),
  );
  underway[1]!.resolve(ALL_TAKEN);
  await turn();
  t.match(outlet.state, { delivered: 1, waiting: 4 });
  t.same(underway[3]!.ids, [queryEvent(3).id], 'the next one follows');
  t.equal(readdirSync(dir).length, 4, 'what was confirmed is off the disk');
  for (const i of [0, 2, 3]) underway[i]!.reject(new Error('gone'));
  await turn();
  t.match(outlet.state, { error: 'gone', waiting: 4 });
  clock.ms += 499;
  outlet.tick();
  t.equal(underway.length, 4, 'three that fail together wait as long as one');
  clock.ms += 1;
  outlet.tick();
  t.equal(underway.length, 5, 'one alone tries whether it is back');
  t.same(underway[4]!.ids, [queryEvent(0).id]);
  underway[4]!.resolve(ALL_TAKEN);
  await turn();
  outlet.tick();
  for (let i = 5; outlet.state.waiting > 0 && i < 20; i += 1) {
    underway[i]!.resolve(ALL_TAKEN);
    await turn();
    outlet.tick();
  }
  t.match(outlet.state, { delivered: 5, lost: 0, error: null });
  t.equal(new Set(underway.flatMap(({ ids }) => ids)).size, 5);
  await outlet.close();
});

t.test('what is under way is not given up for room or age, and no other batch in its place', async (t) => {
  for (const end of ['taken', 'smaller', 'again', 'fails'] as const) {
    const { underway, receiver } = slowReceiver(1);
    const { outlet, give, clock, isWhole } = outletOf(t.testdir({ [end]: {} }), receiver, 700);
    give(0, 1);
    outlet.tick();
    give(1, 40);
    t.ok(outlet.state.lost > 0, 'the spool is full');
    t.ok(isWhole(40), `${end}: while it is under way`);
    clock.ms += 61_000;
    outlet.tick();
    t.match(outlet.state, { waiting: 1, lost: 39 }, 'only what is under way is left');
    give(40, 41);
    if (end === 'taken') underway[0]!.resolve(ALL_TAKEN);
    else if (end === 'smaller') underway[0]!.reject(new Refusal('smaller', 'HTTP 400: no'));
    else if (end === 'fails') underway[0]!.reject(new Error('gone'));
    else {
      const line = lineOf(JSON.stringify(queryEvent(0)));
      underway[0]!.resolve({ again: [line], refused: 0, why: 'busy' });
    }
    await turn();
    t.ok(isWhole(41), `${end}: afterwards`);
    t.equal(outlet.state.waiting, end === 'taken' ? 1 : 2, `${end}: what waits`);
    for (let i = 1; outlet.state.waiting > 0 && i < 10; i += 1) {
      clock.ms += 2000;
      outlet.tick();
      underway.at(-1)!.resolve(ALL_TAKEN);
      await turn();
    }
    t.ok(isWhole(41) && outlet.state.waiting === 0, `${end}: to the end`);
    await outlet.close();
  }
});

t.test('a receiver that takes a part of each batch is not waited for longer each time', async (t) => {
  const { underway, receiver } = slowReceiver(1);
  const { outlet, give, clock, isWhole } = outletOf(t.testdir(), receiver, 1e6, 64);
  give(0, 64);
  for (let left = 64; left > 1; left /= 2) {
    outlet.tick();
    const { ids, resolve } = underway.at(-1)!;
    t.equal(ids.length, left);
    const again = ids.slice(left / 2).map((_, i) => lineOf(JSON.stringify(queryEvent(left / 2 + i))));
    resolve({ again, refused: 0, why: 'item 429' });
    await turn();
    t.match(outlet.state, { waiting: left / 2, error: 'item 429' });
    clock.ms += 500;
  }
  outlet.tick();
  for (let fails = 1; fails < 4; fails += 1) {
    underway.at(-1)!.reject(new Error('gone'));
    await turn();
    clock.ms += 500 * 2 ** fails;
    outlet.tick();
    t.equal(underway.length, 7 + fails, 'of one that takes nothing the wait grows');
  }
  underway.at(-1)!.resolve(ALL_TAKEN);
  await turn();
  t.ok(isWhole(64) && outlet.state.waiting === 0);
  await outlet.close();
});

t.test(
  'Splunk is asked about all batches together, and one that is not confirmed is sent again',
  async (t) => {
    let [given, failures] = [0, 0];
    let isFound = false;
    const asked: number[][] = [];
    const { url } = await httpReceiver(t, ({ path, body }) => {
      if (path.endsWith('/event')) return { body: { code: 0, ackId: given++ } };
      const { acks } = JSON.parse(body) as { acks: number[] };
      asked.push(acks);
      if (failures > 0) {
        failures -= 1;
        return { status: 503 };
      }
      return {
        body: { acks: Object.fromEntries(acks.map((id) => [id, given >= 16 && (id !== 3 || isFound)])) },
      };
    });
    const config = outConfig({ url, token: 'x', ack: true, batch: { events: 1, octets: 1e6, waitMs: 1000 } });
    let nowMs = Date.UTC(2026, 10, 23, 9);
    const receiver = hecReceiver(config, 'resolver.example', 1);
    const outlet = new Outlet({
      config,
      dir: t.testdir(),
      receiver,
      now: () => nowMs,
      steady: () => nowMs,
      random: () => 0,
    });
    t.teardown(() => outlet.close());
    for (let i = 0; i < 20; i += 1) outlet.enqueue(lineOf(JSON.stringify(queryEvent(i))));
    while (outlet.state.delivered < 19) {
      outlet.tick();
      await turn();
    }
    t.ok(
      asked.some((acks) => acks.length > 1),
      'several in one question',
    );
    t.equal(outlet.state.waiting, 1);
    failures = 1;
    isFound = true;
    while (outlet.state.delivered < 20) {
      outlet.tick();
      await turn();
    }
    t.match(outlet.state, { error: null });
    t.equal(given, 20, 'a question that failed once is asked again, and nothing is sent twice');
    isFound = false;
    given = 3;
    outlet.enqueue(lineOf(JSON.stringify(queryEvent(20))));
    nowMs += 1000;
    failures = 6;
    while (outlet.state.error === null) {
      outlet.tick();
      await turn();
    }
    given = 20;
    while (outlet.state.waiting > 0) {
      nowMs += 1000;
      outlet.tick();
      await turn();
    }
    t.match(outlet.state, { delivered: 21, lost: 0 });
    t.equal(given, 21, 'one that could not be asked about was sent again');
  },
);
