// The routes of the lists: what is in force of each, and a refresh that somebody wants now.
import type { LogCoverage } from '../../querylog/read/question.ts';
import { isoTime } from '../events/asked.ts';
import { type KeptNow, keptNow } from '../events/log-routes.ts';
import { keptNow as keptNowShape, logCoverage } from '../events/log-schemas.ts';
import { type Answer, changes, ok, type Route, reads } from '../route.ts';
import { RESPONSES } from '../schemas.ts';
import { bounded, count, list, object, type Schema, said, text, texts, time, wanted } from '../shapes.ts';
import type { ListView } from './list-view.ts';

export interface ListsState extends KeptNow {
  readonly lists: () => readonly ListView[];
  readonly listCatches: (sinceMs: number) => Promise<CatchesView>;
  /**
   * Asks the sources of these lists, or of all, and waits until what came is in force or refused.
   * @throws RouteError for a list that is none
   */
  readonly refreshLists: (names: readonly string[] | null) => Promise<readonly ListView[]>;
}

/** By the query log, of the time that it knows. */
export interface CatchesView {
  readonly catches: readonly CatchView[];
  readonly coverage: LogCoverage;
}

export interface CatchView {
  readonly list: string;
  /** Blocked queries that it decided. */
  readonly queries: number;
  /** Of those looked at: for names that no other list in force would block. */
  readonly alone: number;
  /** Of its queries, those whose names were looked at: the newest, and spread evenly. */
  readonly looked: number;
}

const WEEK_MS = 7 * 86_400_000;
const CATCHES_MS = 60_000;
/** A source may be silent three times for a quarter of a minute, and a long list is compiled after that. */
const REFRESH_MS = 300_000;

const caught: Schema = object({
  list: text,
  queries: said('Blocked queries that it decided.', count),
  alone: said('Of those looked at: for names that no other list in force would block.', count),
  looked: said('Of its queries, those whose names were looked at, the newest and spread evenly.', count),
});
const one: Schema = wanted({ list: said('Name of a list.', bounded(256)) }, ['list']);
const some: Schema = wanted({ lists: said('Names of lists; unset, all.', texts) }, []);

export function listRoutes(state: ListsState, now: () => number): readonly Route[] {
  return [
    reads({
      path: '/api/v1/lists',
      role: 'reader',
      summary: 'Each list: entries, age, state, since when and why.',
      response: RESPONSES.lists,
      answer: async () => ok({ lists: state.lists() }),
    }),
    reads({
      path: '/api/v1/lists/catches',
      role: 'reader',
      summary: 'What each list caught in the last week, by the log, and what it alone did.',
      response: object({ since: time, ...keptNowShape, catches: list(caught), coverage: logCoverage }),
      patienceMs: CATCHES_MS,
      answer: async () => {
        const sinceMs = now() - WEEK_MS;
        const told = await state.listCatches(sinceMs);
        return ok({ since: isoTime(sinceMs), ...(await keptNow(state)), ...told });
      },
    }),
    changes({
      path: '/api/v1/lists/refresh',
      role: 'admin',
      summary: 'Fetches lists now, and tells how they are after that.',
      body: some,
      bodyOctets: 65_536,
      response: RESPONSES.lists,
      patienceMs: REFRESH_MS,
      answer: async ({ body }) => {
        const { lists } = body as { readonly lists?: readonly string[] };
        return refreshed(state, lists ?? null);
      },
    }),
    changes({
      path: '/api/v1/lists/:list/refresh',
      role: 'admin',
      summary: 'Fetches one list now, and tells how it is after that.',
      params: one,
      response: RESPONSES.lists,
      patienceMs: REFRESH_MS,
      answer: ({ params: { list: name = '' } }) => refreshed(state, [name]),
    }),
  ];
}

async function refreshed(state: ListsState, names: readonly string[] | null): Promise<Answer> {
  const before = factsOf(state.lists().filter(({ name }) => names?.includes(name) ?? true));
  const lists = await state.refreshLists(names);
  return { ...ok({ lists }), before, after: factsOf(lists) };
}

/** What a refresh may change, for the audit log. */
const factsOf = (lists: readonly ListView[]): object =>
  Object.fromEntries(
    lists.map(({ name, entries, state, lastChange }) => [name, { entries, state, lastChange }]),
  );
