// Telling a secondary that its zone has changed: again and again until it has answered, and whose answer counts.
import t from 'tap';
import { Notifier } from '../../src/zone/outgoing/notifier.ts';
import type { ServedZone } from '../../src/zone/outgoing/served-zone.ts';
import { type TsigKey, TsigSession } from '../../src/zone/tsig.ts';
import { readMessage } from '../support/read-message.ts';
import { wire } from '../support/rule-set.ts';

const NOW = 1_800_000_000;
const TARGET = { host: '192.0.2.53', port: 53 };
const KEY: TsigKey = {
  name: 'transfer.key',
  algorithm: 'hmac-sha256',
  secret: Buffer.from('a secret of thirty-two octets, ok').toString('base64'),
};

const zoneOf = (serial: number): ServedZone =>
  ({
    apex: wire('block.rpz.test'),
    serial,
    ttlSeconds: 60,
    deltas: [],
    changedMs: 0,
  }) as unknown as ServedZone;

/** Its messages, and a clock that is turned by hand. */
function play(tsig: TsigKey | null = null) {
  const sent: Uint8Array[] = [];
  const pauses: number[] = [];
  let pending: (() => void) | null = null;
  let id = 0;
  const notifier = new Notifier({
    target: TARGET,
    tsig,
    send: (message) => void sent.push(message),
    nowSeconds: () => NOW,
    randomId: () => {
      id += 1;
      return id;
    },
    after: (ms, run) => {
      pauses.push(ms);
      pending = run;
      return () => {
        if (pending === run) pending = null;
      };
    },
  });
  /** The pause is over. @returns whether one was waited for */
  const wake = (): boolean => {
    const run = pending;
    pending = null;
    run?.();
    return run !== null;
  };
  return { notifier, sent, pauses, wake };
}

/** What a secondary says to a NOTIFY. */
function answerTo(message: Uint8Array, rcode = 0): Uint8Array {
  const answer = Uint8Array.from(message);
  answer[2] = answer[2]! | 0x80;
  answer[3] = rcode;
  return answer;
}

const serialIn = (message: Uint8Array | undefined): number => {
  const data = readMessage(message ?? new Uint8Array(0))?.answer[0]?.data ?? '';
  return Number.parseInt(data.slice(-40, -32), 16);
};

t.test('it is a NOTIFY of the zone, with the SOA that it has now', (t) => {
  const { notifier, sent } = play();
  t.equal(notifier.state, 'none');
  notifier.tell(zoneOf(7));
  t.match(readMessage(sent[0]!), {
    ...{ opcode: 4, qr: false, aa: true, rcode: 0, trailing: 0 },
    question: { name: 'block.rpz.test', type: 'SOA', class: 'IN' },
    answer: [{ name: 'block.rpz.test', type: 'SOA', ttl: 60 }],
  });
  t.equal(serialIn(sent[0]), 7);
  t.equal(notifier.state, 'waiting');
  t.end();
});

t.test('who does not answer is told seven times, less and less often, and then left to its refresh', (t) => {
  const { notifier, sent, pauses, wake } = play();
  notifier.tell(zoneOf(7));
  while (wake());
  t.same(pauses, [1000, 2000, 4000, 8000, 16_000, 32_000, 64_000]);
  t.equal(sent.length, 7);
  t.equal(new Set(sent.map((message) => readMessage(message)?.id)).size, 7, 'each with an ID of its own');
  t.equal(notifier.state, 'silent');
  t.notOk(notifier.heard(answerTo(sent[6]!)), 'an answer after that ends nothing');
  t.equal(notifier.state, 'silent');
  notifier.tell(zoneOf(8));
  t.equal(notifier.state, 'waiting', 'a new revision is told anew');
  t.end();
});

t.test('the answer to what is waited for ends it; no other message does', (t) => {
  const { notifier, sent, wake } = play();
  notifier.tell(zoneOf(7));
  const [first = new Uint8Array(0)] = sent;
  const otherId = answerTo(first);
  otherId[1] = 99;
  const otherOpcode = answerTo(first);
  otherOpcode[2] = 0x80;
  for (const message of [first, otherId, otherOpcode, answerTo(first).subarray(0, 11), new Uint8Array(0)])
    t.notOk(notifier.heard(message));
  t.equal(notifier.state, 'waiting');
  t.ok(notifier.heard(answerTo(first)));
  t.equal(notifier.state, 'acknowledged');
  t.notOk(wake(), 'nothing more is sent');
  t.notOk(notifier.heard(answerTo(first)), 'said twice it is no news');
  t.end();
});

t.test('one that refuses is not asked again', (t) => {
  for (const rcode of [4, 5, 9]) {
    const { notifier, sent, wake } = play();
    notifier.tell(zoneOf(7));
    t.ok(notifier.heard(answerTo(sent[0]!, rcode)));
    t.equal(notifier.state, 'refused');
    t.notOk(wake());
  }
  t.end();
});

t.test('a new revision takes the place of one that was not answered for', (t) => {
  const { notifier, sent, wake } = play();
  notifier.tell(zoneOf(7));
  notifier.tell(zoneOf(8));
  t.notOk(notifier.heard(answerTo(sent[0]!)), 'it has answered for the older one');
  t.ok(wake());
  t.same(sent.map(serialIn), [7, 8, 8]);
  t.equal(notifier.serial, 8);
  t.end();
});

t.test('where a key is agreed, it is signed, and an answer without that signature may be anybody’s', (t) => {
  const { notifier, sent } = play(KEY);
  notifier.tell(zoneOf(7));
  const secondary = new TsigSession(KEY, () => NOW);
  secondary.verify(sent[0]!);
  const bare = answerTo(zoneBare(sent[0]!));
  t.notOk(notifier.heard(bare));
  const stranger = new TsigSession({ ...KEY, secret: Buffer.alloc(32).toString('base64') }, () => NOW);
  t.notOk(notifier.heard(stranger.sign(bare)));
  t.equal(notifier.state, 'waiting');
  t.ok(notifier.heard(secondary.sign(bare)));
  t.equal(notifier.state, 'acknowledged');
  t.end();
});

t.test('one that is stopped sends and hears nothing more', (t) => {
  const { notifier, sent, wake } = play();
  notifier.tell(zoneOf(7));
  notifier.stop();
  t.notOk(wake());
  t.notOk(notifier.heard(answerTo(sent[0]!)));
  t.equal(sent.length, 1);
  t.end();
});

/** Without the TSIG record at its end. */
function zoneBare(message: Uint8Array): Uint8Array {
  const bare = play();
  bare.notifier.tell(zoneOf(7));
  const [unsigned = new Uint8Array(0)] = bare.sent;
  unsigned.set(message.subarray(0, 2));
  return unsigned;
}
