// One route of the admin interface: where, how it is asked, what it wants and gives.
import { CodedError } from '../config/coded-error.ts';
import type { ErrorCode } from '../config/error-codes.ts';
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
  /** Schema of the JSON body of the answer; null for text. */
  readonly response: Schema | null;
  /** Statuses other than 200 that carry the same body. */
  readonly also: readonly number[];
  /** Whether it shows nothing of this network and needs no token. */
  readonly isOpen: boolean;
  /** Whether the answer goes on until one side ends it. */
  readonly isStream: boolean;
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
  /** The peer's. */
  readonly address: string;
  /** Whether the admin interface itself is open to who asks: a route that `isOpen` may want to know. */
  readonly isAdmitted: () => Promise<boolean>;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
  /** Unset, JSON. */
  readonly contentType?: string;
  /** In place of the usual ones. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request that is understood and refused: becomes an error body. */
export class RouteError extends CodedError {
  readonly status: number;

  constructor(status: number, code: ErrorCode, message: string) {
    super(code, message);
    this.status = status;
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
  | 'isOpen'
  | 'isStream'
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
    isOpen: false,
    isStream: false,
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
