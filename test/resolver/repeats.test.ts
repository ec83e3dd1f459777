// A question that comes again is answered, told and counted as if it were the first. The twin is the walk itself: it is asked
// the same with octets behind the message, which mean nothing and make it too long to be remembered.
import fc from 'fast-check';
import t from 'tap';
import type { GroupConfig } from '../../src/config/config.ts';
import { parseLocalRecord } from '../../src/config/values/local-record.ts';
import { LocalNames } from '../../src/resolver/local/local-names.ts';
import { FAILURE } from '../../src/upstream/exchange.ts';
import { TRANSPORT } from '../../src/wire/message/query.ts';
import { groupOf } from '../support/group.ts';
import type { ListWords, RuleWords } from '../support/rule-set.ts';
import { a, type Bench, cname, rcode, walkBench } from '../support/walk-bench.ts';
import { type MessageParts, wireOpt, wireOption } from '../support/wire-message.ts';

const TAIL = new Array<number>(200).fill(0);
const LISTS: ListWords[] = [
  { name: 'bad', alert: true },
  { name: 'trial', mode: 'monitor' },
  { name: 'ours', action: 'allow' },
  { name: 'tcp', action: 'zone' },
];
const NAMES = ['evil.test', 'a.evil.test', 'fine.evil.test', 'trial.test', 'www.test', 'alias.test', 'inside.test', 'nas.home.arpa', 'x.onion', 'files.home.arpa']; // biome-ignore format: one pool
const words = (blocked: readonly string[]): RuleWords[] => [
  { list: 'bad', names: blocked },
  { list: 'trial', names: ['trial.test'] },
  { list: 'ours', names: ['fine.evil.test'] },
];
const record = (text: string) => {
  const parsed = parseLocalRecord(text);
  if (!parsed.ok) throw new Error(parsed.wrong);
  return parsed.value;
};
/** Clients up to .9 are in a group with all lists, the others in one that only watches. */
const GROUPS: GroupConfig[] = [
  groupOf({ name: 'all', lists: ['bad', 'trial', 'ours'] }),
  groupOf({
    name: 'few',
    lists: ['trial'],
    clients: [{ kind: 'prefix', bytes: Uint8Array.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 192, 0, 2, 16]), bits: 124, text: '' }],
  }),
]; // biome-ignore format: an address

const START = {
  lists: LISTS,
  words: words(['evil.test']),
  groups: GROUPS,
  local: {
    records: ['nas.home.arpa 120 A 192.0.2.5', 'files.home.arpa CNAME nas.home.arpa'].map(record),
    hosts: null,
    specialNames: true,
    canaries: true,
  },
};

const OPTS = [
  [],
  [wireOpt()],
  [wireOpt([], { dnssecOk: true, size: 4096 })],
  [wireOpt([], { size: 512 })],
  [wireOpt(wireOption(10, [1, 2, 3, 4, 5, 6, 7, 8]))],
  [wireOpt(wireOption(8, [0, 1, 24, 0, 192, 0, 2]))],
];
const question = fc.record({
  name: fc.constantFrom(...NAMES, 'WWW.test', 'EviL.test'),
  type: fc.constantFrom(1, 28, 16, 65, 255),
  flags: fc.constantFrom(0x0100, 0x0100, 0x0110, 0x0120, 0),
  additional: fc.constantFrom(...OPTS),
});
const step = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant('ask' as const),
      which: fc.nat(7),
      id: fc.nat(0xffff),
      from: fc.constantFrom(7, 7, 8, 17),
      transport: fc.constantFrom(TRANSPORT.udp, TRANSPORT.udp, TRANSPORT.tcp),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('respond' as const),
      ttl: fc.constantFrom(0, 2, 20, 300),
      to: fc.constantFrom('itself', 'evil.test', 'inside'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('fail' as const) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(10, 900, 1500, 9000, 30_000) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('pause' as const), paused: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('reload' as const), blocked: fc.constantFrom(['evil.test'], ['www.test'], ['evil.test', 'www.test']) }),
  },
); // biome-ignore format: one line a step

type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

function play(bench: Bench, one: Step, questions: readonly MessageParts[], tail: readonly number[]): unknown {
  const waiting = bench.asked.at(-1);
  switch (one.kind) {
    case 'ask': {
      const parts = questions[one.which % questions.length]!;
      const { outcome, reply } = bench.ask({ ...parts, id: one.id, tail }, one.from, one.transport);
      return [outcome, [...reply]];
    }
    case 'respond': {
      if (waiting === undefined) return null;
      const name = nameIn(waiting.message);
      const answers =
        one.to === 'itself'
          ? [a(name, one.ttl)]
          : one.to === 'inside'
            ? [{ ...a(name, one.ttl), rdata: [10, 0, 0, 1] }]
            : [cname(name, one.to), a(one.to, one.ttl)];
      bench.respond({ name, type: typeIn(waiting.message), answers });
      return null;
    }
    case 'fail':
      if (waiting !== undefined) bench.fail(FAILURE.timeout);
      return null;
    case 'wait':
      bench.advance(one.ms);
      return null;
    case 'pause':
      bench.walk.ruling.policy.setMinute(0, [one.paused, false]);
      return null;
    case 'reload':
      bench.use({ words: words(one.blocked) });
      return null;
  }
}

