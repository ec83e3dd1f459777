// The table of routes as an OpenAPI 3.1 document.
import { VERSION } from '../config/version.ts';
import { SESSION_NAMES } from './door/cookie.ts';
import type { Route } from './route.ts';
import { errorSchema } from './schemas.ts';
import { DESCRIBED, type Schema } from './shapes.ts';

export function openapi(routes: readonly Route[]): Schema {
  return {
    openapi: '3.1.0',
    info: {
      title: 'cenote',
      version: VERSION,
      description:
        'Who asks signs in (`POST /api/v1/sign-in` sets a cookie) or sends `Authorization: Bearer` with a token; `x-role` of each operation is the least role that may. Where the configuration names no users, this machine needs neither under an address or localhost.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    security: [{ token: [] }, { session: [] }, { sessionOverTls: [] }, {}],
    paths: pathsOf(routes),
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer' },
        session: { type: 'apiKey', in: 'cookie', name: SESSION_NAMES.plain },
        sessionOverTls: { type: 'apiKey', in: 'cookie', name: SESSION_NAMES.secure },
      },
      schemas: { Error: errorSchema },
    },
  };
}

function pathsOf(routes: readonly Route[]): Schema {
  // The page's own files are for people.
  const described = routes.filter(({ isDescribed }) => isDescribed);
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
      ? Object.fromEntries(
          // Of a file of JSON nothing more is said; it is no JSON string.
          route.types.map((type) => [
            type,
            { schema: type === 'application/json' ? {} : { type: 'string' } },
          ]),
        )
      : json(route.response);
  const error = { content: json({ $ref: '#/components/schemas/Error' }) };
  return {
    operationId: operationId(route),
    summary: route.summary,
    'x-role': route.role,
    ...(route.role === 'open' ? { security: [] } : {}),
    parameters: [...parameters(route.params, 'path'), ...parameters(route.query, 'query')],
    ...(route.body === null ? {} : { requestBody: { required: true, content: json(route.body) } }),
    responses: {
      200: { description: 'OK', content: body },
      ...(route.method === 'GET' ? { 304: { description: 'As `If-None-Match` says: not changed.' } } : {}),
      ...Object.fromEntries(route.also.map((status) => [status, { description: 'Not so', content: body }])),
      400: { description: 'The request makes no sense.', ...error },
      401: { description: 'A sign-in or a token is needed, or it is wrong.', ...error },
      403: {
        description: 'The role does not allow it, or it is asked under a strange name or by a strange page.',
        ...error,
      },
      ...(namesSomething(route)
        ? { 404: { description: 'What is named (a machine, a list, a group …) is not there.', ...error } }
        : {}),
      ...(route.body === null
        ? {}
        : {
            413: { description: 'The body is too large.', ...error },
            415: { description: 'The body is no JSON.', ...error },
          }),
      default: {
        description: 'What else there may be: `error.code` says what; docs/errors.md has them all.',
        ...error,
      },
    },
  };
}

const NAMING = ['client', 'list', 'lists', 'group', 'groups'];

function namesSomething({ params, query, body }: Route): boolean {
  const fieldsOf = (schema: Schema | null): string[] => Object.keys(schema?.['properties'] ?? {});
  return (
    fieldsOf(params).length > 0 || [...fieldsOf(query), ...fieldsOf(body)].some((one) => NAMING.includes(one))
  );
}

/** With what is said of it beyond what the door checks. */
function whole(schema: Schema): Schema {
  const { [DESCRIBED]: more, ...own } = schema;
  return Object.fromEntries(
    Object.entries({ ...own, ...(more as Schema | undefined) }).map(([key, value]) => [
      key,
      wholeValue(value),
    ]),
  );
}

function wholeValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(wholeValue);
  return typeof value === 'object' && value !== null ? whole(value as Schema) : value;
}

function operationId({ method, path }: Route): string {
  const words = path.replace(/^\/api\/v1\//, '').replace(/[^a-z]+/gi, '') || 'root';
  return method === 'GET' ? words : `${method.toLowerCase()}${words}`;
}

function json(schema: Schema): Schema {
  return { 'application/json': { schema: whole(schema) } };
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
    schema: whole(own),
  }));
}
