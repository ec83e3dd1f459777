// `cenote clients [NAME]`: the machines that are known; with a name, MAC or address, all that is known of those it means.
import type { ClientView } from '../../../admin/clients/routes.ts';
import { moment, momentText } from '../../../config/values/grouped.ts';
import { CliError, EXIT } from '../../cli-error.ts';
import { LOGON_SAYS, userText } from '../../lines/event-lines.ts';
import { columns, room } from '../../lines/table.ts';
import { printJson, printLines } from '../../print.ts';
import { askRunning, type DaemonOptions, queryOf } from '../../running-daemon.ts';

export interface ClientsOptions extends DaemonOptions {
  readonly client?: string;
  readonly push?: string;
  readonly source?: string;
}

/** Who says a name, as people read it. */
const SAYS: Readonly<Record<string, string>> = {
  config: 'configuration',
  hosts: 'hosts file',
  lease: 'DHCP lease',
  ptr: 'reverse DNS',
  client: 'the client itself',
  inferred: 'inferred by MAC',
};

/** @throws CliError when a machine is to be shown and others to be taken, or neither can be */
export async function clientsCommand(options: ClientsOptions): Promise<number> {
  const { push, source, client } = options;
  if (push !== undefined && client === undefined)
    return (await import('./push.ts')).pushClientsCommand({ ...options, push });
  if (push !== undefined || source !== undefined)
    throw new CliError(
      'CLI_USAGE',
      EXIT.bad,
      push === undefined
        ? '--source goes with --push FILE'
        : `--push takes what a file says; leave out ${JSON.stringify(client)}`,
    );
  const { clients } = await askRunning<{ readonly clients: readonly ClientView[] }>(
    options,
    `/api/v1/clients${queryOf({ client: options.client })}`,
  );
  if (options.json) printJson({ clients });
  else if (clients.length === 0) printLines(['No machine is known yet: none has asked.']);
  else if (options.client === undefined) printLines(tableLines(clients));
  else printLines(clients.flatMap((client, i) => [...(i === 0 ? [] : ['']), ...detailLines(client)]));
  return EXIT.ok;
}

function tableLines(clients: readonly ClientView[]): string[] {
  const rows = clients.map(({ id, name, nameFrom, mac, group, addresses, lastSeen, logons }) => [
    id,
    name ?? '-',
    saysText(nameFrom),
    mac ?? '-',
    addressesText(addresses),
    hereText(logons),
    group ?? '-',
    moment(lastSeen),
  ]);
  const head = ['MACHINE', 'NAME', 'SAYS WHO', 'MAC', 'ADDRESSES', 'USER', 'GROUP', 'LAST SEEN (UTC)'];
  // Where nobody has a user, or a MAC that is known, there is no column for it.
  const shown = head.map(
    (what, at) => !['MAC', 'USER'].includes(what) || rows.some((row) => row[at] !== '-'),
  );
  return columns([head, ...rows].map((row) => row.filter((_, at) => shown[at] === true)));
}

const saysText = (nameFrom: ClientView['nameFrom']): string =>
  nameFrom === null ? '-' : (SAYS[nameFrom] ?? nameFrom);

/** Who is logged on now. */
function hereText(logons: ClientView['logons']): string {
  const here = logons.filter(({ to }) => to === null).map(userText);
  return here.length === 0 ? '-' : [...new Set(here)].join(' or ');
}

/** Those it has now, at most three. */
function addressesText(addresses: ClientView['addresses']): string {
  const now = [...new Set(addresses.filter(({ to }) => to === null).map(({ ip }) => ip))];
  if (now.length === 0) return '-';
  return now.length <= 3 ? now.join(' ') : `${now.slice(0, 3).join(' ')} +${now.length - 3}`;
}

function detailLines({
  id,
  name,
  nameFrom,
  mac,
  group,
  firstSeen,
  lastSeen,
  addresses,
  logons,
}: ClientView): string[] {
  return [
    `${id}${name === null ? '' : `  ${name} (${saysText(nameFrom)})`}`,
    `  MAC        ${mac ?? 'not known'}`,
    `  group      ${group ?? 'none: it has no address at present'}`,
    `  seen       ${moment(firstSeen)} to ${momentText(lastSeen)}`,
    ...(logons.length === 0
      ? []
      : columns(
          [
            ['USER', 'SAYS WHO', 'FROM (UTC)', 'TO (UTC)'],
            ...logons.map((logon) => [
              userText(logon),
              LOGON_SAYS[logon.saidBy],
              moment(logon.from),
              logon.to === null ? 'now' : moment(logon.to),
            ]),
          ],
          room(2),
        ).map((line) => `  ${line}`)),
    ...columns(
      [
        ['ADDRESS', 'NAME', 'SAYS WHO', 'FROM (UTC)', 'TO (UTC)'],
        ...addresses.map(({ ip, through, from, to, ...named }) => [
          through === null ? ip : through === ip ? `through ${ip}` : `${ip} through ${through}`,
          named.name ?? '-',
          saysText(named.nameFrom),
          moment(from),
          to === null ? 'now' : moment(to),
        ]),
      ],
      room(2),
    ).map((line) => `  ${line}`),
  ];
}
