// Which machine had which address when: what the tables of a network say, played over time.
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { ClientPageAsked } from '../../src/admin/clients/routes.ts';
import { clientPage } from '../../src/admin/clients/views.ts';
import { KeptMachines } from '../../src/clients/disk/kept-machines.ts';
import { MachineFile } from '../../src/clients/disk/machine-file.ts';
import type { Lease } from '../../src/clients/leases/lease.ts';
import { allOf, idOfAddress, type MachineUpdate, NO_UPDATE } from '../../src/clients/machine.ts';
import { MachineBook } from '../../src/clients/machine-book.ts';
import { MachineTable } from '../../src/clients/machine-table.ts';
import { mergeClients } from '../../src/clients/merge.ts';
import { whoMeant, whoStored } from '../../src/clients/who.ts';
import type { Config } from '../../src/config/config.ts';
import { addressToText, textToAddress } from '../../src/wire/names/address.ts';
import { configOf } from '../support/config-text.ts';

const MAC = {
  a: '02:00:00:00:00:0a',
  b: '02:00:00:00:00:0b',
  c: '02:00:00:00:00:0c',
  x: '66:66:66:66:66:66',
} as const;
const MINUTE = 60_000;

interface Network {
  readonly leases?: readonly (readonly [
    ip: string,
    mac: string | null,
    name: string | null,
    duid?: string | undefined,
    clientId?: string,
  ])[];
  readonly neighbours?: Readonly<Record<string, string>>;
  readonly reverse?: Readonly<Record<string, string>>;
  readonly hosts?: Readonly<Record<string, string>>;
  readonly configured?: Readonly<Record<string, string>>;
}

const octets = (ip: string): Uint8Array => textToAddress(ip) ?? new Uint8Array(16);

const seen = ({ leases = [], neighbours = {}, reverse = {}, hosts = {}, configured = {} }: Network) =>
  mergeClients({
    configured: Object.entries(configured).map(([who, name]) =>
      who.split(':').length === 6
        ? { address: null, mac: who, name }
        : { address: octets(who), mac: null, name },
    ),
    hosts: new Map(Object.entries(hosts)),
    leases: leases.map(
      ([ip, mac, name, duid, clientId]): Lease => ({
        ip,
        mac,
        name,
        duid: duid ?? null,
        clientId: clientId ?? null,
        endsMs: Number.POSITIVE_INFINITY,
      }),
    ),
    neighbours: new Map(Object.entries(neighbours)),
    reverse: Object.entries(reverse),
    nowMs: 0,
  });

/** A book, and beside it a table that is only told what changed, as the desk's. */
function office(earlier = NO_UPDATE) {
  const book = new MachineBook(earlier);
  const desk = new MachineTable();
  desk.apply(earlier);
  return {
    book,
    desk,
    look: (network: Network, nowMs: number) => desk.apply(book.observe(seen(network), nowMs) ?? NO_UPDATE),
    asks: (ip: string, atMs: number) => {
      const who = desk.at(octets(ip), atMs);
      desk.apply(book.asked([{ address: octets(ip), firstMs: atMs, lastMs: atMs }]) ?? NO_UPDATE);
      return who;
    },
    at: (ip: string, atMs: number) => desk.at(octets(ip), atMs),
  };
}

