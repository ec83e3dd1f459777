// What answers a request to the admin interface: fastify with our table of routes, every request past the door (access.ts) first.
import { createHash } from 'node:crypto';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import type { SocketAddress } from '../config/config.ts';
import type { Audit } from './audit/audit.ts';
import { answerTo, auditRow } from './audit/row.ts';
import { send, sendError } from './checks/error-reply.ts';
import { inPieces } from './checks/in-pieces.ts';
import { CHECKS, lateCompilers } from './checks/late-compilers.ts';
import { admit, CROSS_SITE, isCrossSite, isRefusal, type Refusal, roleRefusal } from './door/access.ts';
import { type Caller, type CallerParts, callerOf } from './door/caller.ts';
import { bareDoor, type Door } from './door/door.ts';
import { mayDo, type Needs } from './door/identity.ts';
import { guardStream } from './door/streams.ts';
import type { UnixPlace } from './door/unix-socket.ts';
import { Metrics } from './metrics/metrics.ts';
import { type Asked, REQUEST_MS, type Route } from './route.ts';
import { routesFor } from './routes.ts';
import type { FleetState } from './served/fleet-view.ts';
import type { AdminState } from './state.ts';

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller;
  }
}

/** 132 bits. */
const ETAG_CHARACTERS = 22;
const LIMITS = { urlCharacters: 4096, bodyOctets: 1024 } as const;

const JSON_TYPE = /^application\/json\s*(;|$)/i;

