// `npm run fleet -- hunt [ROWS] [--names N] [--days N] [--sought N] [--machines N] [--index SQL]`: a central store of so many hits, and how long a hunt for so many names takes in it,
// first with its files out of the machine's memory, then in it; once more after other indexes were made. PostgreSQL is a real one with Debian's settings, but that its disk need keep nothing.
import { execFileSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { Database } from '../../../src/fleet/store/connection.ts';
import { type FleetHunted, huntHits } from '../../../src/fleet/store/hunt-hits.ts';
import { Partitions } from '../../../src/fleet/store/partitions.ts';
import { nameOfKey } from '../../../src/fleet/store/shared-rows.ts';
import type { HuntTarget } from '../../../src/hits/hunt/past.ts';
import { Postgres } from '../../support/postgres.ts';

const DAY_MS = 86_400_000;
const SITES = 41;
const CLIENTS = 5_000;
const KINDS = 50;
const TURNS = 3;
const SINCE_MS = 20 * 365 * DAY_MS;
const CLOCKS = [
  { site: 'site-2', offsetMs: 5 * 3_600_000 },
  { site: 'site-3', offsetMs: -SINCE_MS },
];
const PIECE = 5_000_000;
/** The key of the n-th name. */
const KEY = `'com.' || substr(md5(n::text), 1, 16) || CASE WHEN n % 3 = 0 THEN '.www' ELSE '' END`;

/** For a server that is filled: its disk need keep nothing, what is made of a table is not written twice, and nobody looks after it meanwhile. */
export const FILLED: readonly string[] = [
  ...['fsync=off', 'full_page_writes=off', 'wal_level=minimal', 'max_wal_senders=0', 'max_wal_size=8GB'],
  ...['checkpoint_timeout=30min', 'autovacuum=off', 'shared_buffers=128MB', 'maintenance_work_mem=1GB'],
];

export interface Wanted {
  readonly rows: number;
  readonly names: number;
  readonly days: number;
  /** That ask for one name, one after the other. */
  readonly machines: number;
}

const SHARED = `
INSERT INTO cenote.lives (site, epoch) SELECT 'site-' || n, md5(n::text) FROM generate_series(1, ${SITES}) n;
INSERT INTO cenote.kinds (digest, list, verdict, body) SELECT md5(n::text)::uuid, 'list-' || n, 'sinkhole', '{}' FROM generate_series(1, ${KINDS}) n;
INSERT INTO cenote.clients (digest, site, machine, own, ip, name, body)
  SELECT md5(n::text)::uuid, 'site-' || 1 + n % ${SITES}, 'site/' || n, 'm' || n, '10.0.' || n / 256 || '.' || n % 256, 'pc-' || n,
    '{"ip":"10.0.' || n / 256 || '.' || n % 256 || '","name":"pc-' || n || '","group":"default"}' FROM generate_series(1, ${CLIENTS}) n;`;

/** Rows first, then their indexes: those that the schema has. */
export async function fill(
  { rows, names, days, machines }: Wanted,
  database: Database,
  work: pg.Client,
): Promise<void> {
  const sinceMs = Math.floor(Date.now() - days * DAY_MS);
  const stepMs = (days * DAY_MS) / rows;
  const partitions = new Partitions(Date.now);
  const times = Array.from({ length: days + 1 }, (_, day) => sinceMs + day * DAY_MS);
  await database.transaction((connection) => partitions.make(partitions.missing(times), connection));
  const { rows: indexes } = await work.query<{ def: string; name: string; owner: string | null }>(
    `SELECT pg_get_indexdef(i.indexrelid) AS def, i.indexrelid::regclass AS name, c.conname AS owner, i.indrelid::regclass AS table
     FROM pg_index i LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.contype IN ('p', 'u')
     WHERE i.indrelid IN ('cenote.hits'::regclass, 'cenote.names'::regclass)`,
  );
  for (const { name, owner, table } of indexes as unknown as Record<string, string>[])
    await work.query(
      owner === null ? `DROP INDEX ${name}` : `ALTER TABLE ${table} DROP CONSTRAINT ${owner} CASCADE`,
    );
  await work.query(SHARED);
  await pieces(names, (from, to) =>
    work.query(`INSERT INTO cenote.names (key) SELECT ${KEY} FROM generate_series(${from}, ${to}) n`),
  );
  const rowsDone = performance.now();
  await pieces(rows, (from, to) =>
    work.query(
      `INSERT INTO cenote.hits (time, id, number, name, life, client, kind, count, via)
       SELECT to_timestamp(ms / 1000.0), (lpad(to_hex(ms), 12, '0') || substr(md5(n::text), 1, 20))::uuid, n, 1 + (n * 7919) % ${names},
         1 + client % ${SITES}, client, 1 + n % ${KINDS}, 1, CASE WHEN n % 50 = 0 THEN 1 + (n * 31) % ${names} END
       FROM (SELECT n, 1 + ((n * 7919) % ${names} * 31 + (n / ${names}) % ${machines} * 977) % ${CLIENTS} AS client, (${sinceMs} + n * ${stepMs})::bigint AS ms FROM generate_series(${from}::bigint, ${to}) n) f`,
    ),
  );
  const indexed = performance.now();
  for (const { def } of indexes) await work.query(def.replace(' ON ONLY ', ' ON '));
  const vacuumed = performance.now();
  // As the server does by itself where rows are only added, from a fifth of a table on.
  await work.query('VACUUM ANALYZE');
  process.stdout.write(
    `rows ${((indexed - rowsDone) / 1000).toFixed(0)} s, indexes ${((vacuumed - indexed) / 1000).toFixed(0)} s, vacuum ${since(vacuumed)} s\n`,
  );
}

async function pieces(count: number, put: (from: number, to: number) => Promise<unknown>): Promise<void> {
  for (let done = 0; done < count; done += PIECE) await put(done + 1, Math.min(count, done + PIECE));
}

/** So that a disk is read: the files of this database, and nothing else of this machine. */
function dropFromMemory(folder: string): void {
  for (const entry of readdirSync(join(folder, 'data/base'), { recursive: true, withFileTypes: true }))
    if (entry.isFile())
      execFileSync(
        'dd',
        [`of=${join(entry.parentPath, entry.name)}`, 'oflag=nocache', 'conv=notrunc,fdatasync', 'count=0'],
        { stdio: 'ignore' },
      );
}

export async function huntMany(words: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      names: { type: 'string' },
      days: { type: 'string', default: '90' },
      sought: { type: 'string', default: '10000' },
      machines: { type: 'string', default: '50' },
      index: { type: 'string' },
    },
  });
  const rows = Number(positionals[0] ?? 50_000_000);
  const [names, days, sought] = [Number(values.names ?? rows), Number(values.days), Number(values.sought)];
  const postgres = new Postgres(FILLED);
  process.once('exit', () => rmSync(postgres.folder, { recursive: true, force: true, maxRetries: 5 }));
  await postgres.start();
  try {
    await play(
      { rows, names, days, sought, machines: Number(values.machines), also: values.index ?? null },
      postgres,
    );
  } finally {
    await postgres.stop();
  }
}

