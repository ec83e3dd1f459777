// What came home: each name that a client got an answer to is in the central store, and none of them twice.
import { Database } from '../../../src/fleet/store/connection.ts';
import { nameOfKey } from '../../../src/fleet/store/shared-rows.ts';
import type { Postgres } from '../../support/postgres.ts';
import { until } from '../../support/tool.ts';

const HOME_MS = 120_000;

export interface Account {
  readonly lost: readonly string[];
  readonly twice: readonly (readonly [name: string, count: number])[];
}

/** @param answered names that were each asked once */
export async function accountOf(answered: ReadonlySet<string>, { url }: Postgres): Promise<Account> {
  const database = new Database({ url });
  const missing = async (): Promise<string[]> => {
    const there = await countsIn(database).catch(() => new Map<string, number>());
    return [...answered].filter((name) => !there.has(name));
  };
  await until('all hits to be home', async () => (await missing()).length === 0, HOME_MS).catch(
    () => undefined,
  );
  const lost = await missing();
  const twice = [...(await countsIn(database))].filter(
    ([name, count]) => name.endsWith('.c2.example') && count > 1,
  );
  await database.close();
  return { lost, twice };
}

async function countsIn(database: Database): Promise<Map<string, number>> {
  const rows = await database.query(
    `SELECT n.key, sum(h.count)::int AS count FROM cenote.hits h JOIN cenote.names n ON n.id = h.name GROUP BY n.key`,
  );
  return new Map(rows.map((row) => [nameOfKey(String(row['key'])), Number(row['count'])]));
}
