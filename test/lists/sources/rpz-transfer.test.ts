// A policy zone from a real Knot primary: whole, by changes, signed, refused, and told of by NOTIFY.
import { readFileSync, renameSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { rpzSource, type TransferOptions } from '../../../src/lists/sources/rpz.ts';
import type { Validators } from '../../../src/lists/sources/source.ts';
import { textToAddress } from '../../../src/wire/names/address.ts';
import { nameToText, textToName } from '../../../src/wire/names/presentation.ts';
import { RCODE } from '../../../src/wire/records/iana.ts';
import type { Notified } from '../../../src/zone/notify.ts';
import { answerNotify, zoneOfNotify } from '../../../src/zone/notify.ts';
import { TsigSession } from '../../../src/zone/tsig.ts';
import { readText } from '../../support/lists-sink.ts';
import { PRIMARY_KEY, startPrimary } from '../../support/rpz-primary.ts';
import { freePort, missingTool, until } from '../../support/tool.ts';

const signal = new AbortController().signal;

const FIRST = [
  'bad.example CNAME .',
  '*.bad.example CNAME .',
  'nodata.example CNAME *.',
  'ok.bad.example CNAME rpz-passthru.',
  'wall.example A 192.0.2.1',
  'odd\\;name.example CNAME .',
  'text.example TXT "hello"',
  '32.1.2.0.192.rpz-ip CNAME .',
];

interface Listening {
  readonly port: number;
  /** What a primary told us of, answered as a listener would. */
  readonly zones: string[];
}

/** Takes NOTIFY over TCP, as Knot sends it. */
async function listenForNotify(t: Test): Promise<Listening> {
  const zones: string[] = [];
  const listener = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      const told = answerNotify(chunk.subarray(2), LOOPBACK, PRIMARY);
      if (told === null) return;
      zones.push(nameToText(zoneOfNotify(chunk.subarray(2)) ?? Uint8Array.of(0)));
      const length = Buffer.alloc(2);
      length.writeUInt16BE(told.reply.length);
      socket.end(Buffer.concat([length, told.reply]));
    });
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  t.teardown(() => listener.close());
  return { port: (listener.address() as AddressInfo).port, zones };
}

const wide = (text: string): Uint8Array => textToAddress(text) ?? new Uint8Array(16);
const LOOPBACK = wide('127.0.0.1');
const PRIMARY = {
  zone: textToName('rpz.example') ?? new Uint8Array(1),
  addresses: ['127.0.0.1'],
  tsig: null,
  nowSeconds: () => Date.now() / 1000,
};

function sourceOf(dir: string, port: number, said: Partial<TransferOptions> = {}) {
  const paths = { path: join(dir, 'zone.fresh'), goodPath: join(dir, 'zone.good') };
  const source = rpzSource({
    url: `rpz://127.0.0.1:${port}/rpz.example`,
    tsig: PRIMARY_KEY,
    ...paths,
    lookup: async () => ['127.0.0.1'],
    random: Math.random,
    now: Date.now,
    ...said,
  });
  const fetch = async (previous: Validators | null) => {
    const fetched = await source.fetch(previous, signal);
    if (fetched.kind === 'body') renameSync(paths.path, paths.goodPath);
    return fetched;
  };
  const entries = async () => (await readText(readFileSync(paths.goodPath), 'rpz')).entries.sort();
  return { fetch, entries, ...paths };
}

const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => null,
    (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error),
  );

t.test(
  'a zone is transferred whole, then by its changes, and NOTIFY is understood',
  { skip: missingTool('knotd') },
  async (t) => {
    const heard = await listenForNotify(t);
    const port = await freePort();
    const primary = startPrimary(t, 'knotd', {
      port,
      notifyPort: heard.port,
      isSigned: true,
      lines: FIRST,
    });
    const { fetch, entries } = sourceOf(t.testdir({}), port);
    const first = await until('the primary', async () => {
      try {
        return await fetch(null);
      } catch {
        return null;
      }
    });
    if (first.kind !== 'body') throw new Error('no body');
    t.equal(first.refreshMs, 120_000, 'the SOA says how often');
    t.same(first.validators.identity, 'serial 1');
    const before = [
      '192.0.2.1 exact nxdomain',
      'bad.example below nxdomain',
      'bad.example exact nxdomain',
      'nodata.example exact nodata',
      'odd\\;name.example exact nxdomain',
      'ok.bad.example exact allow',
      'text.example exact rewrite="TXT:0568656c6c6f"',
      'wall.example exact rewrite="192.0.2.1"',
    ];
    t.same(await entries(), before);
    t.same(await fetch(first.validators), { kind: 'unchanged' });

    await until('the first NOTIFY', () => heard.zones.length > 0);
    heard.zones.length = 0;
    primary.publish(2, [
      ...FIRST.filter((line) => !line.startsWith('nodata')),
      'wall.example AAAA 2001:db8::1',
      'new.example CNAME .',
    ]);
    t.equal(await until('a NOTIFY', () => heard.zones[0]), 'rpz.example');

    const second = await fetch(first.validators);
    if (second.kind !== 'body') throw new Error('no body');
    t.same(second.validators.identity, 'serial 2');
    t.same(
      await entries(),
      [
        ...before.filter((entry) => !entry.startsWith('nodata') && !entry.startsWith('wall')),
        'wall.example exact rewrite="192.0.2.1 2001:db8::1"',
        'new.example exact nxdomain',
      ].sort(),
    );
    t.same(await fetch(second.validators), { kind: 'unchanged' });

    const unknown = { ...second.validators, identity: 'serial 4000' };
    t.match(
      await fetch(unknown),
      { kind: 'body' },
      'a primary behind what we have began anew: the zone comes whole',
    );

    const other = t.testdir({});
    t.equal(await codeOf(sourceOf(other, port, { tsig: null }).fetch(null)), 'LIST_TRANSFER', 'no key');
    const wrong = { ...PRIMARY_KEY, secret: Buffer.from('another secret').toString('base64') };
    t.equal(
      await codeOf(sourceOf(other, port, { tsig: wrong }).fetch(null)),
      'LIST_TRANSFER',
      'wrong secret',
    );
    const late = { now: () => Date.now() - 3_600_000 };
    t.equal(await codeOf(sourceOf(other, port, late).fetch(null)), 'LIST_TRANSFER', 'wrong clock');
    const missing = { url: `rpz://127.0.0.1:${port}/none.example` };
    t.equal(await codeOf(sourceOf(other, port, missing).fetch(null)), 'LIST_TRANSFER', 'no such zone');
  },
);

