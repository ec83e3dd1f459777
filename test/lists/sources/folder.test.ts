// A folder as a list: each file by its own format, a bad one alone left out, what is dropped in or taken away at the next look.
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { explainList } from '../../../src/lists/explain.ts';
import { textToName } from '../../../src/wire/names/presentation.ts';
import { listConfig } from '../../support/lists-compile.ts';
import { openLibrary } from '../../support/lists-library.ts';

const REPORT = 'Indicators of compromise\nfirst-evil[.]top\nhxxps://second-evil[.]top/gate\n';
const PAGE = '<!doctype html><html><body><h1>Sign in</h1><p>Please.</p></body></html>';

t.test('reports and lists side by side, one bad file, and changes of the folder', async (t) => {
  const root = t.testdir({
    reports: {
      'ads.hosts': '0.0.0.0 ads.example\n0.0.0.0 more-ads.example\n',
      'report.txt': REPORT,
      'page.html': PAGE,
      'new.txt.part': 'half.example\n',
      '.hidden': 'hidden.example\n',
    },
  });
  const dir = join(root, 'reports');
  mkdirSync(join(dir, 'older'));
  const config = listConfig({ name: 'reports', source: `folder:${dir}`, alert: true });
  const { library, step, clock } = await openLibrary(root, [config]);
  t.same(library.local(), ['reports'], 'a start waits for it');

  const first = await step();
  for (const name of ['ads.example', 'first-evil.top', 'x.second-evil.top'])
    t.equal(first.ask(name), 'sinkhole', name);
  for (const name of ['x.ads.example', 'half.example', 'hidden.example'])
    t.equal(first.ask(name), 'none', name);
  t.match(first.status, [{ condition: 'good', entries: 4, skips: [{ text: /^file page\.html: / }] }]);
  const text = library.textInForce('reports');
  t.match(await explainList(config, text!.body, textToName('first-evil.top')!), [
    { entry: 'first-evil.top' },
  ]);

  clock.ms += 2000;
  t.equal((await step()).changed, false, 'nothing is read again while nothing changes');
  writeFileSync(join(dir, 'third.txt'), 'third.example\n');
  rmSync(join(dir, 'ads.hosts'));
  clock.ms += 2000;
  const second = await step();
  t.equal(second.ask('third.example'), 'sinkhole');
  t.equal(second.ask('ads.example'), 'none', 'half of it may go at once');
  t.equal(second.ask('first-evil.top'), 'sinkhole');

  // One that breaks takes its own names with it, and no other's.
  writeFileSync(join(dir, 'third.txt'), PAGE);
  clock.ms += 2000;
  const third = await step();
  t.equal(third.ask('third.example'), 'none');
  t.equal(third.ask('first-evil.top'), 'sinkhole');

  for (const file of ['report.txt', 'third.txt', 'page.html']) rmSync(join(dir, file));
  clock.ms += 2000;
  const empty = await step();
  t.equal(empty.ask('first-evil.top'), 'none');
  t.match(empty.status, [{ condition: 'empty', entries: 0 }]);

  rmSync(dir, { recursive: true });
  clock.ms += 2000;
  t.match((await step()).status, [
    { condition: 'stale', entries: 0, lastError: { message: /^no such folder/ } },
  ]);
});

t.test('what one file of a folder voids is in force once that file is gone', async (t) => {
  const files = { 'a.txt': '||a.example^$badfilter\n||other.example^\n', 'b.txt': '||a.example^\n' };
  const root = t.testdir({ reports: files });
  const lists = [listConfig({ name: 'reports', source: `folder:${join(root, 'reports')}` })];
  const { step, clock } = await openLibrary(root, lists);
  const first = await step();
  t.equal(first.ask('a.example'), 'none');
  t.match(first.status, [{ entries: 1, skips: [{ text: 'cancelled by $badfilter', count: 1 }] }]);
  rmSync(join(root, 'reports/a.txt'));
  clock.ms += 2000;
  t.equal((await step()).ask('a.example'), 'sinkhole');
});

t.test(
  'a folder that vanishes keeps its names, whatever is compiled meanwhile, and over a restart',
  async (t) => {
    const root = t.testdir({
      reports: { 'report.txt': REPORT, 'ads.hosts': '0.0.0.0 ads.example\n' },
      other: 'other.example\n',
    });
    const [dir, other] = [join(root, 'reports'), join(root, 'other')];
    const lists = [
      listConfig({ name: 'reports', source: `folder:${dir}` }),
      listConfig({ name: 'other', source: other }),
    ];
    const clock = { ms: 1_000_000 };
    const { step } = await openLibrary(root, lists, { clock });
    await step();
    renameSync(dir, `${dir}.away`);
    writeFileSync(other, 'another.example\n');
    const kept = { condition: 'stale', entries: 3, inForce: true, lastError: { message: /^no such folder/ } };
    clock.ms += 2000;
    const away = await step();
    t.equal(away.ask('another.example'), 'sinkhole', 'the other list was compiled');
    t.same(
      ['first-evil.top', 'x.second-evil.top', 'ads.example'].map((name) => away.ask(name)),
      ['sinkhole', 'sinkhole', 'sinkhole'],
    );
    t.match(away.status[0], kept);

    const restarted = await openLibrary(root, lists, { clock });
    const after = await restarted.step();
    t.equal(after.ask('first-evil.top'), 'sinkhole');
    t.match(after.status[0], kept);

    renameSync(`${dir}.away`, dir);
    rmSync(join(dir, 'report.txt'));
    clock.ms += 2000;
    const back = await restarted.step();
    t.same([back.ask('ads.example'), back.ask('first-evil.top')], ['sinkhole', 'none']);
    t.match(back.status[0], { condition: 'good', entries: 1 });
    const copies = readdirSync(join(root, 'lists')).find((name) => name.endsWith('.good.files')) ?? '';
    t.equal(readdirSync(join(root, 'lists', copies)).length, 1, 'what was taken away is copied no longer');
  },
);

t.test('a folder of which nothing is a list says which file and why', async (t) => {
  const root = t.testdir({ reports: { 'page.html': PAGE } });
  const { step } = await openLibrary(root, [listConfig({ source: `folder:${join(root, 'reports')}` })]);
  t.match((await step()).status, [
    {
      condition: 'refused',
      inForce: false,
      lastError: { message: /no file of the folder is a list: file page/ },
    },
  ]);
});
