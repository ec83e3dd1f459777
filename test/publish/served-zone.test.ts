// What a zone says of the rules it is made of, what differs between two revisions, and who is cut off.
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import type { ServedZoneConfig } from '../../src/config/meant/serve.ts';
import type { RuleSet } from '../../src/policy/rule.ts';
import { buildContent } from '../../src/publish/build.ts';
import { Connections, LIMITS } from '../../src/publish/connections.ts';
import { render } from '../../src/publish/formats.ts';
import { Selected } from '../../src/publish/selected.ts';
import { ZoneKeeper } from '../../src/publish/zone-keeper.ts';
import { recordsOf } from '../../src/zone/outgoing/changes.ts';
import type { ZoneContent } from '../../src/zone/outgoing/content.ts';
import { isNewer, nextSerial } from '../../src/zone/outgoing/serial.ts';
import { type RuleWords, ruleSetOf, wire } from '../support/rule-set.ts';

const { signal } = new AbortController();

async function build(ruleSet: RuleSet, lists: readonly string[], apexOctets = 1) {
  return await buildContent(new Selected(ruleSet, lists, Date.now()), { apexOctets, signal });
}

function textOf(content: ZoneContent, format: Parameters<typeof render>[0] = 'rpz'): string[] {
  const lines = [...render(format, content, 1)].join('').split('\n');
  return lines.filter((line) => line !== '' && !/^(\$TTL|@ |#|!)/.test(line)).sort();
}

t.test('a name and all below it, a name alone, an exception: and what is between is said too', async (t) => {
  const ruleSet = ruleSetOf(
    [{ name: 'bad' }, { name: 'ours', action: 'allow' }, { name: 'other' }],
    [
      { list: 'bad', names: ['evil.example'] },
      { list: 'bad', names: ['host.example'], rule: { scope: 'exact' } },
      { list: 'ours', names: ['ok.deep.evil.example'], rule: { scope: 'exact' } },
      { list: 'other', names: ['not.chosen.example'] },
    ],
  );
  const { content, leftOut } = await build(ruleSet, ['bad', 'ours']);
  t.same(textOf(content), [
    '*.deep.evil.example CNAME .',
    '*.evil.example CNAME .',
    '*.ok.deep.evil.example CNAME .',
    'deep.evil.example CNAME .',
    'evil.example CNAME .',
    'host.example CNAME .',
    'ok.deep.evil.example CNAME rpz-passthru.',
  ]);
  t.same(leftOut, []);
  t.same(textOf(content, 'domains'), ['deep.evil.example', 'evil.example', 'host.example']);
});

t.test('each action is said in the words of each format, or left out', async (t) => {
  const rewriteTo = (target: string) => ({ rewrite: { kind: 'cname' as const, target } });
  const ruleSet = ruleSetOf(
    [{ name: 'bad' }, { name: 'ours', action: 'allow' }],
    [
      { list: 'bad', names: ['nodata.example'], rule: { action: 'nodata', scope: 'exact' } },
      { list: 'bad', names: ['drop.example'], rule: { action: 'drop', scope: 'exact' } },
      { list: 'bad', names: ['tcp.example'], rule: { action: 'tcp-only', scope: 'exact' } },
      { list: 'bad', names: ['wall.example'], rule: { ...rewriteTo('page.test'), scope: 'exact' } },
      { list: 'bad', names: ['word.example'], rule: { ...rewriteTo('x.rpz-drop'), scope: 'exact' } },
      {
        list: 'bad',
        names: ['own.example'],
        rule: { rewrite: { kind: 'address', addresses: ['192.0.2.4', '2001:db8::4'] }, scope: 'exact' },
      },
      {
        list: 'bad',
        names: ['text.example'],
        rule: {
          rewrite: { kind: 'records', addresses: [], records: [{ type: 16, rdata: '0568656c6c6f' }] },
          scope: 'exact',
        },
      },
      { list: 'bad', names: ['gone.example'], rule: { rewrite: { kind: 'rcode', rcode: 'nodata' } } },
      { list: 'ours', names: ['let.example'], rule: { action: 'allow' } },
    ],
  );
  const { content, leftOut } = await build(ruleSet, ['bad', 'ours']);
  t.same(textOf(content), [
    '*.gone.example CNAME *.',
    '*.let.example CNAME rpz-passthru.',
    'drop.example CNAME rpz-drop.',
    'gone.example CNAME *.',
    'let.example CNAME rpz-passthru.',
    'nodata.example CNAME *.',
    'own.example A 192.0.2.4',
    'own.example AAAA 2001:db8::4',
    'tcp.example CNAME rpz-tcp-only.',
    'text.example TYPE16 \\# 6 0568656c6c6f',
    'wall.example CNAME page.test.',
  ]);
  t.same(
    leftOut.map(({ count }) => count),
    [1],
    'what would be read as a word of policy zones',
  );
  t.same(textOf(content, 'hosts'), [
    '0.0.0.0 drop.example',
    '0.0.0.0 gone.example',
    '0.0.0.0 nodata.example',
    '192.0.2.4 own.example',
    '2001:db8::4 own.example',
  ]);
  t.same(textOf(content, 'adblock'), [
    '@@||let.example^',
    '|drop.example^',
    '|nodata.example^',
    '||gone.example^',
  ]);
});

t.test('addresses, and what a policy zone would take for something else', async (t) => {
  const ruleSet = ruleSetOf(
    [{ name: 'bad' }, { name: 'watched', mode: 'monitor' }],
    [
      { list: 'bad', names: ['32.7.2.0.192.rpz-client-ip', '\\*.example', 'a.rpz-nsip'] },
      { list: 'bad', names: ['typed.example'], rule: { types: [1] } },
      { list: 'watched', names: ['only.watched.example'] },
    ],
    [{ list: 'bad', source: '^x' }],
    [{ list: 'bad', networks: ['192.0.2.0/24', '198.51.100.7', '2001:db8:1::/48'] }],
  );
  const { content, leftOut } = await build(ruleSet, ['bad', 'watched']);
  t.same(textOf(content), [
    '24.0.2.0.192.rpz-ip CNAME .',
    '32.7.100.51.198.rpz-ip CNAME .',
    '48.zz.1.db8.2001.rpz-ip CNAME .',
  ]);
  t.same(textOf(content, 'addresses'), ['192.0.2.0/24', '198.51.100.7', '2001:db8:1::/48']);
  t.same(leftOut.map(({ count }) => count).sort(), [1, 1, 3]);
});

t.test(
  'no address is served beside a network that holds it: firewalls refuse sets that overlap',
  async (t) => {
    const networks = [
      ['192.0.2.7', '192.0.2.0/24', '192.0.2.128/25', '192.0.3.0', '198.51.100.0/28', '198.51.100.16'],
      ['2001:db8::7', '2001:db8::/32', '2001:db9::', '10.0.0.0/8', '10.255.255.255', '11.0.0.0'],
    ].flat();
    const ruleSet = ruleSetOf([{ name: 'bad' }], [], [], [{ list: 'bad', networks }]);
    const { content } = await build(ruleSet, ['bad']);
    const text = [...render('addresses', content, 1)].join('');
    t.same(text.trim().split('\n'), [
      '10.0.0.0/8',
      '11.0.0.0',
      '192.0.2.0/24',
      '192.0.3.0',
      '198.51.100.0/28',
      '198.51.100.16',
      '2001:db8::/32',
      '2001:db9::',
    ]);
    t.equal(textOf(content).length, networks.length, 'a policy zone has them all');
  },
);

t.test('names too long for the zone are left out and told', async (t) => {
  const long = `${`${'a'.repeat(60)}.`.repeat(4)}x`;
  const ruleSet = ruleSetOf([{ name: 'bad' }], [{ list: 'bad', names: [long, 'short.example'] }]);
  const { content, leftOut } = await build(ruleSet, ['bad'], 20);
  t.same(textOf(content), ['*.short.example CNAME .', 'short.example CNAME .']);
  t.match(leftOut, [{ why: /255 octets/, count: 1 }]);
});

const zoneConfig = (name: string): ServedZoneConfig => ({
  name,
  apex: wire(name),
  lists: ['bad'],
  allow: [],
  tsig: null,
  notify: [],
  ttlSeconds: 60,
});

t.test('changes applied to a revision give the next one, serials grow over restarts', async (t) => {
  const names = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'a.b', 'x.a.b', 'c.d', 'y.z.c.d'), {
    maxLength: 7,
  });
  const history = fc.array(fc.tuple(names, names), { minLength: 2, maxLength: 5 });
  const folder = t.testdir({});
  let run = 0;
  await fc.assert(
    fc.asyncProperty(history, async (steps) => {
      run += 1;
      const config = zoneConfig(`r${run}.test`);
      let keeper = await ZoneKeeper.open(folder, config, () => 1_000_000);
      let have: string[] = [];
      for (const [blocked, exact] of steps) {
        const words: RuleWords[] = [
          { list: 'bad', names: blocked },
          { list: 'bad', names: exact, rule: { scope: 'exact' } },
        ];
        const before = keeper.zone;
        const isNew = await keeper.update(await build(ruleSetOf([{ name: 'bad' }], words), ['bad'], 9));
        const zone = keeper.zone!;
        if (before !== null) t.equal(zone.serial, isNew ? nextSerial(before.serial) : before.serial);
        const now = textOf(zone.content);
        if (before !== null && isNew) {
          const delta = zone.deltas.at(-1)!;
          const line = ({ owner }: { owner: Uint8Array }): string => Buffer.from(owner).toString('latin1');
          const removed = [...recordsOf(delta.removed)].map(line);
          const added = [...recordsOf(delta.added)].map(line);
          t.equal(now.length, have.length - removed.length + added.length);
          t.same(
            removed.filter((owner) => added.includes(owner)),
            [],
            'one answer for all: nothing goes to come back',
          );
        }
        have = now;
        // As after a restart.
        keeper = await ZoneKeeper.open(folder, config, () => 1_000_000);
        t.same([keeper.zone?.serial, textOf(keeper.zone!.content)], [zone.serial, now]);
        t.equal(keeper.zone!.deltas.length, zone.deltas.length);
      }
    }),
    { numRuns: 15 },
  );
  t.ok(isNewer(nextSerial(0xffff_ffff), 0xffff_ffff), 'round the end too');
});

