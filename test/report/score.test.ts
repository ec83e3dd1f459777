// The score counts what labels say: right, missed and why, and wrong.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { readLabels, scoreFile, table } from '../score/score.ts';

t.test('what is taken rightly, missed and wrong is counted by kind', async (t) => {
  const folder = t.testdir();
  writeFileSync(join(folder, 'a.csv'), 'type,value\ndomain,evil.top\ndomain,other.top\nip,192.0.2.7\n');
  writeFileSync(join(folder, 'b.txt'), 'Domains:\n- evil.top\n\nIn prose plain.top is spoken of.\n');
  const labels = readLabels(
    '{"file":"a.csv","kind":"csv","names":["evil.top"]}\n\n{"file":"b.txt","kind":"text","names":["evil.top","plain.top"]}\n',
  );
  const scored = [];
  for (const label of labels) scored.push(await scoreFile(folder, label, Date.UTC(2026, 0, 1)));
  t.same(scored, [
    { file: 'a.csv', kind: 'csv', right: 1, missed: [], wrong: ['other.top'] },
    { file: 'b.txt', kind: 'text', right: 1, missed: ['plain.top plain'], wrong: [] },
  ]);
  t.same(table(scored), [
    { kind: 'csv', files: 1, names: 1, recall: 1, precision: 0.5 },
    { kind: 'text', files: 1, names: 2, recall: 0.5, precision: 1 },
    { kind: 'all', files: 2, names: 3, recall: 2 / 3, precision: 2 / 3 },
  ]);
});

t.test('a line that is no label is told with its number', async (t) => {
  t.throws(() => readLabels('{"file":"a.csv","kind":"csv","names":[]}\n{}\n'), {
    message: /line 2 is no label/,
  });
});
