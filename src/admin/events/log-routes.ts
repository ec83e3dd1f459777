// The routes of the query log: its rows page by page and as they come, rankings, charts, export.

import { Readable } from 'node:stream';
import { userText } from '../../clients/who.ts';
import { OUTCOME_WORDS, OUTCOMES } from '../../querylog/outcome.ts';
import type {
  LogAnswers,
  LogCoverage,
  LogCursor,
  LogFilter,
  LogQuestion,
  TopOf,
} from '../../querylog/read/question.ts';
import { readNamePart } from '../../wire/names/pasted-name.ts';
import { textToType } from '../../wire/records/iana.ts';
import { type Asked, ok, type Route, RouteError, reads } from '../route.ts';
import { isoTime, sinceMs, spanOf, whoIs } from './asked.ts';
import { CSV_HEAD, csvLine } from './csv.ts';
import { LOG_QUERIES, LOG_RESPONSES, USUAL } from './log-schemas.ts';
import { streamRoute } from './log-stream.ts';
import type { EventsState } from './state.ts';

export interface LogState {
  /** @throws RouteError LOG_UNREADABLE, LOG_BUSY */
  readonly askLog: <Q extends LogQuestion>(question: Q) => Promise<LogAnswers[Q['what']]>;
  /** False: no query is logged at present. */
  readonly keepsLog: () => boolean;
  /** Under pseudonyms what was a hit is not logged: hits keep their client. */
  readonly leavesHitsOut: () => boolean;
  /** The log cannot be written at present: what is asked waits. */
  readonly isLogHeldUp: () => Promise<boolean>;
}

const LOG_MS = 35_000;
const TAIL_ROWS = 1000;
/** Of what another thread sends, a few milliseconds' work. */
const EXPORT_PAGE = 2_000;
const EXPORT_ROWS_MAX = 100_000;
const CHART_POINTS_MAX = 2000;
/** A header of some 1,500 octets. */
const GAPS_IN_HEADER = 20;
const STEPS_MS = { '10m': 600_000, '1h': 3_600_000, '1d': 86_400_000 } as const;

export type KeptNow = Pick<LogState, 'keepsLog' | 'leavesHitsOut' | 'isLogHeldUp'>;

export function logRoutes(state: LogState & EventsState, now: () => number): readonly Route[] {
  const log = { patienceMs: LOG_MS };
  return [
    reads({
      ...log,
      path: '/api/v1/log',
      role: 'reader',
      summary: 'Queries, newest first; `cursor` of one page is where the next begins.',
      query: LOG_QUERIES.rows,
      response: LOG_RESPONSES.rows,
      answer: async ({ query }) => {
        const { limit = String(USUAL.rows), cursor } = query;
        const filter = filterOf(state, query, now());
        const question = { what: 'rows', filter, limit: Number(limit), cursor: cursorOf(cursor) } as const;
        const { rows, next, coverage } = await state.askLog(question);
        const since = isoTime(filter.sinceMs);
        return ok({
          since,
          ...(await keptNow(state)),
          coverage,
          rows,
          cursor: cursorText(next),
        });
      },
    }),
    reads({
      ...log,
      path: '/api/v1/log/tail',
      role: 'reader',
      summary: 'Queries as they come, oldest first: those after `after`, which the answer before gave.',
      query: LOG_QUERIES.tail,
      response: LOG_RESPONSES.tail,
      answer: async ({ query }) => {
        const filter = filterOf(state, query, now());
        const after = query['after'] === undefined ? null : { batch: Number(query['after']) };
        return ok(await state.askLog({ what: 'tail', filter, limit: TAIL_ROWS, after }));
      },
    }),
    streamRoute(state, (query) => filterOf(state, query, now())),
    reads({
      ...log,
      path: '/api/v1/log/export',
      role: 'reader',
      summary:
        'Queries, newest first, as JSON Lines or CSV: at most 100,000; `until` goes on from the last. The header `X-Cenote-Known` says as JSON of which time they are all that there was.',
      query: LOG_QUERIES.export,
      response: null,
      types: ['application/jsonl', 'text/csv'],
      answer: async ({ query }) => exported(state, query, now()),
    }),
    reads({
      ...log,
      path: '/api/v1/top',
      role: 'reader',
      summary: 'Machines, names, lists or upstreams with the most queries.',
      query: LOG_QUERIES.top,
      response: LOG_RESPONSES.top,
      answer: async ({ query }) => {
        const { of = USUAL.of, limit = String(USUAL.top) } = query;
        const { sinceMs: fromMs, untilMs } = spanOf(query, USUAL.since, now());
        const question = {
          what: 'top',
          of: of as TopOf,
          sinceMs: fromMs,
          untilMs: untilMs ?? now() + 1,
          limit: Number(limit),
        } as const;
        return ok({
          since: isoTime(fromMs),
          ...(await keptNow(state)),
          of,
          ...(await state.askLog(question)),
        });
      },
    }),
    reads({
      ...log,
      path: '/api/v1/charts',
      role: 'reader',
      summary:
        'Queries by how they ended, by ten minutes, hour or day: of UTC, or of the clock that `offset` tells.',
      query: LOG_QUERIES.charts,
      response: LOG_RESPONSES.charts,
      answer: async ({ query }) => chart(state, query, now()),
    }),
  ];
}

