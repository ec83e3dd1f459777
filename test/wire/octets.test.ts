// Copying octets: short and long, from and to any memory.
import fc from 'fast-check';
import t from 'tap';
import { copyOctets } from '../../src/wire/octets.ts';

const MEMORY = 400;

t.test('what was copied is there, and nothing else changed, whatever the length', async () => {
  const memory = (isShared: boolean): Uint8Array =>
    new Uint8Array(isShared ? new SharedArrayBuffer(MEMORY) : new ArrayBuffer(MEMORY));
  const place = fc.nat(100);
  fc.assert(
    fc.property(
      fc.nat(MEMORY - 100), place, place, fc.boolean(), fc.boolean(),
      (length, from, at, isFromShared, isToShared) => {
        const source = memory(isFromShared);
        const target = memory(isToShared);
        for (let i = 0; i < MEMORY; i += 1) source[i] = 1 + (i % 250);
        copyOctets(source, from, target, at, length);
        return target.every((octet, i) =>
          octet === (i >= at && i < at + length ? source[from + i - at] : 0),
        );
      },
    ),
  ); // biome-ignore format: one property
});
