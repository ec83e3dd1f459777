// What becomes known of a network's clients: from files as they change, from the kernel, from an upstream that is asked little.
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { ClientBook } from '../../src/clients/client-book.ts';
import type { MachineUpdate } from '../../src/clients/machine.ts';
import { mergeClients } from '../../src/clients/merge.ts';
import { openNeighbours, readArp, readNeighbours } from '../../src/clients/neighbours.ts';
import { ReverseNames } from '../../src/clients/reverse/reverse-names.ts';
import type { KnownClient } from '../../src/policy/groups.ts';
import { addressToText, textToAddress } from '../../src/wire/names/address.ts';
import { fakeClock } from '../support/clock.ts';
import { configOf } from '../support/config-text.ts';
import { response } from '../support/message.ts';
import { readMessage } from '../support/read-message.ts';
import { startSimpleUpstream } from '../support/simple-upstream.ts';
import { until } from '../support/tool.ts';

const told = (known: readonly KnownClient[]) =>
  Object.fromEntries(known.map(({ address, name, mac }) => [addressToText(address), [name, mac]]));

function bookOf(text: string) {
  const problems: string[] = [];
  const changes: MachineUpdate[] = [];
  const config = configOf(text);
  return {
    config,
    problems,
    changes,
    book: new ClientBook({
      config,
      own: () => [],
      dir: null,
      regrouped: () => undefined,
      changed: (update) => changes.push(update),
      report: (problem) => problems.push(problem),
    }),
  };
}

t.test(
  'names come from the config, the hosts file and leases, in this order, and follow the files',
  async (t) => {
    const dir = t.testdir({
      hosts:
        '127.0.0.1 localhost\n10.0.0.7 Till-3.office.example till-3 # the third\n10.0.0.9 first\n10.0.0.9 second\nnonsense\n',
      leases: [
        '1764010000 aa:bb:cc:dd:ee:07 10.0.0.7 other *',
        '1764010000 aa:bb:cc:dd:ee:08 10.0.0.8 printer *',
        '1764010000 aa:bb:cc:dd:ee:0a 10.0.0.10 camera *',
      ].join('\n'),
    });
    const { book, config, problems, changes } = bookOf(`
clients:
  names: { "10.0.0.9": desk, "AA-BB-CC-DD-EE-0A": front-door }
  hosts: ${join(dir, 'hosts')}
  leases: [${join(dir, 'leases')}]
  neighbours: false
  reverse: false
`);
    t.same(told(book.known), {
      '10.0.0.7': ['till-3.office.example', 'aa:bb:cc:dd:ee:07'],
      '10.0.0.8': ['printer', 'aa:bb:cc:dd:ee:08'],
      '10.0.0.9': ['desk', null],
      '10.0.0.10': ['front-door', 'aa:bb:cc:dd:ee:0a'],
      '127.0.0.1': ['localhost', null],
    });

    writeFileSync(join(dir, 'leases'), '1764020000 aa:bb:cc:dd:ee:08 10.0.0.8 new-printer *\n');
    book.refresh();
    t.match(told(book.known), { '10.0.0.8': ['new-printer', 'aa:bb:cc:dd:ee:08'] });
    t.match(
      told(book.known),
      { '10.0.0.10': ['front-door', 'aa:bb:cc:dd:ee:0a'] },
      'a lease that is gone takes nothing away',
    );
    t.equal(changes.length, 1);
    book.refresh();
    t.equal(changes.length, 1, 'nothing changed, nothing is told');
    writeFileSync(join(dir, 'leases'), '1764020000 aa:bb:cc:dd:ee:08 10.0.0.8 newest-printer *\n');
    book.use(config);
    t.match(
      changes[1]?.bindings.map(({ who, toMs }) => [who.name, toMs === null]),
      [
        ['new-printer', false],
        ['newest-printer', true],
      ],
      'what a reload finds is told before groups are made of what it found',
    );

    writeFileSync(join(dir, 'leases'), '<html>login</html>');
    book.refresh();
    book.refresh();
    t.match(
      told(book.known),
      { '10.0.0.8': ['newest-printer', 'aa:bb:cc:dd:ee:08'] },
      'what was read before stays',
    );
    t.same(problems.length, 1, 'said once');
    t.match(problems[0], /lease file cannot be used: its content is not of a known form \(.*leases\)/);
    writeFileSync(join(dir, 'leases'), '');
    book.refresh();
    t.match(problems[1], /is read again/);
    await book.stop();
  },
);

