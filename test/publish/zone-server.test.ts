// What a zone's server says to those who ask, tells those who take it, and counts of both.
import { createSocket, type RemoteInfo } from 'node:dgram';
import { once } from 'node:events';
import t, { type Test } from 'tap';
import type { ServedZoneConfig } from '../../src/config/meant/serve.ts';
import { buildContent } from '../../src/publish/build.ts';
import { Selected } from '../../src/publish/selected.ts';
import { ZoneKeeper } from '../../src/publish/zone-keeper.ts';
import { type ZoneAnswer, ZoneServer } from '../../src/publish/zone-server.ts';
import { textToAddress } from '../../src/wire/names/address.ts';
import { concat, query, recordOctets } from '../support/message.ts';
import { readMessage } from '../support/read-message.ts';
import { ruleSetOf, wire } from '../support/rule-set.ts';
import { until } from '../support/tool.ts';

const ZONE = 'block.rpz.test';
const FRIEND = textToAddress('192.0.2.53')!;
const STRANGER = textToAddress('198.51.100.1')!;
const { signal } = new AbortController();

const configOf = (said: Partial<ServedZoneConfig> = {}): ServedZoneConfig => {
  const name = said.name ?? ZONE;
  const allow = [{ bytes: FRIEND, bits: 128 }] as unknown as ServedZoneConfig['allow'];
  const usual = { lists: ['bad'], allow, tsig: null, notify: [], ttlSeconds: 60 } as const;
  return { ...usual, name, apex: wire(name), ...said } as ServedZoneConfig;
};

/** A server whose clock is turned by hand, and what it said. */
function open(t: Test) {
  const clock = { ms: 1_800_000_000_000 };
  const told: string[] = [];
  const counts = { changes: 0 };
  let id = 0;
  const server = new ZoneServer({
    now: () => clock.ms,
    random16: () => {
      id += 1;
      return id;
    },
    log: (level, message) => void told.push(`${level} ${message}`),
    changed: () => {
      counts.changes += 1;
    },
  });
  t.teardown(() => server.close());
  const keep = (config: ServedZoneConfig) => ZoneKeeper.open(t.testdir(), config, () => clock.ms);
  const publish = async (keeper: ZoneKeeper, names: readonly string[]): Promise<boolean> => {
    const ruleSet = ruleSetOf([{ name: 'bad' }], [{ list: 'bad', names, rule: { scope: 'exact' } }]);
    const chosen = new Selected(ruleSet, ['bad'], clock.ms);
    return keeper.update(await buildContent(chosen, { apexOctets: keeper.config.apex.length, signal }));
  };
  return { server, clock, told, counts, keep, publish };
}

const said = (answer: ZoneAnswer | null) =>
  answer?.kind === 'message' ? readMessage(answer.message) : (answer?.kind ?? null);

function ixfrFrom(serial: number): Uint8Array {
  const message = query(ZONE, 'IXFR');
  message[9] = 1;
  return concat(message, recordOctets(`${ZONE}. 0 SOA . . ${serial} 0 0 0 0`));
}

/** One that takes NOTIFY on a port of its own, and answers as it is said. */
async function secondary(t: Test) {
  const socket = createSocket('udp4');
  const heard: { message: Buffer; from: RemoteInfo }[] = [];
  socket.on('message', (message, from) => void heard.push({ message, from }));
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  t.teardown(() => socket.close());
  const answer = (rcode: number): void => {
    const last = heard.at(-1);
    if (last === undefined) throw new Error('nothing was heard');
    const reply = Buffer.from(last.message);
    reply[2] = reply[2]! | 0x80;
    reply[3] = rcode;
    socket.send(reply, last.from.port, last.from.address);
  };
  return { target: { host: '127.0.0.1', port: socket.address().port }, heard, answer };
}

t.test('each question has the answer that its transport and the zone allow', async (t) => {
  const { server, keep, publish } = open(t);
  const keeper = await keep(configOf());
  t.equal(server.keeperOf(keeper.config), null);
  server.use([keeper]);
  t.equal(server.keeperOf(keeper.config), keeper);
  t.match(said(server.answer(query(ZONE, 'SOA'), FRIEND, true)), { rcode: 2, answer: [] }, 'not built yet');
  await publish(keeper, ['evil.example']);
  t.match(said(server.answer(query(ZONE, 'SOA'), FRIEND, true)), { rcode: 0, answer: [{ type: 'SOA' }] });
  const edns = said(server.answer(query(ZONE, 'SOA', { edns: {} }), FRIEND, true));
  t.match(edns, { edns: { version: 0 }, answer: [{ type: 'SOA' }] });
  t.match(said(server.answer(ixfrFrom(1), FRIEND, true)), { rcode: 0, answer: [{ type: 'SOA' }] }, 'by UDP');
  t.match(said(server.answer(query(ZONE, 'AXFR'), FRIEND, true)), { rcode: 5 }, 'AXFR has no UDP');
  t.equal(said(server.answer(query(ZONE, 'AXFR'), FRIEND, false)), 'transfer');
  t.equal(said(server.answer(ixfrFrom(1), FRIEND, false)), 'transfer');
  t.match(said(server.answer(query('other.test', 'SOA'), FRIEND, true)), { rcode: 5 }, 'no zone of ours');
  t.match(
    said(server.answer(query(ZONE, 'A'), FRIEND, true)),
    { rcode: 5 },
    'it is served for transfer only',
  );
  t.match(said(server.answer(query(ZONE, 'IXFR'), FRIEND, false)), { rcode: 1 }, 'without a serial');
  const answer = query(ZONE, 'SOA');
  answer[2] = answer[2]! | 0x80;
  t.equal(server.answer(answer, FRIEND, true), null, 'an answer is owed nothing');
});

