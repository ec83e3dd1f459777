// `cenote hits --fleet`, `incidents --fleet`, `hunt --fleet`: what happened at all sites, asked at the head. Each answer says of which sites it speaks.

import type { ShownHunt } from '../../admin/events/across-shown.ts';
import { counted, moment, momentText } from '../../config/values/grouped.ts';
import type { FleetCoverage } from '../../fleet/store/read-coverage.ts';
import type { FleetHit } from '../../fleet/store/read-hits.ts';
import type { FleetIncident } from '../../fleet/store/read-incidents.ts';
import { EXIT } from '../cli-error.ts';
import { coverageLines as gapLines } from '../lines/coverage-lines.ts';
import { clientText, findingLines, hitLines } from '../lines/event-lines.ts';
import { columns } from '../lines/table.ts';
import { printError, printJson, printLines } from '../print.ts';
import { askRunning, type DaemonOptions, queryOf } from '../running-daemon.ts';
import { byHead, clockLines, huntByHead } from './by-head.ts';

export interface AcrossOptions extends DaemonOptions {
  readonly since?: string;
  readonly client?: string;
  readonly list?: string;
  readonly site?: string;
  readonly limit?: string;
  readonly open?: boolean;
}

export const STORE_MS = 65_000;
const HUNT_MS = 90_000;
/** What the head gives at once. */
const LIMIT = 1000;

export interface Told {
  readonly since: string;
  readonly coverage: FleetCoverage;
}

export async function fleetHits(options: AcrossOptions): Promise<number> {
  const { since, client, list, site, limit = String(LIMIT) } = options;
  const query = queryOf({ since, client, list, site, limit });
  const told = await askRunning<Told & { readonly hits: readonly FleetHit[] }>(
    options,
    `/api/v1/fleet/hits${query}`,
    {
      timeoutMs: STORE_MS,
    },
  );
  const hits = [...told.hits].reverse();
  if (options.json) {
    const lines = hits.length === 0 ? [{ event: 'none', since: told.since, coverage: told.coverage }] : hits;
    for (const line of lines) process.stdout.write(`${JSON.stringify(line)}\n`);
  } else if (hits.length === 0) printLines(noneLines('hits', told));
  else {
    const { clocks } = told.coverage;
    const shown = hits.map((hit) => byHead(hit, hit.site, ['time'], clocks));
    printLines([...hitLines(shown), ...coverageLines(told.coverage)]);
  }
  if (hits.length >= Number(limit))
    printError(`there may be more; these are the newest ${hits.length} (--limit, --since)`);
  return EXIT.ok;
}

export async function fleetIncidents(options: AcrossOptions): Promise<number> {
  const { since, client, site, open } = options;
  const query = queryOf({ since, client, site, state: open ? 'open' : undefined });
  const told = await askRunning<Told & { readonly incidents: readonly FleetIncident[] }>(
    options,
    `/api/v1/fleet/incidents${query}`,
    { timeoutMs: STORE_MS },
  );
  const { incidents, coverage } = told;
  if (options.json) printJson(told);
  else if (incidents.length === 0) printLines(noneLines(`${open ? 'open ' : ''}incidents`, told));
  else printLines([...incidentLines(incidents), ...coverageLines(coverage)]);
  return EXIT.ok;
}

export interface FleetHuntOptions extends DaemonOptions {
  readonly since?: string;
  /** Of a hunt that was begun before. */
  readonly id?: string;
}

export async function fleetHunt(
  options: FleetHuntOptions,
  targets: { readonly lists?: readonly string[]; readonly names?: readonly string[] },
): Promise<number> {
  const { id, since } = options;
  const hunt = await askRunning<ShownHunt>(
    options,
    id === undefined ? '/api/v1/fleet/hunt' : `/api/v1/fleet/hunts/${encodeURIComponent(id)}`,
    {
      ...(id === undefined ? { body: { ...targets, ...(since === undefined ? {} : { since }) } } : {}),
      timeoutMs: HUNT_MS,
    },
  );
  const { findings, central } = hunt;
  const isFound = findings.length > 0 || central.length > 0;
  if (options.json) printJson(hunt);
  else {
    const shown = huntByHead(hunt);
    printLines([...foundLines(shown), ...huntCoverageLines(shown)]);
  }
  return isFound ? EXIT.found : EXIT.ok;
}

