import t from 'tap';
import { explainList } from '../../src/lists/explain.ts';
import { textToName } from '../../src/wire/names/presentation.ts';
import { listConfig } from '../support/lists-compile.ts';

async function explain(text: string, name: string) {
  const wire = textToName(name);
  if (wire === null) throw new Error(name);
  const lines = await explainList(
    listConfig(),
    { kind: 'bytes', bytes: new TextEncoder().encode(text) },
    wire,
  );
  return lines.map(({ line, text: said, entry, rule }) => [line, said, entry, rule.action]);
}

const TEXT = `! title
||example.org^
@@||good.example.org^

|example.org^
/^x[0-9]\\./
||void.example^
||void.example^$badfilter
0.0.0.0 a.example b.example # both
`;

t.test('each line that speaks of a name is found, with its number and text', async (t) => {
  t.same(await explain(TEXT, 'example.org'), [
    [2, '||example.org^', 'example.org', 'sinkhole'],
    [5, '|example.org^', 'example.org', 'sinkhole'],
  ]);
  t.same(await explain(TEXT, 'www.good.example.org'), [
    [2, '||example.org^', 'example.org', 'sinkhole'],
    [3, '@@||good.example.org^', 'good.example.org', 'allow'],
  ]);
  t.same(await explain(TEXT, 'x1.test'), [[6, '/^x[0-9]\\./', '/^x[0-9]\\./', 'sinkhole']]);
  t.same(await explain(TEXT, 'b.example'), [
    [9, '0.0.0.0 a.example b.example # both', 'b.example', 'sinkhole'],
  ]);
});

t.test('a name no line speaks of, and a rule that is void', async (t) => {
  t.same(await explain(TEXT, 'other.example'), []);
  t.same(await explain(TEXT, 'c.a.example'), []);
  t.same(await explain(TEXT, 'void.example'), []);
});

t.test('an indicator list gives the line of its entry', async (t) => {
  const text =
    'campaign: X\nindicators:\n  - evil.example\n  - { name: doubtful.example, confidence: low }\n';
  t.same(await explain(text, 'www.doubtful.example'), [
    [4, '- { name: doubtful.example, confidence: low }', 'doubtful.example', 'sinkhole'],
  ]);
});
