// What a listener is: it moves bytes between a socket and the one function it was given.
import type { Outcome, Query, Transport } from '../wire/query.ts';

/** Decides one query. Synchronous; `answered` means `query.reply[0 .. replyLength)` is to be sent. Never throws. */
export type Answer = (query: Query) => Outcome;

export interface Listener {
  readonly transport: Transport;
  /** The address it is bound to, as `127.0.0.1:5335` or `[::1]:5335`. */
  readonly bound: string;
  /** Takes no more queries; resolves once all that were accepted are answered or `drainMs` has passed. */
  close(drainMs: number): Promise<void>;
}
