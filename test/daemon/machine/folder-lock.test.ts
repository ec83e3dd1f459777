import { spawnSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pino from 'pino';
import t from 'tap';
import { lockFolder, watchLock } from '../../../src/daemon/machine/folder-lock.ts';

const log = pino({ level: 'silent' });

t.test('a folder that is held is refused with the process that holds it, until that one ends', async (t) => {
  const dir = t.testdir();
  const release = lockFolder(dir, log);
  t.throws(() => lockFolder(dir, log), {
    message: new RegExp(`process ${process.pid} \\(events.dir ${dir}\\); stop it`),
  });
  // Another container's, where each daemon has the same number.
  writeFileSync(join(dir, 'cenote.pid'), '1\nbox-2\n');
  t.throws(() => lockFolder(dir, log), { message: /process 1 on box-2 \(/ });
  release();
  lockFolder(dir, log)();

  const child = `
    import { lockFolder } from ${JSON.stringify(join(import.meta.dirname, '../../../src/daemon/machine/folder-lock.ts'))};
    lockFolder(${JSON.stringify(dir)}, { warn() {} });
    process.kill(process.pid, 'SIGKILL');`;
  spawnSync(process.execPath, ['--input-type=module', '-e', child]);
  t.doesNotThrow(() => lockFolder(dir, log)(), 'a kill leaves no lock behind');
});

t.test('a folder that cannot be locked does not keep a daemon from its work', async (t) => {
  const dir = t.testdir({ file: '' });
  const warned: string[] = [];
  const telling = { warn: (_: object, text: string) => warned.push(text) } as unknown as pino.Logger;
  lockFolder(join(dir, 'file'), telling)();
  writeFileSync(join(dir, 'cenote.lock'), 'no database, '.repeat(100));
  lockFolder(dir, telling)();
  t.match(warned, [/cannot be locked/, /cannot be locked/]);
});

t.test('a folder that nobody may look at any more is held to be the same, until it can be seen', (t) => {
  let look = (): void => undefined;
  const looks = {
    every: (_: number, own: () => void) => {
      look = own;
      return () => undefined;
    },
  };
  const above = join(t.testdir({ above: { data: {} } }), 'above');
  let gone = 0;
  t.teardown(watchLock(join(above, 'data'), looks, () => (gone += 1)));
  look();
  t.equal(gone, 0);
  renameSync(above, `${above}.aside`);
  // As without the right to look, also for root.
  symlinkSync('above', above);
  for (let i = 0; i < 3; i += 1) look();
  t.equal(gone, 0);
  rmSync(above);
  renameSync(`${above}.aside`, above);
  look();
  t.equal(gone, 0, 'it is back');
  rmSync(above, { recursive: true });
  for (let i = 0; i < 3; i += 1) look();
  t.equal(gone, 1);
  mkdirSync(join(above, 'data'), { recursive: true });
  look();
  t.equal(gone, 2);
  t.end();
});
