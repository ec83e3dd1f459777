// `cenote query NAME [TYPE]`: what is decided for one name and why, from the running daemon or else from the configuration.
import { isIP } from 'node:net';
import type { AskedView, DecisionView } from '../../admin/state.ts';
import { DecisionError, decideFor } from '../../daemon/explain/decision.ts';
import { linesFor } from '../../daemon/explain/lines.ts';
import { compileOffline } from '../../daemon/explain/offline.ts';
import { ClientBook } from '../../daemon/machine/clients/client-book.ts';
import { CliError, EXIT } from '../cli-error.ts';
import { configFile, loadAndTell } from '../config-file.ts';
import { askDaemon, targetOf } from '../daemon-client.ts';
import { printError, printJson, printLines } from '../print.ts';

export interface QueryOptions extends AskedView {
  readonly config?: string;
  readonly json?: boolean;
}

const BLOCKING: ReadonlySet<string> = new Set(['sinkhole', 'nxdomain', 'nodata', 'refused', 'drop']);

export async function queryCommand(options: QueryOptions): Promise<number> {
  const file = configFile(options.config);
  const asked: AskedView = { name: options.name, type: options.type, client: options.client };
  const reply = await askDaemon(targetOf(file), `/api/v1/query?${new URLSearchParams({ ...asked })}`);
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
  const decision = await decideHere(file, asked);
  if (decision === null) return EXIT.bad;
  return tell(decision, `${file}, since no daemon answers (${reply.why})`, 'config', options);
}

async function decideHere(file: string, asked: AskedView): Promise<DecisionView | null> {
  const config = loadAndTell(file);
  if (config === null) return null;
  const { result, lists } = await compileOffline(config);
  for (const { name, lastError, source } of lists)
    if (lastError !== null)
      printError(`warning: list ${name} is not counted: ${lastError.message} (${source})`);
  const book = new ClientBook({
    config,
    own: () => [],
    changed: () => undefined,
    report: (problem) => printError(`warning: ${problem}`),
  });
  try {
    const decision = decideFor(asked, config, result.ruleSet, book.known, new Date());
    return { ...decision, lines: await linesFor(decision, config) };
  } catch (error) {
    if (error instanceof DecisionError) throw new CliError('CLI_QUESTION', EXIT.bad, error.message);
    throw error;
  }
}

function tell(decision: DecisionView, by: string, from: 'daemon' | 'config', { json }: QueryOptions): number {
  if (json) printJson({ from, ...decision });
  else printLines(decisionLines(decision, by));
  return BLOCKING.has(decision.verdict) ? EXIT.blocked : EXIT.ok;
}

function decisionLines(decision: DecisionView, by: string): string[] {
  const { name, type, client, rule, list, indicator } = decision;
  const known = [client.name, client.mac].filter((one) => one !== null).join(', ');
  const group = client.group === null ? 'in no group' : `group ${client.group}`;
  const lines = [
    `${name} ${type} is ${verdictText(decision)}`,
    `  client   ${client.ip}${known === '' ? '' : ` (${known})`}, ${group}`,
  ];
  if (decision.paused) lines.push('  paused   the group blocks nothing at present (`cenote resume`)');
  else if (decision.outsideSchedule) lines.push("  schedule the group's lists are not in force at this hour");
  else if (list !== null) lines.push(`  list     ${list}`, `  rule     ${rule ?? ''}`);
  else lines.push(`  list     none of the group's lists speaks of it`);
  for (const { list: owner, line, text } of decision.lines)
    lines.push(`  line     ${owner}${line === 0 ? '' : `:${line}`}  ${text.trim()}`);
  if (indicator !== null) lines.push(`  report   ${reportText(indicator)}`);
  for (const entry of decision.entries)
    if (entry.list !== list || entry.rule !== rule)
      lines.push(
        `  also     ${entry.list}: ${entry.rule} (${entry.action}${entry.used ? '' : ', not used by the group'})`,
      );
  if (!BLOCKING.has(decision.verdict) && !isAddress(name)) lines.push(...courseLines(decision));
  return [...lines, `  answer   ${answerText(decision)}`, `  decided  by ${by}`];
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

function verdictText({ verdict }: DecisionView): string {
  switch (verdict) {
    case 'pass':
      return 'allowed';
    case 'allow':
      return 'allowed by a rule';
    case 'monitor':
      return 'watched and allowed (monitor)';
    default:
      return `blocked (${verdict})`;
  }
}

function answerText({ verdict, answer, type }: DecisionView): string {
  switch (verdict) {
    case 'pass':
    case 'allow':
    case 'monitor':
      return "the upstream's";
    case 'drop':
      return 'none at all';
    case 'nxdomain':
      return 'NXDOMAIN';
    case 'refused':
      return 'REFUSED';
    default:
      return answer.length > 0 ? `${type} ${answer.join(', ')}` : 'NODATA (no record of this type)';
  }
}

function reportText({
  campaign,
  source,
  firstPublished,
  confidence,
  note,
}: NonNullable<DecisionView['indicator']>): string {
  const parts = [
    campaign,
    firstPublished === null ? null : `published ${firstPublished}`,
    confidence === null ? null : `confidence ${confidence}`,
    source,
    note,
  ];
  return parts.filter((part) => part !== null).join(', ');
}
