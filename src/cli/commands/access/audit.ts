// `cenote audit`: who changed what, the newest last.
import type { AuditRow } from '../../../admin/audit/row.ts';
import { counted, momentText } from '../../../config/values/grouped.ts';
import { EXIT } from '../../cli-error.ts';
import { columns } from '../../lines/table.ts';
import { printError, printJson, printLines } from '../../print.ts';
import { askRunning, type DaemonOptions, queryOf } from '../../running-daemon.ts';

interface AuditOptions extends DaemonOptions {
  readonly since?: string;
  readonly who?: string;
  readonly limit?: string;
}

interface RowView extends AuditRow {
  readonly time: string;
  readonly count: number;
}

export async function auditCommand(options: AuditOptions): Promise<number> {
  const { since, who, limit } = options;
  const told: { readonly rows: readonly RowView[]; readonly next: string | null; readonly lost: number } =
    await askRunning(options, `/api/v1/audit${queryOf({ since, who, limit })}`);
  if (options.json) printJson(told);
  else printLines(told.rows.length === 0 ? ['Nobody changed anything in that time.'] : lines(told.rows));
  if (told.next !== null && !options.json)
    printError('there are older rows; --limit shows more, --json pages');
  if (told.lost > 0)
    printError(
      `${counted(told.lost, 'row')} since the start could not be written down and ${told.lost === 1 ? 'is' : 'are'} not shown`,
    );
  return EXIT.ok;
}

function lines(rows: readonly RowView[]): string[] {
  const row = ({ time, count, who, way, address, action, asked, result }: RowView) => [
    momentText(time),
    `${who ?? (way === 'file' ? 'the configuration file' : way === 'signal' ? 'a signal' : 'nobody known')}${way === null ? '' : ` (${way})`}`,
    address ?? '',
    `${action.replace(/^POST \/api\/v1\//, '')}${asked === null ? '' : ` ${asked}`}`,
    `${result}${count > 1 ? ` (${count} times)` : ''}`,
  ];
  return columns([['TIME', 'WHO', 'FROM', 'WHAT', 'RESULT'], ...[...rows].reverse().map(row)]);
}
