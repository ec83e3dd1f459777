// What machines are called at other sites: told, asked, and what becomes of it in a book of machines.
import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import t from 'tap';
import { NO_UPDATE } from '../../../src/clients/machine.ts';
import { MachineBook } from '../../../src/clients/machine-book.ts';
import { mergeClients, type NamesElsewhere } from '../../../src/clients/merge.ts';
import {
  type FoundNames,
  readFoundNames,
  readSiteNames,
  type SiteNames,
  writeFoundNames,
  writeSiteNames,
} from '../../../src/fleet/names/messages.ts';
import { Register } from '../../../src/fleet/names/register.ts';
import { type NameFound, Sharer } from '../../../src/fleet/names/sharer.ts';
import { isSignedBy, publicKeyText, signatureOf } from '../../../src/fleet/signing.ts';
import { textToAddress } from '../../../src/wire/names/address.ts';

const MAC = ['aa:00:00:00:00:01', 'aa:00:00:00:00:02', 'aa:00:00:00:00:03'] as const;
const MINUTE = 60_000;

/** Sites under one head; messages are lost, and the head begins anew, at the test's word. */
function fleet(count: number) {
  let nowMs = 0;
  let register = new Register();
  let isLost = false;
  const sent: SiteNames[] = [];
  const sites = Array.from({ length: count }, (_, i) => {
    const own = new Map<string, string>();
    const unnamed = new Set<string>();
    const site = { own, unnamed, learnt: new Map<string, NameFound>() as ReadonlyMap<string, NameFound> };
    const sharer: Sharer = new Sharer({
      own: () => own,
      unnamed: () => unnamed,
      send: (names) => {
        sent.push(names);
        const read = readSiteNames(writeSiteNames(names), (text) => text);
        if (read === null) throw new Error('what a site says cannot be read');
        if (isLost) return;
        const found = register.hear(`site-${i}`, read);
        queueMicrotask(() => sharer.hear(found));
      },
      learnt: (names) => {
        site.learnt = names;
      },
      monotonic: () => nowMs,
    });
    return {
      ...site,
      sharer,
      get known() {
        return site.learnt;
      },
    };
  });
  return {
    sites,
    sent,
    register: () => register,
    lose: (lost: boolean) => {
      isLost = lost;
    },
    restartHead: () => {
      register = new Register();
    },
    pass: async (ms: number) => {
      for (const endMs = nowMs + ms; nowMs < endMs; nowMs += 2_000) {
        for (const { sharer } of sites) sharer.tick();
        for (let i = 0; i < 20; i += 1) await null;
      }
    },
  };
}

t.test('a machine that has no name here is called as another site calls it', async (t) => {
  const { sites, pass, sent } = fleet(3);
  const [one, two, three] = sites;
  one?.own.set(MAC[0], 'till-1').set('10.1.0.7', 'till-1');
  two?.unnamed.add(MAC[0]).add(MAC[1]);
  three?.unnamed.add('10.1.0.7');
  await pass(2 * MINUTE);
  t.same([...(two?.known ?? [])], [[MAC[0], { name: 'till-1', site: 'site-0' }]]);
  t.same([...(three?.known ?? [])], [['10.1.0.7', { name: 'till-1', site: 'site-0' }]]);

  one?.own.set(MAC[0], 'kiosk-1').delete('10.1.0.7');
  await pass(6 * MINUTE);
  t.equal(two?.known.get(MAC[0])?.name, 'kiosk-1', 'a new name is told on');
  t.same([...(three?.known ?? [])], [], 'and what has none any more is called nothing');
  two?.unnamed.delete(MAC[0]);
  await pass(65 * MINUTE);
  t.same([...(two?.known ?? [])], [], 'of a machine that is not there any more nothing is kept');
  sent.length = 0;
  three?.unnamed.clear();
  two?.unnamed.clear();
  await pass(10 * MINUTE);
  t.ok(
    sent.length <= 33 && sent.every(({ names, asked }) => names.length + asked.length === 0),
    'and then all is still',
  );
});

