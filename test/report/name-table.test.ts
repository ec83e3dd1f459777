// Twin: a Set.
import t from 'tap';
import { NameTable } from '../../src/report/name-table.ts';
import { SeededRandom } from '../support/upstream-asker.ts';

t.test('a name is kept once, in the order of their coming', (t) => {
  const random = new SeededRandom(14);
  const table = new NameTable();
  const twin = new Set<string>();
  for (let count = 0; count < 20_000; count += 1) {
    const name = `${'n'.repeat(random.u16() % 40)}${random.u16() % 5000}.test`;
    const isNew = !twin.has(name);
    if (table.has(name) === isNew || table.add(name) !== isNew) t.fail(name);
    twin.add(name);
  }
  t.equal(table.size, twin.size);
  t.strictSame(
    Array.from({ length: table.size }, (_, number) => table.nameOf(number)),
    [...twin],
  );
  t.notOk(table.has('') || table.has('n'));
  t.ok(table.add('') && table.has(''), 'also an empty one');
  t.end();
});
