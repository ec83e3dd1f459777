// Every route of the admin interface: where, what it wants, what it gives. openapi.json is made from this table.
import type { Audit } from './audit/audit.ts';
import { auditRoutes } from './audit/routes.ts';
import { groupEditRoutes } from './clients/group-edit-routes.ts';
import { groupRoutes } from './clients/group-routes.ts';
import { clientRoutes } from './clients/routes.ts';
import type { Door } from './door/door.ts';
import { oidcRoutes } from './door/oidc-routes.ts';
import { doorRoutes } from './door/routes.ts';
import { acrossRoutes } from './events/across-routes.ts';
import { logRoutes } from './events/log-routes.ts';
import { pulseRoutes } from './events/pulse-routes.ts';
import { eventRoutes } from './events/routes.ts';
import { listEditRoutes } from './lists/edit-routes.ts';
import { reportRoutes } from './lists/report-routes.ts';
import { listRoutes } from './lists/routes.ts';
import { fleetMetrics } from './metrics/fleet-metrics.ts';
import type { Metrics } from './metrics/metrics.ts';
import { openapi } from './openapi.ts';
import { overrideRoutes } from './overrides/routes.ts';
import { settingsRoutes } from './overrides/settings-routes.ts';
import { pageRoutes } from './page/page.ts';
import { type Answer, type Asked, ok, type Route, RouteError, reads } from './route.ts';
import { QUERIES, RESPONSES } from './schemas.ts';
import { fleetRoutes } from './served/fleet-routes.ts';
import type { FleetState } from './served/fleet-view.ts';
import { servedRoutes } from './served/routes.ts';
import type { AdminState, AskedView, HealthView } from './state.ts';

const TO_STRANGERS = 'Who is not signed in is told `healthy` and `ready` alone.';

export interface RouteParts {
  readonly state: AdminState;
  /** Null or unset: this daemon stands alone. */
  readonly fleet?: FleetState | null;
  readonly metrics: Metrics;
  readonly door: Door;
  readonly audit?: Audit;
  /** Where people reach the page; ends with a slash. */
  readonly publicUrl?: () => string | null;
  readonly metricsEnabled: () => boolean;
  /** Wall clock, ms. */
  readonly now: () => number;
}

export function routesFor({
  state,
  fleet = null,
  metrics,
  door,
  audit,
  publicUrl = () => null,
  metricsEnabled,
  now,
}: RouteParts): readonly Route[] {
  /** Made when somebody asks: some ten milliseconds. */
  let description: string | undefined;
  const routes: Route[] = [
    reads({
      path: '/api/v1/status',
      role: 'reader',
      summary: 'The state of the daemon.',
      response: RESPONSES.status,
      answer: async () => ok(await state.status()),
    }),
    ...pulseRoutes(state, fleet !== null, now),
    ...listRoutes(state, now),
    ...listEditRoutes(state),
    ...reportRoutes(state),
    ...settingsRoutes(state),
    ...groupRoutes(state),
    ...groupEditRoutes(state),
    ...overrideRoutes(state),
    ...servedRoutes(state),
    ...fleetRoutes(fleet),
    ...acrossRoutes(fleet?.across ?? null, now),
    reads({
      path: '/api/v1/query',
      role: 'reader',
      summary: 'What is decided for one name, and why.',
      query: QUERIES.question,
      response: RESPONSES.decision,
      answer: async ({ query, address }) => ok(await state.decide(askedOf(query, address))),
    }),
    reads({
      path: '/api/v1/openapi.json',
      role: 'reader',
      summary: 'This description.',
      response: RESPONSES.openapi,
      answer: async () => {
        description ??= JSON.stringify(openapi(routes));
        return ok(description);
      },
    }),
    reads({
      path: '/healthz',
      role: 'open',
      isDescribed: true,
      summary: `Whether it is alive: 503 when a restart may help. ${TO_STRANGERS}`,
      response: RESPONSES.health,
      also: [503],
      answer: async ({ who }) => {
        const health = await state.health();
        return healthTo(who, health, health.healthy);
      },
    }),
    reads({
      path: '/readyz',
      role: 'open',
      isDescribed: true,
      summary: `Whether it answers queries by the rules that should be in force: 503 when not. A pause or one failed list is a problem, not a 503. ${TO_STRANGERS}`,
      response: RESPONSES.health,
      also: [503],
      answer: async ({ who }) => {
        const health = await state.health();
        return healthTo(who, health, health.ready && health.healthy);
      },
    }),
    reads({
      path: '/metrics',
      role: 'reader',
      summary: 'Metrics for Prometheus.',
      response: null,
      answer: async () => {
        if (!metricsEnabled())
          throw new RouteError(
            404,
            'METRICS_OFF',
            'metrics are off; set `metrics: true` in the configuration',
          );
        const ofFleet = fleet === null ? '' : await fleetMetrics(fleet.view(), now());
        return { status: 200, body: `${await metrics.text()}${ofFleet}`, contentType: metrics.contentType };
      },
    }),
    ...doorRoutes(door, now),
    ...oidcRoutes(door, publicUrl),
    ...auditRoutes(audit ?? null, now),
    ...clientRoutes(state),
    ...eventRoutes(state, now),
    ...logRoutes(state, now),
    ...pageRoutes(),
  ];
  return routes;
}

/** Load balancers and uptime checks send no token. */
function healthTo(who: Asked['who'], health: HealthView, isGood: boolean): Answer {
  const { healthy, ready } = health;
  return { status: isGood ? 200 : 503, body: who === null ? { healthy, ready } : health };
}

/** @param address of whoever asks: why a name is blocked is asked of the device that one holds, as a rule */
function askedOf({ name = '', type = 'A', client, at, ask }: Asked['query'], address: string): AskedView {
  const here = address === 'socket' ? '127.0.0.1' : address;
  return { name, type, client: client ?? here, ask: ask === 'true', ...(at === undefined ? {} : { at }) };
}