t.test('more machines without a name than are remembered are asked for, and not all the time', async (t) => {
  const { sites, pass, sent } = fleet(2);
  for (let i = 0; i < 25_000; i += 1) sites[1]?.unnamed.add(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`);
  await pass(30_000);
  const before = sent.length;
  await pass(MINUTE);
  t.ok(sent.length - before <= 35, `${sent.length - before} messages in a minute`);
  t.equal(new Set(sent.flatMap(({ asked }) => asked)).size > 20_000, true);
});

t.test('an address that two sites have is nobody’s, a MAC goes with its machine', async (t) => {
  const { sites, pass, register } = fleet(4);
  const [one, two, three, four] = sites;
  one?.own.set('10.1.0.7', 'till-1').set(MAC[0], 'laptop');
  two?.own.set('10.1.0.7', 'door').set(MAC[0], 'laptop-of-anna');
  three?.unnamed.add('10.1.0.7').add(MAC[0]);
  four?.unnamed.add('10.1.0.7');
  await pass(2 * MINUTE);
  t.same([...(three?.known ?? [])], [[MAC[0], { name: 'laptop', site: 'site-0' }]]);
  register().forget('site-0');
  await pass(6 * MINUTE);
  t.equal(
    four?.known.get('10.1.0.7')?.name,
    'door',
    'one that was taken out of the fleet says nothing any more',
  );
});

t.test('whatever is lost and whoever begins anew, in the end each knows what is said', (t) => {
  const steps = fc.array(
    fc.oneof(
      fc.record({ at: fc.nat(2), key: fc.nat(2), name: fc.option(fc.constantFrom('a', 'b', 'c')) }),
      fc.constantFrom('lose' as const, 'find' as const, 'restart' as const),
    ),
    { maxLength: 30 },
  );
  return fc.assert(
    fc.asyncProperty(steps, async (steps) => {
      const { sites, lose, restartHead, pass } = fleet(3);
      for (const { unnamed } of sites) for (const mac of MAC) unnamed.add(mac);
      for (const step of steps) {
        if (step === 'restart') restartHead();
        else if (typeof step === 'string') lose(step === 'lose');
        else {
          const { own } = sites[step.at]!;
          if (step.name === null) own.delete(MAC[step.key]!);
          else own.set(MAC[step.key]!, step.name);
        }
        await pass(8_000);
      }
      lose(false);
      await pass(20 * MINUTE);
      for (const [i, { known }] of sites.entries())
        for (const mac of MAC) {
          const said = sites.flatMap(({ own }, at) =>
            at === i || !own.has(mac) ? [] : [{ name: own.get(mac), site: `site-${at}` }],
          );
          t.same(known.get(mac), said[0]);
        }
    }),
    { numRuns: 25 },
  );
});

t.test('only what is what it should be is read', async (t) => {
  const good: SiteNames = {
    ...{ nonce: '00000000-0000-4000-8000-000000000000', isAll: true, gone: [] },
    ...{ names: [[MAC[0], 'till-1']], asked: ['10.0.0.7', 'fd00::7'] },
  };
  const nameOf = (text: string): string | null => (/^[a-z0-9.-]+$/.test(text) ? text : null);
  const read = (changed: object): SiteNames | null =>
    readSiteNames(writeSiteNames({ ...good, ...changed }), nameOf);
  t.same(read({}), good);
  for (const changed of [
    { nonce: 'x' },
    { isAll: 1 },
    { names: [[MAC[0], 'no name']] },
    { names: [[MAC[0]]] },
    { names: [null] },
    { names: [['x', 'till-1']] },
    { gone: ['x'] },
    { asked: [7] },
    { asked: Array.from({ length: 201 }, () => '10.0.0.7') },
  ])
    t.equal(read(changed), null, JSON.stringify(changed).slice(0, 60));
  t.equal(readSiteNames(new Uint8Array(7), nameOf), null);

  const { privateKey } = generateKeyPairSync('ed25519');
  const key = publicKeyText(privateKey);
  const found: FoundNames = { nonce: good.nonce, epoch: good.nonce, found: [[MAC[0], 'till-1', 'site-7']] };
  const octets = writeFoundNames('site-1', found, (body) => signatureOf(body, privateKey, 'names'));
  const isSigned = (body: Uint8Array, signature: Uint8Array): boolean =>
    isSignedBy(body, signature, key, 'names');
  t.same(readFoundNames('site-1', octets, isSigned, nameOf), found);
  t.equal(readFoundNames('site-2', octets, isSigned, nameOf), null, 'told to another site');
  t.equal(
    readFoundNames('site-1', octets, (body, signature) => isSignedBy(body, signature, key, 'done'), nameOf),
    null,
    'signed as something else',
  );
});

t.test('in the book of machines', async (t) => {
  const book = new MachineBook(NO_UPDATE);
  const address = textToAddress('192.0.2.7') ?? new Uint8Array(16);
  const look = (elsewhere: NamesElsewhere, nowMs: number, lease: string | null = null, mac = true): void => {
    const seen = mergeClients({
      ...{ configured: [], hosts: new Map(), reverse: [], elsewhere, nowMs: 0 },
      leases:
        lease === null
          ? []
          : [
              {
                ip: '192.0.2.7',
                mac: MAC[0],
                name: lease,
                duid: null,
                clientId: null,
                endsMs: Number.POSITIVE_INFINITY,
              },
            ],
      neighbours: new Map(
        mac
          ? [
              ['192.0.2.7', MAC[0]],
              ['192.0.2.8', MAC[0]],
            ]
          : [],
      ),
    });
    book.observe(seen, nowMs);
  };
  const named = (nowMs: number) => book.table.at(address, nowMs);
  const elsewhere: NamesElsewhere = new Map([[MAC[0], { name: 'nas', site: 'branch-7' }]]);
  look(new Map(), 1_000);
  look(elsewhere, 2_000);
  t.match(named(2_000), { name: 'nas', nameFrom: 'site branch-7' });
  t.match(named(1_500), { name: null }, 'what was not known then is not said of then');
  t.same(
    book.known.map(({ name, mac }) => ({ name, mac })),
    [
      { name: null, mac: MAC[0] },
      { name: null, mac: MAC[0] },
    ],
    'no group takes a machine for what another site calls it',
  );
  look(elsewhere, 3_000, 'printer');
  t.match(named(3_000), { name: 'printer', nameFrom: 'lease' }, 'what is known here goes first');
  look(elsewhere, 4_000);
  t.match(named(4_000), { name: 'printer', nameFrom: 'lease' }, 'also when its lease has ended');

  const alone = new MachineBook(NO_UPDATE);
  alone.asked([{ address, firstMs: 1_000, lastMs: 1_000 }]);
  const byAddress: NamesElsewhere = new Map([['192.0.2.7', { name: 'till-3', site: 'head' }]]);
  const sources = {
    configured: [],
    hosts: new Map(),
    leases: [],
    neighbours: new Map(),
    reverse: [],
    nowMs: 0,
  };
  alone.observe(mergeClients({ ...sources, elsewhere: byAddress }), 2_000);
  const [machine] = alone.table.machines;
  t.match(
    machine,
    { name: 'till-3', nameFrom: 'site head', mac: null },
    'one that is known by its address alone',
  );
  t.same(alone.table.find('till-3'), [machine?.id]);
  const hosts = new Map([['192.0.2.9', 'till-3.example']]);
  alone.asked([{ address: textToAddress('192.0.2.9')!, firstMs: 3_000, lastMs: 3_000 }]);
  alone.observe(mergeClients({ ...sources, hosts, elsewhere: byAddress }), 3_000);
  const [own] = alone.table.find('192.0.2.9');
  t.not(own, machine?.id);
  t.same(
    alone.table.find('till-3'),
    [own],
    'what is decided for a machine here is not for one that another site calls so',
  );
});
