// `cenote client MACHINE`: one machine's incidents and hits, and what else it asked for.

import { grouped, moment, momentText } from '../../../config/values/grouped.ts';
import type { ClientTimeline } from '../../../desk/messages.ts';
import type { Coverage } from '../../../hits/coverage.ts';
import { EXIT } from '../../cli-error.ts';
import { coverageLines, noneLines } from '../../lines/coverage-lines.ts';
import {
  clientText,
  historyLines,
  hitLines,
  incidentLines,
  LOGON_SAYS,
  userText,
} from '../../lines/event-lines.ts';
import { columns, room } from '../../lines/table.ts';
import { printJson, printLines } from '../../print.ts';
import { askRunning, type DaemonOptions, queryOf } from '../../running-daemon.ts';

export interface ClientOptions extends DaemonOptions {
  readonly machine: string;
  readonly since?: string;
}

interface Told {
  readonly since: string;
  readonly keepsHistory: boolean;
  /** Of the history. */
  readonly coverage: Coverage;
  readonly hitsCoverage: Coverage;
  readonly client: ClientTimeline;
}

export async function clientCommand(options: ClientOptions): Promise<number> {
  const path = `/api/v1/clients/${encodeURIComponent(options.machine)}${queryOf({ since: options.since })}`;
  const told = await askRunning<Told>(options, path, { timeoutMs: 60_000 });
  const { since, keepsHistory, coverage, hitsCoverage, client } = told;
  if (options.json) printJson({ since, keepsHistory, coverage, hitsCoverage, ...client });
  else printLines(clientLines(told));
  return EXIT.ok;
}

/** Times go down the page in each part, as in a log. */
function clientLines({ client, since, keepsHistory, coverage, hitsCoverage }: Told): string[] {
  const { incidents, hits, history, logons, areHitsCut, isHistoryCut } = client;
  // What both do not know is said once, below all.
  const isOne = coverageLines(coverage, since).join() === coverageLines(hitsCoverage, since).join();
  const none = (what: string, of: Coverage): string[] => {
    if (of.isWhole) return ['', `No ${what}.`];
    const lines = noneLines(what, of, since);
    return ['', ...(isOne ? lines.slice(0, 1) : lines)];
  };
  const cut = (isCut: boolean, shown: number): string[] =>
    isCut ? [`There are more; these are the newest ${grouped(shown)} (--since).`] : [];
  const part = (title: string, lines: readonly string[]): string[] => [
    '',
    title,
    ...lines.map((line) => `  ${line}`),
  ];
  return [
    `${machineText(client)}, since ${momentText(since)}`,
    ...client.others.map((other) => otherLine(client, other)),
    ...(logons.length === 0 ? [] : part('Users', logonLines(logons))),
    ...(incidents.length === 0
      ? none('incidents', hitsCoverage)
      : part('Incidents', incidentLines(incidents.toReversed(), room(2)))),
    ...(hits.length === 0 ? none('hits', hitsCoverage) : part('Hits', hitLines(hits.toReversed(), room(2)))),
    ...cut(areHitsCut, hits.length),
    ...(history.length === 0
      ? coverage.isWhole
        ? ['', 'No history.']
        : none('names that it asked for', coverage)
      : [
          ...part('Asked for', historyLines(history.toReversed(), since, room(2))),
          ...cut(isHistoryCut, history.length),
        ]),
    ...(isOne || history.length > 0 ? coverageLines(coverage, since) : []),
    ...(keepsHistory ? [] : ['What is asked for is not kept at present (events.queryLog); hits are.']),
  ];
}

function logonLines(logons: ClientTimeline['logons']): string[] {
  const rows = logons
    .toReversed()
    .map(({ user, domain, saidBy, from, to }) => [
      moment(from),
      to === null ? 'now' : moment(to),
      userText({ user, domain }),
      LOGON_SAYS[saidBy],
    ]);
  return columns([['FROM (UTC)', 'TO (UTC)', 'USER', 'SAYS WHO'], ...rows], room(2));
}

/** `Not below: another machine that had 192.0.2.7 from … to …, 192.0.2.9 (pc-9, aa:…): cenote client m-…`. */
function otherLine({ ip }: ClientTimeline, other: ClientTimeline['others'][number]): string {
  const { machine, from, to } = other;
  const which = `${clientText({ ...other, nameFrom: null })}: cenote client ${machine}`;
  if (from === null) return `Not below: another machine that is or was known by that, ${which}`;
  const until = to === null ? 'on' : `to ${momentText(to)}`;
  return `Not below: another machine that had ${ip} from ${momentText(from)} ${until}, ${which}`;
}

/** With further addresses that it has or had: what is below is of all of them. */
function machineText(client: ClientTimeline): string {
  const others = client.addresses.filter((ip) => ip !== client.ip);
  return `${clientText(client)}${others.length === 0 ? '' : `, also ${others.join(', ')}`}`;
}