t.test('machines are put in any order, those without what they are ordered by last', async (t) => {
  const { look, asks, desk } = office();
  look(
    {
      leases: [
        ['192.0.2.10', MAC.a, 'till-10'],
        ['192.0.2.9', MAC.b, 'Till-9'],
      ],
    },
    1000,
  );
  asks('192.0.2.200', 2000);
  const sources = { table: desk, config: configOf('workers: 1'), known: [] };
  const [all, sort] = [{ search: null, offset: 0, limit: 9, isDown: false }, 'name'] as const;
  const shown = async (
    asked: Partial<ClientPageAsked>,
    ids: readonly string[] | null = null,
  ): Promise<string[]> => {
    const { clients } = await clientPage(sources, { ...all, sort, ...asked }, ids);
    return clients.map(({ addresses }) => addresses[0]?.ip ?? '');
  };
  t.same(
    await shown({}),
    ['192.0.2.200', '192.0.2.9', '192.0.2.10'],
    'one without a name is called by its address',
  );
  t.same(await shown({ sort: 'mac', isDown: true }), ['192.0.2.9', '192.0.2.10', '192.0.2.200']);
  t.same(await shown({ sort: 'address' }), ['192.0.2.9', '192.0.2.10', '192.0.2.200']);
  t.same(await shown({ sort: 'lastSeen', isDown: true, limit: 1 }), ['192.0.2.200']);
  t.same(await shown({ search: 'till', offset: 1 }), ['192.0.2.10']);
  t.same(await shown({ search: '192[.]0.2[.]9' }), ['192.0.2.9'], 'as a report has it');
  const both = ['192.0.2.9', '192.0.2.10'].map((ip) => desk.at(textToAddress(ip)!, 3000).id);
  t.same(
    await shown({ sort: null }, both),
    ['192.0.2.9', '192.0.2.10'],
    'of those that are meant, as they are meant',
  );
  t.same(await shown({ sort: null, search: 'till-1' }, both), ['192.0.2.10'], 'both hold');
  t.same(await shown({ sort: 'name', isDown: true, limit: 1 }, both), ['192.0.2.10']);
});

t.test(
  'an address that is given to another machine is the first one for what was asked before',
  async (t) => {
    const { look, at, desk } = office();
    look({ leases: [['192.0.2.7', MAC.a, 'machine-a']] }, 1000);
    look(
      {
        leases: [
          ['192.0.2.9', MAC.a, 'machine-a'],
          ['192.0.2.7', MAC.b, 'machine-b'],
        ],
      },
      5000,
    );
    t.match(at('192.0.2.7', 2000), { name: 'machine-a', mac: MAC.a, nameFrom: 'lease' });
    t.match(at('192.0.2.7', 5000), { name: 'machine-b', mac: MAC.b });
    t.equal(at('192.0.2.9', 6000).id, at('192.0.2.7', 2000).id, 'the machine that moved keeps its id');
    t.same(
      desk
        .bindingsOf(at('192.0.2.9', 6000).id)
        .map(({ address, fromMs, toMs }) => [addressToText(address), fromMs, toMs]),
      [
        ['192.0.2.9', 1000, null],
        ['192.0.2.7', 1000, 5000],
      ],
    );
    t.same(desk.find('192.0.2.7')[0], at('192.0.2.7', 6000).id, 'who has the address now is meant first');
    t.equal(desk.find('machine-a')[0], at('192.0.2.9', 6000).id);
    look({ leases: [['192.0.2.7', MAC.b, 'xn--mller-kva']] }, 7000);
    t.equal(desk.find('Müller')[0], at('192.0.2.7', 7000).id, 'a name is found as it is written');
  },
);

t.test(
  'addresses of one MAC are one machine, and a name that is inferred for one of them says so',
  async (t) => {
    const { look, at } = office();
    look(
      {
        leases: [['192.0.2.7', MAC.a, 'laptop-7']],
        neighbours: { '192.0.2.7': MAC.a, '2001:db8::7:1': MAC.a, '2001:db8::7:2': MAC.a },
      },
      1000,
    );
    t.match(at('2001:db8::7:1', 1000), { name: 'laptop-7', nameFrom: 'inferred', mac: MAC.a });
    t.match(at('192.0.2.7', 1000), { name: 'laptop-7', nameFrom: 'lease' });
    t.equal(new Set(['192.0.2.7', '2001:db8::7:1', '2001:db8::7:2'].map((ip) => at(ip, 1000).id)).size, 1);
  },
);

