// A restore that is killed, or that a disk has no room for: what was there is as it was, or all of the backup is in its place.
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { goOn, type Move, moveAll } from '../../src/cli/backup/moves.ts';
import { restoreName, stagingIn } from '../../src/cli/backup/staging.ts';
import { lockFile } from '../../src/daemon/machine/folder-lock.ts';
import { run } from '../support/cli-run.ts';
import { mountSmallDisk } from '../support/hits-small-disk.ts';

const MOVES = JSON.stringify(join(import.meta.dirname, '../../src/cli/backup/moves.ts'));
/** Dies by SIGKILL before a rename of its number. */
const KILLED = `
import { readFileSync, renameSync } from 'node:fs';
import { moveAll } from ${MOVES};
const [file, plan, last] = process.argv.slice(1);
let count = 0;
moveAll(file, JSON.parse(plan), (from, to) => {
  if (count === Number(last)) process.kill(process.pid, 'SIGKILL');
  count += 1;
  renameSync(from, to);
});
`;
const NEW = { 'a.txt': 'new', data: { 'b.txt': 'new' } };
const OLD = { 'a.txt': 'old', data: { 'b.txt': 'old', 'only-before.txt': 'old' } };
/** Five renames. */
const RENAMES = 5;

function planned(t: Test): { dir: string; file: string; moves: Move[]; plan: string; read: () => string[] } {
  const dir = t.testdir({ ready: { ...NEW, 'first.txt': 'new' }, there: OLD });
  const move = (name: string, aside: string | null): Move => ({
    from: join(dir, 'ready', name),
    to: join(dir, 'there', name),
    aside: aside === null ? null : join(dir, 'there', aside),
  });
  const moves = [move('data', 'data.old'), move('first.txt', null), move('a.txt', 'a.old')];
  const file = join(dir, 'there/.plan.json');
  const read = (): string[] =>
    readdirSync(join(dir, 'there'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => `${path.slice(join(dir, 'there').length + 1)}: ${readFileSync(path, 'utf8')}`)
      .sort();
  return { dir, file, moves, plan: JSON.stringify({ moves, staging: [join(dir, 'ready')] }), read };
}

const AFTER = [
  'a.old: old',
  'a.txt: new',
  'data.old/b.txt: old',
  'data.old/only-before.txt: old',
  'data/b.txt: new',
  'first.txt: new',
];
const BEFORE = ['a.txt: old', 'data/b.txt: old', 'data/only-before.txt: old'];

t.test('moves that were cut off by SIGKILL before any of their renames are gone on with', async (t) => {
  for (let count = 0; count < RENAMES; count += 1) {
    const { dir, file, plan, read } = planned(t);
    const { signal } = spawnSync(process.execPath, [
      '--input-type=module',
      '-e',
      KILLED,
      file,
      plan,
      String(count),
    ]);
    t.equal(signal, 'SIGKILL');
    t.ok(existsSync(file), 'what is to be moved is written down');
    goOn(file);
    t.same(read(), AFTER, `killed before rename ${count}`);
    t.notOk(existsSync(join(dir, 'ready')), 'nothing is left aside');
  }
});

t.test('moves that fail are taken back', async (t) => {
  for (let count = 0; count < RENAMES; count += 1) {
    const { file, moves, read } = planned(t);
    let renames = 0;
    const { renameSync } = await import('node:fs');
    t.throws(() =>
      moveAll(file, { moves, staging: [] }, (from, to) => {
        if (renames === count) throw new Error('no');
        renames += 1;
        renameSync(from, to);
      }),
    );
    t.same(read(), BEFORE, `failed at rename ${count}`);
  }
});

t.test(
  'moves that can neither be made nor taken back stay written down, a link that led nowhere is kept',
  async (t) => {
    const { dir, file, moves, read } = planned(t);
    const { renameSync, symlinkSync } = await import('node:fs');
    const there = join(dir, 'there');
    rmSync(join(there, 'a.txt'));
    symlinkSync('nowhere', join(there, 'a.txt'));
    let renames = 0;
    t.throws(() =>
      moveAll(file, { moves, staging: [] }, (from, to) => {
        renames += 1;
        if (renames === 1) return renameSync(from, to);
        mkdirSync(join(there, 'data/in-the-way'), { recursive: true });
        throw new Error('no');
      }),
    );
    t.ok(existsSync(file));
    rmSync(join(there, 'data'), { recursive: true });
    goOn(file);
    t.notOk(existsSync(file));
    t.same(
      read(),
      AFTER.filter((line) => !line.startsWith('a.old')),
    );
    t.equal(readlinkSync(join(there, 'a.old')), 'nowhere');
  },
);

t.test('what another user left aside is in nobody’s way', async (t) => {
  if (process.getuid?.() !== 0) return void t.pass('only root can be another user');
  const folder = t.testdir({ shared: {} });
  const shared = join(folder, 'shared');
  chmodSync(shared, 0o1777);
  mkdirSync(join(shared, '.cenote-all.tgz-aaaaaa/x'), { recursive: true, mode: 0o700 });
  utimesSync(join(shared, '.cenote-all.tgz-aaaaaa'), 0, 0);
  const made = inForeignHands(() => stagingIn(shared, 'all.tgz', false));
  t.match(made, /\.cenote-all\.tgz-[A-Za-z0-9]{6}$/);
});

/** As a user who owns nothing here. */
function inForeignHands<T>(work: () => T): T {
  process.seteuid?.(65_534);
  try {
    return work();
  } finally {
    process.seteuid?.(0);
  }
}

const CONFIG = 'lists: { evil: { source: lists/evil.txt, format: domains } }\n';

/** A configuration with data of some size, and its backup. */
async function saved(t: Test): Promise<string> {
  const cwd = t.testdir({ 'c.yaml': CONFIG, lists: { 'evil.txt': 'evil.example\n' }, data: { lists: {} } });
  // Does not shrink when it is packed.
  const octets = Buffer.alloc(300_000);
  for (let at = 0, value = 1; at < octets.length; at += 4) {
    value = (value * 1_103_515_245 + 12_345) % 2_147_483_648;
    octets.writeUInt32LE(value * 2, at);
  }
  writeFileSync(join(cwd, 'data/lists/kept'), octets);
  const { code, stderr } = await run(['backup', 'all.tgz', '-c', 'c.yaml'], { cwd });
  t.equal(code, 0, stderr);
  return cwd;
}

t.test('no command uses a configuration whose restore was cut off, and restore finishes it', async (t) => {
  const cwd = await saved(t);
  const old = 'lists: { mine: { names: [mine.example] } }\n';
  mkdirSync(join(cwd, 'there'));
  writeFileSync(join(cwd, 'there/c.yaml'), old);
  writeFileSync(join(cwd, 'ready.yaml'), 'lists: { theirs: { names: [theirs.example] } }\n');
  const move = {
    from: join(cwd, 'ready.yaml'),
    to: join(cwd, 'there/c.yaml'),
    aside: join(cwd, 'there/c.old'),
  };
  const plan = JSON.stringify({ moves: [move], staging: [] });
  writeFileSync(join(cwd, 'there/.cenote-restore-c.yaml.json'), plan);
  const checked = await run(['check', '-c', 'there/c.yaml'], { cwd });
  t.equal(checked.code, 2);
  t.match(
    checked.stderr,
    /a restore was cut off before all was in its place \(there\/\.cenote-restore-c\.yaml\.json\); `cenote restore FILE -c there\/c\.yaml` finishes it/,
  );
  const finished = await run(['restore', 'all.tgz', '-c', 'there/c.yaml'], { cwd });
  t.equal(finished.code, 0, finished.stderr);
  t.match(finished.stdout, /A restore that was cut off is finished: 1 file or folder put in place/);
  t.match(readFileSync(join(cwd, 'there/c.yaml'), 'utf8'), /theirs/);
  t.equal(readFileSync(join(cwd, 'there/c.old'), 'utf8'), old);
  t.equal((await run(['check', '-c', 'there/c.yaml'], { cwd })).code, 0);
  writeFileSync(join(cwd, 'there/.cenote-restore-c.yaml.json'), plan);
  const { stdout } = await run(['restore', 'all.tgz', '-c', 'there/c.yaml', '--json'], { cwd });
  t.match(JSON.parse(stdout), { config: join(cwd, 'there/c.yaml'), finished: [move] });
});

t.test('what a killed command left aside is removed by the next, and nothing else', async (t) => {
  const cwd = await saved(t);
  const names = ['killed', 'runs00', 'madeno', 'olddno'].map((end) => `.cenote-two.tgz-${end}`);
  const [killed = '', runs = '', making = '', old = ''] = names.map((name) => join(cwd, name));
  for (const path of [killed, runs, making, old, join(cwd, '.cenote-two.tgz-2-aaaaaa')]) mkdirSync(path);
  lockFile(join(killed, 'lock'))?.close();
  // Whatever number its process has where it runs.
  const held = lockFile(join(runs, 'lock'));
  t.teardown(() => held?.close());
  utimesSync(old, 0, 0);
  t.equal((await run(['backup', 'two.tgz', '-c', 'c.yaml'], { cwd })).code, 0);
  t.same(
    readdirSync(cwd).filter((name) => name.startsWith('.cenote-')),
    ['.cenote-two.tgz-2-aaaaaa', '.cenote-two.tgz-madeno', '.cenote-two.tgz-runs00'],
    'what one that runs makes stays, and what is of another file',
  );
  const folder = t.testdir();
  const made = [stagingIn(folder, 'restore', false), stagingIn(folder, 'restore', false)];
  t.same(
    readdirSync(folder)
      .map((name) => join(folder, name))
      .sort(),
    made.sort(),
  );
});

t.test(
  'two configurations of one folder: what a restore of one needs to be finished, that of the other leaves',
  async (t) => {
    const cwd = await saved(t);
    mkdirSync(join(cwd, 'there'));
    const [one, other] = ['one.yaml', 'other.yaml'].map((name) => join(cwd, 'there', name));
    const ready = join(cwd, `there/.cenote-${restoreName(one ?? '')}-aaaaaa`);
    mkdirSync(ready);
    lockFile(join(ready, 'lock'))?.close();
    writeFileSync(join(ready, 'one.yaml'), 'lists: {}\n');
    const move = { from: join(ready, 'one.yaml'), to: one, aside: null };
    writeFileSync(
      join(cwd, 'there/.cenote-restore-one.yaml.json'),
      JSON.stringify({ moves: [move], staging: [ready] }),
    );
    for (const path of [one, other]) t.notOk(existsSync(path ?? ''));
    const restored = await run(['restore', 'all.tgz', '-c', 'there/other.yaml', '--yes'], { cwd });
    t.equal(restored.code, 0, restored.stderr);
    t.ok(existsSync(other ?? '') && existsSync(ready) && !existsSync(one ?? ''));
    const finished = await run(['restore', 'all.tgz', '-c', 'there/one.yaml'], { cwd });
    t.match(finished.stdout, /A restore that was cut off is finished/);
    t.equal(readFileSync(one ?? '', 'utf8'), 'lists: {}\n');
  },
);

t.test('moves whose files are gone are not told as done', async (t) => {
  const { dir, file, plan } = planned(t);
  writeFileSync(file, plan);
  rmSync(join(dir, 'ready'), { recursive: true });
  t.throws(() => goOn(file), /ready\/data is gone, and .*there\/data is not what it was/);
  t.ok(existsSync(file));
});

t.test('a full disk is told as such, and changes nothing', async (t) => {
  const disk = mountSmallDisk(450_000);
  if (disk === null) return void t.pass('no file system may be mounted here');
  t.teardown(disk.remove);
  const cwd = await saved(t);
  const full = await run(['backup', join(disk.path, 'all.tgz'), '-c', 'c.yaml'], { cwd });
  t.equal(full.code, 1);
  t.match(
    full.stderr,
    /nothing was saved: no room is left on that disk; make some, or name a place on another, 300,000 bytes for the data and as much as the archive for itself \(\S+all\.tgz\)/,
  );
  t.same(readdirSync(disk.path), []);
  writeFileSync(join(disk.path, 'c.yaml'), 'lists: {}\n');
  writeFileSync(join(disk.path, 'filler'), Buffer.alloc(300_000));
  const none = await run(['restore', join(cwd, 'all.tgz'), '-c', 'c.yaml', '--yes'], { cwd: disk.path });
  t.equal(none.code, 1);
  t.match(
    none.stderr,
    /no room is left on the disk of \S+, and nothing was restored, what was there is as it was; make room for all that the backup holds/,
  );
  t.same(readdirSync(disk.path).sort(), ['c.yaml', 'filler']);
  t.equal(readFileSync(join(disk.path, 'c.yaml'), 'utf8'), 'lists: {}\n');
});

t.test(
  'a folder of data that cannot be read here is told, with the variable that names another',
  async (t) => {
    const cwd = await saved(t);
    mkdirSync(join(cwd, 'there'));
    writeFileSync(join(cwd, 'there/data'), '');
    const restore = (environment: Record<string, string>) =>
      run(['restore', '../all.tgz', '-c', 'c.yaml', '--yes'], { cwd: join(cwd, 'there'), environment });
    const refused = await restore({});
    t.equal(refused.code, 1);
    t.match(
      refused.stderr,
      /nothing was restored, .* is none that this user can read; use one who can, or name another by CENOTE_EVENTS_DIR/,
    );
    t.same(readdirSync(join(cwd, 'there')), ['data']);
    const restored = await restore({ CENOTE_EVENTS_DIR: 'elsewhere' });
    t.equal(restored.code, 0, restored.stderr);
    t.ok(existsSync(join(cwd, 'there/elsewhere/lists/kept')));
  },
);

t.test('data on a file system of its own, which cannot be renamed', async (t) => {
  const disk = mountSmallDisk(4_000_000);
  if (disk === null) return void t.pass('no file system may be mounted here');
  t.teardown(disk.remove);
  const cwd = await saved(t);
  for (const name of ['cenote.db', 'cenote.db-wal']) writeFileSync(join(disk.path, name), 'old');
  mkdirSync(join(cwd, 'etc'));
  const environment = { CENOTE_EVENTS_DIR: disk.path };
  const restored = await run(['restore', 'all.tgz', '-c', 'etc/c.yaml', '--yes'], { cwd, environment });
  t.equal(restored.code, 0, restored.stderr);
  t.ok(existsSync(join(disk.path, 'lists/kept')));
  const [kept = '', ...others] = readdirSync(disk.path).filter((name) => name.startsWith('before-restore-'));
  t.same(others, []);
  t.same(readdirSync(join(disk.path, kept)).sort(), ['cenote.db', 'cenote.db-wal']);
  t.match(restored.stdout, new RegExp(`What was there is in \\S+/${kept}$`, 'm'));
  t.notOk(existsSync(join(disk.path, 'cenote.db-wal')), 'nothing of before is among what was restored');
  const again = await run(['backup', 'two.tgz', '-c', 'etc/c.yaml'], { cwd, environment });
  t.equal(again.code, 0, again.stderr);
  rmSync(join(cwd, 'two.tgz'));
});

t.test('a list outside of the configuration folder is found where it is restored', async (t) => {
  const cwd = t.testdir({
    config: { 'c.yaml': 'lists: { evil: { source: ../blocklists/evil.txt } }\n' },
    blocklists: { 'evil.txt': 'evil.example\n' },
    there: {},
  });
  t.equal((await run(['backup', 'all.tgz', '-c', 'config/c.yaml'], { cwd })).code, 0);
  rmSync(join(cwd, 'blocklists'), { recursive: true });
  const restored = await run(['restore', '../all.tgz', '-c', 'etc/c.yaml'], { cwd: join(cwd, 'there') });
  t.match(restored, { code: 0, stderr: '' });
  const decided = await run(['query', 'evil.example', '-c', 'etc/c.yaml'], { cwd: join(cwd, 'there') });
  t.equal(decided.code, 3, decided.stderr);
});
