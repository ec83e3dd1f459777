import {
  existsSync,
  linkSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { asideOf, hiddenAsideOf, settle } from '../../../src/config/disk/whole-file.ts';
import { copyAside, drop, dropOldAsides, dropStrays } from '../../../src/lists/library/disk.ts';
import { mountSmallDisk } from '../../support/hits-small-disk.ts';
import { listConfig } from '../../support/lists-compile.ts';
import { openLibrary } from '../../support/lists-library.ts';

t.test('what a killed process left aside goes at a later start; what may be in use stays', async (t) => {
  const aside = asideOf('rules.snapshot');
  const dir = t.testdir({ 'rules.snapshot': 'a', [aside]: 'b', 'other.tmp': 'd' });
  // A second name of an old list: when it was last written says nothing of the name.
  const second = hiddenAsideOf('list.yaml');
  utimesSync(join(dir, 'rules.snapshot'), 0, 0);
  linkSync(join(dir, 'rules.snapshot'), join(dir, second));
  const all = [second, aside, 'other.tmp', 'rules.snapshot'].sort();
  const now = Date.now();
  await dropOldAsides(dir, now);
  t.same(readdirSync(dir).sort(), all);
  await dropOldAsides(dir, now + 7_200_000, '.list.yaml.');
  t.same(
    readdirSync(dir).sort(),
    all.filter((name) => name !== second),
  );
  await dropOldAsides(dir, now + 7_200_000);
  t.same(readdirSync(dir).sort(), ['other.tmp', 'rules.snapshot']);
  await t.resolves(dropOldAsides(join(dir, 'nowhere'), now));
});

for (const octets of [0, 1, 131_072, 400_000])
  t.test(`a copy of ${octets} octets is whole and only ours to read`, async (t) => {
    const text = Buffer.alloc(octets, 'a list\n');
    const dir = t.testdir({ list: text });
    const [from, to] = [join(dir, 'list'), join(dir, 'list.good')];
    const aside = asideOf(to);
    await copyAside(from, aside);
    t.ok(readFileSync(aside).equals(text));
    t.equal(statSync(aside).mode & 0o777, 0o600);
    await settle(aside, to);
    t.same(readdirSync(dir).sort(), ['list', 'list.good']);
  });

t.test('a copy that fails leaves nothing', async (t) => {
  const dir = t.testdir({ folder: {} });
  await t.rejects(copyAside(join(dir, 'folder'), join(dir, 'a')));
  await t.rejects(copyAside(join(dir, 'missing'), join(dir, 'b')));
  await t.rejects(settle(join(dir, 'missing'), join(dir, 'c')));
  await drop(join(dir, 'missing'));
  t.same(readdirSync(dir), ['folder']);
});

t.test('texts of lists that are no more go after a month; those of lists that are stay', async (t) => {
  const dir = t.testdir({
    'old.good': '',
    'young.good': '',
    'kept.good': '',
    'state.json': '',
    'notes.txt': '',
  });
  const month = 31 * 86_400_000;
  const now = Date.now();
  for (const name of ['old.good', 'kept.good', 'state.json', 'notes.txt'])
    utimesSync(join(dir, name), (now - month) / 1000, (now - month) / 1000);
  await dropStrays(dir, new Set([join(dir, 'kept.good')]), now);
  t.same(readdirSync(dir).sort(), ['kept.good', 'notes.txt', 'state.json', 'young.good']);
  await dropStrays(join(dir, 'none'), new Set(), now);
});

t.test('a copy that has nowhere to go leaves no file open', async (t) => {
  const dir = t.testdir({ list: 'a list\n' });
  const open = (): number => (existsSync('/proc/self/fd') ? readdirSync('/proc/self/fd').length : 0);
  const before = open();
  await t.rejects(copyAside(join(dir, 'list'), join(dir, 'nowhere/a')));
  t.ok(open() <= before);
});

t.test('what a full disk did not take is in force all the same, whatever is compiled after it', async (t) => {
  const disk = mountSmallDisk(262_144);
  if (disk === null) return t.pass('no file system may be mounted here');
  t.teardown(disk.remove);
  const own = t.testdir({ list: 'old.example\n', reports: { a: 'older.example\n' } });
  const lists = [
    listConfig({ name: 'own', source: join(own, 'list') }),
    listConfig({ name: 'reports', source: `folder:${join(own, 'reports')}` }),
  ];
  const { step, library, clock } = await openLibrary(disk.path, lists);
  await step();
  try {
    for (let i = 0; ; i += 1) writeFileSync(join(disk.path, `filler${i}`), Buffer.alloc(16_384));
  } catch {
    // full
  }
  writeFileSync(join(own, 'list'), `new.example\n${'# long\n'.repeat(20_000)}`);
  writeFileSync(join(own, 'reports/a'), `newer.example\n${'# long\n'.repeat(20_000)}`);
  clock.ms += 2000;
  const names = ['new.example', 'newer.example', 'old.example', 'older.example'];
  const right = ['sinkhole', 'sinkhole', 'none', 'none'];
  const first = await step();
  t.same(
    names.map((name) => first.ask(name)),
    right,
  );
  t.match(library.takeDiskError(), /ENOSPC/);
  clock.ms += 2000;
  const second = await step();
  t.same(
    names.map((name) => second.ask(name)),
    right,
    'nothing changed, and all was compiled again',
  );
  const restarted = await (await openLibrary(disk.path, lists, { clock })).step();
  t.same(
    names.map((name) => restarted.ask(name)),
    right,
    'the next start',
  );
  // Damaged, the file itself is no text in force any more; the copy before is better than nothing.
  writeFileSync(join(own, 'list'), '<!doctype html><html><body>Sign in</body></html>');
  clock.ms += 2000;
  const third = await step();
  t.same([third.ask('old.example'), third.ask('newer.example')], ['sinkhole', 'sinkhole']);
});