interface Play extends Wanted {
  readonly sought: number;
  /** SQL after which it is played once more. */
  readonly also: string | null;
}

async function play({ sought, also, ...wanted }: Play, postgres: Postgres): Promise<void> {
  const { rows, names, days, machines } = wanted;
  const database = new Database({ url: postgres.url });
  await database.query('SELECT 1');
  const work = new pg.Client({ connectionString: postgres.url });
  await work.connect();
  const filled = performance.now();
  await fill(wanted, database, work);
  await database.close();
  const { rows: found } = await work.query<{ key: string }>(
    `SELECT key FROM cenote.names WHERE id IN (SELECT 1 + (n * 104729) % ${names} FROM generate_series(1, ${Math.ceil(sought / 2)}) n)`,
  );
  process.stdout.write(
    `${rows} hits of ${names} names in ${days} days, ${Math.min(machines, Math.ceil(rows / names))} machines a name at most, ${await sizeOf(work)}, made in ${since(filled)} s\n`,
  );
  // Half of them were asked for; with each, all names below it are meant.
  const targets = Array.from({ length: sought }, (_, i) => ({
    name: i < found.length ? nameOfKey(String(found[i]?.key)) : `n${i}.not-there.example`,
    covers: 'subtree' as const,
  }));
  await work.end();
  await hunts(targets, postgres);
  if (also === null) return;
  const again = new pg.Client({ connectionString: postgres.url });
  await again.connect();
  await again.query(also);
  await again.query('VACUUM ANALYZE');
  process.stdout.write(`after ${also}: ${await sizeOf(again)}\n`);
  await again.end();
  await hunts(targets, postgres);
}

async function hunts(targets: readonly HuntTarget[], postgres: Postgres): Promise<void> {
  await postgres.kill('SIGINT');
  dropFromMemory(postgres.folder);
  await postgres.start();
  goFirst(Number(postgres.pid));
  const database = new Database({ url: postgres.url });
  await database.query('SELECT 1');
  for (let turn = 0; turn <= TURNS + 1; turn += 1) {
    const clocks = turn <= TURNS ? [] : CLOCKS;
    const [began, before, own] = [performance.now(), postgres.cpuSeconds, process.cpuUsage()];
    const { machines: hunted } = await huntHits({ targets, sinceMs: SINCE_MS, clocks }, database);
    const { user, system } = process.cpuUsage(own);
    process.stdout.write(
      `${turn === 0 ? 'from the disk' : 'from memory'}${turn <= TURNS ? '' : ', the clocks of two sites are wrong'}: ${targets.length} names, ${askings(hunted)} found of ${hunted.length} machines, in ${since(began)} s; CPU s: PostgreSQL ${(postgres.cpuSeconds - before).toFixed(2)}, head ${((user + system) / 1e6).toFixed(2)}\n`,
    );
  }
  await database.close();
}

/** What else this machine does counts little. */
function goFirst(server: number): void {
  try {
    for (const pid of [server, process.pid]) setPriority(pid, -15);
  } catch {
    // Not without root.
  }
}

async function sizeOf(work: pg.Client): Promise<string> {
  const { rows } = await work.query<{ all: string; indexes: string }>(
    `SELECT pg_size_pretty(pg_database_size(current_database())) AS all, pg_size_pretty(sum(pg_indexes_size(oid))) AS indexes
     FROM pg_class WHERE relnamespace = 'cenote'::regnamespace AND relkind = 'r'`,
  );
  return `${rows[0]?.all} (indexes ${rows[0]?.indexes})`;
}

const since = (ms: number): string => ((performance.now() - ms) / 1000).toFixed(2);
const askings = (hunted: readonly FleetHunted[]): number =>
  hunted.reduce((sum, machine) => sum + machine.names.length, 0);