function foundLines(hunt: ShownHunt): string[] {
  const { findings, central, isCentralCut, furtherFindings, answered, isWhole, since } = hunt;
  if (findings.length === 0 && central.length === 0) {
    if (isWhole)
      return [
        `Nobody asked for any of it at any of the ${counted(hunt.sites, 'site')} since ${momentText(since)}.`,
      ];
    if (answered === 0) return ['It is not known who asked: no site has answered.'];
    return [`Nobody is known to have asked for any of it at the ${counted(answered, 'site')} that answered.`];
  }
  const fromStore = central.flatMap(({ client, names }) =>
    names.map(({ name, via, site, count, first, last }) => [
      site,
      clientText(client),
      via === null ? name : `${name} via ${via}`,
      count,
      moment(first),
      moment(last),
    ]),
  );
  return [
    ...(findings.length === 0 ? [] : findingLines(findings.map((found) => ({ ...found, isOfGroup: true })))),
    ...(furtherFindings === 0 ? [] : [`and ${counted(furtherFindings, 'machine')} more`]),
    ...(fromStore.length === 0
      ? []
      : [
          '',
          'Of sites that have not answered, hits that came home before:',
          ...columns([['SITE', 'CLIENT', 'ASKED FOR', 'COUNT', 'FIRST (UTC)', 'LAST (UTC)'], ...fromStore]),
          ...(isCentralCut ? ['and more, of before: hunt for fewer names at once'] : []),
        ]),
  ];
}

/** `38 of 41 sites answered; site-7: not asked yet: silent since …` */
function huntCoverageLines({ id, since, sites, answered, notAnswered, gaps, clocks }: ShownHunt): string[] {
  const open = notAnswered.length > 0;
  return [
    '',
    `${answered} of ${counted(sites, 'site')} answered${open ? ':' : '.'}`,
    ...notAnswered.map(({ site, why }) => `  ${site}: ${why}`),
    ...(open ? [`What they answer later: cenote hunt --fleet --id ${id}`] : []),
    ...gaps.flatMap(({ site, coverage }) =>
      coverage.from === null
        ? `${site} watched nothing of that time.`
        : gapLines(coverage, since).map((line) => `${site}: ${line}`),
    ),
    ...clockLines(clocks),
  ];
}

function incidentLines(incidents: readonly FleetIncident[]): string[] {
  const rows = incidents.map((incident) => [
    incident.severity,
    clientText(incident.client),
    incident.about,
    incident.hits,
    moment(incident.first),
    moment(incident.last),
    incident.state,
    incident.sites.join(', '),
  ]);
  return columns([
    ['SEVERITY', 'CLIENT', 'CAMPAIGN', 'HITS', 'FIRST (UTC)', 'LAST (UTC)', 'STATE', 'SITES'],
    ...rows,
  ]);
}

export function coverageLines({ sites, whole, behind, clocks, removed }: FleetCoverage): string[] {
  const lines = behind.map(({ site, until }) =>
    until === null
      ? `  of ${site} it is not known until when`
      : `  of ${site} what it stored until ${momentText(until)}`,
  );
  return [
    '',
    `All of ${whole} of ${counted(sites, 'site')}, this head being one, is here up to about now${behind.length > 0 ? ';' : '.'}`,
    ...lines,
    ...clockLines(clocks),
    ...(removed > 0 ? [`${counted(removed, 'hit')} had been removed at sites before they came home.`] : []),
  ];
}

export function noneLines(what: string, { since, coverage }: Told): string[] {
  const { whole, sites, clocks } = coverage;
  const known =
    whole === sites && clocks.length === 0
      ? `There are no ${what} at any of the ${counted(sites, 'site')} since ${momentText(since)}.`
      : `No ${what} since ${momentText(since)} have come home.`;
  return [known, ...coverageLines(coverage)];
}