t.test('a lease that ends and a neighbour that is gone take nothing away', async (t) => {
  const { look, at, desk, book } = office();
  look({ leases: [['192.0.2.10', MAC.a, 'machine-e']], neighbours: { '192.0.2.10': MAC.a } }, 1000);
  const { id } = at('192.0.2.10', 1000);
  look({}, 5000);
  t.match(at('192.0.2.10', 6000), { id, name: 'machine-e', mac: MAC.a }, 'it may be asleep');
  t.match(book.known, [{ name: 'machine-e', mac: MAC.a }], 'and is in its group when it wakes up');
  look({}, 5000 + 61 * MINUTE);
  t.match(
    at('192.0.2.10', 5001 + 61 * MINUTE),
    { name: null, mac: null },
    'who comes an hour later is unknown',
  );
  t.not(at('192.0.2.10', 5001 + 61 * MINUTE).id, id);
  t.match(desk.machine(id), { name: 'machine-e', mac: MAC.a }, 'the machine keeps its name');
});

t.test('what takes the address of a lease without being its machine does not get its name', async (t) => {
  const { look, at } = office();
  const leases = [['192.0.2.7', MAC.a, 'machine-a']] as const;
  look({ leases, neighbours: { '192.0.2.7': MAC.a } }, 1000);
  look(
    { leases, neighbours: { '192.0.2.7': MAC.x }, reverse: { '192.0.2.7': 'machine-a.corp.example' } },
    5000,
  );
  t.match(at('192.0.2.7', 6000), { name: null, mac: MAC.x }, 'reverse DNS speaks of the lease too');
  t.not(at('192.0.2.7', 6000).id, at('192.0.2.7', 2000).id);
});

t.test('behind a MAC with several names nobody has a neighbour’s name', async (t) => {
  const { look, at } = office();
  const behind = { '192.0.2.9': MAC.x, '192.0.2.10': MAC.x, '192.0.2.11': MAC.x };
  look(
    {
      leases: [
        ['192.0.2.9', null, 'phone'],
        ['192.0.2.10', null, 'tablet'],
      ],
      neighbours: behind,
    },
    1000,
  );
  t.match(at('192.0.2.11', 1000), { name: null, nameFrom: null });
  t.match(at('192.0.2.9', 1000), { name: 'phone', nameFrom: 'lease' });
  const one = office();
  one.look({ leases: [['192.0.2.9', null, 'phone']], neighbours: behind }, 1000);
  t.match(one.at('192.0.2.11', 1000), { name: 'phone', nameFrom: 'inferred' });
});

t.test('a box that passes on for several leases is none of their machines', async (t) => {
  const { look, at } = office();
  const leases = [
    ['192.0.2.9', MAC.a, 'phone'],
    ['192.0.2.10', MAC.b, 'tablet'],
  ] as const;
  look({ leases, neighbours: { '192.0.2.9': MAC.x, '192.0.2.10': MAC.x, '192.0.2.2': MAC.x } }, 1000);
  t.match(at('192.0.2.9', 1000), { name: 'phone', nameFrom: 'inferred' }, 'the best there is, and marked');
  t.not(at('192.0.2.9', 1000).id, at('192.0.2.10', 1000).id);
  t.match(at('192.0.2.2', 1000), { name: null });
});

t.test('learning more completes a machine that asked before', async (t) => {
  const { look, at, asks, desk } = office();
  look({}, 0);
  const { id } = asks('192.0.2.7', 1000);
  look({ hosts: { '192.0.2.7': 'till-3' } }, 2000);
  t.match(at('192.0.2.7', 2000), { id, name: 'till-3', nameFrom: 'hosts' });
  look({ leases: [['192.0.2.7', MAC.a, 'till']], hosts: { '192.0.2.7': 'till-3' } }, 3000);
  t.match(desk.machine(id), { name: 'till-3', mac: MAC.a, key: `mac:${MAC.a}` });
  t.equal(at('192.0.2.7', 1000).id, id);
  t.equal(at('192.0.2.7', 3000).id, id);
});

