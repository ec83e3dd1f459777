// Queries that are asked upstream: a copy of each waits under its ticket, and what leaves the machine is built here.
//
// HOT.
import type { Groups } from '../policy/groups.ts';
import type { Asker, Forwarder } from '../upstream/exchange.ts';
import type { Origin, Query } from '../wire/message/query.ts';
import { buildOutgoing } from './outgoing.ts';
import { Waiting } from './waiting.ts';

const OUTGOING_OCTETS_MAX = 4096;

export class Pending {
  #forwarder: Forwarder;
  readonly #waiting: Waiting;
  readonly #outgoing = new Uint8Array(OUTGOING_OCTETS_MAX);

  /** @param seed 32 random bits */
  constructor(forwarder: Forwarder, seed: number) {
    this.#forwarder = forwarder;
    this.#waiting = new Waiting(seed);
  }

  get count(): number {
    return this.#waiting.count;
  }

  /** The old forwarder goes on serving what it was asked. */
  useForwarder(forwarder: Forwarder): void {
    this.#forwarder = forwarder;
  }

  /**
   * Asks upstream for `asker`.
   * @param origin where the reply goes; null where nobody waits for it
   * @returns false when there is no place for the query
   */
  ask(query: Query, origin: Origin | null, asker: Asker): boolean {
    const kept = this.#waiting.keep(query);
    if (kept === null) return false;
    kept.origin = origin;
    const length = buildOutgoing(kept, this.#outgoing);
    this.#forwarder.ask(this.#outgoing, length, asker, kept.ticket, kept.view, kept.audience);
    return true;
  }

  /** The query that waits under this ticket, null when none does any more. */
  find(ticket: number): Query | null {
    return this.#waiting.find(ticket);
  }

  /** Numbers of groups mean something only with their configuration: whoever waits is put into the new one's. */
  regroup(groups: Groups): void {
    this.#waiting.forEach((query) => {
      query.clientGroup = groups.groupOf(query.address);
      if (query.lead !== null) query.lead.root.clientGroup = query.clientGroup;
    });
  }

  /** Gives the place back; the query's octets stay readable until the next `ask`. */
  release(query: Query): void {
    this.#waiting.release(query);
  }
}
