// Incidents across sites: what one machine asked of one campaign (or list without one), wherever it was, is one.
import type { HitClient } from '../../hits/hit.ts';
import { SEVERITIES, type Severity } from '../../hits/incidents/concern.ts';
import { aboutOf, type IncidentSummary } from '../../hits/incidents/summary.ts';
import { machinesOf } from './read-hits.ts';
import { atHead, clockValues, earliest, joinedClocks, type SiteClock, sqlAtHead } from './site-clocks.ts';
import type { Connection } from './statement.ts';

export interface FleetIncident {
  /** The same for one machine at all sites, where that can be known. */
  readonly machine: string;
  /** As it was known last; where that site had no name for it, by the name that another had. */
  readonly client: HitClient;
  readonly campaign: string | null;
  readonly list: string;
  /** All that have what it asked for, at any of the sites; of those, the names that lists had before they were renamed. */
  readonly lists: readonly string[];
  readonly formerLists: readonly string[];
  /** For people: the campaign, else the lists as they are called now. */
  readonly about: string;
  /** Open at one of them at least. */
  readonly state: 'open' | 'closed';
  readonly severity: Severity;
  /** ISO 8601, by the head's clock. */
  readonly first: string;
  readonly last: string;
  readonly hits: number;
  readonly visits: number;
  /** Where it asked, the latest first. */
  readonly sites: readonly string[];
  /** The incident of each site, the latest first; times are by its own clock. */
  readonly incidents: readonly (IncidentSummary & { readonly site: string })[];
}

export interface FleetIncidentFilter {
  readonly sinceMs: number;
  readonly state?: 'open' | 'closed';
  readonly client?: string;
  readonly site?: string;
  readonly limit: number;
}

/** The latest first. */
export async function readIncidents(
  { sinceMs, state, client, site, limit }: FleetIncidentFilter,
  clocks: readonly SiteClock[],
  connection: Connection,
): Promise<FleetIncident[]> {
  const values: unknown[] = [new Date(sinceMs), ...clockValues(clocks), earliest(sinceMs, clocks)];
  const news = sqlAtHead('news');
  const where = [`news >= $4 AND ${news} >= $1`];
  const add = (sql: string, value: unknown): void => {
    where.push(sql.replace('?', `$${values.push(value)}`));
  };
  if (state === 'open') where.push("state = 'open'");
  if (site !== undefined) add('site = ?', site);
  if (client !== undefined) add('machine = ANY(?::text[])', await machinesOf(client, connection));
  // All of an incident, also what an earlier site knows of it.
  const rows = await connection.query(
    `SELECT site, machine, concern, body FROM cenote.incidents ${joinedClocks('$2', '$3')} WHERE (machine, concern) IN (
       SELECT machine, concern FROM cenote.incidents ${joinedClocks('$2', '$3')} WHERE ${where.join(' AND ')}
       GROUP BY machine, concern ORDER BY max(${news}) DESC LIMIT ${Number(limit)}) ORDER BY ${news} DESC`,
    values,
  );
  const groups = Map.groupBy(rows, (row) => `${row['machine']} ${row['concern']}`);
  const found = [...groups.values()].flatMap((own) => {
    const told = own.map((row) => ({
      ...(JSON.parse(String(row['body'])) as IncidentSummary),
      site: String(row['site']),
    }));
    const incidents = told.filter(canBeShown);
    return incidents.length === 0 ? [] : [joined(String(own[0]?.['machine']), incidents, clocks)];
  });
  return state === 'closed' ? found.filter((incident) => incident.state === 'closed') : found;
}

/** A body is the word of its site: one that is no incident costs no answer about others. */
const canBeShown = ({
  client,
  first,
  last,
  lists = [],
  formerLists = [],
}: Partial<IncidentSummary>): boolean =>
  [client?.ip, first, last].every(isText) && [lists, formerLists].every(isTexts);
const isText = (value: unknown): boolean => typeof value === 'string';
const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every(isText);

function joined(
  machine: string,
  incidents: FleetIncident['incidents'],
  clocks: readonly SiteClock[],
): FleetIncident {
  const firsts = incidents.map(({ first, site }) => atHead(first, site, clocks));
  const lasts = incidents.map(({ last, site }) => atHead(last, site, clocks));
  const [first = ''] = firsts.toSorted();
  const last = lasts.toSorted().at(-1) ?? '';
  const latest = incidents[lasts.indexOf(last)];
  if (latest === undefined) throw new Error('an incident is of no site');
  const sum = (of: (incident: IncidentSummary) => number): number =>
    incidents.reduce((all, incident) => all + of(incident), 0);
  const severities = incidents.map(({ severity }) => SEVERITIES.indexOf(severity));
  const { campaign, list } = latest;
  const named = namesOfLists(incidents);
  return {
    machine,
    client: clientOf(latest, incidents),
    ...{ campaign, list, ...named, about: aboutOf({ campaign, ...named }) },
    state: incidents.some(({ state }) => state === 'open') ? 'open' : 'closed',
    severity: SEVERITIES[Math.max(0, ...severities)] ?? latest.severity,
    first,
    last,
    hits: sum(({ hits }) => hits),
    visits: sum(({ visits }) => visits),
    sites: [...new Set(incidents.map(({ site }) => site))],
    incidents,
  };
}

/** What one site calls a list still is no former name of it. Sites of older releases say the first list alone. */
function namesOfLists(incidents: FleetIncident['incidents']): Pick<FleetIncident, 'lists' | 'formerLists'> {
  const told = incidents.map(({ list, lists = [list], formerLists = [] }) => ({ lists, formerLists }));
  const current = new Set(told.flatMap((one) => one.lists.filter((list) => !one.formerLists.includes(list))));
  const lists = [...new Set(told.flatMap((one) => one.lists))];
  return { lists, formerLists: lists.filter((list) => !current.has(list)) };
}

/** A site that has no lease of a machine knows its MAC alone. */
function clientOf({ client }: IncidentSummary, incidents: readonly IncidentSummary[]): HitClient {
  if (client.name !== null) return client;
  const known = incidents
    .filter((one) => one.client.name !== null)
    .reduce<IncidentSummary | null>((a, b) => (a === null || b.last > a.last ? b : a), null);
  return known === null
    ? client
    : { ...client, name: known.client.name, nameFrom: known.client.nameFrom ?? null };
}
