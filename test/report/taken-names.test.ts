// Twin: a Map of what is taken.
import t from 'tap';
import type { EntryScope, Taken } from '../../src/report/report.ts';
import { TakenNames } from '../../src/report/taken-names.ts';
import { SeededRandom } from '../support/upstream-asker.ts';

const SCOPES: readonly EntryScope[] = ['subtree', 'exact', 'below'];
const PATHS: readonly (string | undefined)[] = [undefined, '', 'page 1', 'page 2'];

t.test('what is told of a name is told back, and entries of one name make one', (t) => {
  const random = new SeededRandom(39);
  const names = new TakenNames();
  const twin = new Map<string, Taken>();
  for (let count = 0; count < 5000; count += 1) {
    const name = `n${random.u16() % 1500}.test`;
    const scope = SCOPES[random.u16() % 3]!;
    const path = PATHS[random.u16() % 4];
    const printed = [name, `http://${name}`, name.replace('.', '[.]')][random.u16() % 3]!;
    const [line, column] = [random.u16(), 1 + random.u16()];
    const isExact = scope === 'exact';
    const isBelow = scope === 'below';
    const known = twin.get(name);
    if (known === undefined) {
      const said = { campaign: `c${random.u16() % 9}` };
      const place = { line, column, ...(path !== undefined && { path }) };
      names.add(name, printed, place, said, scope);
      twin.set(name, { name, printed, ...place, said, isExact, isBelow });
    } else {
      names.widen(name, scope);
      twin.set(name, { ...known, isExact: known.isExact && isExact, isBelow: known.isBelow && isBelow });
    }
  }
  t.strictSame(names.list(), [...twin.values()]);
  t.strictSame([...names], [...twin.values()], 'also one after the other');
  t.strictSame(names.list(2), [...twin.values()].slice(0, 2));
  const gone = new Set(['n1.test', 'n2.test', 'absent.test']);
  t.strictSame(
    names.without(gone).list(),
    [...twin.values()].filter(({ name }) => !gone.has(name)),
  );
  t.equal(names.without(new Set(['absent.test'])), names);
  t.end();
});
