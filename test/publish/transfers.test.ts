// Who is given a zone and who is told what instead, how many at once, and what a transfer holds while the zone changes.
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import t, { type Test } from 'tap';
import type { ServedZoneConfig } from '../../src/config/meant/serve.ts';
import { buildContent } from '../../src/publish/build.ts';
import { Connections, LIMITS } from '../../src/publish/connections.ts';
import { Selected } from '../../src/publish/selected.ts';
import { ZoneKeeper } from '../../src/publish/zone-keeper.ts';
import { type ZoneAnswer, ZoneServer } from '../../src/publish/zone-server.ts';
import { textToAddress } from '../../src/wire/names/address.ts';
import { TsigSession } from '../../src/zone/tsig.ts';
import { concat, query, recordOctets } from '../support/message.ts';
import { type ReadRecord, readMessage } from '../support/read-message.ts';
import { ruleSetOf, wire } from '../support/rule-set.ts';

const ZONE = 'block.rpz.test';
const CLIENT = textToAddress('192.0.2.53')!;
const NOW = 1_800_000_000;
const KEY = {
  name: 'transfer.key',
  algorithm: 'hmac-sha256',
  secret: Buffer.from('a secret of thirty-two octets, ok').toString('base64'),
} as const;

interface Served {
  readonly server: ZoneServer;
  /** What the zone blocks from here on. */
  readonly publish: (names: readonly string[]) => Promise<number>;
}

async function serve(t: Test, said: Partial<ServedZoneConfig> = {}): Promise<Served> {
  const config = {
    name: ZONE,
    apex: wire(ZONE),
    lists: ['bad'],
    allow: [],
    tsig: KEY,
    notify: [],
    ttlSeconds: 60,
    ...said,
  };
  const keeper = await ZoneKeeper.open(t.testdir(), config, () => NOW * 1000);
  const server = new ZoneServer({
    now: () => NOW * 1000,
    random16: () => 1,
    log: () => undefined,
    changed: () => undefined,
  });
  server.use([keeper]);
  t.teardown(() => server.close());
  const { signal } = new AbortController();
  return {
    server,
    publish: async (names) => {
      const ruleSet = ruleSetOf([{ name: 'bad' }], [{ list: 'bad', names, rule: { scope: 'exact' } }]);
      const chosen = new Selected(ruleSet, ['bad'], NOW * 1000);
      await keeper.update(await buildContent(chosen, { apexOctets: config.apex.length, signal }));
      return keeper.zone!.serial;
    },
  };
}

function ixfrFrom(serial: number): Uint8Array {
  const message = query(ZONE, 'IXFR');
  message[9] = 1;
  return concat(message, recordOctets(`${ZONE}. 0 SOA . . ${serial} 0 0 0 0`));
}

const signedBy = (key: typeof KEY | { name: string; algorithm: string; secret: string }, seconds = NOW) => {
  const session = new TsigSession(key, () => seconds);
  return { session, message: session.sign(query(ZONE, 'AXFR')) };
};

/** Of the TSIG record at a message's end: length of its signature, error, other data in hex. */
function tsigOf(message: Uint8Array): string {
  const octets = Buffer.from(message);
  // The record is the last one: algorithm, time (6), fudge (2), length of the signature (2), it, ID (2), error (2), length (2), other.
  const algorithm = octets.lastIndexOf(Buffer.from('\u000bhmac-sha', 'latin1'));
  if (algorithm < 0) return 'unsigned';
  let at = algorithm;
  while (octets[at] !== 0) at += octets[at]! + 1;
  const size = octets.readUInt16BE(at + 9);
  const error = octets.readUInt16BE(at + 11 + size + 2);
  const other = octets.subarray(at + 11 + size + 6);
  return `${size} octets, error ${error}${other.length === 0 ? '' : `, ${other.readUIntBE(0, 6)}`}`;
}

t.test('a wrong key, signature or clock is told which it is, as RFC 8945 §5.2 has it', async (t) => {
  const { server, publish } = await serve(t);
  await publish(['evil.example']);
  const said = (message: Uint8Array): string => {
    const answer = server.answer(message, CLIENT, false);
    if (answer?.kind === 'transfer') return 'the zone';
    if (answer === null) return 'nothing';
    return `rcode ${readMessage(answer.message)!.rcode}, ${tsigOf(answer.message)}`;
  };
  const flipped = signedBy(KEY).message;
  // Error, other length and ID follow the signature.
  flipped[flipped.length - 7]! ^= 1;
  const cut = (octets: number): Uint8Array => {
    const { message } = signedBy(KEY);
    const end = message.length - 6;
    const whole = concat(message.subarray(0, end - octets), message.subarray(end));
    const size = end - 32 - 2;
    whole[size + 1] = 32 - octets;
    const rdlength = size - 8 - 'hmac-sha256'.length - 2 - 2;
    whole[rdlength + 1]! -= octets;
    return whole;
  };
  t.same(
    {
      right: said(signedBy(KEY).message),
      unsigned: said(query(ZONE, 'AXFR')),
      'another secret': said(signedBy({ ...KEY, secret: 'c2VjcmV0' }).message),
      'a flipped bit': said(flipped),
      'another name': said(signedBy({ ...KEY, name: 'other.key' }).message),
      'another algorithm': said(signedBy({ ...KEY, algorithm: 'hmac-sha512' }).message),
      'five minutes behind': said(signedBy(KEY, NOW - 300).message),
      'more than that': said(signedBy(KEY, NOW - 301).message),
      ahead: said(signedBy(KEY, NOW + 301).message),
      'cut to half': said(cut(16)),
      'cut further': said(cut(17)),
    },
    {
      right: 'the zone',
      unsigned: 'rcode 5, unsigned',
      'another secret': 'rcode 9, 0 octets, error 16',
      'a flipped bit': 'rcode 9, 0 octets, error 16',
      'another name': 'rcode 9, 0 octets, error 17',
      'another algorithm': 'rcode 9, 0 octets, error 17',
      'five minutes behind': 'the zone',
      'more than that': `rcode 9, 32 octets, error 18, ${NOW}`,
      ahead: `rcode 9, 32 octets, error 18, ${NOW}`,
      'cut to half': 'rcode 9, 0 octets, error 22',
      'cut further': 'rcode 1, unsigned',
    },
  );
  const { session, message } = signedBy(KEY, NOW - 301);
  const answer = server.answer(message, CLIENT, false);
  t.throws(() => session.verify((answer as { message: Uint8Array }).message), /BADTIME: the clocks differ/);
});