t.test('an address that turns out to be of a machine that is known is merged into it', async (t) => {
  const { look, at, asks, desk } = office();
  look({ neighbours: { '192.0.2.7': MAC.a } }, 1000);
  const laptop = at('192.0.2.7', 1000).id;
  const stray = asks('2001:db8::7:9', 2000).id;
  t.not(stray, laptop);
  look({ neighbours: { '192.0.2.7': MAC.a, '2001:db8::7:9': MAC.a } }, 3000);
  t.equal(at('2001:db8::7:9', 2000).id, laptop);
  t.equal(desk.idNow(stray), laptop);
  t.same(new Set(desk.idsOf(laptop)), new Set([laptop, stray]));
  t.equal(desk.machine(stray)?.id, laptop);
});

t.test('who asked an hour ago by an address alone need not be the machine that is there now', async (t) => {
  const { look, at, asks } = office();
  look({}, 0);
  const { id } = asks('192.0.2.7', 1000);
  look({ leases: [['192.0.2.7', MAC.b, 'machine-b']] }, 1000 + 61 * MINUTE);
  t.equal(at('192.0.2.7', 1000).id, id);
  t.not(at('192.0.2.7', 2000 + 61 * MINUTE).id, id);
});

t.test('another name by reverse DNS is another machine, when nothing else is known', async (t) => {
  const { look, at, asks } = office();
  look({}, 0);
  asks('192.0.2.7', 100);
  look({ reverse: { '192.0.2.7': 'machine-a.corp.example' } }, 1000);
  look({ reverse: { '192.0.2.7': 'machine-b.corp.example' } }, 5000);
  t.equal(at('192.0.2.7', 100).id, at('192.0.2.7', 2000).id);
  t.not(at('192.0.2.7', 6000).id, at('192.0.2.7', 2000).id);
  t.match(at('192.0.2.7', 6000), { name: 'machine-b.corp.example', nameFrom: 'ptr' });
  look({}, 9000);
  t.match(at('192.0.2.7', 2000), { name: 'machine-a.corp.example' });
});

t.test('who asked beside a machine that later has its address was not that machine', async (t) => {
  const { look, asks, at, desk } = office();
  const before = { leases: [['192.0.2.8', MAC.b, 'machine-b']] } as const;
  const after = { leases: [['192.0.2.13', MAC.b, 'machine-b']] } as const;
  look(before, 0);
  const other = asks('192.0.2.13', 1000).id;
  asks('192.0.2.8', 2000);
  look(after, 5000);
  const { id } = at('192.0.2.13', 6000);
  t.equal(id, at('192.0.2.8', 2000).id);
  t.equal(at('192.0.2.13', 1000).id, other, 'it asked while machine-b asked from where it was');
  t.not(desk.idNow(other), id);
  t.equal(desk.machine(other)?.name ?? null, null);
});

t.test('a machine that has moved asked from its new address before its lease was read', async (t) => {
  const { look, asks, at } = office();
  look({ leases: [['192.0.2.8', MAC.b, 'machine-b']] }, 0);
  asks('192.0.2.8', 1000);
  asks('192.0.2.13', 2000);
  look({ leases: [['192.0.2.13', MAC.b, 'machine-b']] }, 3000);
  t.equal(at('192.0.2.13', 2000).id, at('192.0.2.8', 1000).id);
});

t.test('a machine with two IPv4 addresses at once is one', async (t) => {
  const { look, asks, at } = office();
  look({ leases: [['192.0.2.8', MAC.b, 'machine-b']] }, 0);
  asks('192.0.2.13', 1000);
  asks('192.0.2.8', 2000);
  look({ leases: [['192.0.2.8', MAC.b, 'machine-b']], neighbours: { '192.0.2.13': MAC.b } }, 3000);
  t.equal(at('192.0.2.13', 1000).id, at('192.0.2.8', 2000).id);
});

t.test('askings of before an address changed hands open no machine in that time', async (t) => {
  const { book, desk, look, at } = office();
  look({ leases: [['192.0.2.8', MAC.b, 'machine-b']] }, 0);
  look({ leases: [['192.0.2.13', MAC.b, 'machine-b']] }, 5000);
  const tell = (firstMs: number, lastMs: number) =>
    desk.apply(book.asked([{ address: octets('192.0.2.8'), firstMs, lastMs }]) ?? NO_UPDATE);
  tell(1000, 3000);
  t.equal(desk.openAt(octets('192.0.2.8')), null, 'machine-b asked that');
  tell(3000, 9000);
  t.match(at('192.0.2.8', 3000), { name: 'machine-b' });
  t.match(at('192.0.2.8', 9000), { name: null });
  t.match(desk.openAt(octets('192.0.2.8')), { fromMs: 5000 });
  t.match(desk.machine(at('192.0.2.8', 9000).id), { firstMs: 5000, lastMs: 9000 });
});

