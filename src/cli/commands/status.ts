// `cenote status`: the state of the running daemon for people.
import type { StatusView } from '../../admin/state.ts';
import { counted, grouped, lasting, momentText, takesText } from '../../config/values/grouped.ts';
import { CliError, EXIT } from '../cli-error.ts';
import { configFile } from '../config-file.ts';
import { askDaemon } from '../daemon-client.ts';
import { columns, paragraph } from '../lines/table.ts';
import { ago, printError, printJson, printLines } from '../print.ts';
import { noDaemon } from '../running-daemon.ts';
import { targetOf } from '../target.ts';

export interface StatusOptions {
  readonly config?: string;
  readonly json?: boolean;
}

export async function statusCommand(options: StatusOptions): Promise<number> {
  const file = configFile(options.config);
  const target = await targetOf(file);
  const reply = await askDaemon(target, '/api/v1/status');
  if (reply.kind === 'none') throw noDaemon(reply);
  if (reply.kind === 'refused')
    throw new CliError('CLI_REFUSED', EXIT.failed, `${reply.message} (${reply.where})`);
  const status = reply.body as StatusView;
  if (options.json) printJson(status);
  else printLines(statusLines(status, Date.now()));
  if (target.mistakes > 0)
    printError(
      `the file has ${counted(target.mistakes, 'mistake')} and would not be taken; see \`cenote check\` (${file})`,
    );
  return status.health.healthy ? EXIT.ok : EXIT.failed;
}

/** A daemon that was started before an upgrade says nothing of the state. */
type Upstream = Omit<StatusView['upstreams'][number], 'state'> & { readonly state?: string };

function upstreamText({
  name,
  transport,
  fallback,
  healthy,
  state = healthy ? 'answers' : 'does not answer',
  rttMs,
  failures,
}: Upstream): string {
  return [
    `${name} (${transport}${fallback ? ', fallback' : ''}) ${state}`,
    ...(rttMs === null ? [] : [`${rttMs.toFixed(1)} ms`]),
    ...(failures > 0 ? [counted(failures, 'failure')] : []),
  ].join(', ');
}

type ServedZone = StatusView['served']['zones'][number];

function servedText({ name, serial, names, changed, error, secondaries }: ServedZone, nowMs: number): string {
  if (serial === null) return `zone ${name}: not made yet`;
  return [
    `zone ${name}, serial ${serial}, ${counted(names, 'name')}${changed === null ? '' : `, changed ${ago(changed, nowMs)}`}`,
    ...(error === null ? [] : [error]),
    ...secondaries.map((secondary) => secondaryText(secondary, nowMs)),
  ].join('; ');
}

function secondaryText(secondary: ServedZone['secondaries'][number], nowMs: number): string {
  const { serial, behind, lastTransfer: last, notify, others } = secondary;
  const address =
    others.length === 0 ? secondary.address : `${secondary.address} (or ${others.join(' or ')})`;
  const took = last === null ? '' : ` (${last.kind.toUpperCase()} ${ago(last.time, nowMs)})`;
  const told =
    notify === 'silent' || notify === 'refused'
      ? `, NOTIFY ${notify === 'silent' ? 'not answered' : 'refused'}`
      : '';
  // Who has the serial from before a restart acknowledges the NOTIFY, and need not ask.
  if (serial === null)
    return `${address} has not asked since the start${notify === 'acknowledged' ? ', NOTIFY acknowledged' : told}`;
  return behind ? `${address} is behind with ${serial}${took}${told}` : `${address} has it${took}${told}`;
}

function usersRows({ listening, sessions, strangers, refused }: StatusView['users']): [string, string][] {
  if (listening.length === 0 && sessions === 0) return [];
  const ignored = [
    strangers === 0 ? '' : `; ${counted(strangers, 'message')} of strangers ignored`,
    refused === 0 ? '' : `; ${counted(refused, 'RADIUS request')} refused`,
  ];
  const heard = listening.length === 0 ? 'by the API alone' : `by ${listening.join(', ')}`;
  return [['users', `${grouped(sessions)} logged on, ${heard}${ignored.join('')}`]];
}