t.test('each message of a signed transfer is signed, and none of them can be left out', async (t) => {
  const { server, publish } = await serve(t);
  await publish(Array.from({ length: 3000 }, (_, i) => `n${i}.example`));
  const { session, message } = signedBy(KEY);
  const messages = [...messagesOf(server.answer(message, CLIENT, false))];
  t.ok(messages.length > 2);
  for (const one of messages) session.verify(one);
  session.finish();
  const other = signedBy(KEY);
  const again = [...messagesOf(server.answer(other.message, CLIENT, false))];
  other.session.verify(again[0]!);
  t.throws(() => other.session.verify(again[2]!), /the signature is wrong/);
});

function* messagesOf(answer: ZoneAnswer | null): Generator<Uint8Array, void> {
  if (answer?.kind === 'transfer') yield* answer.messages;
}

const recordsIn = (message: Uint8Array): readonly ReadRecord[] => readMessage(message)!.answer;
const serialsIn = (records: readonly ReadRecord[]): number[] =>
  records
    .filter(({ type }) => type === 'SOA')
    .map(({ data }) => Buffer.from(data, 'hex').readUInt32BE(data.length / 2 - 20));
const namesIn = (records: readonly ReadRecord[]): string[] =>
  records.filter(({ type }) => type === 'CNAME').map(({ name }) => name.replace(`.${ZONE}`, ''));

t.test('a transfer is of the revision it began with, whatever comes in its midst', async (t) => {
  const { server, publish } = await serve(t, { tsig: null, allow: [{ bytes: CLIENT, bits: 128, text: '' }] });
  const before = Array.from({ length: 3000 }, (_, i) => `old${i}.example`);
  const first = await publish(before.slice(0, 2000));
  const second = await publish(before);
  const whole = messagesOf(server.answer(query(ZONE, 'AXFR'), CLIENT, false));
  const changes = messagesOf(server.answer(ixfrFrom(first), CLIENT, false));
  const taken = {
    whole: [...recordsIn(whole.next().value!)],
    changes: [...recordsIn(changes.next().value!)],
  };
  const third = await publish(['new.example']);
  server.use([]);
  for (const one of whole) taken.whole.push(...recordsIn(one));
  for (const one of changes) taken.changes.push(...recordsIn(one));
  t.same(serialsIn(taken.whole), [second, second]);
  t.same(new Set(namesIn(taken.whole)), new Set(before));
  t.equal(namesIn(taken.whole).length, before.length);
  t.same(serialsIn(taken.changes), [second, first, second, second]);
  t.same(new Set(namesIn(taken.changes)), new Set(before.slice(2000)));
  t.ok(third > second);
  t.equal(
    readMessage((server.answer(query(ZONE, 'AXFR'), CLIENT, false) as { message: Uint8Array }).message)
      ?.rcode,
    5,
    'the zone is served no more',
  );
});

/** A connection whose client takes nothing until the test says so. */
function heldSocket(): { readonly socket: Socket; readonly sent: number[]; take: () => void } {
  const held = { sent: [] as number[], take: (): void => undefined, socket: null as unknown as Socket };
  const socket = Object.assign(
    new Duplex({
      read: () => undefined,
      write: (data: Buffer, _, done) => {
        held.sent.push(...data);
        held.take = done;
      },
    }),
    { setTimeout: () => socket, destroySoon: () => socket.destroy() },
  ) as unknown as Socket;
  held.socket = socket;
  return held;
}

/** A question's octets as they come: their length before them. */
const framed = (...octets: number[]): Uint8Array => Uint8Array.from([0, octets.length, ...octets]);

t.test('transfers wait for a place; who finds too many waiting is told so at once', async (t) => {
  const ended: string[] = [];
  const connections = new Connections(
    ([name = 0]) => ({
      kind: 'transfer',
      messages: [Uint8Array.of(name)],
      ended: (isWhole) => void ended.push(`${name} ${isWhole ? 'whole' : 'broken'}`),
      busy: Uint8Array.of(0),
    }),
    { ...LIMITS, transfersMax: 1, waitingMax: 1, connectionsOfOneMax: 3 },
  );
  const held = [1, 2, 3, 4].map((name) => {
    const one = heldSocket();
    connections.accept(one.socket, framed(name), CLIENT);
    return one;
  });
  await turn();
  t.same(
    held.map(({ sent }) => sent),
    [[0, 1, 1], [], [0, 1, 0], []],
    'the first is served, the second waits, the third is told',
  );
  t.ok(held[3]!.socket.destroyed, 'a fourth connection of one client is none');
  held[0]!.take();
  await turn();
  held[0]!.take();
  await turn();
  await turn();
  t.same(held[1]!.sent, [0, 1, 2], 'its turn');
  connections.close();
  await turn();
  await turn();
  t.same(ended, ['1 whole', '2 broken']);
  t.ok(held.every(({ socket }) => socket.destroyed));
});
