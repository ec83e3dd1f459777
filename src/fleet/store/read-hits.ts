// Hits of all sites, read from the central store as the lines that each site wrote, with the site.
import type { Hit } from '../../hits/hit.ts';
import { hitOf } from '../../hits/store/hit-row.ts';
import { nameOfKey } from './shared-rows.ts';
import type { Connection, Row } from './statement.ts';
import { ulidOfUuid } from './ulid-octets.ts';

export interface FleetHit extends Hit {
  readonly site: string;
}

export interface FleetFilter {
  readonly sinceMs: number;
  readonly untilMs?: number;
  /** Name, MAC or address of a machine, or its id. */
  readonly client?: string;
  readonly site?: string;
  readonly list?: string;
  readonly limit: number;
}

const COLUMNS = `h.id, extract(epoch from h.time) * 1000 AS "timeMs", h.number, h.count, h.tail, h.rule, h.matches, h.visit, l.site,
  n.key AS name, v.key AS via, c.body AS client, k.body AS kind`;

/** Newest first. */
export async function readHits(filter: FleetFilter, connection: Connection): Promise<FleetHit[]> {
  const { sinceMs, untilMs, client, site, list, limit } = filter;
  const values: unknown[] = [new Date(sinceMs), limit];
  const where = ['h.time >= $1'];
  const add = (sql: (place: string) => string, value: unknown): void => {
    where.push(sql(`$${values.push(value)}`));
  };
  if (untilMs !== undefined) add((place) => `h.time <= ${place}`, new Date(untilMs));
  if (client !== undefined)
    add((place) => `h.client = ANY(${place}::int[])`, await clientsOf(client, connection));
  if (site !== undefined)
    add((place) => `h.life IN (SELECT id FROM cenote.lives WHERE site = ${place})`, site);
  if (list !== undefined)
    add((place) => `h.kind IN (SELECT id FROM cenote.kinds WHERE list = ${place})`, list);
  const rows = await connection.query(
    `SELECT ${COLUMNS} FROM (SELECT * FROM cenote.hits h WHERE ${where.join(' AND ')} ORDER BY h.time DESC, h.id DESC LIMIT $2) h
     JOIN cenote.lives l ON l.id = h.life JOIN cenote.names n ON n.id = h.name LEFT JOIN cenote.names v ON v.id = h.via
     JOIN cenote.clients c ON c.id = h.client JOIN cenote.kinds k ON k.id = h.kind ORDER BY h.time DESC, h.id DESC`,
    values,
  );
  return rows.map(hitIn);
}

/** Numbers of a machine's rows of clients. */
async function clientsOf(client: string, connection: Connection): Promise<number[]> {
  const machines = await machinesOf(client, connection);
  const rows = await connection.query('SELECT id FROM cenote.clients WHERE machine = ANY($1::text[])', [
    machines,
  ]);
  return rows.map(({ id }) => Number(id));
}

/** The machines that are meant: known by this name, MAC, address or id at one site or another. */
export async function machinesOf(client: string, connection: Connection): Promise<string[]> {
  const asked = client.toLowerCase();
  const rows = await connection.query(
    `SELECT DISTINCT machine FROM cenote.clients WHERE machine = $1 OR ip = $1 OR mac = $1 OR lower(name) = $1 OR own = $1`,
    [asked],
  );
  return rows.map(({ machine }) => String(machine));
}

function hitIn(row: Row): FleetHit {
  const text = (column: string): string => String(row[column]);
  const tail = row['tail'];
  const matches = row['matches'] ?? null;
  const hit = hitOf(
    {
      id: ulidOfUuid(text('id')),
      timeMs: Math.round(Number(row['timeMs'])),
      count: Number(row['count']),
      client: 0,
      kind: 0,
      name: nameOfKey(text('name')),
      rule: typeof tail === 'number' ? tail : text('rule'),
      via: row['via'] === null ? null : nameOfKey(text('via')),
      matches: matches === '0' ? 0 : matches === null ? null : String(matches),
      visit: row['visit'] === null ? null : ulidOfUuid(text('visit')),
    },
    { client: text('client'), kind: text('kind') },
  );
  return { ...hit, site: text('site') };
}
