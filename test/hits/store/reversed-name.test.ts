import fc from 'fast-check';
import t from 'tap';
import { parentOf, rangeBelow, reversedOfWire, reverseName } from '../../../src/hits/store/reversed-name.ts';
import { nameToText, textToName } from '../../../src/wire/names/presentation.ts';

const label = fc.uint8Array({ minLength: 1, maxLength: 8 });
const name = fc.array(label, { minLength: 1, maxLength: 6 }).map((labels) => {
  const octets = [...labels.flatMap((octets) => [octets.length, ...octets]), 0];
  return nameToText(Uint8Array.from(octets));
});

t.test('turning a name round twice gives it back, whatever its labels hold', async () => {
  fc.assert(fc.property(name, (text) => reverseName(reverseName(text)) === text));
});

t.test('a name in wire form is turned round as its text is', async () => {
  const plain = fc.stringMatching(/^[a-z0-9_-]{1,63}$/).map((text) => Buffer.from(text));
  const labels = fc.array(fc.oneof({ weight: 9, arbitrary: plain }, label), { maxLength: 8 });
  fc.assert(
    fc.property(labels, (own) => {
      const wire = Uint8Array.from([...own.flatMap((octets) => [octets.length, ...octets]), 0]);
      return wire.length > 255 || reversedOfWire(wire) === reverseName(nameToText(wire));
    }),
    { numRuns: 2000 },
  );
});

t.test('exactly the names below a name lie in its range', async () => {
  fc.assert(
    fc.property(fc.array(name, { minLength: 2, maxLength: 6 }), fc.nat(3), (names, up) => {
      const top = names[0]!;
      let ancestor = top;
      for (let i = 0; i < up; i += 1) ancestor = parentOf(ancestor) ?? ancestor;
      const [above, end] = rangeBelow(reverseName(ancestor));
      return names.every((other) => {
        const reversed = reverseName(other);
        return (reversed > above && reversed < end) === isBelow(other, ancestor);
      });
    }),
    { numRuns: 2000 },
  );
});

function isBelow(name: string, ancestor: string): boolean {
  const octets = [...textToName(name)!];
  const tail = [...textToName(ancestor)!];
  for (let at = octets[0]! + 1; at < octets.length; at += octets[at]! + 1)
    if (octets.slice(at).join() === tail.join()) return true;
  return false;
}

t.test('names that only look as if they were below are not', async (t) => {
  const [above, end] = rangeBelow(reverseName('example.com'));
  const isIn = (other: string) => reverseName(other) > above && reverseName(other) < end;
  t.ok(isIn('www.example.com') && isIn('a.b.example.com') && isIn('\\000.example.com'));
  t.notOk(isIn('example.com') || isIn('www-example.com') || isIn('example-x.com') || isIn('x\\.example.com'));
  t.equal(parentOf('a\\.b.example'), 'example');
  t.equal(parentOf('example'), null);
});
