// The table of routes as an OpenAPI 3.1 document.
import { VERSION } from '../config/version.ts';
import type { Route } from './routes.ts';
import { errorSchema, type Schema } from './schemas.ts';

export function openapi(routes: readonly Route[]): Schema {
  return {
    openapi: '3.1.0',
    info: {
      title: 'cenote',
      version: VERSION,
      description:
        'Read-only. This machine needs no token under an address or localhost; others send `Authorization: Bearer` with the content of admin.token in the data folder.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    security: [{ token: [] }, {}],
    paths: Object.fromEntries(routes.map((route) => [route.path, { get: operation(route) }])),
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: { Error: errorSchema },
    },
  };
}

function operation(route: Route): Schema {
  const body =
    route.response === null ? { 'text/plain': { schema: { type: 'string' } } } : json(route.response);
  const error = { content: json({ $ref: '#/components/schemas/Error' }) };
  return {
    operationId: route.path.replace(/^\/api\/v1\//, '').replace(/[^a-z]+/gi, '') || 'root',
    summary: route.summary,
    parameters: parameters(route.query),
    responses: {
      200: { description: 'OK', content: body },
      ...Object.fromEntries(route.also.map((status) => [status, { description: 'Not so', content: body }])),
      400: { description: 'The request makes no sense.', ...error },
      401: { description: 'A token is needed.', ...error },
      403: { description: 'Asked under a strange name or by a strange page.', ...error },
    },
  };
}

function json(schema: Schema): Schema {
  return { 'application/json': { schema } };
}

function parameters(query: Schema): Schema[] {
  const { properties = {}, required = [] } = query as {
    readonly properties?: Readonly<Record<string, Schema>>;
    readonly required?: readonly string[];
  };
  return Object.entries(properties).map(([name, { description, ...schema }]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    description,
    schema,
  }));
}
