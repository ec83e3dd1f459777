// A store of an earlier release is brought to this one's schema in place, and says the same as before.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import pg from 'pg';
import t from 'tap';
import { Database, isOfValues } from '../../../src/fleet/store/connection.ts';
import { huntHits } from '../../../src/fleet/store/hunt-hits.ts';
import { MIGRATIONS } from '../../../src/fleet/store/schema.ts';
import { missingPostgres, Postgres } from '../../support/postgres.ts';
import { until } from '../../support/tool.ts';

/** Hits of a site in a month of its own and in the partition without bounds, as release 0.2.0 has them. */
const HITS = `
INSERT INTO cenote.lives (site, epoch) VALUES ('north', 'e');
INSERT INTO cenote.kinds (digest, list, verdict, body) VALUES (md5('k')::uuid, 'threats', 'sinkhole', '{}');
INSERT INTO cenote.clients (digest, site, machine, own, ip, body) VALUES (md5('c')::uuid, 'north', 'm', 'm', '192.0.2.7', '{"ip":"192.0.2.7"}');
INSERT INTO cenote.names (key) VALUES ('example.c2'), ('example.cdn');
CREATE TABLE cenote.hits_2026_11 PARTITION OF cenote.hits FOR VALUES FROM ('2026-11-01Z') TO ('2026-12-01Z');
INSERT INTO cenote.hits (time, id, number, name, life, client, kind, count, via)
  SELECT '2026-10-31 23:59:00Z'::timestamptz + n * interval '1 second', md5(n::text)::uuid, n, 1, 1, 1, 1, 2, CASE WHEN n > 119 THEN 2 END
  FROM generate_series(1, 120) n;
`;

const indexes = `SELECT indexname AS name, indexdef AS def FROM pg_indexes WHERE schemaname = 'cenote' AND tablename LIKE 'hits%' ORDER BY 1`;

t.test('a store of an earlier release', { skip: missingPostgres() }, async (t) => {
  const postgres = new Postgres();
  await postgres.start();
  const before = new pg.Client({ connectionString: postgres.url });
  await before.connect();
  await before.query('CREATE SCHEMA cenote; CREATE TABLE cenote.migrations (version int PRIMARY KEY)');
  await before.query(`${MIGRATIONS[0]}; INSERT INTO cenote.migrations VALUES (1); ${HITS}`);
  const database = new Database({ url: postgres.url });
  t.teardown(async () => {
    await before.end();
    await database.close();
    await postgres.stop();
  });

  await t.test('that cannot be brought to this one is not tried again at once', async (t) => {
    let nowMs = 0;
    const failing = new Database({ url: postgres.url, now: () => nowMs });
    await before.query('CREATE TABLE cenote.hitsByNameWhole ()');
    const error = await failing.query('SELECT 1').catch((thrown: Error) => thrown);
    t.match(error, { message: /^its schema could not be brought .*already exists; .* in 5 minutes$/ });
    t.notOk(isOfValues(error), 'it is no fault of what was to be stored');
    await before.query('DROP TABLE cenote.hitsByNameWhole');
    nowMs = 299_000;
    await t.rejects(failing.query('SELECT 1'), error as Error);
    t.same((await before.query('SELECT version FROM cenote.migrations')).rows, [{ version: 1 }]);
    await failing.close();
  });

  await t.test('says that it is on its way, and stops at once', async (t) => {
    const waiting = new Database({ url: postgres.url, patienceMs: 200 });
    await before.query('BEGIN; LOCK TABLE cenote.hits IN ROW EXCLUSIVE MODE');
    for (let i = 0; i < 2; i += 1)
      await t.rejects(waiting.query('SELECT 1'), { message: /^its schema is being brought/ });
    await waiting.close();
    await before.query('ROLLBACK');
    t.same((await before.query('SELECT version FROM cenote.migrations')).rows, [{ version: 1 }]);
  });

  await t.test('is not worked at for a head that was killed', async (t) => {
    await before.query('BEGIN; LOCK TABLE cenote.hits IN ROW EXCLUSIVE MODE');
    const { href } = new URL('../../../src/fleet/store/connection.ts', import.meta.url);
    const program = `const { Database } = await import(${JSON.stringify(href)}); await new Database({ url: process.argv[1] }).query('SELECT 1');`;
    const head = spawn(process.execPath, ['--input-type=module', '-e', program, postgres.url], {
      stdio: 'ignore',
    });
    const ended = once(head, 'exit');
    // Within a transaction it is always said what was so at its begin.
    const watching = new pg.Client({ connectionString: postgres.url });
    await watching.connect();
    const atWork = async (): Promise<number> => {
      const { rows } = await watching.query(
        `SELECT count(*)::int AS count FROM pg_stat_activity WHERE application_name = 'cenote' AND wait_event_type = 'Lock'`,
      );
      return rows[0]?.count;
    };
    await until('it to wait for the table', async () => (await atWork()) === 1);
    head.kill('SIGKILL');
    await ended;
    await until('the server to notice', async () => (await atWork()) === 0);
    await watching.end();
    await before.query('ROLLBACK');
    t.same((await before.query('SELECT version FROM cenote.migrations')).rows, [{ version: 1 }]);
  });

  await t.test('has the indexes of this one at its first use, in every partition', async (t) => {
    await database.query('SELECT 1');
    const { rows } = await before.query<{ name: string; def: string }>(indexes);
    const whole = rows.filter(({ def }) => /INCLUDE \((name, )?client, count\)/.test(def));
    t.equal(whole.length, 6, 'two indexes of the table and of each of its partitions');
    t.equal(rows.length, 3 * 4, 'and none is left of those before');
    t.same((await before.query('SELECT version FROM cenote.migrations ORDER BY 1')).rows, [
      { version: 1 },
      { version: 2 },
    ]);
  });

  await t.test('finds what it found, without looking up a row', async (t) => {
    await before.query('VACUUM ANALYZE cenote.hits');
    const hunted = async (name: string) =>
      (await huntHits({ targets: [{ name, covers: 'exact' }], sinceMs: 0 }, database)).machines;
    t.match(await hunted('c2.example'), [
      { machine: 'm', sites: ['north'], names: [{ name: 'c2.example', site: 'north', count: 240 }] },
    ]);
    t.match(await hunted('cdn.example'), [{ names: [{ name: 'c2.example', via: 'cdn.example', count: 2 }] }]);
    await before.query('SET enable_seqscan = off; SET enable_bitmapscan = off');
    for (const key of ['name', 'via']) {
      const { rows } = await before.query(
        `EXPLAIN SELECT client, name, sum(count), min(time) FROM cenote.hits WHERE ${key} = ANY('{1,2}'::bigint[]) AND time >= '2026-01-01' GROUP BY client, name`,
      );
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
      t.match(plan, /Index Only Scan/);
      t.notMatch(plan, /Index Scan/);
    }
  });

  await t.test('is not touched by a release before', async (t) => {
    await before.query('INSERT INTO cenote.migrations VALUES (99)');
    const older = new Database({ url: postgres.url });
    await t.rejects(older.query('SELECT 1'), /of a later release \(its schema is 99/);
    await older.close();
  });
});
