// Where Pi-hole keeps its settings: /etc/pihole, a copy of it, or a Teleporter archive (a zip since version 6).
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { realFiles } from '../../../config/read/files.ts';
import { filesOf } from '../../../report/documents/archive.ts';
import { Budget } from '../../../report/documents/budget.ts';
import { MigrateError } from '../../migrate-error.ts';
import { isFolder, textOf } from '../../read-files.ts';

export interface PiholeFiles {
  /** Path of gravity.db; null where there is none. */
  readonly gravity: string | null;
  /** By file name: pihole.toml (6), or setupVars.conf, custom.list, 05-pihole-custom-cname.conf, pihole-FTL.conf (5). */
  readonly texts: ReadonlyMap<string, string>;
  /** Removes what was unpacked. */
  readonly done: () => void;
}

/** Enough to know SQLite, zip and gzip by. */
const HEAD_OCTETS = 16;
const GRAVITY = 'gravity.db';
const TEXTS = [
  'pihole.toml',
  'setupVars.conf',
  'pihole-FTL.conf',
  'custom.list',
  '05-pihole-custom-cname.conf',
];

/** @throws MigrateError when it is nothing of Pi-hole's */
export async function piholeFiles(path: string): Promise<PiholeFiles> {
  if (isFolder(path)) return inFolder(path);
  const head = headOf(path);
  if (head.startsWith('PK')) return unpacked(path);
  if (head.startsWith('SQLite format 3')) return { gravity: path, texts: new Map(), done: () => undefined };
  if (head.startsWith('\u001f\u008b'))
    throw new MigrateError(
      'MIGRATE_UNREADABLE',
      `a Teleporter archive of Pi-hole 5; unpack it (tar xzf) and name the folder, or name /etc/pihole (${path})`,
    );
  return { gravity: null, texts: new Map([[basename(path), textOf(path)]]), done: () => undefined };
}

function inFolder(path: string): PiholeFiles {
  const texts = new Map<string, string>();
  for (const name of TEXTS)
    for (const folder of [path, join(path, 'etc/pihole'), join(dirname(path), 'dnsmasq.d')]) {
      const file = join(folder, name);
      if (!texts.has(name) && statSync(file, { throwIfNoEntry: false })?.isFile() === true)
        texts.set(name, textOf(file));
    }
  const gravity = [join(path, GRAVITY), join(path, 'etc/pihole', GRAVITY)].find(
    (file) => statSync(file, { throwIfNoEntry: false })?.isFile() === true,
  );
  if (gravity === undefined && texts.size === 0)
    throw new MigrateError('MIGRATE_NOT_THEIRS', `no gravity.db and no pihole.toml (${path})`);
  return { gravity: gravity ?? null, texts, done: () => undefined };
}

async function unpacked(path: string): Promise<PiholeFiles> {
  const folder = mkdtempSync(join(tmpdir(), 'cenote-migrate-'));
  const texts = new Map<string, string>();
  let gravity: string | null = null;
  try {
    for (const file of await filesOf(readFileSync(path), new Budget())) {
      const name = basename(file.name);
      if (TEXTS.includes(name)) texts.set(name, Buffer.from(await file.read()).toString());
      if (name !== GRAVITY) continue;
      gravity = join(folder, GRAVITY);
      writeFileSync(gravity, await file.read());
    }
    if (gravity === null && texts.size === 0)
      throw new MigrateError(
        'MIGRATE_NOT_THEIRS',
        `the archive has no gravity.db and no pihole.toml (${path})`,
      );
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  return { gravity, texts, done: () => rmSync(folder, { recursive: true, force: true }) };
}

function headOf(path: string): string {
  try {
    return Buffer.from(realFiles.read(path, HEAD_OCTETS - 1)).toString('latin1');
  } catch (error) {
    throw new MigrateError(
      'MIGRATE_UNREADABLE',
      `there is no such file or folder, or it may not be read (${path})`,
      { cause: error },
    );
  }
}
