// Who of all sites was hit for these names: the central store's part of a hunt. What was asked for and was no hit, each site knows itself.

import type { HuntTarget } from '../../hits/hunt/past.ts';
import { holdersOf, isOneAddress, readNetwork } from '../../wire/names/network.ts';
import type { Connection } from './connection.ts';
import { keyOfName, nameOfKey } from './shared-rows.ts';

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

const ROWS_MAX = 100_000;

export async function huntHits(
  targets: readonly HuntTarget[],
  sinceMs: number,
  connection: Connection,
): Promise<FleetHunted[]> {
  const names = await namesOf(targets, connection);
  if (names.length === 0) return [];
  const rows = await connection.query(
    `SELECT c.machine, l.site, n.key AS name, v.key AS via, f.count, f.first, f.last, c.body AS client FROM (
       SELECT name, NULL::bigint AS via, life, client, sum(count)::bigint AS count, min(time) AS first, max(time) AS last
       FROM cenote.hits WHERE name = ANY($1::bigint[]) AND time >= $2 GROUP BY name, life, client
       UNION ALL
       SELECT name, via, life, client, sum(count)::bigint, min(time), max(time)
       FROM cenote.hits WHERE via = ANY($1::bigint[]) AND NOT name = ANY($1::bigint[]) AND time >= $2 GROUP BY name, via, life, client
     ) f JOIN cenote.clients c ON c.id = f.client JOIN cenote.lives l ON l.id = f.life JOIN cenote.names n ON n.id = f.name
     LEFT JOIN cenote.names v ON v.id = f.via ORDER BY f.last DESC LIMIT ${ROWS_MAX}`,
    [names, new Date(sinceMs)],
  );
  const found = new Map<
    string,
    { client: string; sites: Set<string>; names: FleetHunted['names'][number][] }
  >();
  for (const row of rows) {
    const [machine, site] = [String(row['machine']), String(row['site'])];
    const own = found.get(machine) ?? { client: String(row['client']), sites: new Set(), names: [] };
    found.set(machine, own);
    own.sites.add(site);
    own.names.push({
      name: nameOfKey(String(row['name'])),
      via: row['via'] === null ? null : nameOfKey(String(row['via'])),
      site,
      count: Number(row['count']),
      firstMs: (row['first'] as Date).getTime(),
      lastMs: (row['last'] as Date).getTime(),
    });
  }
  return [...found].map(([machine, { client, sites, names: own }]) => ({
    machine,
    sites: [...sites],
    client,
    names: own,
  }));
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
