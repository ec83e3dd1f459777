// `npm run fleet -- migrate [ROWS]`: a central store of the release before with so many hits is brought to this one's: how long it takes, how
// long readers and writers beside it wait, how much room it takes; then once more with the head killed in the middle, and with PostgreSQL killed.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { Database } from '../../../src/fleet/store/connection.ts';
import { Postgres } from '../../support/postgres.ts';
import { until } from '../../support/tool.ts';
import { FILLED, fill } from './hunt.ts';

const DAYS = 90;
const NAMES = 200_000;
const MACHINES = 50;
const LOOK_MS = 100;

/** As the release before has it. */
const BACK = `
DROP INDEX cenote.hitsByName;
DROP INDEX cenote.hitsByVia;
CREATE INDEX hitsByName ON cenote.hits (name, time);
CREATE INDEX hitsByVia ON cenote.hits (via, time) WHERE via IS NOT NULL;
DELETE FROM cenote.migrations WHERE version > 1;`;
const READ = 'SELECT count(*) FROM cenote.hits WHERE name = 17';
const WRITE = `INSERT INTO cenote.hits (time, id, number, name, life, client, kind, count) VALUES (now(), gen_random_uuid(), 1, 1, 1, 1, 1, 1)`;
const SUM = 'SELECT count(*)::text AS rows, sum(number)::text AS numbers FROM cenote.hits WHERE number > 1';

export async function migrate(words: readonly string[]): Promise<void> {
  if (words[0] === 'head') return head(words[1] ?? '');
  const rows = Number(words[0] ?? 10_000_000);
  const postgres = new Postgres(FILLED);
  process.once('exit', () => rmSync(postgres.folder, { recursive: true, force: true, maxRetries: 5 }));
  await postgres.start();
  let work = await connected(postgres);
  const database = new Database({ url: postgres.url });
  await database.query('SELECT 1');
  await fill({ rows, names: NAMES, days: DAYS, machines: MACHINES }, database, work);
  await database.close();
  // From here on as it is installed, but that its disk need keep nothing.
  await work.end();
  await postgres.kill('SIGINT');
  await postgres.start(['fsync=off', 'shared_buffers=128MB']);
  work = await connected(postgres);
  const back = async (): Promise<void> => void (await work.query(BACK));
  await back();
  const before = (await work.query(SUM)).rows[0];
  say(`${rows} hits, ${megabytes(octetsIn(postgres))} MB as the release before has them`);

  const took = await watched('undisturbed', postgres, async () => ended(begun(postgres)));
  await back();
  await watched('head killed with -9 half way', postgres, async () => {
    const first = begun(postgres);
    await pause(took / 2);
    first.kill('SIGKILL');
    await ended(begun(postgres));
  });
  await back();
  await work.end();
  const first = begun(postgres);
  await pause(took / 2);
  first.kill('SIGKILL');
  await postgres.kill();
  await postgres.start();
  const killed = performance.now();
  await ended(begun(postgres));
  const again = await connected(postgres);
  say(
    `PostgreSQL killed with -9 half way: ${seconds(performance.now() - killed)} s from its next start, ${megabytes(octetsIn(postgres))} MB`,
  );
  const after = (await again.query(SUM)).rows[0];
  const { rows: versions } = await again.query('SELECT max(version) AS version FROM cenote.migrations');
  say(
    `rows before ${JSON.stringify(before)}, after ${JSON.stringify(after)}, schema ${versions[0]?.version}`,
  );
  if (JSON.stringify(before) !== JSON.stringify(after)) process.exitCode = 1;
  await again.end();
  await postgres.stop();
}

/** A head that starts: until its store can be used. */
async function head(url: string): Promise<void> {
  const database = new Database({ url });
  for (;;) {
    const error = await database.query('SELECT 1').then(
      () => null,
      (thrown: Error) => thrown,
    );
    if (error === null) break;
    if (!error.message.includes('being brought')) throw error;
  }
  await database.close();
}

function begun(postgres: Postgres): ChildProcess {
  const args = [fileURLToPath(new URL('main.ts', import.meta.url)), 'migrate', 'head', postgres.url];
  return spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'] });
}

async function ended(child: ChildProcess): Promise<void> {
  const [code] = child.exitCode === null ? await once(child, 'exit') : [child.exitCode];
  if (code !== 0) throw new Error(`the head ended with ${code}`);
}

/** What stands beside it waits how long. @returns ms */
async function watched(what: string, postgres: Postgres, play: () => Promise<void>): Promise<number> {
  let isEnded = false;
  let most = 0;
  const longest = async (sql: string): Promise<number> => {
    const client = await connected(postgres);
    let ms = 0;
    while (!isEnded) {
      const begin = performance.now();
      await client.query(sql);
      ms = Math.max(ms, performance.now() - begin);
      most = Math.max(most, octetsIn(postgres));
      await pause(LOOK_MS);
    }
    await client.end();
    return ms;
  };
  const waits = [longest(READ), longest(WRITE)];
  const [begin, octets] = [performance.now(), octetsIn(postgres)];
  await play();
  const took = performance.now() - begin;
  isEnded = true;
  const [read, written] = await Promise.all(waits);
  say(
    `${what}: ${seconds(took)} s; a reader waited ${seconds(read ?? 0)} s at most, a writer ${seconds(written ?? 0)}; ${megabytes(octets)} MB before, ${megabytes(most)} at most, ${megabytes(octetsIn(postgres))} after`,
  );
  return took;
}

async function connected(postgres: Postgres): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: postgres.url });
  client.on('error', () => undefined);
  await until('a connection', () => client.connect().then(() => true));
  return client;
}

/** Of tables, indexes, sorts and the log of PostgreSQL. */
function octetsIn({ folder }: Postgres): number {
  let octets = 0;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    octets += statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0;
  }
  return octets;
}

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const seconds = (ms: number): string => (ms / 1000).toFixed(1);
const megabytes = (octets: number): string => (octets / 1e6).toFixed(0);