t.test('a lease file that is named and not there is told, the usual places are not', async (t) => {
  const dir = t.testdir();
  const { book, problems } = bookOf(
    `clients: { hosts: off, leases: [auto, ${join(dir, 'none')}], neighbours: false, reverse: false }`,
  );
  await book.stop();
  t.equal(problems.filter((problem) => problem.includes(dir)).length, 1);
  t.equal(problems.filter((problem) => problem.includes('there is no such file')).length, 1);
});

t.test('an address without a name has the name of another address of its MAC; leases end', async (t) => {
  const known = mergeClients({
    configured: [],
    hosts: new Map(),
    leases: [
      { ip: '10.0.0.7', mac: 'aa:bb:cc:dd:ee:07', name: 'till-3', duid: null, clientId: null, endsMs: 2000 },
      { ip: '10.0.0.8', mac: 'aa:bb:cc:dd:ee:08', name: 'ended', duid: null, clientId: null, endsMs: 1000 },
    ],
    neighbours: new Map([['2001:db8::7', 'aa:bb:cc:dd:ee:07']]),
    reverse: [],
    nowMs: 1500,
  });
  t.same(told(known), {
    '10.0.0.7': ['till-3', 'aa:bb:cc:dd:ee:07'],
    '2001:db8::7': ['till-3', 'aa:bb:cc:dd:ee:07'],
  });
});

t.test(
  'private addresses are named by reverse DNS over the route of their zone, public ones are never asked',
  async (t) => {
    const upstream = await startSimpleUpstream((asked) => {
      const question = readMessage(asked)?.question;
      if (question?.type !== 'PTR') return null;
      if (question.name.startsWith('12.'))
        return response(asked, { answer: [`${question.name} 300 PTR Till-4.office.example`] });
      if (question.name.startsWith('13.'))
        return response(asked, { answer: [`${question.name} 300 PTR <b>.example`] });
      return response(asked, { rcode: 'NXDOMAIN' });
    });
    const { book } = bookOf(`
upstreams: { default: [9.9.9.9], routes: { "10.in-addr.arpa": ["${upstream.address}"] } }
clients: { hosts: off, leases: [], neighbours: false }
`);
    book.start();
    const ips = [
      '10.0.0.12',
      '10.0.0.13',
      '10.0.0.14',
      '8.8.8.8',
      '2001:4860:4860::8888',
      '192.168.1.5',
      '127.0.0.1',
    ];
    const asked = ips.map((ip) => ({
      address: textToAddress(ip) ?? new Uint8Array(16),
      firstMs: 1,
      lastMs: 1,
    }));
    book.saw(asked);
    book.saw(asked);
    await until(
      'a name and all questions',
      () => (book.known.length > 0 && upstream.asked.length >= 3) || null,
    );
    t.same(told(book.known), { '10.0.0.12': ['till-4.office.example', null] });
    await book.stop();
    await upstream.close();
    t.same(
      upstream.asked.map((asked) => readMessage(asked)?.question?.name.toLowerCase()).sort(),
      ['12.0.0.10.in-addr.arpa', '13.0.0.10.in-addr.arpa', '14.0.0.10.in-addr.arpa'],
      'each once; no public address, none whose zone no upstream here serves',
    );
  },
);

t.test('reverse look-ups are bounded in rate, and no answer is asked for again only later', async (t) => {
  const clock = fakeClock();
  const asked: string[] = [];
  let answer: { name: string | null; ttlSeconds: number } | null = null;
  let learnt = 0;
  const names = new ReverseNames({
    ask: async (address) => {
      asked.push(addressToText(address));
      return answer;
    },
    now: clock.now,
    learnt: () => {
      learnt += 1;
    },
  });
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  for (let i = 0; i < 200; i += 1) names.want(`10.0.0.${i}`);
  await settle();
  t.equal(asked.length, 20, 'a burst');
  clock.advance(1000);
  names.tick();
  await settle();
  t.equal(asked.length, 30, 'then ten a second');
  for (let second = 0; second < 17; second += 1) {
    clock.advance(1000);
    names.tick();
    await settle();
  }
  t.equal(new Set(asked).size, 200);
  t.equal(asked.length, 200);

  answer = { name: 'till-3', ttlSeconds: 1 };
  clock.advance(60_000);
  names.tick();
  await settle();
  t.ok(asked.length > 200, 'nobody answered: asked again after a minute');
  t.equal(names.nameOf('10.0.0.0'), 'till-3');
  t.equal(learnt, asked.length - 200);

  const before = asked.filter((ip) => ip === '10.0.0.0').length;
  clock.advance(20_000);
  names.want('10.0.0.0');
  await settle();
  t.equal(
    asked.filter((ip) => ip === '10.0.0.0').length,
    before,
    'a TTL of a second holds for half a minute',
  );
  names.isAnother('10.0.0.0');
  t.equal(names.nameOf('10.0.0.0'), null, 'the name goes with the machine');
  for (let second = 0; second < 30; second += 1) {
    clock.advance(1000);
    names.tick();
    await settle();
  }
  t.ok(asked.filter((ip) => ip === '10.0.0.0').length > before, 'and is asked for anew');
});