t.test(
  'a big zone comes in many messages, each link of the signature chain checked',
  { skip: missingTool('knotd') },
  async (t) => {
    const lines = Array.from({ length: 20_000 }, (_, i) => `n${i}.bad.example CNAME .`);
    const port = await freePort();
    startPrimary(t, 'knotd', { port, notifyPort: await freePort(), isSigned: true, lines });
    const { fetch, entries } = sourceOf(t.testdir({}), port);
    await until('the primary', () => fetch(null).catch(() => null));
    t.equal((await entries()).length, 20_000);
  },
);

t.test('a server that is not there', async (t) => {
  const { fetch } = sourceOf(t.testdir({}), await freePort());
  t.equal(await codeOf(fetch(null)), 'LIST_FETCH');
});

const NOTIFY = Buffer.from('0001200000010000000000000372507a076578616d706c650000060001', 'hex');
const rcodeOf = (told: Notified | null): number | null => (told === null ? null : (told.reply[3] ?? 0) & 15);

t.test('a NOTIFY of the primary is believed and answered with its own question', async (t) => {
  const told = answerNotify(NOTIFY, LOOPBACK, PRIMARY);
  t.equal(told?.refused, null);
  t.same(Buffer.from(told?.reply ?? []).toString('hex'), `0001a400${NOTIFY.subarray(4).toString('hex')}`);
});

t.test('what is no NOTIFY of this zone is none of its business', async (t) => {
  for (let length = 0; length < NOTIFY.length; length += 1)
    t.equal(answerNotify(NOTIFY.subarray(0, length), LOOPBACK, PRIMARY), null);
  const response = Buffer.from(NOTIFY);
  response[2] = 0xa0;
  t.equal(answerNotify(response, LOOPBACK, PRIMARY), null, 'a response');
  const other = { ...PRIMARY, zone: textToName('other.example') ?? new Uint8Array(1) };
  t.equal(answerNotify(NOTIFY, LOOPBACK, other), null, 'another zone');
});

t.test('a NOTIFY from anybody else is refused', async (t) => {
  for (const address of ['192.0.2.1', '::1', '127.0.0.2']) {
    const told = answerNotify(NOTIFY, wide(address), PRIMARY);
    t.equal(rcodeOf(told), RCODE.REFUSED, address);
    t.match(told?.refused, /not come from the primary/);
  }
  t.equal(rcodeOf(answerNotify(NOTIFY, LOOPBACK, { ...PRIMARY, addresses: [] })), RCODE.REFUSED);
});

t.test(
  'where a list has a key, only a NOTIFY signed with it is believed, and the reply is signed',
  async (t) => {
    const { nowSeconds } = PRIMARY;
    const keyed = { ...PRIMARY, tsig: PRIMARY_KEY };
    const sender = new TsigSession(PRIMARY_KEY, nowSeconds);
    const signed = sender.sign(NOTIFY);
    const told = answerNotify(signed, LOOPBACK, keyed);
    t.equal(told?.refused, null);
    t.doesNotThrow(() => sender.verify(told?.reply ?? new Uint8Array(0)), 'the sender can check the reply');
    t.equal(rcodeOf(answerNotify(NOTIFY, LOOPBACK, keyed)), RCODE.REFUSED, 'not signed');
    t.equal(rcodeOf(answerNotify(signed, wide('192.0.2.1'), keyed)), RCODE.REFUSED, 'from elsewhere');
    const forged = Buffer.from(signed);
    forged[1] = 9;
    forged.writeUInt8(forged.readUInt8(forged.length - 10) ^ 1, forged.length - 10);
    t.equal(rcodeOf(answerNotify(forged, LOOPBACK, keyed)), RCODE.NOTAUTH, 'changed on the way');
    const late = { ...keyed, nowSeconds: () => nowSeconds() + 3600 };
    t.equal(rcodeOf(answerNotify(signed, LOOPBACK, late)), RCODE.NOTAUTH, 'an hour old');
    t.equal(rcodeOf(answerNotify(signed, LOOPBACK, PRIMARY)), RCODE.NOTAUTH, 'signed, and we have no key');
  },
);
