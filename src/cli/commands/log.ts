// `cenote log`: the queries that were asked, the newest last; with -f also those that come.
import { setTimeout as wait } from 'node:timers/promises';
import { grouped, moment, momentText } from '../../config/values/grouped.ts';
import { usersIn } from '../../hits/hit.ts';
import type { LogRow, LogTail } from '../../querylog/read/question.ts';
import { CliError, EXIT } from '../cli-error.ts';
import { configFile } from '../config-file.ts';
import { followDaemon } from '../daemon-client.ts';
import { logLines, type OfLog } from '../lines/coverage-lines.ts';
import { EventReader } from '../lines/event-stream.ts';
import { columns } from '../lines/table.ts';
import { printError, printLines, printNotes } from '../print.ts';
import { askRunning, type DaemonOptions, queryOf } from '../running-daemon.ts';
import { targetOf } from '../target.ts';

export interface LogOptions extends DaemonOptions {
  readonly follow?: boolean;
  readonly since?: string;
  readonly until?: string;
  readonly client?: string;
  readonly user?: string;
  readonly name?: string;
  readonly type?: string;
  readonly outcome?: string;
  readonly list?: string;
  readonly upstream?: string;
  readonly limit?: string;
}

interface Page extends OfLog {
  readonly rows: readonly LogRow[];
  readonly cursor: string | null;
}

const PAGE = 1000;
/** People read no more. */
const TABLE_LIMIT = 100;
/** Before the daemon is asked again that went away. */
const AGAIN_MS = 1000;
/** A stream says something each quarter of a minute. */
const SILENCE_MS = 45_000;
const LOG_MS = 40_000;

export async function logCommand(options: LogOptions): Promise<number> {
  const { json = false, follow = false } = options;
  const limit = limitOf(options);
  if (follow && options.until !== undefined)
    throw new CliError('CLI_USAGE', EXIT.bad, '--until ends before what -f waits for; leave one of them out');
  // Before the rows: what comes meanwhile is shown rather twice than never.
  const from = follow ? await askRunning<LogTail>(options, `/api/v1/log/tail${filterOf(options)}`) : null;
  const { rows, isCut, first } = await newest(options, limit);
  show(rows, json, true);
  if (isCut && options.limit === undefined)
    printError(`there are more; these are the newest ${grouped(rows.length)} (--limit, --since)`);
  const unknown = logLines(first);
  if (!json) printLines(rows.length > 0 ? spaced(unknown) : [noneText(first), ...unknown]);
  else if (rows.length > 0) printNotes(unknown);
  else if (rows.length === 0 && !follow)
    process.stdout.write(
      `${JSON.stringify({ event: 'none', since: first.since, coverage: first.coverage })}\n`,
    );
  if (from !== null) await followFrom(from.after, options, json);
  return EXIT.ok;
}

/** Below a table. */
const spaced = (lines: readonly string[]): readonly string[] => (lines.length > 0 ? ['', ...lines] : lines);
const noneText = ({ since }: Page): string => `No query of this kind is known since ${momentText(since)}.`;

/** Oldest first. */
async function newest(
  options: LogOptions,
  limit: number,
): Promise<{ readonly rows: readonly LogRow[]; readonly isCut: boolean; readonly first: Page }> {
  const rows: LogRow[] = [];
  let first: Page | null = null;
  let cursor: string | null = null;
  do {
    const most = String(Math.min(PAGE, limit - rows.length));
    const query = filterOf(options, { limit: most, ...(cursor === null ? {} : { cursor }) });
    const page: Page = await askRunning<Page>(options, `/api/v1/log${query}`, { timeoutMs: LOG_MS });
    first ??= page;
    rows.push(...page.rows);
    cursor = page.cursor;
  } while (cursor !== null && rows.length < limit);
  return { rows: rows.reverse(), isCut: cursor !== null, first };
}