t.test("the kernel's table is read from its dump, and from /proc/net/arp where there is none", async (t) => {
  const dir = t.testdir({
    arp: [
      'IP address       HW type     Flags       HW address            Mask     Device',
      '192.0.2.7        0x1         0x2         AA:BB:CC:DD:EE:FF     *        eth0',
      '192.0.2.8        0x1         0x0         00:00:00:00:00:00     *        eth0',
      '',
    ].join('\n'),
  });
  t.same([...readArp(join(dir, 'arp'))], [['192.0.2.7', 'aa:bb:cc:dd:ee:ff']]);
  t.same([...readArp('/nonexistent/arp')], []);

  const reachable = neighbour(
    [0x20, 1, 0xd, 0xb8, ...new Array(11).fill(0), 7],
    2,
    [0xaa, 0xbb, 0xcc, 0xdd, 0xee, 7],
  );
  const found = new Map<string, string>();
  t.notOk(
    readNeighbours(
      Buffer.concat([reachable, neighbour([192, 0, 2, 8], 0x20, [0xaa, 0xbb, 0xcc, 0xdd, 0xee, 8])]),
      found,
    ),
  );
  t.notOk(readNeighbours(neighbour([224, 0, 0, 1], 0x40, [1, 0, 0x5e, 0, 0, 1]), found));
  t.notOk(readNeighbours(neighbour([192, 0, 2, 9], 4, [0xaa, 0xbb, 0xcc, 0xdd, 0xee, 9]), found));
  t.ok(readNeighbours(Buffer.from([20, 0, 0, 0, 3, 0, 2, 0, ...new Array(12).fill(0)]), found), 'the end');
  t.same(Object.fromEntries(found), { '2001:db8::7': 'aa:bb:cc:dd:ee:07', '192.0.2.9': 'aa:bb:cc:dd:ee:09' });
  for (let cut = 0; cut < reachable.length; cut += 1) readNeighbours(reachable.subarray(0, cut), new Map());

  const dumped = (await openNeighbours('/nonexistent/arp'))();
  for (const [ip, mac] of readArp()) t.equal(dumped.get(ip) ?? mac, mac, 'the dump does not contradict ARP');
});

/** One RTM_NEWNEIGH with address and hardware address. */
function neighbour(address: readonly number[], state: number, hardware: readonly number[]): Buffer {
  const attribute = (type: number, octets: readonly number[]) => {
    const padding = new Array((4 - (octets.length % 4)) % 4).fill(0);
    return [octets.length + 4, 0, type, 0, ...octets, ...padding];
  };
  const body = [address.length === 4 ? 2 : 10, 0, 0, 0, 2, 0, 0, 0, state, 0, 0, 1];
  const rest = [...body, ...attribute(1, address), ...attribute(2, hardware)];
  return Buffer.from([16 + rest.length, 0, 0, 0, 28, 0, 2, 0, ...new Array(8).fill(0), ...rest]);
}

t.test(
  'a file of machines that is written anew while the clock is ten years ahead keeps who was where',
  (t) => {
    const dir = t.testdir();
    const clock = fakeClock(1_700_000_000_000);
    const there = new Map([['192.0.2.7', '02:00:00:00:00:01']]);
    const start = () =>
      new ClientBook({
        config: configOf('clients: { reverse: false }\n'),
        dir,
        own: () => [],
        changed: () => undefined,
        regrouped: () => undefined,
        report: () => undefined,
        now: clock.now,
        neighbours: () => there,
      });
    const began = clock.now();
    const book = start();
    const first = book.table.at(textToAddress('192.0.2.7')!, began).id;
    there.set('192.0.2.7', '02:00:00:00:00:02');
    clock.advance(60_000);
    book.refresh();
    rmSync(join(dir, 'machines.jsonl'));
    there.set('192.0.2.8', '02:00:00:00:00:03');
    clock.advance(3650 * 86_400_000);
    book.refresh();
    clock.advance(-3650 * 86_400_000);
    const { table } = start();
    t.equal(table.at(textToAddress('192.0.2.7')!, began).id, first);
    t.not(table.at(textToAddress('192.0.2.7')!, clock.now()).id, first);
    t.end();
  },
);
