// A column of hits that wait, beside JSON.stringify.
import fc from 'fast-check';
import t from 'tap';
import { JsonColumn } from '../../src/hits/hit-pile.ts';

t.test(
  'a column is what JSON.stringify writes, however many there are and whenever it was asked for',
  async () => {
    const text = fc.string({ unit: 'binary', maxLength: 20 });
    const value = fc.oneof(fc.constant(null), fc.nat(), text);
    const pieces = fc.array(fc.tuple(fc.array(value, { maxLength: 5 }), fc.nat({ max: 300 })), {
      maxLength: 4,
    });
    fc.assert(
      fc.property(pieces, (all) => {
        const column = new JsonColumn<string | number | null>();
        const values: (string | number | null)[] = [];
        return all.every(([some, times]) => {
          for (let i = 0; i < times; i += 1)
            for (const one of some) {
              column.push(one);
              values.push(one);
            }
          const isAlike = column.json().toString() === JSON.stringify(values);
          return isAlike && column.hasValue === values.some((one) => one !== null);
        });
      }),
    );
  },
);
