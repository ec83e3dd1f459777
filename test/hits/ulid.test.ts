import fc from 'fast-check';
import t from 'tap';
import { createUlidMaker } from '../../src/hits/ulid.ts';

t.test('ulids sort in the order they were made, whatever the clock does, and never repeat', async () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 2 ** 47 }), { minLength: 2, maxLength: 200 }), (times) => {
      const make = createUlidMaker();
      const made = times.map((time) => make(time));
      return made.every((id, i) => /^[0-9A-HJKMNP-TV-Z]{26}$/.test(id) && (i === 0 || id > made[i - 1]!));
    }),
  );
});

t.test('a ulid begins with its time as the specification writes it', async (t) => {
  const make = createUlidMaker((bytes) => bytes.fill(0));
  t.equal(make(1469918176385), '01ARYZ6S410000000000000000');
  t.equal(make(1469918176385), '01ARYZ6S410000000000000001');
});
