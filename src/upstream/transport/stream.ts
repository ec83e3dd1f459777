// One upstream over a stream, TCP or TLS: one connection kept open, queries pipelined, responses in any order (RFC 7766).
//
// Invariants: a slot is in `slots` of exactly one connection; a slot that was sent on a connection which closed under it
// is sent once more on a new one, if the old had ever answered (the upstream closed an idle connection while our query
// was on its way, RFC 7766 §6.2.4); otherwise it failed.
import type { Socket } from 'node:net';
import { acceptedLength, foldCase, JUDGEMENT, judgeFolded, scrambleCase } from '../belongs.ts';
import { type Asker, type Exchange, FAILURE, type Failure, refuse } from '../exchange.ts';
import type { RandomSource } from '../random.ts';
import { Connection, type ConnectionOwner } from './connection.ts';
import { PADDING_OCTETS_MAX, padQuery } from './padding.ts';
import { Pending } from './pending.ts';

const STREAM_IN_FLIGHT_MAX = 2048;
/** Shorter than what servers allow (Unbound, BIND 30 s; PowerDNS Recursor 2 s), so that it is mostly us who close. */
const IDLE_MS = 10_000;
const NOTHING = new Uint8Array(0);

export interface StreamOptions {
  readonly name: string;
  /** Begins a connection. */
  readonly dial: () => Socket;
  /** RFC 8467: only where nobody can read along. */
  readonly isPadded: boolean;
  readonly now: () => number;
  readonly random: RandomSource;
}

export class StreamExchange implements Exchange, ConnectionOwner {
  readonly name: string;
  /** Letters of the QNAME get random case, to learn whether the upstream repeats them. */
  randomCase = true;
  /** The response being settled had the question's letters in another case. */
  isFolded = false;
  rttMs = 0;
  mismatches = 0;
  /** What ended the last connection before any response came over it, null when none did. */
  problem: string | null = null;
  /** Connections opened so far. */
  connections = 0;
  readonly #options: StreamOptions;
  readonly #pending: Pending;
  #connection: Connection | null = null;
  /** The connection each slot was sent on. */
  readonly #places: (Connection | null)[] = [];
  /** Closing ones too. */
  readonly #open = new Set<Connection>();
  #closed = false;

  constructor(options: StreamOptions) {
    this.name = options.name;
    this.#options = options;
    const room = options.isPadded ? PADDING_OCTETS_MAX : 0;
    this.#pending = new Pending(STREAM_IN_FLIGHT_MAX, room, options.now(), (slot) => this.#expire(slot));
  }

  get inFlight(): number {
    return this.#pending.count;
  }

  ask(message: Uint8Array, length: number, timeoutMs: number, asker: Asker, ticket: number): void {
    const nowMs = this.#options.now();
    const pending = this.#pending;
    const slot = this.#closed ? -1 : pending.enter(message, length, asker, ticket, nowMs);
    if (slot < 0) {
      refuse(asker, ticket, this.#closed ? FAILURE.closed : FAILURE.overload, this.name);
      return;
    }
    pending.wheel.arm(slot, nowMs, timeoutMs);
    const query = pending.messageOf(slot);
    if (this.#options.isPadded) pending.lengths[slot] = padQuery(query, length, pending.questionEnds[slot]!);
    if (this.randomCase) scrambleCase(query, pending.questionEnds[slot]!, this.#options.random);
    else foldCase(query, pending.questionEnds[slot]!);
    if (!this.#send(slot)) this.#pending.failSoon(slot, nowMs);
  }

  advance(nowMs: number): void {
    this.#pending.wheel.advance(nowMs);
  }

  close(): void {
    this.#closed = true;
    for (const connection of this.#open) connection.destroy();
    for (let slot = 0; slot < this.#pending.capacity; slot += 1)
      if (this.#pending.isTaken(slot)) this.#settle(slot, NOTHING, 0, FAILURE.closed);
  }

  #send(slot: number): boolean {
    const connection = this.#current();
    if (connection === null) return false;
    const query = this.#pending.messageOf(slot);
    let id = this.#options.random.u16();
    while (connection.slots.has(id)) id = this.#options.random.u16();
    query[0] = id >>> 8;
    query[1] = id;
    this.#pending.ids[slot] = id;
    if (!connection.send(query, this.#pending.lengths[slot]!)) return false;
    connection.slots.set(id, slot);
    this.#places[slot] = connection;
    return true;
  }

  #current(): Connection | null {
    const present = this.#connection;
    if (present?.isOpen === true) return present;
    try {
      const connection = new Connection(this.#options.dial(), IDLE_MS, this);
      this.connections += 1;
      this.#open.add(connection);
      this.#connection = connection;
      return connection;
    } catch {
      return null;
    }
  }

  /** See ConnectionOwner. */
  arrived(connection: Connection, message: Uint8Array): void {
    const nowMs = this.#options.now();
    connection.lastMessageMs = nowMs;
    this.problem = null;
    const id = message.length >= 2 ? (message[0]! << 8) | message[1]! : -1;
    const slot = connection.slots.get(id);
    if (slot === undefined) return; // late: what it answers was given up
    const pending = this.#pending;
    const query = pending.messageOf(slot);
    const judgement = judgeFolded(message, message.length, query, pending.questionEnds[slot]!);
    this.rttMs = nowMs - pending.startedMs[slot]!;
    this.isFolded = judgement === JUDGEMENT.folded;
    if (judgement === JUDGEMENT.accepted || judgement === JUDGEMENT.folded)
      this.#settle(slot, message, acceptedLength, FAILURE.none);
    else if (judgement === JUDGEMENT.malformed) this.#settle(slot, NOTHING, 0, FAILURE.malformed);
    // Truncated where there is no limit to truncate for: the upstream cannot serve this question.
    else if (judgement === JUDGEMENT.truncated) this.#settle(slot, NOTHING, 0, FAILURE.network);
    else {
      this.mismatches += 1;
      this.#settle(slot, NOTHING, 0, FAILURE.mismatch);
    }
  }

  /** See ConnectionOwner. */
  ended(connection: Connection): void {
    this.#open.delete(connection);
    if (this.#connection === connection) this.#connection = null;
    if (connection.messages === 0) this.problem = connection.problem;
    const lost = [...connection.slots.values()];
    connection.slots.clear();
    for (const slot of lost) {
      this.#places[slot] = null;
      const again = !this.#closed && connection.messages > 0 && this.#pending.mismatches[slot] === 0;
      // `mismatches` of a stream's slot counts the connections it lost.
      this.#pending.mismatches[slot]! += 1;
      if (!again || !this.#send(slot)) this.#settle(slot, NOTHING, 0, FAILURE.network);
    }
  }

  #expire(slot: number): void {
    const connection = this.#places[slot];
    const silentSinceMs = this.#pending.startedMs[slot]!;
    this.#settle(slot, NOTHING, 0, this.#pending.failureOf(slot));
    // Nothing whole came since that query went out: a dead path, or a drip. The rest may try a new connection.
    if (connection && connection.lastMessageMs < silentSinceMs) connection.destroy();
  }

  #settle(slot: number, message: Uint8Array, length: number, failure: Failure): void {
    const asker = this.#pending.askerOf(slot);
    const ticket = this.#pending.tickets[slot]!;
    this.#places[slot]?.slots.delete(this.#pending.ids[slot]!);
    this.#places[slot] = null;
    this.#pending.release(slot);
    asker?.settled(ticket, message, length, failure, this.name);
  }
}
