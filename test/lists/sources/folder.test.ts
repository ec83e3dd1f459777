// A folder as a list: each file by its own format, a bad one alone left out, what is dropped in or taken away at the next look.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
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
  t.match((await step()).status, [{ condition: 'failed', lastError: { message: /^no such folder/ } }]);
});

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