/** Until somebody ends it: a daemon that is restarted goes on being followed, from where it was. */
async function followFrom(after: number, options: LogOptions, json: boolean): Promise<never> {
  const target = await targetOf(configFile(options.config));
  let last = String(after);
  for (let isAway = false; ; ) {
    const path = `/api/v1/log/stream${filterOf(options, { after: last })}`;
    const stream = await followDaemon(target, path, SILENCE_MS);
    if (stream.kind === 'refused' && stream.code !== 'LOG_BUSY')
      throw new CliError('CLI_REFUSED', EXIT.failed, `${stream.message} (${stream.where})`);
    if (stream.kind === 'stream') {
      isAway = false;
      last = await showEvents(stream.text, last, json);
    }
    if (!isAway) printError(awayText(stream));
    isAway = true;
    await wait(AGAIN_MS);
  }
}

function awayText(stream: Awaited<ReturnType<typeof followDaemon>>): string {
  const why =
    stream.kind === 'none' ? stream.why : stream.kind === 'refused' ? stream.message : 'the connection ended';
  return `${why}; trying again until it answers`;
}

/** @returns the id of the last event, behind which the next stream begins */
async function showEvents(text: AsyncIterable<string>, after: string, json: boolean): Promise<string> {
  let last = after;
  const events = new EventReader();
  try {
    for await (const part of text) {
      const rows: LogRow[] = [];
      for (const { event, id, data } of events.read(part)) {
        if (event === 'query') rows.push(JSON.parse(data) as LogRow);
        if (event === 'missed')
          printError(
            `more came than can be followed: ${grouped((JSON.parse(data) as { readonly missed: number }).missed)} are not shown here; the log has them`,
          );
        if (id !== null) last = id;
      }
      show(rows, json, false);
    }
  } catch {
    // It broke off, as when the daemon ends: that is told where it is followed again.
  }
  return last;
}

function filterOf(options: LogOptions, more: Readonly<Record<string, string>> = {}): string {
  const { since, until, client, user, name, type, outcome, list, upstream } = options;
  return queryOf({ since, until, client, user, name, type, outcome, list, upstream, ...more });
}

function limitOf({ limit, json }: LogOptions): number {
  if (limit === undefined) return json ? Number.POSITIVE_INFINITY : TABLE_LIMIT;
  if (/^[1-9]\d{0,8}$/.test(limit)) return Number(limit);
  throw new CliError('CLI_LIMIT', EXIT.bad, `not a number of queries: ${JSON.stringify(limit)} (--limit)`);
}

function show(rows: readonly LogRow[], json: boolean, withHead: boolean): void {
  if (json) for (const row of rows) process.stdout.write(`${JSON.stringify(row)}\n`);
  else if (rows.length > 0) printLines(linesOf(rows, withHead));
}

function linesOf(rows: readonly LogRow[], withHead: boolean): string[] {
  const cells = rows.map((row) => [
    moment(row.time),
    machineText(row),
    row.count === 1 ? row.name : `${row.name} ×${row.count}`,
    row.type,
    row.result === 'data' ? 'answered' : row.result,
    fromText(row),
    row.waitedMs === null ? '' : `${row.waitedMs} ms`,
  ]);
  return columns(
    withHead ? [['TIME (UTC)', 'MACHINE', 'NAME', 'TYPE', 'GOT', 'FROM', 'WAITED'], ...cells] : cells,
  );
}

/** `till-3 (user anna)`. */
function machineText({ client }: LogRow): string {
  const machine = client.name ?? client.ip;
  const users = usersIn(client);
  return users.length === 0 ? machine : `${machine} (user ${users.join(' or ')})`;
}

function fromText({ from, list, rule, upstream }: LogRow): string {
  if (list !== null) return rule === null ? `list ${list}` : `list ${list} (${rule})`;
  if (from === 'nobody') return upstream === null ? 'no upstream answered' : `no answer from ${upstream}`;
  return upstream === null ? from : `${from} ${upstream}`;
}