t.test('a DUID that holds the MAC of a machine of the network is that machine', async (t) => {
  const { look, asks, at, desk } = office();
  const llt = `00:01:00:01:2c:aa:bb:cc:${MAC.a}`;
  const six = ['2001:db8::7', null, 'till-3', llt] as const;
  look({ leases: [six] }, 0);
  const { id: before, mac } = asks('2001:db8::7', 1000);
  t.equal(mac, null, 'nobody of the network is known by that MAC: it may be of an interface that is gone');
  look({ leases: [six, ['192.0.2.7', MAC.a, 'till-3']] }, 2000);
  t.equal(at('2001:db8::7', 3000).id, at('192.0.2.7', 3000).id);
  t.equal(desk.idNow(before), at('192.0.2.7', 3000).id, 'what it asked before is its own');
  t.match(at('2001:db8::7', 3000), { mac: MAC.a });
  look({ leases: [six] }, 4000);
  t.equal(at('2001:db8::7', 5000).id, at('192.0.2.7', 3000).id, 'also when the other lease has ended');
  const other = ['2001:db8::9', null, 'till-4', `00:03:00:01:${MAC.b}`] as const;
  look({ leases: [six, other], neighbours: { '2001:db8::9': MAC.c, '192.0.2.9': MAC.b } }, 6000);
  t.match(at('2001:db8::9', 7000), { mac: MAC.c, name: 'till-4' });
  t.not(at('2001:db8::9', 7000).id, at('192.0.2.9', 7000).id, 'the kernel goes before');
});

t.test(
  'a client that says its DUID over DHCPv4 too is one machine, whichever lease comes first',
  async (t) => {
    const duid = '00:02:00:00:ab:11:01:02:03:04:05:06:07:08';
    const six = { leases: [['2001:db8::7', null, 'till-3', duid]] } as const;
    const four = { leases: [['192.0.2.7', MAC.a, 'till-3', undefined, `ff:00:00:00:01:${duid}`]] } as const;
    const both = { leases: [...six.leases, ...four.leases] };
    for (const first of [six, four, both]) {
      const { look, at, asks, desk } = office();
      look(first, 0);
      const { id } = asks('2001:db8::7', 500);
      look(both, 1000);
      t.equal(at('2001:db8::7', 2000).id, at('192.0.2.7', 2000).id);
      t.equal(desk.idNow(id), at('192.0.2.7', 2000).id);
    }
    const { look, at } = office();
    const wireless = ['192.0.2.8', MAC.b, 'till-3', undefined, `ff:00:00:00:02:${duid}`] as const;
    look({ leases: [...both.leases, wireless] }, 0);
    t.not(
      at('192.0.2.7', 1).id,
      at('192.0.2.8', 1).id,
      'two MACs at once stay two: no sign says which of them is which',
    );
  },
);

t.test('a DUID is one machine with the MAC that has its lease', async (t) => {
  const { look, at } = office();
  const leases = [['2001:db8::7', null, 'till-3', '00:01:02']] as const;
  look({ leases, neighbours: { '2001:db8::7': MAC.a, '192.0.2.7': MAC.a } }, 1000);
  look({ leases: [...leases, ['2001:db8::8', null, 'till-3', '00:01:02']] }, 2000);
  t.equal(at('2001:db8::8', 2000).id, at('192.0.2.7', 1000).id);
});

