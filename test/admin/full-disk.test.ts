// Tokens, passwords and the audit log on a disk that is full: kept whole, or refused and as they were.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { AuditLog } from '../../src/admin/audit/log.ts';
import { ApiTokens } from '../../src/admin/door/api-tokens.ts';
import { isPassword } from '../../src/admin/door/password.ts';
import { ensureToken, readToken } from '../../src/admin/door/token.ts';
import { firstPassword } from '../../src/daemon/machine/first-password.ts';
import { fill, smallDisk } from '../support/hits-small-disk.ts';

const WANTED = { name: 'backup', role: 'reader', by: 'anna', endsMs: null } as const;
const now = (): number => 1000;
const ROW = {
  ...{ who: 'anna', role: 'admin', way: 'password', address: '192.0.2.7' },
  ...{ asked: null, before: null, after: null, result: 'ok' },
} as const;

t.test('a token that is not revoked on the disk counts on, also after a restart, until it is', async (t) => {
  const disk = smallDisk(t, 64 * 1024);
  if (disk === null) return;
  const open = (): ApiTokens => new ApiTokens(disk.path, now, t.fail);
  const tokens = open();
  const { made, token } = tokens.make(WANTED);
  const text = readFileSync(join(disk.path, 'admin.tokens'));
  const empty = fill(disk);
  t.throws(() => tokens.revoke(made.id), { code: 'ENOSPC' });
  t.throws(() => tokens.make({ ...WANTED, name: 'another' }), { code: 'ENOSPC' });
  for (const one of [tokens, open()]) {
    t.same(one.find(token), made);
    t.equal(one.all.length, 1, 'there is no token that nobody was told of');
  }
  t.same(readFileSync(join(disk.path, 'admin.tokens')), text);
  t.same(readdirSync(disk.path).sort(), ['admin.tokens', 'filler'], 'nothing is left of the tries');
  empty();
  t.same(tokens.revoke(made.id), made);
  t.equal(open().find(token), null);
});

t.test('tokens that cannot be read are not written over by the next one', (t) => {
  const damaged = '{"tokens":[{"id":"aa"';
  const dir = t.testdir({ 'admin.tokens': damaged });
  const said: string[] = [];
  const tokens = new ApiTokens(dir, now, (why) => said.push(why));
  t.match(said, [/cannot be read .*none counts, and none is made until that file is mended or moved away/]);
  t.throws(() => tokens.make(WANTED), /the API tokens cannot be read/);
  t.same(tokens.all, []);
  t.equal(readFileSync(join(dir, 'admin.tokens'), 'utf8'), damaged);
  t.end();
});

t.test('the admin token and the first password are whole files or none', async (t) => {
  const disk = smallDisk(t, 64 * 1024);
  if (disk === null) return;
  const empty = fill(disk);
  t.throws(() => ensureToken(disk.path), { code: 'ADMIN_TOKEN', message: /ENOSPC/ });
  let told = '';
  const tell = (text: string): void => {
    told = text;
  };
  const hash = await firstPassword(disk.path, tell);
  t.match(told, /good until the next start: its hash cannot be kept \(ENOSPC/);
  t.equal(await isPassword(/password (\S+)/.exec(told)?.[1] ?? '', hash), true, 'until then it opens');
  t.same(readdirSync(disk.path), ['filler'], 'nothing is left of the tries');
  empty();
  const token = ensureToken(disk.path);
  t.equal(readToken(disk.path), token);
  const kept = await firstPassword(disk.path, tell);
  t.equal(await firstPassword(disk.path, t.fail), kept);
  // What is no token gives way to one that is, and nobody else may read that.
  writeFileSync(join(disk.path, 'admin.token'), 'half', { mode: 0o644 });
  ensureToken(disk.path);
  t.equal(statSync(join(disk.path, 'admin.token')).mode & 0o777, 0o600);
  t.same(readdirSync(disk.path).sort(), ['admin.password', 'admin.token']);
});

t.test('what was done while the disk of the audit log was full is in it once there is room', (t) => {
  // SQLite puts up to 1000 pages beside the file before it takes them in.
  const disk = smallDisk(t, 8 * 1024 * 1024);
  if (disk === null) return void t.end();
  const said: string[] = [];
  const parts = { dir: disk.path, keepMs: () => 1e12, now: () => 1_000_000 };
  const open = (): AuditLog => new AuditLog({ ...parts, report: (what) => said.push(what) });
  const log = open();
  const actions: string[] = [];
  const add = (): void => {
    actions.push(`change ${actions.length} ${'x'.repeat(2000)}`);
    log.add({ ...ROW, action: actions.at(-1) ?? '' });
  };
  for (let i = 0; i < 10; i += 1) add();
  const empty = fill(disk);
  for (let i = 0; i < 50; i += 1) add();
  t.ok(log.missing > 0 && log.missing <= 50, 'they wait, and are counted');
  t.match(log.whyWaiting(), /full/);
  t.match(said, [/^the audit log cannot be written .*full/], 'said once');
  empty();
  t.equal(log.whyWaiting(), null);
  t.equal(log.missing, 0);
  log.close();
  const again = open();
  const rows = again.ask({ before: null, sinceMs: 0, who: null, limit: 100 });
  t.same(
    rows.map(({ action }) => action),
    actions.toReversed(),
  );
  again.close();
  t.end();
});
