// Names by their hashes beside a Set of their numbers.
import fc from 'fast-check';
import t from 'tap';
import { NameHash, NameHashes } from '../../../src/hits/incidents/name-hashes.ts';

t.test(
  'names are told apart as by a Set of their numbers, through every growth and from what was kept',
  async (t) => {
    const twin = new Set<number>();
    const kept: number[] = [];
    let table = new NameHashes();
    const hash = new NameHash();
    for (let i = 0; i < 6000; i += 1) {
      const { high, low, number } = hash.of(`n${(i * 7919) % 2003}.example`);
      if (table.has(high, low) !== twin.has(number)) t.fail(`${i}: has() says otherwise than the Set`);
      if (table.add(high, low) === twin.has(number)) t.fail(`${i}: add() says otherwise than the Set`);
      if (!twin.has(number)) kept.push(number);
      twin.add(number);
      if (i % 1000 === 0) table = new NameHashes(kept);
    }
    t.equal(table.size, 2003);
  },
);

t.test('a number has all bits of its hash', async () => {
  fc.assert(
    fc.property(fc.string(), (name) => {
      const { high, low, number } = new NameHash().of(name);
      const again = new NameHash().from(number);
      return Number.isSafeInteger(number) && again.high === high && again.low === low;
    }),
  );
});
