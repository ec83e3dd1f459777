import t from 'tap';
import { byFirstLetter } from '../../src/report/known/words.ts';

t.test('alternatives in order of their letters find what they found in a row', (t) => {
  const rows = /abc|\babd|ab|b?c|[xy]a|\bcab|éa|a\.b|ca(?=b)/iu;
  const grouped = byFirstLetter(rows);
  const letters = ['a', 'b', 'c', 'x', '.', ' ', 'é', 'É', 'B'];
  for (let seed = 0; seed < letters.length ** 4; seed += 1) {
    let text = '';
    for (let rest = seed, left = 4; left > 0; left -= 1, rest = Math.floor(rest / letters.length))
      text += letters[rest % letters.length];
    if (grouped.test(text) !== rows.test(text)) t.fail(text);
  }
  t.equal(grouped.flags, rows.flags);
  t.match(byFirstLetter(/ab|ac/u).source, /^a\(\?:b\|c\)$/);
  t.end();
});
