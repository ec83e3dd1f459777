// Addresses that are read a character at a time are those that the library reads, and what leads nowhere is told without their text.
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import t from 'tap';
import { beginsNowhere, leadsNowhere } from '../../src/lists/entry/nowhere.ts';
import { networkText, readNetwork } from '../../src/wire/names/network.ts';
import { readPlainNetwork } from '../../src/wire/names/plain-network.ts';

const part = fc.oneof(
  fc.integer({ min: 0, max: 300 }).map(String),
  fc.constantFrom('00', '01', '', '1a', '255', '127', '169', '254'),
);
const four = fc.array(part, { minLength: 3, maxLength: 5 }).map((parts) => parts.join('.'));
const group = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 0xffff }).map((value) => value.toString(16)) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '',
      '',
      '0',
      '0',
      'ffff',
      '00ff',
      'fe80',
      'fe8',
      'ff',
      'FF02',
      '12345',
      'g',
      '192.0.2.1',
    ),
  },
);
const six = fc.array(group, { minLength: 2, maxLength: 9 }).map((groups) => groups.join(':'));
const prefix = fc.constantFrom(
  '',
  '',
  '/0',
  '/7',
  '/24',
  '/32',
  '/33',
  '/64',
  '/128',
  '/129',
  '/08',
  '/',
  '/x',
  '/1/2',
);
const written = fc.tuple(fc.oneof(four, six, six), prefix).map(([address, bits]) => address + bits); // biome-ignore format: rows

/** The same, written so that the library has to read it. */
const bracketed = (text: string): string => text.replace(/^[^/]*/, '[$&]');

t.test('what is read a character at a time is what the library reads', (t) => {
  let read = 0;
  fc.assert(
    fc.property(written, (text) => {
      const plain = readPlainNetwork(text);
      if (plain !== null) read += 1;
      const byLibrary = readNetwork(bracketed(text));
      return (
        (plain === null || isDeepStrictEqual(plain, byLibrary)) &&
        isDeepStrictEqual(readNetwork(text), byLibrary)
      );
    }),
    { seed: 14, numRuns: 1500 },
  );
  t.ok(read > 60, `${read} were plain`);
  for (const text of [
    '192.0.2.7',
    '192.0.2.0/24',
    '2001:db8::7',
    '2001:DB8::/32',
    '::1',
    '1:2:3:4:5:6:7:8',
    '1::',
  ])
    t.ok(readPlainNetwork(text), text);
  t.end();
});

t.test('a network begins with an address that leads nowhere where its text says so', (t) => {
  const octet = fc.oneof(
    fc.integer({ min: 0, max: 255 }),
    fc.constantFrom(0, 0, 1, 127, 169, 254, 224, 239, 240, 255, 0x0f, 0xe8, 0xfe, 0x80, 0xff),
  );
  const octets = fc.oneof(fc.array(octet, { minLength: 4, maxLength: 4 }), fc.array(octet, { minLength: 16, maxLength: 16 }), octet.map((last) => [...new Array<number>(15).fill(0), last])); // biome-ignore format: rows
  fc.assert(
    fc.property(octets, (all) => {
      const network = { octets: Uint8Array.from(all), bits: 8 * all.length };
      return beginsNowhere(network) === leadsNowhere(networkText(network));
    }),
    { seed: 14, numRuns: 1500 },
  );
  t.ok(beginsNowhere({ octets: new Uint8Array(4), bits: 32 }));
  t.notOk(beginsNowhere({ octets: Uint8Array.of(192, 0, 2, 7), bits: 32 }));
  t.end();
});
