// Sources × faults: whatever happens to whichever source, what is in force stays, the list says why and when it is tried again, and
// nothing goes uncaught or stays open.
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { ListErrorCode } from '../../../src/lists/errors.ts';
import { listConfig } from '../../support/lists-compile.ts';
import { openLibrary } from '../../support/lists-library.ts';
import { response } from '../../support/message.ts';

const uncaught: unknown[] = [];
process.on('uncaughtException', (error) => uncaught.push(error));
process.on('unhandledRejection', (error) => uncaught.push(error));

const EVENT = '11111111-1111-4111-8111-111111111111';
const HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n';

/** What a server does with a connection, once it was asked. */
type Act = (socket: Socket, asked: Buffer) => unknown;

interface Kind {
  readonly source: (port: number) => string;
  readonly good: Act;
  /** Octets that begin a right answer, and never end it. */
  readonly begun: string;
}

const page = (body: string): string => `${HEAD}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

function framed(asked: Buffer): Buffer {
  const soa = 'rpz.example. 60 SOA localhost. root.localhost. 1 120 60 3600 60';
  const message = response(asked.subarray(2), { answer: [soa, 'evil.example.rpz.example. 60 CNAME .', soa] });
  const length = Buffer.alloc(2);
  length.writeUInt16BE(message.length);
  return Buffer.concat([length, message]);
}

const KINDS: Readonly<Record<string, Kind>> = {
  http: {
    source: (port) => `http://lists.test:${port}/list`,
    good: (socket) => socket.end(page('evil.example\n')),
    begun: `${HEAD}content-length: 5000\r\n\r\nevil.example\n`,
  },
  manifest: {
    source: (port) => `http://lists.test:${port}/manifest.json`,
    good: (socket, asked) => {
      const isManifest = asked.includes('manifest.json');
      const event = { Event: { uuid: EVENT, info: 'x', Attribute: [{ uuid: EVENT, type: 'domain', value: 'evil.example', to_ids: true }] } };
      socket.end(page(JSON.stringify(isManifest ? { [EVENT]: { timestamp: '1' } } : event)));
    },
    begun: `${HEAD}content-length: 5000\r\n\r\n{"${EVENT}": {`,
  },
  rpz: {
    source: (port) => `rpz://lists.test:${port}/rpz.example`,
    good: (socket, asked) => socket.end(framed(asked)),
    begun: '\x10\x00abc',
  },
}; // biome-ignore format: a table

interface Fault {
  readonly what: string;
  readonly codes: readonly ListErrorCode[];
  readonly act?: (kind: Kind) => Act;
  /** Null: they cannot be looked up; 'never': nobody answers. */
  readonly addresses?: readonly string[] | null | 'never';
}

const FAULTS: readonly Fault[] = [
  { what: 'whose name cannot be looked up', codes: ['LIST_FETCH'], addresses: null },
  { what: 'whose resolver never answers', codes: ['LIST_FETCH'], addresses: 'never' },
  { what: 'whose name has no address', codes: ['LIST_FETCH'], addresses: [] },
  { what: 'that refuses connections on every address', codes: ['LIST_FETCH'], addresses: ['127.0.0.2', '127.0.0.3'] },
  { what: 'that resets the connection', codes: ['LIST_FETCH'], act: () => (socket) => socket.resetAndDestroy() },
  { what: 'that hangs up', codes: ['LIST_FETCH', 'LIST_TRUNCATED'], act: () => (socket) => socket.end() },
  { what: 'that says nothing', codes: ['LIST_TIMEOUT'], act: () => () => undefined },
  { what: 'that stops in the middle and hangs up', codes: ['LIST_TRUNCATED', 'LIST_FETCH'], act: ({ begun }) => (socket) => socket.end(begun) },
  { what: 'that stops in the middle and says no more', codes: ['LIST_TIMEOUT'], act: ({ begun }) => (socket) => socket.write(begun) },
  { what: 'that talks nonsense', codes: ['LIST_FETCH', 'LIST_TRANSFER', 'LIST_TRUNCATED', 'LIST_TIMEOUT'], act: () => (socket) => socket.end('\x00\x05hello, this is no server of that kind\r\n\r\n') },
  { what: 'that sends a page', codes: ['LIST_HTML', 'LIST_NOT_FORMAT', 'LIST_TRUNCATED', 'LIST_TRANSFER', 'LIST_FETCH', 'LIST_TIMEOUT'], act: () => (socket) => socket.end(page('<!doctype html><title>log in</title>')) },
]; // biome-ignore format: a table

async function serve(t: Test): Promise<{ port: number; act: { now: Act }; open: Set<Socket> }> {
  const act: { now: Act } = { now: () => undefined };
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    socket.on('error', () => undefined);
    socket.once('data', (asked: Buffer) => act.now(socket, asked));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  return { port: (server.address() as AddressInfo).port, act, open };
}

for (const [name, kind] of Object.entries(KINDS))
  for (const fault of FAULTS)
    t.test(`${name}: a server ${fault.what}`, async (t) => {
      const { port, act, open } = await serve(t);
      const dir = t.testdir({});
      let addresses: NonNullable<Fault['addresses']> | null = ['127.0.0.1'];
      const { library, step, clock } = await openLibrary(
        dir,
        [listConfig({ name: 'far', source: kind.source(port) })],
        {
          lookup: async (host) => {
            if (addresses === 'never') return new Promise(() => undefined);
            if (addresses === null) throw new Error(`queryA ETIMEOUT ${host}`);
            return addresses;
          },
          limits: { idleTimeoutMs: 200 },
        },
      );
      act.now = kind.good;
      const good = await step();
      t.match(good.status, [{ condition: 'good', entries: 1 }]);
      t.ok(['sinkhole', 'nxdomain'].includes(good.ask('evil.example')));

      act.now = fault.act?.(kind) ?? kind.good;
      if (fault.addresses !== undefined) addresses = fault.addresses;
      clock.ms += 86_400_000;
      const failed = await step();
      t.equal(failed.ask('evil.example'), good.ask('evil.example'), 'what is in force stays');
      const [list] = failed.status;
      t.match(list, { inForce: true, entries: 1, sinceMs: clock.ms, lastError: { message: /; / } });
      t.ok(
        fault.codes.some((code) => code === list?.lastError?.code),
        `${list?.lastError?.code}: ${list?.lastError?.message}`,
      );
      t.ok(['stale', 'refused'].includes(list?.condition ?? ''));
      t.match(failed.events, [
        { kind: 'stale', isTrouble: true, message: /its last good text stays in force, 1 entry$/ },
      ]);
      t.equal(library.nextDueInMs(), 30_000, 'and it is tried again soon');
      t.same(
        readdirSync(join(dir, 'lists')).filter((file) => !/\.good$|^state\.json$/.test(file)),
        [],
      );
      while (open.size > 0) await once([...open][0]!, 'close');

      act.now = kind.good;
      addresses = ['127.0.0.1'];
      clock.ms += 30_000;
      t.match((await step()).status, [{ condition: 'good', lastError: null }]);
      t.same(uncaught, []);
    });
