// Users in the query log: nothing of them is stored there; who was logged on is looked up by machine and time, as hits do.
import type { MachineTable } from '../../clients/machine-table.ts';
import { isCalled, type Session } from '../../clients/users/session.ts';
import { endOf } from '../../clients/users/session-table.ts';
import { usersOf } from '../../clients/users/sessions.ts';
import { type Who, whoMeant } from '../../clients/who.ts';
import { userFields } from '../../hits/hit.ts';
import type {
  LogAnswers,
  LogFilter,
  LogQuestion,
  LogRow,
  LogRows,
  LogTail,
} from '../../querylog/read/question.ts';
import { addressToText, textToAddress, WHOLE_ADDRESS } from '../../wire/names/address.ts';

/** What one row stands for was asked inside this. */
const ROW_MS = 2000;

type AskLog = <Q extends LogQuestion>(question: Q) => Promise<LogAnswers[Q['what']]>;

/** Asks the log, and says of each row who was logged on. A page of one user's rows may be short and yet have a next one. */
export async function askWithUsers<Q extends LogQuestion>(
  table: MachineTable,
  question: Q,
  ask: AskLog,
): Promise<LogAnswers[Q['what']]> {
  if (!('filter' in question) || (table.sessions.isEmpty && question.filter.users.length === 0))
    return ask(question);
  if (question.what === 'rows') return (await pageWithUsers(table, question, ask)) as LogAnswers[Q['what']];
  if (question.what === 'tail') return (await tailWithUsers(table, question, ask)) as LogAnswers[Q['what']];
  return ask(question);
}

async function tailWithUsers(
  table: MachineTable,
  question: Extract<LogQuestion, { what: 'tail' }>,
  ask: AskLog,
): Promise<LogTail> {
  const { users } = question.filter;
  // Not narrowed to where the user was: who logs on from now on is meant too.
  const tail = await ask(question);
  const rows = tail.rows.map((row) => withUsers(table, row, users));
  return {
    ...tail,
    rows: rows.filter((row) => row !== null),
    ids: tail.ids.filter((_, i) => rows[i] !== null),
  };
}

async function pageWithUsers(
  table: MachineTable,
  question: Extract<LogQuestion, { what: 'rows' }>,
  ask: AskLog,
): Promise<LogRows> {
  const { users } = question.filter;
  const filter = users.reduce((of, user) => narrowed(table, of, user), question.filter);
  for (let { cursor } = question; ; ) {
    const page = await ask({ ...question, filter, cursor });
    const rows = page.rows.map((row) => withUsers(table, row, users)).filter((row) => row !== null);
    if (rows.length > 0 || page.next === null) return { ...page, rows };
    cursor = page.next;
  }
}

/** @returns null when one of the users was not logged on there then */
function withUsers(table: MachineTable, row: LogRow, users: readonly string[]): LogRow | null {
  const { time, count, client } = row;
  const fromMs = Date.parse(time);
  const toMs = count === 1 ? fromMs : fromMs + ROW_MS;
  const sessions = table.sessionsOf(client.machine, textToAddress(client.ip), fromMs, toMs);
  if (!users.every((user) => sessions.some((session) => isCalled(session, user)))) return null;
  return sessions.length === 0 ? row : { ...row, client: { ...client, ...userFields(usersOf(sessions)) } };
}

/** The same with the times in which a user was logged on, and the machines and addresses where, so that few other rows are read. */
function narrowed(table: MachineTable, filter: LogFilter, user: string): LogFilter {
  const sessions = table.sessions
    .all()
    .filter(
      (session) =>
        isCalled(session, user) && session.fromMs < filter.untilMs && endOf(session) > filter.sinceMs,
    );
  const begins = sessions.map(({ fromMs }) => fromMs - ROW_MS);
  return {
    ...filter,
    sinceMs: Math.max(
      filter.sinceMs,
      begins.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
    ),
    untilMs: Math.min(
      filter.untilMs,
      sessions.reduce((end, session) => Math.max(end, endOf(session)), 0),
    ),
    who: filter.who ?? whereabouts(table, sessions),
  };
}

/** Null: anywhere in a prefix. */
function whereabouts(table: MachineTable, sessions: readonly Session[]): Who | null {
  const networks = sessions.flatMap((session) => session.networks);
  if (networks.some(({ bits }) => bits < WHOLE_ADDRESS)) return null;
  const machines = sessions.flatMap(({ machine, mac }) => [
    ...(machine === null ? [] : table.idsOf(machine)),
    ...(mac === null ? [] : (whoMeant(table, mac)?.machines ?? [])),
  ]);
  return { machines: [...new Set(machines)], ips: networks.map(({ bytes }) => addressToText(bytes)) };
}
