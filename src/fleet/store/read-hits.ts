// Hits of all sites, read from the central store as the lines that each site wrote, with the site.
import type { Hit } from '../../hits/hit.ts';
import { hitOf } from '../../hits/store/hit-row.ts';
import type { SiteClock } from './read-coverage.ts';
import { nameOfKey } from './shared-rows.ts';
import type { Connection, Row } from './statement.ts';
import { ulidOfUuid } from './ulid-octets.ts';

export interface FleetHit extends Hit {
  readonly site: string;
}

/** Year 9999. */
const LAST_MS = 253_402_300_799_999;

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

/** Newest first. @param clocks of sites whose own differ from the head's, which asks by its own */
export async function readHits(
  filter: FleetFilter,
  clocks: readonly SiteClock[],
  connection: Connection,
): Promise<FleetHit[]> {
  const { sinceMs, untilMs = LAST_MS, client, site, list, limit } = filter;
  const { lives, offsetsMs } = await offsetsOf(clocks, connection);
  const [least, most] = [Math.min(0, ...offsetsMs), Math.max(0, ...offsetsMs)];
  const values: unknown[] = [
    new Date(Math.max(0, sinceMs + least)),
    limit,
    new Date(Math.min(LAST_MS, untilMs + most)),
  ];
  const where = ['h.time >= $1 AND h.time <= $3'];
  const add = (sql: (place: string) => string, value: unknown): void => {
    where.push(sql(`$${values.push(value)}`));
  };
  if (lives.length > 0) {
    const offset = `coalesce(($${values.push(offsetsMs)}::float8[])[array_position($${values.push(lives)}::int[], h.life)], 0)`;
    const atHead = `extract(epoch from h.time) * 1000 - ${offset}`;
    add((place) => `${atHead} >= ${place}::float8`, sinceMs);
    add((place) => `${atHead} <= ${place}::float8`, untilMs);
  }
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

/** What the hits of a life are ahead by. */
async function offsetsOf(
  clocks: readonly SiteClock[],
  connection: Connection,
): Promise<{ readonly lives: readonly number[]; readonly offsetsMs: readonly number[] }> {
  if (clocks.length === 0) return { lives: [], offsetsMs: [] };
  const offsets = new Map(clocks.map(({ site, offsetMs }) => [site, offsetMs]));
  const rows = await connection.query('SELECT id, site FROM cenote.lives WHERE site = ANY($1::text[])', [
    [...offsets.keys()],
  ]);
  return {
    lives: rows.map(({ id }) => Number(id)),
    offsetsMs: rows.map(({ site }) => offsets.get(String(site)) ?? 0),
  };
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
