// The routes about what happened: hits, the hunt, incidents, clients, alerts; and those that pause blocking.

import type { Who } from '../../clients/who.ts';
import { parseDuration } from '../../config/values/amounts.ts';
import type { HitFilter } from '../../hits/store/hit-table.ts';
import type { IncidentFilter } from '../../hits/store/incident-table.ts';
import { type Asked, changes, ok, type Route, RouteError, reads } from '../route.ts';
import { isoTime, nameOf, sinceMs, split, whoIs } from './asked.ts';
import { EVENT_BODIES, EVENT_PARAMS, EVENT_QUERIES, EVENT_RESPONSES } from './schemas.ts';
import type { EventsState, HuntAsked } from './state.ts';

/** The hits thread gives up after a minute itself. */
const HUNT_MS = 65_000;
const ALERTS_MS = 30_000;
const HUNT_OCTETS = 1024 * 1024;
const DAY_MS = 86_400_000;
/** A timer of the runtime counts no further (2³¹ ms). */
const PAUSE_DAYS_MAX = 24;

export function eventRoutes(state: EventsState, now: () => number): readonly Route[] {
  return [
    ...showing(state, now),
    changes({
      path: '/api/v1/incidents/:id/acknowledge',
      role: 'analyst',
      summary: 'Somebody has seen the incident: it is not told again.',
      params: EVENT_PARAMS.incident,
      response: EVENT_RESPONSES.incident,
      answer: async ({ params: { id = '' } }) => {
        const incident = await state.acknowledge(id.toUpperCase());
        if (incident === null)
          throw new RouteError(404, 'NO_INCIDENT', 'there is no incident of this id; see /api/v1/incidents');
        return { ...ok({ incident }), after: { acknowledged: incident.acknowledged } };
      },
    }),
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
    changes({
      path: '/api/v1/pause',
      role: 'admin',
      summary: 'Stops blocking, for a while or until it is resumed.',
      body: EVENT_BODIES.pause,
      response: EVENT_RESPONSES.pauses,
      answer: async ({ body }) => {
        const { for: duration, group } = body as { readonly for?: string; readonly group?: string };
        const before = state.paused();
        await state.pause(group ?? null, duration === undefined ? null : pauseMs(duration));
        return { ...ok({ paused: state.paused() }), before, after: state.paused() };
      },
    }),
    changes({
      path: '/api/v1/resume',
      role: 'admin',
      summary: 'Blocks again.',
      body: EVENT_BODIES.resume,
      response: EVENT_RESPONSES.pauses,
      answer: async ({ body }) => {
        const before = state.paused();
        await state.resume((body as { readonly group?: string }).group ?? null);
        return { ...ok({ paused: state.paused() }), before, after: state.paused() };
      },
    }),
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
        const { since: sinceText = '7d', until, list } = query;
        const since = sinceMs(sinceText, now());
        const filter: HitFilter = {
          sinceMs: since,
          ...(until === undefined ? {} : { untilMs: sinceMs(until, now()) }),
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
      path: '/api/v1/incidents',
      role: 'reader',
      summary: 'Incidents: who asked for what, grouped by client and campaign.',
      query: EVENT_QUERIES.incidents,
      response: EVENT_RESPONSES.incidents,
      answer: async ({ query }) => {
        const { since: sinceText = '30d', state: wanted } = query;
        const since = sinceMs(sinceText, now());
        const filter: IncidentFilter = {
          sinceMs: since,
          ...(wanted === 'open' || wanted === 'closed' ? { state: wanted } : {}),
          ...clientAndLimit(state, query),
        };
        const [incidents, coverage] = await Promise.all([
          state.incidents(filter),
          state.coverage('hits', since),
        ]);
        return ok({ since: isoTime(since), coverage, incidents });
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
        const client = await state.client(whoIs(state, meant), fromMs);
        const [coverage, hitsCoverage] = await Promise.all([
          state.coverage('history', fromMs),
          state.coverage('hits', fromMs),
        ]);
        return ok({ since: isoTime(fromMs), coverage, hitsCoverage, client });
      },
    }),
    reads({
      path: '/api/v1/pause',
      role: 'reader',
      summary: 'Groups whose blocking is paused.',
      response: EVENT_RESPONSES.pauses,
      answer: async () => ok({ paused: state.paused() }),
    }),
  ];
}

async function search(
  state: EventsState,
  lists: readonly string[],
  given: readonly string[],
  since: number,
): ReturnType<Route['answer']> {
  const names = given.map(nameOf);
  const asked: HuntAsked = { lists: lists.length === 0 ? null : lists, names, sinceMs: since };
  const [findings, coverage] = await Promise.all([state.hunt(asked), state.coverage('history', since)]);
  const lookedFor = { lists: asked.lists ?? (names.length > 0 ? [] : state.alerting()), names: names.length };
  return ok({ since: isoTime(since), keepsHistory: state.keepsHistory(), coverage, lookedFor, findings });
}

function clientAndLimit(
  state: EventsState,
  { client, limit }: Asked['query'],
): { who?: Who; limit?: number } {
  return {
    ...(client === undefined ? {} : { who: whoIs(state, client) }),
    ...(limit === undefined ? {} : { limit: Number(limit) }),
  };
}

function pauseMs(text: string): number {
  const duration = parseDuration(text);
  if (!duration.ok || duration.value <= 0)
    throw new RouteError(400, 'BAD_DURATION', `not a duration: ${JSON.stringify(text)}; 10m, 2h, 1d`);
  if (duration.value > PAUSE_DAYS_MAX * DAY_MS)
    throw new RouteError(
      400,
      'BAD_DURATION',
      `a pause lasts ${PAUSE_DAYS_MAX} days at most: ${JSON.stringify(text)}; leave it out to pause until it is resumed`,
    );
  return duration.value;
}