/** What the log has at present, beside each answer from it. */
export async function keptNow(
  state: KeptNow,
): Promise<Record<'keepsLog' | 'leavesHitsOut' | 'isHeldUp', boolean>> {
  return {
    keepsLog: state.keepsLog(),
    leavesHitsOut: state.leavesHitsOut(),
    isHeldUp: await state.isLogHeldUp(),
  };
}

async function chart(state: LogState, query: Asked['query'], nowMs: number): ReturnType<Route['answer']> {
  const { step = USUAL.step, since = USUAL.since } = query;
  const offset = Number(query['offset'] ?? 0);
  const fromMs = sinceMs(since, nowMs);
  const stepMs = STEPS_MS[step as keyof typeof STEPS_MS];
  if ((nowMs - fromMs) / stepMs > CHART_POINTS_MAX)
    throw new RouteError(
      400,
      'BAD_SINCE',
      `that is more than ${CHART_POINTS_MAX} steps of ${step}; take a longer step or a shorter time`,
    );
  const { points, coverage } = await state.askLog({
    what: 'chart',
    sinceMs: fromMs,
    untilMs: nowMs + 1,
    stepMs,
    offsetMs: offset * 60_000,
  });
  const named = points.map(({ time, counts }) => ({
    time,
    ...Object.fromEntries(OUTCOMES.map((outcome, i) => [outcome, counts[i] ?? 0])),
  }));
  return ok({
    since: isoTime(fromMs),
    ...(await keptNow(state)),
    step,
    offset,
    coverage,
    points: named,
  });
}

async function exported(
  state: LogState & EventsState,
  query: Asked['query'],
  nowMs: number,
): ReturnType<Route['answer']> {
  const filter = filterOf(state, query, nowMs);
  const isCsv = query['format'] === 'csv';
  // As octets, page by page: a hundred thousand rows as objects, or as one text, hold up whoever asks for anything else.
  const pieces: Buffer[] = isCsv ? [Buffer.from(CSV_HEAD)] : [];
  let [rows, coverage, cursor]: [number, LogCoverage | null, LogCursor | null] = [0, null, null];
  do {
    const limit = Math.min(EXPORT_PAGE, EXPORT_ROWS_MAX - rows);
    const page: LogAnswers['rows'] = await state.askLog({ what: 'rows', filter, limit, cursor });
    const lines = page.rows.map(isCsv ? csvLine : (row) => `${JSON.stringify(row)}\n`);
    pieces.push(Buffer.from(lines.join('')));
    rows += page.rows.length;
    coverage ??= page.coverage;
    cursor = page.next;
  } while (cursor !== null && rows < EXPORT_ROWS_MAX);
  return {
    status: 200,
    body: Readable.from(pieces),
    contentType: isCsv ? 'text/csv; charset=utf-8; header=present' : 'application/jsonl; charset=utf-8',
    headers: {
      'content-disposition': `attachment; filename="queries.${isCsv ? 'csv' : 'jsonl'}"`,
      'content-length': String(pieces.reduce((sum, { length }) => sum + length, 0)),
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      ...(cursor === null ? {} : { 'x-cenote-cut': 'true' }),
      'x-cenote-known': await knownText(state, filter, coverage),
    },
  };
}

/** Of which time a file of rows speaks, which has no place for it: as JSON, of gaps the newest. */
async function knownText(
  state: LogState,
  { sinceMs: fromMs }: LogFilter,
  coverage: LogCoverage | null,
): Promise<string> {
  const gaps = coverage?.gaps.slice(-GAPS_IN_HEADER) ?? [];
  return JSON.stringify({
    since: isoTime(fromMs),
    ...(await keptNow(state)),
    coverage: { ...coverage, gaps },
  });
}

function filterOf(state: EventsState, query: Asked['query'], nowMs: number): LogFilter {
  const { client, user, name, type, outcome, list, upstream } = query;
  const who = client === undefined ? null : whoIs(state, client);
  const isUser = who?.users !== undefined;
  const { sinceMs: fromMs, untilMs } = spanOf(query, USUAL.since, nowMs);
  return {
    sinceMs: fromMs,
    untilMs: untilMs ?? Number.MAX_SAFE_INTEGER,
    who: isUser ? null : who,
    name: name === undefined ? null : readNamePart(name),
    qtype: type === undefined ? null : typeOf(type),
    outcome: outcome === undefined ? null : outcomeOf(outcome),
    list: list ?? null,
    upstream: upstream ?? null,
    users: [...(user === undefined ? [] : [user]), ...(isUser ? [userText(client ?? '')] : [])],
  };
}

function typeOf(text: string): number {
  const type = textToType(text);
  if (type === null)
    throw new RouteError(
      400,
      'BAD_TYPE',
      `not a record type: ${JSON.stringify(text)}; A, AAAA, HTTPS, or TYPE65`,
    );
  return type;
}

function outcomeOf(text: string): string {
  const outcome = text.toLowerCase();
  if (!OUTCOME_WORDS.includes(outcome))
    throw new RouteError(
      400,
      'BAD_OUTCOME',
      `not an outcome: ${JSON.stringify(text)}; ${OUTCOME_WORDS.join(', ')}`,
    );
  return outcome;
}

const cursorText = (cursor: LogCursor | null): string | null =>
  cursor === null ? null : `${cursor.timeMs}.${cursor.given}`;

function cursorOf(text: string | undefined): LogCursor | null {
  if (text === undefined) return null;
  const [timeMs = '', given = ''] = text.split('.');
  return { timeMs: Number(timeMs), given: Number(given) };
}
