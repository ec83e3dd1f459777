// A database that is another than a moment ago: a replica took over that lacks the last commits, a backup was restored, or it was made anew. What the
// head remembers of the one before says nothing of it.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { Database } from '../../../src/fleet/store/connection.ts';
import { readHits } from '../../../src/fleet/store/read-hits.ts';
import { BatchTaker } from '../../../src/fleet/store/take-batch.ts';
import { BatchMaker, type SiteHit } from '../../support/fleet-batch.ts';
import { missingPostgres, Postgres } from '../../support/postgres.ts';
import { until } from '../../support/tool.ts';

const NOW = Date.UTC(2026, 10, 23, 9);
const LATER = Date.UTC(2026, 11, 1, 9);

const hitOf = (name: string, timeMs = NOW, ip = '192.0.2.7', list = 'threats'): SiteHit => ({
  ...{ name, timeMs, ip, list },
});

t.test('a database that is another one', { skip: missingPostgres() }, async (t) => {
  const postgres = new Postgres();
  await postgres.start();
  const database = new Database({ url: postgres.url });
  t.teardown(async () => {
    await database.close();
    await postgres.stop();
  });
  const taker = new BatchTaker(database, () => LATER);
  const told = async (): Promise<string[]> =>
    (await readHits({ sinceMs: 0, limit: 100 }, [], database))
      .map(({ site, question, client, list }) => `${site}: ${question.name} of ${client.ip} by ${list}`)
      .sort();

  const [north, south] = [new BatchMaker('b'.repeat(32)), new BatchMaker()];
  await taker.store('north', north.next([hitOf('early.example')]));

  await t.test('lacks the last commits', async (t) => {
    await postgres.kill('SIGINT');
    const replica = postgres.copied();
    await postgres.start();
    const lost = south.next([hitOf('lost.example', LATER, '192.0.2.8', 'more')]);
    t.match(await taker.store('south', lost), { isTaken: true, hits: 1 });
    await postgres.kill('SIGINT');
    replica.putBack();
    await postgres.start();

    // Of what was lost: a name, a machine, a list and a month. Another site has the same, and then others that get those numbers.
    const same = north.next([hitOf('lost.example', LATER, '192.0.2.8', 'more')]);
    t.match(await taker.store('north', same), { isTaken: true, hits: 1 });
    t.match(
      await taker.store('south', south.next([])),
      { isTaken: false, mark: { hits: 0 } },
      'the answer says that it is to send anew',
    );
    t.match(await taker.store('south', lost), { isTaken: true, hits: 1, mark: { hits: 1 } });
    await taker.store('south', south.next([hitOf('other.example', LATER, '192.0.2.9', 'others')]));
    t.same(await told(), [
      'north: early.example of 192.0.2.7 by threats',
      'north: lost.example of 192.0.2.8 by more',
      'south: lost.example of 192.0.2.8 by more',
      'south: other.example of 192.0.2.9 by others',
    ]);
    const [other] = await database.query('SELECT count(*)::int AS count FROM cenote.hits_other');
    t.equal(other?.['count'], 0, 'its month is made again');
  });

  await t.test('has nothing', async (t) => {
    await database.query('DROP SCHEMA cenote CASCADE');
    const batch = new BatchMaker().next([hitOf('new.example')]);
    await t.rejects(taker.store('south', batch), { code: '3F000' }, 'it is sent again');
    t.match(await taker.store('south', batch), { isTaken: true, hits: 1 });
    t.same(await told(), ['south: new.example of 192.0.2.7 by threats']);
  });
});

t.test(
  'a server that asks for a password which nobody wrote down',
  { skip: missingPostgres() },
  async (t) => {
    const postgres = new Postgres();
    writeFileSync(join(postgres.folder, 'data/pg_hba.conf'), 'local all all scram-sha-256\n');
    await postgres.start();
    t.teardown(() => postgres.stop());
    const database = new Database({ url: postgres.url });
    t.teardown(() => database.close());
    const open = (): number =>
      process.getActiveResourcesInfo().filter((resource) => resource === 'PipeWrap').length;
    const before = open();
    for (let i = 0; i < 10; i += 1)
      await t.rejects(database.query('SELECT 1'), {
        message: /asks for a password, and `fleet\.store` has none/,
      });
    await until('no connection to be left to it', () => open() === before);
  },
);
