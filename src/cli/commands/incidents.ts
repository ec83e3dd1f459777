// `cenote incidents [ack ID]`: which clients asked for what, grouped by campaign; `ack` says that somebody has seen one.
import type { Coverage } from '../../hits/coverage.ts';
import { aboutOf, type IncidentSummary } from '../../hits/incidents/summary.ts';
import { CliError, EXIT } from '../cli-error.ts';
import { withoutFleet } from '../fleet/only-here.ts';
import { noneLines } from '../lines/coverage-lines.ts';
import { clientText, incidentLines } from '../lines/event-lines.ts';
import { printJson, printLines } from '../print.ts';
import { askRunning, type DaemonOptions, queryOf } from '../running-daemon.ts';

export interface IncidentsOptions extends DaemonOptions {
  readonly action?: 'ack';
  readonly id?: string;
  readonly since?: string;
  readonly client?: string;
  readonly open?: boolean;
  readonly site?: string;
  readonly fleet?: boolean;
}

export async function incidentsCommand(options: IncidentsOptions): Promise<number> {
  if (options.action === 'ack') return acknowledge(options);
  if (options.fleet) return (await import('../fleet/across.ts')).fleetIncidents(options);
  withoutFleet({ '--site': options.site });
  const { since, client, open } = options;
  const query = queryOf({ since, client, state: open ? 'open' : undefined });
  const told = await askRunning<{
    readonly since: string;
    readonly coverage: Coverage;
    readonly incidents: readonly IncidentSummary[];
  }>(options, `/api/v1/incidents${query}`);
  if (options.json) printJson(told);
  else if (told.incidents.length === 0)
    printLines(noneLines(`${open ? 'open ' : ''}incidents`, told.coverage, told.since));
  else printLines(incidentLines(told.incidents));
  return EXIT.ok;
}

async function acknowledge(options: IncidentsOptions): Promise<number> {
  const { id } = options;
  if (id === undefined || !/^[0-9a-z]+$/i.test(id))
    throw new CliError(
      'CLI_NO_ID',
      EXIT.bad,
      'which incident? (incidents ack); `cenote incidents` shows their ids',
    );
  const { incident } = await askRunning<{ readonly incident: IncidentSummary }>(
    options,
    `/api/v1/incidents/${id}/acknowledge`,
    { body: {} },
  );
  if (options.json) printJson(incident);
  else printLines([`Acknowledged ${incident.id}: ${clientText(incident.client)}, ${aboutOf(incident)}`]);
  return EXIT.ok;
}
