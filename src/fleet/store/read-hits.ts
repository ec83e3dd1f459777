// Hits of all sites, read from the central store as the lines that each site wrote, with the site.
import type { Hit } from '../../hits/hit.ts';
import { hitOf } from '../../hits/store/hit-row.ts';
import { nameOfKey } from './shared-rows.ts';
import { aheadMs, LAST_MS, type SiteClock, shifted } from './site-clocks.ts';
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
const ORDER = 'ORDER BY h.head DESC, h.id DESC';
/** Less is no difference: what clocks are ahead by is known by messages, and changes with each. */
const APART_MS = 5_000;

/** Newest first by the head's clock. @param clocks of sites whose own differ from that */
export async function readHits(
  filter: FleetFilter,
  clocks: readonly SiteClock[],
  connection: Connection,
): Promise<FleetHit[]> {
  const { sinceMs, untilMs = LAST_MS, client, site, list, limit } = filter;
  const values: unknown[] = [limit];
  const place = (value: unknown): string => `$${values.push(value)}`;
  const which: string[] = [];
  if (client !== undefined)
    which.push(`h.client = ANY(${place(await clientsOf(client, connection))}::int[])`);
  if (site !== undefined) which.push(`h.life IN (SELECT id FROM cenote.lives WHERE site = ${place(site)})`);
  if (list !== undefined) which.push(`h.kind IN (SELECT id FROM cenote.kinds WHERE list = ${place(list)})`);
  // Each clock has a span of its own in the index: one that is wrong by years has no other site's hits of years looked through.
  const spans = (await livesByClock(clocks, connection)).map(({ offsetMs, lives, isOfThem }) => {
    const [since, until] = [sinceMs, untilMs].map((ms) => place(new Date(shifted(ms, offsetMs))));
    const where = [
      `h.time >= ${since} AND h.time <= ${until}`,
      ...(lives.length === 0 ? [] : [`h.life ${isOfThem ? '= ANY' : '<> ALL'}(${place(lives)}::int[])`]),
      ...which,
    ];
    return `(SELECT h.*, h.time - ${place(offsetMs)}::float8 * interval '1 ms' AS head FROM cenote.hits h WHERE ${where.join(' AND ')} ORDER BY h.time DESC, h.id DESC LIMIT $1)`;
  });
  const rows = await connection.query(
    `SELECT ${COLUMNS} FROM (SELECT * FROM (${spans.join(' UNION ALL ')}) h ${ORDER} LIMIT $1) h
     JOIN cenote.lives l ON l.id = h.life JOIN cenote.names n ON n.id = h.name LEFT JOIN cenote.names v ON v.id = h.via
     JOIN cenote.clients c ON c.id = h.client JOIN cenote.kinds k ON k.id = h.kind ${ORDER}`,
    values,
  );
  return rows.map(hitIn);
}

interface ByClock {
  /** What their clocks are ahead by, about. */
  readonly offsetMs: number;
  readonly lives: readonly number[];
  /** Else of all others. */
  readonly isOfThem: boolean;
}

/** That of the head first. */
async function livesByClock(clocks: readonly SiteClock[], connection: Connection): Promise<ByClock[]> {
  const rows =
    clocks.length === 0
      ? []
      : await connection.query('SELECT id, site FROM cenote.lives WHERE site = ANY($1::text[])', [
          clocks.map(({ site }) => site),
        ]);
  const groups = Map.groupBy(
    rows,
    ({ site }) => Math.round(aheadMs(String(site), clocks) / APART_MS) * APART_MS,
  );
  const idsOf = (of: readonly Row[]): number[] => of.map(({ id }) => Number(id));
  return [
    { offsetMs: 0, lives: idsOf(rows), isOfThem: false },
    ...[...groups].map(([offsetMs, of]) => ({ offsetMs, lives: idsOf(of), isOfThem: true })),
  ];
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