function nameIn(message: Uint8Array): string {
  const labels: string[] = [];
  for (let at = 12; message[at] !== 0; at += message[at]! + 1)
    labels.push(Buffer.from(message.subarray(at + 1, at + 1 + message[at]!)).toString('latin1'));
  return labels.join('.');
}

const typeIn = (message: Uint8Array): number => {
  let at = 12;
  while (message[at] !== 0) at += message[at]! + 1;
  return (message[at + 1]! << 8) | message[at + 2]!;
};

t.test(
  'whatever happens, an answer is that of a walk which remembers nothing, and so is what is told',
  async (t) => {
    let again = 0;
    const property = (perSecond: number) =>
    fc.property(
      fc.array(question, { minLength: 1, maxLength: 6 }),
      fc.array(step, { minLength: 30, maxLength: 200, size: 'max' }),
      (questions, steps) => {
        const bench = walkBench({ ...START, perSecond });
        const twin = walkBench({ ...START, perSecond });
        for (const one of steps) {
          const [mine, theirs] = [play(bench, one, questions, []), play(twin, one, questions, TAIL)];
          if (JSON.stringify(mine) !== JSON.stringify(theirs)) return false;
          if (bench.asked.length !== twin.asked.length) return false;
        }
        again += bench.again();
        if (twin.again() !== 0) return false;
        return JSON.stringify([bench.told, bench.sent.map((sent) => [...sent])]) === JSON.stringify([twin.told, twin.sent.map((sent) => [...sent])]);
      },
    ); // biome-ignore format: one line a comparison
    fc.assert(property(0), { numRuns: 40 });
    fc.assert(property(2), { numRuns: 15 });
    t.ok(again > 100, `${again} questions came again`);
  },
);

t.test(
  'a name that was listed a moment ago is blocked on its next query, however often it was answered',
  async (t) => {
    const bench = walkBench(START);
    bench.ask({ name: 'www.test' });
    bench.respond({ name: 'www.test', answers: [a('www.test')] });
    for (let i = 0; i < 5; i += 1) t.equal(bench.ask({ name: 'www.test' }).reply.at(-1), 1);
    t.ok(bench.again() > 0, 'from memory');
    bench.use({ words: words(['www.test']) });

    t.same([...bench.ask({ name: 'www.test' }).reply.slice(-4)], [0, 0, 0, 0]);
  },
);

t.test('records of the configuration that change alone are heard of', async (t) => {
  const bench = walkBench(START);
  const ask = () => bench.ask({ name: 'nas.home.arpa' }).reply.at(-1);
  for (let i = 0; i < 3; i += 1) t.equal(ask(), 5);
  const local = new LocalNames({
    local: { ...START.local, records: [record('nas.home.arpa A 192.0.2.9')] },
    hosts: [],
    routes: [],
    upstreamKnowsPrivate: false,
  });
  bench.walk.apply({ ...bench.walk.ruling, local });

  t.equal(ask(), 9);
});

t.test('a repeated question costs its client the same budget, and beyond it is turned away', async (t) => {
  const bench = walkBench({ ...START, perSecond: 1 });
  const ask = () => bench.ask({ name: 'evil.test' });

  t.equal(rcode(ask().reply), 0);
  ask();
  t.equal(ask().reply.length === 0 || (ask().reply[2]! & 2) !== 0, true, 'silence or TC');
  t.equal(bench.hits.length, 2);
});

t.test('in a pause, what a kept answer leads to is reported for everybody who asks again', (t) => {
  const bench = walkBench(START);
  bench.walk.ruling.policy.setMinute(0, [true, false]);
  bench.ask({ name: 'alias.test' });
  bench.respond({ name: 'alias.test', answers: [cname('alias.test', 'evil.test'), a('evil.test')] });
  for (const client of [7, 8, 7, 9, 9, 8]) bench.ask({ name: 'alias.test' }, client);
  const ways = new Set(bench.told.map(({ way }) => way));
  t.same([bench.told.length, ways.size], [7, 1]);
  t.ok([...ways].every((octets) => octets > 0));
  t.end();
});
