// What a process that was killed while it wrote leaves: the file as it was or as it was to be, and a name that the next start removes.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { linkSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { asideOf, hiddenAsideOf } from '../../../src/config/disk/whole-file.ts';
import { dropLeftovers } from '../../../src/daemon/machine/leftovers.ts';

const HOUR_MS = 3_600_000;
const OCTETS = 16_000_000;
const WRITES = `
  import { writeWhole } from ${JSON.stringify(import.meta.resolve('../../../src/config/disk/whole-file.ts'))};
  for (let i = 0; ; i += 1) writeWhole(process.argv[1], (i % 2 === 0 ? 'a' : 'b').repeat(${OCTETS}));
`;

t.test(
  'killed while it writes, a file is whole, and what is left is removed by a start an hour later',
  async (t) => {
    const dir = t.testdir({});
    const path = join(dir, 'c.yaml');
    const isAside = (name: string): boolean => name.endsWith('.tmp');
    // It may be killed between two files.
    do {
      const child = spawn(process.execPath, ['--input-type=module', '-e', WRITES, path], { stdio: 'ignore' });
      const ended = once(child, 'exit');
      while (
        child.exitCode === null &&
        !(readdirSync(dir).includes('c.yaml') && readdirSync(dir).some(isAside))
      )
        await new Promise(setImmediate);
      child.kill('SIGKILL');
      t.same(await ended, [null, 'SIGKILL']);
    } while (!readdirSync(dir).some(isAside));
    const text = readFileSync(path, 'latin1');
    t.ok([...'ab'].includes(text[0] ?? '') && text === text[0]?.repeat(OCTETS));
    const config = { file: path, events: { dir: join(dir, 'data') } } as Parameters<typeof dropLeftovers>[0];
    const left = readdirSync(dir).sort();
    await dropLeftovers(config, Date.now());
    t.same(readdirSync(dir).sort(), left, 'it may be of a process that writes now');
    await dropLeftovers(config, Date.now() + 2 * HOUR_MS);
    t.same(readdirSync(dir), ['c.yaml']);
  },
);

t.test('they go from wherever cenote writes, and nothing else goes', async (t) => {
  const files = { 'c.yaml': '', blocklists: { 'x.yaml': '' }, data: { 'overrides.json': '' } };
  const dir = t.testdir(files);
  const [config, list] = [join(dir, 'c.yaml'), join(dir, 'blocklists', 'x.yaml')];
  const others = [
    join(dir, asideOf('theirs')),
    join(dir, hiddenAsideOf('theirs')),
    join(dir, 'blocklists', asideOf('x.yaml')),
  ];
  const ours = [hiddenAsideOf(config), hiddenAsideOf(list)];
  for (const folder of ['lists', 'served', 'fleet', 'blocklists']) {
    mkdirSync(join(dir, 'data', folder));
    ours.push(hiddenAsideOf(join(dir, 'data', folder, 'x')));
  }
  ours.push(
    asideOf(join(dir, 'data', 'lists', 'x.good')),
    hiddenAsideOf(join(dir, 'data', 'overrides.json')),
  );
  for (const path of [...ours, ...others]) linkSync(config, path);
  const all = readdirSync(dir, { recursive: true, encoding: 'utf8' }).map((name) => join(dir, name));
  await dropLeftovers(
    { file: config, events: { dir: join(dir, 'data') } } as Parameters<typeof dropLeftovers>[0],
    Date.now() + 2 * HOUR_MS,
  );
  t.same(
    readdirSync(dir, { recursive: true, encoding: 'utf8' })
      .map((name) => join(dir, name))
      .sort(),
    all.filter((path) => !ours.includes(path)).sort(),
  );
});
