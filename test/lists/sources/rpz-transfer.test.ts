// A policy zone from a real Knot primary: whole, by changes, signed, refused, and told of by NOTIFY.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { type Notify, readNotify } from '../../../src/lists/sources/rpz/notify.ts';
import { rpzSource, type TransferOptions } from '../../../src/lists/sources/rpz/transfer.ts';
import type { Validators } from '../../../src/lists/sources/source.ts';
import { readText } from '../../support/lists-sink.ts';
import { findTool, freePort, missingTool, until } from '../../support/tool.ts';

const SECRET = Buffer.from('a secret of thirty-two octets, ok').toString('base64');
const KEY = { name: 'transfer.key', algorithm: 'hmac-sha256', secret: SECRET };
const signal = new AbortController().signal;

const zoneText = (serial: number, lines: readonly string[]): string =>
  `$ORIGIN rpz.example.\n$TTL 60\n@ SOA localhost. root.localhost. ${serial} 120 60 3600 60\n@ NS localhost.\n${lines.join('\n')}\n`;

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

interface Primary {
  readonly port: number;
  /** What it told us of, answered as a listener would. */
  readonly notifies: Notify[];
  publish(serial: number, lines: readonly string[]): void;
}

async function startPrimary(t: Test, lines: readonly string[]): Promise<Primary> {
  const dir = mkdtempSync(join(tmpdir(), 'cenote-rpz-'));
  mkdirSync(join(dir, 'db'));
  const port = await freePort();
  const notifies: Notify[] = [];
  // Knot sends NOTIFY over TCP.
  const listener = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      const notify = readNotify(chunk.subarray(2));
      if (notify === null) return;
      notifies.push(notify);
      const length = Buffer.alloc(2);
      length.writeUInt16BE(notify.reply.length);
      socket.end(Buffer.concat([length, notify.reply]));
    });
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const file = join(dir, 'rpz.zone');
  const publish = (serial: number, records: readonly string[]): void => {
    writeFileSync(`${file}.new`, zoneText(serial, records));
    renameSync(`${file}.new`, file);
  };
  publish(1, lines);
  writeFileSync(
    join(dir, 'knot.conf'),
    `server:
    rundir: ${dir}
    listen: 127.0.0.1@${port}
database:
    storage: ${join(dir, 'db')}
key:
  - id: transfer.key
    algorithm: hmac-sha256
    secret: ${SECRET}
remote:
  - id: us
    address: 127.0.0.1@${(listener.address() as AddressInfo).port}
acl:
  - id: signed
    key: transfer.key
    action: transfer
zone:
  - domain: rpz.example
    file: ${file}
    acl: signed
    notify: us
    zonefile-sync: -1
    zonefile-load: difference
    journal-content: changes
  - domain: open.example
    file: ${file}
`,
  );
  const knot: ChildProcess = spawn(findTool('knotd') ?? 'knotd', ['-c', join(dir, 'knot.conf')], {
    stdio: 'ignore',
  });
  const gone = once(knot, 'exit');
  t.teardown(async () => {
    knot.kill('SIGKILL');
    await gone;
    listener.close();
    rmSync(dir, { recursive: true, force: true });
  });
  return {
    port,
    notifies,
    publish: (serial, records) => {
      publish(serial, records);
      knot.kill('SIGHUP');
    },
  };
}

function sourceOf(dir: string, port: number, said: Partial<TransferOptions> = {}) {
  const paths = { path: join(dir, 'zone.fresh'), goodPath: join(dir, 'zone.good') };
  const source = rpzSource({
    url: `rpz://127.0.0.1:${port}/rpz.example`,
    tsig: KEY,
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
    const primary = await startPrimary(t, FIRST);
    const { fetch, entries } = sourceOf(t.testdir({}), primary.port);
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
      'wall.example exact rewrite="192.0.2.1"',
    ];
    t.same(await entries(), before);
    t.same(await fetch(first.validators), { kind: 'unchanged' });

    await until('the first NOTIFY', () => primary.notifies.length > 0);
    primary.notifies.length = 0;
    primary.publish(2, [
      ...FIRST.filter((line) => !line.startsWith('nodata')),
      'wall.example AAAA 2001:db8::1',
      'new.example CNAME .',
    ]);
    const notify = await until('a NOTIFY', () => primary.notifies[0]);
    t.equal(notify.zone, 'rpz.example');
    t.equal(notify.reply[2], 0xa4, 'answered as an authoritative NOTIFY response');

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
    t.equal(
      await codeOf(sourceOf(other, primary.port, { tsig: null }).fetch(null)),
      'LIST_TRANSFER',
      'no key',
    );
    const wrong = { ...KEY, secret: Buffer.from('another secret').toString('base64') };
    t.equal(
      await codeOf(sourceOf(other, primary.port, { tsig: wrong }).fetch(null)),
      'LIST_TRANSFER',
      'wrong secret',
    );
    const late = { now: () => Date.now() - 3_600_000 };
    t.equal(await codeOf(sourceOf(other, primary.port, late).fetch(null)), 'LIST_TRANSFER', 'wrong clock');
    const missing = { url: `rpz://127.0.0.1:${primary.port}/none.example` };
    t.equal(
      await codeOf(sourceOf(other, primary.port, missing).fetch(null)),
      'LIST_TRANSFER',
      'no such zone',
    );
  },
);

t.test(
  'a big zone comes in many messages, each link of the signature chain checked',
  { skip: missingTool('knotd') },
  async (t) => {
    const lines = Array.from({ length: 20_000 }, (_, i) => `n${i}.bad.example CNAME .`);
    const primary = await startPrimary(t, lines);
    const { fetch, entries } = sourceOf(t.testdir({}), primary.port);
    await until('the primary', () => fetch(null).catch(() => null));
    t.equal((await entries()).length, 20_000);
  },
);

t.test('a server that is not there, and NOTIFYs that are none', async (t) => {
  const { fetch } = sourceOf(t.testdir({}), await freePort());
  t.equal(await codeOf(fetch(null)), 'LIST_FETCH');
  const notify = Buffer.from('0001200000010000000000000372707a076578616d706c650000060001', 'hex');
  t.equal(readNotify(notify)?.zone, 'rpz.example');
  for (let length = 0; length < notify.length; length += 1)
    t.equal(readNotify(notify.subarray(0, length)), null);
  const response = Buffer.from(notify);
  response[2] = 0xa0;
  t.equal(readNotify(response), null);
});
