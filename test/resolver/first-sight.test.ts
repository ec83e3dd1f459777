// A machine that was not seen before: the kernel is asked once, within bounds, and one address on two links is two machines.
import t from 'tap';
import { readRoute } from '../../src/clients/one-neighbour.ts';
import { writeAddress } from '../../src/listen/address.ts';
import { interfaceNumber } from '../../src/native/interfaces.ts';
import { PrefixTable } from '../../src/policy/prefixes.ts';
import { FirstSight } from '../../src/resolver/identity/first-sight.ts';
import { addressToText, textToAddress } from '../../src/wire/names/address.ts';
import { putScope } from '../../src/wire/names/scope.ts';
import { ownStandIn } from '../../src/wire/names/stand-in.ts';

const octets = (text: string): Uint8Array => textToAddress(text) ?? new Uint8Array(16);
const wordsOf = (address: Uint8Array): Int32Array => new Int32Array(address.buffer, address.byteOffset, 4);

t.test(
  'the kernel is asked of an address when it is first seen, not again, and of stand-ins never',
  async (t) => {
    const asked: string[] = [];
    const sight = new FirstSight((address) => asked.push(addressToText(address)));
    const look = (address: Uint8Array, nowMs = 0) => sight.look(address, wordsOf(address), nowMs);
    for (let round = 0; round < 3; round += 1)
      for (const text of ['2001:db8::1', '192.0.2.7', 'fe80::2%2', 'fe80::2%3']) look(octets(text));
    look(ownStandIn('till-3'));
    t.same(asked, ['2001:db8::1', '192.0.2.7', 'fe80::2%2', 'fe80::2%3']);
  },
);

t.test(
  'a flood of forged sources asks the kernel at a bounded rate, and real ones have their turn later',
  async (t) => {
    let asked = 0;
    const sight = new FirstSight(() => {
      asked += 1;
    });
    const address = octets('2001:db8::');
    const view = new DataView(address.buffer);
    for (let i = 0; i < 20_000; i += 1) {
      view.setUint32(12, i);
      sight.look(address, wordsOf(address), 0);
    }
    t.equal(asked, 500);
    for (let second = 1; second <= 2; second += 1) {
      for (let i = 0; i < 1000; i += 1) {
        view.setUint32(8, second);
        view.setUint32(12, i);
        sight.look(address, wordsOf(address), second * 1000);
      }
      t.equal(asked, 500 + second * 100);
    }
  },
);

t.test('a link-local address is read, shown and written with the number of its interface', async (t) => {
  t.equal(addressToText(octets('fe80::2%3')), 'fe80::2%3');
  t.equal(addressToText(octets('fe80::2')), 'fe80::2');
  t.not(addressToText(octets('fe80::2%3')), addressToText(octets('fe80::2%4')));
  t.equal(addressToText(octets('2001:db8::2%3')), '2001:db8::2', 'nothing else has a scope');
  const from = new Uint8Array(16);
  writeAddress('fe80::2%7', from);
  t.equal(addressToText(from), 'fe80::2%7');
  writeAddress('2001:db8::1', from);
  t.equal(addressToText(from), '2001:db8::1');
  putScope(from, 5);
  t.equal(addressToText(from), '2001:db8::1');
  const interfaces = { eth9: [{ scopeid: 0 }, { scopeid: 12 }] } as never;
  t.equal(
    interfaceNumber('eth9', () => interfaces),
    12,
  );
  t.equal(
    interfaceNumber('eth8', () => interfaces),
    0,
  );
});

t.test(
  'a prefix without a scope means a link-local address on every link, one with it goes first',
  async (t) => {
    const entry = (text: string, bits: number, value: number) => ({ bytes: octets(text), bits, value });
    const table = new PrefixTable([
      entry('fe80::', 10, 1),
      entry('fe80::2', 128, 2),
      entry('fe80::2%3', 128, 3),
      entry('fe80::', 64, 4),
    ]);
    for (const [text, value] of [['fe80::2%3', 3], ['fe80::2%4', 2], ['fe80::2', 2], ['fe80::9%4', 4], ['fe81::9', 1], ['2001:db8::2', -1]] as const) {
    t.equal(table.find(octets(text)), value, text);
    t.equal(table.find(octets(text)), value, `${text} again`);
  } // biome-ignore format: a table
  },
);

t.test(
  'the kernel’s route says by which interface an address is reached, and nothing where a gateway stands between',
  async (t) => {
    const attribute = (type: number, ...data: number[]) => [4 + data.length, 0, type, 0, ...data];
    const answer = (...attributes: number[][]) => {
      const body = attributes.flat();
      return Uint8Array.from([28 + body.length, 0, 0, 0, 24, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ...Array(12).fill(0), ...body]); // biome-ignore format: one line
    };
    t.equal(readRoute(answer(attribute(1, 192, 0, 2, 7), attribute(4, 9, 0, 0, 0))), 9);
    t.equal(readRoute(answer(attribute(5, 192, 0, 2, 1), attribute(4, 9, 0, 0, 0))), 0);
    t.equal(readRoute(answer(attribute(4, 9))), 0, 'an attribute of the wrong size');
    t.equal(readRoute(answer(attribute(4, 9, 0, 0, 0)).subarray(0, 30)), 0, 'cut');
    t.equal(readRoute(Uint8Array.from([36, 0, 0, 0, 2, 0])), 0, 'an error');
  },
);
