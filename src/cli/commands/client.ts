// `cenote client MACHINE`: one machine's incidents and hits, and what else it asked for.
import type { ClientTimeline } from '../../desk/messages.ts';
import { EXIT } from '../cli-error.ts';
import { clientText, historyLines, hitLines, incidentLines, moment } from '../event-lines.ts';
import { printJson, printLines } from '../print.ts';
import { askRunning, type DaemonOptions, queryOf } from '../running-daemon.ts';

export interface ClientOptions extends DaemonOptions {
  readonly machine: string;
  readonly since?: string;
}

export async function clientCommand(options: ClientOptions): Promise<number> {
  const path = `/api/v1/clients/${encodeURIComponent(options.machine)}${queryOf({ since: options.since })}`;
  const told = await askRunning<{ readonly since: string; readonly client: ClientTimeline }>(options, path, {
    timeoutMs: 60_000,
  });
  if (options.json) printJson({ since: told.since, ...told.client });
  else printLines(clientLines(told.client, told.since));
  return EXIT.ok;
}

/** Times go down the page in each part, as in a log. */
function clientLines(client: ClientTimeline, since: string): string[] {
  const { incidents, hits, history } = client;
  const part = (title: string, lines: readonly string[]): string[] => [
    '',
    title,
    ...lines.map((line) => `  ${line}`),
  ];
  return [
    `${machineText(client)}, since ${moment(since)} UTC`,
    ...(incidents.length === 0
      ? ['', 'No incidents.']
      : part('Incidents', incidentLines(incidents.toReversed()))),
    ...(hits.length === 0 ? ['', 'No hits.'] : part('Hits', hitLines(hits.toReversed()))),
    ...(history.length === 0 ? ['', 'No history.'] : part('Asked for', historyLines(history.toReversed()))),
  ];
}

/** With further addresses that it has or had: what is below is of all of them. */
function machineText(client: ClientTimeline): string {
  const others = client.addresses.filter((ip) => ip !== client.ip);
  return `${clientText(client)}${others.length === 0 ? '' : `, also ${others.join(', ')}`}`;
}
