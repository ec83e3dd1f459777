// Which group a client is in: longest prefix against a linear scan, MAC and name patterns, schedules.
import fc from 'fast-check';
import t from 'tap';
import type { GroupConfig } from '../../src/config/config.ts';
import { parseClient } from '../../src/config/values/clients.ts';
import { assignKnown, Groups } from '../../src/policy/groups.ts';
import { PrefixTable } from '../../src/policy/prefixes.ts';
import { isInForce, minuteOfWeek } from '../../src/policy/schedule.ts';
import { textToAddress } from '../../src/wire/names/address.ts';
import { groupOf } from '../support/group.ts';

const address = (...last: number[]): Uint8Array =>
  Uint8Array.from([...new Array(10).fill(0), 0xff, 0xff, ...last]);
const prefix = (octets: Uint8Array, bits: number) => ({
  kind: 'prefix' as const,
  bytes: octets,
  bits,
  text: '',
});
const group = (name: string, clients: GroupConfig['clients']): GroupConfig => groupOf({ name, clients });

t.test('the longest prefix wins, as a linear scan would find it', async (t) => {
  const octets = fc
    .uint8Array({ minLength: 16, maxLength: 16 })
    .map((bytes) => bytes.map((octet) => octet & 3));
  const entry = fc.record({ bytes: octets, bits: fc.nat(128), value: fc.nat(50) });
  const holds = (own: { bytes: Uint8Array; bits: number }, who: Uint8Array): boolean => {
    for (let bit = 0; bit < own.bits; bit += 1) {
      const mask = 0x80 >> (bit & 7);
      if ((own.bytes[bit >> 3]! & mask) !== (who[bit >> 3]! & mask)) return false;
    }
    return true;
  };
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 30 }), fc.array(octets), (entries, clients) => {
      const table = new PrefixTable(entries);
      // Twice each: the second time it may be remembered.
      return [...clients, ...clients].every((who) => {
        const longest = Math.max(-1, ...entries.filter((own) => holds(own, who)).map((own) => own.bits));
        const wanted = entries.find((own) => own.bits === longest && holds(own, who))?.value ?? -1;
        return table.find(who) === wanted;
      });
    }),
    { numRuns: 500 },
  );
  t.pass();
});

t.test(
  'an address beats its subnet, its subnet beats any, and nobody is left out where any stands',
  async (t) => {
    const groups = new Groups([
      group('default', [{ kind: 'any' }]),
      group('servers', [prefix(address(10, 0, 5, 0), 120)]),
      group('nas', [prefix(address(10, 0, 5, 9), 128)]),
    ]);

    t.equal(groups.groupOf(address(192, 0, 2, 1)), 0);
    t.equal(groups.groupOf(address(10, 0, 5, 7)), 1);
    t.equal(groups.groupOf(address(10, 0, 5, 9)), 2);
    t.equal(
      new Groups([group('servers', [prefix(address(10, 0, 5, 0), 120)])]).groupOf(address(10, 0, 6, 1)),
      -1,
    );
  },
);

t.test('MAC and name patterns find the clients the network knows', async (t) => {
  const groups = [
    group('default', [{ kind: 'any' }]),
    group('tills', [
      { kind: 'mac', mac: 'aa:bb:cc:dd:ee:ff' },
      { kind: 'name', pattern: 'till-?' },
    ]),
    group('nas', [{ kind: 'name', pattern: 'nas*' }]),
  ];
  const known = [
    { address: address(10, 0, 0, 1), mac: 'aa:bb:cc:dd:ee:ff', name: null },
    { address: address(10, 0, 0, 2), mac: null, name: 'NAS-2.office.example' },
    { address: address(10, 0, 0, 3), mac: null, name: 'till-10' },
    { address: address(10, 0, 0, 4), mac: null, name: 'till-3' },
  ];

  const found = assignKnown(groups, known);

  t.same(
    found.map(({ address: who, group: number }) => [who[15], number]),
    [
      [1, 1],
      [2, 2],
      [4, 1],
    ],
  );
  const table = new Groups(groups, found);
  t.equal(table.groupOf(address(10, 0, 0, 2)), 2);
  t.equal(table.groupOf(address(10, 0, 0, 3)), 0);
});

t.test('a pattern in letters of any script is matched with what a name spells', async (t) => {
  const groupOf = (pattern: string, name: string) =>
    assignKnown(
      [group('own', [{ kind: 'name', pattern }])],
      [{ address: address(10, 0, 0, 1), mac: null, name }],
    ).length === 1;
  for (const pattern of ['mü*', 'm?ller', '*ller.büro.example', 'xn--m*', 'm*'])
    t.ok(groupOf(pattern, 'xn--mller-kva.xn--bro-hoa.example'), pattern);
  for (const pattern of ['mu*', 'ü*', 'mü*.example.net'])
    t.notOk(groupOf(pattern, 'xn--mller-kva.xn--bro-hoa.example'), pattern);
  t.ok(groupOf('日?', 'xn--wgv71a'));
});

t.test('a schedule holds by day and minute, past midnight too', async (t) => {
  const weekdays = { days: 0b0111110, fromMinute: 480, toMinute: 1080, text: 'Mon-Fri 08:00-18:00' };
  const nights = { days: 0b1000000, fromMinute: 1320, toMinute: 360, text: 'Sat 22:00-06:00' };
  const at = (day: number, hour: number, minute = 0): number => day * 1440 + hour * 60 + minute;

  t.ok(isInForce(null, 0));
  t.ok(isInForce(weekdays, at(1, 8)));
  t.notOk(isInForce(weekdays, at(1, 7, 59)));
  t.notOk(isInForce(weekdays, at(1, 18)));
  t.notOk(isInForce(weekdays, at(0, 12)));
  t.ok(isInForce(nights, at(6, 23)));
  t.ok(isInForce(nights, at(0, 5, 59)), 'Sunday morning belongs to Saturday night');
  t.notOk(isInForce(nights, at(6, 5)));
  t.equal(minuteOfWeek(new Date(2026, 10, 23, 9, 30)), at(1, 9, 30));
});

t.test(
  'an IPv6 address is known by its end, whatever its prefix, and by the MAC it is made of',
  async (t) => {
    const of = (text: string): Uint8Array => textToAddress(text) ?? new Uint8Array(16);
    const client = (text: string) => {
      const parsed = parseClient(text);
      if (!parsed.ok) throw new Error(parsed.wrong);
      return parsed.value;
    };
    const groups = new Groups([
      group('default', [{ kind: 'any' }]),
      group('nas', client('::1234:5678')),
      group('tv', client('aa:bb:cc:dd:ee:07')),
      group('one', client('2001:db8:1::1234:5678')),
      group('net', client('2001:db8:2::/48')),
    ]);
    const named = (text: string) => groups.names[groups.groupOf(of(text))];
    t.equal(named('2001:db8:7::1234:5678'), 'nas');
    t.equal(named('2001:db8:2::1234:5678'), 'nas', 'before its network');
    t.equal(named('2001:db8:1::1234:5678'), 'one', 'after a whole address');
    t.equal(named('2001:db8:7::a8bb:ccff:fedd:ee07'), 'tv');
    t.equal(named('fe80::a8bb:ccff:fedd:ee07'), 'tv');
    t.equal(named('2001:db8:2::9'), 'net');
    t.equal(named('192.0.2.7'), 'default');
    t.match(client('::10'), [{ kind: 'suffix' }]);
    for (const address of ['::1', '::ffff:192.0.2.7', '2001:db8::7'])
      t.match(client(address), [{ kind: 'prefix', bits: 128 }]);
  },
);
