// `cenote query NAME [TYPE]`: what is decided for one name and why, from the running daemon or else from the configuration.
import { isIP } from 'node:net';
import type { AskedView, DecisionView, EntryView, OwnAnswerView } from '../../admin/state.ts';
import { CliError, EXIT } from '../cli-error.ts';
import { configFile } from '../config-file.ts';
import { askDaemon } from '../daemon-client.ts';
import { printJson, printLines } from '../print.ts';
import { targetOf } from '../target.ts';

export interface QueryOptions extends AskedView {
  readonly config?: string;
  readonly json?: boolean;
}

const BLOCKING: ReadonlySet<string> = new Set(['sinkhole', 'nxdomain', 'nodata', 'refused', 'drop']);

export async function queryCommand(options: QueryOptions): Promise<number> {
  const file = configFile(options.config);
  const { name, type, client, at, ask } = options;
  const parameters = {
    name,
    type,
    client,
    ...(at === undefined ? {} : { at }),
    ...(ask ? { ask: 'true' } : {}),
  };
  const reply = await askDaemon(await targetOf(file), `/api/v1/query?${new URLSearchParams(parameters)}`);
  if (reply.kind === 'refused') {
    const isQuestion = reply.code.startsWith('BAD_');
    throw new CliError(
      'CLI_REFUSED',
      isQuestion ? EXIT.bad : EXIT.failed,
      `${reply.message} (${reply.where})`,
    );
  }
  if (reply.kind === 'answer')
    return tell(reply.body as DecisionView, `the running daemon (${reply.where})`, 'daemon', options);
  const { decideHere } = await import('../decide-here.ts');
  const decision = await decideHere(file, options);
  if (decision === null) return EXIT.bad;
  return tell(decision, `${file}, since no daemon answers (${reply.why})`, 'config', options);
}

function tell(
  decision: DecisionView,
  by: string,
  from: 'daemon' | 'config',
  { json, ask = false }: QueryOptions,
): number {
  if (json) printJson({ from, ...decision });
  else printLines(decisionLines(decision, by, ask));
  return BLOCKING.has(decision.verdict) ? EXIT.blocked : EXIT.ok;
}

function decisionLines(decision: DecisionView, by: string, isAsked: boolean): string[] {
  const { name, type, client, rule, list, indicator } = decision;
  const known = [client.name, client.mac].filter((one) => one !== null).join(', ');
  const who =
    client.ip === null
      ? `${known || 'it'}, not seen yet`
      : `${client.ip}${known === '' ? '' : ` (${known})`}`;
  const group = client.group === null ? 'in no group' : `group ${client.group}`;
  const mayAsk = decision.access !== 'refused';
  const lines = [
    `${name} ${type} is ${mayAsk ? verdictText(decision) : 'refused: this client may not ask'}`,
    `  client   ${who}, ${group}`,
  ];
  if (!mayAsk)
    lines.push(
      `  access   it is outside access.allow; for one that may ask the name is ${verdictText(decision)}`,
    );
  if (decision.via !== null) lines.push(`  via      ${decision.via}: ${whoLeads(decision)}`);
  if (decision.own !== null) lines.push(ownLine(decision.own, decision.answeredBy));
  else if (decision.answeredBy === 'any' || decision.answeredBy === 'refused')
    lines.push(`  list     ${SHORT_ANSWERS[decision.answeredBy]}`);
  else if (decision.paused) lines.push('  paused   the group blocks nothing at present (`cenote resume`)');
  else if (decision.outsideSchedule) lines.push("  schedule the group's lists are not in force at this hour");
  else if (list !== null) lines.push(`  list     ${list}`, `  rule     ${rule ?? ''}`);
  else lines.push('  list     not on any list of this group');
  const target = decision.blockedTarget;
  if (target !== null)
    lines.push(`  behind   ${target.name}: blocked by list ${target.list} (${target.rule})`);
  for (const { list: owner, line, text } of decision.lines)
    lines.push(`  line     ${owner}${line === 0 ? '' : `:${line}`}  ${text.trim()}`);
  if (indicator !== null) lines.push(`  report   ${reportText(indicator)}`);
  for (const entry of decision.entries)
    if (entry.list !== list || entry.rule !== rule)
      lines.push(
        `  also     ${entry.list}: ${entry.rule} (${[entry.action, ...remarksOn(entry, name)].join(', ')})`,
      );
  if (decision.answeredBy === 'upstreams' && !isAddress(name)) lines.push(...courseLines(decision));
  return [
    ...lines,
    `  answer   ${mayAsk ? answerText(decision, isAsked) : 'REFUSED, or none'}`,
    `  decided  by ${by}`,
  ];
}

const HAD_FROM: Readonly<Record<string, string>> = {
  kept: 'an answer that is kept leads there',
  asked: 'the upstreams, asked now, lead there',
};

function whoLeads({ upstreamAnswer }: DecisionView): string {
  return HAD_FROM[upstreamAnswer ?? ''] ?? 'own records (local.records, local.hosts) lead there';
}

function remarksOn({ rule, scope, used, mode, holds }: EntryView, name: string): string[] {
  const remarks = [];
  if (scope === 'exact' && rule !== name) remarks.push('that name alone');
  if (scope === 'below' && rule === name) remarks.push('only what is below it');
  if (!holds) remarks.push('for other types or clients');
  if (mode === 'expired') remarks.push('expired');
  if (!used) remarks.push('not used by the group');
  return remarks;
}

const SHORT_ANSWERS = {
  any: 'not on any list of this group; ANY gets a short answer and is not forwarded (RFC 8482)',
  refused: 'none is asked: queries of this type are not forwarded',
} as const;

