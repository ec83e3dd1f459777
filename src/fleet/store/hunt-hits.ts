// Who of all sites was hit for these names: the central store's part of a hunt. What was asked for and was no hit, each site knows itself.

import type { HuntTarget } from '../../hits/hunt/past.ts';
import { holdersOf, isOneAddress, readNetwork } from '../../wire/names/network.ts';
import type { Database } from './connection.ts';
import { keyOfName, nameOfKey } from './shared-rows.ts';
import { earliest, type SiteClock, shifted } from './site-clocks.ts';
import type { Connection, Row } from './statement.ts';

/** What one machine was hit for. */
export interface FleetHunted {
  /** The same for one machine at all sites, where that can be known. */
  readonly machine: string;
  readonly sites: readonly string[];
  /** JSON, as it was known last: name, address, MAC, group. */
  readonly client: string;
  readonly names: readonly {
    readonly name: string;
    /** What stood behind the name, where that is what was hunted for. */
    readonly via: string | null;
    readonly site: string;
    readonly count: number;
    readonly firstMs: number;
    readonly lastMs: number;
  }[];
}

export interface HuntedHits {
  readonly machines: readonly FleetHunted[];
  /** Whether there is more: the latest are here. */
  readonly isCut: boolean;
}

/** One is what a machine of a site was hit for by one name. */
const ROWS_MAX = 100_000;
const NOTHING: HuntedHits = { machines: [], isCut: false };

/** What is put together of 100,000 rows does not go over the disk (4 MB, as PostgreSQL comes). */
const WORK_MEM = '64MB';

export interface CentralHunt {
  readonly targets: readonly HuntTarget[];
  /** By the head's clock. */
  readonly sinceMs: number;
  /** Sites whose hits are left out. */
  readonly besides?: readonly string[];
  /** Of sites whose own differ from the head's. */
  readonly clocks?: readonly SiteClock[];
}

export function huntHits(hunt: CentralHunt, database: Pick<Database, 'transaction'>): Promise<HuntedHits> {
  return database.transaction(async (connection) => {
    await connection.query(`SET LOCAL work_mem = '${WORK_MEM}'`);
    return huntIn(hunt, connection);
  });
}

async function huntIn(
  { targets, sinceMs, besides = [], clocks = [] }: CentralHunt,
  connection: Connection,
): Promise<HuntedHits> {
  const names = await namesOf(targets, connection);
  if (names.length === 0) return NOTHING;
  // Numbers alone: what many rows share is fetched once, and the driver makes dates of nothing. What is summed up stands in the indexes whole
  // (hitsByName, hitsByVia): a row looked up for each hit is most of the time that a hunt takes.
  const rows = await connection.query(
    `WITH sought AS MATERIALIZED (SELECT unnest($1::bigint[]) AS name),
     apart AS MATERIALIZED (SELECT c.id AS client, clock.since FROM cenote.clients c JOIN unnest($4::text[], $5::timestamptz[]) AS clock (site, since) USING (site))
     SELECT f.name, via, client, count::float8, (extract(epoch FROM first) * 1000)::float8 AS first, (extract(epoch FROM last) * 1000)::float8 AS last FROM (
       SELECT name, NULL::bigint AS via, client, sum(count) AS count, min(time) AS first, max(time) AS last
       FROM cenote.hits LEFT JOIN apart USING (client) WHERE name = ANY($1::bigint[]) AND time >= $2 AND time >= coalesce(since, $6) GROUP BY name, client
       UNION ALL
       SELECT name, via, client, sum(count), min(time), max(time)
       FROM cenote.hits LEFT JOIN apart USING (client) WHERE via = ANY($1::bigint[]) AND time >= $2 AND time >= coalesce(since, $6)
         AND NOT EXISTS (SELECT FROM sought WHERE sought.name = hits.name)
       GROUP BY name, via, client
     ) f JOIN cenote.clients c ON c.id = f.client WHERE c.site <> ALL($3::text[]) ORDER BY last DESC LIMIT ${ROWS_MAX + 1}`,
    [
      names,
      earliest(sinceMs, clocks),
      besides,
      clocks.map(({ site }) => site),
      clocks.map(({ offsetMs }) => new Date(shifted(sinceMs, offsetMs))),
      new Date(sinceMs),
    ],
  );
  const shown = rows.slice(0, ROWS_MAX);
  const clients = await clientsOf(shown, connection);
  const texts = await textsOf(shown, connection);
  const found = new Map<
    string,
    { client: string; sites: Set<string>; names: FleetHunted['names'][number][] }
  >();
  for (const { name, via, client: number, count, first, last } of shown) {
    const client = clients.get(Number(number));
    if (client === undefined) continue;
    const { site } = client;
    const own = found.get(client.machine) ?? { client: client.body, sites: new Set(), names: [] };
    found.set(client.machine, own);
    own.sites.add(site);
    own.names.push({
      name: texts.get(String(name)) ?? '',
      via: via === null ? null : (texts.get(String(via)) ?? ''),
      site,
      count: Number(count),
      firstMs: Math.round(Number(first)),
      lastMs: Math.round(Number(last)),
    });
  }
  const machines = [...found].map(([machine, { client, sites, names: own }]) => ({
    machine,
    sites: [...sites],
    client,
    names: own,
  }));
  return { machines, isCut: rows.length > ROWS_MAX };
}

