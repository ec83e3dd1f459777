import { existsSync, readdirSync, readFileSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import {
  asideOf,
  copyAside,
  drop,
  dropOldAsides,
  dropStrays,
  settle,
} from '../../../src/lists/library/disk.ts';

t.test('what a killed daemon left aside goes at a later start; what may be in use stays', async (t) => {
  const nowMs = 1_800_000_000_000;
  const [old, young] = [asideOf('rules.snapshot'), asideOf('list.good')];
  const dir = t.testdir({ 'rules.snapshot': 'a', [old]: 'b', [young]: 'c', 'other.tmp': 'd' });
  for (const name of ['rules.snapshot', old, 'other.tmp'])
    utimesSync(join(dir, name), nowMs / 1000 - 7200, nowMs / 1000 - 7200);
  utimesSync(join(dir, young), nowMs / 1000, nowMs / 1000);
  await dropOldAsides(dir, nowMs);
  t.same(readdirSync(dir).sort(), [young, 'other.tmp', 'rules.snapshot'].sort());
  await t.resolves(dropOldAsides(join(dir, 'nowhere'), nowMs));
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
