// What happened at all sites of a fleet, asked at the head: hits, incidents, a hunt.
import { messageOf } from '../../config/coded-error.ts';
import type { Across } from '../../fleet/across.ts';
import { type Asked, changes, ok, type Route, RouteError, reads } from '../route.ts';
import { bounded, wanted } from '../shapes.ts';
import { ACROSS, ACROSS_QUERIES } from './across-schemas.ts';
import { shownHunt } from './across-shown.ts';
import { huntedOf, isoTime, sinceMs, spanOf } from './asked.ts';
import { EVENT_BODIES } from './schemas.ts';

/** Sites that are there answer within seconds; a long history takes longer. */
const WAIT_MS = 20_000;
const STORE_MS = 60_000;
const HUNT_OCTETS = 1024 * 1024;
const LIMIT = 1000;

export function acrossRoutes(fleet: (() => Across | null) | null, now: () => number): readonly Route[] {
  const across = (): Across => {
    const there = fleet?.() ?? null;
    if (there !== null) return there;
    throw fleet === null
      ? new RouteError(409, 'NO_FLEET', 'this daemon stands alone: it has no section `fleet`')
      : new RouteError(
          409,
          'FLEET_STORE',
          'this daemon keeps no hits of other sites: it has no `fleet.store`; ask the head',
        );
  };
  return [
    reads({
      path: '/api/v1/fleet/hits',
      role: 'reader',
      summary: 'Hits of all sites, newest first.',
      query: ACROSS_QUERIES.hits,
      response: ACROSS.hits,
      patienceMs: STORE_MS,
      answer: async ({ query }) => {
        const { since: _, until: __, limit, ...which } = query;
        const { sinceMs: fromMs, untilMs } = spanOf(query, '7d', now());
        const filter = {
          ...which,
          sinceMs: fromMs,
          limit: Number(limit ?? LIMIT),
          ...(untilMs === null ? {} : { untilMs }),
        };
        const there = across();
        const [hits, known] = await stored(Promise.all([there.hits(filter), there.coverage()]));
        return ok({ since: isoTime(fromMs), coverage: known, hits });
      },
    }),
    reads({
      path: '/api/v1/fleet/incidents',
      role: 'reader',
      summary: 'Incidents of all sites: what one machine asked of one campaign is one, wherever it was.',
      query: ACROSS_QUERIES.incidents,
      response: ACROSS.incidents,
      patienceMs: STORE_MS,
      answer: async ({ query: { since = '30d', state, limit, ...which } }) => {
        const fromMs = sinceMs(since, now());
        const filter = {
          ...which,
          sinceMs: fromMs,
          limit: Number(limit ?? LIMIT),
          ...(state === 'open' || state === 'closed' ? { state: state as 'open' | 'closed' } : {}),
        };
        const there = across();
        const [incidents, known] = await stored(Promise.all([there.incidents(filter), there.coverage()]));
        return ok({ since: isoTime(fromMs), coverage: known, incidents });
      },
    }),
    ...told(across, now),
    ...hunts(across, now),
  ];
}

/** Finds, and what is wrong with cenote at each site. */
function told(across: () => Across, now: () => number): readonly Route[] {
  const shared = { role: 'reader', patienceMs: STORE_MS } as const;
  const filterOf = ({ since = '30d', limit, ...which }: Asked['query']) => ({
    ...which,
    sinceMs: sinceMs(since, now()),
    limit: Number(limit ?? LIMIT),
  });
  return [
    reads({
      ...shared,
      path: '/api/v1/fleet/finds',
      summary: 'What machines of all sites had asked for before it was listed, the latest found first.',
      query: ACROSS_QUERIES.finds,
      response: ACROSS.finds,
      answer: async ({ query }) => {
        const [there, filter] = [across(), filterOf(query)];
        const [finds, coverage] = await stored(Promise.all([there.finds(filter), there.coverage()]));
        return ok({ since: isoTime(filter.sinceMs), coverage, finds });
      },
    }),
    reads({
      ...shared,
      path: '/api/v1/fleet/troubles',
      summary: 'What is and was wrong with cenote at all sites, the latest first.',
      query: ACROSS_QUERIES.troubles,
      response: ACROSS.troubles,
      answer: async ({ query }) => {
        const [there, filter] = [across(), filterOf(query)];
        const [troubles, coverage] = await stored(Promise.all([there.troubles(filter), there.coverage()]));
        return ok({ since: isoTime(filter.sinceMs), coverage, troubles });
      },
    }),
  ];
}

function hunts(across: () => Across, now: () => number): readonly Route[] {
  const hunt = { role: 'analyst', response: ACROSS.hunt, patienceMs: WAIT_MS + STORE_MS } as const;
  return [
    changes({
      ...hunt,
      path: '/api/v1/fleet/hunt',
      summary:
        'Asks all sites who asked for what is listed now, or for given names; sites that are cut off are asked when they are back.',
      body: EVENT_BODIES.hunt,
      bodyOctets: HUNT_OCTETS,
      answer: async ({ body }) => {
        const {
          lists = [],
          names = [],
          since = '90d',
        } = body as {
          readonly lists?: readonly string[];
          readonly names?: readonly string[];
          readonly since?: string;
        };
        const wanted = { names: names.map(huntedOf), sinceMs: sinceMs(since, now()) };
        const isByList = lists.length > 0 || names.length === 0;
        const asked = isByList ? { ...wanted, lists: lists.length === 0 ? null : lists } : wanted;
        const found = shownHunt(await stored(across().hunt(asked, WAIT_MS)));
        return { ...ok(found), after: { id: found.id } };
      },
    }),
    reads({
      ...hunt,
      path: '/api/v1/fleet/hunts/:id',
      summary: 'A hunt that was begun, with what sites have answered by now.',
      params: wanted({ id: bounded(64) }, ['id']),
      answer: async ({ params: { id = '' } }) => {
        const found = await stored(across().hunted(id));
        if (found === null)
          throw new RouteError(404, 'NO_HUNT', 'there is no hunt of this id; hunts are kept for a week');
        return ok(shownHunt(found));
      },
    }),
  ];
}

/** PostgreSQL may be down: that is said, and is no fault of ours. */
async function stored<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const why = messageOf(error);
    throw new RouteError(503, 'FLEET_STORE', `the central store cannot be asked now: ${why}`);
  }
}
