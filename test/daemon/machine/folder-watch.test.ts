// A folder that cannot be watched is said once with what would help; the looks go on, and watch it when it can be.
import { mkdirSync, renameSync, type watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { FolderWatch } from '../../../src/daemon/machine/folder-watch.ts';
import { until } from '../../support/tool.ts';

const failing = (code: string): typeof watch => {
  const fail = (): never => {
    throw Object.assign(new Error(`${code}: watch`), { code });
  };
  return fail as unknown as typeof watch;
};

t.test('watches that are used up are said once, with the limit that ended them', (t) => {
  const file = join(t.testdir({ 'c.yaml': '' }), 'c.yaml');
  const told: string[] = [];
  const report = (problem: string) => told.push(problem);
  for (const code of ['EMFILE', 'ENOSPC', 'ENOSYS']) {
    const folder = new FolderWatch({ file, report, watch: failing(code) }, () => undefined);
    folder.look();
    folder.look();
    folder.close();
  }
  t.match(told, [
    /EMFILE.*max_user_instances.*open files/,
    /ENOSPC.*raise fs\.inotify\.max_user_watches \(sysctl\)/,
    /^ENOSYS: watch$/,
  ]);
  t.equal(told.length, 3);
  t.end();
});

t.test('a folder that takes the place of another is watched at the next look', async (t) => {
  const dir = t.testdir({ etc: { 'c.yaml': '' } });
  const file = join(dir, 'etc/c.yaml');
  let quiet = 0;
  const folder = new FolderWatch({ file, report: (problem) => t.fail(problem) }, () => (quiet += 1));
  t.teardown(() => folder.close());
  renameSync(join(dir, 'etc'), join(dir, 'old'));
  folder.look();
  mkdirSync(join(dir, 'etc'));
  writeFileSync(file, 'one');
  folder.look();
  writeFileSync(file, 'two');
  await until('the event of the new folder', () => quiet > 0);
  t.equal(quiet, 1);
});
