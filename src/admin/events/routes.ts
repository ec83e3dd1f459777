// The routes about what happened: hits, the hunt, clients, alerts; beside them incidents, and those that pause blocking.

import type { HitFilter } from '../../hits/store/hit-table.ts';
import { nobodyIs } from '../clients/routes.ts';
import type { OverridesState } from '../overrides/routes.ts';
import { changes, ok, type Route, reads } from '../route.ts';
import { clientAndLimit, huntedOf, isoTime, sinceMs, spanOf, split, whoIs } from './asked.ts';
import { incidentRoutes } from './incident-routes.ts';
import { pauseRoutes } from './pause-routes.ts';
import { EVENT_BODIES, EVENT_PARAMS, EVENT_QUERIES, EVENT_RESPONSES } from './schemas.ts';
import type { EventsState, HuntAsked } from './state.ts';

/** The hits thread gives up after a minute itself. */
const HUNT_MS = 65_000;
const ALERTS_MS = 30_000;
const HUNT_OCTETS = 1024 * 1024;

export function eventRoutes(state: EventsState & OverridesState, now: () => number): readonly Route[] {
  return [
    ...showing(state, now),
    ...incidentRoutes(state, now),
    changes({
      path: '/api/v1/alerts/test',
      role: 'analyst',
      summary: 'Sends a sample to every receiver and tells what each answered.',
      response: EVENT_RESPONSES.alerts,
      patienceMs: ALERTS_MS,
      answer: async () => {
        const receivers = await state.testAlerts();
        return ok({ receivers, sinks: receivers.map(({ receiver, error }) => ({ sink: receiver, error })) });
      },
    }),
    ...pauseRoutes(state),
  ];
}

function showing(state: EventsState, now: () => number): readonly Route[] {
  const hunt = {
    path: '/api/v1/hunt',
    role: 'analyst',
    isAudited: false,
    response: EVENT_RESPONSES.hunt,
    patienceMs: HUNT_MS,
  } as const;
  return [
    reads({
      path: '/api/v1/hits',
      role: 'reader',
      summary: 'Hits, newest first.',
      query: EVENT_QUERIES.hits,
      response: EVENT_RESPONSES.hits,
      answer: async ({ query }) => {
        const { list } = query;
        const { sinceMs: since, untilMs } = spanOf(query, '7d', now());
        const filter: HitFilter = {
          sinceMs: since,
          ...(untilMs === null ? {} : { untilMs }),
          ...(list === undefined ? {} : { list }),
          ...clientAndLimit(state, query),
        };
        const [hits, coverage] = await Promise.all([state.hits(filter), state.coverage('hits', since)]);
        return ok({ since: isoTime(since), coverage, hits });
      },
    }),
    reads({
      ...hunt,
      summary: 'Who asked in the past for what is listed now, or for given names.',
      query: EVENT_QUERIES.hunt,
      answer: async ({ query: { lists, names, since = '90d' } }) =>
        search(state, split(lists), split(names), sinceMs(since, now())),
    }),
    reads({
      ...hunt,
      method: 'POST',
      summary: 'The same for more names than a URL holds.',
      body: EVENT_BODIES.hunt,
      bodyOctets: HUNT_OCTETS,
      answer: async ({ body }) => {
        const {
          lists = [],
          names = [],
          since = '90d',
        } = body as Partial<Record<string, string[]>> & {
          readonly since?: string;
        };
        return search(state, lists, names, sinceMs(since, now()));
      },
    }),
    reads({
      path: '/api/v1/clients/:client',
      role: 'reader',
      summary: 'One machine: its incidents, its hits, and what else it asked for.',
      params: EVENT_PARAMS.client,
      query: EVENT_QUERIES.client,
      response: EVENT_RESPONSES.client,
      answer: async ({ params: { client: meant = '' }, query: { since = '30d' } }) => {
        const fromMs = sinceMs(since, now());
        const who = whoIs(state, meant);
        if (who.machines.length + who.ips.length === 0) throw nobodyIs(meant);
        const client = await state.client(who, fromMs);
        const [coverage, hitsCoverage] = await Promise.all([
          state.coverage('history', fromMs),
          state.coverage('hits', fromMs),
        ]);
        return ok({
          since: isoTime(fromMs),
          keepsHistory: state.keepsHistory(),
          coverage,
          hitsCoverage,
          client,
        });
      },
    }),
  ];
}

async function search(
  state: EventsState,
  lists: readonly string[],
  given: readonly string[],
  since: number,
): ReturnType<Route['answer']> {
  const names = given.map(huntedOf);
  const asked: HuntAsked = { lists: lists.length === 0 ? null : lists, names, sinceMs: since };
  const [findings, coverage] = await Promise.all([state.hunt(asked), state.coverage('history', since)]);
  const lookedFor = { lists: asked.lists ?? (names.length > 0 ? [] : state.alerting()), names: names.length };
  return ok({ since: isoTime(since), keepsHistory: state.keepsHistory(), coverage, lookedFor, findings });
}
