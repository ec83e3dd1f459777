import t from 'tap';
import type { ListFormatName } from '../../src/config/config.ts';
import { workOf } from '../../src/lists/work.ts';

const ENOUGH = 524_288;
const bytes = (text: string) => ({ kind: 'bytes', bytes: new TextEncoder().encode(text) }) as const;
const work = (text: string, format: ListFormatName = 'auto'): number =>
  workOf(bytes(text), { format }, ENOUGH);

t.test('a list of names is as much work as it is long', async (t) => {
  const text = '# a "comment"\n'.concat('0.0.0.0 n.example\n'.repeat(1000));
  t.equal(work(text), text.length);
  t.equal(workOf({ kind: 'names', names: ['a.example', 'b.example'] }, { format: 'auto' }, ENOUGH), 20);
});

t.test(
  'a document of the same size is much more, whether the configuration or its text says what it is',
  async (t) => {
    const yaml = 'indicators:\n'.concat('  - { name: n.example, note: x }\n'.repeat(1000));
    t.ok(work(yaml) > 20 * yaml.length);
    t.equal(work(yaml, 'indicators'), work(yaml));
    t.ok(work(`[${'['.repeat(30_000)}{}`) >= ENOUGH, 'brackets alone');
  },
);

t.test('each expression is worth many names', async (t) => {
  t.ok(work('/a+b/\n'.repeat(200)) > ENOUGH);
  t.ok(work('||ads*.example^\n'.repeat(200)) > ENOUGH);
  t.ok(work('^ads[0-9]+\n'.repeat(200)) > ENOUGH);
  t.ok(work('(ads|track)[0-9]+\n'.repeat(200), 'regex') > ENOUGH);
  t.ok(work('ads[0-9]+\\.example$\n'.repeat(200)) > ENOUGH);
  t.ok(work('*.a.example\n'.repeat(200)) < ENOUGH, 'a wildcard in front is none');
});

t.test('a file of several chunks is looked at in all of them', async (t) => {
  const text = '||ads*.example^\n'.repeat(200).concat('0.0.0.0 n.example\n'.repeat(16_000));
  const file = `${t.testdir({ list: text })}/list`;
  t.equal(
    workOf({ kind: 'file', path: file }, { format: 'hosts' }, 2 * ENOUGH),
    workOf(bytes(text), { format: 'hosts' }, 2 * ENOUGH),
  );
});

t.test(
  'warning lists are read for each compile: their size counts, a folder of them is enough',
  async (t) => {
    const folder = t.testdir({ 'top.csv': '1,n.example\n'.repeat(50_000) });
    const workWith = (...warnings: string[]): number =>
      workOf(bytes('a.example\n'), { format: 'auto', warnings }, ENOUGH);
    t.equal(workWith(), 10);
    t.equal(workWith(`${folder}/top.csv`, `${folder}/none`), 10 + 600_000);
    t.ok(workWith(folder) > ENOUGH);
  },
);

t.test('what cannot be read is no work', async (t) => {
  t.equal(workOf({ kind: 'file', path: `${t.testdirName}/none` }, { format: 'auto' }, ENOUGH), 0);
  t.equal(workOf(null, { format: 'auto' }, ENOUGH), 0);
});