t.test(
  'machines and what they had keep their ids over a restart, a half line at the end notwithstanding',
  async (t) => {
    const dir = t.testdir();
    const problems: string[] = [];
    const file = new MachineFile(dir, (problem) => problems.push(problem));
    const before = office(file.load());
    const keep = (update: ReturnType<MachineBook['observe']>) =>
      file.write(update ?? NO_UPDATE, () => before.book.table.snapshot(0));
    keep(before.book.asked([{ address: octets('192.0.2.7'), firstMs: 500, lastMs: 600 }]));
    keep(before.book.observe(seen({ leases: [['192.0.2.7', MAC.a, 'machine-a']] }), 1000));
    keep(before.book.observe(seen({ leases: [['192.0.2.7', MAC.b, 'machine-b']] }), 2000));
    const [a, b] = [1500, 2500].map((at) => before.book.table.at(octets('192.0.2.7'), at));
    appendFileSync(join(dir, 'machines.jsonl'), '{"binding":{"ip":"192.0.');

    const again = new MachineFile(dir, (problem) => problems.push(problem));
    const after = office(again.load());
    t.same(after.at('192.0.2.7', 1500), a);
    t.same(after.at('192.0.2.7', 2500), b);
    after.look(
      {
        leases: [
          ['192.0.2.8', MAC.a, 'machine-a'],
          ['192.0.2.7', MAC.b, 'machine-b'],
        ],
      },
      3000,
    );
    t.equal(after.at('192.0.2.8', 3000).id, a?.id);
    const all = () => after.book.table.snapshot(0);
    again.write(after.book.observe(seen({}), 3500) ?? NO_UPDATE, all);
    again.write(after.book.observe(seen({ leases: [['192.0.2.9', MAC.c, null]] }), 4000) ?? NO_UPDATE, all);
    t.match(
      office(again.load()).at('192.0.2.9', 4000),
      { mac: MAC.c },
      'what comes after the half line is read',
    );
    t.same(problems, []);
  },
);

t.test(
  'what a start under pseudonyms forgets is none of what comes after: an address is another machine by then',
  async (t) => {
    const dir = t.testdir();
    const told = (privacy: string): Config => configOf(`events: { queryLog: { privacy: ${privacy} } }`);
    const start = (privacy: string, nowMs: number) => {
      const kept = new KeptMachines(dir, () => t.fail());
      return { kept, ...office(kept.open(told(privacy), nowMs)) };
    };
    const address = octets('192.0.2.7');
    const first = start('none', 1000);
    const keep = (update: MachineUpdate | null) =>
      first.kept.write(update ?? NO_UPDATE, () => first.book.table.snapshot(0));
    keep(first.book.asked([{ address, firstMs: 1000, lastMs: 1000 }]));
    const lease = { leases: [['192.0.2.7', MAC.a, 'machine-a']] } as const;
    keep(first.book.observe(seen({ leases: [...lease.leases] }), 2000));
    const a = first.at('192.0.2.7', 2500).id;
    t.equal(a, idOfAddress(address, 0), 'it has the id that its address had');

    const second = start('anonymise', 10_000);
    t.notOk(existsSync(join(dir, 'machines.jsonl')));
    const [before, after] = [second.at('192.0.2.7', 9000).id, second.at('192.0.2.7', 11_000).id];
    t.equal(
      new Set([a, before, after]).size,
      3,
      'who asked before it began is not who asks now, and neither is known',
    );
    second.look({}, 11_000);
    second.look({ leases: [['192.0.2.7', MAC.b, 'machine-b']] }, 12_000);
    t.equal(second.book.table.idNow(after), second.at('192.0.2.7', 12_500).id);
    t.equal(second.book.table.idNow(before), before, 'what is learnt now is said of nobody before');

    second.kept.use(told('anonymise'), () => second.book.table.snapshot(0));
    t.notOk(existsSync(join(dir, 'machines.jsonl')));
    second.kept.use(told('none'), () => second.book.table.snapshot(0));
    const third = start('none', 20_000);
    t.same(third.at('192.0.2.7', 12_500), second.at('192.0.2.7', 12_500), 'kept from the reload on');
    t.equal(third.at('192.0.2.8', 21_000).id, second.at('192.0.2.8', 21_000).id);
    t.not(third.at('192.0.2.8', 21_000).id, idOfAddress(octets('192.0.2.8'), 0));
  },
);

