// One route of the admin interface: where, how it is asked, what it wants and gives.
import { CodedError } from '../config/coded-error.ts';
import { notKeptText } from '../config/disk/not-kept.ts';
import type { ErrorCode } from '../config/error-codes.ts';
import type { Identity, Needs } from './door/identity.ts';
import type { Schema } from './shapes.ts';

/** How long a request may take to come. */
export const REQUEST_MS = 10_000;

export interface Route {
  /** POST changes something, or asks with more than a URL holds. */
  readonly method: 'GET' | 'POST';
  /** A part that varies as `:name`. */
  readonly path: string;
  readonly summary: string;
  readonly params: Schema;
  readonly query: Schema;
  /** Schema of the JSON body that a POST must have; null for GET. */
  readonly body: Schema | null;
  /** Octets of a body at most. */
  readonly bodyOctets: number;
  /** Schema of the JSON body of the answer; null where it is none. */
  readonly response: Schema | null;
  /** Media types of an answer that has no schema. */
  readonly types: readonly string[];
  /** Statuses other than 200 that carry the same body. */
  readonly also: readonly number[];
  /** Whether the answer goes on until one side ends it. */
  readonly isStream: boolean;
  /** Who may; `open` is everybody: it shows nothing of this network, or looks itself. */
  readonly role: Needs;
  /** Whether openapi.json tells of it: not of the page's own files. */
  readonly isDescribed: boolean;
  /** Whether the audit log has a row of it: any POST that changes something. */
  readonly isAudited: boolean;
  /** Members of the body that the audit log does not keep. */
  readonly notAudited: readonly string[];
  /** How long the answer may take. */
  readonly patienceMs: number;
  readonly answer: (asked: Asked) => Promise<Answer>;
}

export interface Asked {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  /** As the route's schema says. */
  readonly body: unknown;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The client's: the peer's, or what a declared proxy says. */
  readonly address: string;
  /** Null where the route is open and nobody is signed in. */
  readonly who: Identity | null;
  /** The id of the cookie's session. */
  readonly session: string | undefined;
  /** Whether the client speaks HTTPS, to us or to a declared proxy. */
  readonly isSecure: boolean;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
  /** Unset, JSON. */
  readonly contentType?: string;
  /** In place of the usual ones. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** For the audit log: who it was, where that is only known now. */
  readonly who?: Identity;
  /** For the audit log: what was and what is, where it can be said. */
  readonly before?: unknown;
  readonly after?: unknown;
}

/** A request that is understood and refused: becomes an error body. */
export class RouteError extends CodedError {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: ErrorCode,
    message: string,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(code, message);
    this.status = status;
    this.headers = headers;
  }
}

/** @param where what is written, or the setting that names its folder @throws RouteError NOT_KEPT when the disk does not take it */
export function kept<T>(where: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new RouteError(507, 'NOT_KEPT', notKeptText(where, error));
  }
}

const NOTHING: Schema = { type: 'object', properties: {}, additionalProperties: false };
const PATIENCE_MS = 10_000;
const BODY_OCTETS = 1024;

type Usual =
  | 'method'
  | 'params'
  | 'query'
  | 'body'
  | 'bodyOctets'
  | 'also'
  | 'types'
  | 'isStream'
  | 'isDescribed'
  | 'isAudited'
  | 'notAudited'
  | 'patienceMs';

/** A route that only shows. */
export function reads(route: Omit<Route, Usual> & Partial<Pick<Route, Usual>>): Route {
  return {
    method: 'GET',
    params: NOTHING,
    query: NOTHING,
    body: null,
    bodyOctets: BODY_OCTETS,
    also: [],
    types: [route.isStream === true ? 'text/event-stream' : 'text/plain'],
    isStream: false,
    isDescribed: route.role !== 'open',
    isAudited: route.method === 'POST',
    notAudited: [],
    patienceMs: PATIENCE_MS,
    ...route,
  };
}

/** A route that changes something; without a body of its own it takes `{}`. */
export function changes(route: Omit<Route, Usual> & Partial<Pick<Route, Usual>>): Route {
  return reads({ method: 'POST', body: NOTHING, ...route });
}

export function ok(body: unknown): Answer {
  return { status: 200, body };
}
