// What it is to ask another server: one query in wire form goes out, one verdict on it comes back.
import type { Audience } from '../wire/message/audience.ts';

/** Why no usable response came. `none` goes with a response. */
export const FAILURE = {
  none: 0,
  timeout: 1,
  network: 2,
  mismatch: 3,
  malformed: 4,
  overload: 5,
  closed: 6,
} as const;
export type Failure = (typeof FAILURE)[keyof typeof FAILURE];

/** Who asked: told exactly once per `ask`, never before `ask` has returned. */
export interface Asker {
  /**
   * @param response whole message, valid only during the call; `length` 0 when `failure` is not `none`. Its ID is any. Its
   *   question has the letters of whoever asked first: others who share the exchange write their own over it
   * @param upstream which server answered or failed last, for logs ("9.9.9.9:53")
   */
  settled(ticket: number, response: Uint8Array, length: number, failure: Failure, upstream: string): void;
}

const NOTHING = new Uint8Array(0);

/**
 * Tells an asker, once `ask` has returned, that nothing was sent. Apart, since a closure is garbage with every call of the function it stands in, even where it is
 * not reached.
 */
export function refuse(asker: Asker, ticket: number, failure: Failure, upstream: string): void {
  setImmediate(() => asker.settled(ticket, NOTHING, 0, failure, upstream));
}

/** One way to one server. Retries and the choice of server live in forward.ts, not here. */
export interface Exchange {
  readonly name: string;
  /** Sends `message[0 .. length)` with an ID of its own; the bytes may be reused when it returns. */
  ask(message: Uint8Array, length: number, timeoutMs: number, asker: Asker, ticket: number): void;
  close(): void;
}

/** The whole of forwarding as the resolver sees it. */
export interface Forwarder {
  /**
   * Asks the servers that serve this QNAME. Identical questions in flight share one exchange.
   * @param message a query that passed our own check and was rebuilt canonically (header, question, at most one OPT)
   * @param view whose upstreams are asked where no route covers the name; unsaid, the default ones
   * @param audience who asks, for servers that are told; unsaid, nobody is said to
   */
  ask(
    message: Uint8Array,
    length: number,
    asker: Asker,
    ticket: number,
    view?: number,
    audience?: Audience | null,
  ): void;
  close(): Promise<void>;
}