t.test('a machine file that is longer than it need be is written anew', async (t) => {
  const dir = t.testdir();
  const path = join(dir, 'machines.jsonl');
  const machine = {
    id: 'm-1',
    key: `mac:${MAC.a}`,
    name: 'a',
    nameFrom: 'lease',
    mac: MAC.a,
    firstMs: 1,
    lastMs: 2,
  };
  writeFileSync(path, `${JSON.stringify({ machine })}\n`.repeat(500));
  const { machines } = new MachineFile(dir, () => t.fail()).load();
  t.same(machines, [machine]);
  t.equal(readFileSync(path, 'utf8'), `${JSON.stringify({ machine })}\n`);
});

t.test('a machine file is read in pieces, and each of its lines once', async (t) => {
  const dir = t.testdir();
  const path = join(dir, 'machines.jsonl');
  const all = Array.from({ length: 3000 }, (_, i) => ({
    id: `m-${i}`,
    key: `id:${i}`,
    name: 'ö'.repeat(400 + (i % 64)),
    nameFrom: 'lease',
    mac: null,
    firstMs: 1,
    lastMs: 2,
  }));
  const text = all.map((machine) => `${JSON.stringify({ machine })}\n`).join('');
  writeFileSync(path, text);
  t.ok(Buffer.byteLength(text) > 2 << 20);
  const { machines } = new MachineFile(dir, () => t.fail()).load();
  t.equal(machines.length, all.length);
  t.ok(machines.every(({ name }, i) => name === all[i]?.name));
  t.equal(readFileSync(path, 'utf8'), text);
});

t.test('a machine file grows no further than its facts, however often machines ask', async (t) => {
  const dir = t.testdir();
  const path = join(dir, 'machines.jsonl');
  const file = new MachineFile(dir, () => t.fail());
  const book = new MachineBook(file.load());
  const addresses = Array.from({ length: 100 }, (_, i) => octets(`192.0.2.${i}`));
  let linesMost = 0;
  for (let round = 1; round <= 500; round += 1) {
    const asked = addresses.map((address) => ({ address, firstMs: 1000, lastMs: 1000 + round }));
    file.write(book.asked(asked) ?? NO_UPDATE, () => book.table.snapshot(0));
    if (round % 10 === 0) linesMost = Math.max(linesMost, readFileSync(path, 'utf8').split('\n').length);
  }
  t.ok(linesMost < 11_000, `${linesMost} lines`);
  const again = new MachineFile(dir, () => t.fail()).load();
  t.same(again, book.table.snapshot(0), 'and the latest is what it says');
});

t.test(
  'what could not be appended, or was removed, is in the machine file when it can be written again',
  async (t) => {
    const dir = t.testdir();
    const [path, aside] = [join(dir, 'machines.jsonl'), join(dir, 'aside')];
    const problems: string[] = [];
    let nowMs = 0;
    const file = new MachineFile(
      dir,
      (problem) => problems.push(problem),
      () => nowMs,
    );
    const book = new MachineBook(file.load());
    const ask = (ip: string) =>
      file.write(book.asked([{ address: octets(ip), firstMs: 1000, lastMs: 1000 }]) ?? NO_UPDATE, () =>
        book.table.snapshot(0),
      );
    const kept = () => new MachineFile(dir, () => t.fail()).load();
    ask('192.0.2.1');
    // As a disk leaves it that was full in the middle of a line.
    appendFileSync(path, '{"machine":{"id":"m-');
    ask('192.0.2.2');
    t.same(kept(), book.table.snapshot(0), 'after half a line');

    renameSync(path, aside);
    ask('192.0.2.3');
    t.same(kept(), book.table.snapshot(0), 'after somebody removed it');

    // Nothing can be put in the place of a folder.
    rmSync(path);
    mkdirSync(path);
    ask('192.0.2.4');
    ask('192.0.2.5');
    t.match(problems, [/^machines cannot be kept: /]);
    rmdirSync(path);
    nowMs += 10_000;
    ask('192.0.2.6');
    t.same(kept(), book.table.snapshot(0), 'after it could not be written');
    t.match(problems, [/cannot/, /^machines are kept again/]);
  },
);

