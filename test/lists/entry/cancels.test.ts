// What `$badfilter` voids is found, whatever the filter before the look-up; a text that comes again is known, and where none does
// nobody looks.
import t from 'tap';
import { Cancels } from '../../../src/lists/entry/cancels.ts';
import { Repeated } from '../../../src/lists/formats/repeated.ts';
import { compileText } from '../../support/lists-compile.ts';

t.test('no key that was added is told to be absent', (t) => {
  const cancels = new Cancels();
  const octets = (text: string): Uint8Array => Buffer.from(text);
  t.notOk(cancels.mayHave(octets('||a.test^'), 0, 9), 'of none');
  for (let i = 0; i < 70_000; i += 1) cancels.add(`||n${i}.test^ {"important":false}`);
  t.ok(cancels.isFull);
  const texts = Array.from({ length: 65_536 }, (_, i) => octets(`||n${i}.test^`));
  t.strictSame(
    texts.filter((text) => !cancels.mayHave(text, 0, text.length)),
    [],
  );
  const others = Array.from({ length: 65_536 }, (_, i) => octets(`||m${i}.example^`));
  const taken = others.filter((text) => cancels.mayHave(text, 0, text.length)).length;
  t.ok(taken < 65_536 / 8, `${taken} of 65,536 others need a look at their key`);
  t.end();
});

t.test('a rule is void by its name and what it says', async (t) => {
  const lines = Array.from({ length: 3000 }, (_, i) =>
    [`||n${i}.test^$client=192.0.2.${i % 7}`, i % 3 === 0 ? `||n${i}.test^$client=192.0.2.${(i + (i % 2)) % 7},badfilter` : ''].join('\n'),
  ); // biome-ignore format: a rule each
  const { lists } = await compileText(lines.join('\n'), { format: 'adblock' });
  // Of a thousand every other one says another client.
  t.match(lists[0], { entries: 2500 });
  t.match(
    lists[0]!.skipped.find(({ reason }) => reason === 'cancelled'),
    { count: 500 },
  );
});

t.test('what is remembered is the first, and is not looked for where nothing comes again', (t) => {
  const repeated = new Repeated<number>(2);
  for (const key of ['a', 'b', 'c']) repeated.set(key, key.charCodeAt(0));
  t.strictSame(['a', 'b', 'c'].map((key) => repeated.get(key)), [97, 98, undefined]); // biome-ignore format: a row
  for (let i = 0; i < 65_534; i += 1) repeated.get('none');
  t.ok(repeated.isWorth);
  repeated.get('none');
  t.notOk(repeated.isWorth);
  t.end();
});
