// The query log as server-sent events: each query as it comes, for one client at a time that may be slow, go away and come back.
//
// Nothing is kept for a client but how far it is: what it does not take in time stays in the log, and is read when it can
// take more; of what came meanwhile it gets the newest, and is told how many it missed.
import { Readable } from 'node:stream';
import type { LogAnswers, LogFilter, LogPlace, LogQuestion, LogTail } from '../../querylog/read/question.ts';
import { type Asked, type Route, RouteError, reads } from '../route.ts';
import { LOG_QUERIES } from './log-schemas.ts';

interface StreamState {
  readonly askLog: <Q extends LogQuestion>(question: Q) => Promise<LogAnswers[Q['what']]>;
}

/** Rows that a client gets in one go; of what came while it took them, no more. */
const ROWS_MAX = 1000;
const STREAMS_MAX = 16;
/** The log gets a batch every two seconds. */
const LOOK_MS = 1000;
/** Something is sent at least so often: proxies, and ourselves, end what is silent for a minute. */
const HEARTBEAT_MS = 15_000;
const PATIENCE_MS = 60_000;
/** What may wait for a client in this process. */
const WAITING_OCTETS = 64 * 1024;
/** A batch of the log, whole or up to one of its rows. */
const ID = /^(\d{1,15})(?:\.(\d{1,9}))?$/;

export function streamRoute(state: StreamState, filterOf: (query: Asked['query']) => LogFilter): Route {
  let open = 0;
  return reads({
    path: '/api/v1/log/stream',
    role: 'reader',
    summary:
      'Queries as they come, as server-sent events: `query` with a row of the log, `missed` with how many this client did not get, a comment when nothing comes. `Last-Event-ID` or `after` goes on behind an event.',
    query: LOG_QUERIES.stream,
    response: null,
    isStream: true,
    patienceMs: PATIENCE_MS,
    answer: async ({ query, headers }) => {
      const after = placeOf(headers['last-event-id'] ?? query['after']);
      const filter = filterOf(query);
      if (open >= STREAMS_MAX)
        throw new RouteError(503, 'LOG_BUSY', `${STREAMS_MAX} others follow the log already; try later`);
      // Asked before the answer begins: a log that cannot be read is an error, no stream.
      const from = after ?? { batch: (await tailOf(state, filter, null)).after };
      open += 1;
      const events = new LogEvents(state, filter, from);
      events.once('close', () => {
        open -= 1;
      });
      return {
        status: 200,
        body: events,
        contentType: 'text/event-stream; charset=utf-8',
        // nginx would hold events back.
        headers: { 'x-accel-buffering': 'no' },
      };
    },
  });
}

/** Asks the log again and again, but only while its client takes what there is. */
class LogEvents extends Readable {
  readonly #state: StreamState;
  readonly #filter: LogFilter;
  #place: LogPlace;
  #timer: NodeJS.Timeout | null = null;
  #saidMs = performance.now();
  #isAsking = false;

  constructor(state: StreamState, filter: LogFilter, from: LogPlace) {
    super({ highWaterMark: WAITING_OCTETS });
    this.#state = state;
    this.#filter = filter;
    this.#place = from;
    this.push('retry: 2000\n: queries that meet the filter, from now on\n\n');
  }

  override _read(): void {
    if (this.#timer === null && !this.#isAsking) void this.#look();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    done(error);
  }

  async #look(): Promise<void> {
    this.#isAsking = true;
    try {
      this.#tell(await tailOf(this.#state, this.#filter, this.#place));
    } catch (error) {
      // The client comes again, and is told why then.
      this.destroy(error instanceof Error ? error : new Error(String(error)));
    }
    this.#isAsking = false;
  }

  #tell({ rows, ids, after, missed }: LogTail): void {
    if (this.destroyed) return;
    this.#place = { batch: after };
    const events = rows.map((row, i) => `id: ${ids[i]}\nevent: query\ndata: ${JSON.stringify(row)}\n\n`);
    if (missed > 0) events.unshift(`event: missed\ndata: ${JSON.stringify({ missed })}\n\n`);
    else if (rows.length === 0 && performance.now() - this.#saidMs >= HEARTBEAT_MS)
      events.push(': nothing came\n\n');
    const isTaking = events.length === 0 || this.push(events.join(''));
    if (events.length > 0) this.#saidMs = performance.now();
    this.#timer = setTimeout(() => {
      this.#timer = null;
      if (isTaking) void this.#look();
    }, LOOK_MS);
    this.#timer.unref();
  }
}

const tailOf = (state: StreamState, filter: LogFilter, after: LogPlace | null): Promise<LogAnswers['tail']> =>
  state.askLog({ what: 'tail', filter, limit: ROWS_MAX, after });

function placeOf(id: string | undefined): LogPlace | null {
  if (id === undefined || id === '') return null;
  const [, batch, row] = ID.exec(id) ?? [];
  if (batch === undefined)
    throw new RouteError(
      400,
      'BAD_QUERY',
      `not the id of an event: ${JSON.stringify(id)}; take it as it came, such as 17.3`,
    );
  return { batch: Number(batch), ...(row === undefined ? {} : { row: Number(row) }) };
}
