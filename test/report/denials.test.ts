// What a report says of a name in one place holds in the others, unless a field or a list names it.
import t from 'tap';
import { Denials } from '../../src/report/denials.ts';
import { Gathering } from '../../src/report/gathering.ts';

const START = { line: 1, column: 1 };

t.test('a name that a field holds stays, though prose has it and calls it legitimate elsewhere', (t) => {
  // Plain, and so odd that its characters are looked at one by one.
  for (const written of ['kabarawan.com', 'kabarawan[.]com']) {
    const gathering = new Gathering({});
    gathering.text('Then it asks kabarawan[.]com and ends.', START);
    t.equal(gathering.takenCount, 1);
    gathering.typed(written, { line: 2, column: 1 });
    gathering.text('It mimics kabarawan[.]com. ', { line: 3, column: 1 });
    t.same(
      gathering.names.list().map(({ name }) => name),
      ['kabarawan.com'],
      written,
    );
  }
  const prose = new Gathering({});
  prose.text('Then it asks kabarawan[.]com and ends.', START);
  prose.text('It mimics kabarawan[.]com. ', { line: 3, column: 1 });
  t.equal(prose.takenCount, 0, 'without a field it goes');
  t.end();
});

t.test('what is remembered of a report that denies a million names is bounded', (t) => {
  const denials = new Denials();
  for (let number = 0; number < 1_000_000; number += 1) denials.deny(`${number}.example`, true);
  const withdrawn = denials.withdrawn(new Set());
  t.ok(withdrawn.has('0.example'));
  t.ok(withdrawn.size <= 20_000);
  t.end();
});