t.test('a clock that is set back leaves who has an address now', async (t) => {
  const { look, at } = office();
  const hour = 60 * MINUTE;
  look({ leases: [['192.0.2.7', MAC.a, 'machine-a']] }, hour);
  look({ leases: [['192.0.2.7', MAC.b, 'machine-b']] }, 3 * hour);
  look({ leases: [['192.0.2.7', MAC.b, 'machine-b']] }, 2 * hour);
  t.match(at('192.0.2.7', 2 * hour), { name: 'machine-b' });
  t.match(at('192.0.2.7', hour + MINUTE), { name: 'machine-a' });
});

t.test('what was asked a moment before a machine was known there is found under it', async (t) => {
  const { look, at, desk } = office();
  look({}, 0);
  const { id } = at('192.0.2.7', 500);
  look({ neighbours: { '192.0.2.7': MAC.a } }, 1000);
  const known = at('192.0.2.7', 1000);
  t.not(known.id, id);
  t.ok(desk.idsOf(known.id).includes(id), 'the record of before has the id of the address');
  t.equal(at('192.0.2.7', 500).id, known.id);
});

t.test('a machine that begins to ask through a neighbour did so since the last look', async (t) => {
  const book = new MachineBook(NO_UPDATE);
  const address = textToAddress('192.0.2.9') ?? new Uint8Array(16);
  const at = (through: string | null) => [
    {
      address,
      key: 'mac:02:00:00:00:00:0a',
      alsoKeys: [],
      mac: '02:00:00:00:00:0a',
      name: null,
      nameFrom: null,
      isShared: false,
      through,
      toldMs: null,
    },
  ];
  book.observe(at(null), 1000);
  book.observe(at(null), 2000);
  book.observe(at('192.0.2.1'), 3000);
  t.equal(book.table.at(address, 2500).through, '192.0.2.1', 'the record that told of it');
  t.equal(book.table.at(address, 1500).through ?? null, null, 'what was asked before was its own');
});

t.test(
  'of forged sources without end the latest are known, here, in the hits thread and after a restart',
  async (t) => {
    const [ALL, KNOWN] = [20_000, 16_384];
    const dir = t.testdir();
    const file = new MachineFile(dir, () => {});
    const book = new MachineBook(NO_UPDATE);
    const copy = new MachineTable();
    const addressOf = (number: number) => octets(`198.18.${number >> 8}.${number & 255}`);
    for (let from = 0; from < ALL; from += 2000) {
      const asked = Array.from({ length: 2000 }, (_, i) => addressOf(from + i));
      const updates = [asked.slice(0, 1000), asked.slice(1000)].flatMap(
        (some) => book.asked(some.map((address) => ({ address, firstMs: 1000, lastMs: 2000 }))) ?? [],
      );
      const all = allOf(updates);
      file.write(all, () => book.table.snapshot(0));
      copy.apply(all);
    }
    const restarted = new MachineTable();
    restarted.apply(new MachineFile(dir, () => {}).load());
    for (const table of [book.table, copy, restarted]) t.equal([...table.machines].length, KNOWN);
    const first = idOfAddress(addressOf(0), 0);
    t.equal(copy.machine(first), null);
    t.equal(copy.at(addressOf(0), 1500).id, first, 'its hits have the id that they had');
    t.strictSame(whoStored(copy, first.toUpperCase()), { machines: [first], ips: [] }, 'and are found by it');
    t.equal(whoStored(copy, 'm-anybody'), null);
    t.equal(whoMeant(copy, first), null, 'but nothing is decided for it');
    book.asked([{ address: addressOf(0), firstMs: 3000, lastMs: 3000 }]);
    t.equal(book.table.openAt(addressOf(0))?.who.id, first);
    t.equal(book.table.machine(first)?.lastMs, 3000);
  },
);
