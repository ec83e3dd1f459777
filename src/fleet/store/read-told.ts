// Finds and troubles of all sites: what machines had asked for before it was listed, and what is wrong with cenote at each site.
import { z } from 'zod';
import type { AskedInPast } from '../../hits/find.ts';
import type { HitClient } from '../../hits/hit.ts';
import { machinesOf } from './read-hits.ts';
import { atHead, clockValues, earliest, joinedClocks, type SiteClock, sqlAtHead } from './site-clocks.ts';
import type { Connection, Row } from './statement.ts';

/** What one machine had asked for of one campaign (or list without one), wherever it was. */
export interface FleetFind {
  /** The same for one machine at all sites, where that can be known. */
  readonly machine: string;
  /** As it was known last; where that find has no name for it, as it was known last with one. */
  readonly client: HitClient;
  readonly campaign: string | null;
  readonly list: string;
  /** Queries. */
  readonly count: number;
  /** ISO 8601, by the head's clock. */
  readonly first: string;
  readonly last: string;
  /** Where it asked, the latest find first. */
  readonly sites: readonly string[];
  /** What each site found, the latest first; times are by its own clock. */
  readonly finds: readonly SiteFind[];
}

export interface SiteFind {
  readonly site: string;
  readonly id: string;
  /** ISO 8601: when it was found. */
  readonly time: string;
  readonly listedAt: string;
  readonly list: string;
  readonly rules: readonly string[];
  readonly count: number;
  readonly names: readonly AskedInPast[];
  readonly furtherNames: number;
}

export interface FleetTrouble {
  readonly site: string;
  /** Of what is wrong, the same whenever it is. */
  readonly id: string;
  readonly text: string;
  readonly state: 'begun' | 'over';
  /** ISO 8601, by the site's clock. */
  readonly since: string;
  /** Null while it lasts. */
  readonly over: string | null;
}

export interface ToldFilter {
  readonly sinceMs: number;
  readonly client?: string;
  readonly site?: string;
  readonly limit: number;
}

const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const moment = z.iso.datetime();
const text = z.string();
const outcomes = {
  answered: count,
  failed: count,
  blocked: count,
  // A site of an older release counts them among those that were blocked.
  rewritten: count.default(0),
  refused: count,
  local: count,
  unrecorded: count,
};

/** A body is the word of its site: one that is no find costs no answer about others. */
const findSchema = z.object({
  id: text,
  time: moment,
  listedAt: moment,
  client: z.looseObject({ ip: text, name: text.nullable(), mac: text.nullable(), group: text }),
  list: text,
  rules: z.array(text),
  indicator: z.object({ campaign: text.nullable() }).nullable(),
  count,
  first: moment,
  last: moment,
  names: z.array(
    z.object({
      ...{ name: text, via: text.nullable(), count, countMax: count, visits: count.nullable() },
      ...{ first: moment, last: moment, ...outcomes, allowed: count },
    }),
  ),
  furtherNames: count,
});
const troubleSchema = z.object({ text, since: moment });

type StoredFind = z.output<typeof findSchema>;

/** The latest found first. @param filter.limit finds of sites that are read, before those of one machine are put together */
export async function readFinds(
  filter: ToldFilter,
  clocks: readonly SiteClock[],
  connection: Connection,
): Promise<FleetFind[]> {
  const rows = await told('finds', filter, clocks, connection);
  const read = rows.flatMap((row) => {
    const find = findSchema.safeParse(JSON.parse(String(row['body'])));
    return find.success
      ? [{ find: find.data, site: String(row['site']), machine: String(row['machine']) }]
      : [];
  });
  const groups = Map.groupBy(read, ({ machine, find }) => `${machine} ${concernOf(find)}`);
  return [...groups.values()].map((own) => joined(own, clocks));
}

const concernOf = ({ indicator, list }: StoredFind): string => indicator?.campaign ?? `list ${list}`;

function joined(
  own: readonly { readonly find: StoredFind; readonly site: string; readonly machine: string }[],
  clocks: readonly SiteClock[],
): FleetFind {
  const finds = own.map(({ find }) => find);
  const [latest] = own;
  if (latest === undefined) throw new Error('a group of finds is empty');
  const { machine, find } = latest;
  const times = (of: (find: StoredFind) => string): string[] =>
    own.map(({ find: one, site }) => atHead(of(one), site, clocks)).sort();
  return {
    machine,
    client: (finds.find(({ client }) => client.name !== null) ?? find).client as HitClient,
    campaign: find.indicator?.campaign ?? null,
    list: find.list,
    count: finds.reduce((sum, one) => sum + one.count, 0),
    first: times(({ first }) => first)[0] ?? find.first,
    last: times(({ last }) => last).at(-1) ?? find.last,
    sites: [...new Set(own.map(({ site }) => site))],
    finds: own.map(({ site, find: { id, time, listedAt, list, rules, names, furtherNames, ...sums } }) => ({
      ...{ site, id, time, listedAt, list, rules, count: sums.count, names, furtherNames },
    })),
  };
}

/** The latest first; of those that are over, what it was. */
export async function readTroubles(
  filter: Omit<ToldFilter, 'client'>,
  clocks: readonly SiteClock[],
  connection: Connection,
): Promise<FleetTrouble[]> {
  const rows = await told('troubles', filter, clocks, connection);
  return rows.flatMap((row) => {
    const trouble = troubleSchema.safeParse(JSON.parse(String(row['body'])));
    if (!trouble.success) return [];
    const isOver = row['state'] !== 'begun';
    return [
      {
        ...{ site: String(row['site']), id: String(row['id']), ...trouble.data },
        state: isOver ? ('over' as const) : ('begun' as const),
        over: isOver ? (row['noted'] as Date).toISOString() : null,
      },
    ];
  });
}

async function told(
  table: 'finds' | 'troubles',
  { sinceMs, client, site, limit }: ToldFilter,
  clocks: readonly SiteClock[],
  connection: Connection,
): Promise<readonly Row[]> {
  const values: unknown[] = [new Date(sinceMs), limit, ...clockValues(clocks), earliest(sinceMs, clocks)];
  const own = table === 'finds' ? 'time' : 'noted';
  const time = sqlAtHead(own);
  const isRecent = `${own} >= $5 AND ${time} >= $1`;
  // What is wrong now is told however long it has been.
  const where = [table === 'finds' ? isRecent : `(${isRecent} OR state = 'begun')`];
  if (site !== undefined) where.push(`site = $${values.push(site)}`);
  if (client !== undefined)
    where.push(`machine = ANY($${values.push(await machinesOf(client, connection))}::text[])`);
  return connection.query(
    `SELECT * FROM cenote.${table} ${joinedClocks('$3', '$4')} WHERE ${where.join(' AND ')} ORDER BY ${time} DESC LIMIT $2`,
    values,
  );
}