function statusLines(status: StatusView, nowMs: number): string[] {
  const { counters, health, workers, cache, rules, lists, config, hitLog, out = [] } = status;
  const of = (name: string): number => counters[name] ?? 0;
  const queries = of('queriesUdp') + of('queriesTcp') + of('queriesTls') + of('queriesHttps');
  const reload = config.lastReload;
  const rows: readonly (readonly [string, string] | null)[] = [
    ['running', `${lasting(status.uptimeSeconds)}, process ${status.pid}, version ${status.version}`],
    ['in force', `revision ${health.revision}, since ${momentText(health.since)}`],
    health.refused === null
      ? null
      : ['refused', `${health.refused.kind}, ${momentText(health.refused.since)}: ${health.refused.reason}`],
    ['listens on', status.listening.join(', ') || 'nothing'],
    ['config', config.file],
    [
      'reloaded',
      reload === null
        ? 'never'
        : `${ago(reload.time, nowMs)}${reload.error === null ? '' : `, refused: ${reload.error}`}`,
    ],
    [
      'threads',
      `${workers.answering} of ${workers.configured} answer${workers.replaced > 0 ? `, ${workers.replaced} replaced` : ''}${workers.hitsReplaced > 0 ? `; the one that stores hits was replaced ${counted(workers.hitsReplaced, 'time')}` : ''}`,
    ],
    ['rules', `${counted(rules.names, 'name')} of ${counted(lists.total, 'list')}`],
    status.certificate === null
      ? null
      : [
          'certificate',
          `${status.certificate.names || 'no names'}, until ${momentText(status.certificate.notAfter)}`,
        ],
    ['stale', lists.stale.join(', ') || 'none'],
    lists.missing.length === 0 ? null : ['not in force', lists.missing.join(', ')],
    [
      'queries',
      `${grouped(queries)}, ${grouped(of('forwarded'))} forwarded, ${grouped(of('servfail'))} failed`,
    ],
    [
      'hits',
      `${grouped(of('hits'))} since the start, ${grouped(of('hitsLost'))} lost${hitLog.failing ? '; their file cannot be written' : ''}${hitLog.stdoutLost > 0 ? `; standard output did not take ${counted(hitLog.stdoutLost, 'line')}` : ''}`,
    ],
    ...out.map((one): [string, string] => [`out ${one.name}`, outText(one)]),
    [
      'cache',
      `${counted(cache.entries, 'answer')}, ${grouped(cache.hits)} hits, ${grouped(cache.misses)} misses`,
    ],
    of('denied') === 0
      ? null
      : [
          'may not ask',
          `${counted(of('denied'), 'query', 'queries')} refused, since the client is outside \`access.allow\` (\`cenote log\` names it)`,
        ],
    of('claimsIgnored') === 0
      ? null
      : [
          'ignored',
          `${counted(of('claimsIgnored'), 'claim')} for whom a query is asked, of neighbours that are not in \`clients.trust\``,
        ],
    ...usersRows(status.users),
    ...status.served.zones.map((zone): [string, string] => ['serves', servedText(zone, nowMs)]),
    ...status.served.lists.map(({ name, error, formats }): [string, string] => [
      'serves',
      `list ${name} as ${formats.map(({ format, lines }) => `${format} (${grouped(lines)})`).join(', ')}${error === null ? '' : `; ${error}`}`,
    ]),
    ...status.paused.map(({ group, until }): [string, string] => [
      'paused',
      `group ${group} blocks nothing ${until === null ? 'until `cenote resume`' : `until ${momentText(until)}`}`,
    ]),
    ...status.pausedMachines.map(({ client, until }): [string, string] => [
      'paused',
      `nothing is blocked for ${client} ${until === null ? `until \`cenote resume --client ${client}\`` : `until ${momentText(until)}`}`,
    ]),
    ...status.upstreams.map((upstream): [string, string] => ['upstream', upstreamText(upstream)]),
  ];
  return [
    headOf(health),
    ...columns(rows.filter((row) => row !== null).map(([key, value]) => [`  ${key}`, value])),
    ...health.problems.flatMap(({ what, remedy }) => paragraph(`! ${what}; ${remedy}`, '  ')),
  ];
}

/** Never "healthy" beside a problem: many read this line alone. */
function headOf({ healthy, ready, refused, problems }: StatusView['health']): string {
  if (!healthy) return 'cenote is not healthy.';
  if (refused?.kind === 'configuration')
    return `cenote runs by its earlier configuration: the new one was refused ${momentText(refused.since)}.`;
  const count = Math.max(problems.length, refused === null ? 0 : 1);
  if (!ready) return count === 0 ? 'cenote is not ready yet.' : 'cenote is not ready: see below.';
  return count === 0
    ? 'cenote is healthy.'
    : `cenote needs attention: ${counted(count, 'problem')}, see below.`;
}

function outText({ delivered, waiting, lost, oldest, error, takesPart }: StatusView['out'][number]): string {
  const since = oldest === null || waiting === 0 ? '' : ` since ${momentText(oldest)}`;
  const state = error === null ? '' : `; ${takesText({ error, takesPart })}`;
  return `${counted(delivered, 'event')} delivered, ${grouped(waiting)} waiting${since}, ${grouped(lost)} lost${state}`;
}
