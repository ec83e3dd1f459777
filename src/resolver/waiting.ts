// Queries that wait for an upstream: a bounded pool of Query objects, each known by its ticket.
//
// HOT. Invariants: a ticket is used once (its low bits are the slot, the rest a generation), so a late or double answer
// finds nobody; what one client may have waiting is bounded, so that one flood cannot take every place.

import { copyQuery, Query } from '../wire/message/query.ts';
import { isStandIn } from '../wire/names/stand-in.ts';
import { isIpv4 } from './budgets.ts';

const SLOT_BITS = 13;
/** Queries that may wait in one worker (Unbound: 2048 a thread, PowerDNS Recursor: 2048). */
export const WAITING_MAX: number = 1 << SLOT_BITS;
/** Of one client (Unbound's wait-limit: 1000). */
export const WAITING_PER_CLIENT_MAX = 1000;
const SLOT_MASK = WAITING_MAX - 1;
/** Generations wrap within 31 bits. */
const GENERATION_STEP: number = WAITING_MAX;
const CLIENT_SLOTS = 4096;

const NOTHING = new Uint8Array(0);

export class Waiting {
  readonly #queries: (Query | undefined)[] = [];
  readonly #tickets = new Int32Array(WAITING_MAX);
  readonly #busy = new Uint8Array(WAITING_MAX);
  readonly #free = new Int32Array(WAITING_MAX);
  #freeCount = 0;
  /** Waiting queries by hashed client; two clients in one slot share the bound. */
  readonly #perClient = new Int32Array(CLIENT_SLOTS);
  readonly #seed: number;
  #count = 0;

  constructor(seed: number) {
    this.#seed = seed;
    for (let slot = WAITING_MAX - 1; slot >= 0; slot -= 1) {
      this.#free[this.#freeCount++] = slot;
      this.#tickets[slot] = slot;
    }
  }

  get count(): number {
    return this.#count;
  }

  /** Keeps a copy of the query; null when there is no place for it. */
  keep(query: Query): Query | null {
    const client = this.#clientSlot(query.address);
    if (this.#freeCount === 0 || this.#perClient[client]! >= WAITING_PER_CLIENT_MAX) return null;
    const slot = this.#free[--this.#freeCount]!;
    const kept = this.#queries[slot] ?? new Query(new Uint8Array(512), NOTHING);
    this.#queries[slot] = kept;
    copyQuery(query, kept);
    kept.ticket = this.#tickets[slot]!;
    this.#busy[slot] = 1;
    this.#perClient[client]! += 1;
    this.#count += 1;
    return kept;
  }

  /** The query that waits under this ticket, null when none does any more. */
  find(ticket: number): Query | null {
    const slot = ticket & SLOT_MASK;
    if (this.#busy[slot] !== 1 || this.#tickets[slot] !== ticket) return null;
    return this.#queries[slot] ?? null;
  }

  /** Not for every query: at a reload. */
  forEach(visit: (query: Query) => void): void {
    this.#queries.forEach((query, slot) => {
      if (query !== undefined && this.#busy[slot] === 1) visit(query);
    });
  }

  /** Gives the place back; the query's bytes stay readable until the next `keep`. */
  release(query: Query): void {
    const slot = query.ticket & SLOT_MASK;
    this.#busy[slot] = 0;
    this.#tickets[slot] = (this.#tickets[slot]! + GENERATION_STEP) & 0x7fff_ffff;
    this.#free[this.#freeCount++] = slot;
    this.#perClient[this.#clientSlot(query.address)]! -= 1;
    this.#count -= 1;
  }

  /** As for the rate limit, an IPv6 client is its /64: it can take any address in it. */
  #clientSlot(address: Uint8Array): number {
    const octets = isIpv4(address) || isStandIn(address) ? 16 : 8;
    let hash = this.#seed;
    for (let i = 0; i < octets; i += 1) hash = Math.imul(hash ^ address[i]!, 0x01000193);
    return (hash ^ (hash >>> 13)) & (CLIENT_SLOTS - 1);
  }
}