const HEADERS: Readonly<Record<string, string>> = {
  server: 'cenote',
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'interest-cohort=()',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

export interface AdminOptions {
  /** Port 0: the system chooses. Null: none but `more` and `unix`. */
  readonly address: SocketAddress | null;
  readonly more?: readonly SocketAddress[];
  /** The certificate in force where the addresses speak HTTPS. */
  readonly tls?: (() => { readonly cert: string; readonly key: string }) | null;
  readonly unix?: UnixPlace | null;
  readonly state: AdminState;
  /** Null or unset: this daemon stands alone. */
  readonly fleet?: FleetState | null;
  readonly token: string;
  /** Who may come in; unset: who has the token, and loopback. */
  readonly door?: Door;
  /** The number of the user at the other end of a connection by the Unix socket; null: this system does not tell. */
  readonly peerUser?: (socket: Socket) => Promise<number | null>;
  /** Told why the usual Unix socket cannot be had. */
  readonly withoutSocket?: (why: string) => void;
  /** Where what is changed is written down. */
  readonly audit?: Audit;
  /** Where people reach the page; ends with a slash. */
  readonly publicUrl?: () => string | null;
  readonly metricsEnabled: () => boolean;
  /** The file of the configuration in force, absolute: who asks with another one is told apart. */
  readonly configFile?: () => string;
  /** Told what should not happen: an exception in a route. */
  readonly report: (error: unknown) => void;
  /** Told when the code of the interface is loaded, for its first request. @param built settles with it */
  readonly onBuilding?: (built: Promise<unknown>) => void;
  /** Told of each request that is admitted, before its answer is made. */
  readonly onAsked?: () => void;
  /** Told when an answer is begun; what it gives is called when that is made: what it was made of is garbage then. */
  readonly onAnswering?: () => () => void;
  /** Wall clock, ms. */
  readonly now?: () => number;
}

/**
 * Its requests come from `server`, which is open already.
 * @returns what answers them
 */
export async function buildApp(
  server: Server,
  options: AdminOptions & CallerParts,
): Promise<FastifyInstance['routing']> {
  const app = fastify({
    logger: false,
    bodyLimit: LIMITS.bodyOctets,
    // As long as the URL may be: what is too long is said by the route's own schema.
    routerOptions: { maxParamLength: LIMITS.urlCharacters },
    serverFactory: () => server,
    schemaController: { compilersFactory: lateCompilers },
    ajv: { customOptions: CHECKS },
    frameworkErrors: (_, __, reply: FastifyReply) => {
      reply.headers(HEADERS);
      void send(reply, 400, 'BAD_URL', 'the URL makes no sense');
    },
    // The server answers what is no HTTP.
    clientErrorHandler: () => undefined,
  });
  app.decorateRequest('caller');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'string' },
    app.getDefaultJsonParser('error', 'error'),
  );

  const now = options.now ?? Date.now;
  const door = options.door ?? bareDoor(options.token, now);
  const routes = routesFor({ ...options, now, door, metrics: new Metrics(options.state) });
  const notThere = notThereFor(routes);
  const needs = new Map(routes.map(({ method, path, role }) => [`${method} ${path}`, role]));

  app.addHook('onRequest', async (request, reply) => {
    reply.headers(HEADERS);
    if (request.url.length > LIMITS.urlCharacters)
      return send(reply, 414, 'URL_TOO_LONG', `the URL is longer than ${LIMITS.urlCharacters} characters`);
    const caller = await callerOf(request, door, options);
    request.caller = caller;
    const { facts } = caller;
    // By the route that was found, whole: a path that only begins like an open one is not open.
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    const role = needs.get(`${method} ${request.routeOptions.url ?? ''}`) ?? 'reader';
    const admitted = admit(facts, door);
    if (!isRefusal(admitted)) request.caller = { ...caller, who: admitted };
    else if (role !== 'open') return refuse(reply, admitted);
    if (role === 'open') {
      if (facts.isChange && isCrossSite(facts)) return refuse(reply, CROSS_SITE);
    } else if (!isRefusal(admitted) && !mayDo(admitted.role, role)) {
      const asked = { ...request.caller, params: {}, body: null };
      const action = { method: 'POST', path: request.url.split('?', 1)[0] ?? '' } as const;
      if (facts.isChange) await options.audit?.add(auditRow(action, asked, null, 'ROLE'));
      return refuse(reply, roleRefusal(admitted.role, role));
    }
    if (options.configFile !== undefined && request.caller.who !== null)
      reply.header('cenote-config', encodeURIComponent(options.configFile()));
    if (request.is404) return notThere(request, reply);
    options.onAsked?.();
    // A form of a strange page can send other types without asking first.
    if (request.method === 'POST' && !JSON_TYPE.test(request.headers['content-type'] ?? ''))
      return send(reply, 415, 'NOT_JSON', 'the body must be JSON; say `Content-Type: application/json`');
  });
  app.addHook('onSend', async (request, reply, payload) => {
    const isSame = request.method === 'GET' && reply.statusCode === 200 && typeof payload === 'string';
    if (!isSame || reply.hasHeader('etag')) return payload;
    const etag = `"${createHash('sha256').update(payload).digest('base64url').slice(0, ETAG_CHARACTERS)}"`;
    reply.header('etag', etag);
    const known = request.headers['if-none-match']?.split(',') ?? [];
    if (!known.some((one) => [etag, '*'].includes(one.trim().replace(/^W\//, '')))) return payload;
    reply.code(304).removeHeader('content-length');
    return null;
  });
  const mayStill: MayStill = async (request, role) => {
    const admitted = admit((await callerOf(request, door, options)).facts, door);
    return role === 'open' || (!isRefusal(admitted) && mayDo(admitted.role, role));
  };
  for (const route of routes) register(app, route, options, mayStill);

  app.setNotFoundHandler(notThere);
  app.setErrorHandler((error: FastifyError, { headers }, reply) =>
    sendError(error, reply, options.report, headers.accept?.includes('text/html') === true),
  );
  await app.ready();
  return app.routing;
}

/** Whether who sent a request may have what takes this role, as things are now. */
type MayStill = (request: FastifyRequest, role: Needs) => Promise<boolean>;

function register(
  app: FastifyInstance,
  route: Route,
  { audit, onAnswering }: Pick<AdminOptions, 'audit' | 'onAnswering'>,
  mayStill: MayStill,
): void {
  const writer = audit?.add;
  const response =
    route.response === null
      ? {}
      : { response: Object.fromEntries([200, ...route.also].map((status) => [status, route.response])) };
  app.route<{ Params: Asked['params']; Querystring: Asked['query']; Body: unknown }>({
    method: route.method,
    url: route.path,
    exposeHeadRoute: !route.isStream,
    bodyLimit: route.bodyOctets,
    schema: {
      params: route.params,
      querystring: route.query,
      ...(route.body === null ? {} : { body: route.body }),
      ...response,
    },
    handler: async (request, reply) => {
      const { params, query, body, raw, caller } = request;
      raw.setTimeout(route.patienceMs + REQUEST_MS);
      const asked: Asked = { ...caller, params, query, body, headers: headersOf(request) };
      const answered = onAnswering?.();
      try {
        const answer = await answerTo(route, asked, writer);
        if (answer.body instanceof Readable)
          guardStream(answer.body, reply.raw, () => mayStill(request, route.role));
        return reply
          .code(answer.status)
          .type(answer.contentType ?? 'application/json; charset=utf-8')
          .headers((answer.headers ?? {}) as Record<string, string>)
          .send(await inPieces(answer.body, route.response, reply));
      } finally {
        answered?.();
      }
    },
  });
}

/** 404, or 405 where the path is there under another method. */
function notThereFor(routes: readonly Route[]) {
  const known = routes.map(({ path, method, isStream }) => ({
    method: method === 'GET' && !isStream ? 'GET, HEAD' : method,
    pattern: new RegExp(`^${path.replaceAll('.', '\\.').replace(/:[a-z]+/g, '[^/]+')}$`),
  }));
  return (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const path = request.url.split('?', 1)[0] ?? '';
    const methods = known.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method);
    if (methods.length === 0)
      return send(reply, 404, 'NOT_FOUND', 'there is nothing here; /api/v1/openapi.json lists what is');
    reply.header('allow', methods.join(', '));
    return send(reply, 405, 'METHOD', `${request.method} is not for this; it takes ${methods.join(', ')}`);
  };
}

function headersOf({ headers }: FastifyRequest): Asked['headers'] {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join() : value]),
  );
}

function refuse(reply: FastifyReply, { status, code, message }: Refusal): FastifyReply {
  if (status === 401) reply.header('www-authenticate', 'Bearer realm="cenote"');
  return send(reply, status, code, message);
}
