// What the page, and other programs, read: the answers of the admin interface's own routes, as JSON.
import { hunted } from '../../../src/admin/events/hunted.ts';
import { eventRoutes } from '../../../src/admin/events/routes.ts';
import type { EventsState } from '../../../src/admin/events/state.ts';
import type { OverridesState } from '../../../src/admin/overrides/routes.ts';
import { whoMeant } from '../../../src/clients/who.ts';
import type { Cenote } from './cenote.ts';

export class Api {
  readonly #routes: ReturnType<typeof eventRoutes>;

  /** @param now wall clock, ms */
  constructor(cenote: () => Cenote, now: () => number) {
    const ask: Cenote['question'] = (question) => cenote().question(question);
    const state: Partial<EventsState> = {
      whoIs: (text) => whoMeant(cenote().book.table, text),
      hits: (filter) => ask({ what: 'hits', filter }),
      hunt: (asked) => hunted(asked, cenote().config, ask as Parameters<typeof hunted>[2]),
      coverage: (of, sinceMs) => ask({ what: 'coverage', of, sinceMs }),
      alerting: () => [],
      keepsHistory: () => true,
      incidents: (filter) => ask({ what: 'incidents', filter }),
      incident: (id) => ask({ what: 'incident', id }),
      client: (who, sinceMs) => ask({ what: 'client', who, sinceMs }),
    };
    this.#routes = eventRoutes(state as EventsState & OverridesState, now);
  }

  /** The body of an answer, once it has been JSON. @param path as the route says it */
  async get<Body>(
    path: string,
    query: Readonly<Record<string, string>>,
    params: Readonly<Record<string, string>> = {},
  ): Promise<Body> {
    const route = this.#routes.find((one) => one.path === path && one.method === 'GET');
    if (route === undefined) throw new Error(`there is no ${path}`);
    const asked = { params, query, body: null, headers: {}, address: '127.0.0.1', who: null } as const;
    const { body } = await route.answer({ ...asked, session: undefined, isSecure: false });
    return JSON.parse(JSON.stringify(body)) as Body;
  }
}
