// Who takes part in a fleet, as the NATS server is to know it.
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import t from 'tap';
import { Invitations } from '../../src/fleet/invitations.ts';
import { missingNats, natsPrograms } from '../support/nats.ts';

const asked = (site: string) => ({ site, nats: ['nats://127.0.0.1:4222'], key: null, ca: null });

t.test('the users for the NATS server are those that take part, each with the latest key', async (t) => {
  const dir = t.testdir({});
  const invitations = new Invitations(dir);
  const users = (): string => readFileSync(invitations.usersPath, 'utf8');
  const head = invitations.invite(asked('head'), true, 1);
  const first = invitations.invite(asked('site-7'), false, 2);
  const second = invitations.invite(asked('site-7'), false, 3);
  const other = invitations.invite(asked('site-8'), false, 4);
  const has = (...invites: readonly { readonly user: { readonly nkey: string } }[]): boolean[] =>
    invites.map(({ user }) => users().includes(user.nkey));
  t.same(has(head, first, second, other), [true, false, true, true]);
  t.notMatch(users(), other.invitation.seed);
  t.same(
    invitations.all.map(({ site }) => site),
    ['site-7', 'site-8'],
  );

  t.equal(invitations.remove('site-7', 5), second.user.nkey);
  t.same(has(head, second, other), [true, false, true]);
  t.equal(invitations.remove('site-9', 6), null, 'one that was given its key elsewhere');
  const again = new Invitations(dir);
  t.same(
    again.all.map(({ site }) => site),
    ['site-8'],
    'after a restart too',
  );
  t.same(again.removed.map(({ site, removedMs }) => [site, removedMs]), [['site-7', 5], ['site-9', 6]]); // biome-ignore format: a table
  again.invite(asked('site-7'), false, 7);
  t.same(
    again.removed.map(({ site }) => site),
    ['site-9'],
    'one that is invited again takes part',
  );

  const before = readFileSync(invitations.usersPath, 'utf8');
  t.notOk(again.refreshUsers(), 'what this release wrote stays');
  writeFileSync(invitations.usersPath, before.replaceAll(', "cenote.names.site-7"', ''));
  t.ok(again.refreshUsers(), 'users of an earlier release may do what this one has them do');
  t.equal(readFileSync(invitations.usersPath, 'utf8'), before);

  await t.test('which it reads', { skip: missingNats() }, async (t) => {
    const file = join(dir, 'nats.conf');
    writeFileSync(file, 'authorization { include "nats-users.conf" }\n');
    for (const program of natsPrograms()) {
      const { status, stderr } = spawnSync(program, ['-t', '-c', file], { encoding: 'utf8' });
      t.equal(status, 0, stderr);
    }
  });

  await t.test('as the packages have it', { skip: missingNats() }, async (t) => {
    const packaging = join(import.meta.dirname, '../../packaging');
    const own = readFileSync(join(packaging, 'systemd/nats-server.conf'), 'utf8');
    t.match(own, '/var/lib/nats');
    writeFileSync(join(dir, 'nats.conf'), own.replace('/var/lib/nats', join(dir, 'store')));
    for (const program of natsPrograms()) {
      const { status, stderr } = spawnSync(program, ['-t', '-c', join(dir, 'nats.conf')], {
        encoding: 'utf8',
      });
      t.equal(status, 0, stderr);
    }
    const [, events] =
      /CENOTE_EVENTS_DIR=(\S+)/.exec(readFileSync(join(packaging, 'cenote.service'), 'utf8')) ?? [];
    const written = `${events}/fleet/head/${basename(invitations.usersPath)}`;
    for (const unit of ['cenote-nats-users.path', 'cenote-nats-users.service'])
      t.ok(readFileSync(join(packaging, 'systemd', unit), 'utf8').includes(written), `${unit}: ${written}`);
    t.match(
      readFileSync(join(packaging, 'systemd/cenote-nats-users.service'), 'utf8'),
      '/etc/nats-users.conf',
    );
  });
});

t.test(
  'where it cannot be read who was invited, nobody is invited or removed, and no user is written',
  async (t) => {
    const dir = t.testdir({});
    const path = join(dir, 'sites.json');
    for (const site of ['south', 'north']) new Invitations(dir).invite(asked(site), false, 1);
    const good = readFileSync(path, 'utf8');
    for (const spoiled of [good.slice(0, 40), '', '{}', '[{"site":7}]']) {
      writeFileSync(path, spoiled);
      const invitations = new Invitations(dir);
      const users = readFileSync(invitations.usersPath, 'utf8');
      t.match(invitations.problem, path);
      t.notOk(invitations.refreshUsers());
      const refused = { code: 'FLEET_SITES', message: /put back from a backup/ };
      t.throws(() => invitations.invite(asked('west'), false, 2), refused);
      t.throws(() => invitations.remove('south', 2), refused);
      t.same([readFileSync(path, 'utf8'), readFileSync(invitations.usersPath, 'utf8')], [spoiled, users]);
      writeFileSync(path, good);
      t.equal(invitations.problem, null, 'put back, it is read without a restart');
      t.equal(invitations.all.length, 2);
    }
    // Not there by its name alone: a folder or link on the way to it that leads nowhere, or that may not be entered.
    rmSync(path);
    symlinkSync('sites.json', path);
    t.match(new Invitations(dir).problem, /sites\.json cannot be read \(ELOOP/);
  },
);
