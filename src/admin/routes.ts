// Every route of the admin interface: where, what it wants, what it gives. openapi.json is made from this table.
import type { Metrics } from './metrics.ts';
import { openapi } from './openapi.ts';
import { QUERIES, RESPONSES, type Schema } from './schemas.ts';
import type { AdminState, AskedView } from './state.ts';

export interface Route {
  readonly path: string;
  readonly summary: string;
  readonly query: Schema;
  /** Schema of the JSON body; null for text. */
  readonly response: Schema | null;
  /** Statuses other than 200 that carry the same body. */
  readonly also: readonly number[];
  readonly answer: (query: Readonly<Record<string, string>>) => Promise<Answer>;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
  /** Unset, JSON. */
  readonly contentType?: string;
}

/** A request that is understood and refused: becomes an error body. */
export class RouteError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.name = 'RouteError';
    this.status = status;
    this.code = code;
  }
}

export interface RouteParts {
  readonly state: AdminState;
  readonly metrics: Metrics;
  readonly metricsEnabled: () => boolean;
}

export function routesFor({ state, metrics, metricsEnabled }: RouteParts): readonly Route[] {
  const plain = { query: QUERIES.none, also: [] };
  const routes: Route[] = [
    {
      ...plain,
      path: '/api/v1/status',
      summary: 'The state of the daemon.',
      response: RESPONSES.status,
      answer: async () => ok(await state.status()),
    },
    {
      ...plain,
      path: '/api/v1/lists',
      summary: 'Each list: entries, age, last error.',
      response: RESPONSES.lists,
      answer: async () => ok({ lists: state.lists() }),
    },
    {
      ...plain,
      path: '/api/v1/query',
      summary: 'What is decided for one name, and why.',
      query: QUERIES.question,
      response: RESPONSES.decision,
      answer: async (query) => ok(await decide(state, query)),
    },
    {
      ...plain,
      path: '/api/v1/openapi.json',
      summary: 'This description.',
      response: RESPONSES.openapi,
      answer: async () => ok(openapi(routes)),
    },
    {
      ...plain,
      path: '/healthz',
      summary: 'Whether it is alive: 503 when a restart may help.',
      response: RESPONSES.health,
      also: [503],
      answer: async () => {
        const health = await state.health();
        return { status: health.healthy ? 200 : 503, body: health };
      },
    },
    {
      ...plain,
      path: '/readyz',
      summary: 'Whether it answers queries by the rules: 503 when not.',
      response: RESPONSES.health,
      also: [503],
      answer: async () => {
        const health = await state.health();
        return { status: health.ready && health.healthy ? 200 : 503, body: health };
      },
    },
    {
      ...plain,
      path: '/metrics',
      summary: 'Metrics for Prometheus.',
      response: null,
      answer: async () => {
        if (!metricsEnabled())
          throw new RouteError(
            404,
            'METRICS_OFF',
            'metrics are off; set `metrics: true` in the configuration',
          );
        return { status: 200, body: await metrics.text(), contentType: metrics.contentType };
      },
    },
  ];
  return routes;
}

function ok(body: unknown): Answer {
  return { status: 200, body };
}

async function decide(state: AdminState, query: Readonly<Record<string, string>>): Promise<unknown> {
  const { name = '', type = 'A', client = '127.0.0.1' } = query;
  const asked: AskedView = { name, type, client };
  try {
    return await state.decide(asked);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (error instanceof Error && (code === 'NAME' || code === 'TYPE' || code === 'CLIENT'))
      throw new RouteError(400, `BAD_${code}`, error.message);
    throw error;
  }
}