/** Both ends of a connection. */
async function pair(t: Test): Promise<{ server: Socket; client: Socket }> {
  const listener = createServer();
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as { port: number };
  const client = connect(port, '127.0.0.1');
  const [server] = (await once(listener, 'connection')) as [Socket];
  t.teardown(() => {
    client.destroy();
    server.destroy();
    listener.close();
  });
  return { server, client };
}

t.test('a client that does not read is cut off, with bounded memory', async (t) => {
  const { server, client } = await pair(t);
  client.pause();
  let made = 0;
  const ended = new Promise<boolean>((resolve) => {
    const connections = new Connections(
      () => ({
        kind: 'transfer',
        messages: (function* () {
          for (;;) {
            made += 1;
            yield new Uint8Array(16_000);
          }
        })(),
        ended: (isWhole) => resolve(isWhole),
        busy: new Uint8Array(12),
      }),
      { ...LIMITS, stallMs: 50 },
    );
    connections.accept(server, Uint8Array.of(0, 1, 0), new Uint8Array(16));
  });
  t.equal(await ended, false);
  t.ok(made * 16_000 < 64 * 1024 * 1024, `${made} messages were made`);
  t.ok(server.destroyed);
});

t.test('a transfer whose last message waits for the client ends well once that is taken', async (t) => {
  let take = (): void => undefined;
  // What is written waits for the test, as it does where the kernel has no room.
  const socket = Object.assign(
    new Duplex({
      read: () => undefined,
      write: (_, __, done) => {
        take = done;
      },
    }),
    { setTimeout: () => socket, destroySoon: () => socket.destroy() },
  ) as unknown as Socket;
  const ended = new Promise<boolean>((resolve) => {
    const connections = new Connections(
      () => ({
        kind: 'transfer',
        messages: [new Uint8Array(16_000)],
        ended: (isWhole) => resolve(isWhole),
        busy: new Uint8Array(12),
      }),
      { ...LIMITS, stallMs: 5_000 },
    );
    connections.accept(socket, Uint8Array.of(0, 1, 0), new Uint8Array(16));
  });
  await turn();
  t.ok(socket.writableLength > 0, 'it is not with the client yet');
  t.notOk(socket.writableNeedDrain, 'and no drain will be told');
  take();
  await turn();
  take();
  t.equal(await ended, true);
  socket.destroy();
});
