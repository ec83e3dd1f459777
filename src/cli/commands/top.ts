// `cenote top`: machines, names, lists or upstreams with the most queries.
import { counted, momentText } from '../../config/values/grouped.ts';
import type { LogTop } from '../../querylog/read/question.ts';
import { EXIT } from '../cli-error.ts';
import { logLines, type OfLog } from '../lines/coverage-lines.ts';
import { columns } from '../lines/table.ts';
import { printJson, printLines } from '../print.ts';
import { askRunning, type DaemonOptions, queryOf } from '../running-daemon.ts';

export interface TopOptions extends DaemonOptions {
  readonly of: string;
  readonly since?: string;
  readonly limit?: string;
}

interface Top extends LogTop, OfLog {}

const TOP_MS = 40_000;
const HEADS: Readonly<Record<string, string>> = {
  machines: 'MACHINE',
  names: 'NAME',
  lists: 'LIST',
  upstreams: 'UPSTREAM',
};

export async function topCommand(options: TopOptions): Promise<number> {
  const { of, since, limit } = options;
  const top = await askRunning<Top>(options, `/api/v1/top${queryOf({ of, since, limit })}`, {
    timeoutMs: TOP_MS,
  });
  if (options.json) {
    printJson(top);
    return EXIT.ok;
  }
  const hasBlocked = of === 'machines';
  const rows = top.top.map(({ what, name, queries, blocked }) => [
    name === null ? what : `${name} (${what})`,
    queries,
    shareText(queries, top.queries),
    ...(hasBlocked ? [blocked ?? 0] : []),
  ]);
  if (rows.length > 0)
    printLines(columns([[HEADS[of] ?? '', 'QUERIES', 'SHARE', ...(hasBlocked ? ['BLOCKED'] : [])], ...rows]));
  printLines([
    ...(rows.length > 0 ? [''] : []),
    `${counted(top.queries, 'query', 'queries')} since ${momentText(top.since)}`,
    ...(top.approximate
      ? ['Counts may be too low: in each part of the log only frequent names are counted.']
      : []),
    ...logLines(top),
  ]);
  return EXIT.ok;
}

const shareText = (part: number, whole: number): string =>
  whole === 0 ? '' : `${((100 * part) / whole).toFixed(1)} %`;
