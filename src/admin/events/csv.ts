// Rows of the query log as CSV (RFC 4180). Names are attackers' text: what a spreadsheet would take for a formula is told it is text.
import { usersIn } from '../../hits/hit.ts';
import type { LogRow } from '../../querylog/read/question.ts';

const COLUMNS = [
  'time',
  'count',
  'ip',
  'machine',
  'client',
  'mac',
  'group',
  'name',
  'type',
  'outcome',
  'result',
  'rcode',
  'from',
  'list',
  'rule',
  'upstream',
  'waitedMs',
  'transport',
  'users',
] as const;

/** Its first line. */
export const CSV_HEAD: string = `${COLUMNS.join(',')}\r\n`;

export function csvLine(row: LogRow): string {
  const { client } = row;
  const flat: Record<(typeof COLUMNS)[number], string | number | null> = {
    ...row,
    ip: client.ip,
    machine: client.machine,
    client: client.name,
    mac: client.mac,
    group: client.group,
    users: usersIn(client).join('; '),
  };
  return `${COLUMNS.map((column) => cellOf(flat[column])).join(',')}\r\n`;
}

function cellOf(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