t.test('whoever may not have a zone is counted each time and told of once a minute', async (t) => {
  const { server, clock, told, keep, publish } = open(t);
  const keeper = await keep(configOf());
  server.use([keeper]);
  await publish(keeper, ['evil.example']);
  for (let i = 0; i < 3; i += 1)
    t.match(said(server.answer(query(ZONE, 'AXFR'), STRANGER, false)), { rcode: 5 });
  clock.ms += 60_000;
  server.answer(query(ZONE, 'SOA'), STRANGER, true);
  t.equal(server.states()[0]?.transfers.refused, 4);
  t.same(told, [
    'warn zone block.rpz.test: 198.51.100.1 is refused: this address may not have this zone',
    'warn zone block.rpz.test: 198.51.100.1 is refused: this address may not have this zone',
  ]);
  t.same(server.states()[0]?.secondaries, [], 'and is none of those that take it');
});

t.test(
  'what came of transfers is counted by their kind, and told but for those with nothing in them',
  async (t) => {
    const { server, clock, told, keep, publish } = open(t);
    const keeper = await keep(configOf());
    server.use([keeper]);
    await publish(keeper, ['evil.example']);
    const first = keeper.zone!.serial;
    await publish(keeper, ['evil.example', 'other.example']);
    const second = keeper.zone!.serial;
    const transfer = (message: Uint8Array, isWhole: boolean): void => {
      const answer = server.answer(message, FRIEND, false);
      if (answer?.kind !== 'transfer') throw new Error('no transfer');
      const octets = [...answer.messages].reduce((sum, { length }) => sum + length, 0);
      t.ok(octets > 0);
      t.match(readMessage(answer.busy), { rcode: 2 });
      answer.ended(isWhole, 100, 12.3);
    };
    transfer(query(ZONE, 'AXFR'), true);
    transfer(ixfrFrom(first), true);
    transfer(ixfrFrom(second), true);
    transfer(query(ZONE, 'AXFR'), false);
    const [state] = server.states();
    t.match(state, {
      ...{ name: ZONE, serial: second, names: 2, deltas: 1, changedMs: clock.ms, error: null },
      transfers: { whole: 1, incremental: 1, broken: 1, refused: 0, octets: 400 },
      secondaries: [{ address: '192.0.2.53', serial: second, isBehind: false }],
    });
    t.same(told, [
      `info zone block.rpz.test: AXFR of serial ${second} to 192.0.2.53 is done (100 octets, 12 ms)`,
      `info zone block.rpz.test: IXFR of serial ${second} to 192.0.2.53 is done (100 octets, 12 ms)`,
      `warn zone block.rpz.test: AXFR of serial ${second} to 192.0.2.53 broke off (100 octets, 12 ms)`,
    ]);
  },
);

t.test('secondaries are told of each revision, and what they answer is known', async (t) => {
  const { server, told, counts, keep, publish } = open(t);
  const [good, bad] = [await secondary(t), await secondary(t)];
  const keeper = await keep(configOf({ notify: [good.target, bad.target] as never }));
  server.use([keeper]);
  server.tell(keeper.config, true);
  t.same([good.heard.length, told], [0, []], 'of a zone that is not built nobody is told');
  await publish(keeper, ['evil.example']);
  server.tell(keeper.config, true);
  t.match(told, [/^info zone block\.rpz\.test: serial \d+, 1 name$/]);
  await until('NOTIFY', () => good.heard.length > 0 && bad.heard.length > 0);
  const states = () => server.states()[0]?.secondaries.map(({ notify }) => notify);
  t.same(states(), ['waiting', 'waiting']);
  const before = counts.changes;
  good.answer(0);
  bad.answer(5);
  await until('answers', () => states()?.join() === 'acknowledged,refused');
  t.ok(counts.changes > before, 'whoever shows it is told');
  server.tell(keeper.config, false);
  t.same(states(), ['acknowledged', 'refused'], 'the same revision is not told twice');

  server.use([keeper]);
  t.same(states(), ['acknowledged', 'refused'], 'a reload that changes neither keeps what is known of them');
  keeper.config = configOf({ notify: [good.target] as never });
  server.use([keeper]);
  t.same(states(), ['none']);
  const heard = good.heard.length;
  server.tell(keeper.config, false);
  await until('NOTIFY', () => good.heard.length > heard);
  server.use([]);
  t.same(server.states(), []);
  t.equal(server.keeperOf(keeper.config), null);
  server.tell(keeper.config, true);
  t.match(said(server.answer(query(ZONE, 'SOA'), FRIEND, true)), { rcode: 5 }, 'served no more');
});
