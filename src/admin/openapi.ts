// The table of routes as an OpenAPI 3.1 document.
import { VERSION } from '../config/version.ts';
import type { Route } from './route.ts';
import { errorSchema } from './schemas.ts';
import type { Schema } from './shapes.ts';

export function openapi(routes: readonly Route[]): Schema {
  return {
    openapi: '3.1.0',
    info: {
      title: 'cenote',
      version: VERSION,
      description:
        'This machine needs no token under an address or localhost; others send `Authorization: Bearer` with the content of admin.token in the data folder.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    security: [{ token: [] }, {}],
    paths: pathsOf(routes),
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: { Error: errorSchema },
    },
  };
}

function pathsOf(routes: readonly Route[]): Schema {
  // What is open is the page, for people.
  const described = routes.filter(({ isOpen }) => !isOpen);
  const byPath = Map.groupBy(described, ({ path }) => path.replace(/:([a-z]+)/g, '{$1}'));
  return Object.fromEntries(
    [...byPath].map(([path, own]) => [
      path,
      Object.fromEntries(own.map((route) => [route.method.toLowerCase(), operation(route)])),
    ]),
  );
}

function operation(route: Route): Schema {
  const body =
    route.response === null
      ? { [route.isStream ? 'text/event-stream' : 'text/plain']: { schema: { type: 'string' } } }
      : json(route.response);
  const error = { content: json({ $ref: '#/components/schemas/Error' }) };
  return {
    operationId: operationId(route),
    summary: route.summary,
    parameters: [...parameters(route.params, 'path'), ...parameters(route.query, 'query')],
    ...(route.body === null ? {} : { requestBody: { required: true, content: json(route.body) } }),
    responses: {
      200: { description: 'OK', content: body },
      ...Object.fromEntries(route.also.map((status) => [status, { description: 'Not so', content: body }])),
      400: { description: 'The request makes no sense.', ...error },
      401: { description: 'A token is needed.', ...error },
      403: { description: 'Asked under a strange name or by a strange page.', ...error },
    },
  };
}

function operationId({ method, path }: Route): string {
  const words = path.replace(/^\/api\/v1\//, '').replace(/[^a-z]+/gi, '') || 'root';
  return method === 'GET' ? words : `${method.toLowerCase()}${words}`;
}

function json(schema: Schema): Schema {
  return { 'application/json': { schema } };
}

function parameters(schema: Schema, place: 'path' | 'query'): Schema[] {
  const { properties = {}, required = [] } = schema as {
    readonly properties?: Readonly<Record<string, Schema>>;
    readonly required?: readonly string[];
  };
  return Object.entries(properties).map(([name, { description, ...own }]) => ({
    name,
    in: place,
    required: required.includes(name),
    description,
    schema: own,
  }));
}
