// What a file leads to is watched, however it is replaced: by an editor, behind a link, or with its folder.
import { appendFileSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { watchFiles } from '../../../src/daemon/machine/file-watch.ts';
import { Looks } from '../../../src/daemon/machine/looks.ts';
import { until } from '../../support/tool.ts';

const WAYS: Readonly<
  Record<string, (dir: string) => { readonly file: string; readonly change: () => void }>
> = {
  'written over': (dir) => {
    const file = join(dir, 'c.yaml');
    writeFileSync(file, 'one');
    return { file, change: () => writeFileSync(file, 'another') };
  },
  'saved beside and renamed': (dir) => {
    const file = join(dir, 'c.yaml');
    writeFileSync(file, 'one');
    return {
      file,
      change: () => {
        writeFileSync(`${file}.new`, 'two');
        renameSync(`${file}.new`, file);
      },
    };
  },
  'a link into another folder, and what it leads to is written': (dir) => {
    mkdirSync(join(dir, 'there'));
    const [file, target] = [join(dir, 'c.yaml'), join(dir, 'there/real.yaml')];
    writeFileSync(target, 'one');
    symlinkSync(target, file);
    return { file, change: () => writeFileSync(target, 'another') };
  },
  'a ConfigMap, whose folder is swapped behind a link': (dir) => {
    for (const at of ['..1', '..2']) {
      mkdirSync(join(dir, at));
      writeFileSync(join(dir, at, 'c.yaml'), at);
    }
    symlinkSync('..1', join(dir, '..data'));
    symlinkSync('..data/c.yaml', join(dir, 'c.yaml'));
    return {
      file: join(dir, 'c.yaml'),
      change: () => {
        symlinkSync('..2', join(dir, '..data_tmp'));
        renameSync(join(dir, '..data_tmp'), join(dir, '..data'));
        rmSync(join(dir, '..1'), { recursive: true });
      },
    };
  },
  'its folder is moved away, and another comes': (dir) => {
    const folder = join(dir, 'etc');
    mkdirSync(folder);
    writeFileSync(join(folder, 'c.yaml'), 'one');
    return {
      file: join(folder, 'c.yaml'),
      change: () => {
        renameSync(folder, join(dir, 'old'));
        mkdirSync(folder);
        writeFileSync(join(folder, 'c.yaml'), 'another');
      },
    };
  },
};

/** @returns how many changes were noticed so far */
function watched(t: Test, file: string, looks: Parameters<typeof watchFiles>[1]): () => number {
  let changes = 0;
  const soon = { file, report: (problem: string) => t.fail(problem) };
  const changed = (): void => {
    changes += 1;
  };
  t.teardown(watchFiles(() => [file], looks, changed, soon));
  return () => changes;
}

for (const [way, make] of Object.entries(WAYS))
  t.test(way, async (t) => {
    const { file, change } = make(t.testdir());
    const changes = watched(t, file, new Looks());
    // The timers of the watch do not hold a process.
    const alive = setInterval(() => undefined, 1000);
    t.teardown(() => clearInterval(alive));
    change();
    await until('the change to be noticed', () => changes() > 0);
    t.equal(changes(), 1);
  });

t.test('a file that is written again and again beside it puts off nothing', async (t) => {
  const dir = t.testdir({ 'c.yaml': 'one', 'cenote.log': '' });
  const file = join(dir, 'c.yaml');
  // The watch alone sees it: no other look comes.
  const changes = watched(t, file, { every: () => () => undefined });
  let isOver = false;
  const write = (): void => {
    if (isOver) return;
    appendFileSync(join(dir, 'cenote.log'), 'a line\n');
    setTimeout(write, 20);
  };
  write();
  writeFileSync(file, 'another');
  await until('the change to be noticed', () => changes() > 0).finally(() => {
    isOver = true;
  });
  t.equal(changes(), 1);
});
