// `cenote backup` and `restore`: what is saved comes back as it was, and nothing that is there is lost for it.
import {
  chownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import pino from 'pino';
import t, { type Test } from 'tap';
import { create, extract, list } from 'tar';
import { lockFolder } from '../../src/daemon/machine/folder-lock.ts';
import { run } from '../support/cli-run.ts';

const CONFIG = `# ours
lists: { evil: { source: lists/evil.txt, format: domains } }
events: { dir: ./data }
`;

/** A configuration, a list and data; the database is written to while it is saved. */
function site(t: Test): { cwd: string; database: DatabaseSync } {
  const cwd = t.testdir({
    'cenote.yaml': CONFIG,
    lists: { 'evil.txt': 'evil.example\n' },
    data: { journal: {} },
  });
  writeFileSync(join(cwd, 'data/journal/01-0-000000000001.journal'), 'journal');
  writeFileSync(join(cwd, 'data/admin.token'), 'secret\n', { mode: 0o600 });
  writeFileSync(join(cwd, 'data/cenote.pid'), '1\n');
  const database = new DatabaseSync(join(cwd, 'data/cenote.db'));
  database.exec(
    'PRAGMA journal_mode = WAL; CREATE TABLE hits (id INTEGER); INSERT INTO hits VALUES (1), (2)',
  );
  t.teardown(() => database.close());
  return { cwd, database };
}

t.test('a backup of an open database, restored elsewhere', async (t) => {
  const { cwd } = site(t);
  const saved = await run(['backup', 'all.tgz', '-c', 'cenote.yaml', '--json'], { cwd });
  t.equal(saved.stderr, '');
  t.equal(saved.code, 0);
  const inIt: string[] = [];
  await list({ file: join(cwd, 'all.tgz'), onReadEntry: (entry) => void inIt.push(entry.path) });
  t.same(inIt.sort(), [
    'cenote-backup.json',
    'config/cenote.yaml',
    'config/lists/evil.txt',
    'data/admin.token',
    'data/cenote.db',
    'data/journal/01-0-000000000001.journal',
  ]);
  const again = await run(['backup', 'all.tgz', '-c', 'cenote.yaml'], { cwd });
  t.equal(again.code, 2, 'a backup replaces nothing');

  const other = join(cwd, 'other');
  mkdirSync(other);
  const restored = await run(['restore', '../all.tgz', '-c', 'etc/cenote.yaml'], { cwd: other });
  t.equal(restored.stderr, '');
  t.equal(restored.code, 0);
  t.equal(readFileSync(join(other, 'etc/cenote.yaml'), 'utf8'), CONFIG);
  t.equal(readFileSync(join(other, 'etc/lists/evil.txt'), 'utf8'), 'evil.example\n');
  const database = new DatabaseSync(join(other, 'data/cenote.db'), { readOnly: true });
  t.equal(database.prepare('SELECT count(*) AS n FROM hits').get()?.['n'], 2);
  database.close();

  const refused = await run(['restore', '../all.tgz', '-c', 'etc/cenote.yaml'], { cwd: other });
  t.equal(refused.code, 2);
  t.match(refused.stderr, /data is there already and nothing was changed; --yes moves what is there aside/);
  writeFileSync(join(other, 'etc/lists/evil.txt'), 'mine.example\n');
  const release = lockFolder(join(other, 'data'), pino({ enabled: false }));
  const running = await run(['restore', '../all.tgz', '-c', 'etc/cenote.yaml', '--yes'], { cwd: other });
  t.equal(running.code, 1);
  t.match(running.stderr, /a daemon runs there; stop it first/);
  release();
  // As systemd has it: a link to a folder of another user's, which root restores for that user.
  renameSync(join(other, 'data'), join(other, 'private'));
  symlinkSync('private', join(other, 'data'));
  const isRoot = process.getuid?.() === 0;
  if (isRoot) chownSync(join(other, 'private'), 65_534, 65_534);
  const replaced = await run(['restore', '../all.tgz', '-c', 'etc/cenote.yaml', '--yes'], { cwd: other });
  t.equal(replaced.code, 0, replaced.stderr);
  const aside = readdirSync(join(other, 'etc/lists')).find((name) =>
    name.startsWith('evil.txt.before-restore-'),
  );
  t.equal(
    readFileSync(join(other, 'etc/lists', aside ?? ''), 'utf8'),
    'mine.example\n',
    'what was there is kept',
  );
  t.equal(readFileSync(join(other, 'etc/lists/evil.txt'), 'utf8'), 'evil.example\n');
  t.equal(readdirSync(other).filter((name) => name.startsWith('private.before-restore-')).length, 1);
  t.ok(lstatSync(join(other, 'data')).isSymbolicLink());
  if (isRoot) {
    const files = ['data/cenote.db', 'data/journal', 'etc/cenote.yaml', 'etc/lists/evil.txt'];
    t.same(
      files.map((file) => statSync(join(other, file)).uid),
      files.map(() => 65_534),
    );
    t.match(replaced.stdout, /^It is of user 65534, as what was there: start cenote as that user\.$/m);
  }
});

t.test('what the configuration names by absolute paths is named where it is restored', async (t) => {
  const cwd = t.testdir({
    here: {
      lists: { 'evil.txt': 'evil.example\n', reports: { 'one.txt': 'one.example\n' } },
      'everybody.txt': 'popular.example\n',
      hook: 'secret\n',
    },
    elsewhere: { 'far.txt': 'far.example\n' },
    there: {},
  });
  const [here, there] = [join(cwd, 'here'), join(cwd, 'there')];
  const config = `# absolute
lists:
  evil: { source: ${here}/lists/evil.txt }   # kept
  many: { source: "folder:${here}/lists/reports" }
  far: { source: ${cwd}/elsewhere/far.txt }
warninglists: [${here}/everybody.txt]
alerts: [{ webhook: "https://chat.example/", secret: "file:${here}/hook" }]
events: { dir: ${here}/data }
`;
  writeFileSync(join(here, 'c.yaml'), config);
  const saved = await run(['backup', 'all.tgz', '-c', '../here/c.yaml'], { cwd: there });
  t.match(saved, { code: 0, stderr: '' });
  t.match(saved.stdout, /^not in it: \S+\/far\.txt \(it lies outside/m);
  t.match(saved.stdout, /^not in it: \S+\/hook \(certificates, keys and secrets/m);
  const same = await run(['restore', 'all.tgz', '-c', '../here/c.yaml', '--yes'], { cwd: there });
  t.equal(same.code, 0, same.stderr);
  t.equal(readFileSync(join(here, 'c.yaml'), 'utf8'), config, 'in its place it is as it was');

  rmSync(join(here, 'lists'), { recursive: true });
  const moved = await run(['restore', 'all.tgz', '-c', 'c.yaml', '--yes'], { cwd: there });
  t.match(moved, { code: 0, stderr: '' });
  t.equal(
    readFileSync(join(there, 'c.yaml'), 'utf8'),
    config
      .replace(`${here}/lists/evil.txt`, `${there}/lists/evil.txt`)
      .replace(`${here}/lists/reports`, `${there}/lists/reports`)
      .replace(`${here}/everybody.txt`, `${there}/everybody.txt`),
  );
  const decided = await run(['query', 'one.example', '-c', 'c.yaml'], { cwd: there });
  t.equal(decided.code, 3, decided.stdout);
});

t.test('what is damaged, foreign or newer is told, and nothing is touched', async (t) => {
  const { cwd } = site(t);
  t.equal((await run(['backup', 'all.tgz', '-c', 'cenote.yaml'], { cwd })).code, 0);
  const tree = join(cwd, 'tree');
  mkdirSync(tree);
  await extract({ file: join(cwd, 'all.tgz'), cwd: tree });
  const packed = async (name: string, change: () => void): Promise<void> => {
    change();
    await create({ gzip: true, file: join(cwd, name), cwd: tree }, readdirSync(tree));
  };
  const manifest = join(tree, 'cenote-backup.json');
  const written = readFileSync(manifest, 'utf8');
  await packed('changed.tgz', () => writeFileSync(join(tree, 'config/lists/evil.txt'), 'other.example\n'));
  await packed('missing.tgz', () => rmSync(join(tree, 'config/lists/evil.txt')));
  await packed('newer.tgz', () => writeFileSync(manifest, written.replace('"version": 1', '"version": 2')));
  await packed('foreign.tgz', () => rmSync(manifest));
  writeFileSync(join(cwd, 'no.tgz'), 'text');
  const cases: [file: string, message: RegExp][] = [
    [
      'changed.tgz',
      /the backup is damaged: config\/lists\/evil\.txt is not what was saved; nothing was restored/,
    ],
    ['missing.tgz', /the backup is damaged: config\/lists\/evil\.txt is missing/],
    ['newer.tgz', /made by cenote .* which is newer/],
    ['foreign.tgz', /not a backup of cenote/],
    ['no.tgz', /not an archive that can be unpacked|not a backup of cenote/],
    ['none.tgz', /there is no such file/],
  ];
  for (const [file, message] of cases) {
    const { code, stderr } = await run(['restore', file, '-c', 'new/cenote.yaml'], { cwd });
    t.equal(code, 2, file);
    t.match(stderr, message);
  }
  t.same(readdirSync(join(cwd, 'new')), [], 'nothing is left behind');
});