interface SharedClient {
  readonly site: string;
  readonly machine: string;
  /** JSON. */
  readonly body: string;
}

async function clientsOf(
  rows: readonly Row[],
  connection: Connection,
): Promise<ReadonlyMap<number, SharedClient>> {
  const ids = [...new Set(rows.map(({ client }) => Number(client)))];
  const clients = await connection.query(
    'SELECT id, site, machine, body FROM cenote.clients WHERE id = ANY($1::int[])',
    [ids],
  );
  return new Map(
    clients.map(({ id, site, machine, body }) => [
      Number(id),
      { site: String(site), machine: String(machine), body: String(body) },
    ]),
  );
}

/** By number, as text: PostgreSQL's bigint is none of JavaScript's numbers. */
async function textsOf(rows: readonly Row[], connection: Connection): Promise<ReadonlyMap<string, string>> {
  const ids = new Set(
    rows.flatMap(({ name, via }) => (via === null ? [String(name)] : [String(name), String(via)])),
  );
  const texts = await connection.query('SELECT id, key FROM cenote.names WHERE id = ANY($1::bigint[])', [
    [...ids],
  ]);
  return new Map(texts.map(({ id, key }) => [String(id), nameOfKey(String(key))]));
}

/** Numbers of all names that were hit and are one of these, or below one. */
async function namesOf(targets: readonly HuntTarget[], connection: Connection): Promise<number[]> {
  const exact = targets.filter(({ covers }) => covers !== 'below').map(({ name }) => keyOfName(name));
  const above = targets.filter(({ covers }) => covers !== 'exact').map(({ name }) => keyOfName(name));
  const rows = await connection.query(
    `SELECT id FROM cenote.names WHERE key = ANY($1::text[])
     UNION
     SELECT n.id FROM unnest($2::text[]) AS t(key)
     CROSS JOIN LATERAL (SELECT id FROM cenote.names WHERE key > t.key || '.' AND key < t.key || '/' OFFSET 0) n`,
    [exact, above],
  );
  const found = rows.map(({ id }) => Number(id));
  // An address alone is found by its key.
  const networks = targets.flatMap(({ name }) => readNetwork(name) ?? []).filter((one) => !isOneAddress(one));
  if (networks.length === 0) return found;
  const addresses = await connection.query(
    "SELECT id, key FROM cenote.names WHERE key >= '@' AND key < 'A'",
    [],
  );
  const isWithin = holdersOf(networks);
  const within = addresses.filter(({ key }) => isWithin(nameOfKey(String(key))));
  return [...found, ...within.map(({ id }) => Number(id))];
}
