// The table of addresses and networks against a linear scan, and which of several rules decides an address.
import fc from 'fast-check';
import t from 'tap';
import { AddressTableBuilder } from '../../src/policy/addresses/builder.ts';
import { bitsOf, findAddress, openAddresses, widerEntry } from '../../src/policy/addresses/table.ts';
import { Policy } from '../../src/policy/decide.ts';
import { VERDICT_NAMES, Verdict } from '../../src/policy/verdict.ts';
import { readNetwork } from '../../src/wire/names/network.ts';
import { groupOf } from '../support/group.ts';
import { type AddressWords, type ListWords, ruleSetOf } from '../support/rule-set.ts';

interface Entry {
  readonly octets: Uint8Array;
  readonly bits: number;
  readonly rule: number;
}

/** Few distinct values an octet, so that networks meet and nest. */
const octetsOf = (length: number) =>
  fc
    .uint8Array({ minLength: length, maxLength: length })
    .map((octets) => octets.map((octet) => octet & 0x83));
const entries = fc.array(
  fc.oneof(
    fc.record({ octets: octetsOf(4), bits: fc.nat({ max: 32 }), rule: fc.nat({ max: 5 }) }),
    fc.record({ octets: octetsOf(16), bits: fc.nat({ max: 128 }), rule: fc.nat({ max: 5 }) }),
  ),
  { maxLength: 40 },
);

function holds({ octets, bits }: Entry, address: Uint8Array): boolean {
  if (octets.length !== address.length) return false;
  for (let bit = 0; bit < bits; bit += 1) {
    const mask = 0x80 >> (bit & 7);
    if (((octets[bit >>> 3]! ^ address[bit >>> 3]!) & mask) !== 0) return false;
  }
  return true;
}

t.test(
  'every network that holds an address is found, the narrowest first, as a linear scan would',
  async (_t) => {
    fc.assert(
      fc.property(entries, fc.oneof(octetsOf(4), octetsOf(16)), (all, stray) => {
        const builder = new AddressTableBuilder();
        for (const { octets, bits, rule } of all) builder.add(octets, bits, rule);
        const table = openAddresses(builder.finish());
        for (const address of [stray, ...all.map(({ octets }) => octets)]) {
          const found: string[] = [];
          const padded = Uint8Array.from([9, ...address]);
          let entry = findAddress(table, padded, 1, address.length);
          let before = 129;
          for (; entry >= 0; entry = widerEntry(table, entry)) {
            found.push(`${bitsOf(table, entry)} ${table.rules[entry]}`);
            if (bitsOf(table, entry) > before) return false;
            before = bitsOf(table, entry);
          }
          const expected = new Set(
            all.filter((each) => holds(each, address)).map((e) => `${e.bits} ${e.rule}`),
          );
          if (found.length !== expected.size || !found.every((text) => expected.has(text))) return false;
        }
        return true;
      }),
    );
  },
);

t.test('a buffer of another version, or cut short, is refused', async (t) => {
  const builder = new AddressTableBuilder();
  builder.add(Uint8Array.of(192, 0, 2, 1), 32, 0);
  const whole = builder.finish();
  const cut = new SharedArrayBuffer(whole.byteLength - 4);
  new Uint8Array(cut).set(new Uint8Array(whole, 0, cut.byteLength));
  const other = new SharedArrayBuffer(whole.byteLength);

  t.throws(() => openAddresses(cut), /cut short/);
  t.throws(() => openAddresses(other), /another version/);
  t.throws(() => openAddresses(new SharedArrayBuffer(0)), /another version/);
});

function decider(lists: readonly ListWords[], addresses: readonly AddressWords[], used = lists) {
  const groups = [groupOf({ lists: used.map((list) => list.name) })];
  const policy = new Policy(ruleSetOf(lists, [], [], addresses), groups, { kind: 'nullip' });
  const verdict = new Verdict();
  return (text: string, qtype = 1): string => {
    const network = readNetwork(text);
    if (network === null) throw new Error(text);
    const { octets } = network;
    policy.decideAddress(octets, 0, octets.length, qtype, 0, new Uint8Array(16), verdict);
    return `${VERDICT_NAMES[verdict.code]} ${verdict.rule} ${verdict.addressBits}`;
  };
}

t.test(
  'an allow beats every block, the narrowest network wins inside a rank, then the list that alerts',
  async (t) => {
    const lists: ListWords[] = [
      { name: 'feed' },
      { name: 'c2', alert: true },
      { name: 'trial', mode: 'monitor' },
      { name: 'ours', action: 'allow' },
      { name: 'unused' },
    ];
    const decide = decider(
      lists,
      [
        { list: 'feed', networks: ['198.51.100.0/24', '2001:db8::/32'] },
        { list: 'feed', networks: ['198.51.100.0/28'], rule: { action: 'nxdomain' } },
        { list: 'c2', networks: ['198.51.100.0/24', '2001:db8::7'] },
        { list: 'trial', networks: ['198.51.0.0/16', '198.51.100.9'] },
        { list: 'ours', networks: ['198.51.100.128/25'] },
        { list: 'unused', networks: ['203.0.113.7'] },
      ],
      lists.slice(0, 4),
    );

    t.equal(decide('198.51.100.100'), 'sinkhole 2 24', 'the list that alerts');
    t.equal(decide('198.51.100.3'), 'nxdomain 1 28', 'the narrowest');
    t.equal(decide('198.51.100.9'), 'nxdomain 1 28', 'a list in monitor mode never hides one in force');
    t.equal(decide('198.51.7.7'), 'monitor 3 16');
    t.equal(decide('198.51.100.200'), 'pass 4 25', 'allowed');
    t.equal(decide('203.0.113.7'), 'pass -1 -1', 'of no list of the group');
    t.equal(decide('2001:db8::7', 28), 'sinkhole 2 128');
    t.equal(decide('2001:db8::8', 28), 'sinkhole 0 32');
    t.equal(decide('192.0.2.1'), 'pass -1 -1');
  },
);
