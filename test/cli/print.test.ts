// What commands print for people.
import t from 'tap';
import { columns } from '../../src/cli/print.ts';

t.test('one long name moves its own row only, and is whole', (t) => {
  const long = `${'a'.repeat(63)}.${'b'.repeat(63)}.example`;
  t.same(
    columns([
      ['NAME', 'QUERIES', 'LIST'],
      ['ads.example', 7, 'ads'],
      [long, 12, 'gate'],
      ['x.example', 3, ''],
    ]),
    [
      'NAME         QUERIES  LIST',
      'ads.example        7  ads',
      `${long}       12  gate`,
      'x.example          3',
    ],
  );
  t.end();
});
