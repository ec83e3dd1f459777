// The fleet over HTTP: how far each site is, a policy published, a site invited.
import { CodedError } from '../../config/coded-error.ts';
import { SITE } from '../../config/meant/fleet.ts';
import { parseSite } from '../../config/schema/fleet.ts';
import { changes, ok, type Route, RouteError, reads } from '../route.ts';
import {
  bounded,
  count,
  described,
  flag,
  list,
  object,
  orNull,
  type Schema,
  said,
  text,
  texts,
  time,
  wanted,
} from '../shapes.ts';
import type { FleetState } from './fleet-view.ts';

/** A list of a million names is read, compared and sent. */
const PUBLISH_MS = 120_000;

const siteName: Schema = described({ pattern: SITE.source }, bounded(64));
const refused: Schema = orNull(object({ revision: orNull(count), why: text, sinceMs: count, since: time }));

const site: Schema = object({
  site: text,
  condition: said(
    'current, changing, late, ahead, refused, silent, heard (this head knows no policy that it published) or expected.',
    text,
  ),
  since: orNull(time),
  heard: orNull(time),
  revision: orNull(count),
  inForceSince: said("By the head's clock.", orNull(time)),
  refused,
  behind: orNull(text),
  own: said(
    'What is wrong with its own file, where the policy holds beside what that said before.',
    orNull(object({ why: text, since: time })),
  ),
  unused: texts,
  version: orNull(text),
  started: orNull(time),
  names: orNull(count),
  lists: list(object({ name: text, state: text, entries: count, good: orNull(time) })),
  upstreams: list(object({ name: text, healthy: flag })),
  backlog: said('Hits that the central store does not have yet; null: none are sent.', orNull(count)),
  clockOffsetMs: said("Its clock less the head's.", { type: ['integer', 'null'] }),
  clockWrong: flag,
});

const view: Schema = object({
  site: text,
  role: said('site or head.', text),
  link: object({
    up: flag,
    since: time,
    server: orNull(text),
    serverVersion: orNull(text),
    why: orNull(text),
  }),
  policy: orNull(
    object({
      revision: said('In force; null: none.', orNull(count)),
      since: time,
      refused,
      behind: said('Why a newer policy is not here yet.', orNull(text)),
      unused: said("What this site's own file says and the head does not let it.", texts),
      fetchedOctets: count,
    }),
  ),
  home: object({
    waiting: said('Hits and the like that the head does not have; null: it has not said yet.', orNull(count)),
    heard: said('When it said last which it has.', orNull(time)),
    says: text,
  }),
  head: orNull(
    object({
      key: text,
      revision: orNull(count),
      published: orNull(time),
      change: orNull(text),
      isAhead: said('The configuration says something else than what is published.', flag),
      waits: said(
        'Why NATS does not keep it yet: sites that are connected get it all the same where it is small.',
        orNull(text),
      ),
      says: texts,
      isLagging: flag,
      sites: list(site),
      removed: said(
        'Sites that take part no more; `heard`: when one still came after that.',
        list(object({ site: text, since: time, heard: orNull(time) })),
      ),
    }),
  ),
});

const published: Schema = object({
  revision: count,
  change: text,
  isSame: said('Nothing differs from the revision before: none was made.', flag),
  waits: said(
    'Why NATS does not keep it yet: sites that are connected get it all the same where it is small.',
    orNull(text),
  ),
});

const invited: Schema = object({
  file: object({ site: text, nats: texts, key: orNull(text), ca: orNull(text), seed: text }),
  user: object({ nkey: text, permissions: object({ publish: texts, subscribe: texts }) }),
  users: said('The file on the head with the users of all that take part.', text),
});

const removed: Schema = object({
  site: text,
  nkey: said('Its key; null: it was given elsewhere.', orNull(text)),
  users: said('The file on the head without it, for the NATS server.', text),
});

/** @param fleet null: this daemon stands alone, and says so */
export function fleetRoutes(fleet: FleetState | null): readonly Route[] {
  const there = (): FleetState => {
    if (fleet !== null) return fleet;
    throw new RouteError(409, 'NO_FLEET', 'this daemon stands alone: it has no section `fleet`');
  };
  return [
    reads({
      path: '/api/v1/fleet',
      role: 'reader',
      summary: 'How far the sites of the fleet are; at a site: what it has of the head.',
      response: view,
      answer: async () => ok(there().view()),
    }),
    changes({
      path: '/api/v1/fleet/publish',
      role: 'admin',
      summary: "Publishes the head's configuration and lists to all sites.",
      body: wanted({}),
      response: published,
      patienceMs: PUBLISH_MS,
      answer: async () => {
        const before = { revision: there().view().head?.revision ?? null };
        const made = await orRefused(there().publish);
        return { ...ok(made), before, after: { revision: made.revision, change: made.change } };
      },
    }),
    changes({
      path: '/api/v1/fleet/invite',
      role: 'admin',
      summary: 'Makes the credentials of a site. They are shown once.',
      body: wanted({ site: siteName }, ['site']),
      response: invited,
      answer: async ({ body }) => {
        const site = siteOf(body);
        const { invite } = there();
        const invited = await orRefused(async () => invite(site));
        return { ...ok(invited), after: { site, nkey: invited.user.nkey } };
      },
    }),
    changes({
      path: '/api/v1/fleet/remove',
      role: 'admin',
      summary: 'Takes a site out of the fleet, and its user out of what the NATS server is to know.',
      body: wanted({ site: siteName }, ['site']),
      response: removed,
      answer: async ({ body }) => {
        const site = siteOf(body);
        const { remove } = there();
        const done = await orRefused(() => remove(site));
        return { ...ok(done), before: { site, nkey: done.nkey }, after: null };
      },
    }),
  ];
}

function siteOf(body: unknown): string {
  const read = parseSite((body as { readonly site: string }).site);
  if (read.ok) return read.value;
  throw new RouteError(400, 'BAD_QUERY', `${read.wrong}; ${read.right}`);
}

/** What the fleet refuses is no fault of ours. */
async function orRefused<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof CodedError)
      throw new RouteError(error.code === 'NO_SITE' ? 404 : 409, error.code, error.message);
    throw error;
  }
}