/** An own record and `localhost` stand above the lists, the other special names below them. */
function ownLine({ setting, name }: OwnAnswerView, answeredBy: string): string {
  const from =
    setting === 'local.records' || setting === 'local.hosts'
      ? `an own record of ${name} (${setting})`
      : setting === 'resolver'
        ? `what this resolver says of itself at ${name} (resolver)`
        : `the special name ${name} (${setting})`;
  return `  here     ${from}: ${answeredBy === 'records' ? 'above the lists, whatever they say' : 'no list that the group uses blocks it, and it is not forwarded'}`;
}

/** An address is nothing that could be asked for. */
const isAddress = (name: string): boolean => isIP(name) !== 0;

const REBINDING: Readonly<Record<string, string>> = {
  protected: 'a private address is withheld (rebinding)',
  exempt: 'a private address may pass (the name is excepted, routed or not public)',
  off: 'a private address may pass (rebinding protection is off)',
};

function courseLines({ upstreams, inspected, rebinding }: DecisionView): string[] {
  return [
    `  asked    ${upstreams.servers.join(', ')} (${upstreams.setting})`,
    `  checked  ${inspected ? 'aliases, service targets and addresses too' : 'the name alone (inspect: false)'}; ${REBINDING[rebinding] ?? rebinding}`,
  ];
}

/** Whether the rule that decided wants the client to come back over a connection. */
function isTcpOnly({ verdict, entries, list, rule }: DecisionView): boolean {
  return (
    verdict === 'monitor' &&
    entries.some(
      (entry) =>
        entry.list === list && entry.rule === rule && entry.action === 'tcp-only' && entry.mode === 'enforce',
    )
  );
}

function verdictText(decision: DecisionView): string {
  const { verdict, answeredBy, own, answer, rewritten, leadsTo, via, blockedTarget } = decision;
  if (answeredBy === 'rebinding')
    return 'withheld (rebinding): upstreams give a public name a private address';
  if (own !== null) return 'answered here';
  if (answeredBy === 'refused') return 'refused';
  switch (verdict) {
    case 'pass':
      return 'allowed';
    case 'allow':
      return 'allowed by a rule';
    case 'monitor':
      return isTcpOnly(decision)
        ? 'answered over TCP, TLS and HTTPS alone (rpz-tcp-only)'
        : endedOn(decision) === null
          ? 'watched and allowed (monitor)'
          : `watched and allowed: expired on ${endedOn(decision)}`;
    default:
      if (blockedTarget !== null) return `rewritten to ${blockedTarget.name}, which is blocked`;
      if (leadsTo !== null && leadsTo !== via) return `rewritten to ${leadsTo}`;
      if (!rewritten) return `blocked (${verdict})`;
      return answer.length > 0 ? `rewritten to ${answer.join(', ')}` : 'rewritten';
  }
}

/** Since when the entry that would have decided only watches; null where its list does, or no entry. */
function endedOn({ entries, list, rule, indicator }: DecisionView): string | null {
  const isOver = entries.some(
    (entry) => entry.list === list && entry.rule === rule && entry.mode === 'expired',
  );
  return isOver ? (indicator?.expires ?? null) : null;
}

function upstreamText({ reply, upstreamAnswer }: DecisionView, isAsked: boolean): string {
  if (reply === null || upstreamAnswer === null)
    return isAsked ? 'not known: no upstream answered' : "the upstream's";
  const said =
    reply.records.length > 0 ? reply.records.join(', ') : reply.rcode === 'NOERROR' ? 'NODATA' : reply.rcode;
  return `${said} (${upstreamAnswer === 'kept' ? 'kept' : 'asked now'})`;
}

const behindAlias = (records: string): string => `${records}, and behind it what that name's answer is`;

function answerText(decision: DecisionView, isAsked: boolean): string {
  const { verdict, answeredBy, own, answer, records, type, leadsTo, via, reply } = decision;
  if (isTcpOnly(decision)) return "truncated over UDP, the upstream's over a connection";
  if (own !== null) return ownAnswerText(own, leadsTo);
  if (answeredBy === 'any') return 'HINFO RFC8482';
  switch (verdict) {
    case 'pass':
    case 'allow':
    case 'monitor':
      return upstreamText(decision, isAsked);
    case 'drop':
      return 'none at all';
    case 'nxdomain':
      return 'NXDOMAIN';
    case 'refused':
      return 'REFUSED';
    default:
      if (leadsTo !== null && leadsTo !== via) return behindAlias(`CNAME ${leadsTo}`);
      if (records.length > 0) return records.join(', ');
      if (answer.length > 0) return `${type} ${answer.join(', ')}`;
      return noRecordText(reply?.rcode ?? 'NOERROR');
  }
}

function ownAnswerText({ rcode, records }: OwnAnswerView, leadsTo: string | null): string {
  if (records.length > 0) return leadsTo === null ? records.join(', ') : behindAlias(records.join(', '));
  return noRecordText(rcode);
}

function noRecordText(rcode: string): string {
  if (rcode === 'none') return 'none at all';
  return rcode === 'NOERROR' ? 'NODATA (no record of this type)' : rcode;
}

function reportText({
  campaign,
  source,
  firstPublished,
  confidence,
  note,
  expires,
}: NonNullable<DecisionView['indicator']>): string {
  const parts = [
    campaign,
    firstPublished === null ? null : `published ${firstPublished}`,
    confidence === null ? null : `confidence ${confidence}`,
    source,
    note,
    expires === null ? null : `expires ${expires}`,
  ];
  return parts.filter((part) => part !== null).join(', ');
}
