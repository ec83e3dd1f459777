// `cenote allow NAME`, `cenote block NAME`, `cenote overrides [rm ID…]`: what is decided by hand.
import type { OverrideView } from '../../admin/overrides/routes.ts';
import { BROAD } from '../../config/error-codes.ts';
import { moment, momentText } from '../../config/values/grouped.ts';
import { CliError, EXIT } from '../cli-error.ts';
import { columns } from '../lines/table.ts';
import { printJson, printLines } from '../print.ts';
import { askRunning, type DaemonOptions } from '../running-daemon.ts';

const IN_FORCE_MS = 60_000;

export interface OverrideOptions extends DaemonOptions {
  readonly name: string;
  readonly for?: string;
  readonly client?: string;
  readonly group?: string;
  readonly reason?: string;
  /** All below a top-level domain is meant. */
  readonly yes?: boolean;
}

export interface OverridesOptions extends DaemonOptions {
  readonly action?: string;
  readonly ids?: readonly string[];
}

interface Told {
  readonly overrides: readonly OverrideView[];
}

export const allowCommand = (options: OverrideOptions): Promise<number> => decide('allow', options);
export const blockCommand = (options: OverrideOptions): Promise<number> => decide('block', options);

async function decide(action: 'allow' | 'block', options: OverrideOptions): Promise<number> {
  const { name, for: lasts, client, group, reason, yes } = options;
  const body = { action, name, for: lasts, client, group, reason, broad: yes };
  const words = {
    BROAD_NAME: `${JSON.stringify(name)} is ${BROAD}, and all below it would be ${action === 'allow' ? 'allowed' : 'blocked'}; if that is meant, say so with --yes`,
  };
  const told: Told = await askRunning(options, '/api/v1/overrides', { body, words, timeoutMs: IN_FORCE_MS });
  const [override] = told.overrides;
  if (options.json) printJson(override);
  else if (override !== undefined) printLines(decidedLines(override));
  return EXIT.ok;
}

function decidedLines({ id, action, name, client, group, until, inForce }: OverrideView): string[] {
  const whom =
    client !== null ? `for ${client}` : group !== null ? `for the group ${group}` : 'for everybody';
  const end = until === null ? 'until it is removed' : `until ${momentText(until)}`;
  return [
    `${coveredText(name)} ${action === 'allow' ? 'is allowed' : 'is blocked'} ${whom}, ${end}.`,
    ...(inForce ? [] : [`It is not in force yet: ${client ?? group} has no address now.`]),
    `Take it back with \`cenote overrides rm ${id}\`.`,
  ];
}

/** `*.name` is what is below it alone. */
const coveredText = (name: string): string =>
  name.startsWith('*.') ? `All below ${name.slice(2)}` : `${name} and all below it`;

export async function overridesCommand(options: OverridesOptions): Promise<number> {
  if (options.action === 'rm') return remove(options);
  const told: Told = await askRunning(options, '/api/v1/overrides');
  if (options.json) printJson(told);
  else printLines(overrideLines(told.overrides));
  return EXIT.ok;
}

async function remove(options: OverridesOptions): Promise<number> {
  const { ids = [] } = options;
  if (ids.length === 0)
    throw new CliError(
      'CLI_NO_ID',
      EXIT.bad,
      'which one? (overrides rm); `cenote overrides` shows their ids',
    );
  const removed: OverrideView[] = [];
  for (const id of ids) {
    const path = `/api/v1/overrides/${encodeURIComponent(id)}/remove`;
    const told: Told = await askRunning(options, path, { body: {}, timeoutMs: IN_FORCE_MS });
    removed.push(...told.overrides);
  }
  if (options.json) printJson({ overrides: removed });
  else
    printLines(
      removed.map(
        ({ action, name }) =>
          `${name} is decided by the lists again (it was ${action === 'allow' ? 'allowed' : 'blocked'} by hand).`,
      ),
    );
  return EXIT.ok;
}

function overrideLines(overrides: readonly OverrideView[]): string[] {
  if (overrides.length === 0) return ['Nothing is allowed or blocked by hand.'];
  const rows = overrides.map(({ id, action, name, client, group, since, until, reason, inForce }) => [
    id,
    action,
    name,
    client ?? (group === null ? 'everybody' : `group ${group}`),
    moment(since),
    until === null ? 'no end' : moment(until),
    inForce ? (reason ?? '') : 'not in force: no address, or no such group',
  ]);
  return columns([['ID', 'WHAT', 'NAME', 'FOR', 'SINCE (UTC)', 'UNTIL (UTC)', 'REASON'], ...rows]);
}
